from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.awards import rules, stages
from sanlin.govern.awards.models import Award, Notice, Objection
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, denied, refusing, require
from sanlin.kernel.calendar import add_working_days

from .deciding import post


@deed("awards.object")
def object_to(award: Award, text: str, *, by: Account, now: datetime) -> Objection:
    """Object to an award while a notice of it hangs. Signing with that team waits for the answer."""
    round = _hold(award)
    require(rules.can_object(by, award, now=now))
    notice = rules.open_notice(award, now=now)
    if notice is None or round.stage != round_stages.NOTICE:
        raise Refused(_("公示期已过或尚未开始，不能提出异议"))
    # The notice's row is locked: numbers are given one by one.
    Notice.objects.select_for_update().get(pk=notice.pk)
    last = notice.objections.aggregate(last=Max("number"))["last"] or 0
    days = award.decision.round.rules.objection.answer_days
    due = add_working_days(local_day(now), days) + timedelta(days=1)
    with refusing(_("您的异议正在处理，请等候答复")):
        objection = Objection.objects.create(
            notice=notice,
            award=award,
            number=last + 1,
            account=by,
            text=text,
            filed_at=now,
            due=timezone.make_aware(datetime.combine(due, datetime.min.time())),
        )
    record(objection, by=by, now=now, award=award.pk)
    return objection


@deed("awards.reject")
def reject(objection: Objection, answer: str, *, by: Account, now: datetime) -> Objection:
    """Answer that an objection does not hold; the award proceeds."""
    _hold(objection.award)
    require(rules.can_answer(by, objection, now=now))
    _answer(objection, "reject", answer, by=by, now=now)
    record(objection, by=by, now=now, award=objection.award_id)
    return objection


@deed("awards.uphold")
def uphold(
    objection: Objection, answer: str, grant: int | None = None, *, by: Account, now: datetime
) -> Objection:
    """Answer that an objection holds: the award is cancelled, or its money lowered to `grant` fen.

    Either is published at once in a supplement to the notice, which hangs for its own full time.
    Only a pack whose objections may change an award allows a lower grant.
    """
    _hold(objection.award)
    require(rules.can_answer(by, objection, now=now))
    award = Award.objects.select_for_update().get(pk=objection.award_id)
    if grant is not None:
        if award.decision.round.rules.objection.upheld != "change":
            require(denied(_("按办法，异议成立的项目取消立项，不能改额")))
        if not 0 < grant < award.grant:
            raise Refused(_("更正后的金额须低于原立项金额"))
    _answer(objection, "uphold", answer, by=by, now=now)
    if award.stage == stages.STANDING:
        award.note = answer[:300]
        award.stage = stages.STANDING if grant else stages.CANCELLED
        award.grant = grant or 0
        award.save(update_fields=["note", "stage", "grant"])
        post(award.decision, award, now=now)
    awards = [[award.proposal_id, award.stage, award.grant]]
    record(objection, by=by, now=now, award=award.pk, grant=award.grant, awards=awards)
    return objection


def _hold(award: Award) -> Round:
    """Its round, held until the verb is done: nothing is confirmed while an objection is written or
    answered, or another project moves up."""
    return Round.objects.select_for_update(of=("self",), no_key=True).get(
        decisions=award.decision_id
    )


def _answer(objection: Objection, verb: str, answer: str, *, by: Account, now: datetime) -> None:
    taken = _("这条异议刚刚被他人答复，请刷新后再看")
    told = {"answer": answer, "answered_by": by, "answered_at": now}
    advance(objection, stages.OBJECTION, verb, taken, **told)


@deed("awards.promote")
def promote(award: Award, *, by: Account, now: datetime) -> Notice:
    """Move the first of the reserve list up into a place that became free, with its own notice.

    Its grant is what it asked, where the money that became free in its tier is enough.
    """
    require(rules.can_promote(by, award, now=now))
    # One hand at a time moves up in a round, so that one free place is taken once.
    with transaction.atomic():
        _hold(award)
        require(rules.can_promote(by, Award.objects.get(pk=award.pk), now=now))
        asked = award.proposal.asked
        if why := rules.why_kept_out(award):
            raise Refused(why)
        moved = Award.objects.filter(pk=award.pk, stage=stages.RESERVE).update(
            stage=stages.STANDING, grant=asked, note=_("候补递补")
        )
        if not moved:
            raise Refused(_("这个项目刚刚被他人处理，请刷新后再看"))
        award.refresh_from_db()
        notice = post(award.decision, award, now=now)
    awards = [[award.proposal_id, award.stage, award.grant]]
    record(notice, by=by, now=now, award=award.pk, grant=asked, awards=awards)
    return notice
