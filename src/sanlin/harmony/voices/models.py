from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.pii import SealedField

from . import stages


class VoiceKind(models.TextChoices):
    COMPLAINT = "complaint", _("投诉")
    SUGGESTION = "suggestion", _("改进建议")
    QUESTION = "question", _("求助或提问")


class Voice(models.Model):
    """What somebody said about a page or a matter, to one street. Its author may be unknown."""

    receipt = models.CharField(_("回执号"), max_length=12, unique=True)
    kind = models.CharField(_("类型"), max_length=12, choices=VoiceKind.choices)
    text = models.TextField(_("内容"), max_length=2000)
    page = models.CharField(_("所在页面"), max_length=200, blank=True)
    contact = SealedField(_("联系方式"), blank=True, default="")
    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="voices", verbose_name=_("街道")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="voices",
        verbose_name=_("提出人"),
    )
    sender_mark = models.CharField(max_length=40, editable=False, db_index=True)
    said_at = models.DateTimeField(_("提出时间"))
    stage = models.CharField(_("阶段"), max_length=12, default=stages.NEW)
    answer = models.TextField(_("答复"), max_length=2000, blank=True)
    gist = models.CharField(_("公开的问题摘要"), max_length=120, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="answered_voices",
        verbose_name=_("答复人"),
    )

    class Meta:
        verbose_name = _("意见")
        constraints = [
            models.CheckConstraint(
                name="voice_stage_known", condition=models.Q(stage__in=stages.VOICE.stages())
            ),
            models.CheckConstraint(
                name="an_answered_voice_has_its_answer",
                condition=~models.Q(stage=stages.ANSWERED)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False)
                & ~models.Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))
