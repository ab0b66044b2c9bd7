"""Who may do what with a proposal, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.orgs.rules import can_apply, leads, teams_of
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import (
    holds,
    is_staff,
    is_verified_resident,
    works_for_neighbourhood,
    works_for_street,
)
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Photo, Proposal, Result, Screening
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

SCREENED_IN = (round_stages.CALL, round_stages.SCREENING)
ADVISED_IN = (round_stages.REVIEW, round_stages.OPTIMISATION)
WATCHERS = (PostKind.STREET_OFFICER, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN)


def call_is_open(round: Round, *, now: datetime) -> Verdict:
    """The round calls for proposals and its deadline has not passed, late as its ticker may be."""
    if round.stage == round_stages.DRAFT:
        return denied(_("本轮尚未开始征集"))
    over = denied(_("征集已经截止，不能再提交或修改"))
    if round.stage != round_stages.CALL:
        return over
    open_for = round.window(round_stages.CALL)
    if open_for and open_for.closes and now >= open_for.closes:
        return over
    if open_for and now < open_for.opens:
        return denied(_("本轮尚未开始征集"))
    return ALLOWED


def can_begin(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Anybody known, while the call is open; which team it is for is asked with the team."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    return call_is_open(round, now=now)


def can_bring(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Enter what teams have handed in on paper: an officer of the street, while the call is open."""
    if not (verdict := works_for_street(who, round.street, now=now)):
        return verdict
    return call_is_open(round, now=now)


def can_begin_for(
    who: Any, round: Round, team: Organisation, place: Neighbourhood, *, now: datetime
) -> Verdict:
    """A leader of a team of this street and of a kind that the pack admits, for a place of it."""
    for asked in (can_begin(who, round, now=now), leads(who, team, now=now)):
        if not asked:
            return asked
    if team.street_id != round.street_id or place.street_id != round.street_id:
        return denied(_("只有%(street)s的团队可以在本轮申报") % {"street": round.street})
    if team.neighbourhood_id not in {None, place.pk}:
        return denied(_("%(team)s只能为自己的居民区申报") % {"team": team})
    if team.kind not in round.rules.applicants:
        return denied(_("本轮不接受%(kind)s申报") % {"kind": team.get_kind_display()})
    if team.dissolved and team.dissolved <= local_day(now):
        return denied(_("%(team)s已经注销") % {"team": team})
    return can_apply(team, now=now)


def can_found(who: Any, round: Round, place: Neighbourhood, *, now: datetime) -> Verdict:
    """A resident of the place founds a team there in order to propose."""
    asked = can_begin(who, round, now=now)
    if not asked:
        return asked
    if place.street_id != round.street_id:
        return denied(_("只有%(street)s的团队可以在本轮申报") % {"street": round.street})
    if "team" not in round.rules.applicants:
        return denied(_("本轮不接受居民自组织申报"))
    return is_verified_resident(who, place, now=now)


def is_member(who: Any, team: Organisation | int, *, now: datetime) -> bool:
    """Whether `who` is in the team today, as a leader or not."""
    return getattr(team, "pk", team) in teams_of(who, now=now)


