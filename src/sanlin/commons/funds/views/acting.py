"""What every page with a verb does with a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _

from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow


def done(request: Request, form: Form, verb: Callable[..., Any], *args: Any, **kw: Any) -> bool:
    """Do one verb; a refusal becomes the form's own sentence, and what was typed stays."""
    try:
        verb(*args, by=request.by, now=request.now, key=request.key, **kw)
    except Refused as no:
        form.add_error(None, str(no))
        return False
    except NotNow:
        form.add_error(None, _("刚刚有人处理过，请刷新后再看"))
        return False
    return True
