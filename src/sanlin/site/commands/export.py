"""Write what a stranger needs to check a decision: the frozen rules and the counted case.

    sanlin export round 3 --to round-3     rules.json, case.json and outcome.json of round 3

The bytes are those whose fingerprints the notice prints; written twice they are the same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    sub = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = sub.add_parser("round", help="the published papers of one round")
    one.add_argument("number", type=int, help="the round's number, as in its address")
    one.add_argument("--to", type=Path, metavar="FOLDER", help="where to (round-NUMBER)")


def run(options: argparse.Namespace) -> int:
    """0 written; 2 where there is no such round, or nothing of it is published yet."""
    from sanlin.govern.awards.queries import published
    from sanlin.govern.rounds.models import Round

    round = Round.objects.filter(pk=options.number, frozen__isnull=False).first()
    if round is None:
        print(f"no opened round has the number {options.number}", file=sys.stderr)
        return 2
    there: Path = options.to or Path(f"round-{round.pk}")
    papers = {"rules.json": bytes(round.frozen or b"")}
    if decision := published(round):
        papers |= {
            "case.json": bytes(decision.inputs),
            "outcome.json": bytes(decision.outcome),
        }
    there.mkdir(parents=True, exist_ok=True)
    for name, body in papers.items():
        (there / name).write_bytes(body)
        print(there / name)
    return 0
