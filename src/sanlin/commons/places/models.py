from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Placed(models.QuerySet[Any]):
    """Rows with a period: `on(day)` keeps those that stood on that day."""

    def on(self, day: date) -> Placed:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )


class Division(models.Model):
    """What districts, streets and neighbourhoods share: a statistical code, a name, a period."""

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    valid_from = models.DateField(_("设立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("并入")
    )

    objects = Placed.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class District(Division):
    """区县: the tenant. Province and city are its address."""

    province = models.CharField(_("省"), max_length=30)
    city = models.CharField(_("市"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("区县")

    @property
    def address(self) -> str:
        """上海市浦东新区: province, city and name, each said once."""
        return "".join(dict.fromkeys((self.province, self.city, self.name)))


class Street(Division):
    district = models.ForeignKey(
        District, models.PROTECT, related_name="streets", verbose_name=_("区县")
    )

    class Meta:
        verbose_name = _("街道")


class Neighbourhood(Division):
    street = models.ForeignKey(
        Street, models.PROTECT, related_name="neighbourhoods", verbose_name=_("街道")
    )

    class Meta:
        verbose_name = _("居民区")


class FormerName(models.Model):
    """A name that a district, street or neighbourhood bore for a while."""

    district = models.ForeignKey(
        District, models.PROTECT, null=True, related_name="former_names", verbose_name=_("区县")
    )
    street = models.ForeignKey(
        Street, models.PROTECT, null=True, related_name="former_names", verbose_name=_("街道")
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood,
        models.PROTECT,
        null=True,
        related_name="former_names",
        verbose_name=_("居民区"),
    )
    name = models.CharField(_("名称"), max_length=60)
    valid_from = models.DateField(_("启用日期"), null=True)
    valid_to = models.DateField(_("停用日期"))

    class Meta:
        verbose_name = _("曾用名")
        constraints = [
            models.CheckConstraint(
                name="former_name_of_exactly_one",
                condition=(
                    Q(district__isnull=False, street__isnull=True, neighbourhood__isnull=True)
                    | Q(district__isnull=True, street__isnull=False, neighbourhood__isnull=True)
                    | Q(district__isnull=True, street__isnull=True, neighbourhood__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="former_name_ends_after_it_begins",
                condition=Q(valid_from__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """One reading of territory that changed something: from where, when, how much."""

    source = models.CharField(_("来源"), max_length=200)
    loaded = models.DateTimeField(_("导入时间"))
    added = models.PositiveIntegerField(_("新增"), default=0)
    renamed = models.PositiveIntegerField(_("更名"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)

    class Meta:
        verbose_name = _("区划数据")

    def __str__(self) -> str:
        return self.source


class Estate(models.Model):
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, related_name="estates", verbose_name=_("居民区")
    )
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("小区")
        constraints = [
            models.UniqueConstraint(fields=["neighbourhood", "name"], name="one_estate_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="buildings", verbose_name=_("小区")
    )
    number = models.CharField(_("楼号"), max_length=20)

    class Meta:
        verbose_name = _("楼")
        constraints = [
            models.UniqueConstraint(fields=["estate", "number"], name="one_building_a_number")
        ]

    def __str__(self) -> str:
        return self.number


class Stair(models.Model):
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="stairs", verbose_name=_("楼")
    )
    number = models.CharField(_("单元号"), max_length=20)

    class Meta:
        verbose_name = _("单元")
        constraints = [
            models.UniqueConstraint(fields=["building", "number"], name="one_stair_a_number")
        ]

    def __str__(self) -> str:
        return self.number


class Home(models.Model):
    stair = models.ForeignKey(Stair, models.PROTECT, related_name="homes", verbose_name=_("单元"))
    room = models.CharField(_("室号"), max_length=20)

    class Meta:
        verbose_name = _("户")
        constraints = [models.UniqueConstraint(fields=["stair", "room"], name="one_home_a_room")]

    def __str__(self) -> str:
        return self.room
