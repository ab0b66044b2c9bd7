"""The operator's command. Exit codes: 0 done, 1 found something wrong, 2 asked wrongly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sanlin.site import commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its module under `site/commands` says what it takes and does it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a count gains nothing from more
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="sanlin", description="Run and look after the Sanlin system of a district."
    )
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = words[0] if words and words[0] in commands.MODULES else None
    for name in [asked] if asked else commands.MODULES:
        command = commands.load(name)
        said = (command.__doc__ or "").strip()
        one = sub.add_parser(
            name,
            help=said.splitlines()[0],
            description=said,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.arguments(one)
        one.set_defaults(
            run=command.run,
            prepare=getattr(command, "prepare", None),
            needs_settings=getattr(command, "NEEDS_SETTINGS", True),
        )
    options = parser.parse_args(words)
    if options.prepare:
        options.prepare(options)
    if options.needs_settings:
        import django  # noqa: PLC0415  # it reads settings: only where they are needed

        django.setup()
    return int(options.run(options) or 0)


if __name__ == "__main__":
    sys.exit(main())
