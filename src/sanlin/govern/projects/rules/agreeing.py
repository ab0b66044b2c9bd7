from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import leads
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of, works_for_street
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Objection
from sanlin.govern.awards.rules import notices_are_over
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Party, Project, Signing
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .who import can_look_into, in_team


def can_confirm(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer, once every notice has run out and every objection is answered."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.NOTICE:
        return denied(_("公示期间才能确认立项"))
    return notices_are_over(round, now=now)


def party_of(who: Any, project: Project, *, now: datetime) -> Party | None:
    """For which party `who` would sign: the team's leader, the committee's worker, an officer."""
    if not who.is_authenticated:
        return None
    if leads(who, project.team, now=now):
        return Party.TEAM
    for post in posts_of(who, now=now):
        if post.kind == PostKind.COMMITTEE_WORKER and post.neighbourhood_id == project.place.pk:
            return Party.COMMITTEE
    return Party.STREET if works_for_street(who, project.round.street, now=now) else None


def can_see_agreement(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The three parties and whoever audits them; the public reads amounts and dates elsewhere."""
    return can_look_into(who, project, now=now)


def can_sign(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Each party once. An open objection to the award blocks signing."""
    party = party_of(who, project, now=now)
    if party is None:
        return denied(_("只有团队负责人、街道和居委工作人员可以签约"))
    if party != Party.TEAM and in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    if project.stage != stages.TO_SIGN:
        return denied(_("协议已经签订，或项目已终止"))
    if Signing.objects.filter(agreement__project=project, party=party).exists():
        return denied(_("%(party)s已经签过") % {"party": party.label})
    return _can_be_signed(project)


def _can_be_signed(project: Project) -> Verdict:
    """Whether nothing is in the way of the agreement that waits for signatures."""
    if project.award.stage != award_stages.STANDING or project.award.grant != project.grant:
        return denied(_("立项结果已变更，不能按原协议签约"))
    waiting = Objection.objects.open().filter(award=project.award_id).first()
    if waiting:
        return denied(_("对这个项目的第%(n)s号异议还没有答复，暂不能签约") % {"n": waiting.number})
    return ALLOWED
