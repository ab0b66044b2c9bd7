"""A vote that is ready to open, or open, for the tests of this app and of those above.

place = …
vote = open_vote(voters=3, proposals=2, vote__k=1)
cast(vote.round, [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sanlin.commons.people.tests.scene import NOW, home, neighbourhood, officer, resident, street
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.models import Keeper
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
