"""A vote that is ready to open, or open, for the tests of this app and of those above.

place = …
vote = open_vote(voters=3, proposals=2, vote__k=1)
cast(vote.round, [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sanlin.commons.people.tests.scene import (
    NOW,
    home,
    neighbourhood,
    officer,
    resident,
    street,
    worker,
)
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.models import Booth, Keeper, Voter
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import OPTIMISATION, VOTE
from sanlin.govern.rounds.tests.scene import after, open_round
from sanlin.ground.accounts.models import Account

GROWN = date(1980, 5, 1)


@dataclass
class Vote:
    """A round at its vote: who runs it, who may vote, and what stands on the ballot."""

    round: Round
    officer: Account
    places: list[Neighbourhood]
    voters: list[Account]
    proposals: list[Proposal]

    def fresh(self) -> Round:
        """The round as it stands now, with nothing remembered."""
        return Round.objects.select_related("street").get(pk=self.round.pk)

    @property
    def after(self) -> datetime:
        """A moment right after the deadline."""
        return after(self.fresh(), VOTE)


def ready(
    *,
    on: Street | None = None,
    places: int = 1,
    voters: int = 1,
    proposals: int = 3,
    asked: int = 10_000_00,
    **values: object,
) -> Vote:
    """A round whose vote may open at NOW: voters and proposals are dealt out to the places in turn.

    Every voter has a home of her own. `values` are those of the officer, `vote__k=5`.
    """
    on = on or street()
    values.setdefault("vote__own_community_only", False)
    round = open_round(VOTE, on=on, **values)
    Round.objects.filter(pk=round.pk).update(stage=OPTIMISATION)
    round.stage = OPTIMISATION
    areas = [neighbourhood(on, f"潍坊{n}村居民区") for n in range(1, places + 1)]
    by = officer(on)
    if round.rules.vote.keys == "two_officers":
        keyed(round, by)
    return Vote(
        round,
        by,
        areas,
        [voter(areas[n % places]) for n in range(voters)],
        [proposal(round, neighbourhood=areas[n % places], asked=asked) for n in range(proposals)],
    )


PASSPHRASES = ("first-key-of-the-box", "second-key-of-the-box")


def keyed(round: Round, by: Account) -> Round:
    """Let two officers keep the keys of a round: `by` and another, with PASSPHRASES."""
    for who, passphrase in zip((by, officer(round.street)), PASSPHRASES, strict=True):
        actions.set_passphrase(round, passphrase, by=who, now=NOW)
    return round


def counted(round: Round, now: datetime) -> Round:
    """Open the box of a closed vote by its two keepers."""
    for one, passphrase in zip(
        Keeper.objects.filter(round=round).order_by("pk"), PASSPHRASES, strict=True
    ):
        fresh = Round.objects.select_related("street").get(pk=round.pk)
        round = actions.give_key(fresh, passphrase, by=one.account, now=now)
    return round


def voter(place: Neighbourhood, **fields: Any) -> Account:
    """A grown, confirmed resident with a home of her own."""
    fields.setdefault("born", GROWN)
    fields.setdefault("home", home(place))
    return resident(place, **fields)


def opened(**wanted: Any) -> Vote:
    """As `ready`, with the vote open since NOW."""
    vote = ready(**wanted)
    vote.round = actions.open_vote(vote.round, by=vote.officer, now=NOW)
    return vote


def close(vote: Vote) -> Round:
    """End the vote after its window; its box stays shut."""
    return actions.close_vote(vote.fresh(), by=vote.officer, now=vote.after)


def count(vote: Vote) -> Round:
    """End the vote and count it."""
    close(vote)
    return counted(vote.fresh(), vote.after)


def no_doors(_request: Any) -> list[Any]:
    """A frame that offers nothing: so that a test counts the queries of the page alone."""
    return []


# --- a booth --------------------------------------------------------------------------------------


@dataclass
class Stand:
    """A booth of a vote with one shift around NOW, and its two officers."""

    vote: Vote
    row: Booth
    first: Account
    second: Account

    def fresh(self) -> Booth:
        """The booth as it stands now, with nothing remembered."""
        rows = Booth.objects.select_related("round__street", "neighbourhood")
        return rows.get(pk=self.row.pk)

    def line(self, who: Account) -> Voter:
        """The voter's line of the roll as it stands now."""
        rows = Voter.objects.select_related("roll__round__street", "shift__booth__round__street")
        return rows.get(roll__round=self.row.round, account=who)

    def mark(self, who: Account, *, by: Account | None = None, now: datetime = NOW) -> Booth:
        """Hand a sheet to a voter."""
        hand = Account.objects.get(pk=(by or self.first).pk)
        return actions.mark_paper(self.fresh(), self.line(who), by=hand, now=now)

    def account(self) -> tuple[int, ...]:
        """(received, issued, spoiled, unused, in the box)."""
        row = self.fresh()
        return row.received, row.issued, row.spoiled, row.unused, row.in_box


def booth(vote: Vote, *, sheets: int = 10, is_open: bool = True, name: str = "") -> Stand:
    """A booth of an opened vote; `sheets` were received, and its box is sealed where it is open."""
    where = actions.Where(name or f"第{Booth.objects.count() + 1}投票站", "潍坊二村居委会一楼")
    row = actions.add_booth(vote.fresh(), where, by=vote.officer, now=NOW)
    pair = [worker(vote.places[0]) for _n in range(2)]
    ends = NOW + timedelta(hours=2)
    actions.add_shift(row, NOW, ends, pair, by=vote.officer, now=NOW)
    if sheets:
        row = actions.receive(row, sheets, by=vote.officer, now=NOW)
    if is_open:
        row = actions.open_booth(row, "A-0001", by=pair[0], now=NOW)
    return Stand(vote, row, *pair)


def settled(stand: Stand, in_box: int | None = None) -> Booth:
    """Close a booth after the vote and have both officers sign."""
    row = stand.fresh()
    found = row.marked if in_box is None else in_box
    counts = actions.Counts(row.received - row.issued, found, "A-0002", "有人带走了选票")
    actions.close_booth(row, counts, by=stand.first, now=stand.vote.after)
    for one in (stand.first, stand.second):
        row = actions.sign_booth(stand.fresh(), by=one, now=stand.vote.after)
    return row
