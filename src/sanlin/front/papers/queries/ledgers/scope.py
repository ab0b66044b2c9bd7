"""Of which street, year and round a ledger is, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from sanlin.commons.places.models import Street
from sanlin.govern.rounds.models import Round
from sanlin.ground.sheets import Head
from sanlin.ground.sheets.ledger import Ledger
from sanlin.ground.sheets.writer import Kind

MOST = 2_000  # rows that are held at a time
Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Scope:
    """Of which street, and (where given) of which year or round."""

    street: Street
    year: int | None = None
    round: Round | None = None

    def of(self, path: str) -> Q:
        """The rounds of the scope, reached by `path` (empty for rounds themselves)."""
        at = f"{path}__" if path else ""
        found = Q(**{f"{at}street": self.street.pk})
        if self.year is not None:
            found &= Q(**{f"{at}year": self.year})
        if self.round is not None:
            found &= Q(**{f"{at}pk": self.round.pk})
        return found

    def in_year(self, path: str) -> Q:
        return Q() if self.year is None else Q(**{f"{path}__year": self.year})

    @property
    def words(self) -> str:
        parts = [self.street.name]
        if self.year is not None:
            parts.append(f"{self.year}年")  # data
        if self.round is not None:
            parts.append(self.round.name)
        return " · ".join(parts)


@dataclass(frozen=True)
class Book:
    """One kind of ledger. `rule` is asked about who and the street; `by_round` says that a round can
    be chosen, `by_year` a year."""

    key: str
    words: str | Promise
    heads: tuple[Head, ...]
    read: Callable[[Scope], Rows]
    rule: Callable[..., Any] | None = None
    by_round: bool = True
    by_year: bool = True


def ledger(book: Book, scope: Scope, *, made: str) -> Ledger:
    """The ledger as it is written; `made` is the day, in words."""
    return Ledger(
        title=f"{scope.street.name}{book.words}",
        note=f"{scope.words}　制表日期：{made}",  # data
        heads=book.heads,
        rows=book.read(scope),
        total="合计",  # data
        empty="没有记录。",  # data
    )


def chunks(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=MOST)


KINDS: dict[str, Kind] = {"¥": "money", "@": "price"}


def heads(*told: str) -> tuple[Head, ...]:
    """`金额¥` is money, `单价@` the price of one, a number after a colon is the width."""
    heads = []
    for words in told:
        name, _colon, width = words.partition(":")
        kind = KINDS.get(name[-1], "plain")
        wide = int(width) if width else (16 if kind == "plain" else 14)
        heads.append(Head(name.rstrip("¥@"), kind, wide))
    return tuple(heads)
