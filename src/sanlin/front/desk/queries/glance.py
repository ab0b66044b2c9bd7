"""A round at a glance: money, tiers by committees, stages, the next verb and what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Sum, Value, prefetch_related_objects
from django.utils.translation import gettext as _

from sanlin.commons.people.rules import is_staff
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.awards import rules as award_rules
from sanlin.govern.awards.queries import current, standing
from sanlin.govern.ballots import rules as ballot_rules
from sanlin.govern.projects import rules as project_rules
from sanlin.govern.projects import stages as project_stages
from sanlin.govern.projects.models import Instalment
from sanlin.govern.proposals.queries import totals
from sanlin.govern.reviews import rules as review_rules
from sanlin.govern.rounds import rules as round_rules
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import next_step, timeline
from sanlin.ground.clock import local_day
from sanlin.ground.gate import lets_in
from sanlin.ground.ui.charts import Heat
from sanlin.ground.verdict import ALLOWED, Verdict

from .mine import at

DECIDED = (stages.NOTICE, stages.RUNNING, stages.CLOSED)
PAID, NOWHERE = Value("", CharField()), Value(0)
Rule = Callable[..., Verdict]
COUNTED = (stages.DECISION, stages.NOTICE, stages.RUNNING, stages.CLOSED)


@dataclass(frozen=True)
class Next:
    """The next verb of a round: its words, the page that does it, what is missing before it.

    `said` is one sentence about when; `due` None means that it waits for people, not for a date.
    """

    words: str
    href: str
    verdict: Verdict
    said: str
    is_due: bool
    due: datetime | None


def _nobody_asks(who: Any, round: Round, *, now: datetime) -> Verdict:
    return ALLOWED


def _can_close_entries(who: Any, round: Round, *, now: datetime) -> Verdict:
    if "vote" in round.rules.stages:
        if _is_shut(round):
            return ballot_rules.can_give_key(who, round, now=now)
        return ballot_rules.can_close_vote(who, round, now=now)
    return award_rules.can_close_entries(who, round, now=now)


def _is_shut(round: Round) -> bool:
    """Whether the vote has closed and its box waits for the keepers of its keys."""
    roll = ballot_rules.roll_of(round)
    return roll is not None and roll.closed_at is not None


def _can_publish(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Count first, then sign, then publish: what comes next of these three."""
    decision = current(round)
    if decision is None:
        return award_rules.can_decide(who, round, now=now)
    return award_rules.can_publish(who, decision, now=now)


def _closing_words(round: Round) -> str:
    return _("两位钥匙保管人开箱计票") if _is_shut(round) else _("结束投票")


def _doors(round: Round, verb: str) -> tuple[str, str, Rule]:
    """(words, page, rule) of a verb of a round."""
    voting = bool(round.frozen) and "vote" in round.rules.stages
    if voting and verb == "close_entries":
        return _closing_words(round), "ballots:vote", _can_close_entries
    known: dict[str, tuple[str, str, Rule]] = {
        "open_call": (_("公布办法，开始征集"), "rounds:open", round_rules.can_open_call),
        "close_call": (_("看收到的提案"), "proposals:watch", _nobody_asks),
        "open_review": (_("开始评审"), "reviews:panel", review_rules.can_open_review),
        "open_optimisation": (
            _("进入优化"),
            "reviews:panel",
            review_rules.can_open_optimisation,
        ),
        "open_vote": (_("开始投票"), "ballots:vote", ballot_rules.can_open_vote),
        "close_entries": (
            _("结束评审，进入决定"),
            "awards:decision",
            _can_close_entries,
        ),
        "publish": (_("计算、签署并公示结果"), "awards:decision", _can_publish),
        "confirm": (_("确认结果，开始签约"), "projects:confirm", project_rules.can_confirm),
        "close": (_("结束本轮"), "projects:close_round", project_rules.can_close_round),
    }
    return known[verb]


def next_verb(round: Round, *, who: Any, now: datetime) -> Next | None:
    """What an officer can do next with a round, and why it is not due; None at its end."""
    step = next_step(round, now=now)
    if step is None:
        return None
    words, page, rule = _doors(round, step.verb)
    verdict = rule(who, round, now=now)
    return Next(words, at(page, round.pk), verdict, step.words, step.is_due, step.due)


def door_of(round: Round, verb: str) -> tuple[str, str]:
    """The words and the page of a verb of a round, whether it may be done or not."""
    words, page, _rule = _doors(round, verb)
    return words, at(page, round.pk)


