"""What a pack lays down about the money of a round itself: matching, running costs, the sweep, and
which duties go apart. A fund freezes it as `kernel.ledger.Terms` when it is opened."""

from __future__ import annotations

from dataclasses import dataclass

from sanlin.kernel.ledger import PAIRS, Match, Running, Sweep, Terms

from .fields import Choice, Field

_WORDS = {
    "book": ("记账", "books"),
    "approve": ("审批", "approves"),
    "handle": ("经办", "handles"),
    "pay": ("出纳", "pays"),
    "seal": ("保管印鉴", "keeps the seal"),
}
APART = tuple(
    Choice(
        pair,
        "与".join(_WORDS[part][0] for part in pair.split("-")),
        " and ".join(_WORDS[part][1] for part in pair.split("-")),
    )
    for pair in PAIRS
)


@dataclass(frozen=True)
class Pot:
    """Shares are permille, money is fen; None means no limit, and for `sweep_month` no sweep."""

    match: int
    match_unlock: int | None
    match_cap: int | None
    match_total: int | None
    running_share: int | None
    running_cap: int | None
    sweep_month: int | None
    sweep_day: int
    sweep_into: str
    apart: tuple[str, ...]

    @property
    def terms(self) -> Terms:
        """The same as the ledger reads it."""
        return Terms(
            Match(self.match, self.match_unlock or 0, self.match_cap, self.match_total),
            Running(self.running_share, self.running_cap),
            Sweep(self.sweep_month or 0, self.sweep_day, self.sweep_into),
            self.apart,
        )


def _money(cell: str, label: str, english: str) -> Field:
    return Field(
        f"pot.{cell}", "money", label, english, "fen", 1, optional=True, default=None, later=True
    )


POT = [
    Field(
        "pot.match",
        "share",
        "配捐比例",
        "Match of what residents raise",
        "permille",
        0,
        5000,
        default=0,
        later=True,
        help="100%即1:1，200%即1:2；0不配。",
        help_english="100% is 1:1, 200% adds two for one, 0 adds nothing",
    ),
    _money("match_unlock", "配捐门槛（一个来源筹到）", "Raised by one giver before it is matched"),
    _money("match_cap", "单个来源配捐上限", "Most added for one giver"),
    _money("match_total", "配捐总额", "Most added in all"),
    Field(
        "pot.running_share",
        "share",
        "运行经费比例上限",
        "Most for running costs",
        "permille",
        0,
        1000,
        optional=True,
        default=None,
        later=True,
    ),
    _money("running_cap", "运行经费金额上限", "Most for running costs, in money"),
    Field(
        "pot.sweep_month",
        "int",
        "结余清缴月份",
        "Month of the sweep",
        "month",
        1,
        12,
        optional=True,
        default=None,
        later=True,
    ),
    Field(
        "pot.sweep_day",
        "int",
        "结余清缴日",
        "Day of the sweep",
        "day",
        1,
        31,
        default=31,
        later=True,
    ),
    Field(
        "pot.sweep_into",
        "text",
        "结余归入",
        "Pot of the district that the unspent goes to",
        default="结余资金池",
        later=True,
    ),
    Field(
        "pot.apart",
        "keys",
        "不相容岗位",
        "Duties that go apart",
        choices=APART,
        default=PAIRS,
        later=True,
        help="《会计法》第二十五条：记账与审批、经办、保管相互分离、相互制约。",
        help_english="Accounting Law, article 25: keeping the books goes apart from approving, handling and keeping property",
    ),
]
