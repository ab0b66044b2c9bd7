from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in

from .project import Project


class Instalment(models.Model):
    """A part of the grant, paid once when its condition holds. `amount` is whole fen.

    Whoever proposes the payment is never the one who approves it. Paying is an act of its own, by
    somebody whom the fund has entrusted with it, and posts it to the books: approving never pays.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="instalments", verbose_name=_("项目")
    )
    place = models.PositiveSmallIntegerField(_("顺序"))
    key = models.CharField(_("代号"), max_length=30)
    name = models.CharField(_("名称"), max_length=30)
    condition = models.CharField(_("条件"), max_length=10)
    share = models.PositiveSmallIntegerField(_("比例（千分比）"))
    within = models.PositiveSmallIntegerField(_("期限（工作日）"))
    amount = models.BigIntegerField(_("金额（分）"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.WAITING)
    due = models.DateField(_("应于何日前拨付"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("申请人"),
    )
    proposed_at = models.DateTimeField(_("申请时间"), null=True)
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
    paid_at = models.DateTimeField(_("拨付时间"), null=True)

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("拨款")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="one_payment_a_key"),
            models.UniqueConstraint(fields=["project", "place"], name="one_instalment_a_place"),
            models.CheckConstraint(
                condition=Q(stage__in=stages.INSTALMENT.stages()), name="instalment_stage_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_instalment_moves_something"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="nobody_approves_what_they_proposed",
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[stages.TO_PAY, stages.PAID],
                    proposed_by__isnull=False,
                    approved_by__isnull=False,
                )
                | (~Q(stage__in=[stages.TO_PAY, stages.PAID]) & Q(approved_by__isnull=True)),
                name="what_is_paid_was_proposed_and_approved",
            ),
            models.CheckConstraint(
                condition=Q(stage=stages.PAID, paid_by__isnull=False, paid_at__isnull=False)
                | (~Q(stage=stages.PAID) & Q(paid_by__isnull=True, paid_at__isnull=True)),
                name="what_is_paid_was_paid_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[*stages.ON_THE_WAY, stages.PAID]) | Q(due__isnull=False),
                name="what_is_due_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.name}"

    @property
    def stage_label(self) -> str:
        return _now(stages.INSTALMENT_LABELS[self.stage])


class Refund(models.Model):
    """Money that a team gave back, in fen; posted to the books with it."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="refunds", verbose_name=_("项目")
    )
    amount = models.BigIntegerField(_("金额（分）"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("办理人")
    )

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("退款")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_moves_something")
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.amount}"