def glance(round: Round, *, who: Any, now: datetime) -> dict[str, Any]:
    """Money, tiers by committees, stages and the next verb of a round, in the page's words."""
    prefetch_related_objects([round], "windows__extensions")
    asked = totals(round)
    approved, paid = _granted_and_paid(round)
    tiers = [(tier.key, tier.name) for tier in round.rules.tiers] if round.frozen else []
    tiers = tiers or [("", _("提案"))]
    stood = Neighbourhood.objects.filter(street=round.street_id).on(local_day(now))
    places = list(stood.order_by("code").values_list("pk", "name"))
    return {
        "asked": sum(row["asked"] for row in asked),
        "approved": sum(row["granted"] for row in approved),
        "paid": paid,
        "over": round.stage == stages.CLOSED,
        "proposals": sum(row["proposals"] for row in asked),
        "projects": sum(row["projects"] for row in approved),
        "counts": _heat(approved or asked, tiers, places, "projects" if approved else "proposals"),
        "sums": _heat(approved or asked, tiers, places, "granted" if approved else "asked"),
        "steps": timeline(round, now=now),
        "next": next_verb(round, who=who, now=now),
        "doors": _pages(round, who=who, now=now),
    }


def _granted_and_paid(round: Round) -> tuple[list[dict[str, Any]], int]:
    """Of the standing awards {tier, neighbourhood (key), place (its name), projects, granted}, and
    what has been paid to their projects, in fen."""
    if round.stage not in DECIDED:
        return [], 0
    awards = standing(round).order_by()
    parts = Instalment.objects.filter(project__round=round, stage=project_stages.PAID)
    granted = awards.values_list(
        "tier", "proposal__neighbourhood", "proposal__neighbourhood__name"
    ).annotate(Count("pk"), Sum("grant"))
    paid = parts.order_by().values_list(PAID, NOWHERE, PAID).annotate(Count("pk"), Sum("amount"))
    names = ("tier", "neighbourhood", "place", "projects", "granted")
    rows = [dict(zip(names, row, strict=True)) for row in granted.union(paid, all=True)]
    found = [row for row in rows if row["neighbourhood"]]
    return found, sum(row["granted"] or 0 for row in rows if not row["neighbourhood"])


def _heat(
    rows: list[dict[str, Any]],
    tiers: list[tuple[str, str]],
    places: list[tuple[int, str]],
    figure: str,
) -> Heat:
    """Committees down, tiers across; what names no tier of the round is counted in a last column,
    and what lies in a committee that stands no more in a last line."""
    cells: dict[tuple[int, str], int] = {}
    down, across = dict(places), dict(tiers)
    for row in rows:
        place = row["neighbourhood"]
        down.setdefault(place, row["place"])
        tier = row["tier"] if row["tier"] in across or "" in across else ""
        across.setdefault(tier, _("其他"))
        tier = tier if tier in dict(tiers) else ""
        cells[place, tier] = cells.get((place, tier), 0) + row[figure]
    return Heat(
        tuple(across.values()),
        tuple(down.values()),
        tuple(tuple(cells.get((place, tier), 0) for tier in across) for place in down),
    )


def _pages(round: Round, *, who: Any, now: datetime) -> list[tuple[str, str]]:
    """(address, words) of the staff pages that this round has by its rules and that let `who` in.

    A judge, and whoever is only on duty at a booth, finds the grid and the booths from her own work;
    here they would cost a question each."""
    staff = bool(is_staff(who, round.street, now=now))
    pages = [("rounds:manage", _("期限与办法")), ("rounds:pot", _("资金来源"))]
    if round.frozen:
        parts = round.rules.stages
        pages += [("proposals:watch", _("提案与审查"))]
        pages += [("reviews:panel", _("评委"))] * ("review" in parts)
        pages += [("reviews:grid", _("评审表"))] * (staff and "review" in parts)
        pages += [("ballots:vote", _("投票"))] * ("vote" in parts)
        pages += [("ballots:booths", _("投票站"))] * bool(staff and ballot_rules.has_paper(round))
        pages += [("awards:decision", _("决定与公示")), ("awards:objections", _("异议"))]
        pages += [("projects:list", _("项目")), ("projects:payments", _("拨款"))]
        pages += [("growth:round", _("小组、中期与结项")), ("reports:round", _("报表"))]
    if round.stage in COUNTED:
        pages += [("whatif:trial", _("推演"))]
    doors = [(at(page, round.pk), words) for page, words in pages]
    return [door for door in doors if lets_in(door[0], who, round, now=now)]
