from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The papers that a street may word in its own way."""

    APPLICATION = "application", _("申报书")
    AGREEMENT = "agreement", _("项目协议书")
    NOTICE = "notice", _("立项公示")
    REPORT = "report", _("中期和结项报告")
    ACCEPTANCE = "acceptance", _("验收表")
    CHANGE = "change", _("变更申请表")
    CONFIRMATION = "confirmation", _("受益居民确认书")


class Template(models.Model):
    """A street's own Word template for a kind of paper. Rows are added; one may be withdrawn.

    `body` is the .docx as it came, once it had been looked at; the latest that stands is used.
    """

    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="paper_templates", verbose_name=_("街道")
    )
    kind = models.CharField(_("文书"), max_length=12, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(_("第几版"))
    note = models.CharField(_("说明"), max_length=60, blank=True)
    body = models.BinaryField(_("正文"))
    digest = models.CharField(_("指纹"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    at = models.DateTimeField(_("上传时间"))
    withdrawn_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("文书模板")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["street", "kind", "version"], name="one_template_a_version"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="template_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"
