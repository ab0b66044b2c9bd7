from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.funds import stages

from .fund import Fund


class Expense(models.Model):
    """A running cost of a fund, in fen: one person asks for it, another approves it, a cashier pays it.

    `what` is public, on the voucher that the payment books.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="expenses", verbose_name=_("资金池")
    )
    what = models.CharField(_("用途"), max_length=60)
    amount = models.BigIntegerField(_("金额（分）"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.ASKED)
    at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("付款人"),
    )
    paid_at = models.DateTimeField(_("付款时间"), null=True)

    class Meta:
        verbose_name = _("运行经费")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_expense_costs_something"),
            models.CheckConstraint(
                condition=Q(stage__in=stages.EXPENSE.stages()), name="expense_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="nobody_approves_an_expense_of_their_own",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[stages.TO_PAY, stages.PAID, stages.TAKEN_BACK])
                | Q(approved_by__isnull=False),
                name="an_expense_is_paid_once_approved",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[stages.PAID, stages.TAKEN_BACK])
                | Q(paid_by__isnull=False, paid_at__isnull=False),
                name="a_paid_expense_was_paid_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def stage_label(self) -> str:
        return _now(stages.EXPENSE_LABELS[self.stage])
