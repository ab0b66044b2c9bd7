"""Do what is due now: deadlines that have passed, notices that have run out."""

from __future__ import annotations

import argparse
import time


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every", type=seconds, metavar="SECONDS", help="go on doing so, with this pause between"
    )


def seconds(text: str) -> int:
    """A whole number of seconds from 1 to a day."""
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 86400")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Run every job of `site.jobs` once (1 where one failed), or for ever."""
    from django.db import connection

    from sanlin.ground import clock
    from sanlin.site.jobs import do_due

    while True:
        failed = do_due(clock.now(), tell=lambda line: print(line, flush=True))
        if not options.every:
            return 1 if failed else 0
        connection.close()
        try:
            time.sleep(options.every)
        except KeyboardInterrupt:
            return 0
