"""Staff lists: one description of a table gives its sorting, sieve, pages, picking and Excel.

    PROPOSALS = Table("proposals", _("提案"), (
        Column("number", _("编号"), lambda row: row.number, "number", sort="number"),
        Column("title", _("名称"), lambda row: row.title, href=lambda row: f"/proposals/{row.pk}/"),
        Column("asked", _("申请金额"), lambda row: row.asked, "money", sort="asked"),
    ), sieves=(Sieve("tier", _("类别"), tiers, "tier"),), search=("title",), order="number")

    def proposals(request, round):
        return PROPOSALS.answer(request, rows, "desk/proposals.html", {"round": round})

The template says `{% table table %}`. Everything chosen stands in the address bar; `?format=xlsx` is
the same rows in the same order. Two queries a page: the count and the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sanlin.ground import sheets
from sanlin.kernel.money import yuan

from . import words

A_PAGE = 50
LONGEST_SEARCH = 60
LONGEST_CELL = 240  # letters of a long text that the page shows; Excel has all
SHORT = 6  # letters of a text that stay on one line
LOOKS = {
    "long": "long",
    "number": "num",
    "money": "num",
    "day": "when",
    "moment": "when",
    "state": "",
}
Words = str | Promise  # of the screen, translated when they are shown
Kind = Literal["text", "long", "number", "money", "day", "moment", "state"]


@dataclass(frozen=True)
class Column:
    """One column. `value` of a row is what Excel gets, and what the page writes by its `kind`.

    kind      text, long (a wide text), number, money (fen), day, moment, or state (a badge, whose
              colour `tone` of the row gives)
    sort      the field that the rows are ordered by; empty where they cannot be
    href      where the cell leads
    under     the column in whose cell the page writes it, below; Excel gives it one of its own
    """

    name: str
    words: Words
    value: Callable[[Any], Any]
    kind: Kind = "text"
    sort: str = ""
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    under: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "money")

    def written(self, row: Any) -> SafeString | str:
        """The cell as the page shows it."""
        value = self.value(row)
        text = self._text(value)
        if self.kind == "state":
            tone = self.tone(row) if self.tone else "plain"
            return format_html('<span class="badge {}">{}</span>', tone, text)
        if self.href and (where := self.href(row)):
            return format_html('<a href="{}">{}</a>', where, text)
        return text

    def look(self, row: Any) -> str:
        """The class of a cell: figures to the right; no number, code, day or short word is broken."""
        if self.kind != "text":
            return LOOKS[self.kind]
        text = self._text(self.value(row))
        code = text.isascii() and " " not in text
        return "brief" if code or len(text) <= SHORT else "words"

    def _text(self, value: Any) -> str:
        if value is None or value == "":
            return "—"
        if self.kind == "money":
            return yuan(value)
        if self.kind == "day":
            return words.day(value)
        if self.kind == "moment":
            return words.moment(value)
        text = str(value)
        return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


@dataclass(frozen=True)
class Sieve:
    """One choice of the sieve: its (value, words) pairs, and the field that must equal the value.

    `choices` may be a function of the rows where they are only known then (one more query), and
    `field` one of the value that says which rows are meant.
    """

    name: str
    words: Words
    choices: Sequence[tuple[str, Words]] | Callable[[QuerySet[Any]], Sequence[tuple[str, Words]]]
    field: str | Callable[[str], Q]

    def meant(self, value: str) -> Q:
        """The rows that a choice leaves."""
        return self.field(value) if callable(self.field) else Q(**{self.field: value})

    def offered(self, rows: QuerySet[Any]) -> list[tuple[str, Words]]:
        """The pairs to choose among, values as text."""
        pairs = self.choices(rows) if callable(self.choices) else self.choices
        return [(str(value), words) for value, words in pairs]


@dataclass(frozen=True)
class Table:
    """What a list shows. `verbs` are (value, words) of buttons for the picked rows.

    The page's own view reads `request.POST.getlist("pick")` and `request.POST["verb"]`.
    """

    name: str
    caption: Words
    columns: tuple[Column, ...]
    sieves: tuple[Sieve, ...] = ()
    search: tuple[str, ...] = ()
    order: str = "pk"
    verbs: tuple[tuple[str, Words], ...] = ()
    empty: Words = ""
    a_page: int = A_PAGE

    @property
    def shown(self) -> list[Column]:
        """The columns of the page."""
        return [one for one in self.columns if not one.under]

    def read(self, request: HttpRequest, rows: QuerySet[Any]) -> Listing:
        """The rows that the address asks for; what it asks wrongly is left out."""
        return Listing(self, request, rows)

    def answer(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        template: str,
        context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page with the listing as `table`, or the workbook where the address asks for it."""
        listing = self.read(request, rows)
        if request.GET.get("format") == "xlsx":
            return listing.excel()
        return render(request, template, {"table": listing, **(context or {})})


