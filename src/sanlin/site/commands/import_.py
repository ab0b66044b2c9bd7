"""Read lists in: territory, and whatever staff keep in Excel."""

from __future__ import annotations

import argparse

from . import (
    import_election,
    import_homes,
    import_places,
    import_proposals,
    import_residents,
    import_teams,
)

KINDS = (
    import_places,
    import_homes,
    import_residents,
    import_teams,
    import_proposals,
    import_election,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """One kind of list a module `import_<kind>`, made like a command."""
    sub = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind in KINDS:
        words = (kind.__doc__ or "").strip()
        one = sub.add_parser(
            kind.__name__.rsplit(".import_", 1)[1],
            help=words.splitlines()[0],
            description=words,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        kind.arguments(one)
        one.set_defaults(run_kind=kind.run)


def run(options: argparse.Namespace) -> int:
    return int(options.run_kind(options) or 0)
