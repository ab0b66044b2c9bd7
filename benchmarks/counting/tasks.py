"""One task of the benchmark in a process of its own; prints its figures as one line of JSON.

    python -m benchmarks.counting.tasks TASK FOLDER

`seconds` are the wall clock, `cpu` the processor time of the task alone (the best of several runs where
it takes less than a second), `mb` the most memory that the whole process held.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sanlin.kernel.allocation import Bid, Limits, TieOrder, TierLimit, equal_shares, phragmen
from sanlin.kernel.ballots import Election, Profile, read

Made = tuple[float, float, Any]


def timed(task: Callable[[], Any], times: int = 1) -> Made:
    """Wall and processor seconds of the quickest run, and what it gave."""
    best: Made = (1e9, 1e9, None)
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        made = task()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        best = (min(wall, best[0]), min(cpu, best[1]), made)
    return best


def ties(election: Election) -> TieOrder:
    """By the text of the id, as the peers do."""
    order = sorted(election.projects, key=lambda it: it.id)
    return TieOrder(("lot",), {it.key: place for place, it in enumerate(order)})


def shares(election: Election, **told: Any) -> Callable[[], Any]:
    """Equal Shares on a file."""
    asked = (election.profile, election.bids(), Limits(election.budget), ties(election))
    return lambda: equal_shares(*asked, **told)


def opened(folder: Path, file: str) -> Election:
    """A file, with what loading prepares."""
    election = read((folder / f"{file}.pb").read_bytes())
    _ = election.profile.supports
    return election


def fixed(folder: Path) -> dict[str, Any]:
    """Every file at its own budget, after loading; the slowest of them."""
    rows = []
    for path in sorted(folder.glob("*.pb")):
        wall, cpu, _ = timed(shares(opened(folder, path.stem)), 5)
        rows.append((cpu, wall, path.stem))
    cpu, wall, file = max(rows)
    late = sum(row[0] > 0.015 for row in rows)
    return {
        "seconds": wall,
        "cpu": cpu,
        "told": f"slowest of {len(rows)}: {file}; {late} over 15 ms",
    }


def one(file: str, **told: Any) -> Callable[[Path], dict[str, Any]]:
    """Equal Shares on one file, after loading."""

    def task(folder: Path) -> dict[str, Any]:
        wall, cpu, outcome = timed(shares(opened(folder, file), **told), 1 if told else 5)
        raises = f", {outcome.shares.raises} raises" if told else ""
        return {"seconds": wall, "cpu": cpu, "told": f"{len(outcome.funded)} funded{raises}"}

    return task


def fresh(folder: Path) -> dict[str, Any]:
    """Łódź 2022 from the file to the exact result; the process began with this task."""
    election = read((folder / "Poland_Lodz_2022.pb").read_bytes())
    outcome = shares(election)()
    return {"told": f"{len(outcome.funded)} funded, imports included"}


def made(voters: int, projects: int, chosen: int, seed: int) -> tuple[Profile, list[Bid], Limits]:
    """A made election: every voter approves up to `chosen` projects, popular ones more often."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(2, projects + 2)
    named = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random((voters, chosen)))
    named = named.astype(np.uint8)
    named.sort(axis=1)
    new = np.ones_like(named, bool)
    new[:, 1:] = named[:, 1:] != named[:, :-1]
    starts = np.concatenate([[0], np.cumsum(new.sum(axis=1))])
    profile = Profile.from_arrays(range(projects), starts, named[new])
    cost = rng.integers(20, 400, projects) * 10_000
    votes = profile.votes()
    bids = [Bid(key, int(cost[key]), votes=votes[key]) for key in range(projects)]
    return profile, bids, Limits(int(cost.sum()) * 3 // 10)


def million(folder: Path) -> dict[str, Any]:
    """A million voters with five choices each among a hundred projects, no two merged."""
    profile, bids, limits = made(1_000_000, 100, 5, 7)
    Path("/proc/self/clear_refs").write_text("5")  # the peak from here on, without the making
    _ = profile.supports
    order = TieOrder(("lot",), {key: key for key in profile.keys})
    wall, cpu, outcome = timed(lambda: equal_shares(profile, bids, limits, order), 3)
    return {"seconds": wall, "cpu": cpu, "told": f"{len(outcome.funded)} funded"}


def street(folder: Path) -> dict[str, Any]:
    """5,000 voters with five choices each among 60 projects."""
    profile, bids, limits = made(5_000, 60, 5, 7)
    _ = profile.supports
    order = TieOrder(("lot",), {key: key for key in profile.keys})
    wall, cpu, outcome = timed(lambda: equal_shares(profile, bids, limits, order), 30)
    return {
        "seconds": wall,
        "cpu": cpu,
        "told": f"{len(outcome.funded)} funded, {profile.rows} rows",
    }


def tiers(folder: Path) -> dict[str, Any]:
    """A street's round: 58 proposals in three tiers with places, money and caps, 347 ballots, Add1."""
    rng = np.random.default_rng(2)
    rows = (("a", 8, 16, 20_000), ("b", 21, 31, 15_000), ("c", 26, 26, 10_000))
    kinds = [rows[int(rng.choice(3, p=[0.2, 0.4, 0.4]))] for _ in range(58)]
    cost = [int(rng.integers(cap // 2, cap + 1)) * 100 for _key, _places, _money, cap in kinds]
    liked = 1 / np.arange(2, 60)
    rng.shuffle(liked)
    box = []
    for _ in range(347):
        many = int(rng.integers(1, 6))
        named = sorted(rng.choice(58, many, replace=False, p=liked / liked.sum()).tolist())
        box.append((tuple((key, 1) for key in named), 1))
    profile = Profile.of(box, range(58))
    votes = profile.votes()
    bids = [Bid(key, cost[key], votes=votes[key], tier=kinds[key][0]) for key in range(58)]
    limits = Limits(
        735_000_00,
        tiers=tuple(TierLimit(key, n, money * 1_000_000, cap * 100) for key, n, money, cap in rows),
    )
    order = TieOrder(("votes", "lot"), {key: key for key in range(58)})
    told = {"completion": "add1"}
    wall, cpu, outcome = timed(lambda: equal_shares(profile, bids, limits, order, **told), 3)
    return {
        "seconds": wall,
        "cpu": cpu,
        "told": f"{len(outcome.funded)} funded, {outcome.shares.raises} raises",
    }


def committee(rule: str) -> Callable[[Path], dict[str, Any]]:
    """Ten seats out of the 52 candidates of Amsterdam 166, at unit costs."""

    def task(folder: Path) -> dict[str, Any]:
        election = opened(folder, "Netherlands_Amsterdam_166")
        votes = election.tally()
        bids = [Bid(key, 1, votes=votes[key]) for key in election.profile.keys]
        asked = (election.profile, bids, Limits(10), ties(election))
        if rule == "seqphragmen":
            wall, cpu, outcome = timed(lambda: phragmen(*asked), 20)
        else:
            wall, cpu, outcome = timed(lambda: equal_shares(*asked, utility="cardinality"), 20)
        return {"seconds": wall, "cpu": cpu, "told": f"{len(outcome.funded)} elected"}

    return task


def stored(folder: Path) -> dict[str, Any]:
    """100,000 distinct ballots out of the database that DATABASE_URL names, by default SQLite."""
    from benchmarks.loading import loaded

    engine, times = loaded(100_000)
    wall, cpu = min(times)
    return {"seconds": wall, "cpu": cpu, "told": f"{engine}, through the models"}


TASKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "fixed": fixed,
    "fresh": fresh,
    "assen add1": one("Netherlands_Assen_2024", completion="add1"),
    "wieliczka": one("Poland_Wieliczka_2023_Green_Budget"),
    "amsterdam": one("Netherlands_Amsterdam_621"),
    "mokotow": one("Poland_Warszawa_2023_Mokotow"),
    "mokotow add1": one("Poland_Warszawa_2023_Mokotow", completion="add1"),
    "budapest add1": one("Hungary_Budapest_2024", completion="add1"),
    "million": million,
    "street": street,
    "tiers add1": tiers,
    "stored": stored,
    "seqphragmen": committee("seqphragmen"),
    "equal-shares": committee("equal-shares"),
}


def main() -> None:
    """Run one task."""
    found = TASKS[sys.argv[1]](Path(sys.argv[2]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    found.setdefault("cpu", used.ru_utime + used.ru_stime)
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
    found["mb"] = int(told[0]) // 1024
    found["load"] = os.getloadavg()[0]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
