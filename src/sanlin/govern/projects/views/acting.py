"""What every page with a verb does with a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.govern.projects import actions, stages
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

INSTALMENT_TONES = {
    stages.DUE: "now",
    stages.PROPOSED: "waiting",
    stages.TO_PAY: "waiting",
    stages.PAID: "done",
    stages.HELD: "wrong",
    stages.WITHHELD: "wrong",
}
COPY_TONES = {
    stages.FILED: "waiting",
    stages.CHECKED: "done",
    stages.DISMISSED: "wrong",
    stages.WITHDRAWN: "plain",
}
REQUEST_TONES = {
    stages.DRAFT: "plain",
    stages.ASKED: "waiting",
    stages.RETURNED: "wrong",
    stages.OPENED: "done",
}
PLAIN_VERBS = {"propose": actions.propose, "approve": actions.approve, "pay": actions.pay}
WHOLE = (
    "round__street",
    "undertaking__organisation",
    "undertaking__neighbourhood",
    "award__proposal",
    "fund",
    "circle",
    "round__parent__project__undertaking",
)


def through(prefix: str) -> tuple[str, ...]:
    """What a page loads of a project that hangs on another row."""
    return tuple(f"{prefix}__{name}" for name in WHOLE)


def act_on_all(request: Request, rows: Iterable[Any], verb: Callable[..., Any]) -> None:
    """Do one verb on every picked row, and say how many were done and why the others were not."""
    count, refused = 0, dict[str, int]()
    for row in rows:
        try:
            verb(row, by=request.by, now=request.now, key=request.key and f"{request.key}:{row.pk}")
        except (Refused, NotNow) as no:
            why = str(no) if isinstance(no, Refused) else _("刚刚被他人处理")
            refused[why] = refused.get(why, 0) + 1
        else:
            count += 1
    if count:
        messages.success(request, ngettext("已办理%(n)s项", "已办理%(n)s项", count) % {"n": count})
    for why, n in refused.items():
        words = ngettext("%(n)s项没有办理：%(why)s", "%(n)s项没有办理：%(why)s", n)
        messages.warning(request, words % {"n": n, "why": why})
    if not count and not refused:
        messages.warning(request, _("请先在列表里选择"))
