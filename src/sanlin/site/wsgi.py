"""What the web server runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's answer. One that is whole already is handed over in one piece: it costs the server less
    than to ask for one piece after the other."""
    answer: Any = django(environ, start_response)
    if getattr(answer, "streaming", True):
        return answer  # type: ignore[no-any-return]
    answer.close()
    return [answer.content]
