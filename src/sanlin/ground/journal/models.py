from __future__ import annotations

import json
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.kernel.record import checkpoint, tree

OCCASIONS: dict[str, Any] = {}  # deeds that take a checkpoint, with the words that say why
HOUSE = "house"  # the log of everything that belongs to no round


def told_in(kind: str, path: str) -> property:
    """In a model: the log in which the lines about such a row stand; without it, in the house's.

    `log = told_in("round", "proposal.round_id")` makes `row.log` read `round/7`.
    """
    key = attrgetter(path)
    return property(lambda row: f"{kind}/{key(row)}")


class Log(models.Model):
    """One sequence of lines with its own tree: `house`, or `round/7` for all that is of round 7.

    Its row is locked by whoever appends. `size` is the number of lines, `frontier` the roots of the
    tree's full subtrees (32 bytes each, at most 40), `origin` how its checkpoints name it.
    """

    name = models.CharField(_("名称"), max_length=40, primary_key=True)
    origin = models.CharField(_("对外名称"), max_length=200, unique=True)
    size = models.PositiveBigIntegerField(_("行数"), default=0)
    frontier = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("台账分册")

    def __str__(self) -> str:
        return self.name

    @property
    def head(self) -> checkpoint.Checkpoint:
        """The log as it stands."""
        top = tree.root(tree.unpack(bytes(self.frontier)))
        return checkpoint.Checkpoint(self.origin, self.size, top)


class Entry(models.Model):
    """One line of a log. `body` is the line itself, in canonical bytes, `leaf` its hash in the tree;
    the columns beside them are an index.

    `seq` counts from 0 within the log and has no gap. There is no number of the whole house: what
    somebody did would stand beside what the ballot box took in.
    """

    pk = models.CompositePrimaryKey("log", "seq")
    log = models.CharField(_("分册"), max_length=40)
    seq = models.PositiveBigIntegerField(_("编号"))
    deed = models.CharField(_("事项"), max_length=60)
    subject = models.CharField(_("对象"), max_length=80, db_index=True)
    stage = models.CharField(_("办理后的状态"), max_length=20, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="deeds",
        verbose_name=_("以谁的名义"),
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="deeds_for_others",
        verbose_name=_("代办人"),
    )
    at = models.DateTimeField(_("时间"), db_index=True)
    body = models.BinaryField(_("正文"))
    leaf = models.BinaryField(_("指纹"))
    repeat_mark = models.CharField(max_length=40, null=True, editable=False)

    class Meta:
        verbose_name = _("台账")
        constraints = [
            models.UniqueConstraint(
                fields=["repeat_mark"],
                condition=models.Q(repeat_mark__isnull=False),
                name="one_effect_a_key",
            )
        ]
        indexes = [  # only lines that have one: most lines of a vote name nobody
            models.Index(
                fields=[name],
                condition=models.Q(**{f"{name}__isnull": False}),
                name=f"entry_{name}",
            )
            for name in ("by", "hand")
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.subject}"

    @property
    def number(self) -> str:
        """How people call the line: `round/7-1` is the first of round 7."""
        return f"{self.log}-{self.seq + 1}"

    @property
    def subject_label(self) -> str:
        """The subject in words: what it is and its number."""
        label, _colon, pk = self.subject.partition(":")
        return f"{apps.get_model(label)._meta.verbose_name} {pk}"

    @property
    def told(self) -> dict[str, Any]:
        """The line as its body says it."""
        body: dict[str, Any] = json.loads(bytes(self.body))
        return body

    @property
    def codes(self) -> str:
        """The codes and figures of the line, as they stand in its body."""
        data = self.told["data"]
        return "; ".join(f"{name}={json.dumps(data[name], ensure_ascii=False)}" for name in data)

    def thing(self) -> models.Model:
        """The row that this line speaks of."""
        label, _colon, pk = self.subject.partition(":")
        row: models.Model = apps.get_model(label)._default_manager.get(pk=pk)
        return row


class Checkpoint(models.Model):
    """A log as it stood once, published: whoever keeps it can prove that nothing before was changed.

    `why` is the deed that took it, or nothing where the clock's hand did in the evening.
    """

    log = models.ForeignKey(
        Log, models.PROTECT, related_name="checkpoints", verbose_name=_("台账分册")
    )
    size = models.PositiveBigIntegerField(_("行数"))
    root = models.BinaryField(_("根指纹"))
    at = models.DateTimeField(_("时间"))
    why = models.CharField(_("缘由"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("校验点")
        ordering = ["log", "size"]
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="one_checkpoint_a_size")
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.size}"

    @property
    def occasion(self) -> str:
        """Why it was taken, in words."""
        return str(OCCASIONS.get(self.why, self.why)) if self.why else str(_("每晚定时"))

    @property
    def kept(self) -> checkpoint.Checkpoint:
        """What a witness keeps of it."""
        return checkpoint.Checkpoint(self.log.origin, self.size, bytes(self.root))


class Unmasking(models.Model):
    """Somebody looked at a value that is otherwise masked: who, at what, and why."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("查看人"))
    subject = models.CharField(_("对象"), max_length=80, db_index=True)
    field = models.CharField(_("字段"), max_length=40)
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name = _("查看记录")

    def __str__(self) -> str:
        return f"{self.subject} {self.field}"

    @property
    def field_label(self) -> str:
        """The words of the field that was looked at."""
        model = apps.get_model(self.subject.partition(":")[0])
        return str(model._meta.get_field(self.field).verbose_name)
