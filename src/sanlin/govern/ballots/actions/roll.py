"""The desk's verbs: late additions to the roll, and removals before the ballot is cast."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import Resident
from sanlin.commons.people.rules import residence
from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Roll, Voter
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .opening import forget


@deed("voter.add")
def add(round: Round, account: Account, reason: str, *, by: Account, now: datetime) -> Voter:
    """Put a resident (or her home) on the roll after it was fixed, or back on it, with a reason."""
    roll = Roll.objects.select_for_update(no_key=True).filter(round=round).first()
    forget(round)
    require(rules.can_add(by, round, account, now=now))
    assert roll is not None  # noqa: S101  # the vote is open
    person = residence(account)
    assert isinstance(person, Resident)  # noqa: S101  # the rule has read her
    voter = rules.voter_of(account, roll)
    if voter is not None:
        target = stages.VOTER.after(voter.stage, "restore")
        lines = Voter.objects.filter(pk=voter.pk, stage=voter.stage, open=True)
        if not lines.update(stage=target, late=True, reason=reason):
            raise Refused(_("名册刚刚被他人改过，请刷新后再看"))
        voter.refresh_from_db()
    else:
        of: dict[str, Any] = {"account": account}
        if rules.by_household(round):
            of = {"home_id": person.home_id}
        with refusing(_("名册上已经有了，不必补录")):
            voter = Voter.objects.create(
                roll=roll, neighbourhood=person.neighbourhood, late=True, reason=reason, **of
            )
    record(voter, by=by, now=now, roll=roll.pk)
    return voter


@deed("voter.strike")
def strike(voter: Voter, reason: str, *, by: Account, now: datetime) -> Voter:
    """Take a line off the roll before its ballot is cast; the reason is shown to whom it concerns."""
    require(rules.can_strike(by, voter, now=now))
    target = stages.VOTER.after(voter.stage, "strike")
    lines = Voter.objects.filter(pk=voter.pk, stage=voter.stage, open=True)
    if not lines.update(stage=target, reason=reason):
        raise Refused(_("名册刚刚被他人改过，请刷新后再看"))
    voter.refresh_from_db()
    record(voter, by=by, now=now, roll=voter.roll_id)
    return voter
