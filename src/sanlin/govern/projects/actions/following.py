"""What follows from a grade for the team's next years: a bar, a rung of the ladder."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.commons.orgs import actions as orgs
from sanlin.govern.projects.models import Project
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day


def follow(project: Project, consequence: Collection[str], *, by: Account, now: datetime) -> None:
    """Write down what the closing grade means for the rounds to come."""
    round = project.round
    words = {"number": project.number, "grade": project.grade_name}
    if "ban" in consequence and round.rules.ban_years:
        bar_team(project, _("%(number)s结项评为“%(grade)s”") % words, by=by, now=now)
    elif "drop" in consequence:
        why = _("%(number)s结项评为“%(grade)s”，退出下一年资助") % words
        _bar(project, 1, why, by=by, now=now)
    _climb(project, "next_tier" in consequence, by=by, now=now)


def bar_team(project: Project, why: str, *, by: Account, now: datetime) -> None:
    """The team may not apply for as many years after the round's as its rules say."""
    _bar(project, project.round.rules.ban_years, why, by=by, now=now)


def _bar(project: Project, years: int, why: str, *, by: Account, now: datetime) -> None:
    """Out of the rounds of so many years after the project's; nothing where these are over."""
    until = date(project.round.year + years + 1, 1, 1)
    if until > local_day(now):
        orgs.bar(project.team, until, why, by=by, now=now)


def _climb(project: Project, rises: bool, *, by: Account, now: datetime) -> None:
    tiers = project.round.rules.tiers  # from the highest to the lowest
    place = next((n for n, tier in enumerate(tiers) if tier.key == project.tier), None)
    if place is None:
        return
    reached = tiers[max(place - 1, 0) if rises else place]
    orgs.set_rung(
        project.team,
        project.round.rules.pack.id,
        project.round.year,
        (reached.key, reached.name),
        risen=reached.key != project.tier,
        by=by,
        now=now,
    )
