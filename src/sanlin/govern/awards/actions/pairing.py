"""What is said of proposals together, before anybody votes: which exclude each other, which depend
on another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext as _

from sanlin.govern.awards import rules
from sanlin.govern.proposals.models import Premise, Proposal, Rivals
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require


@deed("awards.name_rivals")
def name_rivals(
    round: Round, proposals: Sequence[Proposal], reason: str, *, by: Account, now: datetime
) -> Rivals:
    """Say that at most one of these proposals (two or more, of this round) may be funded."""
    require(rules.can_name_rivals(by, round, now=now))
    if len({p.pk for p in proposals}) < 2 or any(p.round_id != round.pk for p in proposals):
        raise Refused(_("互斥项目须是本轮的两个或更多提案"))
    keys = {p.pk for p in proposals}
    if Premise.objects.filter(proposal__in=keys, needs__in=keys).exists():
        raise Refused(_("两个提案互斥，不能又互为前提"))
    rivals = Rivals.objects.create(round=round, reason=reason)
    rivals.proposals.set(proposals)
    record(rivals, by=by, now=now, proposals=sorted(p.pk for p in proposals))
    return rivals


@deed("awards.drop_rivals")
def drop_rivals(rivals: Rivals, *, by: Account, now: datetime) -> Round:
    """Take a group of rivals back, as long as groups may be named."""
    require(rules.can_drop_rivals(by, rivals, now=now))
    round = rivals.round
    record(round, by=by, now=now, rivals=rivals.pk)
    rivals.delete()
    return round


@deed("awards.name_premise")
def name_premise(
    proposal: Proposal, needs: Proposal, reason: str, *, by: Account, now: datetime
) -> Premise:
    """Say that `proposal` may be funded only where `needs`, of the same round, is.

    Refused where that would leave a proposal waiting for itself, or for its own rival.
    """
    round = proposal.round
    # One hand at a time, so that two pairs cannot close a circle together.
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    require(rules.can_name_premise(by, round, now=now))
    if needs.round_id != round.pk:
        raise Refused(_("前提须是本轮的提案"))
    _refuse_a_circle(round, proposal.pk, needs.pk)
    if Rivals.objects.filter(round=round, proposals=proposal).filter(proposals=needs).exists():
        raise Refused(_("两个提案互斥，不能又互为前提"))
    with refusing(_("这个前提已经指定过了")):
        premise = Premise.objects.create(round=round, proposal=proposal, needs=needs, reason=reason)
    record(premise, by=by, now=now, proposal=proposal.pk, needs=needs.pk)
    return premise


def _refuse_a_circle(round: Round, proposal: int, needs: int) -> None:
    known: dict[int, set[int]] = {proposal: {needs}}
    for one, other in Premise.objects.filter(round=round).values_list("proposal", "needs"):
        known.setdefault(one, set()).add(other)
    try:
        TopologicalSorter(known).prepare()
    except CycleError:
        raise Refused(_("这样会互为前提、绕成一圈，谁也不能立项")) from None


@deed("awards.drop_premise")
def drop_premise(premise: Premise, *, by: Account, now: datetime) -> Round:
    """Take a premise back, as long as premises may be named."""
    require(rules.can_drop_premise(by, premise, now=now))
    round = premise.round
    record(round, by=by, now=now, premise=premise.pk)
    premise.delete()
    return round
