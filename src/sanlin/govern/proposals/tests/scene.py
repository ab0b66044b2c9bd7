"""Teams and proposals, for the tests of this floor and of every floor above.

    from sanlin.govern.rounds.tests.scene import open_round
    from sanlin.govern.proposals.tests.scene import proposal

    one = proposal(open_round(stage="review"), asked=8_000_00)

Rows are written as the verbs would leave them (number, budget lines, first revision), without
asking the rules: a test names only what it is about.
"""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import count
from typing import Any

from django.db.models import Max

from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind
from sanlin.commons.people.tests.scene import LONG_AGO, NOW, neighbourhood, resident
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import (
    BudgetLine,
    Content,
    Proposal,
    Revision,
    Why,
)
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import canonical
from sanlin.kernel.budget import Line

_numbers = count(1)


def team(place: Neighbourhood | None = None, *, leader: Account | None = None, **fields: Any):
    """A team of a neighbourhood (or, with `street`, of a street) and its leader: (team, leader)."""
    fields.setdefault("kind", OrganisationKind.TEAM)
    fields.setdefault("name", f"团队{next(_numbers)}")
    if place is None and "street" not in fields:
        place = neighbourhood()
    if place is not None:
        fields.setdefault("street", place.street)
    made = Organisation.objects.create(neighbourhood=place, **fields)
    leader = leader or resident(place)
    Membership.objects.create(organisation=made, account=leader, leads=True, since=LONG_AGO)
    return made, leader


def content(round: Round | None = None, *, asked: int = 10_000_00, own_funds: int = 0, **values):
    """A complete proposal: one budget line of `asked` plus `own_funds`, on an allowed head."""
    heads = [head for head in round.rules.heads if not head.forbidden] if round else []
    plain = [head for head in heads if head.max_share is None and head.unit_cap is None]
    head = (plain or heads)[0].key if heads else "materials"
    tiers, themes = (round.rules.tiers, round.rules.themes) if round else ((), ())
    whole: dict[str, Any] = {
        "title": f"楼道美化{next(_numbers)}",
        "summary": "和邻居一起把楼道收拾干净",
        "tier": tiers[0].key if tiers else "",
        "theme": themes[0].key if themes else "",
        "need": "楼道堆物多，走访了四十户，三十户希望整理。",
        "goals": "六个楼道清爽有花，邻居轮值。",
        "beneficiaries": "六个楼组约120户",
        "plan": "五月清理，六月布置，七月起轮值。",
        "starts": "2024-05-01",
        "ends": "2024-10-31",
        "lines": (Line(head, "材料", asked + own_funds, 1),),
        "own_funds": own_funds,
    }
    return Content(**{**whole, **values})


def proposal(
    round: Round,
    stage: str = stages.ADMITTED,
    *,
    team: Organisation | None = None,
    author: Account | None = None,
    neighbourhood: Neighbourhood | None = None,
    asked: int = 10_000_00,
    own_funds: int = 0,
    **fields: Any,
) -> Proposal:
    """A proposal of a round at a stage; what is not given is made. `asked` and `own_funds` in fen;
    `fields` are columns or parts of its content (title, tier, need, lines, …)."""
    given = {name: fields.pop(name) for name in tuple(fields) if hasattr(Content, name)}
    given |= {name: fields.pop(name) for name in ("title", "lines") if name in fields}
    whole = content(round, asked=asked, own_funds=own_funds, **given)
    place = neighbourhood or (team.neighbourhood if team else None) or _place(round)
    if team is None:
        team, author = _team(place, author)
    author = author or Membership.objects.filter(organisation=team, leads=True)[0].account
    who = {"round": round, "team": team, "neighbourhood": place, "author": author}
    if stage == stages.DRAFT:
        fields.setdefault("writing", {"content": whole.plain(), "versions": {}})
        fields.setdefault("saved_at", NOW)
        return Proposal.objects.create(**who, **fields)
    fields.setdefault("number", _number(round))
    fields.setdefault("submitted_at", NOW)
    columns = whole.plain()
    lines = columns.pop("lines")
    del columns["photos"]
    columns["starts"] = date.fromisoformat(whole.starts) if whole.starts else None
    columns["ends"] = date.fromisoformat(whole.ends) if whole.ends else None
    made = Proposal.objects.create(
        **who, stage=stage, asked=whole.budget.asked, **{**columns, **fields}
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=made, place=place, **line) for place, line in enumerate(lines, 1)
    )
    body = canonical(whole.plain())
    Revision.objects.create(
        proposal=made,
        number=1,
        why=Why.SUBMITTED,
        by=author,
        at=made.submitted_at,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
    )
    return made


def _place(round: Round) -> Neighbourhood:
    found = Neighbourhood.objects.filter(street=round.street).order_by("pk").first()
    return found or neighbourhood(round.street)


def _team(place: Neighbourhood, leader: Account | None) -> tuple[Organisation, Account]:
    return team(place, leader=leader)


def _number(round: Round) -> int:
    return (Proposal.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0) + 1