def can_see(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """Everybody what passed the checks; staff what was handed in; the team all that is its own."""
    if proposal.stage == stages.ADMITTED:
        return ALLOWED
    if proposal.number and can_follow(who, proposal, now=now):
        return ALLOWED
    if is_member(who, proposal.team_id, now=now):
        return ALLOWED
    return denied(_("这份提案还没有公开"))


def can_follow(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """The staff it concerns: the street, its auditor and district, and the place's committee."""
    street = proposal.round.street
    if holds(who, *WATCHERS, street=street, now=now):
        return ALLOWED
    return works_for_neighbourhood(who, proposal.neighbourhood, now=now)


def can_see_photo(who: Any, photo: Photo, *, now: datetime) -> Verdict:
    """Whoever may see the proposal; a photo of the draft alone is the team's."""
    if photo.place is None and not is_member(who, photo.proposal.team_id, now=now):
        return denied(_("这张照片还没有公开"))
    return can_see(who, photo.proposal, now=now)


def can_see_changes(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """Whoever may see the proposal; which revisions are shown is `shows_all_revisions`."""
    return can_see(who, proposal, now=now)


def shows_all_revisions(who: Any, proposal: Proposal, *, now: datetime) -> bool:
    """The team and staff see every revision; neighbours those from the admission on."""
    return bool(is_member(who, proposal.team_id, now=now) or can_follow(who, proposal, now=now))


def can_write(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """A leader of the team: a draft in the call, a returned one in its days, an admitted one while
    the round is optimised."""
    asked = leads(who, proposal.team, now=now)
    return asked and _writable(proposal, now)


def _writable(proposal: Proposal, now: datetime) -> Verdict:
    round = proposal.round
    if proposal.stage == stages.DRAFT:
        return call_is_open(round, now=now)
    if proposal.stage == stages.RETURNED:
        last = last_screening(proposal)
        if round.stage in SCREENED_IN and last and last.until and local_day(now) <= last.until:
            return ALLOWED
        return denied(_("补正期限已过"))
    if proposal.stage == stages.ADMITTED and round.stage == round_stages.OPTIMISATION:
        open_for = round.window(round_stages.OPTIMISATION)
        if open_for and open_for.closes and now >= open_for.closes:
            return denied(_("优化期限已过"))
        return ALLOWED
    return denied(_("已提交的提案不能再改"))


def can_withdraw(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """A leader of the team, until the round votes or decides."""
    asked = leads(who, proposal.team, now=now)
    if not asked:
        return asked
    if "withdraw" not in stages.PROPOSAL.verbs(proposal.stage):
        return denied(_("这份提案已不能撤回"))
    if proposal.round.stage not in (*SCREENED_IN, *ADVISED_IN):
        return denied(_("本轮已进入投票或决定，不能再撤回"))
    return ALLOWED


def last_screening(proposal: Proposal) -> Screening | None:
    """The latest formal checks; None where there were none."""
    return max(proposal.screenings.all(), key=lambda row: row.turn, default=None)


def can_screen(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """An officer of the street who is not of the team; an appeal goes to another than refused."""
    asked = works_for_street(who, proposal.round.street, now=now)
    if not asked:
        return asked
    if is_member(who, proposal.team_id, now=now) or proposal.author_id == who.pk:
        return denied(_("您是该团队成员，须回避，请由其他工作人员审查"))
    if proposal.stage not in {stages.SUBMITTED, stages.APPEALED}:
        return denied(_("这份提案现在没有待审查的内容"))
    if proposal.round.stage not in SCREENED_IN:
        return denied(_("形式审查已经结束"))
    last = last_screening(proposal)
    if proposal.stage == stages.APPEALED and last and last.by_id == who.pk:
        return denied(_("申诉须由另一位工作人员复核"))
    return ALLOWED


def has_lapsed(proposal: Proposal, *, now: datetime) -> Verdict:
    """Returned, and the days to correct are over."""
    last = last_screening(proposal)
    if proposal.stage == stages.RETURNED and last and last.until and local_day(now) > last.until:
        return ALLOWED
    return denied(_("补正期限未过"))


def can_open_screening(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """The page of the checks: whoever may do them, and who may read what came of them."""
    return is_staff(who, proposal.round.street, now=now) and can_follow(who, proposal, now=now)


def can_appeal(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """A leader of the refused team, once, within the days of the pack."""
    asked = leads(who, proposal.team, now=now)
    if not asked:
        return asked
    if proposal.stage != stages.REFUSED:
        return denied(_("只有未通过审查的提案可以申诉"))
    if hasattr(proposal, "appeal"):
        return denied(_("已经申诉过一次，复核结论为最终结论"))
    last = last_screening(proposal)
    if proposal.round.stage not in SCREENED_IN or not last or not last.until:
        return denied(_("申诉期限已过"))
    if local_day(now) > last.until:
        return denied(_("申诉期限已过"))
    return ALLOWED


def can_advise(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """Judges and staff of the street who are not of the team, in review and optimisation."""
    kinds = (PostKind.JUDGE, PostKind.STREET_OFFICER, PostKind.COMMITTEE_WORKER)
    if not holds(who, *kinds, street=proposal.round.street, now=now):
        return denied(_("只有评委和工作人员可以提优化建议"))
    if is_member(who, proposal.team_id, now=now):
        return denied(_("您是该团队成员，不能给自己提建议"))
    if proposal.stage != stages.ADMITTED or proposal.round.stage not in ADVISED_IN:
        return denied(_("只有评审和优化期间可以提建议"))
    return ALLOWED


def can_watch(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whoever works for the street sees how much is asked for, and by whom."""
    return is_staff(who, round.street, now=now)


def screening_is_done(round: Round, *, now: datetime) -> Verdict:
    """Nothing waits for checks, a correction or an appeal, and no refusal can still be appealed."""
    appealable = Q(
        stage=stages.REFUSED,
        appeal__isnull=True,
        screenings__result=Result.REFUSE,
        screenings__until__gte=local_day(now),
    )
    counts = Proposal.objects.filter(round=round).aggregate(
        waiting=_count(Q(stage__in=(stages.SUBMITTED, stages.APPEALED))),
        returned=_count(Q(stage=stages.RETURNED)),
        appealable=_count(appealable),
    )
    if n := counts["waiting"]:
        return denied(ngettext("还有 %(n)s 件未审查", "还有 %(n)s 件未审查", n) % {"n": n})
    if n := counts["returned"]:
        return denied(ngettext("还有 %(n)s 件在补正", "还有 %(n)s 件在补正", n) % {"n": n})
    if n := counts["appealable"]:
        return denied(ngettext("还有 %(n)s 件在申诉期内", "还有 %(n)s 件在申诉期内", n) % {"n": n})
    return ALLOWED


def _count(which: Q) -> Count:
    """Proposals, each once, however many screenings the join brings."""
    return Count("pk", filter=which, distinct=True)


def can_see_round(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The list of a round's proposals is public as soon as the round is."""
    if round.frozen is not None or can_watch(who, round, now=now):
        return ALLOWED
    return denied(_("本轮尚未开始征集"))
