from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Project, Refund
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.money import yuan

from .following import bar_team
from .hold import hold, leave_out, reason_of, step, unpaid


@deed("projects.give_back")
def give_back(project: Project, amount: int, *, by: Account, now: datetime) -> Refund:
    """Book money (fen) that the team returned: never more than it owes."""
    project = hold(project)
    require(rules.can_refund(by, project, now=now))
    owed = rules.owed_back(project)
    if not 0 < amount <= owed:
        raise Refused(_("应退%(owed)s，退款须在此以内") % {"owed": yuan(owed)})
    refund = Refund.objects.create(project=project, amount=amount, at=now, by=by)
    memo = _("%(number)s退回结余") % {"number": project.number}
    cause = Cause(refund, memo)
    funds.take_back(project.fund, project.undertaking, amount, cause=cause, by=by, now=now)
    if parent := rules.parent_of(project):
        # What a group returns goes back to the project that gave it.
        mother = hold(parent.project)
        funds.promise(mother.fund, mother.undertaking, amount, cause=cause, by=by, now=now)
        funds.pay(mother.fund, mother.undertaking, amount, cause=cause, by=by, now=now)
    record(refund, by=by, now=now, project=project.pk, amount=amount)
    return refund


@deed("projects.close")
def close(project: Project, *, by: Account, now: datetime) -> Project:
    """The project has been reviewed, paid out and settled."""
    project = hold(project)
    require(rules.can_close(by, project, now=now))
    step(project, "close")
    record(project, by=by, now=now, grade=project.grade)
    return project


@deed("projects.stop")
def stop(
    project: Project, reason: str, *, breach: bool = False, by: Account, now: datetime
) -> Project:
    """End a project early, with a reason that everybody reads: what is unpaid is never paid, and what
    was paid and not spent is owed back. A `breach` bars the team for the years of the rules."""
    project = hold(project)
    require(rules.can_stop(by, project, now=now))
    why = reason_of(reason)
    for one in unpaid(project):
        leave_out(project, one, _("项目终止"), by=by, now=now)
    source = step(project, "stop", stop_reason=why)
    if breach and project.round.rules.ban_years:
        bar_team(
            project,
            _("%(number)s违约：%(why)s") % {"number": project.number, "why": why},
            by=by,
            now=now,
        )
    record(project, by=by, now=now, source=source, breach=breach)
    return project


@deed("projects.close_round", checkpoint=_lazy("本轮结束"))
def close_round(round: Round, *, by: Account, now: datetime) -> Round:
    """Every project has ended, and so does the round."""
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    require(rules.can_close_round(by, round, now=now))
    rounds.move(round, "close", by=by, now=now)
    record(round, by=by, now=now, projects=round.projects.count())
    return round
