"""Read teams from a workbook: kind, place, leader, and members on a second sheet."""

from __future__ import annotations

import argparse

from . import lists

arguments = lists.place_arguments


def run(options: argparse.Namespace) -> int:
    """As `lists.run`."""
    from sanlin.commons.orgs.views import IMPORT

    return lists.run(options, IMPORT, lists.place(options))
