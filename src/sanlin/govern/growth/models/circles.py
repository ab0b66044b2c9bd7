from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in


@dataclass(frozen=True)
class Wanted:
    """A piece of advice: what, and by which day."""

    text: str
    due: date


@dataclass(frozen=True)
class Came:
    """A body that came, and with how many people."""

    who: str
    people: int


class Backing(models.Model):
    """A team of a circle agrees to the leader whom the street recommends: once a team."""

    circle = models.ForeignKey(
        "projects.Circle", models.PROTECT, related_name="backings", verbose_name=_("小组")
    )
    team = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="+", verbose_name=_("团队")
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("组长")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("认可人")
    )
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "circle.round_id")

    class Meta:
        verbose_name = _("组长认可")
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "team", "leader"], name="one_backing_a_team_and_leader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.circle} {self.team}"


class Meeting(models.Model):
    """A circle meets; without a circle it is the joint meeting of a round's partners."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="meetings", verbose_name=_("轮次")
    )
    circle = models.ForeignKey(
        "projects.Circle",
        models.PROTECT,
        null=True,
        related_name="meetings",
        verbose_name=_("小组"),
    )
    title = models.CharField(_("议题"), max_length=60)
    at = models.DateTimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=60)
    notes = models.TextField(_("会议记录"), max_length=4000, blank=True)
    held_at = models.DateTimeField(_("记录时间"), null=True)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("小组会议")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, notes="")
                | (Q(held_at__isnull=False) & ~Q(notes="")),
                name="a_meeting_that_was_held_has_notes",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """A body came to a meeting with so many people. Bodies have names here, people none."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="attendances", verbose_name=_("小组会议")
    )
    who = models.CharField(_("谁"), max_length=80)
    people = models.PositiveSmallIntegerField(_("人数"))

    class Meta:
        verbose_name = _("到会")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "who"], name="one_attendance_a_body"),
            models.CheckConstraint(condition=Q(people__gt=0), name="whoever_came_was_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.people}"


class Visit(models.Model):
    """Neighbours of a circle, or staff, look at a project where it happens."""

    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="visits", verbose_name=_("项目")
    )
    day = models.DateField(_("日期"))
    notes = models.TextField(_("看到了什么"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人")
    )
    at = models.DateTimeField(_("记录时间"))

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("走访")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.project} {self.day:%F}"


class Advices(models.QuerySet[Any]):
    def open(self) -> Advices:
        return self.filter(done_at__isnull=True)

    def late(self, day: date) -> Advices:
        return self.open().filter(due__lt=day)


class Advice(models.Model):
    """What was agreed with a project on a visit, or laid down for it at midterm: by a day, and then
    done with a word of its team."""

    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="advice", verbose_name=_("项目")
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, related_name="advice", verbose_name=_("走访")
    )
    slot = models.ForeignKey(
        "growth.Slot", models.PROTECT, null=True, related_name="advice", verbose_name=_("评议场次")
    )
    text = models.CharField(_("建议"), max_length=200)
    due = models.DateField(_("何日前做到"))
    word = models.CharField(_("怎么做的"), max_length=200, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("办理人"),
    )
    done_at = models.DateTimeField(_("办结时间"), null=True)

    objects = Advices.as_manager()

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("改进建议")
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visit__isnull=False, slot__isnull=True)
                | Q(visit__isnull=True, slot__isnull=False),
                name="advice_comes_from_a_visit_or_a_pitch",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, word="", done_by__isnull=True)
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(word="")),
                name="advice_is_done_with_a_word",
            ),
        ]
        indexes = [models.Index(F("project"), F("done_at"), name="open_advice")]

    def __str__(self) -> str:
        return self.text


class Snapshot(models.Model):
    """A photo of a meeting or of a visit."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, related_name="photos", verbose_name=_("小组会议")
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, related_name="photos", verbose_name=_("走访")
    )
    file = models.CharField(_("文件"), max_length=60, unique=True)
    width = models.PositiveIntegerField(_("宽（像素）"))
    height = models.PositiveIntegerField(_("高（像素）"))

    class Meta:
        verbose_name = _("活动照片")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, visit__isnull=True)
                | Q(meeting__isnull=True, visit__isnull=False),
                name="a_snapshot_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
