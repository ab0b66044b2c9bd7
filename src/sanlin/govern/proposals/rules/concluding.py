"""Whether a conclusion of the formal checks follows from their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Answer, Proposal, Result
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.packs.rules import Check


def can_conclude(
    proposal: Proposal,
    result: Result,
    answers: Mapping[str, Answer],
    *,
    refusals: Sequence[str],
    note: str,
) -> Verdict:
    """Whether `result` follows from the answers to the pack's checks; asks nobody's leave."""
    book = proposal.round.rules
    unknown = set(refusals) - {refusal.code for refusal in book.refusals}
    if unknown or set(answers) - {check.code for check in book.checks}:
        return denied(_("有不认识的审查事项或理由，请刷新后再填"))
    if proposal.stage == stages.APPEALED:
        return _concludes_appeal(result, note)
    waiting = len(book.checks) - len(answers)
    if waiting:
        words = ngettext("还有%(n)s项审查事项没有判断", "还有%(n)s项审查事项没有判断", waiting)
        return denied(words % {"n": waiting})
    failed = [check for check in book.checks if answers[check.code] == Answer.NOT_FULFILLED]
    if result == Result.ADMIT:
        return _can_admit(failed, refusals)
    if result == Result.RETURN:
        return _can_return(proposal, failed, refusals)
    return _can_refuse(failed, refusals, note)


def _can_admit(failed: Sequence[Check], refusals: Sequence[str]) -> Verdict:
    if failed or refusals:
        return denied(_("有不符合的事项或不予受理理由，不能通过"))
    return ALLOWED


def _can_return(proposal: Proposal, failed: Sequence[Check], refusals: Sequence[str]) -> Verdict:
    if any(row.result == Result.RETURN for row in proposal.screenings.all()):
        return denied(_("只能退回补正一次，请通过或不予受理"))
    if refusals or not all(check.correctable for check in failed):
        return denied(_("有不可补正的问题，不能退回补正，请不予受理"))
    if not failed:
        return denied(_("没有不符合的事项，不需要退回补正"))
    return ALLOWED


def _can_refuse(failed: Sequence[Check], refusals: Sequence[str], note: str) -> Verdict:
    if not (failed or refusals):
        return denied(_("不予受理须选至少一条理由，或有不符合的事项"))
    return ALLOWED if note else denied(_("不予受理须写明说明，团队会看到"))


def _concludes_appeal(result: Result, note: str) -> Verdict:
    if result == Result.RETURN:
        return denied(_("复核只能通过或维持不予受理"))
    return ALLOWED if note else denied(_("复核须写明说明，团队会看到"))
