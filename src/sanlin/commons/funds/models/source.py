from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.funds import stages
from sanlin.kernel.ledger import FEN

from .fund import Fund


class Origin(models.TextChoices):
    DISTRICT = "district", _("区级拨款")
    STREET = "street", _("街道拨款")
    COMMITTEE = "committee", _("居委资金")
    RESIDENTS = "residents", _("居民自筹")
    DONATION = "donation", _("社会捐赠")
    MATCH = "match", _("配捐")
    SWEEP = "sweep", _("结余上缴")


class Sources(models.QuerySet[Any]):
    def confirmed(self) -> Sources:
        """Those whose money or goods have arrived."""
        return self.filter(stage=stages.ARRIVED)

    def money(self) -> Sources:
        return self.filter(unit=FEN)


class Source(models.Model):
    """Where money (or goods) of a fund comes from: pledged first, booked when it has arrived.

    Amounts are in `unit`. `value` is what goods were valued at, in fen: it is shown, never booked as
    money. What matches another source names it. Who gave is an account or an organisation, if known
    at all; `anonymous` keeps the name from everybody but the donor and those who keep the books.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="sources", verbose_name=_("资金池"))
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices)
    name = models.CharField(_("名称"), max_length=60)
    unit = models.CharField(_("单位"), max_length=30, default=FEN)
    pledged = models.BigIntegerField(_("认捐数额"))
    arrived = models.BigIntegerField(_("到账数额"), null=True)
    value = models.BigIntegerField(_("实物作价（分）"), null=True)
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="gifts",
        verbose_name=_("捐赠人"),
    )
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        related_name="gifts",
        verbose_name=_("捐赠单位"),
    )
    anonymous = models.BooleanField(_("匿名"), default=False)
    matches = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="matched_by", verbose_name=_("所配资金")
    )
    stage = models.CharField(_("状态"), max_length=10, default=stages.PLEDGED)
    at = models.DateTimeField(_("登记时间"))
    arrived_at = models.DateTimeField(_("到账时间"), null=True)

    objects = Sources.as_manager()

    class Meta:
        verbose_name = _("资金来源")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.SOURCE.stages()), name="source_stage_known"
            ),
            models.CheckConstraint(condition=Q(pledged__gt=0), name="a_source_pledges_something"),
            models.CheckConstraint(
                condition=Q(stage=stages.ARRIVED, arrived__gt=0, arrived_at__isnull=False)
                | (~Q(stage=stages.ARRIVED) & Q(arrived__isnull=True, arrived_at__isnull=True)),
                name="what_has_arrived_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.MATCH, matches__isnull=False)
                | (~Q(origin=Origin.MATCH) & Q(matches__isnull=True)),
                name="a_match_names_what_it_matches",
            ),
            models.CheckConstraint(
                condition=Q(matches__isnull=True) | ~Q(matches=F("pk")),
                name="nothing_matches_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage_label(self) -> str:
        return _now(stages.LABELS[self.stage])

    @property
    def told(self) -> str:
        """How the open book calls it: an anonymous source has no name."""
        if self.anonymous:
            return _now("匿名%(origin)s") % {"origin": self.get_origin_display()}
        return self.name

    @property
    def is_money(self) -> bool:
        return self.unit == FEN

    @property
    def worth(self) -> int | None:
        """What the goods that arrived, or else were pledged, are valued at, in whole fen."""
        if self.value is None or self.arrived is None:
            return self.value
        return self.value * self.arrived // self.pledged


@dataclass(frozen=True)
class Gift:
    """What a source is about to bring: an amount in a unit, a value in fen where it is goods."""

    origin: str
    name: str
    amount: int
    unit: str = FEN
    value: int | None = None
    giver: Any = None
    organisation: Any = None
    anonymous: bool = False
