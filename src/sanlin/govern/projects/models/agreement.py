from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in

from .copies import COPIES, Copy
from .project import Project


class Agreement(models.Model):
    """What the parties agree on, as canonical bytes: never changed, followed by a new version.

    One version at most waits for signatures, and one at most is in force. `reason` says why a later
    version was drawn up, `ended` why this one was refused or withdrawn, and `ended_by` who did so.
    `parties` are the keys of Party that have to sign, with a comma between.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="agreements", verbose_name=_("项目")
    )
    version = models.PositiveSmallIntegerField(_("第几版"))
    stage = models.CharField(_("状态"), max_length=10, default=stages.DRAWN)
    parties = models.CharField(_("签约方"), max_length=40)
    body = models.BinaryField(_("正文"))
    digest = models.CharField(_("指纹"), max_length=64)
    drawn_at = models.DateTimeField(_("拟定时间"))
    reason = models.CharField(_("变更理由"), max_length=200, blank=True)
    signed_at = models.DateTimeField(_("生效时间"), null=True)
    ended = models.CharField(_("拒签或撤回的理由"), max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("办理人"),
    )

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("协议")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="one_agreement_a_version"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(stage=stages.DRAWN), name="one_agreement_to_sign"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(stage=stages.IN_FORCE),
                name="one_agreement_in_force",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=stages.AGREEMENT.stages()), name="agreement_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=(stages.IN_FORCE, stages.SUPERSEDED), signed_at__isnull=False)
                | (~Q(stage__in=(stages.IN_FORCE, stages.SUPERSEDED)) & Q(signed_at__isnull=True)),
                name="an_agreement_in_force_was_signed",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=(stages.REFUSED_TO_SIGN, stages.TAKEN_BACK)) | ~Q(ended=""),
                name="whoever_ends_an_agreement_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.version}"

    @property
    def stage_label(self) -> str:
        return _now(stages.AGREEMENT_LABELS[self.stage])


class Party(models.TextChoices):
    STREET = "street", _("街道（甲方）")
    TEAM = "team", _("项目团队（乙方）")
    COMMITTEE = "committee", _("居民委员会（丙方）")


class Scan(Copy):
    """A photo or PDF of the signed copy; `parties` are those whose signature or seal stands on it."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="scans", verbose_name=_("协议")
    )
    parties = models.JSONField(_("纸面上的签约方"), default=list)

    log = told_in("round", "agreement.project.round_id")

    class Meta(Copy.Meta):
        verbose_name = _("协议扫描件")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "digest"],
                condition=~Q(stage__in=stages.NOT_KEPT),
                name="one_scan_a_digest",
            ),
            *COPIES,
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.pk}"


class Signing(models.Model):
    """One party's hand under an agreement: in the system (`account`), or on the paper of a checked
    scan. One a party, and nobody for two parties. `keeper` is who set the street's seal, or vouches
    for it on the paper; the other parties have none."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="signings", verbose_name=_("协议")
    )
    party = models.CharField(_("签约方"), max_length=10, choices=Party.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("签约人"),
    )
    scan = models.ForeignKey(
        Scan, models.PROTECT, null=True, related_name="signings", verbose_name=_("纸质签署")
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("印鉴保管人"),
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
            models.CheckConstraint(condition=Q(party__in=Party.values), name="signing_party_known"),
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(scan__isnull=True),
                name="a_signing_is_in_the_system_or_on_paper",
            ),
            models.CheckConstraint(
                condition=Q(party=Party.STREET) ^ Q(keeper__isnull=True),
                name="the_street_signs_by_its_keeper_of_the_seal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.party}"


class Change(models.Model):
    """What a team asks to change (变更申请); approved by somebody else, it becomes a new version of
    the agreement.

    `moves` are {"from", "to", "amount"}: fen from one spending head to another. What is not asked is
    None or empty. `grant` is never above the one in force.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="changes", verbose_name=_("项目")
    )
    moves = models.JSONField(_("科目调剂"), default=list, blank=True)
    starts = models.DateField(_("开始日期"), null=True)
    ends = models.DateField(_("结束日期"), null=True)
    grant = models.BigIntegerField(_("资助金额（分）"), null=True)
    third = models.CharField(_("丙方"), max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=500)
    stage = models.CharField(_("状态"), max_length=10, default=stages.ASKED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    note = models.CharField(_("审批意见"), max_length=200, blank=True)
    agreement = models.OneToOneField(
        Agreement, models.PROTECT, null=True, related_name="change", verbose_name=_("协议")
    )

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("变更申请")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(stage=stages.ASKED), name="one_change_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=stages.CHANGE.stages()), name="change_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by")),
                name="nobody_approves_a_change_of_their_own",
            ),
            models.CheckConstraint(
                condition=(Q(stage=stages.APPROVED) & Q(agreement__isnull=False))
                | (~Q(stage=stages.APPROVED) & Q(agreement__isnull=True)),
                name="an_approved_change_has_its_agreement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.pk}"

    @property
    def stage_label(self) -> str:
        return _now(stages.CHANGE_LABELS[self.stage])
