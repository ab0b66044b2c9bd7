from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.proposals import stages
from sanlin.ground.journal.models import told_in
from sanlin.kernel.budget import Line

from .content import Content, Shown


class Proposals(models.QuerySet[Any]):
    def public(self) -> Proposals:
        """What neighbours may see: what passed the formal checks."""
        return self.filter(stage=stages.ADMITTED)

    def handed_in(self) -> Proposals:
        """What staff may see: everything that a team has handed in."""
        return self.filter(number__isnull=False)


class Proposal(models.Model):
    """What a team asks for in one round. Amounts are whole fen.

    The columns hold what was last handed in. What the team is writing lies in `writing` until it is
    handed in: {"content": …, "versions": {step: number of the save that last touched it}}.
    """

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="proposals", verbose_name=_("轮次")
    )
    team = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="proposals", verbose_name=_("团队")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood", models.PROTECT, related_name="proposals", verbose_name=_("居民区")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("填写人"),
    )
    number = models.PositiveIntegerField(_("编号"), null=True)
    title = models.CharField(_("名称"), max_length=60, blank=True)
    summary = models.CharField(_("一句话介绍"), max_length=120, blank=True)
    tier = models.CharField(_("申报类别"), max_length=30, blank=True)
    theme = models.CharField(_("主题"), max_length=30, blank=True)
    need = models.TextField(_("需求"), max_length=2000, blank=True)
    goals = models.TextField(_("目标"), max_length=2000, blank=True)
    beneficiaries = models.CharField(_("谁受益"), max_length=200, blank=True)
    plan = models.TextField(_("计划"), max_length=4000, blank=True)
    starts = models.DateField(_("开始日期"), null=True)
    ends = models.DateField(_("结束日期"), null=True)
    asked = models.BigIntegerField(_("申请金额（分）"), default=0)
    own_funds = models.BigIntegerField(_("自筹金额（分）"), default=0)
    partners = models.TextField(_("合作伙伴"), max_length=1000, blank=True)
    stage = models.CharField(_("阶段"), max_length=20, default=stages.DRAFT)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    writing = models.JSONField(_("正在填写"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("保存次数"), default=0)
    saved_at = models.DateTimeField(_("保存时间"), null=True)

    objects = Proposals.as_manager()

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("提案")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_proposal_a_number"),
            models.CheckConstraint(
                condition=Q(stage__in=stages.PROPOSAL.stages()), name="proposal_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(asked__gte=0, own_funds__gte=0), name="proposal_money_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(stage=stages.DRAFT, number__isnull=True)
                | Q(stage=stages.WITHDRAWN)
                | Q(number__gte=1, submitted_at__isnull=False) & ~Q(stage=stages.DRAFT),
                name="what_was_handed_in_has_a_number",
            ),
        ]
        indexes = [models.Index(fields=["round", "stage"], name="proposals_of_a_round")]

    def __str__(self) -> str:
        return self.title or self.draft.title or _now("（未命名的提案）")

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))

    @property
    def draft(self) -> Content:
        """What the team is writing; where it has not begun to change anything, what it handed in."""
        kept = self.writing.get("content")
        return self.content if kept is None else Content.of(kept)

    @property
    def content(self) -> Content:
        """What was last handed in, as one value."""
        return Content(
            title=self.title,
            summary=self.summary,
            tier=self.tier,
            theme=self.theme,
            need=self.need,
            goals=self.goals,
            beneficiaries=self.beneficiaries,
            plan=self.plan,
            starts=self.starts.isoformat() if self.starts else "",
            ends=self.ends.isoformat() if self.ends else "",
            lines=tuple(row.line for row in self.lines.all()),
            own_funds=self.own_funds,
            partners=self.partners,
            photos=tuple(Shown(row.pk, row.caption) for row in self.shown_photos),
        )

    @property
    def shown_photos(self) -> list[Photo]:
        """The photos that were handed in, in their order."""
        return sorted(
            (row for row in self.photos.all() if row.place is not None),
            key=lambda row: row.place or 0,
        )

    def step_version(self, step: str) -> int:
        """The save that last touched this step; 0 where none did."""
        return int(self.writing.get("versions", {}).get(step, 0))

    @cached_property
    def code(self) -> str:
        """The number as people say it: 2024-07; empty while a draft."""
        return f"{self.round.year}-{self.number:02d}" if self.number else ""


class BudgetLine(models.Model):
    """One line of the budget that was last handed in. Money is whole fen."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="lines", verbose_name=_("提案")
    )
    place = models.PositiveSmallIntegerField(_("顺序"))
    head = models.CharField(_("支出科目"), max_length=30)
    what = models.CharField(_("用途"), max_length=60)
    unit_price = models.BigIntegerField(_("单价（分）"))
    quantity = models.PositiveIntegerField(_("数量"))

    class Meta:
        verbose_name = _("预算明细")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "place"], name="one_line_a_place"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=1, quantity__gte=1),
                name="a_budget_line_costs_something",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def line(self) -> Line:
        return Line(self.head, self.what, self.unit_price, self.quantity)

    @property
    def amount(self) -> int:
        """Whole fen."""
        return self.unit_price * self.quantity


class ProposalWord(models.Model):
    """One of the words by which proposals that say the same are found (docs/algorithms/likeness.md)."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="words", verbose_name=_("提案")
    )
    word = models.BigIntegerField(_("特征词"))

    class Meta:
        verbose_name = _("文字特征")
        indexes = [models.Index(fields=["word", "proposal"], name="proposals_by_word")]

    def __str__(self) -> str:
        return str(self.word)


class Photo(models.Model):
    """A photo of a proposal. Without a place it belongs to the draft alone."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="photos", verbose_name=_("提案")
    )
    file = models.CharField(_("文件"), max_length=60, unique=True)
    width = models.PositiveIntegerField(_("宽（像素）"))
    height = models.PositiveIntegerField(_("高（像素）"))
    caption = models.CharField(_("说明"), max_length=60, blank=True)
    place = models.PositiveSmallIntegerField(_("顺序"), null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("照片")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.caption or str(self.pk)


class Why(models.TextChoices):
    SUBMITTED = "submit", _("提交")
    CORRECTED = "resubmit", _("补正")
    REVISED = "revise", _("优化")


class Revision(models.Model):
    """What was handed in, each time, in canonical bytes. Rows are added, never changed."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="revisions", verbose_name=_("提案")
    )
    number = models.PositiveSmallIntegerField(_("第几稿"))
    why = models.CharField(_("缘由"), max_length=10, choices=Why.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    at = models.DateTimeField(_("时间"))
    body = models.BinaryField(_("正文"))
    digest = models.CharField(_("指纹"), max_length=64)

    class Meta:
        verbose_name = _("修订稿")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="one_revision_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.proposal} {self.number}"

    @property
    def content(self) -> Content:
        return Content.of(json.loads(bytes(self.body)))


class Advice(models.Model):
    """What a reviewer asks a team to think over; answered by the revision that followed it."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="advice", verbose_name=_("提案")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    text = models.TextField(_("建议"), max_length=1000)
    at = models.DateTimeField(_("时间"))
    answered_by = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        related_name="answers",
        verbose_name=_("回应的修订稿"),
    )

    log = told_in("round", "proposal.round_id")

    class Meta:
        verbose_name = _("优化建议")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal} {self.pk}"
