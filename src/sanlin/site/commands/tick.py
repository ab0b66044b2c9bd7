"""Do what is due now: deadlines that have passed, notices that have run out."""

from __future__ import annotations

import argparse
import time


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every", type=int, metavar="SECONDS", help="go on doing so, with this pause between"
    )


def run(options: argparse.Namespace) -> int:
    """Run every job of `site.jobs` once, or for ever."""
    from django.db import connection

    from sanlin.ground import clock
    from sanlin.site.jobs import JOBS

    while True:
        for job in JOBS:
            done = job(now=clock.now())
            if done:
                print(f"{job.__module__}.{job.__name__}: {done}")
        if not options.every:
            return 0
        connection.close()
        time.sleep(options.every)
