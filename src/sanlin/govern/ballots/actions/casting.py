"""Casting: the mark on the roll, the sealed ballot and its line in the journal, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import F
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import NOTHING, Ballot, Channel, Fate, Roll, Trace, Voter
from sanlin.govern.rounds.models import Round
from sanlin.ground import keys, lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.pii import mark
from sanlin.ground.prepared import Add, Change, Given, Read, run
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ballots.code import code_of, opening
from sanlin.kernel.ballots.form import Choices, Chosen, canonical


@dataclass(frozen=True)
class Seen:
    """Where a ballot comes from, as the server sees it; only keyed hashes of it are counted."""

    address: str = ""
    device: str = ""


UNSEEN = Seen()


def cast(
    round: Round,
    chosen: Chosen,
    *,
    by: Account,
    now: datetime,
    seed: str = "",
    seen: Seen = UNSEEN,
) -> Ballot:
    """Put one ballot into the box and mark its voter, or replace hers where the pack allows it.

    `chosen` is a sequence of proposals (a ranking best first) or a mapping from proposal to points
    or opinion. `seed` (64 hexadecimal digits) is the one with which her code was shown to her; the
    same seed and choices are the same ballot, however often they are sent. Raises Refused with
    everything that is wrong. The journal learns the code, the channel and the hour, never the voter.
    """
    require(rules.is_open(round, now=now))
    seed = seed or lots.new_secret()
    try:
        return _cast(round, chosen, by=by, now=now, seed=seed, seen=seen)
    except IntegrityError as error:
        raise Refused(_("这张选票已经抽检作废，不能再投；请重新核对后投出")) from error


# --- first ballots of many, which nothing speaks against ------------------------------------------


@dataclass(frozen=True, eq=False)
class Wish:
    """What `cast` is told, of one who waits with others."""

    round: Round
    chosen: Chosen
    by: Account
    now: datetime
    seed: str
    seen: Seen = UNSEEN


@dataclass(frozen=True, eq=False)
class Paper:
    """A ballot that is filled in and sealed, and the line of the roll that it marks."""

    ballot: Ballot
    voter: Voter
    by: Account
    linked: bool
    hour: datetime
    seen: Seen


def cast_together(wishes: Sequence[Wish], *, now: datetime) -> list[Ballot | None]:
    """Put in the first ballots of many voters in one transaction; None for one that has to be cast
    alone: a later one, the same again, one that a rule refuses or whose line has moved on.

    The lines are looked at first, and what they allow is coded and sealed before anything is written.
    Raises IntegrityError where one of them was spoiled: then nothing of them all is kept.
    """
    known = [wish for wish in wishes if rules.is_open(wish.round, now=wish.now)]
    lines = rules.voters_of([(wish.by, wish.round.roll) for wish in known])
    papers = {wish: _filled_in(wish, line) for wish, line in zip(known, lines, strict=True)}
    whole = [paper for paper in papers.values() if paper]
    done = _put_in(whole, by=None, now=now) if whole else {}
    return [done.get(papers.get(wish)) for wish in wishes]


def _filled_in(wish: Wish, voter: Voter | None) -> Paper | None:
    """The first ballot of a voter, as her line reads now; None for any other, and where a rule would
    refuse it."""
    round = wish.round
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the vote is open
    if voter is None or voter.stage != stages.WAITING:
        return None
    if not rules.may_cast(wish.by, voter, round, now=wish.now):
        return None
    if not rules.can_choose(wish.chosen, voter, round):
        return None
    ballot = _sealed(round, roll, rules.kept(wish.chosen, voter, round), wish.seed)
    return Paper(ballot, voter, wish.by, rules.keeps_links(round), _hour(wish.now), wish.seen)


@deed("ballot.cast")
def _put_in(papers: Sequence[Paper], *, by: None, now: datetime) -> dict[Paper | None, Ballot]:
    """Put in what is filled in, in one transaction; without those whose line is no longer as it was read.

    To mark a line is the first that is written of a ballot, and it does nothing where the line has moved on: so
    a ballot that is left out leaves nothing. Of several, no line is waited for while others are held.
    """
    free = _free(papers)
    marks = [_marking(paper.voter, paper.ballot.code, paper.by, paper.linked) for paper in free]
    marked = [paper for paper, done in zip(free, MARKED.each(marks), strict=True) if done]
    if marked:
        marked.sort(key=attrgetter("ballot.code"))
        INTO_THE_BOX.rows([paper.ballot for paper in marked])
        _trace(marked)
        for paper in marked:
            _tell(paper.ballot, paper.hour)
    return {paper: paper.ballot for paper in marked}


def _free(papers: Sequence[Paper]) -> list[Paper]:
    """One ballot for each line that nobody else holds; on PostgreSQL they are held from now on."""
    lines = {paper.voter.pk: paper for paper in papers}
    if len(lines) == 1 or not connection.features.has_select_for_update:
        return list(lines.values())
    free = HELD.each([{"pk": pk} for pk in sorted(lines)])
    return [lines[found[0]] for found in free if found]


HELD: Read[tuple[int]] = Read(
    lambda: (
        Voter.objects.select_for_update(skip_locked=True).filter(pk=Given("pk")).values_list("pk")
    )
)


# --- any ballot, with its line held ---------------------------------------------------------------


@deed("ballot.cast")
def _cast(
    round: Round, chosen: Chosen, *, by: Account, now: datetime, seed: str, seen: Seen
) -> Ballot:
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the vote is open
    voter = rules.voter_of(by, roll, lock=True)
    if voter is None and Roll.objects.filter(pk=roll.pk, closed_at__isnull=False).exists():
        # PostgreSQL: the close has written the line anew while this waited for the old one.
        raise Refused(_("投票已经截止，不再接受选票"))
    kept = rules.kept(chosen, voter, round) if voter else ()
    code = code_of(opening(round.pk, kept, seed))
    if voter and voter.stage == stages.CAST and (earlier := _same(code)):
        return earlier
    require(rules.may_cast(by, voter, round, now=now))
    assert voter is not None  # noqa: S101  # the rule has just said so
    require(rules.can_choose(chosen, voter, round))
    linked, hour = rules.keeps_links(round), _hour(now)
    replaced = _mark(voter, code, by, linked)
    ballot = _sealed(round, roll, kept, seed)
    INTO_THE_BOX.rows([ballot])
    _trace([Paper(ballot, voter, by, linked, hour, seen)])
    if replaced:
        _note_again(roll, by=None, now=hour, code=code, replaces=replaced)
    else:
        _tell(ballot, hour)
    return ballot


def _sealed(round: Round, roll: Roll, kept: Choices, seed: str) -> Ballot:
    """The ballot with these choices, which only the key of the vote opens."""
    filled = bytes.fromhex(seed) + canonical(kept).ljust(rules.room(round))
    return Ballot(
        code=code_of(opening(round.pk, kept, seed)),
        roll=roll,
        channel=Channel.WEB,
        box=keys.seal(filled, bytes(roll.key or NOTHING)),
    )


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _tell(ballot: Ballot, hour: datetime) -> None:
    record(ballot.roll, by=None, now=hour, channel=Channel.WEB.value, code=ballot.code)


INTO_THE_BOX = Add(Ballot)
MARKED = Change(
    lambda: Voter.objects.filter(
        pk=Given("pk"), stage=Given("was"), neighbourhood=Given("place"), open=True
    ),
    *("stage", "link", "hand"),
)


def _same(code: str) -> Ballot | None:
    """The ballot of a request that was sent before. A spoiled one is none: it cannot be cast."""
    return Ballot.objects.exclude(fate=Fate.SPOILED).filter(pk=code).first()


def _mark(voter: Voter, code: str, by: Account, linked: bool) -> str:
    """Carry the line of the roll along its arrow, and empty the ballot that this one replaces, whose
    code is returned."""
    replaced = ""
    if voter.stage == stages.CAST:
        replaced = code_behind(voter)
        standing = Ballot.objects.filter(pk=replaced, fate=Fate.STANDING)
        if standing.update(fate=Fate.REPLACED, box=NOTHING) != 1:
            raise Refused(_("您的选票刚刚被改过，请刷新后再看"))
    new, as_read = _marking(voter, code, by, linked)
    if not MARKED.run(new, **as_read):
        raise Refused(_("投票已经截止，不再接受选票"))
    return replaced


def _marking(
    voter: Voter, code: str, by: Account, linked: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the line of the roll says from now on, and how it has to read until then."""
    verb = "recast" if voter.stage == stages.CAST else "cast"
    link = NOTHING
    if linked:
        link_key = keys.fleeting(link_name(voter.roll_id), make=True)
        link = keys.hide(bytes.fromhex(code), link_key or NOTHING)
    new = {
        "stage": stages.VOTER.after(voter.stage, verb),
        "link": link,
        "hand": by.hand and by.hand.pk,
    }
    return new, {"pk": voter.pk, "was": voter.stage, "place": voter.neighbourhood_id}


