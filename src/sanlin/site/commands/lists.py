"""What the imports of staff lists share: whose hand, for which place, every fault, all or none."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sanlin.ground.sheets.uploads import Import


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the list: .xlsx or .csv")
    parser.add_argument(
        "--as",
        dest="who",
        required=True,
        metavar="NAME",
        help="sign-in name of the member of staff in whose name it is done",
    )
    parser.add_argument("--check", action="store_true", help="only say what would change")


def place_arguments(parser: argparse.ArgumentParser) -> None:
    """The same, for a list of a place."""
    arguments(parser)
    parser.add_argument(
        "--place", required=True, metavar="CODE", help="code of the street (9) or committee (12)"
    )


def place(options: argparse.Namespace) -> Any:
    """The street or neighbourhood with that code; None where there is none."""
    from sanlin.commons.places.models import Neighbourhood, Street

    found: Any = Street.objects.filter(code=options.place).first()
    return found or Neighbourhood.objects.filter(code=options.place).first()


def say_missing(what: str) -> int:
    print(f"there is no such {what}", file=sys.stderr)
    return 2


def run(options: argparse.Namespace, one: Import, where: Any) -> int:
    """Bring the list in; 0 done or looked at, 1 something is wrong with it, 2 asked wrongly."""
    from sanlin.ground import clock
    from sanlin.ground.accounts.models import Account
    from sanlin.ground.sheets import reader
    from sanlin.ground.verdict import Refused

    who = Account.objects.filter(username=options.who, is_active=True).first()
    if where is None or who is None or not options.file.is_file():
        return say_missing("place" if where is None else "account" if who is None else "file")
    now = clock.now()
    try:
        with options.file.open("rb") as file:
            found = reader.read(file, options.file.stat().st_size)
        checked, plan = one.look(found, where, by=who, now=now)
        for fault in plan.faults:
            print(f"{fault.sheet} {fault.cell} {fault.heading}: {fault.sentence}", file=sys.stderr)
        if plan.faults:
            print(f"{len(plan.faults)} cells to correct, nothing written", file=sys.stderr)
            return 1
        if not options.check:
            one.verb(where, checked.parts, by=who, now=now)
    except (reader.BadFile, Refused) as no:
        print(no, file=sys.stderr)
        return 1
    counts = ", ".join(f"{n} {kind}" for kind, n in plan.counts().items())
    print(f"{'would be' if options.check else 'done'}: {counts}")
    return 0
