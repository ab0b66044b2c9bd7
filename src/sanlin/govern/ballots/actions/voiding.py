"""A vote whose box nobody can open is given up by two people, and with it its round."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import NOTHING, Ballot, Fate, Roll, Share, Trace, Voiding
from sanlin.govern.rounds.actions import void
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .batches import forget_sheets
from .opening import forget

SHORTEST_REASON = 10  # characters: whoever voted reads why her vote counts for nothing


@deed("vote.ask_void")
def ask_void(round: Round, reason: str, *, by: Account, now: datetime) -> Voiding:
    """An officer says that the box cannot be opened, and why. Opening it after all ends this."""
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    require(rules.can_ask_void(by, round, now=now))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明作废的理由，至少%(n)s个字") % {"n": SHORTEST_REASON})
    with refusing(_("已经提出作废，等区管理员同意")):
        asked = Voiding.objects.create(roll=roll, reason=reason.strip(), asked_by=by, asked_at=now)
    record(roll, by=by, now=now)
    return asked


@deed("vote.void", checkpoint=_lazy("投票作废"))
def agree_void(round: Round, *, by: Account, now: datetime) -> Round:
    """The district agrees: the vote is void and its round has ended. Boxes and shares of the key are
    deleted, so that no key that turns up later opens a vote that counts for nothing."""
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    require(rules.can_agree_void(by, round, now=now))
    asked = Voiding.objects.select_related("asked_by").get(roll=roll)
    asked.agreed_by, asked.agreed_at = by, now
    asked.save(update_fields=["agreed_by", "agreed_at"])
    shares, _by_table = Share.objects.filter(roll=roll).delete()
    Ballot.objects.filter(roll=roll, fate=Fate.STANDING).update(box=NOTHING)
    Trace.objects.filter(roll=roll).delete()
    forget_sheets(roll)
    roll.keys_gone_at = now
    roll.save(update_fields=["keys_gone_at"])
    record(roll, by=by, now=now, asked=asked.asked_by, shares=shares)
    return void(round, reason=asked.reason, by=by, now=now)