def link_name(roll: int) -> str:
    """The file of the key under which the links of a roll are hidden until the close."""
    return f"links-{roll}"


def code_behind(voter: Voter) -> str:
    """The code of a voter's standing ballot, while the vote is open; raises Refused where the key of
    the links is gone."""
    link_key = keys.fleeting(link_name(voter.roll_id))
    try:
        return keys.show(bytes(voter.link), link_key or NOTHING).hex()
    except keys.DoesNotOpen:
        raise Refused(_("找不到您先前的一票，所以不能更改；先前的一票仍然有效")) from None


@deed("ballot.recast")
def _note_again(roll: Roll, *, by: None, now: datetime, code: str, replaces: str) -> Roll:
    record(roll, by=by, now=now, channel=Channel.WEB.value, code=code, replaces=replaces)
    return roll


# --- spoil and show -------------------------------------------------------------------------------


@deed("ballot.spoil")
def spoil(round: Round, chosen: Chosen, *, by: Account, now: datetime, seed: str) -> Ballot:
    """Give up a ballot whose code has been shown, so that it may be opened before everybody.

    The code is written down as spoiled and can never be cast; the voter's line does not change.
    """
    require(rules.can_cast(by, round, now=now))
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the vote is open
    voter = rules.voter_of(by, roll)
    assert voter is not None  # noqa: S101  # the rule has read it
    require(rules.can_choose(chosen, voter, round))
    code = code_of(opening(round.pk, rules.kept(chosen, voter, round), seed))
    ballot, new = Ballot.objects.get_or_create(
        code=code, defaults={"roll": roll, "channel": Channel.WEB, "fate": Fate.SPOILED}
    )
    if ballot.fate != Fate.SPOILED:
        raise Refused(_("这张选票已经投出，不能再抽检"))
    if new:
        line = Voter.objects.filter(pk=voter.pk, shown__lt=rules.MOST_SHOWN)
        if not line.update(shown=F("shown") + 1):
            raise Refused(_("您已抽检%(n)s次，本轮不能再抽检") % {"n": rules.MOST_SHOWN})
        hour = now.replace(minute=0, second=0, microsecond=0)
        record(roll, by=None, now=hour, code=code)
    return ballot


# --- what the auditor's board is drawn from -------------------------------------------------------

_COUNT = (
    "INSERT INTO {table} (roll_id, hour, kind, mark, casts, helped) VALUES {rows} "
    "ON CONFLICT (roll_id, hour, kind, mark) DO UPDATE "
    "SET casts = {table}.casts + excluded.casts, helped = {table}.helped + excluded.helped"
)


def _trace(papers: Sequence[Paper]) -> None:
    """Count these ballots of their hours for their addresses and devices, without naming any. The
    counts are held in one order, so that nobody waits in a circle."""
    casts, helped = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for paper in papers:
        for kind, text in vars(paper.seen).items():
            if text:
                roll = paper.ballot.roll_id
                count = (roll, paper.hour, kind, mark(f"{roll}:{kind}:{text}"))
                casts[count] += 1
                helped[count] += paper.by.hand is not None
    if not casts:
        return
    moment = connection.ops.adapt_datetimefield_value
    cells = [
        cell
        for count in sorted(casts)
        for cell in (count[0], moment(count[1]), *count[2:], casts[count], helped[count])
    ]
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(casts))
    run(_COUNT.format(table=Trace._meta.db_table, rows=rows), cells)
