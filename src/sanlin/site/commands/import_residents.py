"""Read residents from a workbook: whoever is on it is known to live there."""

from __future__ import annotations

import argparse

from . import lists

arguments = lists.place_arguments


def run(options: argparse.Namespace) -> int:
    """As `lists.run`."""
    from sanlin.commons.people.views.lists import IMPORT

    return lists.run(options, IMPORT, lists.place(options))
