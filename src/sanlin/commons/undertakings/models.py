from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Undertaking(models.Model):
    """A project, a drive or a campaign *is* one; hours, postings and points refer to it."""

    title = models.CharField(_("名称"), max_length=80)
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        related_name="undertakings",
        verbose_name=_("组织"),
    )
    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="undertakings", verbose_name=_("街道")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood",
        models.PROTECT,
        null=True,
        related_name="undertakings",
        verbose_name=_("居民区"),
    )
    starts = models.DateField(_("开始日期"))
    ends = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("事项")

    def __str__(self) -> str:
        return self.title
