"""Read proposals from a workbook into a round that calls for them, budgets on a second sheet."""

from __future__ import annotations

import argparse

from . import lists


def arguments(parser: argparse.ArgumentParser) -> None:
    lists.arguments(parser)
    parser.add_argument("--round", type=int, required=True, metavar="N", help="key of the round")


def run(options: argparse.Namespace) -> int:
    """As `lists.run`; 2 also where the round is not open yet."""
    from sanlin.govern.proposals.actions import import_proposals
    from sanlin.govern.proposals.queries.bringing import list_of, plan_proposals
    from sanlin.govern.rounds.models import Round
    from sanlin.ground.sheets.uploads import Import

    rounds = Round.objects.select_related("street").exclude(frozen=None)
    round = rounds.filter(pk=options.round).first()
    if round is None:
        return lists.say_missing("round that has been opened")
    return lists.run(options, Import(list_of(round), plan_proposals, import_proposals), round)
