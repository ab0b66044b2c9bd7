"""A list that staff keep in Excel: its columns, its blank to download, and its rows checked.

    HOMES = StaffList("homes", _("房屋"), (Part(_("房屋"), (
        Column("estate", _("小区"), cells.text(60), example="潍坊二村"), …
    ), key=("estate", …)),))

`check` finds the headings, parses every cell and says what is wrong with its address (B7). What the
rows would change is the app's to say: its query returns a Plan, its verb does what the plan says.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .cells import Parse, Wrong, plain
from .reader import MOST_ROWS, ROOM_ABOVE, BadFile, Cell, Sheet, too_long
from .writer import clean_text

Words = str | Promise
EXAMPLE = "例："  # data  # how the first cell of a row begins that is not read
ROWS_WITH_A_MENU = 2_000  # rows of a blank that offer a drop-down


@dataclass(frozen=True)
class Column:
    """One column: its heading, how a cell is read, whether it may be empty (then its value is None).

    `choices` are the words of its drop-down, `also` other headings that people use for it; a
    `sealed` column's content is never shown again.
    """

    name: str
    words: Words
    parse: Parse
    required: bool = True
    example: str = ""
    note: Words = ""
    choices: Sequence[Words] = ()
    also: tuple[str, ...] = ()
    sealed: bool = False


@dataclass(frozen=True)
class Part:
    """One sheet of a list. No two rows may agree in all columns of `key`."""

    words: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class StaffList:
    """A list; its first part is the list itself. `name` is its file's, in ASCII."""

    name: str
    words: Words
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell, and what to do. `said` is what stands there."""

    sheet: str
    row: int
    cell: str
    heading: str
    said: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A row that was read: its number in the sheet, its values by column name."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: dict[str, str]  # the letters of each column in this sheet
    columns: dict[str, Column]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def fault(self, name: str, sentence: str) -> Fault:
        """What an app finds wrong in a cell that reads well."""
        column = self.columns[name]
        said = "" if column.sealed or self.values[name] is None else str(self.values[name])
        where = f"{self.cells[name]}{self.number}" if name in self.cells else str(self.number)
        return Fault(self.sheet, self.number, where, str(column.words), said, sentence)


@dataclass
class Checked:
    """The rows of each part, and every fault in them."""

    parts: list[list[Row]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """What one row does: adds, updates (then `what` says it) or leaves everything as it is."""

    row: Row
    kind: Literal["added", "updated", "unchanged"]
    subject: str
    what: str = ""

    @property
    def place(self) -> str:
        """Where the row stands: a template that asks a row for its number gets a cell of it."""
        return f"{self.row.sheet} {self.row.number}"


@dataclass
class Plan:
    """What a whole list would change; with a fault it is not done at all."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """added, updated and unchanged, each with its number of rows."""
        found = Counter(change.kind for change in self.changes)
        return {"added": found["added"], "updated": found["updated"]} | {
            "unchanged": found["unchanged"]
        }


def without(
    about: StaffList, parts: Sequence[Sequence[Row]], faults: Sequence[Fault]
) -> list[list[Row]]:
    """The rows of a list that stand without those that are wrong: a row goes with what is said of it
    on another sheet (its first column names it there), and with the row that says the same again."""
    wrong = {(fault.sheet, fault.row) for fault in faults}
    subject = about.parts[0].columns[0].name if len(about.parts) > 1 else ""
    bad = [[row for row in rows if (row.sheet, row.number) in wrong] for rows in parts]
    named = {row.values.get(subject) for rows in bad for row in rows} - {None}
    kept = []
    for part, rows, bad_ones in zip(about.parts, parts, bad, strict=True):
        twice = {_key(part, row) for row in bad_ones} - {()}
        kept.append(
            [
                row
                for row in rows
                if (row.sheet, row.number) not in wrong
                and _key(part, row) not in twice
                and row.values.get(subject) not in named
            ]
        )
    return kept


def _key(part: Part, row: Row) -> tuple[Any, ...]:
    """What no other row may say again; empty where some of it could not be read."""
    key = tuple(row.values[name] for name in part.key)
    return () if None in key else key


def letters(index: int) -> str:
    """The letters of a column counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    return chr(65 + index) if index < 26 else letters(index // 26 - 1) + chr(65 + index % 26)


def check(about: StaffList, sheets: Sequence[Sheet]) -> Checked:
    """Every row of every part, read in full. Raises BadFile where a sheet or a heading is missing."""
    checked, free = Checked(), list(sheets)
    for part in about.parts:
        found = _find(part, free)
        if found is None:
            if part.optional:
                checked.parts.append([])
                continue
            raise BadFile(
                _(
                    "没有找到“%(part)s”的表头，表头里要有这些列：%(heads)s。请下载模板，把名单填到模板里"
                )
                % {
                    "part": part.words,
                    "heads": "、".join(str(c.words) for c in part.columns if c.required),
                }
            )
        sheet, at, where = found
        free.remove(sheet)
        rows, faults = _rows(part, sheet, at, where)
        checked.parts.append(rows)
        checked.faults += faults
    if not checked.parts[0] and not checked.faults:
        raise BadFile(_("表头下面没有内容，请填好后再导入"))
    return checked


def _heading(cell: Cell) -> str:
    return plain(cell).rstrip("*").strip().replace(" ", "")


def _find(part: Part, sheets: Sequence[Sheet]) -> tuple[Sheet, int, dict[str, int]] | None:
    """The sheet, the row of its headings, and the column of each; the sheet so named first."""
    names = {str(part.words), *part.also}
    for sheet in sorted(sheets, key=lambda s: s.name not in names):
        for at, row in enumerate(sheet.rows[:ROOM_ABOVE]):
            heads = [_heading(cell) for cell in row]
            where = {
                column.name: heads.index(head)
                for column in part.columns
                for head in (_heading(str(column.words)), *column.also)
                if head in heads
            }
            if all(c.name in where for c in part.columns if c.required):
                return sheet, at, where
    return None


def _rows(
    part: Part, sheet: Sheet, at: int, where: dict[str, int]
) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    columns = {column.name: column for column in part.columns}
    in_letters = {name: letters(index) for name, index in where.items()}
    head = part.columns[0].name
    first: dict[tuple[Any, ...], int] = {}
    for number, cells in enumerate(sheet.rows[at + 1 :], start=at + 2):
        said = {n: cells[i] if i < len(cells) else "" for n, i in where.items()}
        shown = {name: plain(cell) for name, cell in said.items()}
        if not any(shown.values()) or shown.get(head, "").startswith(plain(EXAMPLE)):
            continue
        row = Row(sheet.name, number, dict.fromkeys(columns), in_letters, columns)
        wrong = [fault for name in where if (fault := _read(row, name, said[name]))]
        faults += wrong
        rows.append(row)
        key = tuple(row.values[name] for name in part.key)
        if part.key and not wrong and (earlier := first.setdefault(key, number)) != number:
            faults.append(
                row.fault(
                    next((n for n in part.key if n in where), part.key[0]),
                    _("与第%(row)s行重复，请删去一行") % {"row": earlier},
                )
            )
    if len(rows) > MOST_ROWS:
        raise too_long(len(rows))
    return rows, faults


def _read(row: Row, name: str, cell: Cell) -> Fault | None:
    """Put a cell's value into its row, or say what is wrong with it."""
    column, said = row.columns[name], plain(cell)
    sentence = ""
    if not said:
        sentence = _("不能空着，请填写") if column.required else ""
    else:
        try:
            row.values[name] = column.parse(cell)
        except Wrong as wrong:
            sentence = str(wrong)
    if not sentence:
        return None
    shown = "" if column.sealed else said[:60]
    return Fault(
        row.sheet, row.number, f"{row.cells[name]}{row.number}", str(column.words), shown, sentence
    )


def blank(about: StaffList) -> bytes:
    """The workbook to fill in: headings, an example that is not read, drop-downs, and how to."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        must = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F5E6E1"})
        may = book.add_format({"bold": True, "bottom": 1})
        pale = book.add_format({"font_color": "#767676", "italic": True, "num_format": "@"})
        as_text = book.add_format({"num_format": "@"})
        for part in about.parts:
            sheet = book.add_worksheet(str(part.words)[:31])
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(part.columns):
                words = str(column.words) + ("*" if column.required else "")
                sheet.set_column(at, at, max(14, 2 * len(words) + 2), as_text)
                sheet.write_string(0, at, words, must if column.required else may)
                sheet.write_string(1, at, column.example if at else EXAMPLE + column.example, pale)
                _menu(sheet, at, column)
        _how_to(book, about)
    return file.getvalue()


def _menu(sheet: Any, at: int, column: Column) -> None:
    choices = [str(words) for words in column.choices]
    if choices and len(",".join(choices)) <= 255:  # as much as Excel takes
        sheet.data_validation(
            1,
            at,
            ROWS_WITH_A_MENU,
            at,
            {"validate": "list", "source": choices, "error_title": str(column.words)},
        )


def _how_to(book: Any, about: StaffList) -> None:
    sheet = book.add_worksheet(_("填写说明"))
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [
        [_("工作表"), _("列"), _("必填"), _("怎么填"), _("例")],
        *(
            [
                str(part.words),
                str(column.words),
                _("是") if column.required else _("否"),
                str(column.note) or "、".join(str(words) for words in column.choices),
                column.example,
            ]
            for part in about.parts
            for column in part.columns
        ),
        [_("以“例：”开头的灰色行不会导入，可以留着，也可以删去。"), "", "", "", ""],
    ]
    for at, width in enumerate((14, 16, 8, 60, 24)):
        sheet.set_column(at, at, width)
    for number, line in enumerate(lines):
        for at, words in enumerate(line):
            sheet.write_string(number, at, clean_text(words), head if number == 0 else wrap)
