from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.ground.journal.models import told_in
from sanlin.kernel.budget import Line

from .project import Project


class Receipts(models.QuerySet[Any]):
    def accepted(self) -> Receipts:
        return self.filter(stage=stages.ACCEPTED)

    def counting(self) -> Receipts:
        """Those that stand: handed in or accepted."""
        return self.filter(stage__in=stages.STANDING_RECEIPTS)


class Receipt(models.Model):
    """What the team spent of the grant, with its lines and papers. Amounts are whole fen.

    Nothing on a receipt is changed: one that was asked back is replaced by another that points to
    it. `mark` is its invoice number and `payer` its payee as they are compared (kernel.likeness),
    `face` what the paper says in all where more was paid than is claimed, `judged` what the approver
    said to the receipts that look like it.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="receipts", verbose_name=_("项目")
    )
    street = models.ForeignKey(
        "places.Street", models.PROTECT, related_name="+", verbose_name=_("街道")
    )
    code = models.CharField(_("发票代码"), max_length=20, blank=True)
    number = models.CharField(_("票据号码"), max_length=40)
    mark = models.CharField(max_length=64, editable=False)
    day = models.DateField(_("开票日期"))
    payee = models.CharField(_("收款方"), max_length=60)
    payee_mark = models.CharField(max_length=60, editable=False)
    what = models.CharField(_("用途"), max_length=60)
    amount = models.BigIntegerField(_("报销金额（分）"))
    face = models.BigIntegerField(_("票面金额（分）"), null=True)
    stage = models.CharField(_("状态"), max_length=10, default=stages.HANDED_IN)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("替换")
    )
    answer = models.CharField(_("团队说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    at = models.DateTimeField(_("上传时间"))
    reason = models.CharField(_("退回或不予报销的理由"), max_length=200, blank=True)
    judged = models.CharField(_("对疑似重复的判断"), max_length=200, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    looked_at = models.DateTimeField(_("审核时间"), null=True)

    objects = Receipts.as_manager()

    log = told_in("round", "project.round_id")

    class Meta:
        verbose_name = _("票据")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.RECEIPT.stages()), name="receipt_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & (Q(face__isnull=True) | Q(face__gte=F("amount"))),
                name="a_receipt_claims_no_more_than_its_face",
            ),
            models.CheckConstraint(
                condition=Q(looked_by__isnull=True) | ~Q(looked_by=F("by")),
                name="nobody_accepts_a_receipt_of_their_own",
            ),
        ]
        indexes = [
            models.Index(fields=["street", "mark"], name="receipts_by_number"),
            models.Index(fields=["street", "payee_mark", "amount"], name="receipts_by_payee"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stage_label(self) -> str:
        return _now(stages.RECEIPT_LABELS[self.stage])


class ReceiptLine(models.Model):
    """`quantity` units of `what` at `unit_price` fen each, on a spending head (its key)."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, related_name="lines", verbose_name=_("票据")
    )
    place = models.PositiveSmallIntegerField(_("顺序"))
    head = models.CharField(_("支出科目"), max_length=30)
    what = models.CharField(_("用途"), max_length=60)
    unit_price = models.BigIntegerField(_("单价（分）"))
    quantity = models.PositiveIntegerField(_("数量"), default=1)

    class Meta:
        verbose_name = _("票据明细")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "place"], name="one_receipt_line_a_place"),
            models.CheckConstraint(
                condition=Q(unit_price__gt=0, quantity__gt=0), name="a_receipt_line_costs_something"
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


class ReceiptPaper(models.Model):
    """A photo or file of a receipt: `digest` is the SHA-256 of what was sent, `looks` the spots by
    which two photos are laid over each other (empty for files and blank photos)."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, related_name="papers", verbose_name=_("票据")
    )
    place = models.PositiveSmallIntegerField(_("顺序"))
    file = models.CharField(_("文件"), max_length=60)
    kind = models.CharField(_("格式"), max_length=5)
    digest = models.CharField(_("指纹"), max_length=64)
    looks = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("票据文件")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "place"], name="one_receipt_paper_a_place"),
        ]
        indexes = [models.Index(fields=["digest"], name="receipt_papers_by_digest")]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def is_photo(self) -> bool:
        return self.kind == "photo"


class SentPaper(models.Model):
    """A photo or file that a team has sent, before it says what it is: it then becomes a paper of a
    receipt. `told` is what an electronic invoice says of itself (ground.invoices)."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="sent_papers", verbose_name=_("项目")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    at = models.DateTimeField(_("上传时间"))
    file = models.CharField(_("文件"), max_length=60)
    kind = models.CharField(_("格式"), max_length=5)
    digest = models.CharField(_("指纹"), max_length=64)
    told = models.JSONField(_("读出的内容"), default=dict, blank=True)

    class Meta:
        verbose_name = _("待填写的票据文件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def is_photo(self) -> bool:
        return self.kind == "photo"


class PaperWord(models.Model):
    """One of the words by which photos that look alike are found: the street's key, and 18 bits of a
    strong spot of the photo (docs/algorithms/likeness.md)."""

    paper = models.ForeignKey(
        ReceiptPaper, models.PROTECT, related_name="words", verbose_name=_("票据文件")
    )
    word = models.BigIntegerField(_("特征词"))

    class Meta:
        verbose_name = _("照片特征")
        indexes = [models.Index(fields=["word", "paper"], name="papers_by_word")]

    def __str__(self) -> str:
        return str(self.word)


class Sign(models.TextChoices):
    NUMBER = "number", _("号码相同")
    FILE = "file", _("文件相同")
    PHOTO = "photo", _("照片相似")
    SUM = "sum", _("收款方、金额相同，日期相近")


class Twin(models.Model):
    """An earlier receipt of the street that looks like this one; `likeness` in percent."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, related_name="twins", verbose_name=_("票据")
    )
    other = models.ForeignKey(
        Receipt, models.PROTECT, related_name="twins_of", verbose_name=_("另一张票据")
    )
    sign = models.CharField(_("迹象"), max_length=6, choices=Sign.choices)
    likeness = models.PositiveSmallIntegerField(_("相似度"))

    class Meta:
        verbose_name = _("疑似重复")
        ordering = ["-likeness", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "other", "sign"], name="one_twin_a_sign"),
            models.CheckConstraint(
                condition=Q(likeness__lte=100) & ~Q(receipt=F("other")), name="a_twin_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} {self.other}"
