"""Read homes from a workbook: neighbourhood, estate, building, stair, room."""

from __future__ import annotations

import argparse

from . import lists

arguments = lists.place_arguments


def run(options: argparse.Namespace) -> int:
    """As `lists.run`."""
    from sanlin.commons.places.views import IMPORT

    return lists.run(options, IMPORT, lists.place(options))
