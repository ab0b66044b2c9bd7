from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from . import stages


class Seat(models.Model):
    """A judge on the panel of one round. One who has left keeps the sheets she has sealed."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="seats", verbose_name=_("轮次")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats", verbose_name=_("评委")
    )
    pledged_at = models.DateTimeField(_("承诺时间"), null=True)
    left_at = models.DateTimeField(_("退出时间"), null=True)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("评审席")
        constraints = [
            models.UniqueConstraint(fields=["round", "account"], name="one_seat_a_judge")
        ]

    def __str__(self) -> str:
        return str(self.account)


class Recusal(models.Model):
    """A judge steps aside from one proposal: of herself, or because an officer saw an interest."""

    seat = models.ForeignKey(
        Seat, models.PROTECT, related_name="recusals", verbose_name=_("评审席")
    )
    proposal = models.ForeignKey(
        "proposals.Proposal", models.PROTECT, related_name="recusals", verbose_name=_("提案")
    )
    declared = models.BooleanField(_("本人申报"), default=True)
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "seat.round_id")

    class Meta:
        verbose_name = _("回避")
        constraints = [
            models.UniqueConstraint(fields=["seat", "proposal"], name="one_recusal_a_proposal")
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.proposal}"


class Review(models.Model):
    """One judge's sheet for one proposal. Nobody else sees it before the review has ended."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="reviews", verbose_name=_("评审席"))
    proposal = models.ForeignKey(
        "proposals.Proposal", models.PROTECT, related_name="reviews", verbose_name=_("提案")
    )
    stage = models.CharField(_("状态"), max_length=12, default=stages.DRAFT)
    comment = models.TextField(_("理由"), max_length=1000, blank=True)
    sealed_at = models.DateTimeField(_("封存时间"), null=True)

    log = told_in("round", "seat.round_id")

    class Meta:
        verbose_name = _("评分表")
        constraints = [
            models.UniqueConstraint(fields=["seat", "proposal"], name="one_review_a_proposal"),
            models.CheckConstraint(
                condition=Q(stage=stages.DRAFT, sealed_at__isnull=True)
                | Q(stage=stages.SEALED, sealed_at__isnull=False),
                name="a_sealed_review_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.proposal}"

    @property
    def stage_label(self) -> str:
        return _now(stages.LABELS[self.stage])


class Mark(models.Model):
    """One criterion of a sheet, in half marks. A blank has no row: it is not a zero."""

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="marks", verbose_name=_("评分表")
    )
    criterion = models.CharField(_("评分项"), max_length=30)
    halves = models.PositiveSmallIntegerField(_("半分数"))

    class Meta:
        verbose_name = _("分数")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_mark_a_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.halves}/2"


class Conferral(models.Model):
    """Minutes of the panel's talk: about one proposal, or about the round."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="conferrals", verbose_name=_("轮次")
    )
    proposal = models.ForeignKey(
        "proposals.Proposal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="conferrals",
        verbose_name=_("提案"),
    )
    minutes = models.TextField(_("纪要"), max_length=4000)
    held_at = models.DateTimeField(_("记录时间"))
    recorder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人")
    )

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("合议")

    def __str__(self) -> str:
        return f"{self.round} {self.held_at:%F}"
