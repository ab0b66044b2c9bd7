from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Fund(models.Model):
    """A street's pot of money for one purpose and year, with books of its own."""

    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="funds", verbose_name=_("街道")
    )
    name = models.CharField(_("名称"), max_length=80)
    last_number = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("资金池")
        constraints = [models.UniqueConstraint(fields=["street", "name"], name="one_fund_a_name")]

    def __str__(self) -> str:
        return self.name


class BookKind(models.TextChoices):
    CASH = "cash", _("银行存款")
    SOURCE = "source", _("拨入资金")
    COST = "cost", _("项目支出")
    OWED = "owed", _("应付项目款")


class Book(models.Model):
    """One account of a fund. `balance` (fen) is a cache of its postings, on its natural side.

    Cash and costs grow by debit, sources and what is owed by credit. Cash and what is owed never
    fall below zero: the database refuses.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="books", verbose_name=_("资金池"))
    kind = models.CharField(_("类型"), max_length=8, choices=BookKind.choices)
    undertaking = models.ForeignKey(
        "undertakings.Undertaking",
        models.PROTECT,
        null=True,
        related_name="books",
        verbose_name=_("事项"),
    )
    balance = models.BigIntegerField(_("余额（分）"), default=0)

    class Meta:
        verbose_name = _("科目")
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "kind", "undertaking"], name="one_book_an_undertaking"
            ),
            models.UniqueConstraint(
                fields=["fund", "kind"],
                condition=Q(undertaking__isnull=True),
                name="one_book_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[BookKind.CASH, BookKind.OWED]) | Q(balance__gte=0),
                name="cash_and_debts_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.undertaking or ''}".strip()

    @property
    def grows_by_debit(self) -> bool:
        return self.kind in {BookKind.CASH, BookKind.COST}


class Voucher(models.Model):
    """One event on the books: numbered without gaps, never changed, reversed at most once."""

    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="vouchers", verbose_name=_("资金池")
    )
    number = models.PositiveBigIntegerField(_("凭证号"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("经办人")
    )
    memo = models.CharField(_("摘要"), max_length=120)
    subject = models.CharField(_("事由"), max_length=80)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲销")
    )

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

    def __str__(self) -> str:
        return f"{self.fund} {self.number}"


class Posting(models.Model):
    """An amount from one book to another: every row is balanced by its very shape."""

    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="postings", verbose_name=_("凭证")
    )
    debit = models.ForeignKey(Book, models.PROTECT, related_name="debits", verbose_name=_("借方"))
    credit = models.ForeignKey(Book, models.PROTECT, related_name="credits", verbose_name=_("贷方"))
    amount = models.BigIntegerField(_("金额（分）"))

    class Meta:
        verbose_name = _("记账")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="a_posting_has_two_sides"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount}"
