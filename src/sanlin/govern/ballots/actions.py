from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.people.models import Resident
from sanlin.commons.people.rules import residence
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round, Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground import lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import HOUSE
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ballots.form import Chosen, Form, canonical, choices
from sanlin.kernel.ballots.tally import Merged

from . import rules, stages
from .models import Ballot, Channel, Roll, Tally, Voter, receipt_code, token

BATCH = 2_000


# --- opening ----------------------------------------------------------------------------------


@deed("vote.open", checkpoint=_lazy("投票开始"))
def open_vote(round: Round, *, by: Account, now: datetime) -> Round:
    """Fix the slate and the roll, and take ballots until the window ends.

    A round without a window for its vote gets the days of its pack, from this moment on.
    """
    require(rules.can_open_vote(by, round, now=now))
    move(round, "open_vote", by=by, now=now)
    Window.objects.get_or_create(
        round=round,
        stage=VOTE,
        defaults={
            "opens": now,
            "closes": now + timedelta(days=round.rules.windows[VOTE].days),
        },
    )
    roll = Roll.objects.create(
        round=round,
        day=local_day(now),
        seed=lots.new_seed(),
        slate=[
            [proposal.pk, proposal.number, proposal.asked, proposal.neighbourhood_id]
            for proposal in admitted(round)
        ],
        opened_at=now,
    )
    size = _enrol(roll)
    forget(round)
    record(roll, by=by, now=now, slate=len(roll.slate), size=size, seed=roll.seed)
    return round


def _enrol(roll: Roll) -> int:
    """Put everybody on the roll whom the pack lets vote; how many lines that made."""
    people = rules.eligible(roll.round, roll.day)
    if rules.by_household(roll.round):
        homes = people.order_by("home").values_list(
            "home", "home__stair__building__estate__neighbourhood"
        )
        lines = [
            Voter(roll=roll, home_id=home, neighbourhood_id=place)
            for home, place in homes.distinct()
        ]
    else:
        lines = [
            Voter(roll=roll, account_id=account, neighbourhood_id=place)
            for account, place in people.order_by("pk").values_list("account", "neighbourhood")
        ]
    Voter.objects.bulk_create(lines, batch_size=BATCH)
    return len(lines)


def forget(round: Round) -> None:
    """Let the round read its roll again."""
    round._state.fields_cache.pop("roll", None)


# --- voting -----------------------------------------------------------------------------------


def cast(round: Round, chosen: Chosen, *, by: Account, now: datetime, key: str = "") -> Ballot:
    """Put one ballot into the box and mark its voter, or replace hers where the pack allows it.

    `chosen` is a sequence of proposals (a ranking best first) or a mapping from proposal to points.
    The same key gives the same ballot. Raises Refused with everything that is wrong. The journal
    learns the channel and the hour, and for a ballot cast at the desk who helped whom; it never
    learns which ballot that was.
    """
    require(rules.is_open(round, now=now))
    return _cast(round, chosen, by=by, now=now, form_key=key)


@deed("ballot.cast")
def _cast(round: Round, chosen: Chosen, *, by: Account, now: datetime, form_key: str) -> Ballot:
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the vote is open
    voter = rules.voter_of(by, roll, lock=True)
    code = receipt_code(roll.pk, token(voter, form_key)) if voter else ""
    if voter and voter.stage == stages.CAST and form_key:
        earlier = Ballot.objects.filter(pk=code).first()
        if earlier:
            return earlier
    require(rules.may_cast(by, voter, round, now=now))
    assert voter is not None  # noqa: S101  # the rule has just said so
    require(rules.can_choose(chosen, voter, round))
    again = voter.stage == stages.CAST
    _mark(voter, code if round.rules.vote.revote else "")
    hour = now.replace(minute=0, second=0, microsecond=0)
    channel = Channel.DESK if by.hand else Channel.WEB
    form = rules.form_of(round)
    ballot = Ballot.objects.create(
        code=code, roll=roll, channel=channel, box=padded(chosen, form, roll)
    )
    if again:
        _note_again(roll, by=None, now=hour, channel=channel)
    else:
        record(roll, by=None, now=hour, channel=channel.value)
    if by.hand:
        _note_help(roll, by=by, now=hour)
    return ballot


def _mark(voter: Voter, link: str) -> None:
    """Carry the line of the roll along its arrow, and empty the ballot that this one replaces."""
    verb = "recast" if voter.stage == stages.CAST else "cast"
    target = stages.VOTER.after(voter.stage, verb)
    if verb == "recast":
        replaced = Ballot.objects.filter(pk=voter.link.reveal(), standing=True)
        if replaced.update(standing=False, box="") != 1:
            raise Refused(_("您的选票刚刚被改过，请刷新后再看"))
    lines = Voter.objects.filter(pk=voter.pk, stage=voter.stage, open=True)
    if not lines.update(stage=target, link=link):
        raise Refused(_("投票已经截止，不再接受选票"))


