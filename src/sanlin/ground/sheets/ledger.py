"""Ledgers as an office prints and files them: a title, typed columns, a total, A4 across, page x of y."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from .lists import letters
from .writer import MOST_ROWS, Head, _cell, _free_title, clean_text

TITLE, NOTE, HEAD = 0, 1, 2  # the first rows
FAST = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True)
class Ledger:
    """One ledger: money columns are added up below the last row. `rows` is read once, row by row.

    `total` is the word before the sums; an empty ledger says `empty` below its heads.
    """

    title: str
    note: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Any]]
    total: str
    empty: str


def write_ledgers(where: Path | IO[bytes], ledgers: Iterable[Ledger], *, foot: str = "") -> int:
    """A workbook with a sheet a ledger, written row by row; returns how many rows there were.

    `foot` stands at the foot of every printed page, before its number.
    """
    count, taken = 0, set[str]()
    with xlsxwriter.Workbook(where if not isinstance(where, Path) else str(where), FAST) as book:
        looks = _looks(book)
        for ledger in ledgers:
            sheet = book.add_worksheet(_free_title(ledger.title, taken))
            count += _write(sheet, ledger, looks, foot)
    return count


def _looks(book: Any) -> dict[str, Any]:
    line = {"border": 1, "border_color": "#B8B0A8", "valign": "top", "text_wrap": True}
    money = "#,##0.00;[Red]-#,##0.00"
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "note": book.add_format({"font_color": "#5A534C", "align": "left"}),
        "head": book.add_format({**line, "bold": True, "bg_color": "#F5E6E1", "valign": "vcenter"}),
        "plain": book.add_format(line),
        "quoted": book.add_format({**line, "quote_prefix": True}),
        "money": book.add_format({**line, "num_format": money}),
        "date": book.add_format({**line, "num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format({**line, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "total": book.add_format({**line, "bold": True, "top": 2}),
        "sum": book.add_format({**line, "bold": True, "top": 2, "num_format": money}),
    }


def _write(sheet: Any, ledger: Ledger, looks: dict[str, Any], foot: str) -> int:
    last = len(ledger.heads) - 1
    _top(sheet, ledger, looks)
    sums = {at: 0 for at, head in enumerate(ledger.heads) if head.kind == "money"}
    count = 0
    for count, row in enumerate(ledger.rows, 1):
        if count > MOST_ROWS - HEAD - 2:
            raise ValueError(f"more than {MOST_ROWS} rows")
        for at, (head, value) in enumerate(zip(ledger.heads, row, strict=True)):
            _cell(sheet, (HEAD + count, at), value, head.kind, looks)
            if at in sums and isinstance(value, int):
                sums[at] += value
    if count:
        sheet.autofilter(HEAD, 0, HEAD + count, last)
        if sums:
            _total(sheet, ledger, sums, count, looks)
    else:
        sheet.write_string(HEAD + 1, 0, ledger.empty, looks["note"])
    _print(sheet, foot)
    return count


def _top(sheet: Any, ledger: Ledger, looks: dict[str, Any]) -> None:
    """Title, note and heads, which stay while the rows move."""
    last = len(ledger.heads) - 1
    for at, head in enumerate(ledger.heads):
        sheet.set_column(at, at, head.width)
    sheet.set_row(TITLE, 28)
    sheet.merge_range(TITLE, 0, TITLE, last, clean_text(ledger.title), looks["title"])
    sheet.write_string(NOTE, 0, clean_text(ledger.note), looks["note"])
    for at, head in enumerate(ledger.heads):
        sheet.write_string(HEAD, at, clean_text(str(head.words)), looks["head"])
    sheet.freeze_panes(HEAD + 1, min(2, last))


def _total(
    sheet: Any, ledger: Ledger, sums: dict[int, int], count: int, looks: dict[str, Any]
) -> None:
    """Sums as formulas that follow the sieve, with their values for whoever does not calculate."""
    row = HEAD + count + 1
    for at in range(len(ledger.heads)):
        if at in sums:
            column = letters(at)
            cells = f"{column}{HEAD + 2}:{column}{HEAD + count + 1}"
            sheet.write_formula(row, at, f"=SUBTOTAL(109,{cells})", looks["sum"], sums[at] / 100)
        else:
            sheet.write_string(row, at, ledger.total if at == 0 else "", looks["total"])


def _print(sheet: Any, foot: str) -> None:
    """A4 across, as many pages down as it takes, the heads on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer(f"&L{clean_text(foot).replace('&', '&&')}&R&P / &N")
