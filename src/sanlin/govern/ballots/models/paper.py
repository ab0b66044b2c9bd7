"""Booths: where one votes on paper, who is on duty there, and what became of every sheet.

No row leads from a voter to a sheet: handing one out marks the voter and counts one sheet of the
booth. The reasons stand in docs/decisions/2026-11-22-paper-ballots.md.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.govern.ballots import stages
from sanlin.ground.journal.models import told_in


class Booth(models.Model):
    """A place where one votes on paper in one round, with the accounts of its sheets.

    `number` is the booth's within the round and part of every serial. A booth of a `neighbourhood`
    serves its voters alone. Of the sheets `received`, some were `issued` to voters and some are
    `unused`; of those issued, some came back `spoiled` and some lay `in_box`; the rest was taken
    away. `unused` and `in_box` are counted when the booth closes and are 0 until then.
    """

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="booths", verbose_name=_("轮次")
    )
    number = models.PositiveSmallIntegerField(_("编号"))
    name = models.CharField(_("名称"), max_length=40)
    place = models.CharField(_("地点"), max_length=100)
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="booths",
        verbose_name=_("居民区"),
    )
    stage = models.CharField(_("状态"), max_length=10, default=stages.PLANNED)
    received = models.PositiveIntegerField(_("领到"), default=0)
    issued = models.PositiveIntegerField(_("发出"), default=0)
    spoiled = models.PositiveIntegerField(_("作废"), default=0)
    unused = models.PositiveIntegerField(_("未用"), default=0)
    in_box = models.PositiveIntegerField(_("箱内"), default=0)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("投票站")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_number_a_booth"),
            models.UniqueConstraint(fields=["round", "name"], name="one_name_a_booth"),
            models.CheckConstraint(
                condition=Q(stage__in=stages.BOOTH.stages()), name="booth_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(received__gte=F("issued") + F("unused")),
                name="no_more_sheets_than_were_received",
            ),
            models.CheckConstraint(
                condition=Q(issued__gte=F("spoiled") + F("in_box")),
                name="no_more_sheets_back_than_were_issued",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage_label(self) -> str:
        return str(_(stages.BOOTH_LABELS[self.stage]))

    @property
    def marked(self) -> int:
        """How many voters were marked here: a replaced sheet marks nobody anew."""
        return self.issued - self.spoiled

    @property
    def left(self) -> int:
        """Sheets that can still be handed out; of a closed booth those that nobody found."""
        return self.received - self.issued - self.unused

    @property
    def missing(self) -> int:
        """Sheets that were handed out and came neither back nor into the box; known at the close."""
        return self.issued - self.spoiled - self.in_box


class Shift(models.Model):
    """A booth is open from an hour to another, with officers on duty."""

    booth = models.ForeignKey(
        Booth, models.PROTECT, related_name="shifts", verbose_name=_("投票站")
    )
    starts = models.DateTimeField(_("开始"))
    ends = models.DateTimeField(_("结束"))

    log = told_in("round", "booth.round_id")

    class Meta:
        verbose_name = _("班次")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="a_shift_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["booth", "starts"], name="one_shift_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.booth} {self.starts:%F %H:%M}"


class Duty(models.Model):
    """Somebody is on duty in a shift."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="duties", verbose_name=_("班次"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号")
    )

    class Meta:
        verbose_name = _("值班")
        constraints = [
            models.UniqueConstraint(fields=["shift", "account"], name="on_duty_once_a_shift")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.shift}"


class What(models.TextChoices):
    """What a line of a booth's book says. The first six move sheets."""

    RECEIVED = "received", _("领到")
    ISSUED = "issued", _("发出")
    SPOILED = "spoiled", _("作废换发")
    WITHDRAWN = "withdrawn", _("误记撤回")
    UNUSED = "unused", _("清点未用")
    IN_BOX = "in_box", _("清点箱内")
    SEAL = "seal", _("签封")
    INCIDENT = "incident", _("情况")


class BoothLine(models.Model):
    """One line of the book of a booth: lines are added, never changed.

    `sheets` is how many sheets it moved; `note` the number of a seal or the words of an incident,
    in which no person is named. `at` is the hour where a voter stood at the table.
    """

    booth = models.ForeignKey(Booth, models.PROTECT, related_name="lines", verbose_name=_("投票站"))
    what = models.CharField(_("事项"), max_length=10, choices=What.choices)
    sheets = models.PositiveIntegerField(_("张数"), default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("票站簿")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=What.values), name="booth_line_known"),
        ]

    def __str__(self) -> str:
        return f"{self.booth} {self.get_what_display()} {self.sheets}"


class Signing(models.Model):
    """Somebody signed the protocol of a closed booth; with the second one it is settled."""

    booth = models.ForeignKey(
        Booth, models.PROTECT, related_name="signings", verbose_name=_("投票站")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号")
    )
    signed_at = models.DateTimeField(_("签字时间"))

    class Meta:
        verbose_name = _("票站签字")
        constraints = [
            models.UniqueConstraint(fields=["booth", "account"], name="one_signing_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.booth}"
