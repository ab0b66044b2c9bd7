from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .book import Book
from .fund import Fund


class MonthClose(models.Model):
    """A month of a fund that is closed: no voucher is dated in it any more.

    `month` is its first day; `last_number` and `digest` are where the chain of vouchers then ended,
    `vouchers` how many the month has. Rows are added, never changed.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="closes", verbose_name=_("资金池"))
    month = models.DateField(_("月份"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("结账人")
    )
    at = models.DateTimeField(_("时间"))
    vouchers = models.PositiveBigIntegerField(_("凭证数"))
    last_number = models.PositiveBigIntegerField(_("末张凭证号"))
    digest = models.CharField(_("指纹"), max_length=64)

    class Meta:
        verbose_name = _("月结")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "month"], name="a_month_is_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.month:%Y-%m}"


class ClosedBalance(models.Model):
    """What a book stood at when a month was closed: from here on a check need not look back."""

    close = models.ForeignKey(
        MonthClose, models.PROTECT, related_name="balances", verbose_name=_("月结")
    )
    book = models.ForeignKey(Book, models.PROTECT, related_name="closings", verbose_name=_("科目"))
    balance = models.BigIntegerField(_("余额"))

    class Meta:
        verbose_name = _("月结余额")
        constraints = [
            models.UniqueConstraint(fields=["close", "book"], name="one_balance_a_close")
        ]

    def __str__(self) -> str:
        return f"{self.close} {self.balance}"
