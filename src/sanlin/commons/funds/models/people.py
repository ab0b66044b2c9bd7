from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .fund import Fund


class DutyKind(models.TextChoices):
    BOOK = "book", _("记账")
    APPROVE = "approve", _("审批")
    HANDLE = "handle", _("经办")
    PAY = "pay", _("出纳")
    SEAL = "seal", _("保管印鉴")


class SeatKind(models.TextChoices):
    MEMBER = "member", _("管委会委员")
    SUPERVISOR = "supervisor", _("监督员")


class Held(models.QuerySet[Any]):
    def on(self, day: date) -> Held:
        """What is held on that day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Duty(models.Model):
    """A duty that somebody has at a fund: who keeps the books, approves, asks, pays, keeps the seal.

    Which of them may not go together is a table of the pack; `can_entrust` and every act ask it.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="duties", verbose_name=_("资金池"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties", verbose_name=_("姓名")
    )
    kind = models.CharField(_("岗位"), max_length=8, choices=DutyKind.choices)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True)

    objects = Held.as_manager()

    class Meta:
        verbose_name = _("岗位分工")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "account", "kind"],
                condition=Q(until__isnull=True),
                name="one_open_duty_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"


class Seat(models.Model):
    """A seat on the committee of a community fund, or that of a supervisor; unpaid, one a person."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="seats", verbose_name=_("资金池"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="fund_seats", verbose_name=_("姓名")
    )
    kind = models.CharField(_("席位"), max_length=10, choices=SeatKind.choices)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True)

    objects = Held.as_manager()

    class Meta:
        verbose_name = _("基金席位")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "account"],
                condition=Q(until__isnull=True),
                name="nobody_sits_twice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"


@dataclass(frozen=True)
class Committee:
    """Who decides over a community fund, and who sits in to look after them."""

    members: tuple[Any, ...]
    supervisors: tuple[Any, ...]
