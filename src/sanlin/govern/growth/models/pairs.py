from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in


class Pair(models.Model):
    """An old team takes a new one by the hand; it ends with a word from both."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="pairs", verbose_name=_("轮次")
    )
    mentor = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="mentored", verbose_name=_("老团队")
    )
    novice = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="mentors", verbose_name=_("新团队")
    )
    goals = models.CharField(_("目标"), max_length=300)
    since = models.DateField(_("开始日期"))
    mentor_word = models.CharField(_("老团队的话"), max_length=300, blank=True)
    novice_word = models.CharField(_("新团队的话"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("结对")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "novice"], name="one_mentor_a_novice"),
            models.CheckConstraint(
                condition=~Q(mentor=F("novice")), name="nobody_mentors_themselves"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | (~Q(mentor_word="") & ~Q(novice_word="")),
                name="a_pair_ends_with_a_word_of_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor} → {self.novice}"


class PairEntry(models.Model):
    """What mentor or novice wrote down of their work together."""

    pair = models.ForeignKey(Pair, models.PROTECT, related_name="entries", verbose_name=_("结对"))
    team = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="+", verbose_name=_("团队")
    )
    day = models.DateField(_("日期"))
    text = models.CharField(_("做了什么"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人")
    )
    at = models.DateTimeField(_("记录时间"))

    log = told_in("round", "pair.round_id")

    class Meta:
        verbose_name = _("结对记录")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.pair} {self.day:%F}"
