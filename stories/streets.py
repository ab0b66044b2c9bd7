"""Builds the streets that stories are played in, all in one go: `python -m stories.streets SHELF STAGE…`

The round is played once, as far as the last of the stages. Where it comes by another one, the street
is copied, and a second process lets it end there; so each stage costs its own chapter alone. A street
is ready once `.built` lies in its folder; `.ended` on the shelf says that nothing more will come.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

BUILT, ENDED, LOG = ".built", ".ended", "streets.log"


def play(shelf: Path, stages: list[str]) -> bool:
    """Builds all of `stages`, each in the folder of its name; whether all are built."""
    from sanlin.site.commands.demo import STAGES  # noqa: PLC0415

    last = max(stages, key=STAGES.index)
    os.environ |= {"SANLIN_HOME": str(shelf / last), "SANLIN_DEMO": "yes"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "sanlin.site.settings"
    django.setup()
    from sanlin.site import demo  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    hands: list[int] = []

    def aside(stage: str, end: Callable[[], None]) -> None:
        if stage in stages:
            hands.append(branch(shelf / last, shelf / stage, end))

    demo.build(last, print, aside)
    (shelf / last / BUILT).touch()
    codes = [os.waitpid(hand, 0)[1] for hand in hands]
    return not any(codes)


def branch(world: Path, home: Path, end: Callable[[], None]) -> int:
    """A process of its own that lets a copy of `world` end; its number."""
    connection.close()
    shutil.copytree(world, home)
    sys.stdout.flush()
    if hand := os.fork():
        return hand
    code = 1
    try:
        settings.HOME, settings.MEDIA_ROOT = home, home / "files"
        connection.settings_dict["NAME"] = home / "sanlin.sqlite3"
        end()
        connection.close()
        (home / BUILT).touch()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    SHELF = Path(sys.argv[1])
    try:
        sys.exit(not play(SHELF, sys.argv[2:]))
    finally:
        (SHELF / ENDED).touch()
