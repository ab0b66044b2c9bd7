"""A booth day: sheets come, are handed out, spoiled and counted; voters are marked on the same roll.

Handing out a sheet marks the voter and counts one sheet of the booth. Which sheet it was is never
written. Every figure moves by a conditional update, and each move is a line of the booth's book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import (
    NOTHING,
    Ballot,
    Booth,
    BoothLine,
    Fate,
    Roll,
    Signing,
    Voter,
    What,
)
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import ALLOWED, Refused, refusing, require

from .casting import code_behind


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _fresh(booth: Booth) -> Booth:
    """The booth as it stands, held until the transaction ends."""
    found = Booth.objects.select_for_update(no_key=True).get(pk=booth.pk)
    found.round = booth.round
    return found


def _write(booth: Booth, what: What, sheets: int, note: str, by: Account, at: datetime) -> None:
    BoothLine.objects.create(booth=booth, what=what, sheets=sheets, note=note, by=by, at=at)


@deed("booth.receive")
def receive(booth: Booth, sheets: int, *, by: Account, now: datetime) -> Booth:
    """Write down that so many new sheets come to the booth: their numbers follow those it has."""
    require(rules.can_receive(by, booth, now=now))
    live = Booth.objects.filter(
        pk=booth.pk,
        stage__in=(stages.PLANNED, stages.OPEN),
        received__lte=rules.MOST_SHEETS - sheets,
    )
    if sheets < 1 or not live.update(received=F("received") + sheets):
        raise Refused(_("一个投票站最多领%(n)s张") % {"n": rules.MOST_SHEETS})
    _write(booth, What.RECEIVED, sheets, "", by, now)
    booth.refresh_from_db(fields=["received"])
    record(booth, by=by, now=now, sheets=sheets, received=booth.received)
    return booth


@deed("booth.open")
def open_booth(booth: Booth, seal: str, *, by: Account, now: datetime) -> Booth:
    """The empty box was shown and sealed under this number: the booth may hand out sheets."""
    require(rules.can_open_booth(by, booth, now=now))
    require(rules.is_seal(seal))
    target = stages.BOOTH.after(booth.stage, "open_booth")
    if not Booth.objects.filter(pk=booth.pk, stage=stages.PLANNED).update(stage=target):
        raise Refused(_("投票站已经开放过"))
    booth.stage = target
    _write(booth, What.SEAL, 0, seal, by, now)
    record(booth, by=by, now=now, seal=seal)
    return booth


# --- a voter at the table -------------------------------------------------------------------------


@deed("vote.paper")
def mark_paper(booth: Booth, voter: Voter, *, by: Account, now: datetime) -> Booth:
    """Hand one sheet to a voter: mark her on the roll and count the sheet, and nothing joins the two.

    A ballot that she cast online is taken out of the box. The line of the journal names the booth and
    the hour, never the voter.
    """
    voter = _held(voter)
    booth = _fresh(booth)
    require(rules.can_mark(by, booth, voter, now=now))
    shift = rules.shift_of(by, booth, now=now)
    assert shift is not None  # noqa: S101  # the rule has just said so
    hour = _hour(now)
    code = _taken_out(voter) if voter.stage == stages.CAST else ""
    target = stages.VOTER.after(voter.stage, "paper")
    line = Voter.objects.filter(pk=voter.pk, stage=voter.stage, open=True)
    if not line.update(stage=target, link=NOTHING, hand=None, shift=shift, marker=by):
        raise Refused(_("投票已经截止，不再接受选票"))
    left = Booth.objects.filter(
        pk=booth.pk, stage=stages.OPEN, received__gt=F("issued") + F("unused")
    )
    if not left.update(issued=F("issued") + 1):
        raise Refused(_("空白选票已经发完，请再领一批"))
    _write(booth, What.ISSUED, 1, "", by, hour)
    record(booth, by=by, now=hour)
    if code:
        _note_override(voter.roll, by=None, now=hour, code=code)
    booth.refresh_from_db(fields=["issued"])
    return booth


def _held(voter: Voter) -> Voter:
    """The line of the roll as it stands, held until the transaction ends."""
    found = Voter.objects.select_for_update(no_key=True).filter(pk=voter.pk).first()
    if found is None:  # PostgreSQL: the close has written it anew while this waited
        raise Refused(_("投票已经截止，不再接受选票"))
    found.roll = voter.roll
    return found


def _taken_out(voter: Voter) -> str:
    """The code of the ballot that she cast online, which no longer counts."""
    try:
        code = code_behind(voter)
    except Refused:
        raise Refused(
            _("这位选民已在网上投票，而那一票取不出来，不能再发纸质票；网上的一票有效")
        ) from None
    standing = Ballot.objects.filter(pk=code, fate=Fate.STANDING)
    if standing.update(fate=Fate.OVERRIDDEN, box=NOTHING) != 1:
        raise Refused(_("这位选民的选票刚刚被改过，请再试一次"))
    return code


@deed("ballot.override")
def _note_override(roll: Roll, *, by: None, now: datetime, code: str) -> Roll:
    record(roll, by=by, now=now, code=code)
    return roll


@deed("vote.unmark")
def withdraw_paper(voter: Voter, reason: str, *, by: Account, now: datetime) -> Booth:
    """Take a wrong mark back, as a second officer of the same shift; the sheet is counted back too.

    A ballot that the mark took out of the box stays out: the voter votes anew.
    """
    round = voter.roll.round
    voter = _held(voter)
    if voter.shift is not None:
        voter.shift.booth = _fresh(voter.shift.booth)
        voter.shift.booth.round = round
    require(rules.can_withdraw(by, voter, now=now))
    assert voter.shift is not None  # noqa: S101  # the rule has just said so
    booth = voter.shift.booth
    line = Voter.objects.filter(pk=voter.pk, stage=stages.PAPER, open=True, shift=voter.shift)
    if not line.update(stage=stages.VOTER.after(voter.stage, "withdraw"), shift=None, marker=None):
        raise Refused(_("没有可以撤回的纸质票登记"))
    there = Booth.objects.filter(
        pk=booth.pk, stage=stages.OPEN, issued__gt=F("spoiled") + F("in_box")
    )
    if not there.update(issued=F("issued") - 1):
        raise Refused(_("没有可以撤回的纸质票登记"))
    _write(booth, What.WITHDRAWN, 1, reason, by, _hour(now))
    record(booth, by=by, now=_hour(now))
    return booth


@deed("booth.spoil")
def spoil_sheet(booth: Booth, *, by: Account, now: datetime) -> Booth:
    """A voter brings a spoiled sheet back and gets another one; she stays marked once."""
    require(rules.can_spoil_sheet(by, booth, now=now))
    live = Booth.objects.filter(
        pk=booth.pk,
        stage=stages.OPEN,
        received__gt=F("issued") + F("unused"),
        issued__gt=F("spoiled") + F("in_box"),
    )
    if not live.update(issued=F("issued") + 1, spoiled=F("spoiled") + 1):
        raise Refused(_("没有可换的选票，请刷新后再看"))
    _write(booth, What.SPOILED, 1, "", by, _hour(now))
    record(booth, by=by, now=_hour(now))
    booth.refresh_from_db(fields=["issued", "spoiled"])
    return booth


@deed("booth.note")
def note(booth: Booth, what: What, words: str, *, by: Account, now: datetime) -> Booth:
    """Write a seal's number, or what has happened, into the book of the booth."""
    require(rules.can_note(by, booth, now=now))
    if what not in (What.SEAL, What.INCIDENT):
        raise ValueError(f"{what} is not noted by hand")
    require(rules.is_seal(words) if what == What.SEAL else ALLOWED)
    _write(booth, what, 0, words, by, now)
    record(booth, by=by, now=now, what=what.value)
    return booth


