"""A round at any stage, opened by the real verbs, for the tests of this app and of those above."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sanlin.commons.people.tests.scene import NOW, SHANGHAI, officer, street
from sanlin.commons.places.models import Street
from sanlin.govern.rounds import actions, stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries.packs import shipped
from sanlin.govern.rounds.rules.book import book, draft_book
from sanlin.govern.rounds.rules.windows import Span, parts, span
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day

PACK = "weifang"
DAY = timedelta(days=1)
_numbers = count(1)
# What an officer of 潍坊新村 might set where no source prints a value: invented, as in every test.
VALUES: dict[str, object] = {
    "budget": 1_000_000_00,
    "award.expert": 600,
    "award.public": 400,
    "award.min_score": 60,
    "tiers.shifan.money": 240_000_00,
    "tiers.shifan.cap": 30_000_00,
    "tiers.pinpai.money": 420_000_00,
    "tiers.pinpai.cap": 20_000_00,
    "tiers.yumiao.money": 260_000_00,
    "tiers.yumiao.cap": 10_000_00,
    "project_cap": 30_000_00,
}


def pack_text(pack_id: str = PACK) -> str:
    """The text of the newest shipped edition of a pack."""
    editions = shipped()[pack_id]
    return editions[max(editions)][1]


def values_for(pack_id: str = PACK, **more: object) -> dict[str, object]:
    """A value for everything that a pack leaves open: its own suggestions, the ones above, `more`
    (with two underscores for a dot: `vote__k=5`)."""
    editions = shipped()[pack_id]
    pack = editions[max(editions)][0]
    known = {path: value for path, value in VALUES.items() if path in pack.values}
    open_ = {f.path for f in pack.fields() if pack.values[f.path].unset}
    ours = {path: value for path, value in known.items() if path in open_}
    own = {path.replace("__", "."): value for path, value in more.items()}
    return {
        path: list(value) if isinstance(value, tuple) else value
        for path, value in {**pack.suggestions(), **ours, **own}.items()
    }


def draft(
    *,
    by: Account | None = None,
    on: Street | None = None,
    name: str = "",
    pack: str = PACK,
    now: datetime = NOW,
    **officer_values: object,
) -> Round:
    """A draft with every value set and no dates yet."""
    place = on or street()
    by = by or officer(place)
    name = name or f"2024年自治金第{next(_numbers)}轮"
    round = actions.create(place, name, 2024, pack_text(pack), by=by, now=now)
    values = values_for(pack, **officer_values)
    return actions.amend(round, name=name, year=2024, values=values, by=by, now=now)


def spans_around(round: Round, stage: str, now: datetime = NOW) -> dict[str, Span]:
    """Dates for every part of a round, one after the other, laid so that `now` lies on the second
    day of `stage` (decision and notice: the day after the last part before them)."""
    rules = book(round) if round.frozen else draft_book(round.pack, round.officer_values)
    spans: dict[str, Span] = {}
    first = local_day(now)
    for part in parts(rules):
        days = rules.values.get(f"windows.{part}")
        length = days if isinstance(days, int) else 10
        spans[part] = span(first, first + (length - 1) * DAY)
        first += length * DAY
        if part == stages.VOTE or (part == parts(rules)[-2]):
            after_entries = first
    if stage in spans:
        begins = local_day(spans[stage][0])
    elif stage == stages.DRAFT:
        begins = local_day(now) - 3 * DAY
    else:
        begins = after_entries if stage != stages.CLOSED else first
    shift = local_day(now) - begins - (DAY if stage in spans else 0 * DAY)
    return {part: (opens + shift, closes + shift) for part, (opens, closes) in spans.items()}


def open_round(
    stage: str = stages.CALL,
    *,
    by: Account | None = None,
    on: Street | None = None,
    name: str = "",
    pack: str = PACK,
    now: datetime = NOW,
    **officer_values: object,
) -> Round:
    """A round of a street at `stage`, its windows laid so that `now` lies in that stage's window.

    Made by the verbs of this app alone: the apps above find nothing of their own in it. Values of
    the officer by path with two underscores for a dot: `open_round("vote", vote__k=5)`.
    """
    place = on or street()
    by = by or officer(place)
    round = draft(by=by, on=place, name=name, pack=pack, now=now, **officer_values)
    spans = spans_around(round, stage, now)
    round = actions.set_windows(round, spans, by=by, now=now)
    if stage == stages.DRAFT:
        return round
    opened = min(opens for opens, _closes in spans.values())
    round = actions.open_call(round, by=by, now=opened)
    return walk(round, stage, by=by, now=now)


def walk(round: Round, stage: str, *, by: Account, now: datetime = NOW) -> Round:
    """Move an opened round on by the bare table until it stands at `stage`."""
    if stage == stages.CANCELLED:
        return actions.cancel(round, reason="测试中取消本轮", by=by, now=now)
    has = round.rules.stages
    course = [s for s in stages.COURSE if s not in stages.OPTIONAL or s in has]
    for target in course[course.index(round.stage) + 1 : course.index(stage) + 1]:
        actions.move(round, stages.INTO[target], by=by, now=now)
    return Round.objects.select_related("street").get(pk=round.pk)


def during(round: Round, stage: str, hours: int = 24) -> datetime:
    """A moment inside a part's window: so many hours after it opens."""
    window = round.window(stage)
    assert window is not None
    return window.opens.astimezone(SHANGHAI) + timedelta(hours=hours)


def after(round: Round, stage: str, **more: Any) -> datetime:
    """A moment right after a part's deadline."""
    window = round.window(stage)
    assert window is not None
    assert window.closes is not None
    return window.closes.astimezone(SHANGHAI) + timedelta(**(more or {"minutes": 1}))
