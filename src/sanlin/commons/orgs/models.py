from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    TEAM = "team", _("居民自组织")
    FILED = "filed", _("备案社区社会组织")
    REGISTERED = "registered", _("登记社会组织")
    OWNERS = "owners", _("业主委员会")
    COMPANY = "company", _("企业")
    SCHOOL = "school", _("学校")
    PUBLIC = "public", _("机关事业单位")


class Organisation(models.Model):
    """A body that can propose, carry out or support something. Its home is a street."""

    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=12, choices=OrganisationKind.choices)
    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="organisations", verbose_name=_("街道")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("居民区"),
    )
    number = models.CharField(_("登记或备案号"), max_length=40, blank=True)
    founded = models.DateField(_("成立日期"), null=True, blank=True)
    dissolved = models.DateField(_("注销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("组织")
        constraints = [
            models.UniqueConstraint(fields=["street", "name"], name="one_organisation_a_name")
        ]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Particulars:
    """What is written down about an organisation, beside its members and its growth."""

    name: str
    kind: str
    neighbourhood: Any = None
    number: str = ""
    founded: date | None = None
    dissolved: date | None = None


class Memberships(models.QuerySet[Any]):
    def on(self, day: date) -> Memberships:
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Membership(models.Model):
    """Somebody in an organisation from a day to a day; a leader may act for it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("组织")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("账号")
    )
    leads = models.BooleanField(_("负责人"), default=False)
    since = models.DateField(_("加入日期"))
    until = models.DateField(_("退出日期"), null=True, blank=True)

    objects = Memberships.as_manager()

    class Meta:
        verbose_name = _("成员")
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
            models.UniqueConstraint(
                fields=["organisation", "account"],
                condition=Q(until__isnull=True),
                name="one_standing_membership_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.account}"


class GrowthStage(models.TextChoices):
    GROUP = "group", _("行动小组")
    COUNCIL = "council", _("议事会")
    REGISTERED = "registered", _("登记机构")
    HUB = "hub", _("枢纽组织")


class Growth(models.Model):
    """One step in an organisation's growth and the evidence for it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="growth", verbose_name=_("组织")
    )
    stage = models.CharField(_("阶段"), max_length=12, choices=GrowthStage.choices)
    reached = models.DateField(_("达到日期"))
    evidence = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("成长")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "stage"], name="each_stage_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_stage_display()}"
