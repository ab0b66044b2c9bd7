"""Count a published election (a Pabulib .pb file) exactly, and say what came of it.

    sanlin count Poland_Lodz_2022.pb
    sanlin count FILE.pb --method equal-shares --completion add1u
    sanlin count FILE.pb --rule stop --ties cheaper,lot --seed 2024
    sanlin count FILE.pb --json > result.json
    sanlin count FILE.pb --explain --certify

Works on the file alone: no settings, no database. A tie is parted by the named questions in turn,
in the end by a lot, which anybody can draw again from its seed; the order of rows never decides.
--certify checks what was counted without counting again, and ends with 1 where something that the
method promises does not hold. The words are Chinese or English by --lang or LANG.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import telling

if TYPE_CHECKING:
    from sanlin.kernel.allocation import Bid, Certificate, Change, Limits, Outcome, TieOrder
    from sanlin.kernel.ballots import Election

NEEDS_SETTINGS = False
METHODS = ("greedy", "equal-shares", "overspending", "phragmen", "welfare")
UTILITIES = ("cost", "cardinality", "points", "borda")
COMPLETIONS = ("none", "add1", "add1-exhaustive", "add1u", "utilitarian", "comparison")
RULES = ("skip", "stop", "threshold", "topup")
OF_BALLOTS = {"points": "points", "rank": "borda"}  # what ballots say, where nothing else is asked
PROMISED = {"limits", "prices", "loads", "optimal"}
TIES = "votes,cheaper,lot"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.pb", help="the election")
    parser.add_argument("--method", choices=METHODS, default="greedy", help="%(default)s")
    parser.add_argument(
        "--utility",
        choices=UTILITIES,
        help="but greedy and phragmen: a funded choice's worth (cost)",
    )
    parser.add_argument(
        "--completion", choices=COMPLETIONS, default="none", help="equal-shares (%(default)s)"
    )
    parser.add_argument(
        "--rule", choices=RULES, help="what does not fit (greedy: skip; phragmen: stop)"
    )
    parser.add_argument("--budget", metavar="AMOUNT", help="in the file's currency, not the file's")
    parser.add_argument(
        "--ties", metavar="NAMES", default=TIES, help="questions in order (%(default)s)"
    )
    parser.add_argument("--seed", help="of the lot (the file's own SHA-256)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--explain", action="store_true", help="why, for every project")
    parser.add_argument(
        "--certify", action="store_true", help="check the outcome, without counting"
    )
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
        _asked(options, election)
        ties = _ties(election, options, body)
        outcome = _count(election, ties, options)
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
    proofs = _certify(election, outcome, options) if options.certify else ()
    changes = _changes(election, ties, options) if options.explain else None
    if options.json:
        _print_json(election, outcome, proofs, changes)
    else:
        telling.tell(say, election, outcome, options, proofs, changes)
    return int(any(it.holds is False and it.name in PROMISED for it in proofs))


def _asked(options: argparse.Namespace, election: Election) -> None:
    """Settle what was not asked for by what the method and the ballots say."""
    options.utility = options.utility or OF_BALLOTS.get(election.form.kind, "cost")
    options.rule = options.rule or ("stop" if options.method == "phragmen" else "skip")


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


def _limits(election: Election, options: argparse.Namespace) -> Limits:
    from sanlin.kernel.allocation import Limits
    from sanlin.kernel.money import fen

    budget = fen(options.budget) if options.budget else election.budget
    least = election.meta.get("min_project_score_threshold", "")
    return Limits(budget, min_votes=int(least) if least.isdigit() else None)


def _count(election: Election, ties: TieOrder, options: argparse.Namespace) -> Outcome:
    from sanlin.kernel.allocation import allocate, by_votes
    from sanlin.kernel.allocation.own_money import count

    limits, bids = _limits(election, options), election.bids()
    if options.method == "greedy":
        return allocate(bids, limits, by_votes(bids), ties, options.rule)
    if options.method == "welfare":
        return _welfare(election, limits, ties, options.utility)
    method = options.method.replace("-", "_")
    told = (method, options.utility, options.completion, options.rule)
    return count(election.profile, bids, limits, ties, told)


def _welfare(election: Election, limits: Limits, ties: TieOrder, utility: str) -> Outcome:
    """Of the greatest worth: by cost and by number supporters are counted, else what they gave."""
    from sanlin.kernel.allocation import maximise
    from sanlin.kernel.allocation.ranking import by_utility

    worth = by_utility(_supported(election, utility), utility)
    return maximise(election.bids(), limits, worth, ties)


def _supported(election: Election, utility: str) -> tuple[Bid, ...]:
    """The projects with the votes that welfare goes by."""
    from dataclasses import replace

    votes = election.supporters() if utility in {"cost", "cardinality"} else election.tally()
    return tuple(replace(bid, votes=votes[bid.key]) for bid in election.bids())


def _changes(
    election: Election, ties: TieOrder, options: argparse.Namespace
) -> dict[int, tuple[Change, ...]]:
    """What would have funded each project, every change counted again."""
    from sanlin.kernel.allocation import Case, Question, by_votes, every_change

    limits, bids = _limits(election, options), election.bids()
    if options.method == "greedy":
        return every_change(Question(bids, limits, by_votes(bids), ties, options.rule))
    if options.method == "welfare":
        bids = _supported(election, options.utility)
    case = Case(
        bids,
        limits,
        options.method.replace("-", "_"),
        rule=options.rule,
        ties=ties.names,
        lot=tuple(sorted(ties.lot, key=ties.lot.__getitem__)),
        utility=options.utility,
        completion=options.completion,
        choices=tuple(election.profile),
    )
    return every_change(case)


def _certify(
    election: Election, outcome: Outcome, options: argparse.Namespace
) -> tuple[Certificate, ...]:
    from sanlin.kernel.allocation import certify

    return certify(outcome, election.profile, election.bids(), _limits(election, options))


def _print_json(
    election: Election,
    outcome: Outcome,
    proofs: tuple[Certificate, ...],
    changes: dict[int, tuple[Change, ...]] | None,
) -> None:
    import json

    def amount(hundredths: int) -> int | float:
        whole, rest = divmod(hundredths, 100)
        return hundredths / 100 if rest else whole

    ids = {project.key: project.id for project in election.projects}
    budget = outcome.left + sum(grant for _key, grant in outcome.grants) - outcome.extra
    told: dict[str, object] = {
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
    if changes is not None:
        told["changes"] = {
            ids[key]: {
                it.what: int(it.by) if it.what == "votes" else amount(int(it.by)) for it in found
            }
            for key, found in changes.items()
            if found
        }
    if proofs:
        told["certificates"] = [{"name": it.name, "holds": it.holds} for it in proofs]
    print(json.dumps(told, ensure_ascii=False))
