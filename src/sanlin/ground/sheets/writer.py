"""Lists as Excel workbooks: real dates, real money, and never a formula out of somebody's text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # of a sheet, below its heading
LONGEST = 32_767  # characters in a cell
EXACT = 10**15  # whole numbers from here on would lose their last digits: written as text
# What XML cannot carry: controls but tab and line breaks, lone surrogates, two noncharacters.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Kind = Literal["plain", "money", "price"]


@dataclass(frozen=True)
class Head:
    """A column: its words, what its whole numbers are (money is fen, shown as ¥; so is a price, which
    no ledger sums), its width.

    The width counts letters; a Chinese character takes two.
    """

    words: str
    kind: Kind = "plain"
    width: int = 16


def workbook(
    columns: Sequence[Head | str],
    rows: Iterable[Sequence[Any]],
    *,
    name: str = "list",
    title: str = "",
    author: str = "",
) -> HttpResponse:
    """One sheet as an answer to download, written row by row, so that `rows` may be an iterator.

    `name` is the file's, in ASCII and without its ending; `title` is the sheet's. Cells may be text
    (lazy too), whole numbers, Fraction, Decimal, date, aware datetime, bool or None. Raises
    ValueError where there are more rows than a sheet holds.
    """
    answer = HttpResponse(
        write([(title or name, columns, rows)], author=author), content_type=EXCEL
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def write(
    sheets: Iterable[tuple[str, Sequence[Head | str], Iterable[Sequence[Any]]]], *, author: str = ""
) -> bytes:
    """A workbook of (title, columns, rows) as bytes; same cells as `workbook`."""
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"author": author})
        taken: set[str] = set()
        for title, columns, rows in sheets:
            _sheet(book, _free_title(title, taken), columns, rows)
    return file.getvalue()


def _free_title(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts: at most 31 letters, none of []:*?/\\, not there yet."""
    clean = clean_text(re.sub(r"[\[\]:*?/\\]", " ", wanted)).strip(" '")[:28] or "1"
    title, n = clean, 1
    while title.lower() in taken:
        n += 1
        title = f"{clean} {n}"
    taken.add(title.lower())
    return title


def _sheet(
    book: Any, title: str, columns: Sequence[Head | str], rows: Iterable[Sequence[Any]]
) -> None:
    sheet = book.add_worksheet(title)
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "plain": book.add_format({"valign": "top"}),
        "quoted": book.add_format({"valign": "top", "quote_prefix": True}),
        "money": book.add_format({"valign": "top", "num_format": '"¥"#,##0.00'}),
        "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format(
            {"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"}
        ),
    }
    heads = [Head(str(c)) if not isinstance(c, Head) else c for c in columns]
    for at, head in enumerate(heads):
        sheet.set_column(at, at, head.width)
        sheet.write_string(0, at, clean_text(str(head.words)), looks["head"])
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS} rows")
        for at, (head, value) in enumerate(zip(heads, row, strict=True)):
            _cell(sheet, (last, at), value, head.kind, looks)
    if heads and last:
        sheet.autofilter(0, 0, last, len(heads) - 1)


def _cell(sheet: Any, at: tuple[int, int], value: Any, kind: Kind, looks: dict[str, Any]) -> None:
    """Every value by its own writer: none is guessed from its text."""
    if value is None:
        sheet.write_blank(*at, None, looks["plain"])
    elif isinstance(value, bool):
        sheet.write_string(*at, _("是") if value else _("否"), looks["plain"])
    elif isinstance(value, int) and kind in ("money", "price"):
        sheet.write_number(*at, value / 100, looks["money"])
    elif isinstance(value, Fraction | Decimal):
        sheet.write_number(*at, float(value), looks["plain"])
    elif isinstance(value, int) and abs(value) < EXACT:
        sheet.write_number(*at, value, looks["plain"])
    elif isinstance(value, date) and value.year >= 1900:
        _date(sheet, at, value, looks)
    else:
        text = clean_text(str(value))
        sheet.write_string(*at, text, looks["quoted" if text[:1] in "=+-@" else "plain"])


def _date(sheet: Any, at: tuple[int, int], value: date, looks: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        there = timezone.localtime(value) if timezone.is_aware(value) else value
        sheet.write_datetime(*at, there.replace(tzinfo=None), looks["moment"])
    else:
        sheet.write_datetime(*at, value, looks["date"])


def clean_text(text: str) -> str:
    """Text as a sheet can hold it: nothing that XML cannot carry, no longer than a cell.

    >>> clean_text("a\\x00b")
    'ab'
    """
    return UNSPEAKABLE.sub("", text)[:LONGEST]
