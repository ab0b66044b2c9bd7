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


class Bars(models.QuerySet[Any]):
    def on(self, day: date) -> Bars:
        """Those that stand on this day."""
        return self.filter(since__lte=day, until__gt=day, lifted_at__isnull=True)


class Bar(models.Model):
    """An organisation may not apply from a day up to another (`until` is the first free day), and why.

    Lifted before its end by two officers: one asks with a reason, another agrees; or refuses, with a
    reason that stands until somebody asks again.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="bars", verbose_name=_("组织")
    )
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("解除日期"))
    reason = models.CharField(_("原因"), max_length=200)
    lift_reason = models.CharField(_("提前解除的理由"), max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("提请人"),
    )
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("批准人"),
    )
    lifted_at = models.DateTimeField(_("提前解除时间"), null=True)
    refusal = models.CharField(_("不同意解除的理由"), max_length=200, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("不同意的人"),
    )
    refused_at = models.DateTimeField(_("不同意的时间"), null=True)

    objects = Bars.as_manager()

    class Meta:
        verbose_name = _("禁报")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")), name="a_bar_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=(Q(lifted_by__isnull=True) & Q(lifted_at__isnull=True))
                | (
                    Q(lifted_by__isnull=False, lifted_at__isnull=False, asked_by__isnull=False)
                    & ~Q(lifted_by=models.F("asked_by"))
                    & ~Q(lift_reason="")
                ),
                name="two_officers_lift_a_bar",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.until:%F}"


class Rung(models.Model):
    """The highest tier for which an organisation may apply under a programme after a year.

    `programme` is the id of a rule pack and `tier` the key of one of its tiers; `risen` says that
    the year's grade raised it.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rungs", verbose_name=_("组织")
    )
    programme = models.CharField(_("办法"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    tier = models.CharField(_("可申报类别"), max_length=30)
    name = models.CharField(_("类别名称"), max_length=60)
    risen = models.BooleanField(_("比上一年高一类"), default=False)

    class Meta:
        verbose_name = _("升级资格")
        ordering = ["year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "programme", "year"], name="one_rung_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.name}"
