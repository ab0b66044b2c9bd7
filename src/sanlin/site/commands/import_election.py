"""Read a published election (a Pabulib .pb file) into a finished round, and say how it compares.

    sanlin import election Poland_Lodz_2022.pb

The round's page shows its result, turnout and explanations, and whether the official outcome in the
file follows from the rule it names. Reading a file again changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.pb", help="one or more files")


def run(options: argparse.Namespace) -> int:
    """0 all entered; 2 where a file cannot be read, with the line at fault, or cannot be entered."""
    from sanlin.govern.awards.actions import enter_election
    from sanlin.ground import clock
    from sanlin.ground.verdict import Refused
    from sanlin.kernel.ballots import BadElection, read

    wrong = 0
    for path in options.files:
        try:
            body = path.read_bytes()
            election = read(body)
            digest = hashlib.sha256(body).hexdigest()
            round = enter_election(election, path.name, digest, by=None, now=clock.now())
        except (OSError, BadElection, Refused) as bad:
            print(f"{path}: {bad}", file=sys.stderr)
            wrong = 2
            continue
        told = round.official
        print(
            f"{path.name}: {len(election.projects)} projects, {sum(election.counts)} ballots, "
            f"official outcome: {told.agreement} ({told.rule or 'no rule'}) → /rounds/{round.pk}/notice/",
            flush=True,
        )
    return wrong
