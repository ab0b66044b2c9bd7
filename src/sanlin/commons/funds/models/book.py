from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.kernel.ledger import FEN, Account, by_debit

from .fund import Fund


class BookKind(models.TextChoices):
    CASH = "cash", _("银行存款")
    HOST = "host", _("依托慈善组织代管款")
    STOCK = "stock", _("实物与积分")
    SOURCE = "source", _("拨入资金")
    COST = "cost", _("项目支出")
    OWED = "owed", _("应付项目款")
    GIVEN = "given", _("划出与上缴")


MONEY = (BookKind.CASH, BookKind.HOST)
NEVER_BELOW = (
    BookKind.CASH,
    BookKind.HOST,
    BookKind.STOCK,
    BookKind.OWED,
    BookKind.COST,
    BookKind.GIVEN,
)


class Book(models.Model):
    """One account of a fund, in one unit. `balance` is a cache of its postings, on its natural side.

    What is there and what it went to grows by debit, where it came from and what is owed by credit.
    Cash, stock, costs and debts never fall below zero: the database refuses. `code` names the book
    within its fund (kernel.ledger.Account).
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="books", verbose_name=_("资金池"))
    kind = models.CharField(_("类型"), max_length=8, choices=BookKind.choices)
    unit = models.CharField(_("单位"), max_length=30, default=FEN)
    undertaking = models.ForeignKey(
        "undertakings.Undertaking",
        models.PROTECT,
        null=True,
        related_name="books",
        verbose_name=_("事项"),
    )
    head = models.CharField(_("支出科目"), max_length=30, blank=True)
    source = models.ForeignKey(
        "funds.Source",
        models.PROTECT,
        null=True,
        related_name="books",
        verbose_name=_("资金来源"),
    )
    code = models.CharField(_("科目代码"), max_length=90)
    balance = models.BigIntegerField(_("余额"), default=0)

    class Meta:
        verbose_name = _("科目")
        constraints = [
            models.UniqueConstraint(fields=["fund", "code"], name="one_book_a_code"),
            models.CheckConstraint(
                condition=~Q(kind__in=NEVER_BELOW) | Q(balance__gte=0),
                name="cash_costs_and_debts_never_below_zero",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=MONEY) | Q(unit=FEN), name="cash_is_kept_in_fen"
            ),
            models.CheckConstraint(
                condition=~Q(kind=BookKind.STOCK) | ~Q(unit=FEN), name="stock_is_never_money"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.undertaking or self.source or ''}".strip()

    @property
    def grows_by_debit(self) -> bool:
        return by_debit(self.kind)

    @property
    def account(self) -> Account:
        """The book as the kernel knows it."""
        return Account(self.kind, self.unit, self.undertaking_id, self.head, self.source_id)


class Voucher(models.Model):
    """One event on the books: numbered without gaps, never changed, reversed at most once.

    `memo` is public; that of a reversal begins with its reason. `digest` chains the voucher to the
    one before (kernel.ledger.digest).
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="vouchers", verbose_name=_("资金池")
    )
    number = models.PositiveBigIntegerField(_("凭证号"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("经办人")
    )
    memo = models.CharField(_("摘要"), max_length=220)
    subject = models.CharField(_("事由"), max_length=90)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲销")
    )
    digest = models.CharField(_("指纹"), max_length=64)

    class Meta:
        verbose_name = _("凭证")
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="one_voucher_a_number"),
            models.UniqueConstraint(
                fields=["fund", "subject"],
                condition=Q(reverses__isnull=True),
                name="one_voucher_a_cause",
            ),
        ]
        indexes = [models.Index(fields=["fund", "at"], name="vouchers_by_day")]

    def __str__(self) -> str:
        return f"{self.fund} {self.number}"


class Posting(models.Model):
    """An amount from one book to another: every row is balanced by its very shape.

    Both books are of the voucher's fund and of one unit: triggers refuse anything else.
    """

    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="postings", verbose_name=_("凭证")
    )
    debit = models.ForeignKey(Book, models.PROTECT, related_name="debits", verbose_name=_("借方"))
    credit = models.ForeignKey(Book, models.PROTECT, related_name="credits", verbose_name=_("贷方"))
    amount = models.BigIntegerField(_("数额"))

    class Meta:
        verbose_name = _("记账")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="a_posting_has_two_sides"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount}"
