from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in

from .project import Project


class ReportKind(models.TextChoices):
    MIDTERM = "midterm", _("中期报告")
    CLOSING = "closing", _("结项报告")


class Report(models.Model):
    """What a team tells at midterm or at the end, and the mark (0 to 100) that it earned.

    `grade` is a key of the round's rules; `consequence` is what that grade says, as it was then.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="reports", verbose_name=_("项目")
    )
    kind = models.CharField(_("类型"), max_length=10, choices=ReportKind.choices)
    number = models.PositiveSmallIntegerField(_("第几次"))
    text = models.TextField(_("做了什么、有什么变化"), max_length=4000)
    activities = models.PositiveIntegerField(_("活动次数"))
    people = models.PositiveIntegerField(_("参与人次"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.HANDED_IN)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("填写人")
    )
    at = models.DateTimeField(_("提交时间"))
    mark = models.PositiveSmallIntegerField(_("评分"), null=True)
    grade = models.CharField(_("等次"), max_length=30, blank=True)
    consequence = models.JSONField(_("结果运用"), default=list, blank=True)
    note = models.TextField(_("评语"), max_length=1000, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("评估人"),
    )
    reviewed_at = models.DateTimeField(_("评估时间"), null=True)

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("项目报告")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "number"], name="one_report_a_number"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(stage=stages.HANDED_IN),
                name="one_open_report_a_project",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=stages.REPORT.stages()), name="report_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values), name="report_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(stage=stages.REVIEWED, mark__gte=0, mark__lte=100)
                | (~Q(stage=stages.REVIEWED) & Q(mark__isnull=True, grade="")),
                name="a_reviewed_report_has_a_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"

    @property
    def stage_label(self) -> str:
        return _now(stages.REPORT_LABELS[self.stage])

    @property
    def grade_name(self) -> str:
        return next((g.name for g in self.project.round.rules.grades if g.key == self.grade), "")


class ReportPhoto(models.Model):
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="photos", verbose_name=_("项目报告")
    )
    file = models.CharField(_("文件"), max_length=60, unique=True)
    width = models.PositiveIntegerField(_("宽（像素）"))
    height = models.PositiveIntegerField(_("高（像素）"))
    caption = models.CharField(_("说明"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("报告照片")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.caption or str(self.pk)
