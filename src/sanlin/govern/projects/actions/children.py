from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.rules.windows import Span
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require

from .hold import hold


@dataclass(frozen=True)
class Child:
    """A small round: its name, the text of its pack, the mother's spending head that pays it, its
    pot in fen, and how many groups must ask; the values and the dates that its draft begins with."""

    name: str
    pack_text: str
    head: str
    amount: int
    least: int
    values: Mapping[str, object] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)


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
    pack = round.pack
    wanted = {**child.values, "budget": child.amount}
    free = {path: v for path, v in wanted.items() if path in pack.values and not pack.binds(path)}
    round = rounds.amend(round, name=round.name, year=round.year, values=free, by=by, now=now)
    if child.spans:
        round = rounds.set_windows(round, child.spans, by=by, now=now)
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


@deed("projects.lower_least")
def lower_least(child: ChildRound, least: int, *, by: Account, now: datetime) -> ChildRound:
    """Fewer groups asked than were wanted, and those that did shall not lose by it: from now on
    `least` are enough. The line of the journal says from how many."""
    child = ChildRound.objects.select_for_update(of=("self",)).get(pk=child.pk)
    require(rules.can_lower_least(by, child, now=now))
    if not 1 <= least < child.least:
        raise Refused(_("请填1到%(most)s之间的数") % {"most": child.least - 1})
    was, child.least = child.least, least
    child.save(update_fields=["least"])
    record(child, by=by, now=now, was=was, least=least)
    return child
