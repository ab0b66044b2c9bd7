from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in


class Acceptance(models.Model):
    """The sheet that is filled in where a finished project is looked at. `ticks` are keys of the
    round's rules; `people` is how many beneficiaries confirmed on paper."""

    project = models.OneToOneField(
        "projects.Project", models.PROTECT, related_name="acceptance", verbose_name=_("项目")
    )
    ticks = models.JSONField(_("符合的各项"), default=list, blank=True)
    people = models.PositiveIntegerField(_("书面确认的受益人数"), default=0)
    note = models.TextField(_("说明"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("验收人")
    )
    at = models.DateTimeField(_("验收时间"))

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("验收单")

    def __str__(self) -> str:
        return str(self.project)


class Survey(models.Model):
    """Residents are asked about a project: by a slip with a code, or by sheets of paper."""

    project = models.OneToOneField(
        "projects.Project", models.PROTECT, related_name="survey", verbose_name=_("项目")
    )
    slips = models.PositiveSmallIntegerField(_("问卷码张数"))
    opened_at = models.DateTimeField(_("开始时间"))
    closed_at = models.DateTimeField(_("截止时间"), null=True)

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("满意度调查")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="a_survey_closes_after_it_opens",
            )
        ]

    def __str__(self) -> str:
        return str(self.project)


class Slip(models.Model):
    """A code that was used. Nothing joins it to the answer that was given with it."""

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="used", verbose_name=_("满意度调查")
    )
    number = models.PositiveSmallIntegerField(_("第几张"))

    class Meta:
        verbose_name = _("用过的问卷码")
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="one_answer_a_code"),
            models.CheckConstraint(condition=Q(number__gt=0), name="slips_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"


class Channel(models.TextChoices):
    CODE = "code", _("扫码")
    PAPER = "paper", _("纸质")


class Answer(models.Model):
    """What one resident said, without a name, a time or a code."""

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="answers", verbose_name=_("满意度调查")
    )
    channel = models.CharField(_("方式"), max_length=5, choices=Channel.choices)
    knows = models.BooleanField(_("知道这个项目"))
    took_part = models.BooleanField(_("参加过活动"))
    benefits = models.BooleanField(_("自己或家人受益"))
    content = models.PositiveSmallIntegerField(_("满意程度"))

    class Meta:
        verbose_name = _("满意度问卷")
        constraints = [
            models.CheckConstraint(
                condition=Q(content__gte=1, content__lte=5), name="content_is_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="channel_of_an_answer_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.content}"