# --- closing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What was counted when a booth closed: sheets unused and in the box, the seal put on the box,
    and words where something does not add up."""

    unused: int
    in_box: int
    seal: str
    note: str = ""


@deed("booth.close")
def close_booth(booth: Booth, counts: Counts, *, by: Account, now: datetime) -> Booth:
    """Close the booth and its account; again, until somebody has signed, to count anew."""
    booth = _fresh(booth)
    require(rules.can_close_booth(by, booth, now=now))
    require(rules.is_seal(counts.seal))
    require(rules.is_account(booth, counts.unused, counts.in_box, counts.note))
    booth.stage = stages.BOOTH.after(booth.stage, "close_booth")
    booth.unused, booth.in_box = counts.unused, counts.in_box
    booth.save(update_fields=["stage", "unused", "in_box"])
    _write(booth, What.UNUSED, counts.unused, "", by, now)
    _write(booth, What.IN_BOX, counts.in_box, "", by, now)
    _write(booth, What.SEAL, 0, counts.seal, by, now)
    if counts.note.strip():
        _write(booth, What.INCIDENT, 0, counts.note.strip(), by, now)
    record(
        booth,
        by=by,
        now=now,
        number=booth.number,
        received=booth.received,
        issued=booth.issued,
        spoiled=booth.spoiled,
        unused=booth.unused,
        in_box=booth.in_box,
        seal=counts.seal,
    )
    return booth


@deed("booth.sign")
def sign_booth(booth: Booth, *, by: Account, now: datetime) -> Booth:
    """Sign the protocol; with the second signature the booth is settled for good."""
    booth = _fresh(booth)
    require(rules.can_sign(by, booth, now=now))
    with refusing(_("您已经签字，等待另一位签字")):
        Signing.objects.create(booth=booth, account=by, signed_at=now)
    if booth.signings.count() >= rules.LEAST:
        booth.stage = stages.BOOTH.after(booth.stage, "sign_booth")
        booth.save(update_fields=["stage"])
    record(booth, by=by, now=now)
    return booth
