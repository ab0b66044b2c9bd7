from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .proposal import Proposal


class Result(models.TextChoices):
    ADMIT = "admit", _("通过审查")
    RETURN = "return", _("退回补正")
    REFUSE = "refuse", _("不予受理")


class Screening(models.Model):
    """The formal checks of one proposal, done once by somebody; again after a correction or appeal.

    `by` None is the clock's hand: the days to correct ran out. `until` is the last day to correct
    (after a return) or to appeal (after a refusal).
    """

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="screenings", verbose_name=_("提案")
    )
    turn = models.PositiveSmallIntegerField(_("第几次"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审查人"),
    )
    at = models.DateTimeField(_("时间"))
    result = models.CharField(_("结论"), max_length=6, choices=Result.choices)
    refusals = models.JSONField(_("不予受理理由"), default=list, blank=True)
    note = models.TextField(_("说明"), max_length=1000, blank=True)
    double = models.CharField(_("对疑似重复资助的判断"), max_length=200, blank=True)
    until = models.DateField(_("期限"), null=True)

    class Meta:
        verbose_name = _("形式审查")
        ordering = ["turn"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "turn"], name="one_screening_a_turn"),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(result="return"), name="one_return_a_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} {self.turn}"


class Answer(models.TextChoices):
    FULFILLED = "yes", _("符合")
    NOT_FULFILLED = "no", _("不符合")
    NOT_APPLICABLE = "none", _("不适用")


class Finding(models.Model):
    """The answer to one formal check; `code` is the check's in the round's pack."""

    screening = models.ForeignKey(
        Screening, models.PROTECT, related_name="findings", verbose_name=_("形式审查")
    )
    code = models.CharField(_("审查事项"), max_length=30)
    answer = models.CharField(_("判断"), max_length=4, choices=Answer.choices)
    correctable = models.BooleanField(_("可补正"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("审查判断")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "code"], name="one_finding_a_check")
        ]

    def __str__(self) -> str:
        return self.code


class Appeal(models.Model):
    """A team's objection to a refusal: once, and decided by another hand than the one that refused."""

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, related_name="appeal", verbose_name=_("提案")
    )
    against = models.OneToOneField(
        Screening, models.PROTECT, related_name="appeal", verbose_name=_("所申诉的审查")
    )
    text = models.TextField(_("申诉理由"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申诉人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("申诉")

    def __str__(self) -> str:
        return str(self.proposal)
