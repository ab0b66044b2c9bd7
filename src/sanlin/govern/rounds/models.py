from __future__ import annotations

from datetime import datetime
from functools import cached_property, lru_cache

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in
from sanlin.ground.pii import SealedField
from sanlin.kernel.allocation.lottery import seed_of
from sanlin.kernel.packs import Pack, Rules, read, thaw

from . import stages


@lru_cache(maxsize=64)
def read_pack(text: str) -> Pack:
    """The pack in `text`; the same text is read once. Raises BadPack."""
    return read(text)


class Round(models.Model):
    """One call of a street. Its pack is edited while a draft, and frozen bytes from then on.

    From the moment `frozen` is set a trigger of the database refuses to change it, the fingerprint,
    or what they were made from (migration 0002).
    """

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
    review_closed_at = models.DateTimeField(_("评审结束时间"), null=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="next_rounds",
        verbose_name=_("上一轮"),
    )

    log = told_in("round", "pk")

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
            models.CheckConstraint(
                condition=models.Q(frozen__isnull=True, fingerprint="")
                | (models.Q(frozen__isnull=False) & ~models.Q(fingerprint="")),
                name="a_frozen_pack_has_its_fingerprint",
            ),
            models.UniqueConstraint(fields=["street", "name"], name="one_round_a_name"),
        ]
        indexes = [
            models.Index(
                fields=["-year", "-id"],
                condition=models.Q(frozen__isnull=False),
                name="opened_rounds",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rules(self) -> Rules:
        """The frozen rules; only an opened round has them."""
        return thaw(bytes(self.frozen))  # type: ignore[arg-type]

    @property
    def pack(self) -> Pack:
        """The pack as its text says, before the officer's values."""
        return read_pack(self.pack_text)

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))

    def window(self, stage: str) -> Window | None:
        """The dates of one part of the round, or None where it has none (yet)."""
        return next((window for window in self.windows.all() if window.stage == stage), None)


class Lot(models.Model):
    """What parts equals in a round. The secret is drawn when the call opens, and only its
    commitment is published; the secret itself is, together with the decision. `source` names a
    public number that nobody can foresee, before there is a vote; `number` is what it came to.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="lot", verbose_name=_("轮次"))
    secret = SealedField(_("种子"))
    commitment = models.CharField(_("承诺"), max_length=64)
    committed_at = models.DateTimeField(_("封存时间"))
    source = models.CharField(_("公开号码的来源"), max_length=120, blank=True)
    number = models.CharField(_("公开号码"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("抽签")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number="") | ~models.Q(source=""),
                name="a_public_number_has_its_source",
            )
        ]

    def __str__(self) -> str:
        return self.commitment

    @property
    def seed(self) -> str:
        """What the lot is drawn from; shown to nobody before there is a decision."""
        return seed_of(self.secret.reveal(), self.number)


class Window(models.Model):
    """From when to when a stage is open: `opens` <= t < `closes`. Its end is a deadline.

    Once the round is open, a trigger refuses to bring `closes` forward or to shorten the vote
    (migration 0002).
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="windows", verbose_name=_("轮次"))
    stage = models.CharField(_("阶段"), max_length=20)
    opens = models.DateTimeField(_("开始"))
    closes = models.DateTimeField(_("截止"), null=True)

    class Meta:
        verbose_name = _("起止时间")
        ordering = ["opens", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "stage"], name="one_window_a_stage"),
            models.CheckConstraint(
                condition=models.Q(closes__isnull=True) | models.Q(closes__gt=models.F("opens")),
                name="a_window_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.stage}"

    def is_open(self, now: datetime) -> bool:
        """Whether `now` lies in it."""
        return self.opens <= now and (self.closes is None or now < self.closes)

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))


class Extension(models.Model):
    """A deadline that was put off after the round had opened: from when to when, and why."""

    window = models.ForeignKey(
        Window, models.PROTECT, related_name="extensions", verbose_name=_("起止时间")
    )
    was = models.DateTimeField(_("原截止"))
    closes = models.DateTimeField(_("新截止"))
    reason = models.CharField(_("原因"), max_length=200)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="extensions",
        verbose_name=_("办理人"),
    )

    class Meta:
        verbose_name = _("延期")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("was")), name="an_extension_is_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.closes:%F}"
