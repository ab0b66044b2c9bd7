"""What lies in the box, what was counted out of it, and how often a device was used."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.kernel.ballots.code import in_groups, receipt_of

from .roll import NOTHING, Roll

CODE_LENGTH = 64


class Channel(models.TextChoices):
    WEB = "web", _("网上")
    PAPER = "paper", _("纸质")


class Fate(models.TextChoices):
    """What became of a ballot. Only a standing one has a box."""

    STANDING = "standing", _("有效")
    REPLACED = "replaced", _("已被后来的一票替换")
    SPOILED = "spoiled", _("已抽检作废")
    OVERRIDDEN = "overridden", _("已被纸质票取代")


class Ballot(models.Model):
    """What was put into the box: a code, and what the key of the vote alone opens.

    The box holds the seed (32 bytes) and the choices in canonical form, filled up to one length. It
    has no time, no sequence and no voter; it does not tell who helped either.
    """

    code = models.CharField(_("选票码"), max_length=CODE_LENGTH, primary_key=True)
    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="ballots", verbose_name=_("选民名册")
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    fate = models.CharField(_("状态"), max_length=10, choices=Fate.choices, default=Fate.STANDING)
    box = models.BinaryField(default=NOTHING)

    class Meta:
        verbose_name = _("选票")
        constraints = [
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="ballot_fate_known"),
            models.CheckConstraint(
                condition=Q(fate=Fate.STANDING) | Q(box=NOTHING),
                name="only_a_standing_ballot_has_a_box",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """The code as the voter keeps it: four groups of four."""
        return in_groups(receipt_of(self.code))


class Tally(models.Model):
    """After the count: one choice, in canonical form, and how many ballots of a channel made it."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="tallies", verbose_name=_("选民名册")
    )
    channel = models.CharField(
        _("渠道"), max_length=10, choices=Channel.choices, default=Channel.WEB
    )
    choices = models.TextField(_("选择"))
    ballots = models.PositiveIntegerField(_("票数"))

    class Meta:
        verbose_name = _("计票")
        constraints = [
            models.CheckConstraint(condition=Q(ballots__gt=0), name="a_tally_counts_at_least_one")
        ]

    def __str__(self) -> str:
        return f"{self.choices} × {self.ballots}"


class Trace(models.Model):
    """How many ballots were cast in one hour from one address or one device, by keyed hashes.

    A count and no list: it names neither voter nor ballot. What is fewer than a cluster is deleted
    at the close, the rest with the keys.
    """

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="traces", verbose_name=_("选民名册")
    )
    hour = models.DateTimeField(_("小时"))
    kind = models.CharField(_("类别"), max_length=7)
    mark = models.CharField(max_length=40)
    casts = models.PositiveIntegerField(_("票数"))
    helped = models.PositiveIntegerField(_("其中代办"), default=0)

    class Meta:
        verbose_name = _("投票痕迹")
        constraints = [
            models.UniqueConstraint(
                fields=["roll", "hour", "kind", "mark"], name="one_trace_an_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.kind} × {self.casts}"
