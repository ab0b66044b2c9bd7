"""What a small round is run by: its pack, the mother round's figures, and the few answers given when
it is opened; and how many groups have asked so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries.packs import OF_A_PROJECT
from sanlin.govern.rounds.rules.book import book, draft_book
from sanlin.govern.rounds.rules.windows import Span, parts, span
from sanlin.ground.clock import local_day
from sanlin.kernel.calendar import add_working_days, is_working_day
from sanlin.kernel.packs import Pack

SMALL_PACK = OF_A_PROJECT
TO_DECIDE = 2  # days between the last mark or vote and the notice
SHORTEST = 7  # days that groups have to carry something out
# What a small round has as its mother round has it, where its own pack lets it.
AS_THE_MOTHER = (
    "signatures",
    "parties",
    "numbering",
    "vote.unit",
    "vote.min_age",
    "vote.keys",
    "vote.paper",
    "notice.days",
    "notice.kind",
    "notice.jurors",
    "objection.answer_days",
    "objection.upheld",
    "objection.uncooperative",
)
# Who decides: what that says to the pack.
DECIDES: Mapping[str, Mapping[str, object]] = {
    "score": {"stages.review": True, "stages.vote": False, "award.method": "score"},
    "votes": {"stages.review": False, "stages.vote": True, "award.method": "votes"},
    "blend": {"stages.review": True, "stages.vote": True, "award.method": "blend"},
}


class TooShort(ValueError):
    """The groups would have fewer than SHORTEST days; `earliest` is the last day that would do."""

    def __init__(self, earliest: date) -> None:
        super().__init__(f"no earlier than {earliest}")
        self.earliest = earliest


def small_values(mother: Round, pack: Pack, *, cap: int, decides: str) -> dict[str, object]:
    """The values with which a small round under `pack` begins; `cap` fen a group at most."""
    held = book(mother).values
    taken = {path: held[path] for path in AS_THE_MOTHER if path in held}
    wanted = {**taken, "project_cap": cap, **DECIDES[decides]}
    return {
        path: list(value) if isinstance(value, tuple) else value
        for path, value in wanted.items()
        if path in pack.values and not pack.binds(path)
    }


def small_spans(
    pack: Pack, values: dict[str, object], calls: date, ends: date, *, now: datetime
) -> dict[str, Span]:
    """Dates from today's call, which ends with the day `calls`, to the day `ends`, by the pack's own
    days in between; the days of both ends are written into `values`. Empty where the pack leaves
    some days open. Raises TooShort."""
    rules = draft_book(pack, values)
    held = {part: rules.values.get(f"windows.{part}") for part in parts(rules)}
    if not all(isinstance(days, int) for days in held.values()):
        return {}
    spans = {round_stages.CALL: (local_day(now), calls)}
    for part in parts(rules)[1:-1]:
        first = _working_day(calls + timedelta(days=1))
        calls = first + timedelta(days=int(str(held[part])) - 1)
        spans[part] = (first, calls)
    first = _after_notice(rules.values, calls + timedelta(days=1))
    if (ends - first).days + 1 < SHORTEST:
        raise TooShort(first + timedelta(days=SHORTEST - 1))
    spans[round_stages.RUNNING] = (first, ends)
    for part in (round_stages.CALL, round_stages.RUNNING):
        if not pack.binds(path := f"windows.{part}"):
            values[path] = (spans[part][1] - spans[part][0]).days + 1
    return {part: span(*days) for part, days in spans.items()}


def _working_day(first: date) -> date:
    """`first`, or the working day after it."""
    return first if is_working_day(first) else add_working_days(first, 1)


def _after_notice(values: Mapping[str, object], first: date) -> date:
    """The day after the decision and the notice that begin on `first`."""
    days = values.get("notice.days")
    days = TO_DECIDE + (days if isinstance(days, int) else 0)
    if values.get("notice.kind") == "working":
        return add_working_days(first, days)
    return first + timedelta(days=days)


def children_of(project: Project) -> QuerySet[Any]:
    """The small rounds of a project, each with `asked`, the teams that have handed something in."""
    asked = Count(
        "round__proposals__team",
        filter=Q(round__proposals__number__isnull=False),
        distinct=True,
    )
    found: QuerySet[Any] = (
        ChildRound.objects.filter(project=project).select_related("round").annotate(asked=asked)
    )
    return found.order_by("at", "pk")
