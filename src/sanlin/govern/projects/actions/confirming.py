from __future__ import annotations

import hashlib
from datetime import datetime

import cn2an
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.commons.funds.models import Fund
from sanlin.commons.places.models import Street
from sanlin.commons.undertakings.models import Undertaking
from sanlin.govern.awards.models import Award
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Agreement, Instalment, Project
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import canonical, deed, moved, record
from sanlin.ground.verdict import require
from sanlin.kernel.money import split


@deed("projects.confirm", checkpoint=_lazy("公示期满，确定立项"))
def confirm(round: Round, *, by: Account, now: datetime) -> Round:
    """The awards stand: one project each, with its agreement drawn up, and a fund that pays them.

    What the sources of the pot have not brought of the round's budget is booked as received. The time
    to carry out begins today.
    """
    require(rules.can_confirm(by, round, now=now))
    rounds.move(round, "confirm", by=by, now=now)
    _date(round, by=by, now=now)
    terms = round.rules.pot.terms
    fund = funds.open_fund(round.street, round.name, terms=terms, by=by, now=now)
    memo = _("%(round)s拨入") % {"round": round.name}
    funds.fill(fund, round.rules.budget, cause=Cause(round, memo), by=by, now=now)
    # Numbers run through the street and the year: one hand at a time gives them.
    Street.objects.select_for_update(no_key=True).get(pk=round.street_id)
    prefix = f"{round.street.code}-{round.year}-"
    taken = Project.objects.filter(number__startswith=prefix).count()
    awards = list(
        standing(round)
        .select_related("proposal__team", "proposal__neighbourhood", "proposal__round", "decision")
        .prefetch_related("proposal__lines")
    )
    for n, award in enumerate(awards, taken + 1):
        _begin(round, fund, award, f"{prefix}{n:03d}", now=now)
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


def _begin(round: Round, fund: Fund, award: Award, number: str, *, now: datetime) -> None:
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
        number=number,
        grant=award.grant,
        tier=award.tier,
    )
    parts = round.rules.instalments
    amounts = split(award.grant, [part.share for part in parts])
    Instalment.objects.bulk_create(
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
    body = canonical(_facts(project, award, amounts, now=now))
    Agreement.objects.create(
        project=project,
        version=1,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        drawn_at=now,
    )


def in_words(fen: int) -> str:
    """An amount in the characters that cannot be altered: 12,000 yuan is 壹万贰仟元整."""
    whole, rest = divmod(fen, 100)
    return str(cn2an.an2cn(f"{whole}.{rest:02d}", "rmb"))


def _facts(
    project: Project, award: Award, amounts: list[int], *, now: datetime
) -> dict[str, object]:
    """Everything that the parties agree on. Money is fen, dates are ISO text."""
    round, proposal = project.round, award.proposal
    heads: dict[str, int] = {}
    for line in proposal.lines.all():
        heads[line.head] = heads.get(line.head, 0) + line.amount
    names = {head.key: head.name for head in round.rules.heads}
    return {
        "number": project.number,
        "round": round.name,
        "street": round.street.name,
        "committee": proposal.neighbourhood.name,
        "team": proposal.team.name,
        "title": proposal.title,
        "tier": project.tier_name,
        "grant": award.grant,
        "words": in_words(award.grant),
        "own_funds": proposal.own_funds,
        "goals": proposal.goals,
        "starts": project.undertaking.starts.isoformat(),
        "ends": project.undertaking.ends.isoformat() if project.undertaking.ends else "",
        "instalments": [
            {
                "name": part.name,
                "condition": part.condition,
                "share": part.share,
                "amount": amount,
                "words": in_words(amount),
                "within": part.within,
            }
            for part, amount in zip(round.rules.instalments, amounts, strict=True)
            if amount
        ],
        "heads": [{"name": names.get(key, key), "amount": fen} for key, fen in heads.items()],
        "midterm": "midterm" in round.rules.stages,
        "drawn": local_day(now).isoformat(),
        "rules": round.fingerprint,
        "decision": award.decision.fingerprint,
    }
