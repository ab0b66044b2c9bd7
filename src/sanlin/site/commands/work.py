"""Do the long work that people asked for: archives, decks, whole sets of papers.

`sanlin serve` runs one worker beside the server. More of them may run, on this machine or on others
that share the database and the home folder: each task is taken by one alone.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time

from .tick import seconds


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every", type=seconds, metavar="SECONDS", help="go on, looking again after this pause"
    )


def run(options: argparse.Namespace) -> int:
    """Do everything that waits (1 where a task failed), or go on for ever."""
    from django.db import DatabaseError, connection

    from sanlin.ground import clock
    from sanlin.ground.tasks.actions import do_one
    from sanlin.ground.tasks.stages import FAILED
    from sanlin.site.jobs import WORKS

    # Asked to end, the worker puts its task back into the queue first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = False
    while True:
        try:
            while task := do_one(WORKS, clock=clock.now):
                failed = failed or task.stage == FAILED
                print(f"task {task.pk} {task.work}: {task.stage}", flush=True)
        except DatabaseError as error:
            if not options.every:
                raise
            print(f"the database is out of reach: {error}", file=sys.stderr, flush=True)
        if not options.every:
            return 1 if failed else 0
        connection.close()
        try:
            time.sleep(options.every)
        except KeyboardInterrupt:
            return 0
