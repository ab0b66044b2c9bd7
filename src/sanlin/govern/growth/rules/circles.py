from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.orgs.rules import leads, teams_of
from sanlin.commons.people.rules import works_for_neighbourhood
from sanlin.govern.growth.models import Advice, Backing, Meeting, Snapshot, Visit
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.projects.rules import can_handle, can_keep_circles
from sanlin.govern.projects.stages import ENDED, TO_SIGN
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run, can_see
from sanlin.ground.verdict import ALLOWED, Verdict, denied


def teams_in(circle: Circle) -> QuerySet[Organisation]:
    """The teams whose projects are in the circle."""
    return Organisation.objects.filter(undertakings__project__circle=circle).distinct()


def confirmed(circle: Circle) -> bool:
    """Whether more than half of the circle's teams agree to the leader who was recommended."""
    if circle.leader_id is None:
        return False
    teams = teams_in(circle)
    agreed = Backing.objects.filter(circle=circle, leader=circle.leader_id, team__in=teams)
    return agreed.count() * 2 > teams.count()


def can_see_round(who: Any, round: Round, *, now: datetime) -> Verdict:
    """How a round's projects grow is public once it runs; no page names a person to strangers."""
    if not (verdict := can_see(who, round, now=now)):
        return verdict
    if round.stage not in (round_stages.RUNNING, round_stages.CLOSED):
        return denied(_("立项以后才有小组、中期和结项"))
    return ALLOWED


def can_see_circle(who: Any, circle: Circle, *, now: datetime) -> Verdict:
    return can_see_round(who, circle.round, now=now)


def can_see_meeting(who: Any, meeting: Meeting, *, now: datetime) -> Verdict:
    return can_see_round(who, meeting.round, now=now)


def can_see_visit(who: Any, visit: Visit, *, now: datetime) -> Verdict:
    return can_see_round(who, visit.project.round, now=now)


def can_see_snapshot(who: Any, photo: Snapshot, *, now: datetime) -> Verdict:
    thing = photo.meeting or photo.visit.project  # type: ignore[union-attr]
    return can_see_round(who, thing.round, now=now)


def can_see_advice(who: Any, advice: Advice, *, now: datetime) -> Verdict:
    return can_see_round(who, advice.project.round, now=now)


def can_recommend(who: Any, circle: Circle, *, now: datetime) -> Verdict:
    """The street recommends a leader while projects are carried out."""
    return can_keep_circles(who, circle.round, now=now)


def can_back(who: Any, circle: Circle, team: Organisation, *, now: datetime) -> Verdict:
    """The leader of a team in the circle agrees to the one who was recommended."""
    if not (verdict := leads(who, team, now=now)):
        return verdict
    if circle.leader_id is None:
        return denied(_("街道还没有推荐组长"))
    if not teams_in(circle).filter(pk=team.pk).exists():
        return denied(_("只有组内的团队可以认可组长"))
    if Backing.objects.filter(circle=circle, team=team, leader=circle.leader_id).exists():
        return denied(_("本团队已经认可"))
    return ALLOWED


def _guides(who: Any, circle: Circle | None) -> bool:
    return circle is not None and who.is_authenticated and circle.leader_id == who.pk


def can_meet(who: Any, circle: Circle, *, now: datetime) -> Verdict:
    """The circle's leader or an officer of the street calls a meeting."""
    if circle.round.stage != round_stages.RUNNING:
        return denied(_("实施阶段才能开小组会、走访"))
    if _guides(who, circle) or can_run(who, circle.round, now=now):
        return ALLOWED
    return denied(_("只有小组组长和街道工作人员可以办理"))


def can_meet_jointly(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer calls the joint meeting of community, social workers, organisations, volunteers and
    charity."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.RUNNING:
        return denied(_("实施阶段才能开联席会议"))
    return ALLOWED


def can_tell(who: Any, meeting: Meeting, *, now: datetime) -> Verdict:
    """Whoever may call it writes down who came and what was said: once, after it began."""
    asked = (
        can_meet(who, meeting.circle, now=now)
        if meeting.circle
        else can_meet_jointly(who, meeting.round, now=now)
    )
    if not asked:
        return asked
    if meeting.held_at is not None:
        return denied(_("会议已经记录"))
    if now < meeting.at:
        return denied(_("会议还没有开始"))
    return ALLOWED


def can_visit(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The leader of its circle, its committee or the street; never its own team."""
    if project.stage == TO_SIGN or project.stage in ENDED:
        return denied(_("实施中的项目才能走访"))
    if project.undertaking.organisation_id in teams_of(who, now=now):
        return denied(_("不能走访自己的项目"))
    if _guides(who, project.circle) or works_for_neighbourhood(who, project.place, now=now):
        return ALLOWED
    return denied(_("只有小组组长、居委和街道工作人员可以记录走访"))


def can_do(who: Any, advice: Advice, *, now: datetime) -> Verdict:
    """The leader of the project's team says how it was done."""
    if not (verdict := leads(who, advice.project.team, now=now)):
        return verdict
    if advice.done_at is not None:
        return denied(_("这条建议已经办结"))
    return ALLOWED


def can_advise(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Lay down what a project has to put right: an officer who is not of its team."""
    return can_handle(who, project, now=now)
