"""Books and amounts in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanlin.commons.funds.models import Book, BookKind
from sanlin.kernel.ledger import FEN, unit_kind
from sanlin.kernel.money import yuan


def amount_in(unit: str, amount: int) -> str:
    """An amount with its unit: ¥12,000, 20 大米(袋), 300积分, 90分钟."""
    if unit == FEN:
        return yuan(amount)
    words = {
        "points": lambda: _("%(n)s积分"),
        "minutes": lambda: _("%(n)s分钟"),
        "goods": lambda: _("%(n)s件%(what)s"),
    }
    return words[unit_kind(unit)]() % {"n": f"{amount:,}", "what": unit.partition(":")[2]}


def book_name(book: Book, *, alone: bool = False) -> str:
    """A book in words; `alone` where its kind goes without saying. An anonymous source is not
    named."""
    kind = str(BookKind(book.kind).label)
    if book.head:
        return str(_("运行经费"))
    if book.kind == BookKind.SOURCE and book.source is not None:
        told = str(book.source.told)
        return told if alone else f"{kind} · {told}"
    if book.kind == BookKind.SOURCE and alone:
        return str(_("街道拨入"))
    if book.undertaking is not None and alone:
        return book.undertaking.title
    return kind
