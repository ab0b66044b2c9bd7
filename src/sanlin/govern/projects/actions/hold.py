"""One hand at a time on a project: its money, its papers and its stage belong together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Instalment, Project
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import has_moved
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused
from sanlin.kernel.calendar import add_working_days

SHORTEST_REASON = 4


def hold(project: Project) -> Project:
    """The project as it lies, held until the verb is done."""
    held: Project = (
        Project.objects.whole().select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    )
    return held


def step(project: Project, verb: str, **values: Any) -> str:
    """Carry the project along one arrow, by compare-and-set; returns the stage that was left.

    Raises NotNow where the table has no such arrow, Refused where somebody else was first.
    """
    taken = _("这个项目刚刚有人处理过，请刷新后再看")
    source = advance(project, stages.PROJECT, verb, taken, **values)
    has_moved(project)
    return source


def carry(instalment: Instalment, verb: str, **values: Any) -> None:
    """The same for an instalment; one that leaves the way to its payment is approved by nobody."""
    if stages.INSTALMENT.after(instalment.stage, verb) not in (stages.TO_PAY, stages.PAID):
        values["approved_by"] = None
    advance(instalment, stages.INSTALMENT, verb, _("这一期刚刚有人处理过，请刷新后再看"), **values)
    has_moved(instalment)


def become_due(project: Project, condition: str, *, now: datetime) -> None:
    """Every instalment that waited for `condition` may now be proposed, within its working days."""
    for one in project.instalments.filter(stage=stages.WAITING, condition=condition):
        carry(one, "become_due", due=add_working_days(local_day(now), one.within))


def leave_out(
    project: Project, instalment: Instalment, why: str, *, by: Account, now: datetime
) -> None:
    """An instalment will never be paid: what was promised of it is released in the books."""
    carry(instalment, "withhold", note=why[:200])
    signed = project.agreements.filter(stage=stages.IN_FORCE).exists()
    if signed and not rules.is_child(project):
        memo = _("%(number)s %(name)s不再拨付") % {
            "number": project.number,
            "name": instalment.name,
        }
        funds.release(
            project.fund,
            project.undertaking,
            instalment.amount,
            cause=Cause(instalment, memo),
            by=by,
            now=now,
        )


def unpaid(project: Project) -> list[Instalment]:
    """The instalments that have neither been paid nor left out, in order."""
    return list(project.instalments.filter(stage__in=stages.UNPAID).order_by("place"))


def reason_of(text: str, most: int = 200) -> str:
    """The reason without its edges; Refused where it says nothing."""
    text = text.strip()
    if len(text) < SHORTEST_REASON:
        raise Refused(_("请写明理由，至少%(n)s个字") % {"n": SHORTEST_REASON})
    return text[:most]
