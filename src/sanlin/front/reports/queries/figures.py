"""The figures of a round, out of its records: by tier, theme, committee and stage; turnout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Award
from sanlin.govern.ballots.queries import turnout, turnout_by_day, turnout_by_place
from sanlin.govern.projects.models import Circle
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.ui import words
from sanlin.ground.ui.charts import Heat

HANDED_IN = (
    proposal_stages.SUBMITTED,
    proposal_stages.RETURNED,
    proposal_stages.ADMITTED,
    proposal_stages.REFUSED,
    proposal_stages.APPEALED,
)


@dataclass(frozen=True)
class Figures:
    """Of one part of a round: proposals handed in, admitted, funded; money in fen."""

    label: str
    proposals: int
    admitted: int
    funded: int
    asked: int
    granted: int


@dataclass(frozen=True)
class Cut:
    """One way to cut a round: its heading, the heading of its parts, the parts."""

    title: str
    part: str
    rows: list[Figures]

    @property
    def funded_bars(self) -> list[tuple[str, int, str]]:
        return [(row.label, row.funded, str(row.funded)) for row in self.rows]

    @property
    def asked_bars(self) -> list[tuple[str, int, str]]:
        return [(row.label, row.proposals, str(row.proposals)) for row in self.rows]


@dataclass(frozen=True)
class Report:
    """Everything the page and the workbook show."""

    whole: Figures
    places: int
    cuts: list[Cut]
    funded: Heat
    stages: list[tuple[str, int, str]]
    cast: int
    on_roll: int
    by_place: list[tuple[str, int, int]]
    by_day: list[tuple[str, int, str]]
    circles: list[tuple[str, int, str]]

    @property
    def turnout(self) -> str:
        """Permille as people read it: 38.2%; a dash without a roll."""
        if not self.on_roll:
            return "—"
        whole, tenth = divmod(self.cast * 1000 // self.on_roll, 10)
        return f"{whole}.{tenth}%"


Part = tuple[Any, str]  # the key in the rows, its words


def report(round: Round, *, now: datetime) -> Report:
    """Read a round's records once each and cut them; six queries without a vote, whatever its size."""
    asked = _asked(round)
    granted = _granted(round)
    places = _places(round, now)
    tiers: list[Part] = [(tier.key, tier.name) for tier in round.rules.tiers]
    themes: list[Part] = [(theme.key, theme.name) for theme in round.rules.themes]
    whole = _sum(_("合计"), asked, granted)
    cast, on_roll = turnout(round)
    return Report(
        whole=whole,
        places=len(places),
        cuts=[
            Cut(_("按类别"), _("类别"), _cut(tiers, "tier", asked, granted)),
            Cut(_("按主题"), _("主题"), _cut(themes, "theme", asked, granted)),
            Cut(_("按居民区"), _("居民区"), _cut(places, "neighbourhood", asked, granted)),
        ],
        funded=_heat(places, tiers or [("", _("立项"))], granted),
        stages=_stages(asked),
        cast=cast,
        on_roll=on_roll,
        by_place=[(row["name"], row["cast"], row["size"]) for row in turnout_by_place(round)],
        by_day=[(words.day(day), n, str(n)) for day, n in turnout_by_day(round)],
        circles=_circles(round),
    )


def _asked(round: Round) -> list[dict[str, Any]]:
    rows = Proposal.objects.filter(round=round, stage__in=HANDED_IN)
    cut = rows.values("tier", "theme", "neighbourhood", "stage")
    return [dict(row) for row in cut.annotate(n=Count("pk"), sum=Sum("asked")).order_by()]


def _granted(round: Round) -> list[dict[str, Any]]:
    """Standing awards of the published decision; the tier is the one that was awarded."""
    rows = Award.objects.filter(
        decision__round=round, decision__stage="published", stage=award_stages.STANDING
    )
    cut = rows.values(
        "tier", theme=F("proposal__theme"), neighbourhood=F("proposal__neighbourhood")
    )
    return [dict(row) for row in cut.annotate(n=Count("pk"), sum=Sum("grant")).order_by()]


def _places(round: Round, now: datetime) -> list[Part]:
    stood = Neighbourhood.objects.filter(street=round.street_id).on(local_day(now))
    return list(stood.order_by("code").values_list("pk", "name"))


def _cut(
    parts: Sequence[Part], name: str, asked: list[dict[str, Any]], granted: list[dict[str, Any]]
) -> list[Figures]:
    """One row a part; what belongs to none of them comes last, where there is any."""
    known = {key for key, _words in parts}

    def of(key: Any) -> Callable[[dict[str, Any]], bool]:
        return lambda row: row[name] == key

    rows = [
        _sum(words, list(filter(of(key), asked)), list(filter(of(key), granted)))
        for key, words in parts
    ]
    rest = [row for row in asked if row[name] not in known]
    rest_granted = [row for row in granted if row[name] not in known]
    if parts and (rest or rest_granted):
        rows.append(_sum(_("其他"), rest, rest_granted))
    return rows


def _sum(label: str, asked: list[dict[str, Any]], granted: list[dict[str, Any]]) -> Figures:
    admitted = [row for row in asked if row["stage"] == proposal_stages.ADMITTED]
    return Figures(
        label,
        proposals=sum(row["n"] for row in asked),
        admitted=sum(row["n"] for row in admitted),
        funded=sum(row["n"] for row in granted),
        asked=sum(row["sum"] for row in asked),
        granted=sum(row["sum"] for row in granted),
    )


def _heat(places: Sequence[Part], tiers: Sequence[Part], granted: list[dict[str, Any]]) -> Heat:
    cells: dict[tuple[Any, Any], int] = {}
    for row in granted:
        where = (row["neighbourhood"], row["tier"])
        cells[where] = cells.get(where, 0) + row["n"]
    return Heat(
        tuple(words for _key, words in tiers),
        tuple(words for _key, words in places),
        tuple(tuple(cells.get((place, tier), 0) for tier, _t in tiers) for place, _p in places),
    )


def _circles(round: Round) -> list[tuple[str, int, str]]:
    """How many projects each circle of the round holds, empty ones too."""
    rows = Circle.objects.filter(round=round).annotate(n=Count("projects"))
    return [(circle.name, circle.n, str(circle.n)) for circle in rows]


def _stages(asked: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    counts = dict.fromkeys(HANDED_IN, 0)
    for row in asked:
        counts[row["stage"]] += row["n"]
    return [(str(_(proposal_stages.LABELS[stage])), n, str(n)) for stage, n in counts.items() if n]
