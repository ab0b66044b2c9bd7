"""The box is opened by two keepers, counted, and in the end its keys are destroyed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import (
    NOTHING,
    Ballot,
    Channel,
    Fate,
    Keeper,
    Roll,
    Share,
    Tally,
    Trace,
)
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.ground import keys, lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ballots.code import code_of
from sanlin.kernel.ballots.form import Form, is_canonical

from .batches import forget_sheets, paper_counted
from .casting import link_name
from .keeping import unlocked
from .opening import BATCH, forget

SEED_BYTES = 32


def give_key(round: Round, passphrase: str, *, by: Account, now: datetime, key: str = "") -> Round:
    """A keeper's part in opening the box. The first one takes a layer off the key, and the rest stays
    sealed to the others; the second one opens, and the box is counted while this call lasts.

    The key itself is never written. Raises Refused where the passphrase is wrong.
    """
    require(rules.can_give_key(by, round, now=now))
    keeper = rules.keeper_of(by, round)
    assert keeper is not None  # noqa: S101  # the rule has just said so
    private = unlocked(keeper, passphrase)
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the rule has read it
    keys.destroy(link_name(roll.pk))  # done at the close; never may a box be opened before
    return _give_key(round, keeper, private, by=by, now=now, key=key)


@deed("box.key")
def _give_key(round: Round, keeper: Keeper, private: bytes, *, by: Account, now: datetime) -> Round:
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    if roll.counted_at:
        return round
    require(rules.can_give_key(by, round, now=now))
    record(roll, by=by, now=now, keeper=keeper.pk)
    try:
        for share in Share.objects.filter(second=keeper).exclude(opened=NOTHING)[:1]:
            box = keys.unseal(bytes(share.opened), private)
            return _open_box(round, roll, box, by=by, now=now)
        for share in Share.objects.filter(first=keeper):
            share.opened = keys.unseal(bytes(share.sealed), private)
            share.save(update_fields=["opened"])
    except keys.DoesNotOpen:
        raise Refused(_("钥匙份额打不开：数据库里的份额被改动过，请联系审计员")) from None
    return round


@deed("box.open", checkpoint=_lazy("开箱计票"))
def _open_box(round: Round, roll: Roll, private: bytes, *, by: Account, now: datetime) -> Round:
    counted, broken = _count(roll, private)
    paper = paper_counted(roll)
    write_count(roll, counted, Channel.WEB)
    write_count(roll, paper, Channel.PAPER)
    Share.objects.filter(roll=roll).update(opened=NOTHING)
    roll.counted_at, roll.broken = now, broken
    roll.save(update_fields=["counted_at", "broken"])
    forget(round)
    record(roll, by=by, now=now, counted=counted.total(), broken=broken, paper=paper.total())
    move(round, "close_entries", by=by, now=now)
    return round


def _count(roll: Roll, private: bytes) -> tuple[Counter[str], int]:
    """(how often each choice was made, how many boxes did not open to their code).

    The boxes are taken in an order by chance, and nothing but the sums leaves this function.
    """
    boxes = list(
        Ballot.objects.filter(roll=roll, fate=Fate.STANDING, channel=Channel.WEB)
        .values_list("code", "box")
        .iterator(chunk_size=BATCH)
    )
    lots.shuffle(boxes)
    form, counted, broken = rules.form_of(roll.round), Counter[str](), 0
    for code, box in boxes:
        found = _opened(roll, code, bytes(box), private, form)
        if found is None:
            broken += 1
        else:
            counted[found] += 1
    return counted, broken


def _opened(roll: Roll, code: str, box: bytes, private: bytes, form: Form) -> str | None:
    """The choices in one box in canonical form; None where they are not what the code stands for."""
    try:
        plain = keys.unseal(box, private)
        text = plain[SEED_BYTES:].decode("ascii").rstrip()
    except (keys.DoesNotOpen, UnicodeDecodeError):
        return None
    line = f"sanlin-ballot-2:{roll.round_id}:{text}:{plain[:SEED_BYTES].hex()}"
    return text if code_of(line) == code and is_canonical(text, form, roll.bids) else None


def write_count(roll: Roll, counted: Counter[str], channel: Channel) -> None:
    """Write down how many ballots of a channel made each choice, in the order of the choices."""
    rows = (
        Tally(roll=roll, channel=channel, choices=kept, ballots=n)
        for kept, n in sorted(counted.items())
    )
    Tally.objects.bulk_create(rows, batch_size=BATCH)


@deed("keys.destroy")
def destroy_keys(round: Round, *, by: Account, now: datetime) -> Round:
    """Once objections are over: delete every share of the key, and empty the boxes.

    From then on no code opens to anything, and what a numbered sheet said is gone. What the auditor's board was drawn from goes with them.
    """
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    require(rules.can_destroy_keys(by, round, now=now))
    shares, _by_table = Share.objects.filter(roll=roll).delete()
    Ballot.objects.filter(roll=roll, fate=Fate.STANDING).update(box=NOTHING)
    Trace.objects.filter(roll=roll).delete()
    forget_sheets(roll)
    roll.keys_gone_at = now
    roll.save(update_fields=["keys_gone_at"])
    record(roll, by=by, now=now, shares=shares)
    return round
