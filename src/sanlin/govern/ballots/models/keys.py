"""Who keeps the keys of the box, and what is sealed to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in
from sanlin.ground.keys import Lock

from .roll import NOTHING, Roll


class Office(models.TextChoices):
    """In whose place somebody keeps a key."""

    STREET = "street", _("街道")
    COUNTERSIGN = "countersign", _("街道（复核）")
    COMMITTEE = "committee", _("居委")
    SUPERVISOR = "supervisor", _("居民监督")


class Keeper(models.Model):
    """Somebody who keeps one key of a vote: named, and once a passphrase is set, with a lock.

    `public` belongs to a private key that exists only while the passphrase is being entered.
    """

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="keepers", verbose_name=_("轮次")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号")
    )
    office = models.CharField(_("身份"), max_length=12, choices=Office.choices)
    salt = models.BinaryField(default=NOTHING)
    passes = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    public = models.BinaryField(default=NOTHING)
    set_at = models.DateTimeField(_("设置口令的时间"), null=True)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("钥匙保管人")
        constraints = [
            models.UniqueConstraint(fields=["round", "account"], name="one_key_a_keeper"),
            models.UniqueConstraint(fields=["round", "office"], name="one_keeper_an_office"),
        ]

    def __str__(self) -> str:
        return f"{self.account}（{self.get_office_display()}）"

    @property
    def lock(self) -> Lock:
        return Lock(bytes(self.salt), self.passes, self.memory, bytes(self.public))


class Share(models.Model):
    """The private key of a box, sealed to `second` and that again to `first`; there is one for every
    two keepers in either order. `opened` is what remains when `first` has taken off its layer."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="shares", verbose_name=_("选民名册")
    )
    first = models.ForeignKey(Keeper, models.PROTECT, related_name="+", verbose_name=_("先到"))
    second = models.ForeignKey(Keeper, models.PROTECT, related_name="+", verbose_name=_("后到"))
    sealed = models.BinaryField()
    opened = models.BinaryField(default=NOTHING)

    class Meta:
        verbose_name = _("钥匙份额")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_share_two_keepers"),
        ]

    def __str__(self) -> str:
        return f"{self.first} + {self.second}"


class Voiding(models.Model):
    """A vote whose box nobody can open is given up: an officer of its street says why, the district's
    administrator agrees. With that the vote is void, and its round has ended."""

    roll = models.OneToOneField(
        Roll, models.PROTECT, related_name="voiding", verbose_name=_("选民名册")
    )
    reason = models.CharField(_("作废的理由"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    asked_at = models.DateTimeField(_("提出时间"))
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("同意人"),
    )
    agreed_at = models.DateTimeField(_("同意时间"), null=True)

    class Meta:
        verbose_name = _("投票作废")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="a_void_vote_is_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(agreed_by=models.F("asked_by")), name="two_people_void_a_vote"
            ),
        ]

    def __str__(self) -> str:
        return self.reason
