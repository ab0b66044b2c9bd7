"""Conformance: published elections counted as pabutools 1.2.3 counts them in exact fractions.

`pabutools.json` holds its answers, ids in the order of funding, null where a minute did not suffice;
benchmarks/counting/peers_pb.py makes it. Official outcomes of Equal Shares are in the files.
"""

import json
import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sanlin.kernel.allocation import (
    Limits,
    Ranking,
    TieOrder,
    allocate,
    by_votes,
    equal_shares,
    phragmen,
)
from sanlin.kernel.ballots import Profile, read

FOLDER = Path(os.environ.get("SANLIN_PABULIB", "no folder of elections"))
TOLD = json.loads((Path(__file__).parent / "pabutools.json").read_text())["answers"]

pytestmark = pytest.mark.conformance


@cache
def election(file):
    return read((FOLDER / file).read_bytes())


def lexicographic(read_in):
    """Ties as pabutools settles them by default: by the text of the id."""
    order = sorted(read_in.projects, key=lambda it: it.id)
    return TieOrder(("lot",), {it.key: place for place, it in enumerate(order)})


def ids(read_in, outcome):
    return [read_in.projects[key].id for key in outcome.funded]


def from_zero(profile):
    """Rankings weighed as pabutools does: the last of a ballot has 0, the one before it 1."""
    rows = []
    for kept, times in profile:
        order = sorted(kept, key=lambda pair: pair[1])
        rows.append((tuple((key, place) for place, (key, _) in enumerate(order)), times))
    return Profile.of(rows, profile.keys)


def per_cost(read_in, bids):
    return Ranking("votes", tuple((it.key, by_votes([it]).of[it.key] / it.cost) for it in bids))


def counted(title, read_in):
    name, *rest = title.split(" ", 2)
    profile, bids, ties = read_in.profile, read_in.bids(), lexicographic(read_in)
    people = read_in.supporters()
    bids = tuple(replace(bid, votes=people[bid.key]) for bid in bids)
    limits = Limits(read_in.budget)
    if name == "phragmen":
        return phragmen(profile, bids, limits, ties)
    if name == "greedy":
        order = by_votes(bids) if rest == ["votes"] else per_cost(read_in, bids)
        return allocate(bids, limits, order, ties)
    utility, completion = rest[0], rest[1] if len(rest) > 1 else "none"
    if utility == "borda":
        profile = from_zero(profile)
    return equal_shares(profile, bids, limits, ties, utility=utility, completion=completion)


@pytest.mark.parametrize("file", sorted(TOLD))
def test_the_same_winners_in_the_same_order(file):
    read_in = election(file)
    for title, told in TOLD[file].items():
        if told is None:
            continue
        found = ids(read_in, counted(title, read_in))
        if title == "phragmen":  # pabutools sorts what this method finds
            assert (title, sorted(found)) == (title, sorted(told))
        else:
            assert (title, found) == (title, told)


def test_how_many_answers_there_are():
    """The bar is not lowered by losing answers; 47 counts took pabutools more than a minute."""
    answers = [ids for told in TOLD.values() for ids in told.values()]
    assert len(TOLD) == 98
    assert (sum(ids is not None for ids in answers), answers.count(None)) == (595, 47)


OFFICIAL = {
    "Netherlands_Assen_2024.pb": (843, "overshoot"),
    "Poland_Swiecie_2023.pb": (242, "overshoot"),
    "Poland_Wieliczka_2023_Green_Budget.pb": (164, "overshoot"),
}


@pytest.mark.parametrize("file", sorted(OFFICIAL))
def test_official_outcomes_of_equal_shares(file):
    """Utility is cost, Add1 raises by one unit of the currency and stops when too much is spent."""
    read_in = election(file)
    outcome = equal_shares(
        read_in.profile,
        read_in.bids(),
        Limits(read_in.budget),
        lexicographic(read_in),
        completion="add1",
    )
    assert sorted(outcome.funded) == [it.key for it in read_in.projects if it.selected == 1]
    assert (outcome.shares.raises, outcome.shares.stopped) == OFFICIAL[file]


def test_wieliczka_needs_the_stop_on_overshoot():
    read_in = election("Poland_Wieliczka_2023_Green_Budget.pb")
    official = [it.key for it in read_in.projects if it.selected == 1]
    asked = (read_in.profile, read_in.bids(), Limits(read_in.budget), lexicographic(read_in))
    early = equal_shares(*asked, completion="add1-exhaustive")
    assert early.shares.stopped == "exhausted"
    assert sorted(early.funded) != official
    compared = equal_shares(*asked, completion="comparison")
    assert sorted(compared.funded) == official
    assert compared.shares.preferred == (1576, 1050)


@pytest.mark.parametrize("file", ["Poland_Lodz_2022.pb", "Poland_Krakow_2021_Swoszowice.pb"])
def test_both_readers_see_the_same_ballots(file):
    """A quote in the last row is enough for the reader that goes row by row."""
    body = (FOLDER / file).read_bytes()
    slowly = read(body.decode().splitlines(keepends=True))
    assert slowly == election(file)
    assert np.array_equal(slowly.box.rows, election(file).box.rows)
