"""What is said of proposals together, before anybody votes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from .proposal import Proposal


class Rivals(models.Model):
    """Proposals of which one at most may be funded, named before anybody votes."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="rivals", verbose_name=_("轮次")
    )
    proposals = models.ManyToManyField(Proposal, related_name="rivals", verbose_name=_("提案"))
    reason = models.CharField(_("理由"), max_length=120)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("互斥项目")

    def __str__(self) -> str:
        return self.reason


class Premise(models.Model):
    """A proposal may be funded only where another one is; named before anybody votes."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="premises", verbose_name=_("轮次")
    )
    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="premises", verbose_name=_("提案")
    )
    needs = models.ForeignKey(
        Proposal, models.PROTECT, related_name="needed_by", verbose_name=_("以谁为前提")
    )
    reason = models.CharField(_("理由"), max_length=120)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("前提项目")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "needs"], name="one_premise_a_pair"),
            models.CheckConstraint(
                condition=~models.Q(proposal=models.F("needs")), name="no_premise_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.reason
