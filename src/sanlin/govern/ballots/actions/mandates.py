"""A voter asks somebody near to cast for her, with consent, scope and end."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Mandate
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import HOUSE
from sanlin.ground.verdict import refusing, require

# All of it stands in the log of the house: in that of the round it would stand beside codes.


@deed("mandate.give")
def give_mandate(round: Round, hand: Account, *, by: Account, now: datetime) -> Mandate:
    """`by` asks `hand` to cast for her in this vote; at the desk the worker is the witness."""
    require(rules.can_be_asked(by, round, hand, now=now))
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the rule has read it
    with refusing(_("您已经委托了一位亲友；要换人请先取消")):
        mandate = Mandate.objects.create(
            roll=roll, person_id=by.pk, hand=hand, witness=by.hand, given_at=now
        )
    record(mandate, HOUSE, by=by, now=now, roll=roll.pk, hand=hand)
    return mandate


@deed("mandate.end")
def end_mandate(mandate: Mandate, *, by: Account, now: datetime) -> Mandate:
    """Take it back, or give it back. A ballot that was cast by it stays; it can be changed as ever."""
    require(rules.can_end_mandate(by, mandate, now=now))
    Mandate.objects.filter(pk=mandate.pk, ended_at__isnull=True).update(ended_at=now)
    record(mandate, HOUSE, by=by, now=now)
    return mandate


@deed("mandate.use")
def use_mandate(mandate: Mandate, *, by: Account, now: datetime) -> Mandate:
    """Begin to act in the voter's name on the pages of this ballot. Only the hour is written."""
    require(rules.can_use_mandate(by, mandate, now=now))
    hour = now.replace(minute=0, second=0, microsecond=0)
    record(mandate, HOUSE, by=by, now=hour, person=mandate.person)
    return mandate
