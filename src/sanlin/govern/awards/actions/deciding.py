from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.awards import rules, stages
from sanlin.govern.awards.models import Award, Decision, Notice, Signature
from sanlin.govern.awards.queries import case_of, explain, unique_ballots
from sanlin.govern.reviews.queries import judges
from sanlin.govern.rounds.actions import date_stage, move
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import pot_of
from sanlin.govern.rounds.stages import NOTICE
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, moved, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.allocation import (
    Case,
    Change,
    Outcome,
    Reason,
    UnsettledTie,
    canonical,
    every_change,
    facts,
    fingerprint,
)
from sanlin.kernel.calendar import notice_span


@deed("awards.close_entries")
def close_entries(round: Round, *, by: Account, now: datetime) -> Round:
    """End the last stage before the decision, in a round without a vote."""
    require(rules.can_close_entries(by, round, now=now))
    move(round, "close_entries", by=by, now=now)
    record(round, by=by, now=now)
    return round


@deed("awards.decide", checkpoint=_lazy("计算结果"))
def decide(round: Round, *, by: Account, now: datetime) -> Decision:
    """Count the round and keep the case and the outcome; officers sign it before anybody sees it.

    The seed of the lots is what the round committed to when it opened, so that counting again
    cannot draw again; the journal reveals it here. Refused where something is missing, or where the
    rule of ties leaves bids level.
    """
    require(rules.can_decide(by, round, now=now))
    seed = round.lot.seed
    decision = keep(round, case_of(round, seed), now=now)
    record(
        decision,
        by=by,
        now=now,
        fingerprint=decision.fingerprint,
        seed=seed,
        awards=written(decision),
        **told_sources(round),
    )
    return decision


def told_sources(round: Round) -> dict[str, Any]:
    """What the journal tells of the round's sources, by origin in fen; nothing where it has none."""
    pot = pot_of(round)
    return {"sources": dict(pot.by_origin)} if pot.has_sources else {}


def written(decision: Decision) -> list[list[Any]]:
    """[proposal, stage, grant in fen] of every award, as the journal tells them."""
    rows = decision.awards.order_by("proposal").values_list("proposal", "stage", "grant")
    return [list(row) for row in rows]


def keep(round: Round, case: Case, *, now: datetime) -> Decision:
    """Count a case, and keep it with its outcome and an award for every bid. Raises Refused."""
    if not case.bids:
        raise Refused(_("没有通过审查的提案，无法决定"))
    try:
        outcome = case.answer()
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
    Award.objects.bulk_create(_awards(decision, case, outcome))
    return decision


def _awards(decision: Decision, case: Case, outcome: Outcome) -> list[Award]:
    bids = {bid.key: bid for bid in case.entered}
    found = every_change(case)
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
                reason=_reason(outcome, facts(outcome, step.key), found[step.key]),
            )
        )
    return rows


def _reason(outcome: Outcome, reason: Reason, found: Sequence[Change]) -> dict[str, Any]:
    return {
        "code": reason.code,
        "unit": outcome.unit,
        "figures": {name: _plain(value) for name, value in reason.figures},
        "changes": [
            {"what": change.what, "by": _plain(change.by), "smallest": change.smallest}
            for change in found
        ],
    }


def _plain(value: Any) -> Any:
    return _text(value) if isinstance(value, Fraction) else value


def _text(value: Fraction | None) -> str:
    return "" if value is None else f"{value.numerator}/{value.denominator}"


@deed("awards.drop")
def drop(decision: Decision, reason: str, *, by: Account, now: datetime) -> Decision:
    """Set an unpublished count aside, so that the round can be counted again."""
    require(rules.can_drop(by, decision, now=now))
    _move(decision, "drop")
    record(decision, by=by, now=now, fingerprint=decision.fingerprint)
    return decision


@deed("awards.sign")
def sign(decision: Decision, *, by: Account, now: datetime) -> Signature:
    """Stand by a decision. With the last signature that the pack asks for it may be published."""
    require(rules.can_sign(by, decision, now=now))
    with refusing(_("您已经签过了，须由另一位工作人员签署")):
        signature = Signature.objects.create(decision=decision, account=by, at=now)
    if decision.signatures.count() >= decision.round.rules.signatures:
        _move(decision, "sign")
    record(
        signature,
        by=by,
        now=now,
        decision=decision.pk,
        fingerprint=decision.fingerprint,
        moved=moved([decision]),
    )
    return signature


@deed("awards.publish", checkpoint=_lazy("公示"))
def publish(decision: Decision, *, consent: bool = False, by: Account, now: datetime) -> Notice:
    """Put up the notice: the round moves on, and everybody may read it and object to it.

    Where the method counts whole ballots they become public too; refused without `consent` to that.
    """
    require(rules.can_publish(by, decision, now=now))
    whole = unique_ballots(decision)
    if whole and not consent:
        raise Refused(_("本轮的计法要公布整张选票，请先确认知晓并同意"))
    move(decision.round, "publish", by=by, now=now)
    _move(decision, "publish", published_at=now)
    notice = post(decision, None, now=now)
    date_stage(decision.round, NOTICE, opens=notice.opens, closes=notice.closes, by=by, now=now)
    told: dict[str, Any] = {"unique_ballots": list(whole)} if whole else {}
    told |= {"fingerprint": decision.fingerprint, "moved": moved([decision])}
    record(notice, by=by, now=now, **told)
    return notice


def _move(decision: Decision, verb: str, **values: Any) -> None:
    taken = _("这份决定刚刚被他人处理，请刷新后再看")
    advance(decision, stages.DECISION, verb, taken, **values)


def post(decision: Decision, award: Award | None, *, now: datetime) -> Notice:
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
        "sources": told_sources(round).get("sources", {}) if award is None else {},
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
