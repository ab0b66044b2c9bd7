"""How many have voted, and after the close what they voted for."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Booth, Channel, Roll, Tally, Voter
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots.form import OPINIONS, Choices
from sanlin.kernel.ballots.stored import profile_of
from sanlin.kernel.ballots.tally import Merged, Opinions, is_carried, opinions
from sanlin.kernel.profile import Profile

CAST = "ballot.cast"
APART = 10  # ballots of each way of voting before the ways are told apart: fewer would tell how those few voted


# --- after the count --------------------------------------------------------------------------


def _counted(round: Round) -> Roll:
    roll = rules.roll_of(round)
    if roll is None or roll.counted_at is None:  # unless it was read before the count
        roll = Roll.objects.filter(round=round).first()
    if roll is None or roll.counted_at is None:
        raise Refused(_("开箱计票以前，谁都看不到票数"))
    return roll


def _merged(roll: Roll) -> Merged:
    counted: Counter[Choices] = Counter()
    for kept, n in Tally.objects.filter(roll=roll).values_list("choices", "ballots"):
        counted[tuple((key, weight) for key, weight in json.loads(kept))] += n
    return Merged(tuple(sorted(counted.items())))


def ballots(round: Round) -> Merged:
    """All ballots of a closed vote, equal ones together; raises Refused before the close."""
    return _merged(_counted(round))


def profile(round: Round) -> Profile:
    """The same as arrays, over everything that stood to vote; of opinions only those who agree.

    Raises Refused before the count.
    """
    roll = _counted(round)
    keys = [bid.key for bid in roll.bids]
    if _asks_opinions(round):
        agree = OPINIONS["support"]
        merged = _merged(roll).ballots
        kept = (
            (tuple((key, 1) for key, said in one if said == agree), times) for one, times in merged
        )
        return Profile.of(kept, keys)
    rows = list(Tally.objects.filter(roll=roll).values_list("choices", "ballots"))
    texts, times = zip(*rows, strict=True) if rows else ((), ())
    return profile_of(texts, times, keys)


def votes(round: Round) -> dict[int, int]:
    """Votes, or points, by proposal of a counted vote, also of those that got none.

    Where opinions were asked, those who agree, by the round's rule of silence. Raises Refused before
    the count: there is no interim result, for nobody.
    """
    roll = _counted(round)
    counted = _votes(round, roll)
    return {bid.key: counted.get(bid.key, 0) for bid in roll.bids}


def _votes(round: Round, roll: Roll) -> dict[int, int]:
    merged = _merged(roll)
    if not _asks_opinions(round):
        return merged.votes()
    silence = round.rules.vote.silence
    return {key: of.counted(silence)[0] for key, of in opinions(merged).items()}


def _asks_opinions(round: Round) -> bool:
    return round.rules.vote.kind == "stance"


def stances(round: Round) -> dict[int, Opinions]:
    """Opinions by proposal of a counted vote that asked for them, empty for any other; raises
    Refused before the count."""
    roll = _counted(round)
    return opinions(_merged(roll)) if _asks_opinions(round) else {}


def outvoted(round: Round) -> frozenset[int]:
    """The proposals that did not pass the threshold of a vote that asked for opinions."""
    if not _asks_opinions(round):
        return frozenset()
    said, (cast, _size) = stances(round), turnout(round)
    vote, nobody = round.rules.vote, Opinions()
    keys = {bid.key for bid in _counted(round).bids}
    return frozenset(
        key
        for key in keys
        if not is_carried(said.get(key, nobody), vote.carried, vote.silence, cast)
    )


def results(round: Round) -> list[dict[str, Any]]:
    """Rows of {number, title, place, votes, opinions, carried}, most votes first, then by number.

    `opinions` is (against, abstain) beside the votes that agree, or () where none were asked. Raises Refused before the count.
    """
    roll = _counted(round)
    counted, said, lost = _votes(round, roll), stances(round), outvoted(round)
    silence = round.rules.vote.silence
    slate = Proposal.objects.filter(pk__in=[bid.key for bid in roll.bids])
    named = {p.pk: p for p in slate.select_related("neighbourhood")}
    rows = [
        {
            "number": bid.sent,
            "title": named[bid.key].title,
            "place": named[bid.key].neighbourhood.name,
            "votes": counted.get(bid.key, 0),
            "opinions": said[bid.key].counted(silence)[1:] if bid.key in said else (),
            "carried": bid.key not in lost,
        }
        for bid in roll.bids
    ]
    return sorted(rows, key=lambda row: (-row["votes"], row["number"] or 0))


def channels(round: Round) -> list[tuple[str, int]]:
    """(words of the channel, counted ballots) of a counted vote; raises Refused before the count."""
    rows = _counted(round).tallies.values_list("channel")
    counted = dict(rows.annotate(Sum("ballots")).order_by("channel"))
    return [(str(channel.label), counted[channel]) for channel in Channel if channel in counted]


def on_paper(round: Round) -> tuple[dict[int, int], int] | None:
    """(votes on paper by proposal, voters marked as having voted on paper) of a counted vote, for a
    blend that weighs the channels; None where fewer than APART ballots of either were cast or counted.

    Raises Refused before the count.
    """
    counted, marked, cast = _by_channel(round)
    ways = [*(box.total() for box in counted.values()), marked, cast - marked]
    if min(ways) < APART:
        return None
    return Merged(tuple(counted[Channel.PAPER].items())).votes(), marked


def until_apart(round: Round) -> int | None:
    """How many sheets would have to be counted that were not, or the other way round, before `on_paper`
    says something else; None where no number of them makes a difference."""
    counted, marked, cast = _by_channel(round)
    if min(counted[Channel.WEB].total(), marked, cast - marked) < APART:
        return None
    sheets = counted[Channel.PAPER].total()
    return sheets - APART + 1 if sheets >= APART else APART - sheets


def _by_channel(round: Round) -> tuple[dict[str, Counter[Choices]], int, int]:
    """(ballots by channel, voters marked as having voted on paper, voters in all) of a counted vote."""
    roll = _counted(round)
    counted: dict[str, Counter[Choices]] = {channel.value: Counter() for channel in Channel}
    rows = Tally.objects.filter(roll=roll).values_list("channel", "choices", "ballots")
    for channel, kept, n in rows:
        counted[channel][tuple((key, weight) for key, weight in json.loads(kept))] += n
    sheets = Booth.objects.filter(round=round).aggregate(n=Sum(F("issued") - F("spoiled")))
    return counted, sheets["n"] or 0, roll.cast


# --- turnout ----------------------------------------------------------------------------------


def turnout(round: Round) -> tuple[int, int]:
    """(ballots cast, lines on the roll); (0, 0) before the vote opens."""
    roll = rules.roll_of(round)
    if roll is None:
        return 0, 0
    if roll.closed_at:
        return roll.cast, roll.size
    row = (
        Voter.objects.filter(roll=roll)
        .exclude(stage=stages.STRUCK)
        .aggregate(cast=Count("pk", filter=Q(stage__in=stages.VOTED)), size=Count("pk"))
    )
    return row["cast"], row["size"]


def share(cast: int, size: int) -> str:
    """The turnout as people read it, floored to a tenth of a percent.

    >>> share(2, 3), share(0, 0)
    ('66.6%', '0.0%')
    """
    tenths = cast * 1000 // size if size else 0
    return f"{tenths // 10}.{tenths % 10}%"


def turnout_by_place(round: Round) -> list[dict[str, Any]]:
    """Rows of {neighbourhood (key), name, cast, size} by the neighbourhood's code."""
    rows = (
        Voter.objects.filter(roll__round=round)
        .exclude(stage=stages.STRUCK)
        .values("neighbourhood", name=F("neighbourhood__name"))
        .annotate(cast=Count("pk", filter=Q(stage__in=stages.VOTED)), size=Count("pk"))
    )
    return [dict(row) for row in rows.order_by("neighbourhood__code")]


def turnout_by_day(round: Round) -> list[tuple[date, int]]:
    """First casts by day, from the journal, which knows the hour and no voter."""
    roll = rules.roll_of(round)
    if roll is None:
        return []
    hours = Entry.objects.filter(subject=f"{Roll._meta.label}:{roll.pk}", deed=CAST)
    days: Counter[date] = Counter()
    for at, n in hours.values_list("at").annotate(Count("seq")).order_by("at"):
        days[timezone.localtime(at).date()] += n
    return sorted(days.items())
