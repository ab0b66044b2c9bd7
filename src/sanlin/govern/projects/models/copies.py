from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in

from .project import Project

UNCHECKED = (stages.FILED, stages.WITHDRAWN)

# What the database keeps of every copy.
COPIES: list[Any] = [
    models.CheckConstraint(
        condition=Q(stage__in=stages.SCAN.stages()), name="%(class)s_stage_known"
    ),
    models.CheckConstraint(
        condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("by")),
        name="nobody_checks_a_%(class)s_of_their_own",
    ),
    models.CheckConstraint(
        condition=Q(stage__in=UNCHECKED, checked_by__isnull=True)
        | (~Q(stage__in=UNCHECKED) & Q(checked_by__isnull=False)),
        name="a_checked_%(class)s_has_its_checker",
    ),
]


class Copy(models.Model):
    """A photo or PDF of a signed paper, filed by one hand and checked against it by another.

    `digest` is the SHA-256 of what was sent; `checked_by` says that it fits, or in `note` why not.
    """

    file = models.CharField(_("文件"), max_length=60)
    kind = models.CharField(_("格式"), max_length=5)
    digest = models.CharField(_("指纹"), max_length=64)
    stage = models.CharField(_("状态"), max_length=10, default=stages.FILED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("归档人")
    )
    at = models.DateTimeField(_("归档时间"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("核对人"),
    )
    checked_at = models.DateTimeField(_("核对时间"), null=True)
    note = models.CharField(_("核对意见"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    @property
    def is_photo(self) -> bool:
        return self.kind == "photo"

    @property
    def stage_label(self) -> str:
        return _now(stages.SCAN_LABELS[self.stage])


class PaperKind(models.TextChoices):
    """What an office files on paper, in the order of its list."""

    NEED = "need", _("需求调查问卷和汇总表")
    ELIGIBLE = "eligible", _("申报资格声明")
    POSTED = "posted", _("公示张贴照片")
    SUBSIDY = "subsidy", _("补贴签收表")
    SIGN_IN = "sign_in", _("活动签到表")
    CONSENT = "consent", _("照片使用同意书")
    GOODS = "goods", _("物资出入库单")
    SLIDES = "slides", _("中期汇报演示稿（另存为PDF）")
    CONFIRMATION = "confirmation", _("受益居民确认书")
    AUDIT = "audit", _("审计报告")


class SignedPaper(Copy):
    """A paper of a project that was signed or stamped outside the house; it names people and is never
    public. `people` is how many beneficiaries signed it, where it is their confirmation."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="signed_papers", verbose_name=_("项目")
    )
    what = models.CharField(_("材料"), max_length=12, choices=PaperKind.choices)
    people = models.PositiveIntegerField(_("签字的受益人数"), null=True)

    log = told_in("round", "project.round_id")

    class Meta(Copy.Meta):
        verbose_name = _("纸质材料")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "digest"],
                condition=~Q(stage__in=stages.NOT_KEPT),
                name="one_signed_paper_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(what__in=PaperKind.values), name="signed_paper_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(what=PaperKind.CONFIRMATION, people__gt=0)
                | (~Q(what=PaperKind.CONFIRMATION) & Q(people__isnull=True)),
                name="a_confirmation_counts_its_people",
            ),
            *COPIES,
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.pk}"
