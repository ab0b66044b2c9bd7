from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from .project import Project


class Agreement(models.Model):
    """What the three parties agree on, as canonical bytes: never changed, followed by a new version."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="agreements", verbose_name=_("项目")
    )
    version = models.PositiveSmallIntegerField(_("第几版"))
    body = models.BinaryField(_("正文"))
    digest = models.CharField(_("指纹"), max_length=64)
    drawn_at = models.DateTimeField(_("拟定时间"))
    signed_at = models.DateTimeField(_("生效时间"), null=True)

    class Meta:
        verbose_name = _("协议")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="one_agreement_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.version}"


class Party(models.TextChoices):
    STREET = "street", _("街道（甲方）")
    TEAM = "team", _("项目团队（乙方）")
    COMMITTEE = "committee", _("居民委员会（丙方）")


class Signing(models.Model):
    """One party's hand under an agreement: one a party, and nobody for two parties."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="signings", verbose_name=_("协议")
    )
    party = models.CharField(_("签约方"), max_length=10, choices=Party.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("签约人")
    )
    at = models.DateTimeField(_("签约时间"))

    log = told_in("round", "agreement.project.round_id")

    class Meta:
        verbose_name = _("签约")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="one_signing_a_party"),
            models.UniqueConstraint(
                fields=["agreement", "account"], name="nobody_signs_for_two_parties"
            ),
            models.CheckConstraint(
                condition=models.Q(party__in=Party.values), name="signing_party_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.party}"
