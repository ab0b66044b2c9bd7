"""A round that is ready to decide, or decided, for the tests of this app and of those above."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from sanlin.commons.people.tests.scene import NOW, officer, street
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Award, Decision, Notice
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.reviews.tests.scene import panel, pledged, sealed
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import open_round, walk
from sanlin.ground.accounts.models import Account

HOUR = timedelta(hours=1)


@dataclass
class Case:
    """A round in its decision, its proposals, and two officers."""

    round: Round
    proposals: list[Proposal]
    first: Account
    second: Account

    def decide(self) -> Decision:
        return actions.decide(self.round, by=self.first, now=NOW)

    def signed(self) -> Decision:
        decision = self.decide()
        for who in (self.first, self.second):
            actions.sign(decision, by=who, now=NOW)
        return decision

    def noticed(self) -> Notice:
        return actions.publish(self.signed(), by=self.first, now=NOW)

    def award(self, which: int) -> Award:
        return Award.objects.get(
            proposal=self.proposals[which], decision__in=Decision.objects.standing()
        )

    def results(self) -> list[tuple[str, int]]:
        """(stage, grant in yuan) of each proposal, in the order in which they were made."""
        return [
            (self.award(n).stage, self.award(n).grant // 100) for n in range(len(self.proposals))
        ]


def to_decide(
    shares: Sequence[Any], *asked: int, places: Sequence[Any] = (), **values: Any
) -> Case:
    """A round by score at its decision: one proposal for each of `shares`, the part of full marks
    that every judge gave it, asking for `asked` yuan (the last for all that follow)."""
    on = places[0].street if places else street()
    values = {"award__method": "score", "stages__vote": False, "award__min_score": None, **values}
    round = open_round("review", on=on, stages__conferral=False, **values)
    amounts = [*asked, *([asked[-1]] * len(shares))][: len(shares)]
    made = []
    for n, amount in enumerate(amounts):
        where = {"neighbourhood": places[n]} if places else {}
        made.append(proposal(round, asked=amount * 100, **where))
    first, second = officer(on), officer(on)
    judges = pledged(round, panel(round, by=first))
    for one, share in zip(made, shares, strict=True):
        for judge in judges:
            sealed(one, judge, share)
    return Case(walk(round, "decision", by=first), made, first, second)


def in_threads(count: int, act: Any) -> list[str]:
    """What `act(n)` answered in each of so many threads at once, sorted."""
    outcomes: list[str] = []

    def run(n: int) -> None:
        try:
            outcomes.append(act(n))
        finally:
            connection.close()

    hands = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return sorted(outcomes)
