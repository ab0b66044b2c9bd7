from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from .project import Project


class ChildRound(models.Model):
    """A small round that a running project holds for groups of its own (母项目、子项目).

    Its pot, `amount` fen, is a spending head of the parent's budget; its payments are spending of
    the parent. `least` groups must hand something in before the call can be screened.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="children", verbose_name=_("母项目")
    )
    round = models.OneToOneField(
        "rounds.Round", models.PROTECT, related_name="parent", verbose_name=_("子项目轮次")
    )
    head = models.CharField(_("支出科目"), max_length=30)
    amount = models.BigIntegerField(_("子项目资金（分）"))
    least = models.PositiveSmallIntegerField(_("至少几个小组"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("办理人")
    )
    at = models.DateTimeField(_("时间"))

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("子项目轮次")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, least__gt=0), name="a_child_round_has_a_pot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.round}"
