"""Messages to those who have not cast: what went out on a day, and who wants none.

No row tells who was reminded and who was not: it would say, by the day, when somebody cast. The day
has one row with counts, and goes through the roll by `cursor`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from .roll import Roll


class Reminder(models.Model):
    """One day on which a vote is reminded of, at most one row a day.

    `planned` by the pack, else asked for by an officer. `cursor` is the key of the last account that
    was taken: taking moves it, so nobody is taken twice. `tries` counts how often the gateway has
    failed at this place of the roll, `next_at` is when it is tried again.
    """

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="reminders", verbose_name=_("选民名册")
    )
    day = models.DateField(_("日期"))
    planned = models.BooleanField(_("按办法"), default=True)
    cursor = models.BigIntegerField(default=0)
    sent = models.PositiveIntegerField(_("已发出"), default=0)
    failed = models.PositiveIntegerField(_("没有发出"), default=0)
    no_phone = models.PositiveIntegerField(_("没留手机"), default=0)
    declined = models.PositiveIntegerField(_("已退订"), default=0)
    tries = models.PositiveSmallIntegerField(_("重试次数"), default=0)
    next_at = models.DateTimeField(_("再试时间"), null=True)
    done_at = models.DateTimeField(_("发完时间"), null=True)

    log = told_in("round", "roll.round_id")

    class Meta:
        verbose_name = _("短信提醒")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["roll", "day"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%F}"


class OptOut(models.Model):
    """Somebody wants no messages about votes. The row is the wish; taking it back deletes the row."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号")
    )

    class Meta:
        verbose_name = _("短信退订")

    def __str__(self) -> str:
        return str(self.account)