class _ByKeys(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """First the keys of a page, then its rows: what is worked out for a row (sums, counts of other
    tables) is worked out for those of the page and not for all that were put in order."""

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        rows: Any = self.object_list
        if rows.query.annotations:
            first = (number - 1) * self.per_page
            keys = rows.values("pk")[first : first + self.per_page]
            return Page(rows.filter(pk__in=keys), number, self)
        return super().page(number)


@dataclass
class Listing:
    """A table as one request reads it."""

    table: Table
    request: HttpRequest
    all_rows: QuerySet[Any]
    asked: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.asked = {name: str(text).strip() for name, text in self.request.GET.items()}

    @cached_property
    def sieves(self) -> list[dict[str, Any]]:
        """Every sieve with its choices and the one that is on ("" for none)."""
        found = []
        for sieve in self.table.sieves:
            choices = sieve.offered(self.all_rows)
            wanted = self.asked.get(sieve.name, "")
            on = wanted if wanted in dict(choices) else ""
            found.append({"sieve": sieve, "choices": choices, "on": on})
        return found

    @property
    def searched(self) -> str:
        return self.asked.get("q", "").replace("\x00", "")[:LONGEST_SEARCH]

    @property
    def can_seek(self) -> bool:
        """Whether there is a field to type or to choose in."""
        return bool(self.table.search or self.table.sieves)

    @property
    def is_sieved(self) -> bool:
        return bool(self.searched and self.table.search) or any(s["on"] for s in self.sieves)

    @cached_property
    def sorted_by(self) -> tuple[Column | None, bool]:
        """The column that the rows are ordered by, and whether the largest comes first."""
        wanted = self.asked.get("sort", "")
        for column in self.table.columns:
            if column.sort and column.name == wanted.removeprefix("-"):
                return column, wanted.startswith("-")
        return None, False

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows asked for, in order; the key of the row settles equals."""
        rows = self.all_rows
        for one in self.sieves:
            if one["on"]:
                rows = rows.filter(one["sieve"].meant(one["on"]))
        if self.searched and self.table.search:
            found = Q()
            for name in self.table.search:
                found |= Q(**{f"{name}__icontains": self.searched})
            rows = rows.filter(found)
        column, falling = self.sorted_by
        if column is None:
            return rows.order_by(self.table.order, "pk")
        by = F(column.sort)
        return rows.order_by(by.desc(nulls_last=True) if falling else by.asc(nulls_last=True), "pk")

    @cached_property
    def page(self) -> Page[Any]:
        return _ByKeys(self.rows, self.table.a_page).get_page(self.asked.get("page", "1"))

    @cached_property
    def count(self) -> int:
        return self.page.paginator.count

    @cached_property
    def lines(self) -> list[tuple[Any, list[tuple[Column, SafeString | str, str]]]]:
        """(row, [(column, cell, its class), …]) of this page."""
        columns = self.table.shown
        return [
            (row, [(one, self._cell(one, row), one.look(row)) for one in columns])
            for row in self.page
        ]

    def _cell(self, column: Column, row: Any) -> SafeString | str:
        """A cell with what stands below in it, where that says something."""
        below = [one for one in self.table.columns if one.under == column.name]
        told = [(one.words, one.written(row)) for one in below if one.value(row) not in (None, "")]
        if not told:
            return column.written(row)
        notes = format_html_join(
            "", '<span class="cell-note"><span class="visually-hidden">{} </span>{}</span>', told
        )
        return format_html("{}{}", column.written(row), notes)

    def address(self, **changes: str) -> str:
        """This address with some of its questions changed; an empty one is dropped."""
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @cached_property
    def heads(self) -> list[dict[str, Any]]:
        """Every column with where its heading leads and how it is sorted now."""
        on, falling = self.sorted_by
        return [
            {
                "column": column,
                "is_on": column is on,
                "falling": falling,
                "order": ("descending" if falling else "ascending") if column is on else "",
                "href": self.address(
                    sort=f"-{column.name}" if column is on and not falling else column.name
                )
                if column.sort
                else "",
            }
            for column in self.table.shown
        ]

    @property
    def excel_href(self) -> str:
        return self.address(format="xlsx")

    def excel(self) -> HttpResponse:
        """The same rows in the same order, all of them."""
        heads = [
            sheets.Head(
                str(column.words),
                "money" if column.kind == "money" else "plain",
                40 if column.kind == "long" else 16,
            )
            for column in self.table.columns
        ]
        # A prefetch needs to know how many rows to fetch at a time.
        rows = (
            [column.value(row) for column in self.table.columns]
            for row in self.rows.iterator(chunk_size=2000)
        )
        return sheets.workbook(heads, rows, name=self.table.name, title=str(self.table.caption))
