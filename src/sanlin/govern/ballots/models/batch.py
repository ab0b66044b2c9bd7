"""Paper after the box was opened: batches keyed by two hands apart, what they agree on, and the sample.

What a sheet says is known by its serial, which no row connects with a voter, until the keys of the
vote are destroyed; then choices are emptied and the figures stay. The reasons stand in
docs/decisions/2026-11-22-paper-keying.md.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.govern.ballots import stages
from sanlin.ground.journal.models import told_in
from sanlin.kernel.ballots import sheet

from .box import CODE_LENGTH
from .paper import Booth
from .roll import Roll

SERIAL_LENGTH = 20
CLIENT_LENGTH = 40
NO_CHOICE = ""


class Batch(models.Model):
    """A stack of sheets from one booth's box, keyed as a whole. `sheets` is how many were counted
    when it was registered, or at the settlement; `valid`, `blank`, `invalid` are known once it is done."""

    booth = models.ForeignKey(
        Booth, models.PROTECT, related_name="batches", verbose_name=_("投票站")
    )
    number = models.PositiveSmallIntegerField(_("批号"))
    sheets = models.PositiveIntegerField(_("张数"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.REGISTERED)
    valid = models.PositiveIntegerField(_("有效"), default=0)
    blank = models.PositiveIntegerField(_("空白"), default=0)
    invalid = models.PositiveIntegerField(_("无效"), default=0)

    log = told_in("round", "booth.round_id")

    class Meta:
        verbose_name = _("录票批次")
        ordering = ["booth", "number"]
        constraints = [
            models.UniqueConstraint(fields=["booth", "number"], name="one_number_a_batch"),
            models.CheckConstraint(
                condition=Q(stage__in=stages.BATCH.stages()), name="batch_stage_known"
            ),
            models.CheckConstraint(condition=Q(sheets__gt=0), name="a_batch_has_a_sheet"),
            models.CheckConstraint(
                condition=~Q(stage__in=stages.DONE)
                | Q(sheets=F("valid") + F("blank") + F("invalid")),
                name="every_sheet_of_a_batch_is_something",
            ),
        ]

    def __str__(self) -> str:
        return _("%(booth)s第%(n)s批") % {"booth": self.booth, "n": self.number}

    @property
    def stage_label(self) -> str:
        return str(_(stages.BATCH_LABELS[self.stage]))

    @property
    def done(self) -> bool:
        return self.stage in stages.DONE


class Keying(models.Model):
    """One of the two times that a batch is keyed, each by another person.

    `post` is the post in which the hand keys; the public record names it and no person. `digest` (SHA-256) fixes
    what was handed in.
    """

    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="keyings", verbose_name=_("录票批次")
    )
    place = models.PositiveSmallIntegerField(_("第几遍"))
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录票人")
    )
    post = models.CharField(_("以何岗位"), max_length=20)
    handed_in_at = models.DateTimeField(_("交出时间"), null=True)
    digest = models.CharField(_("指纹"), max_length=CODE_LENGTH, blank=True)

    log = told_in("round", "batch.booth.round_id")

    class Meta:
        verbose_name = _("录票")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="one_keying_a_place"),
            models.UniqueConstraint(fields=["batch", "hand"], name="two_keyings_two_hands"),
            models.CheckConstraint(condition=Q(place__in=(1, 2)), name="a_batch_is_keyed_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.place}"


class KeyedSheet(models.Model):
    """One sheet as one hand has keyed it. `client` is the number that the page gave it, so that sending it
    twice is sending it once; a `dropped` one keeps its number alone. `serial` is None for what
    is no ballot of this vote. `marks` is a list of [proposal, mark]."""

    keying = models.ForeignKey(Keying, models.CASCADE, related_name="keyed", verbose_name=_("录票"))
    client = models.CharField(max_length=CLIENT_LENGTH)
    serial = models.CharField(_("票号"), max_length=SERIAL_LENGTH, null=True)  # many without
    flag = models.CharField(_("无效理由"), max_length=10, blank=True)
    marks = models.JSONField(_("票面"), default=list)
    dropped = models.BooleanField(_("已撤回"), default=False)

    class Meta:
        verbose_name = _("录入的票")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["keying", "client"], name="sent_twice_is_sent_once"),
            models.UniqueConstraint(fields=["keying", "serial"], name="one_serial_a_keying"),
        ]

    def __str__(self) -> str:
        return self.serial or "—"


class Settlement(models.Model):
    """A third person looked at the paper where two keyings differ. `differences` is at how many sheets."""

    batch = models.OneToOneField(
        Batch, models.PROTECT, related_name="settlement", verbose_name=_("录票批次")
    )
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("第一遍")
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("第二遍")
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("裁定人")
    )
    post = models.CharField(_("以何岗位"), max_length=20)
    differences = models.PositiveIntegerField(_("不一致的张数"))
    reason = models.CharField(_("理由"), max_length=200)
    settled_at = models.DateTimeField(_("裁定时间"))

    class Meta:
        verbose_name = _("录票裁定")
        constraints = [
            models.CheckConstraint(
                condition=~Q(hand=F("first")) & ~Q(hand=F("second")) & ~Q(first=F("second")),
                name="a_third_person_settles",
            )
        ]

    def __str__(self) -> str:
        return str(self.batch)


class Sheet(models.Model):
    """A sheet as it counts: what two hands agree on, or a third settled. `choices` is its canonical
    form, empty where it is invalid and once the keys of the vote are gone."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="sheets", verbose_name=_("选民名册")
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="counted", verbose_name=_("录票批次")
    )
    serial = models.CharField(_("票号"), max_length=SERIAL_LENGTH, null=True)  # many without
    state = models.CharField(_("状态"), max_length=10)
    reason = models.CharField(_("无效理由"), max_length=20, blank=True)
    choices = models.TextField(_("选择"), blank=True, default=NO_CHOICE)

    class Meta:
        verbose_name = _("纸质票")
        constraints = [
            models.UniqueConstraint(fields=["roll", "serial"], name="a_serial_counts_once"),
            models.CheckConstraint(condition=Q(state__in=sheet.STATES), name="sheet_state_known"),
            models.CheckConstraint(
                condition=Q(serial__isnull=False) | Q(state=sheet.INVALID),
                name="what_has_no_serial_is_invalid",
            ),
        ]

    def __str__(self) -> str:
        return self.serial or "—"


