from __future__ import annotations

import json

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One deed. `body` is the line itself, in canonical bytes; the columns beside it are an index."""

    deed = models.CharField(_("事项"), max_length=60)
    subject = models.CharField(_("对象"), max_length=80, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="deeds",
        verbose_name=_("以谁的名义"),
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="deeds_for_others",
        verbose_name=_("代办人"),
    )
    at = models.DateTimeField(_("时间"), db_index=True)
    body = models.BinaryField(_("正文"))
    digest = models.CharField(_("指纹"), max_length=64)
    repeat_mark = models.CharField(max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("台账")

    def __str__(self) -> str:
        return f"{self.deed} {self.subject}"

    @property
    def subject_label(self) -> str:
        """The subject in words: what it is and its number."""
        label, _colon, pk = self.subject.partition(":")
        return f"{apps.get_model(label)._meta.verbose_name} {pk}"

    @property
    def codes(self) -> str:
        """The codes and figures of the line, as they stand in its body."""
        data = json.loads(bytes(self.body))["data"]
        return "; ".join(f"{name}={json.dumps(data[name], ensure_ascii=False)}" for name in data)

    def thing(self) -> models.Model:
        """The row that this line speaks of."""
        label, _colon, pk = self.subject.partition(":")
        row: models.Model = apps.get_model(label)._default_manager.get(pk=pk)
        return row


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
