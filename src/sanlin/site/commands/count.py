"""Count a published election (a Pabulib .pb file) exactly, and say what came of it.

    sanlin count Poland_Lodz_2022.pb
    sanlin count FILE.pb --rule stop --ties cheaper,lot --seed 2024
    sanlin count FILE.pb --json > result.json
    sanlin count FILE.pb --explain

Works on the file alone: no settings, no database. A tie is parted by the named questions in turn,
in the end by a lot, which anybody can draw again from its seed; the order of rows never decides.
The words are Chinese or English by --lang or LANG.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import telling

if TYPE_CHECKING:
    from sanlin.kernel.allocation import Outcome, TieOrder
    from sanlin.kernel.ballots import Election

NEEDS_SETTINGS = False
METHODS = ("greedy",)
RULES = ("skip", "stop", "threshold", "topup")
TIES = "votes,cheaper,lot"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.pb", help="the election")
    parser.add_argument("--method", choices=METHODS, default="greedy", help="%(default)s")
    parser.add_argument(
        "--rule", choices=RULES, default="skip", help="greedy: what does not fit (%(default)s)"
    )
    parser.add_argument("--budget", metavar="AMOUNT", help="in the file's currency, not the file's")
    parser.add_argument(
        "--ties", metavar="NAMES", default=TIES, help="questions in order (%(default)s)"
    )
    parser.add_argument("--seed", help="of the lot (the file's own SHA-256)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--explain", action="store_true", help="why, for every project")
    parser.add_argument("--lang", choices=telling.LANGUAGES, help="of the words (by LANG)")


def run(options: argparse.Namespace) -> int:
    """0 counted; 2 where the file cannot be read, with the line, or the question makes no sense."""
    from sanlin.kernel.allocation import UnsettledTie
    from sanlin.kernel.ballots import BadElection, read

    if hasattr(signal, "SIGPIPE"):  # `sanlin count … | head` ends without complaint
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    say = telling.in_words(options.lang)
    try:
        body = options.file.read_bytes()
        election = read(body)
        outcome = _count(election, _ties(election, options, body), options)
    except BadElection as bad:
        print(f"{options.file}:{bad.line}: {say.fault(bad.reason)}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as wrong:
        print(f"{options.file}: {wrong}", file=sys.stderr)
        return 2
    except UnsettledTie as tie:
        names = ", ".join(election.projects[key].id for key in tie.keys)
        print(f"{options.file}: {say('unsettled')}: {names}", file=sys.stderr)
        return 2
    if options.json:
        _print_json(election, outcome)
    else:
        telling.tell(say, election, outcome, options)
    return 0


def _ties(election: Election, options: argparse.Namespace, body: bytes) -> TieOrder:
    """The questions in order; a lot is drawn from the seed over the places in the file."""
    from sanlin.kernel.allocation import TieOrder

    names = tuple(name.strip() for name in options.ties.split(",") if name.strip())
    lot: dict[int, int] = {}
    if "lot" in names:
        import hashlib

        from sanlin.ground import lots

        options.seed = options.seed or hashlib.sha256(body).hexdigest()
        drawn = lots.draw(options.seed, range(len(election.projects)))
        lot = {key: place for place, key in enumerate(drawn, start=1)}
    return TieOrder(names, lot)


def _count(election: Election, ties: TieOrder, options: argparse.Namespace) -> Outcome:
    from sanlin.kernel.allocation import Limits, allocate, by_votes
    from sanlin.kernel.money import fen

    bids = election.bids()
    budget = fen(options.budget) if options.budget else election.budget
    least = election.meta.get("min_project_score_threshold", "")
    limits = Limits(budget, min_votes=int(least) if least.isdigit() else None)
    return allocate(bids, limits, by_votes(bids), ties, options.rule)


def _print_json(election: Election, outcome: Outcome) -> None:
    import json

    def amount(hundredths: int) -> int | float:
        whole, rest = divmod(hundredths, 100)
        return hundredths / 100 if rest else whole

    ids = {project.key: project.id for project in election.projects}
    budget = outcome.left + sum(grant for _key, grant in outcome.grants) - outcome.extra
    told = {
        "winners": [ids[key] for key in outcome.funded],
        "cost": amount(sum(grant for _key, grant in outcome.grants)),
        "budget": amount(budget),
        "ties": [
            {
                "projects": [ids[key] for key in tie.keys],
                "settled_by": tie.settled_by,
                "split": tie.split,
            }
            for tie in outcome.ties
        ],
        "steps": [
            {
                "project": ids[step.key],
                "funded": step.funded,
                "grant": amount(step.grant),
                "left": amount(step.left),
                "reason": step.reason.code,
            }
            for step in outcome.steps
        ],
    }
    print(json.dumps(told, ensure_ascii=False))
