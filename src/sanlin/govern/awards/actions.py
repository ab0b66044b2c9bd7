from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.proposals.models import Proposal
from sanlin.govern.reviews.queries import judges
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, denied, refusing, require
from sanlin.kernel.allocation import (
    Change,
    Outcome,
    Question,
    Reason,
    UnsettledTie,
    canonical,
    changes,
    facts,
    fingerprint,
)
from sanlin.kernel.calendar import add_working_days, notice_span

from . import rules, stages
from .models import Award, Decision, Lot, Notice, Objection, Rivals, Signature
from .queries import case_of, explain


@deed("awards.name_rivals")
def name_rivals(
    round: Round, proposals: Sequence[Proposal], reason: str, *, by: Account, now: datetime
) -> Rivals:
    """Say that at most one of these proposals (two or more, of this round) may be funded."""
    require(rules.can_name_rivals(by, round, now=now))
    if len({p.pk for p in proposals}) < 2 or any(p.round_id != round.pk for p in proposals):
        raise Refused(_("互斥项目须是本轮的两个或更多提案"))
    rivals = Rivals.objects.create(round=round, reason=reason)
    rivals.proposals.set(proposals)
    record(rivals, by=by, now=now, proposals=sorted(p.pk for p in proposals))
    return rivals


@deed("awards.drop_rivals")
def drop_rivals(rivals: Rivals, *, by: Account, now: datetime) -> Round:
    """Take a group of rivals back, as long as groups may be named."""
    require(rules.can_drop_rivals(by, rivals, now=now))
    round = rivals.round
    record(round, by=by, now=now, rivals=rivals.pk)
    rivals.delete()
    return round


@deed("awards.close_entries")
def close_entries(round: Round, *, by: Account, now: datetime) -> Round:
    """End the last stage before the decision, in a round without a vote."""
    require(rules.can_close_entries(by, round, now=now))
    move(round, "close_entries", by=by, now=now)
    record(round, by=by, now=now)
    return round


@deed("awards.decide")
def decide(round: Round, *, by: Account, now: datetime) -> Decision:
    """Count the round and keep the case and the outcome; officers sign it before anybody sees it.

    The seed of the lots is drawn once a round, so that counting again cannot draw again. Refused
    where something is missing, or where the rule of ties leaves bids level.
    """
    require(rules.can_decide(by, round, now=now))
    lot, _new = Lot.objects.get_or_create(
        round=round, defaults={"seed": lots.new_seed(), "drawn_at": now}
    )
    case = case_of(round, lot.seed)
    if not case.bids:
        raise Refused(_("没有通过审查的提案，无法决定"))
    question = case.question()
    try:
        outcome = question.answer()
    except UnsettledTie as tie:
        raise Refused(_("同分规则分不出先后，请检查办法")) from tie
    inputs, result = case.to_bytes(), canonical(outcome)
    last = round.decisions.aggregate(last=Max("number"))["last"] or 0
    with refusing(_("已有一份计算结果；如需重算，请先作废")):
        decision = Decision.objects.create(
            round=round,
            number=last + 1,
            inputs=inputs,
            outcome=result,
            fingerprint=fingerprint(inputs + result),
            decided_at=now,
        )
    Award.objects.bulk_create(_awards(decision, question, outcome))
    record(decision, by=by, now=now, fingerprint=decision.fingerprint, seed=lot.seed)
    return decision


def _awards(decision: Decision, question: Question, outcome: Outcome) -> list[Award]:
    bids = {bid.key: bid for bid in question.bids}
    rows = []
    for place, step in enumerate(outcome.steps, start=1):
        bid = bids[step.key]
        stage = stages.STANDING if step.funded else stages.OUT
        if step.key in outcome.reserve:
            stage = stages.RESERVE
        rows.append(
            Award(
                decision=decision,
                proposal_id=step.key,
                stage=stage,
                grant=step.grant,
                tier=bid.tier or "",
                place=place,
                score=_text(bid.score),
                votes=bid.votes,
                reason=_reason(outcome, facts(outcome, step.key), changes(question, step.key)),
            )
        )
    return rows


def _reason(outcome: Outcome, reason: Reason, found: Sequence[Change]) -> dict[str, Any]:
    return {
        "code": reason.code,
        "unit": outcome.unit,
        "figures": {name: _plain(value) for name, value in reason.figures},
        "changes": [{"what": change.what, "by": _plain(change.by)} for change in found],
    }


def _plain(value: Any) -> Any:
    return _text(value) if isinstance(value, Fraction) else value


def _text(value: Fraction | None) -> str:
    return "" if value is None else f"{value.numerator}/{value.denominator}"


@deed("awards.drop")
def drop(decision: Decision, reason: str, *, by: Account, now: datetime) -> Decision:
    """Set an unpublished count aside, so that the round can be counted again."""
    require(rules.can_drop(by, decision, now=now))
    _move(decision, "drop", {})
    record(decision, by=by, now=now, fingerprint=decision.fingerprint)
    return decision


@deed("awards.sign")
def sign(decision: Decision, *, by: Account, now: datetime) -> Signature:
    """Stand by a decision. With the last signature that the pack asks for it may be published."""
    require(rules.can_sign(by, decision, now=now))
    with refusing(_("您已经签过了，须由另一位工作人员签署")):
        signature = Signature.objects.create(decision=decision, account=by, at=now)
    if decision.signatures.count() >= decision.round.rules.signatures:
        _move(decision, "sign", {})
    record(signature, by=by, now=now, decision=decision.pk, fingerprint=decision.fingerprint)
    return signature