@deed("ballot.recast")
def _note_again(roll: Roll, *, by: None, now: datetime, channel: Channel) -> Roll:
    record(roll, by=by, now=now, channel=channel.value)
    return roll


@deed("ballot.help")
def _note_help(roll: Roll, *, by: Account, now: datetime) -> Roll:
    # Not in the log of the round, where it would stand beside the receipt of the one who was helped.
    record(roll, HOUSE, by=by, now=now)
    return roll


def padded(chosen: Chosen, form: Form, roll: Roll) -> str:
    """The canonical bytes of a ballot, filled up so that its seal tells nothing of its length."""
    widest = max((len(str(bid.key)) for bid in roll.bids), default=1)
    pairs = min(form.most or len(roll.bids), len(roll.bids))
    weight = len(str(max(form.most or 1, form.points or 1)))
    room = 2 + pairs * (widest + weight + 4)
    return canonical(choices(chosen, form)).decode().ljust(room)


# --- closing ----------------------------------------------------------------------------------


@deed("vote.close", checkpoint=_lazy("投票截止"))
def close_vote(round: Round, *, by: Account | None, now: datetime) -> Round:
    """End the vote: empty every link, open the boxes, count equal choices together, empty the boxes.

    `by` None is the clock's hand. Closing a closed vote changes nothing. From the first statement on
    no line of the roll can be marked any more; whatever was marked before is in the count.
    """
    forget(round)
    require(rules.can_close_vote(by, round, now=now))
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    if roll.closed_at:
        forget(round)
        round.refresh_from_db(fields=["stage"])
        return round
    Voter.objects.filter(roll=roll).update(open=False, link="")
    counted = _open_boxes(roll)
    _write_count(roll, counted)
    standing = Voter.objects.filter(roll=roll).exclude(stage=stages.STRUCK)
    roll.size, roll.cast, roll.closed_at = standing.count(), sum(counted.values()), now
    roll.save(update_fields=["size", "cast", "closed_at"])
    forget(round)
    record(roll, by=by, now=now, cast=roll.cast, size=roll.size)
    move(round, "close_entries", by=by, now=now)
    return round


def _open_boxes(roll: Roll) -> Counter[str]:
    """Count the standing ballots by their choices, and write all ballots anew, empty.

    They are written in the order of their codes, so that not even a database that keeps rows in the
    order of their arrival still knows it.
    """
    counted: Counter[str] = Counter()
    emptied = []
    boxes = Ballot.objects.filter(roll=roll).order_by("code")
    for ballot in boxes.iterator(chunk_size=BATCH):
        if ballot.standing:
            counted[ballot.box.reveal().rstrip()] += 1
        ballot.box = ""
        emptied.append(ballot)
    boxes.delete()
    Ballot.objects.bulk_create(emptied, batch_size=BATCH)
    return counted


def _write_count(roll: Roll, counted: Counter[str]) -> None:
    rows = (Tally(roll=roll, choices=kept, ballots=n) for kept, n in sorted(counted.items()))
    Tally.objects.bulk_create(rows, batch_size=BATCH)


# --- the desk ---------------------------------------------------------------------------------


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


# --- votes held elsewhere ---------------------------------------------------------------------


@deed("vote.enter", checkpoint=_lazy("录入外地投票"))
def enter(round: Round, merged: Merged, size: int, *, by: Account | None, now: datetime) -> Round:
    """Enter the ballots of a vote that was held elsewhere, as a closed vote without voters.

    Choices name admitted proposals of the round; `size` is how many might have voted, at least as
    many as did. The round must stand where a vote may open; it moves on to its decision.
    """
    slate = [[p.pk, p.number, p.asked, p.neighbourhood_id] for p in admitted(round)]
    known = {row[0] for row in slate}
    strange = sorted({key for kept, _n in merged.ballots for key, _w in kept} - known)
    if strange:
        raise ValueError(f"ballots name {strange[:5]}, which are not admitted proposals")
    move(round, "open_vote", by=by, now=now)
    roll = Roll.objects.create(
        round=round,
        day=local_day(now),
        seed=lots.new_seed(),
        slate=slate,
        opened_at=now,
        closed_at=now,
        size=max(size, merged.cast),
        cast=merged.cast,
    )
    _write_count(roll, Counter({canonical(kept).decode(): n for kept, n in merged.ballots}))
    forget(round)
    record(roll, by=by, now=now, cast=roll.cast, size=roll.size)
    move(round, "close_entries", by=by, now=now)
    return round
