"""The formal checks, the one correction, the one appeal; and advice after the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.govern.proposals import queries, rules, stages
from sanlin.govern.proposals.models import (
    Advice,
    Answer,
    Appeal,
    Finding,
    Proposal,
    Result,
    Screening,
)
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.calendar import add_working_days

from .writing import hold, step

SHORTEST_WORD = 4
UNCORRECTED = "uncorrected"
"""The reason that no pack needs to name: the days to correct ran out."""


@dataclass(frozen=True)
class Found:
    """The answer to one check and a word about it."""

    answer: Answer
    note: str = ""


@deed("proposal.screen")
def screen(  # noqa: PLR0913  # what the one page says
    proposal: Proposal,
    result: Result,
    findings: Mapping[str, Found],
    *,
    refusals: Sequence[str] = (),
    note: str = "",
    double: str = "",
    by: Account,
    now: datetime,
) -> Proposal:
    """Conclude the formal checks: admit, return for the one correction, or refuse.

    Where earlier proposals look like it, whoever admits it says why it is not the same (`double`).

    `findings` answer the pack's checks by code (none are asked of an appeal); `refusals` are codes of
    the pack. Raises Refused with what does not fit together.
    """
    proposal = hold(proposal)
    require(rules.can_screen(by, proposal, now=now))
    answers = {code: found.answer for code, found in findings.items()}
    require(rules.can_conclude(proposal, result, answers, refusals=refusals, note=note))
    appealed = proposal.stage == stages.APPEALED
    double = double.strip()[:200]
    if result == Result.ADMIT and len(double) < SHORTEST_WORD and queries.doubles(proposal):
        raise Refused(_("有疑似重复资助的提案，请先对照，并写明不是重复的理由"))
    step(proposal, result.value)
    screening = _write(proposal, result, refusals, note, by, now, final=appealed, double=double)
    checks = {check.code: check for check in proposal.round.rules.checks}
    Finding.objects.bulk_create(
        Finding(
            screening=screening,
            code=code,
            answer=found.answer,
            correctable=checks[code].correctable,
            note=found.note,
        )
        for code, found in findings.items()
    )
    record(
        proposal,
        by=by,
        now=now,
        turn=screening.turn,
        result=result.value,
        refusals=list(refusals),
        findings={code: answer.value for code, answer in answers.items()},
        until=screening.until.isoformat() if screening.until else None,
    )
    return proposal


def _write(  # noqa: PLR0913  # the columns of one row
    proposal: Proposal,
    result: Result,
    refusals: Sequence[str],
    note: str,
    by: Account | None,
    now: datetime,
    *,
    final: bool,
    double: str = "",
) -> Screening:
    with refusing(_("这份提案刚刚有人处理过，请刷新后再看")):
        return Screening.objects.create(
            proposal=proposal,
            turn=proposal.screenings.count() + 1,
            by=by,
            at=now,
            result=result,
            refusals=list(refusals),
            note=note,
            double=double,
            until=None if final else _until(proposal, result, now),
        )


def _until(proposal: Proposal, result: Result, now: datetime) -> date | None:
    """The last day to correct or to appeal, by the pack's working days."""
    days = proposal.round.rules.screening
    if result == Result.RETURN:
        return add_working_days(local_day(now), days.correction_days)
    if result == Result.REFUSE:
        return add_working_days(local_day(now), days.appeal_days)
    return None


@deed("proposal.lapse")
def lapse(proposal: Proposal, *, by: Account | None, now: datetime) -> Proposal:
    """Refuse what was not corrected in its days. The clock's hand does so; no rule is asked."""
    proposal = hold(proposal)
    require(rules.has_lapsed(proposal, now=now))
    step(proposal, "refuse")
    screening = _write(proposal, Result.REFUSE, [UNCORRECTED], "", by, now, final=False)
    record(proposal, by=by, now=now, turn=screening.turn, result="refuse", refusals=[UNCORRECTED])
    return proposal


@deed("proposal.appeal")
def appeal(proposal: Proposal, text: str, *, by: Account, now: datetime) -> Proposal:
    """Ask for another look at a refusal, once."""
    proposal = hold(proposal)
    require(rules.can_appeal(by, proposal, now=now))
    against = proposal.screenings.latest("turn")
    step(proposal, "appeal")
    with refusing(_("已经申诉过一次，复核结论为最终结论")):
        Appeal.objects.create(proposal=proposal, against=against, text=text, by=by, at=now)
    record(proposal, by=by, now=now)
    return proposal


@deed("proposal.advise")
def advise(proposal: Proposal, text: str, *, by: Account, now: datetime) -> Advice:
    """Give a team something to think over before the vote or decision."""
    require(rules.can_advise(by, proposal, now=now))
    advice = Advice.objects.create(proposal=proposal, by=by, text=text, at=now)
    record(advice, by=by, now=now, proposal=proposal.pk)
    return advice
