"""Let abcvoting elect committees, in exact fractions, and write down every one that its rules allow.

    PEERS/bin/python benchmarks/counting/peers_abc.py OUT.json

Runs in the virtual environment of the peers (see benchmarks/README.md). The elections are small and built
to tie: few voters, approvals drawn by a fixed sequence.
"""

import importlib.metadata
import json
import sys
from itertools import islice
from pathlib import Path

from abcvoting import abcrules
from abcvoting.preferences import Profile

RULES = ("seqphragmen", "av", "equal-shares-without-completion", "equal-shares-with-av-completion")
ELECTIONS = 60


def chance(seed):
    """Whole numbers below 2**31, always the same."""
    while True:
        seed = (1103515245 * seed + 12345) % 2**31
        yield seed >> 8


def main():
    draw = chance(2026)
    elections = []
    while len(elections) < ELECTIONS:
        seats, voters, candidates = (2 + next(draw) % 3, 3 + next(draw) % 6, 4 + next(draw) % 2)
        ballots = [
            [it for it, n in enumerate(islice(draw, candidates)) if n % 5 < 2]
            for _ in range(voters)
        ]
        ballots = [ballot for ballot in ballots if ballot]
        if len({it for ballot in ballots for it in ballot}) < seats:
            continue  # seats for which nobody stands are filled at will there, and left empty here
        profile = Profile(candidates)
        profile.add_voters(ballots)
        found = {}
        for rule in RULES:
            exact = {} if rule == "av" else {"algorithm": "standard-fractions"}
            committees = abcrules.compute(rule, profile, seats, resolute=False, **exact)
            found[rule] = sorted(sorted(committee) for committee in committees)
        elections.append({"seats": seats, "ballots": ballots, "candidates": candidates, **found})
    version = importlib.metadata.version("abcvoting")
    lines = ",\n".join(f"  {json.dumps(it)}" for it in elections)
    text = f'{{\n "abcvoting": "{version}",\n "elections": [\n{lines}\n ]\n}}\n'
    Path(sys.argv[1]).write_text(text)


if __name__ == "__main__":
    main()
