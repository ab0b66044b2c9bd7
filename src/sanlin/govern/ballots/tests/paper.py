"""A vote with paper in the boxes of its booths, for the tests of this app and of those above.

vote = on_paper(voters=5, sheets=4)
key_both(batch(vote, 4), …)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sanlin.commons.people.tests.scene import worker
from sanlin.govern.ballots import actions, stages
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.models import Batch, Booth, Voter
from sanlin.govern.ballots.tests.vote import Vote, close, opened
from sanlin.ground.accounts.models import Account
from sanlin.kernel.ballots.serial import serial


def on_paper(*, voters: int = 4, sheets: int = 3, shut: bool = True, **wanted: Any) -> Vote:
    """A closed vote whose first `sheets` voters voted on paper at a signed booth; its box holds
    their sheets, numbered from 1."""
    vote = opened(voters=voters, **wanted)
    add_booth(vote, sheets)
    if shut:
        close(vote)
    return vote


def add_booth(vote: Vote, sheets: int, **values: Any) -> Booth:
    """A signed booth with so many sheets in its box, of voters who had not voted yet."""
    number = Booth.objects.filter(round=vote.round).count() + 1
    lines = Voter.objects.filter(roll__round=vote.round, stage=stages.WAITING)
    for line in lines.order_by("pk")[:sheets]:
        Voter.objects.filter(pk=line.pk).update(stage=stages.PAPER)
    values = {
        "stage": stages.SIGNED,
        "received": sheets + 10,
        "issued": sheets,
        "unused": 10,
        "in_box": sheets,
        **values,
    }
    return Booth.objects.create(
        round=vote.round, number=number, name=f"第{number}票站", place="居委会", **values
    )


def booth(vote: Vote) -> Booth:
    return Booth.objects.filter(round=vote.round).select_related("round__street").first()  # type: ignore[return-value]


def hands(vote: Vote, n: int = 3) -> list[Account]:
    """Workers of the committee who may key."""
    return [worker(vote.places[0]) for _ in range(n)]


def batch(vote: Vote, sheets: int, at: Booth | None = None) -> Batch:
    at = at or booth(vote)
    return actions.register(at, sheets, by=vote.officer, now=vote.after)


def number(vote: Vote, sheet: int, at: int = 1) -> str:
    return serial(vote.round.pk, at, sheet)


def fresh(batch: Batch) -> Batch:
    return Batch.objects.select_related("booth__round__street").get(pk=batch.pk)


def key(
    batch: Batch, papers: Sequence[Paper], *, by: Account, now: datetime, sure: bool = False
) -> Batch:
    """One hand keys these sheets and hands them in."""
    for at, paper in enumerate(papers):
        actions.key_sheet(fresh(batch), f"c{at}", paper, by=by, now=now)
    actions.hand_in(fresh(batch), by=by, now=now, sure=sure)
    return fresh(batch)


def papers(vote: Vote, *chosen: Sequence[int], at: int = 1) -> list[Paper]:
    """Sheets 1, 2, … with the proposals at these places of the ballot each; none is a blank one."""
    return [
        Paper(number(vote, n, at), {vote.proposals[place].pk: 1 for place in one})
        for n, one in enumerate(chosen, 1)
    ]


def keyed(vote: Vote, *chosen: Sequence[int]) -> Batch:
    """One agreed batch of these sheets."""
    one, two, _three = hands(vote)
    made = batch(vote, len(chosen))
    key(made, papers(vote, *chosen), by=one, now=vote.after)
    return key(made, papers(vote, *chosen), by=two, now=vote.after)
