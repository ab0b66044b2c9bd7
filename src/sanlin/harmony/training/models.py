from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import stages


class Session(models.Model):
    """A training of a street. `round_name` says in words which round it is for, where it is for one."""

    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="trainings", verbose_name=_("街道")
    )
    title = models.CharField(_("题目"), max_length=60)
    programme = models.TextField(_("内容安排"), max_length=2000)
    round_name = models.CharField(_("为哪一轮"), max_length=60, blank=True)
    opens = models.DateTimeField(_("开始时间"))
    closes = models.DateTimeField(_("结束时间"))
    place = models.CharField(_("地点"), max_length=60)
    seats = models.PositiveSmallIntegerField(_("名额"))

    class Meta:
        verbose_name = _("培训")
        ordering = ["-opens", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="a_training_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(seats__gt=0), name="a_training_has_seats"),
        ]

    def __str__(self) -> str:
        return self.title


class SignUp(models.Model):
    """Somebody who comes to a training, and whether she came. Nothing is counted over people."""

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="signups", verbose_name=_("培训")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="trainings", verbose_name=_("账号")
    )
    at = models.DateTimeField(_("报名时间"))
    came = models.BooleanField(_("到场"), default=False)

    class Meta:
        verbose_name = _("培训报名")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "account"], name="one_seat_each")]

    def __str__(self) -> str:
        return f"{self.session} {self.account}"


class Idea(models.Model):
    """What somebody in the room thought of: shown on the wall once an officer has read it, taken up
    and followed until it is done. It has no author."""

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="ideas", verbose_name=_("培训")
    )
    text = models.CharField(_("点子"), max_length=100)
    at = models.DateTimeField(_("时间"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.SENT)
    owner = models.CharField(_("谁来做"), max_length=60, blank=True)
    due = models.DateField(_("何日前做到"), null=True)
    word = models.CharField(_("怎么落实的"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("点子")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.IDEA.stages()), name="idea_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[stages.TAKEN, stages.DONE])
                | (~Q(owner="") & Q(due__isnull=False)),
                name="an_idea_that_is_taken_has_its_owner",
            ),
            models.CheckConstraint(
                condition=~Q(stage=stages.DONE) | ~Q(word=""), name="an_idea_is_done_with_a_word"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def stage_label(self) -> str:
        return _now(stages.LABELS[self.stage])


class Question(models.Model):
    """A question to an expert, and the advice that was given."""

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="questions", verbose_name=_("培训")
    )
    text = models.CharField(_("问题"), max_length=200)
    at = models.DateTimeField(_("提问时间"))
    expert = models.CharField(_("哪位专家"), max_length=60, blank=True)
    advice = models.TextField(_("专家建议"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("专家提问")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, advice="")
                | (Q(answered_at__isnull=False) & ~Q(advice="")),
                name="an_answered_question_has_its_advice",
            )
        ]

    def __str__(self) -> str:
        return self.text
