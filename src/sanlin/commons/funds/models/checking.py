from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fund import Fund


class Inspection(models.Model):
    """The vouchers of a fund after number `since` were read again, up to `through`; `wrong` are the
    codes that did not hold, empty where all did. Where `since` is 0, all were read.

    `digest` is where the chain then ended and `balances` what the vouchers make of each book, by its
    code: where all held, a page may go on from here. Rows are added, never changed.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="inspections", verbose_name=_("资金池")
    )
    at = models.DateTimeField(_("时间"))
    since = models.PositiveBigIntegerField(_("从凭证号之后"), default=0)
    through = models.PositiveBigIntegerField(_("核到凭证号"))
    wrong = models.JSONField(_("不符之处"), default=list)
    digest = models.CharField(_("指纹"), max_length=64)
    balances = models.JSONField(_("各科目余额"), default=dict)

    class Meta:
        verbose_name = _("账目核查")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["fund", "-at"], name="last_inspection_of_a_fund")]

    def __str__(self) -> str:
        return f"{self.fund} {self.through}"
