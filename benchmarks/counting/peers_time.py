"""The same tasks by pabutools and abcvoting, in exact fractions; prints one line of JSON.

    PEERS/bin/python benchmarks/counting/peers_time.py TASK FOLDER

Runs in the virtual environment of the peers; nothing of Sanlin is imported.
"""

import json
import resource
import sys
import time
from pathlib import Path

import pabutools.fractions
from abcvoting import abcrules
from abcvoting.preferences import Profile
from pabutools.election import parse_pabulib
from pabutools.election.satisfaction import Cost_Sat
from pabutools.rules import exhaustion_by_budget_increase, method_of_equal_shares

pabutools.fractions.FRACTION = pabutools.fractions.GMPY_FRAC

FILES = {
    "fresh": "Poland_Lodz_2022",
    "assen": "Netherlands_Assen_2024",
    "wieliczka": "Poland_Wieliczka_2023_Green_Budget",
    "amsterdam": "Netherlands_Amsterdam_621",
    "mokotow": "Poland_Warszawa_2023_Mokotow",
    "budapest": "Hungary_Budapest_2024",
}


def shares(folder, task):
    name, *rest = task.split()
    instance, profile = parse_pabulib(str(folder / f"{FILES[name]}.pb"))
    merged = profile.as_multiprofile()
    wall, cpu = time.perf_counter(), time.process_time()
    if rest:
        found = exhaustion_by_budget_increase(
            instance,
            merged,
            method_of_equal_shares,
            {"sat_class": Cost_Sat},
            exhaustive_stop=False,
            budget_step=merged.num_ballots(),
        )
    else:
        found = method_of_equal_shares(instance, merged, sat_class=Cost_Sat)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    told = {"told": f"{len(found)} funded"}
    return told if name == "fresh" else {**told, "seconds": wall, "cpu": cpu}


def committee(folder, rule):
    _, told = parse_pabulib(str(folder / "Netherlands_Amsterdam_166.pb"))
    keys = sorted({project.name for ballot in told for project in ballot})
    profile = Profile(keys and len(keys))
    profile.add_voters(
        [[keys.index(it.name) for it in ballot] for ballot in told if len(ballot) > 0]
    )
    name = rule if rule == "seqphragmen" else "equal-shares-without-completion"
    wall, cpu = time.perf_counter(), time.process_time()
    found = abcrules.compute(name, profile, 10, algorithm="gmpy2-fractions")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"told": f"{len(found[0])} elected", "seconds": wall, "cpu": cpu}


def main():
    task, folder = sys.argv[1], Path(sys.argv[2])
    found = committee(folder, task) if "-" in task or "seq" in task else shares(folder, task)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found.setdefault("cpu", used.ru_utime + used.ru_stime)
    found["mb"] = used.ru_maxrss // 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
