"""The pot of a round: which sources have brought what, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from sanlin.commons.funds import stages as source_stages
from sanlin.commons.funds.models import Book, BookKind, Fund, Origin, Source
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.ledger import FEN, Match, Running, Sweep, Terms
from sanlin.kernel.money import yuan

from .book import book
from .may import can_edit_draft

NAMED = 3  # how many sources a sentence names


@dataclass(frozen=True)
class Pot:
    """`came_in` is what all sources have brought, in fen; `arrived` and `waiting` are those of money,
    `goods` those of goods, which are never counted as money."""

    fund: Fund | None = None
    came_in: int = 0
    arrived: tuple[Source, ...] = ()
    waiting: tuple[Source, ...] = ()
    goods: tuple[Source, ...] = ()

    @property
    def has_sources(self) -> bool:
        return bool(self.arrived or self.waiting)

    @property
    def by_origin(self) -> list[tuple[str, int]]:
        """(origin, fen) in the order of the table; what no source brought is the street's own."""
        sums = dict.fromkeys(Origin.values, 0)
        for one in self.arrived:
            sums[one.origin] += one.arrived or 0
        sums[Origin.STREET] += self.came_in - sum(sums.values())
        return [(origin, amount) for origin, amount in sums.items() if amount]


def pot_of(round: Round) -> Pot:
    """What the sources of a round have brought, in one question; nothing where it has none."""
    books = Book.objects.filter(fund=OuterRef("fund"), kind=BookKind.SOURCE, unit=FEN)
    sums = books.order_by().values("fund").annotate(sum=Sum("balance")).values("sum")
    rows = Source.objects.filter(fund__street=round.street_id, fund__name=round.name)
    rows = rows.exclude(stage=source_stages.WITHDRAWN).select_related("fund")
    found = list(rows.annotate(came_in=Subquery(sums)).order_by("pk"))
    if not found:
        return Pot()
    money = [one for one in found if one.is_money]
    return Pot(
        found[0].fund,
        found[0].came_in or 0,
        tuple(one for one in money if one.stage == source_stages.ARRIVED),
        tuple(one for one in money if one.stage == source_stages.PLEDGED),
        tuple(one for one in found if not one.is_money),
    )


def terms_of_pot(round: Round) -> Terms:
    """What the fund of a round goes by: as frozen, or as its draft says so far."""
    told = book(round).values

    def of(cell: str) -> Any:
        return told.get(f"pot.{cell}")

    apart = of("apart")
    return Terms(
        Match(of("match") or 0, of("match_unlock") or 0, of("match_cap"), of("match_total")),
        Running(of("running_share"), of("running_cap")),
        Sweep(of("sweep_month") or 0, of("sweep_day") or 0, of("sweep_into") or ""),
        Terms().apart if apart is None else tuple(apart),
    )


def covers(round: Round, pot: Pot | None = None) -> Verdict:
    """Where a round has sources, they have brought its budget; the sentence says what is missing."""
    pot = pot or pot_of(round)
    budget = round.rules.budget
    if not pot.has_sources or pot.came_in >= budget:
        return ALLOWED
    words = {
        "budget": yuan(budget),
        "came": yuan(pot.came_in),
        "short": yuan(budget - pot.came_in),
        "names": named(pot.waiting),
    }
    if pot.waiting:
        return denied(
            _("本轮总额%(budget)s，各来源已到账%(came)s，还差%(short)s；尚未到账：%(names)s")
            % words
        )
    return denied(
        _("本轮总额%(budget)s，各来源已到账%(came)s，还差%(short)s；请登记补足的来源") % words
    )


def named(sources: tuple[Source, ...]) -> str:
    """The first few sources with what they pledged."""
    said = [f"{one.told}{yuan(one.pledged)}" for one in sources[:NAMED]]
    if len(sources) > NAMED:
        said.append(_("等%(n)s项") % {"n": len(sources)})
    return _("、").join(said)


def can_take_budget(who: Any, round: Round, pot: Pot | None = None, *, now: datetime) -> Verdict:
    """What has come in becomes the budget of a draft, where its pack leaves that open."""
    if not (verdict := can_edit_draft(who, round, now=now)):
        return verdict
    if round.pack.binds("budget"):
        return denied(_("办法已经规定本轮总额，不能改"))
    came_in = (pot or pot_of(round)).came_in
    if not came_in:
        return denied(_("还没有到账的来源"))
    if round.officer_values.get("budget") == came_in:
        return denied(_("本轮总额已经等于到账的来源"))
    return ALLOWED