class Discrepancy(models.Model):
    """The batches of a booth hold so many sheets more (or, below 0, fewer) than were counted in its
    box, and an officer has said why."""

    booth = models.OneToOneField(
        Booth, models.PROTECT, related_name="discrepancy", verbose_name=_("投票站")
    )
    sheets = models.IntegerField(_("相差张数"))
    reason = models.CharField(_("说明"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("说明人")
    )
    explained_at = models.DateTimeField(_("说明时间"))

    class Meta:
        verbose_name = _("票数差异")
        constraints = [
            models.CheckConstraint(condition=~Q(sheets=0), name="a_discrepancy_is_some_sheets")
        ]

    def __str__(self) -> str:
        return f"{self.booth} {self.sheets:+}"


class Sample(models.Model):
    """The draw by which the entered count is held against the paper, once a round.

    `limit` and `risk` are permille, `margin` votes. The seed is the root of the log at `size` lines and the digits of
    dice. `draws` is how many were drawn so far, `full` that every sheet is looked at. `differences` is on how many
    sheets paper and entry differ, known when it is done.
    """

    roll = models.OneToOneField(
        Roll, models.PROTECT, related_name="sample", verbose_name=_("选民名册")
    )
    stage = models.CharField(_("状态"), max_length=10, default=stages.LOOKING)
    limit = models.PositiveSmallIntegerField(_("风险上限（千分之）"))
    margin = models.PositiveIntegerField(_("票差"))
    root = models.CharField(_("台账指纹"), max_length=CODE_LENGTH)
    size = models.PositiveBigIntegerField(_("台账行数"))
    digits = models.CharField(_("骰子数字"), max_length=40)
    draws = models.PositiveIntegerField(_("抽取次数"))
    full = models.BooleanField(_("全部核对"), default=False)
    risk = models.PositiveSmallIntegerField(_("风险（千分之）"), default=1000)
    differences = models.PositiveIntegerField(_("不符张数"), default=0)
    drawn_at = models.DateTimeField(_("抽取时间"))

    log = told_in("round", "roll.round_id")

    class Meta:
        verbose_name = _("纸票抽样")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.SAMPLE.stages()), name="sample_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(limit__gt=0, limit__lt=1000, margin__gt=0),
                name="a_sample_has_a_risk_and_a_margin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roll} {self.digits}"

    @property
    def stage_label(self) -> str:
        return str(_(stages.SAMPLE_LABELS[self.stage]))

    @property
    def seed(self) -> str:
        return f"{self.root}/{self.digits}"


class Look(models.Model):
    """What the paper of a drawn sheet shows to somebody who did not key it; `missing` where it is not
    there. `overstated` is how far the entry moved two proposals apart, in votes."""

    sample = models.ForeignKey(
        Sample, models.PROTECT, related_name="looks", verbose_name=_("纸票抽样")
    )
    sheet = models.OneToOneField(
        Sheet, models.PROTECT, related_name="look", verbose_name=_("纸质票")
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("核对人")
    )
    missing = models.BooleanField(_("找不到"), default=False)
    state = models.CharField(_("状态"), max_length=10)
    reason = models.CharField(_("无效理由"), max_length=20, blank=True)
    choices = models.TextField(_("选择"), blank=True, default=NO_CHOICE)
    differs = models.BooleanField(_("不符"))
    overstated = models.PositiveIntegerField(_("多记的差距"))

    class Meta:
        verbose_name = _("抽样核对")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sheet.STATES), name="look_state_known"),
            models.CheckConstraint(
                condition=Q(differs=True) | Q(overstated=0), name="what_agrees_overstates_nothing"
            ),
        ]

    def __str__(self) -> str:
        return str(self.sheet)