@deed("awards.publish")
def publish(decision: Decision, *, by: Account, now: datetime) -> Notice:
    """Put up the notice: the round moves on, and everybody may read it and object to it."""
    require(rules.can_publish(by, decision, now=now))
    move(decision.round, "publish", by=by, now=now)
    _move(decision, "publish", {"published_at": now})
    notice = _post(decision, None, now=now)
    record(notice, by=by, now=now, fingerprint=decision.fingerprint)
    return notice


def _move(decision: Decision, verb: str, values: dict[str, Any]) -> None:
    target = stages.DECISION.after(decision.stage, verb)
    rows = Decision.objects.filter(pk=decision.pk, stage=decision.stage)
    if not rows.update(stage=target, **values):
        raise Refused(_("这份决定刚刚被他人处理，请刷新后再看"))
    decision.stage = target
    for name, value in values.items():
        setattr(decision, name, value)


def _post(decision: Decision, award: Award | None, *, now: datetime) -> Notice:
    """A notice from now until the end of its last day, with a snapshot of what it says."""
    told = decision.round.rules.notice
    span = notice_span(local_day(now), told.days, told.kind)
    end = datetime.combine(span.last + timedelta(days=1), datetime.min.time())
    count = Notice.objects.filter(decision__round=decision.round).count() + 1
    return Notice.objects.create(
        decision=decision,
        award=award,
        number=f"{decision.round.year}-{decision.round_id}-{count}",
        opens=now,
        closes=timezone.make_aware(end, timezone.get_default_timezone()),
        beyond=span.beyond,
        snapshot=_snapshot(decision, award),
    )


def _snapshot(decision: Decision, award: Award | None) -> dict[str, Any]:
    """What the notice says, field by field: teams, amounts and reasons, no resident's name."""
    round = decision.round
    rows = decision.awards.select_related("proposal__team", "proposal__neighbourhood")
    titles = {row.proposal_id: row.proposal.title for row in rows}
    tiers = {tier.key: tier.name for tier in round.rules.tiers}
    shown = [row for row in rows.order_by("place") if award is None or row.pk == award.pk]
    return {
        "round": round.name,
        "street": round.street.name,
        "fingerprint": decision.fingerprint,
        "rules": round.fingerprint,
        "judges": judges(round) if round.rules.notice.jurors and award is None else [],
        "awards": [
            {
                "proposal": row.proposal_id,
                "number": row.proposal.number,
                "title": row.proposal.title,
                "team": row.proposal.team.name,
                "place": row.proposal.neighbourhood.name,
                "tier": tiers.get(row.tier, ""),
                "stage": row.stage,
                "asked": row.proposal.asked,
                "grant": row.grant,
                "score": row.score,
                "votes": row.votes,
                "why": explain(row, round.rules, titles).text,
                "note": row.note,
            }
            for row in shown
        ],
    }


@deed("awards.object")
def object_to(award: Award, text: str, *, by: Account, now: datetime) -> Objection:
    """Object to an award while a notice of it hangs. Signing with that team waits for the answer."""
    require(rules.can_object(by, award, now=now))
    notice = rules.open_notice(award, now=now)
    if notice is None:
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
        _post(award.decision, award, now=now)
    record(objection, by=by, now=now, award=award.pk, grant=award.grant)
    return objection


def _answer(objection: Objection, verb: str, answer: str, *, by: Account, now: datetime) -> None:
    target = stages.OBJECTION.after(objection.stage, verb)
    rows = Objection.objects.filter(pk=objection.pk, stage=objection.stage)
    if not rows.update(stage=target, answer=answer, answered_by=by, answered_at=now):
        raise Refused(_("这条异议刚刚被他人答复，请刷新后再看"))
    objection.stage = target


@deed("awards.promote")
def promote(award: Award, *, by: Account, now: datetime) -> Notice:
    """Move the first of the reserve list up into a place that became free, with its own notice.

    Its grant is what it asked, where the money that became free in its tier is enough.
    """
    require(rules.can_promote(by, award, now=now))
    # One hand at a time moves up in a decision, so that one free place is taken once.
    with transaction.atomic():
        decision = Decision.objects.select_for_update().get(pk=award.decision_id)
        require(rules.can_promote(by, Award.objects.get(pk=award.pk), now=now))
        asked = award.proposal.asked
        if asked > _freed(decision, award.tier):
            raise Refused(_("空出的资金不足以支持这个项目"))
        if not _within_caps(award):
            raise Refused(_("递补后会超过本社区或本团队的上限"))
        moved = Award.objects.filter(pk=award.pk, stage=stages.RESERVE).update(
            stage=stages.STANDING, grant=asked, note=_("候补递补")
        )
        if not moved:
            raise Refused(_("这个项目刚刚被他人处理，请刷新后再看"))
        award.refresh_from_db()
        notice = _post(decision, award, now=now)
    record(notice, by=by, now=now, award=award.pk, grant=asked)
    return notice


def _within_caps(award: Award) -> bool:
    told, asked = award.decision.round.rules, award.proposal.asked
    standing = award.decision.awards.filter(stage=stages.STANDING)
    caps = (
        (told.community_cap, {"proposal__neighbourhood": award.proposal.neighbourhood_id}),
        (told.team_cap, {"proposal__team": award.proposal.team_id}),
    )
    for cap, same in caps:
        spent = standing.filter(**same).aggregate(sum=Sum("grant"))["sum"] or 0
        if cap is not None and spent + asked > cap:
            return False
    return True


def _freed(decision: Decision, tier: str) -> int:
    """What cancelled awards of the tier had been granted, less what has moved up since."""
    freed = 0
    for row in decision.awards.filter(tier=tier):
        granted = int(row.reason["figures"].get("grant", 0))
        freed += granted - row.grant
    return freed
