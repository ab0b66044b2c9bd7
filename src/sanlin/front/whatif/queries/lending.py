"""The rules of one round laid upon another: a draft's too, so that it can be tried before it opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sanlin.commons.people.rules import posts_of
from sanlin.front.whatif.rules import TRIERS
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.book import book

MOST = 40  # rounds to choose among
MONEY = {"project_cap", "community_cap", "team_cap"}
KNOBS = {
    "award.method": "method",
    "award.utility": "utility",
    "award.completion": "completion",
    "award.overflow": "rule",
    "award.normaliser": "normaliser",
    "award.min_score": "min_score",
    "award.min_votes": "min_votes",
    **{name: name for name in MONEY},
}


def lenders(who: Any, round: Round, *, now: datetime) -> QuerySet[Round]:
    """Other rounds of the streets of `who`, drafts among them, the newest first."""
    mine = [post for post in posts_of(who, now=now) if post.kind in TRIERS]
    near = Q(street__in={post.street_id for post in mine if post.street_id})
    near |= Q(street__district__in={post.district_id for post in mine if post.district_id})
    rows = Round.objects.filter(near, official__isnull=True).exclude(pk=round.pk)
    return rows.select_related("street").order_by("-year", "-pk")[:MOST]


def knobs_of(lender: Round, tiers: Mapping[str, str]) -> dict[str, str]:
    """The knobs as the rules of `lender` have them; its tiers where the tried round has them too.

    The money of the round is left as it is, and so is what a draft has not settled yet.
    """
    told = book(lender).values
    found = {knob: told[path] for path, knob in KNOBS.items() if path in told}
    knobs = {name: _text(value, name in MONEY) for name, value in found.items()}
    if "award.one_per_team" in told:
        knobs["one_per_team"] = "yes" if told["award.one_per_team"] else "no"
    if isinstance(share := told.get("award.expert"), int):
        knobs["expert"] = str(share // 10)
    if isinstance(share := told.get("award.onsite"), int):
        knobs["onsite"] = str(share)
    for key in tiers:
        for cell in ("places", "money", "cap", "least"):
            if f"tiers.{key}.{cell}" in told:
                money = cell in {"money", "cap"}
                knobs[f"{key}_{cell}"] = _text(told[f"tiers.{key}.{cell}"], money)
    return knobs


def _text(value: object, money: bool) -> str:
    if value is None:
        return ""
    if not money or not isinstance(value, int):
        return str(value)
    whole, rest = divmod(value, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
