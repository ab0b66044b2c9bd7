"""What is written is read back: of every kind of ballot, and of every published election."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.ballots import Entry, Form, compose, read, recount, write

MARGIN = 'ein "Garten"; für\nalle '
FORMS = {
    "approve": Form("approve", most=2),
    "knapsack": Form("knapsack", budget=100_50),
    "points": Form("points", points=10, each=6),
    "rank": Form("rank", most=3),
}


def small(kind, ballots, **meta):
    entries = [
        Entry("7", 40_00, MARGIN, True, category="culture"),
        Entry("P 9", 60_50, "路灯", False),
        Entry("x", 0, "", True, neighborhood="北"),
    ]
    return compose({"instance": "2024", **meta}, entries, ballots, FORMS[kind], 99_99)


@pytest.mark.parametrize("kind", FORMS)
def test_a_small_election_comes_back(kind):
    ballots = [(((0, 3), (1, 2), (2, 1)), 2), (((1, 3),), 1), ((), 1)]
    if kind in {"approve", "knapsack"}:
        ballots = [(((0, 1), (1, 1)), 2), (((2, 1),), 1), ((), 1)]
    made = small(kind, ballots, comment="#1: a\n  b ")
    back = read(write(made))
    assert (back.ballots, back.counts, back.votes) == (made.ballots, made.counts, made.votes)
    assert back.tally() == made.tally()
    assert [it.name for it in back.projects] == ['ein "Garten"; für alle', "路灯", ""]
    assert [it.cost for it in back.projects] == [40_00, 60_50, 0]
    assert [it.selected for it in back.projects] == [1, 0, 1]
    assert back.meta["comment"] == "#1: a b"
    assert back.budget == 99_99
    assert dict(back.projects[0].more)["category"] == "culture"
    assert [fault.code for fault in back.faults] == ["too_few"]
    assert write(back) == write(made)


@given(st.lists(st.sets(st.integers(0, 4)), max_size=30))
def test_approvals_come_back_whatever_they_are(chosen):
    entries = [Entry(str(n), (n + 1) * 7, f"p{n}", selected=False) for n in range(5)]
    merged = {tuple((key, 1) for key in sorted(one)): 0 for one in chosen}
    for one in chosen:
        merged[tuple((key, 1) for key in sorted(one))] += 1
    made = compose({"instance": "x"}, entries, sorted(merged.items()), Form("approve"), 20)
    back = read(write(made))
    assert back.tally() == made.tally()
    assert sorted(zip(back.ballots, back.counts, strict=True)) == sorted(merged.items())


def test_a_place_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="the place 3"):
        small("approve", [(((3, 1),), 1)])


@pytest.mark.conformance
def test_every_published_election_comes_back():
    files = sorted(
        Path(os.environ["SANLIN_PABULIB"]).glob("*.pb"), key=lambda it: it.stat().st_size
    )
    for path in files[: len(files) * 3 // 4]:
        first = read(path.read_bytes())
        text = write(first)
        again = read(text)
        assert (again.ballots, again.counts, again.votes) == (
            first.ballots,
            first.counts,
            first.votes,
        ), path.name
        assert dict(again.meta) == dict(first.meta)
        assert dict(again.columns) == dict(first.columns)
        assert [(it.id, it.cost, it.selected) for it in again.projects] == [
            (it.id, it.cost, it.selected) for it in first.projects
        ]
        assert recount(again).code == recount(first).code
