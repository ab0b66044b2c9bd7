from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, is_verified_resident, works_for_street
from sanlin.govern.ballots.rules import is_checked
from sanlin.govern.proposals.models import Premise, Proposal, Rivals
from sanlin.govern.proposals.rules import screening_is_done
from sanlin.govern.reviews.rules import reviews_are_done
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run, covers
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.allocation.constraints import Books
from sanlin.kernel.reason import Reason

from . import stages
from .models import Award, Decision, Notice, Objection, Signature

PUBLIC = (round_stages.NOTICE, round_stages.RUNNING, round_stages.CLOSED)
EXPORTERS = (PostKind.STREET_OFFICER, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN)
FUNDED = ("funded", "funded_partly", "topped_up")
BEFORE_MARKS = (round_stages.CALL, round_stages.SCREENING, round_stages.REVIEW)


def can_name_rivals(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Which proposals exclude each other is settled before anybody votes or counts."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage not in (*BEFORE_MARKS, round_stages.OPTIMISATION):
        return denied(_("互斥项目须在投票和决定之前指定"))
    return ALLOWED


def can_drop_rivals(who: Any, rivals: Rivals, *, now: datetime) -> Verdict:
    return can_name_rivals(who, rivals.round, now=now)


def can_name_premise(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Which proposal depends on which is settled as early as which exclude each other."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage not in (*BEFORE_MARKS, round_stages.OPTIMISATION):
        return denied(_("前提项目须在投票和决定之前指定"))
    return ALLOWED


def can_drop_premise(who: Any, premise: Premise, *, now: datetime) -> Verdict:
    return can_name_premise(who, premise.round, now=now)


def can_close_entries(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Where a round has no vote, an officer ends the last stage before the decision."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if "vote" in round.rules.stages:
        return denied(_("本轮有居民投票，投票结束后自动进入决定"))
    if round.stage not in (
        round_stages.SCREENING,
        round_stages.REVIEW,
        round_stages.OPTIMISATION,
    ):
        return denied(_("现在不在审查、评审或优化阶段"))
    return _entries_are_done(round, now)


def _entries_are_done(round: Round, now: datetime) -> Verdict:
    if not (done := screening_is_done(round, now=now)):
        return done
    if "review" not in round.rules.stages:
        return ALLOWED
    if round.stage == round_stages.SCREENING:
        return denied(_("本轮还须经过评审"))
    return reviews_are_done(round)


def can_decide(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.DECISION:
        return denied(_("现在不是决定阶段"))
    if Decision.objects.standing().filter(round=round).exists():
        return denied(_("已有一份计算结果；如需重算，请先作废"))
    if round.lot.source and not round.lot.number:
        return denied(_("抽签要用的公开号码还没有填写"))
    if not (verdict := covers(round)):
        return verdict
    return is_checked(round)


def can_see_decision(who: Any, decision: Decision, *, now: datetime) -> Verdict:
    """Published decisions are everybody's; before that only officers of the round see them."""
    if decision.published_at is not None:
        return ALLOWED
    return can_run(who, decision.round, now=now)


def opens_ballots(round: Round) -> bool:
    """Whether whole ballots of this round are for everybody: its rules say so, its method is
    counted out of them, or they were published elsewhere before."""
    rules = round.rules
    if VOTE not in rules.stages:
        return False
    imported = getattr(round, "official", None) is not None
    return rules.vote.open_ballots or rules.award.method in OWN_MONEY or imported


def can_take_ballots(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The whole ballots of a round, once its decision is public and where its rules open them."""
    if VOTE not in round.rules.stages:
        return denied(_("本轮没有居民投票"))
    if round.stage not in PUBLIC:
        return denied(_("结果公示以后才能下载"))
    if not opens_ballots(round):
        return denied(_("本轮办法不公开整张选票，只公布每项得票"))
    return ALLOWED


def can_take_election(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The round as a file for other counters: everybody's where ballots are open, else its staff's."""
    verdict = can_take_ballots(who, round, now=now)
    if verdict or round.stage not in PUBLIC or VOTE not in round.rules.stages:
        return verdict
    if holds(who, *EXPORTERS, street=round.street, now=now):
        return ALLOWED
    return verdict


def can_drop(who: Any, decision: Decision, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, decision.round, now=now)):
        return verdict
    if decision.stage not in (stages.DRAFTED, stages.SIGNED):
        return denied(_("已公布的决定不能作废，只能通过异议更正"))
    return ALLOWED


def can_sign(who: Any, decision: Decision, *, now: datetime) -> Verdict:
    """An officer who is in none of the teams, once."""
    if not (verdict := can_run(who, decision.round, now=now)):
        return verdict
    if decision.stage != stages.DRAFTED:
        return denied(_("这份决定现在不需要签署"))
    if Signature.objects.filter(decision=decision, account_id=who.pk).exists():
        return denied(_("您已经签过了，须由另一位工作人员签署"))
    mine = Membership.objects.filter(account_id=who.pk, until__isnull=True)
    if decision.awards.filter(proposal__team__memberships__in=mine).exists():
        return denied(_("您是申报团队的成员，须由其他工作人员签署"))
    return ALLOWED


def can_publish(who: Any, decision: Decision, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, decision.round, now=now)):
        return verdict
    if decision.stage == stages.DRAFTED:
        missing = decision.round.rules.signatures - decision.signatures.count()
        return denied(_("还差%(n)s人签署") % {"n": missing})
    if decision.stage != stages.SIGNED:
        return denied(_("这份决定已经公布或作废"))
    return ALLOWED


def can_object(who: Any, award: Award, *, now: datetime) -> Verdict:
    """A verified resident of the street or a member of a team, while a notice of it is open."""
    notice = open_notice(award, now=now)
    if notice is None:
        return denied(_("公示期已过或尚未开始，不能提出异议"))
    if not who.is_authenticated:
        return denied(_("请先登录，再提出异议"))
    if Objection.objects.open().filter(award=award, account_id=who.pk).exists():
        return denied(_("您的异议正在处理，请等候答复"))
    street = award.decision.round.street
    resident = getattr(who, "resident", None)
    if resident and resident.neighbourhood.street_id == street.pk:
        if not (verdict := is_verified_resident(who, resident.neighbourhood, now=now)):
            return verdict
        return ALLOWED
    member = Membership.objects.filter(
        account_id=who.pk, until__isnull=True, organisation__street=street
    )
    return ALLOWED if member.exists() else denied(_("只有本街道的居民和团队成员可以提出异议"))


def open_notice(award: Award, *, now: datetime) -> Notice | None:
    """The notice during which one may object to this award now."""
    for notice in award.decision.notices.order_by("-pk"):
        if notice.is_open(now) and notice.award_id in (None, award.pk):
            return notice
    return None


def can_answer(who: Any, objection: Objection, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, objection.award.decision.round, now=now)):
        return verdict
    if objection.stage != stages.OPEN:
        return denied(_("这条异议已经答复"))
    if objection.account_id == who.pk:
        return denied(_("不能答复自己提出的异议"))
    return ALLOWED


def can_promote(who: Any, award: Award, *, now: datetime) -> Verdict:
    """The first on the reserve list of its tier, where a place has become free."""
    decision = award.decision
    if not (verdict := can_run(who, decision.round, now=now)):
        return verdict
    if decision.round.stage != round_stages.NOTICE or award.stage != stages.RESERVE:
        return denied(_("只有公示期间的候补项目可以递补"))
    peers = decision.awards.filter(tier=award.tier)
    moved_up = peers.filter(stage=stages.STANDING).exclude(reason__code__in=FUNDED)
    if peers.filter(stage=stages.CANCELLED).count() <= moved_up.count():
        return denied(_("本类别没有空出的名额"))
    ahead = peers.filter(stage=stages.RESERVE, place__lt=award.place).select_related("proposal")
    if not all(why_kept_out(row) for row in ahead.order_by("place")):
        return denied(_("候补在前的项目应先递补"))
    return ALLOWED


def why_kept_out(award: Award) -> str:
    """Why the money and the limits of its round keep this bid out beside what stands now; nothing
    where they do not.

    The whole of what it asks has to fit, as in the count; what objections took away has become free.
    """
    if award.proposal.asked > _freed(award):
        return _("空出的资金不足以支持这个项目")
    case = from_bytes(bytes(award.decision.inputs))
    bids = {bid.key: replace(bid, least=None) for bid in case.entered}
    books = Books(case.limits)
    standing = award.decision.awards.filter(stage=stages.STANDING)
    for key, grant in standing.values_list("proposal", "grant"):
        books.take(bids[key], grant)
    answer = books.ask(bids[award.proposal_id])
    if not isinstance(answer, Reason):
        return ""
    rival, title = answer.get("other"), None
    if isinstance(rival, int):
        title = Proposal.objects.filter(pk=rival).values_list("title", flat=True).first()
    return {
        "exclusive": _("与已立项的“%(title)s”互斥，不能递补"),
        "team_taken": _("同一团队的“%(title)s”已立项，不能递补"),
        "requires": _("以“%(title)s”立项为前提，而该项目未立项，不能递补"),
        "community_cap": _("递补后会超过本社区或本团队的上限"),
        "team_cap": _("递补后会超过本社区或本团队的上限"),
        "theme_cap": _("递补后会超过本主题的上限"),
    }.get(answer.code, _("空出的资金不足以支持这个项目")) % {"title": title or ""}


def _freed(award: Award) -> int:
    """What cancelled awards of its tier had been granted, less what has moved up since."""
    rows = award.decision.awards.filter(tier=award.tier)
    return sum(int(row.reason["figures"].get("grant", 0)) - row.grant for row in rows)


def notices_are_over(round: Round, *, now: datetime) -> Verdict:
    """All notices of the published decision have run out and no objection waits."""
    notices = Notice.objects.filter(decision__round=round, decision__stage=stages.PUBLISHED)
    if not notices.exists():
        return denied(_("还没有公示"))
    last = notices.order_by("-closes").values_list("closes", flat=True)[0]
    if now < last:
        return denied(_("公示期未满"))
    waiting = Objection.objects.open().filter(award__decision__round=round).count()
    if waiting:
        return denied(_("还有%(n)s条异议没有答复") % {"n": waiting})
    return ALLOWED


def can_see_objections(who: Any, round: Round, *, now: datetime) -> Verdict:
    return works_for_street(who, round.street, now=now)
