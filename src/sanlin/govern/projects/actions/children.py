from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.rounds import actions as rounds
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require

from .hold import hold


@dataclass(frozen=True)
class Child:
    """A small round: its name, the text of its pack, the mother's spending head that pays it, its
    pot in fen, and how many groups must ask."""

    name: str
    pack_text: str
    head: str
    amount: int
    least: int


@deed("projects.open_child")
def open_child(project: Project, child: Child, *, by: Account, now: datetime) -> ChildRound:
    """A running project holds a round of its own for small groups: a draft, with the pot as its
    budget. From then on the pot is set aside on the project's spending head."""
    project = hold(project)
    require(rules.can_open_child(by, project, now=now))
    require(rules.fits_pot(project, child.head, child.amount))
    if child.least < 1:
        raise Refused(_("至少要有一个小组"))
    round = rounds.create(
        project.round.street, child.name, project.round.year, child.pack_text, by=by, now=now
    )
    if not round.pack.binds("budget"):
        values = {**round.officer_values, "budget": child.amount}
        round = rounds.amend(round, name=round.name, year=round.year, values=values, by=by, now=now)
    made = ChildRound.objects.create(
        project=project,
        round=round,
        head=child.head,
        amount=child.amount,
        least=child.least,
        by=by,
        at=now,
    )
    record(
        made,
        by=by,
        now=now,
        project=project.pk,
        round=round.pk,
        head=child.head,
        amount=child.amount,
        least=child.least,
    )
    return made
