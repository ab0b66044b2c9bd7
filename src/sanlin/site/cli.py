"""The operator's command. Exit codes: 0 done, 1 found something wrong, 2 asked wrongly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its module under `site/commands` says what it takes and does it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
    from sanlin.site import commands  # noqa: PLC0415  # it reads settings: after the variable is set

    parser = argparse.ArgumentParser(
        prog="sanlin", description="Run and look after the Sanlin system of a district."
    )
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands.ALL:
        words = (command.__doc__ or "").strip()
        one = sub.add_parser(
            command.__name__.rsplit(".", 1)[1].rstrip("_"),  # `import` is a word of Python's own
            help=words.splitlines()[0],
            description=words,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.arguments(one)
        one.set_defaults(run=command.run, prepare=getattr(command, "prepare", None))
    options = parser.parse_args(argv)
    if options.prepare:
        options.prepare(options)
    import django  # noqa: PLC0415

    django.setup()
    return int(options.run(options) or 0)


if __name__ == "__main__":
    sys.exit(main())
