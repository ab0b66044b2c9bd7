from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.commons.funds.models import Fund
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.commons.undertakings.models import Undertaking
from sanlin.govern.awards.models import Award
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import rules
from sanlin.govern.projects.models import ChildRound, Instalment, Project
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, moved, record
from sanlin.ground.verdict import require
from sanlin.kernel.money import split
from sanlin.kernel.numbering import Around, around, number

from .drawing import draw, first_facts


@deed("projects.confirm", checkpoint=_lazy("公示期满，确定立项"))
def confirm(round: Round, *, by: Account, now: datetime) -> Round:
    """The awards stand: one project each, with its agreement drawn up, and a fund that pays them.

    What the sources of the pot have not brought of the round's budget is booked as received. The time
    to carry out begins today.
    """
    held = Round.objects.select_for_update(of=("self",), no_key=True).select_related("street")
    # Held, or an objection comes beside us.
    require(rules.can_confirm(by, held.get(pk=round.pk), now=now))
    rounds.move(round, "confirm", by=by, now=now)
    _date(round, by=by, now=now)
    parent = ChildRound.objects.filter(round=round).select_related("project__fund").first()
    if parent is not None:
        require(rules.keeps_the_pot(parent))
        fund = parent.project.fund
    else:
        terms = round.rules.pot.terms
        fund = funds.open_fund(round.street, round.name, terms=terms, by=by, now=now)
        memo = _("%(round)s拨入") % {"round": round.name}
        funds.fill(fund, round.rules.budget, cause=Cause(round, memo), by=by, now=now)
    # Numbers run through the street and the year: one hand at a time gives them.
    Street.objects.select_for_update(no_key=True).get(pk=round.street_id)
    numbers = Numbers(round)
    awards = list(
        standing(round)
        .select_related("proposal__team", "proposal__neighbourhood", "proposal__round", "decision")
        .prefetch_related("proposal__lines")
    )
    for award in awards:
        _begin(round, fund, award, numbers.next_for(award.proposal.neighbourhood), now=now)
    begun = [
        *Project.objects.filter(round=round).order_by("pk"),
        *Instalment.objects.filter(project__round=round).order_by("pk"),
    ]
    granted = sum(award.grant for award in awards)
    record(round, by=by, now=now, projects=len(awards), granted=granted, moved=moved(begun))
    return round


def _date(round: Round, *, by: Account, now: datetime) -> None:
    """Shift the days of carrying out where they begin otherwise than planned; never shorter."""
    window = round.window(round_stages.RUNNING)
    if window is None or window.closes is None:
        return
    closes = max(window.closes, now + (window.closes - window.opens))
    rounds.date_stage(round, round_stages.RUNNING, opens=now, closes=closes, by=by, now=now)


def _begin(round: Round, fund: Fund, award: Award, code: str, *, now: datetime) -> None:
    proposal = award.proposal
    undertaking = Undertaking.objects.create(
        title=proposal.title,
        organisation=proposal.team,
        street=round.street,
        neighbourhood=proposal.neighbourhood,
        starts=proposal.starts or local_day(now),
        ends=proposal.ends,
    )
    project = Project.objects.create(
        undertaking=undertaking,
        award=award,
        round=round,
        fund=fund,
        number=code,
        grant=award.grant,
        tier=award.tier,
        kind=rules.first_kind(proposal.team.kind),
        plan=_plan(award),
    )
    parts = round.rules.instalments
    amounts = split(award.grant, [part.share for part in parts])
    made = Instalment.objects.bulk_create(
        Instalment(
            project=project,
            place=place,
            key=part.key,
            name=part.name,
            condition=part.condition,
            share=part.share,
            within=part.within,
            amount=amount,
        )
        for place, (part, amount) in enumerate(zip(parts, amounts, strict=True), 1)
        if amount
    )
    draw(project, first_facts(project, award, made, now=now), reason="", now=now)


def _plan(award: Award) -> dict[str, int]:
    """What the proposal plans on each spending head, in fen."""
    plan: dict[str, int] = {}
    for line in award.proposal.lines.all():
        plan[line.head] = plan.get(line.head, 0) + line.amount
    return plan


class Numbers:
    """The next numbers of a round's projects, by the pattern of its rules: without gaps within what
    stands around the number, through all rounds of the street."""

    def __init__(self, round: Round) -> None:
        self.round, self.taken = round, dict[tuple[str, str], int]()

    def next_for(self, place: Neighbourhood) -> str:
        """The number of one more project of this neighbourhood."""
        round = self.round
        pattern = round.rules.numbering
        names = Around(round.street.code, place.code, round.year)
        before, after = around(pattern, names)
        if (before, after) not in self.taken:
            shape = f"^{re.escape(before)}[0-9]+{re.escape(after)}$"
            rows = Project.objects.filter(number__startswith=before, number__regex=shape)
            self.taken[before, after] = rows.count()
        self.taken[before, after] += 1
        return number(pattern, self.taken[before, after], names)
