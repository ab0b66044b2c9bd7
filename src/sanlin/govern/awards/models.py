from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.ground.journal.models import told_in

from . import stages


class Decisions(models.QuerySet[Any]):
    def standing(self) -> Decisions:
        """Those that have not been dropped: at most one a round."""
        return self.exclude(stage=stages.DROPPED)


class Decision(models.Model):
    """One count of a round. `inputs` and `outcome` are its canonical bytes, never rebuilt."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="decisions", verbose_name=_("轮次")
    )
    number = models.PositiveSmallIntegerField(_("第几次"))
    stage = models.CharField(_("状态"), max_length=12, default=stages.DRAFTED)
    inputs = models.BinaryField(_("输入"))
    outcome = models.BinaryField(_("结果"))
    fingerprint = models.CharField(_("指纹"), max_length=64)
    decided_at = models.DateTimeField(_("计算时间"))
    published_at = models.DateTimeField(_("公布时间"), null=True)

    objects = Decisions.as_manager()

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("决定")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_decision_a_number"),
            models.UniqueConstraint(
                fields=["round"],
                condition=~models.Q(stage=stages.DROPPED),
                name="one_standing_decision_a_round",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.DECISION.stages()), name="decision_stage_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} #{self.number}"

    @property
    def stage_label(self) -> str:
        return _now(stages.DECISION_LABELS[self.stage])


class Signature(models.Model):
    """An officer who stands by a decision; nobody signs twice."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="signatures", verbose_name=_("决定")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="signatures",
        verbose_name=_("签署人"),
    )
    at = models.DateTimeField(_("签署时间"))

    log = told_in("round", "decision.round_id")

    class Meta:
        verbose_name = _("签署")
        constraints = [
            models.UniqueConstraint(fields=["decision", "account"], name="one_signature_each")
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.account}"


class Award(models.Model):
    """What a decision says of one proposal. `grant` is whole fen; `reason` code and figures."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="awards", verbose_name=_("决定")
    )
    proposal = models.ForeignKey(
        "proposals.Proposal", models.PROTECT, related_name="awards", verbose_name=_("提案")
    )
    stage = models.CharField(_("结果"), max_length=12)
    grant = models.BigIntegerField(_("立项金额（分）"))
    tier = models.CharField(_("类别"), max_length=30, blank=True)
    place = models.PositiveIntegerField(_("计算次序"))
    score = models.CharField(_("评审分"), max_length=60, blank=True)
    votes = models.PositiveIntegerField(_("得票"), default=0)
    reason = models.JSONField(_("理由"))
    note = models.CharField(_("变更说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("立项")
        constraints = [
            models.UniqueConstraint(fields=["decision", "proposal"], name="one_award_a_proposal"),
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.AWARD.stages()), name="award_stage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(stage=stages.STANDING, grant__gt=0)
                | (~models.Q(stage=stages.STANDING) & models.Q(grant=0)),
                name="a_standing_award_has_money_and_no_other",
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)

    @property
    def stage_label(self) -> str:
        return _now(stages.AWARD_LABELS[self.stage])


class Notice(models.Model):
    """A published page from a day to a day: a masked snapshot, not a view of live rows.

    `award` is set on a supplement, which publishes one award that changed or moved up.
    """

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="notices", verbose_name=_("决定")
    )
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, related_name="supplements", verbose_name=_("立项")
    )
    number = models.CharField(_("编号"), max_length=40, unique=True)
    opens = models.DateTimeField(_("起"))
    closes = models.DateTimeField(_("止"))
    beyond = models.BooleanField(_("假日数据不全"), default=False)
    snapshot = models.JSONField(_("快照"))

    log = told_in("round", "decision.round_id")

    class Meta:
        verbose_name = _("公示")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="notice_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def is_open(self, now: datetime) -> bool:
        return self.opens <= now < self.closes


class Objections(models.QuerySet[Any]):
    def open(self) -> Objections:
        return self.filter(stage=stages.OPEN)


class Objection(models.Model):
    """Somebody says that an award is wrong. While it is open, nothing is signed with that team."""

    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="objections", verbose_name=_("公示")
    )
    award = models.ForeignKey(
        Award, models.PROTECT, related_name="objections", verbose_name=_("立项")
    )
    number = models.PositiveIntegerField(_("编号"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="objections",
        verbose_name=_("提出人"),
    )
    text = models.TextField(_("内容"), max_length=1000)
    filed_at = models.DateTimeField(_("提出时间"))
    due = models.DateTimeField(_("答复期限"))
    stage = models.CharField(_("状态"), max_length=12, default=stages.OPEN)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="answered_objections",
        verbose_name=_("答复人"),
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = Objections.as_manager()

    log = told_in("round", "notice.decision.round_id")

    class Meta:
        verbose_name = _("异议")
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="one_objection_a_number"),
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.OBJECTION.stages()),
                name="objection_stage_known",
            ),
            models.UniqueConstraint(
                fields=["award", "account"],
                condition=models.Q(stage=stages.OPEN),
                name="one_open_objection_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} #{self.number}"

    @property
    def stage_label(self) -> str:
        return _now(stages.OBJECTION_LABELS[self.stage])


class Official(models.Model):
    """What the file of an imported election records, beside what counting it again gives."""

    round = models.OneToOneField(
        "rounds.Round", models.PROTECT, related_name="official", verbose_name=_("轮次")
    )
    file = models.CharField(_("文件"), max_length=120)
    digest = models.CharField(_("指纹"), max_length=64)
    place = models.CharField(_("地点"), max_length=120)
    held = models.CharField(_("时间"), max_length=60)
    currency = models.CharField(_("币种"), max_length=12)
    rule = models.CharField(_("所用规则"), max_length=40)
    agreement = models.CharField(_("核对结论"), max_length=20)
    differing = models.JSONField(_("不同的提案"), default=list)
    winners = models.JSONField(_("官方当选"), default=list)

    class Meta:
        verbose_name = _("官方结果")

    def __str__(self) -> str:
        return self.file
