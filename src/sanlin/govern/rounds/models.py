from __future__ import annotations

from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.kernel.packs import Rules, thaw

from . import stages


class Round(models.Model):
    """One call of a street. Its pack is edited while a draft, and frozen bytes from then on."""

    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="rounds", verbose_name=_("街道")
    )
    name = models.CharField(_("名称"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    stage = models.CharField(_("阶段"), max_length=20, default=stages.DRAFT)
    pack_id = models.CharField(_("办法"), max_length=60)
    pack_text = models.TextField(_("办法原文"), blank=True)
    officer_values = models.JSONField(_("街道自定数值"), default=dict, blank=True)
    frozen = models.BinaryField(_("冻结的办法"), null=True)
    fingerprint = models.CharField(_("办法指纹"), max_length=64, blank=True)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="next_rounds",
        verbose_name=_("上一轮"),
    )

    class Meta:
        verbose_name = _("轮次")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.ROUND.stages()), name="round_stage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=[stages.DRAFT, stages.CANCELLED])
                | models.Q(frozen__isnull=False),
                name="an_opened_round_has_a_frozen_pack",
            ),
            models.UniqueConstraint(fields=["street", "name"], name="one_round_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rules(self) -> Rules:
        """The frozen rules; only an opened round has them."""
        return thaw(bytes(self.frozen))  # type: ignore[arg-type]

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))


class Window(models.Model):
    """From when to when a stage is open; its end is a deadline that the clock's hand keeps."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="windows", verbose_name=_("轮次"))
    stage = models.CharField(_("阶段"), max_length=20)
    opens = models.DateTimeField(_("开始"))
    closes = models.DateTimeField(_("截止"), null=True)

    class Meta:
        verbose_name = _("起止时间")
        constraints = [
            models.UniqueConstraint(fields=["round", "stage"], name="one_window_a_stage"),
            models.CheckConstraint(
                condition=models.Q(closes__isnull=True) | models.Q(closes__gt=models.F("opens")),
                name="a_window_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.stage}"
