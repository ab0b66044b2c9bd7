"""Let pabutools find the greatest welfare of the published elections, and write down how great it is.

    PEERS/bin/python benchmarks/counting/peers_welfare.py FOLDER OUT.json [--limit 60]

In the virtual environment of `peers_pb.py`, for the same reasons. pabutools asks CBC, a solver in floats, and says
that it has no control over ties; so the sum of votes is compared, and not the set. What does not finish is null. Rankings are left out: pabutools
gives the first of k places k − 1 points, the cities k.
"""

import argparse
import importlib.metadata
import json
import signal
import time
from pathlib import Path

from pabutools.election import parse_pabulib
from pabutools.election.satisfaction import (
    Additive_Cardinal_Sat,
    Cardinality_Sat,
)
from pabutools.rules import max_additive_utilitarian_welfare


class Late(Exception):
    """The minute is over."""


def late(signum, frame):
    raise Late


SATS = {
    "approval": Cardinality_Sat,
    "choose-1": Cardinality_Sat,
    "cumulative": Additive_Cardinal_Sat,
    "scoring": Additive_Cardinal_Sat,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, default=60)
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, late)
    done = json.loads(asked.out.read_text())["answers"] if asked.out.exists() else {}
    for path in sorted(asked.folder.glob("*.pb"), key=lambda it: it.stat().st_size):
        if path.name in done:
            continue
        instance, profile = parse_pabulib(str(path))
        if instance.meta["vote_type"] not in SATS:
            continue
        merged = profile.as_multiprofile()
        sat = SATS[instance.meta["vote_type"]]
        began = time.perf_counter()
        signal.alarm(asked.limit)
        try:
            found = max_additive_utilitarian_welfare(instance, merged, sat_class=sat)
            sums = merged.as_sat_profile(sat)
            value = sum(sums.total_satisfaction_project(project) for project in found)
            done[path.name] = int(value)
        except Late:
            done[path.name] = None
        finally:
            signal.alarm(0)
        print(path.name, done[path.name], round(time.perf_counter() - began, 2), flush=True)
        settings = {"pabutools": importlib.metadata.version("pabutools"), "limit": asked.limit}
        text = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(done.items()))
        asked.out.write_text(
            f'{{\n "settings": {json.dumps(settings)},\n "answers": {{\n{text}\n }}\n}}\n'
        )


if __name__ == "__main__":
    main()
