"""Help from somebody near, with consent, scope and end."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .roll import Roll


class Mandate(models.Model):
    """A voter asks somebody to cast for her: in one vote, until it closes or she ends it.

    `witness` is the worker at whose desk she said so; None where she did it herself. It lends a name
    for the pages of this ballot alone, and the ballot stays one: it is her line of the roll.
    """

    LIFE = timedelta(minutes=30)  # how long a name is lent at a time

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="mandates", verbose_name=_("选民名册")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("委托人")
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("受托人")
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    given_at = models.DateTimeField(_("委托时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("代投委托")
        constraints = [
            models.UniqueConstraint(
                fields=["roll", "person"],
                condition=Q(ended_at__isnull=True),
                name="one_standing_mandate_a_voter",
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("hand")), name="nobody_has_a_mandate_of_her_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.hand}"
