from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import stages


class Task(models.Model):
    """A file that somebody asked for: what is to be made of what, how far it is, and what came of it.

    `about` holds keys of rows and codes only; `mark` is its digest, so that nobody waits for the same
    thing twice. A worker holds a task under `worker` until `lease`; after that another may take it.
    `path` is where its file lies, under a random name; `name` is what a download is called.
    """

    work = models.CharField(_("种类"), max_length=60)
    about = models.JSONField(_("对象"))
    mark = models.CharField(max_length=64, editable=False)
    title = models.CharField(_("名称"), max_length=160)
    back = models.CharField(_("从哪一页"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"))
    stage = models.CharField(_("状态"), max_length=8, default=stages.QUEUED)
    tries = models.PositiveSmallIntegerField(_("第几次"), default=0)
    done = models.PositiveIntegerField(_("已做"), default=0)
    total = models.PositiveIntegerField(_("共计"), default=0)
    worker = models.CharField(max_length=40, blank=True, editable=False)
    lease = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    file = models.CharField(_("文件"), max_length=40, blank=True)
    name = models.CharField(_("文件名"), max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("大小（字节）"), default=0)
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("任务")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.TASK.stages()), name="task_stage_known"
            ),
            models.UniqueConstraint(
                fields=["by", "work", "mark"],
                condition=Q(stage__in=stages.WAITING),
                name="nobody_waits_twice_for_a_thing",
            ),
            models.CheckConstraint(
                condition=~Q(stage=stages.DONE) | (~Q(file="") & ~Q(digest="")),
                name="what_is_done_has_its_file",
            ),
            models.CheckConstraint(
                condition=~Q(stage=stages.FAILED) | ~Q(error=""), name="a_failure_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(stage=stages.RUNNING) | (~Q(worker="") & Q(lease__isnull=False)),
                name="a_running_task_has_its_worker",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(stage__in=stages.WAITING), name="tasks_that_wait"
            ),
            models.Index(fields=["by", "-asked_at"], name="tasks_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stage_label(self) -> str:
        return _now(stages.LABELS[self.stage])

    @property
    def path(self) -> Path:
        """Where the file lies: beside the uploads, so that no backup carries it."""
        return Path(settings.HOME) / "made" / self.file[:2] / self.file

    @property
    def is_waiting(self) -> bool:
        return self.stage in stages.WAITING
