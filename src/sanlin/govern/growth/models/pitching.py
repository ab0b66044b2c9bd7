from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.growth import stages
from sanlin.ground.journal.models import told_in
from sanlin.kernel.packs.choices import PROJECT_KINDS

KINDS = [(one.key, one.label) for one in PROJECT_KINDS]


class Pitching(models.Model):
    """A midterm session: projects pitch one after the other, jurors mark them on the spot."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="pitchings", verbose_name=_("轮次")
    )
    title = models.CharField(_("名称"), max_length=60)
    at = models.DateTimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=60)
    minutes = models.PositiveSmallIntegerField(_("每项汇报分钟"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.PLANNED)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("中期评议会")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.PITCHING.stages()), name="pitching_stage_known"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="a_pitch_takes_time"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stage_label(self) -> str:
        return _now(stages.PITCHING_LABELS[self.stage])


class JurorPart(models.TextChoices):
    COMMUNITY = "community", _("社区负责人")
    ACCEPTANCE = "acceptance", _("验收人员")
    SUPERVISION = "supervision", _("监督委员会")
    EXPERT = "expert", _("专家")


class Juror(models.Model):
    """Somebody who marks the pitches of a session."""

    pitching = models.ForeignKey(
        Pitching, models.PROTECT, related_name="jurors", verbose_name=_("中期评议会")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="juries", verbose_name=_("评委")
    )
    part = models.CharField(_("身份"), max_length=12, choices=JurorPart.choices)

    log = told_in("round", "pitching.round_id")

    class Meta:
        verbose_name = _("评议席")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pitching", "account"], name="one_chair_a_juror"),
            models.CheckConstraint(
                condition=Q(part__in=JurorPart.values), name="part_of_a_juror_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class Slot(models.Model):
    """A project's turn: its midterm report, the sheet of its kind, and what came of it.

    `mark` is the mean of the jurors' totals, rounded to a whole mark of 100; `findings` are keys of
    the round's rules.
    """

    pitching = models.ForeignKey(
        Pitching, models.PROTECT, related_name="slots", verbose_name=_("中期评议会")
    )
    report = models.OneToOneField(
        "projects.Report", models.PROTECT, related_name="slot", verbose_name=_("项目报告")
    )
    place = models.PositiveSmallIntegerField(_("顺序"))
    kind = models.CharField(_("项目类型"), max_length=12, choices=KINDS)
    stage = models.CharField(_("状态"), max_length=10, default=stages.WAITING)
    called_at = models.DateTimeField(_("开始汇报"), null=True)
    marked_at = models.DateTimeField(_("评定时间"), null=True)
    mark = models.PositiveSmallIntegerField(_("平均分"), null=True)
    findings = models.JSONField(_("常见问题"), default=list, blank=True)
    note = models.TextField(_("评语"), max_length=1000, blank=True)

    log = told_in("round", "pitching.round_id")

    class Meta:
        verbose_name = _("评议场次")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["pitching", "place"], name="one_slot_a_place"),
            models.UniqueConstraint(
                fields=["pitching"],
                condition=Q(stage=stages.CALLED),
                name="one_pitch_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stage=stages.WAITING, called_at__isnull=True, mark__isnull=True)
                | Q(stage=stages.CALLED, called_at__isnull=False, mark__isnull=True)
                | Q(stage=stages.MARKED, called_at__isnull=False, mark__gte=0, mark__lte=100),
                name="a_marked_slot_has_its_mark",
            ),
        ]

    def __str__(self) -> str:
        return str(self.report.project)

    @property
    def stage_label(self) -> str:
        return _now(stages.SLOT_LABELS[self.stage])


class Score(models.Model):
    """One juror's sheet for one pitch: whole or half marks by line, doubled. Given once."""

    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="scores", verbose_name=_("评议场次")
    )
    juror = models.ForeignKey(
        Juror, models.PROTECT, related_name="scores", verbose_name=_("评议席")
    )
    halves = models.JSONField(_("半分数"))
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "slot.pitching.round_id")

    class Meta:
        verbose_name = _("评议打分")
        constraints = [
            models.UniqueConstraint(fields=["slot", "juror"], name="each_juror_scores_once")
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.juror}"


class Aside(models.Model):
    """A juror steps aside from one pitch."""

    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="asides", verbose_name=_("评议场次")
    )
    juror = models.ForeignKey(
        Juror, models.PROTECT, related_name="asides", verbose_name=_("评议席")
    )
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "slot.pitching.round_id")

    class Meta:
        verbose_name = _("评议回避")
        constraints = [
            models.UniqueConstraint(fields=["slot", "juror"], name="one_stepping_aside_a_pitch")
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.juror}"
