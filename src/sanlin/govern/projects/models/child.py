from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in

from .project import Project


class ChildRound(models.Model):
    """A small round that a running project holds for groups of its own (母项目、子项目).

    Its pot, `amount` fen, is a spending head of the parent's budget; its payments are spending of
    the parent. `least` groups must hand something in before the awards can be confirmed. What it is
    for, `purpose`, is public.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="children", verbose_name=_("母项目")
    )
    round = models.OneToOneField(
        "rounds.Round", models.PROTECT, related_name="parent", verbose_name=_("子项目轮次")
    )
    purpose = models.CharField(_("想办成什么"), max_length=200, blank=True)
    head = models.CharField(_("支出科目"), max_length=30)
    amount = models.BigIntegerField(_("子项目资金（分）"))
    least = models.PositiveSmallIntegerField(_("至少几个小组"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("办理人")
    )
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("子项目轮次")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, least__gt=0), name="a_child_round_has_a_pot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.round}"


class ChildRequest(models.Model):
    """What a team answers to begin a small round with its project's money (子项目申请): its draft, then
    before the street, which opens the round or returns it with a reason (`note`).

    `amount` and `cap` are whole fen, `decides` is a key of the rules' DECIDES, `calls` and `ends` are
    the last days of the call and of the groups' work.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="child_requests", verbose_name=_("母项目")
    )
    name = models.CharField(_("子项目轮次名称"), max_length=60)
    purpose = models.CharField(_("想办成什么"), max_length=200)
    head = models.CharField(_("支出科目"), max_length=30)
    amount = models.BigIntegerField(_("子项目资金（分）"))
    cap = models.BigIntegerField(_("每组上限（分）"))
    least = models.PositiveSmallIntegerField(_("至少几个小组"))
    decides = models.CharField(_("由谁决定"), max_length=10)
    calls = models.DateField(_("征集截止日期"))
    ends = models.DateField(_("小组完成日期"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.DRAFT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("办理人"),
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    note = models.CharField(_("退回理由"), max_length=200, blank=True)
    child = models.OneToOneField(
        ChildRound, models.PROTECT, null=True, related_name="request", verbose_name=_("子项目轮次")
    )

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("子项目申请")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=~Q(stage=stages.OPENED),
                name="one_small_round_asked_for_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=stages.REQUEST.stages()), name="request_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, cap__gt=0, least__gt=0), name="a_request_names_its_pot"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by")),
                name="nobody_decides_a_request_of_their_own",
            ),
            models.CheckConstraint(
                condition=Q(stage=stages.OPENED) ^ Q(child__isnull=True),
                name="an_opened_request_has_its_round",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage_label(self) -> str:
        return _now(stages.REQUEST_LABELS[self.stage])
