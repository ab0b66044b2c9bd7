"""A decision drawn: where the money went and whose it is, and the count step by step."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.awards.models import Decision
from sanlin.ground.ui.charts import Stack, Stride, stacks, strides
from sanlin.kernel.money import yuan

LONGEST = 60  # steps that are drawn


@dataclass(frozen=True)
class Pictures:
    """`used` is the budget in one bar, `money` a bar a neighbourhood (where there are several),
    `path` the steps up to the last award, `untold` how many more there were."""

    used: list[Stack]
    money: list[Stack]
    path: list[Stride]
    untold: int


def pictures(decision: Decision, rows: Sequence[dict[str, Any]]) -> Pictures:
    """Out of the kept outcome and the lines of the notice, as they stand after objections."""
    told = json.loads(bytes(decision.outcome))
    steps = [step for step in told["steps"] if step["funded"] or _took_part(step)]
    spent = sum(grant for _key, grant in told["grants"]) - told["extra"]
    budget = told["left"] + spent
    standing = [row for row in rows if row["award"].grant]
    by_place: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for row in standing:
        grant = row["award"].grant
        by_place[row["place"]].append((row["title"], grant, yuan(grant)))
    pieces = [piece for inside in by_place.values() for piece in inside]
    sums = {place: sum(grant for _t, grant, _y in inside) for place, inside in by_place.items()}
    order = sorted(by_place, key=lambda place: (-sums[place], place))
    last = max((at for at, step in enumerate(steps) if step["funded"]), default=-1)
    shown = steps[: min(last + 3, LONGEST)]
    return Pictures(
        used=stacks([(_("本轮总额"), yuan(budget), pieces)], whole=budget) if pieces else [],
        money=stacks([(place, yuan(sums[place]), by_place[place]) for place in order])
        if len(order) > 1
        else [],
        path=_path(shown, {row["proposal"]: row for row in rows}, budget),
        untold=len(told["steps"]) - len(shown),
    )


def _took_part(step: dict[str, Any]) -> bool:
    """Whether a step belongs to the count, and is no proposal that was set aside before it."""
    return bool({"place", "votes"} & dict(step["reason"]["figures"]).keys())


def _path(
    steps: Sequence[dict[str, Any]], of: dict[int, dict[str, Any]], budget: int
) -> list[Stride]:
    left, rows = budget, []
    for step in steps:
        row = of[step["key"]]
        cost = step["grant"] if step["funded"] else row["asked"]
        href = reverse("awards:award", args=[row["award"].pk])
        rows.append((row["title"], href, left, cost, step["funded"], ""))
        left = step["left"]
    return strides(rows, budget, yuan)
