"""Who keeps the keys of a vote, and the passphrases that they set before it opens."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Keeper, Office
from sanlin.govern.rounds.models import Round
from sanlin.ground import keys
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .opening import forget


@deed("keys.name_supervisor")
def name_supervisor(round: Round, account: Account, *, by: Account, now: datetime) -> Keeper:
    """Name the resident who keeps the third key; she sets her passphrase herself."""
    require(rules.can_name_supervisor(by, round, account, now=now))
    with refusing(_("这把钥匙已经有人保管，请先取消原来的保管人")):
        keeper = Keeper.objects.create(round=round, account=account, office=Office.SUPERVISOR)
    record(keeper, by=by, now=now, round=round.pk, office=keeper.office)
    return keeper


def set_passphrase(
    round: Round, passphrase: str, *, by: Account, now: datetime, key: str = ""
) -> Keeper:
    """Take a key of this vote, or set one's passphrase anew; the passphrase is kept nowhere.

    Raises Refused where the rule or the passphrase does not allow it.
    """
    require(rules.can_keep_key(by, round, now=now))
    require(rules.is_fit(passphrase))
    return _set(round, keys.lock(passphrase), by=by, now=now, key=key)


@deed("keys.set")
def _set(round: Round, lock: keys.Lock, *, by: Account, now: datetime) -> Keeper:
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)  # or the vote opens beside us
    forget(round)
    require(rules.can_keep_key(by, round, now=now))
    keeper = rules.keeper_of(by, round)
    if keeper is None:
        office = rules.free_office(by, round, now=now)
        assert office is not None  # noqa: S101  # the rule has just said so
        with refusing(_("这把钥匙刚刚由别人保管，请刷新后再看")):
            keeper = Keeper.objects.create(round=round, account=by, office=office)
    keeper.salt, keeper.passes, keeper.memory = lock.salt, lock.passes, lock.memory
    keeper.public, keeper.set_at = lock.public, now
    keeper.save(update_fields=["salt", "passes", "memory", "public", "set_at"])
    record(keeper, by=by, now=now, round=round.pk, office=keeper.office, public=lock.public.hex())
    return keeper


def try_passphrase(round: Round, passphrase: str, *, by: Account, now: datetime) -> Keeper:
    """Whether a keeper still knows her passphrase; changes nothing. Raises Refused where not."""
    keeper = rules.keeper_of(by, round)
    if keeper is None or keeper.set_at is None:
        raise Refused(_("您还没有设置口令"))
    unlocked(keeper, passphrase)
    return keeper


def unlocked(keeper: Keeper, passphrase: str) -> bytes:
    """The keeper's private key. Takes about half a second on purpose: keep it out of transactions."""
    try:
        return keys.private_of(passphrase, keeper.lock)
    except keys.DoesNotOpen:
        raise Refused(_("口令不对。不分大小写，空格和短横不计；请对照纸上再输一次")) from None


@deed("keys.drop")
def drop_keeper(keeper: Keeper, *, by: Account, now: datetime) -> Round:
    """Let somebody else keep this key: only before the vote opens."""
    round = Round.objects.select_for_update(no_key=True).get(pk=keeper.round_id)
    forget(keeper.round)
    require(rules.can_drop_keeper(by, keeper, now=now))
    office = keeper.office
    Keeper.objects.filter(pk=keeper.pk).delete()
    record(round, by=by, now=now, office=office)
    return round
