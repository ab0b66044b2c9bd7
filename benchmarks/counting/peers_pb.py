"""Let pabutools count the published elections, in exact fractions, a minute each, and write down its answers.

    PEERS/bin/python benchmarks/counting/peers_pb.py FOLDER OUT.json [--limit 60] [--memory 6]

Runs in a virtual environment of its own (see benchmarks/README.md): pabutools is GPL, and nothing of Sanlin
is imported here. One process, the smallest elections first; what does not finish is written as null, and
OUT.json is written after every election, so that the work can be taken up again where it stopped.
"""

import argparse
import csv
import importlib.metadata
import json
import resource
import signal
import time
from pathlib import Path

import pabutools.fractions
from pabutools.election import parse_pabulib
from pabutools.election.satisfaction import (
    Additive_Borda_Sat,
    Additive_Cardinal_Sat,
    Cardinality_Sat,
    Cost_Sat,
)
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import lexico_tie_breaking

pabutools.fractions.FRACTION = pabutools.fractions.GMPY_FRAC


class Late(Exception):
    """The minute is over."""


def late(signum, frame):
    raise Late


def shares(sat, **more):
    return lambda instance, profile: method_of_equal_shares(
        instance, profile, sat_class=sat, tie_breaking=lexico_tie_breaking, **more
    )


def add1(sat):
    """One unit of the currency a voter and step, until the money of the outcome passes the budget."""
    return lambda instance, profile: exhaustion_by_budget_increase(
        instance,
        profile,
        method_of_equal_shares,
        {"sat_class": sat, "tie_breaking": lexico_tie_breaking},
        exhaustive_stop=False,
        budget_step=profile.num_ballots(),
    )


def greedy(sat):
    return lambda instance, profile: greedy_utilitarian_welfare(
        instance, profile, sat_class=sat, tie_breaking=lexico_tie_breaking
    )


def phragmen(instance, profile):
    return sequential_phragmen(instance, profile, tie_breaking=lexico_tie_breaking)


ANY = {
    "equal-shares cost": shares(Cost_Sat),
    "equal-shares cardinality": shares(Cardinality_Sat),
    "greedy votes": greedy(Cost_Sat),
    "greedy votes per cost": greedy(Cardinality_Sat),
}
APPROVAL = {
    "phragmen": phragmen,
    "equal-shares cost add1": add1(Cost_Sat),
    "equal-shares cost add1-exhaustive": shares(Cost_Sat, voter_budget_increment=1),
}
METHODS = {
    "approval": {**ANY, **APPROVAL},
    "choose-1": {**ANY, **APPROVAL},
    "cumulative": {**ANY, "equal-shares points": shares(Additive_Cardinal_Sat)},
    "scoring": {**ANY, "equal-shares points": shares(Additive_Cardinal_Sat)},
    "ordinal": {**ANY, "equal-shares borda": shares(Additive_Borda_Sat)},
}


def answer(method, instance, profile, limit):
    """The ids in the order of funding, and the seconds; None where the minute did not suffice."""
    began = time.perf_counter()
    signal.alarm(limit)
    try:
        found = method(instance, profile)
    except (Late, MemoryError):
        return None, time.perf_counter() - began
    finally:
        signal.alarm(0)
    return [project.name for project in found], time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--memory", type=int, default=6, help="GB")
    parser.add_argument("--times", type=Path, help="where the seconds go")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (asked.memory << 30, asked.memory << 30))
    signal.signal(signal.SIGALRM, late)
    done = json.loads(asked.out.read_text()) if asked.out.exists() else {}
    answers = done.get("answers", {})
    times = json.loads(asked.times.read_text()) if asked.times and asked.times.exists() else {}
    with (asked.folder / "index.csv").open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["votes"]))
    for row in rows:
        name = row["file"]
        if name in answers:
            continue
        instance, profile = parse_pabulib(str(asked.folder / name))
        merged = profile.as_multiprofile()
        found = {}
        for title, method in METHODS[row["vote_type"]].items():
            found[title], seconds = answer(method, instance, merged, asked.limit)
            times.setdefault(name, {})[title] = round(seconds, 3)
            print(name, title, found[title] is not None, round(seconds, 3), flush=True)
        answers[name] = found
        settings = {
            "pabutools": importlib.metadata.version("pabutools"),
            "fractions": "gmpy2",
            "profile": "merged",
            "ties": "lexico_tie_breaking",
            "limit": asked.limit,
        }
        text = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(answers.items()))
        asked.out.write_text(
            f'{{\n "settings": {json.dumps(settings)},\n "answers": {{\n{text}\n }}\n}}\n'
        )
        if asked.times:
            asked.times.write_text(json.dumps(times, indent=1))


if __name__ == "__main__":
    main()
