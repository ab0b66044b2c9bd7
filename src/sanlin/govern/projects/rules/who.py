from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import OrganisationKind
from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.people.rules import is_staff
from sanlin.commons.places.models import Street
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import ChildRound, Instalment, Project
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Verdict, denied


def can_see(who: Any, project: Project, *, now: datetime) -> Verdict:
    """What a project received and what it did with it is public."""
    return ALLOWED


def in_team(who: Any, project: Project, *, now: datetime) -> bool:
    """Whether `who` is a member of the project's team today."""
    return project.undertaking.organisation_id in teams_of(who, now=now)


def can_handle(who: Any, project: Project, *, now: datetime) -> Verdict:
    """An officer of the street who is not in the team herself."""
    allowed = can_run(who, project.round, now=now)
    if allowed and in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    return allowed


def did(who: Any, project: Project, *parts: Instalment, keepers: Collection[int] = ()) -> set[str]:
    """The duties in which `who` has had a hand on these instalments (all of the project's where none
    is named), or on the agreement, by the `keepers` of the seal under it."""
    found = {"seal"} if who.pk in keepers else set()
    for part in parts or project.instalments.all():
        hands = (part.proposed_by_id, part.approved_by_id, part.paid_by_id)
        found |= {
            duty
            for duty, hand in zip(("handle", "approve", "pay"), hands, strict=True)
            if hand is not None and hand == who.pk
        }
    return found


def first_kind(of_team: str) -> str:
    """What kind of project a team's is taken for until an officer says otherwise: one that residents
    run, or one that professionals are commissioned with."""
    of_residents = {OrganisationKind.TEAM, OrganisationKind.FILED, OrganisationKind.OWNERS}
    return "resident" if of_team in of_residents else "professional"


def can_set_kind(who: Any, project: Project, *, now: datetime) -> Verdict:
    """An officer, as long as the project goes on."""
    allowed = can_handle(who, project, now=now)
    if allowed and project.stage in stages.ENDED:
        return denied(_("项目已经结束"))
    return allowed


def can_look_into(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Papers of a project: its team, and whoever works for the street or audits it."""
    if in_team(who, project, now=now) or is_staff(who, project.round.street, now=now):
        return ALLOWED
    return denied(_("只有项目团队和街道、居委工作人员可以查看"))


def can_see_late(who: Any, street: Street, *, now: datetime) -> Verdict:
    """Payments that are late: whoever works for the street, for one of its committees, or audits it."""
    if is_staff(who, street, now=now):
        return ALLOWED
    return denied(_("只有街道、居委工作人员可以查看"))


def parent_of(project: Project) -> ChildRound | None:
    """The round of another project in which this one was awarded; None for an ordinary project."""
    found: ChildRound | None = getattr(project.round, "parent", None)
    return found


def mother_of(round: Round) -> Project | None:
    """The project that holds this round for groups of its own; None for an ordinary round."""
    found = ChildRound.objects.filter(round=round).select_related("project__undertaking").first()
    return found.project if found else None


def is_child(project: Project) -> bool:
    """Whether the project was awarded in a small round of another project."""
    return parent_of(project) is not None
