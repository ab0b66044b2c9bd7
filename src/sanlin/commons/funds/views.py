from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Table

from . import rules
from .models import Book, BookKind, Fund, Posting
from .queries import gaps, position, wrong_books

POSTINGS = Table(
    "postings",
    _("记账"),
    (
        Column("number", _("凭证号"), lambda row: row.voucher.number, "number", "voucher__number"),
        Column("at", _("时间"), lambda row: row.voucher.at, "moment", "voucher__at"),
        Column("memo", _("摘要"), lambda row: row.voucher.memo, "long"),
        Column("debit", _("借方"), lambda row: row.debit.get_kind_display(), sort="debit__kind"),
        Column("credit", _("贷方"), lambda row: row.credit.get_kind_display(), sort="credit__kind"),
        Column(
            "undertaking",
            _("事项"),
            lambda row: str(row.debit.undertaking or row.credit.undertaking or ""),
        ),
        Column("amount", _("金额"), lambda row: row.amount, "money", "amount"),
    ),
    search=("voucher__memo", "debit__undertaking__title", "credit__undertaking__title"),
    order="voucher__number",
    empty=_("还没有记账。资金拨入后从这里看到每一笔。"),
)


@gate(rules.can_see, Fund, having=("street", "district", "neighbourhood"))
def books(request: Request, fund: Fund) -> HttpResponse:
    """The open books of a fund: where it stands, whether it agrees, every posting."""
    kept = list(Book.objects.filter(fund=fund))
    told = position(fund, kept)
    rows = Posting.objects.filter(voucher__fund=fund).select_related(
        "voucher", "debit__undertaking", "credit__undertaking"
    )
    page = {
        "fund": fund,
        "position": told,
        "agrees": told.balanced and not wrong_books(fund, kept) and not gaps(fund),
        "books": [
            (BookKind.SOURCE.label, told.source),
            (BookKind.CASH.label, told.cash),
            (BookKind.COST.label, told.cost),
            (BookKind.OWED.label, told.owed),
        ],
    }
    return POSTINGS.answer(request, rows, "funds/books.html", page)
