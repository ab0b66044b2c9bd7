from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import stages


class Proposal(models.Model):
    """What a team asks for in one round. Amounts are whole fen."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="proposals", verbose_name=_("轮次")
    )
    team = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="proposals", verbose_name=_("团队")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood", models.PROTECT, related_name="proposals", verbose_name=_("居民区")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("填写人"),
    )
    number = models.PositiveIntegerField(_("编号"), null=True)
    title = models.CharField(_("名称"), max_length=60)
    summary = models.CharField(_("一句话介绍"), max_length=120, blank=True)
    tier = models.CharField(_("申报类别"), max_length=30, blank=True)
    theme = models.CharField(_("主题"), max_length=30, blank=True)
    need = models.TextField(_("需求"), max_length=2000, blank=True)
    goals = models.TextField(_("目标"), max_length=2000, blank=True)
    plan = models.TextField(_("计划"), max_length=4000, blank=True)
    asked = models.BigIntegerField(_("申请金额（分）"), default=0)
    own_funds = models.BigIntegerField(_("自筹金额（分）"), default=0)
    stage = models.CharField(_("阶段"), max_length=20, default=stages.DRAFT)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)

    class Meta:
        verbose_name = _("提案")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_proposal_a_number"),
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.PROPOSAL.stages()), name="proposal_stage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(asked__gte=0, own_funds__gte=0),
                name="proposal_money_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))
