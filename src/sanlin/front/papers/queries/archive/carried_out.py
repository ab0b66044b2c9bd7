"""Folders 07 to 11: money, receipts, what was done, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db.models import Q
from django.utils.text import get_valid_filename

from sanlin.commons.funds.models import Posting
from sanlin.front.papers.queries import word
from sanlin.front.papers.queries.receipts import heads_of, scans
from sanlin.front.papers.queries.word.fields import named, written
from sanlin.govern.growth.models import (
    Acceptance,
    Advice,
    Answer,
    Meeting,
    Slot,
    Snapshot,
    Visit,
)
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import (
    PaperKind,
    Project,
    Receipt,
    ReceiptLine,
    ReportKind,
    ReportPhoto,
    SignedPaper,
)
from sanlin.ground import files

from .paper import ON_PAPER, Paper, Sheet, filled, heads_of_sheet, lying, sheets_in


def of_payments(project: Project) -> Iterator[Paper]:
    def made() -> bytes:
        parts = [
            (
                one.name,
                one.amount,
                one.stage_label,
                one.due,
                one.paid_at,
                named(one.proposed_by),
                named(one.approved_by),
                named(one.paid_by),
                one.note,
            )
            for one in project.instalments.select_related("proposed_by", "approved_by", "paid_by")
        ]
        back = [(one.at, one.amount, one.by.name) for one in project.refunds.select_related("by")]
        heads = heads_of_sheet(
            "期次",
            "金额（元）¥",
            "状态",
            "应拨日期",
            "拨付时间",
            "申请人",
            "审批人",
            "付款人",
            "说明",
        )  # data
        returned = heads_of_sheet("时间", "金额（元）¥", "办理人")  # data
        return sheets_in(
            [
                ("拨款", project.number, heads, parts),  # data
                ("退款", project.number, returned, back),  # data
            ]
        )

    yield Paper(7, "拨款和退款.xlsx", made)  # data


def of_receipts(project: Project) -> Iterator[Paper]:
    rows: list[Receipt] = list(
        project.receipts.select_related("by", "looked_by")
        .prefetch_related("lines", "papers")
        .order_by("day", "pk")
    )
    if not rows:
        return
    names = {head.key: head.name for head in project.round.rules.heads}

    def made() -> bytes:
        told = [
            (
                n,
                row.number,
                row.day,
                row.payee,
                "、".join(names.get(key, key) for key in heads_of(row)),
                row.what,
                row.amount,
                row.stage_label,
                row.by.name,
                named(row.looked_by),
            )
            for n, row in enumerate(rows, 1)
        ]
        heads = heads_of_sheet(
            "序号",
            "票据号码",
            "开票日期",
            "收款方",
            "支出科目",
            "用途",
            "金额（元）¥",
            "状态",
            "上传人",
            "审核人",
        )  # data
        return sheets_in([("票据清单", project.number, heads, told)])  # data

    yield Paper(8, "票据清单.xlsx", made)  # data
    for n, row in enumerate(rows, 1):
        for at, (ending, path) in enumerate(scans(row), 1):
            name = get_valid_filename(f"{n:03d}-{at} {row.number}")[:60]
            yield Paper(8, f"{name}.{ending}", partial(Path, path))


def of_activities(project: Project) -> Iterator[Paper]:
    meetings = list(
        Meeting.objects.filter(circle=project.circle_id, round=project.round_id)
        .filter(circle__isnull=False, held_at__isnull=False)
        .prefetch_related("attendances")
        .order_by("at", "pk")
    )
    visits = list(Visit.objects.filter(project=project).select_related("by").order_by("day", "pk"))
    advice = list(Advice.objects.filter(project=project).order_by("due", "pk"))
    if meetings or visits or advice:
        met = [
            (
                one.title,
                one.at,
                one.place,
                "、".join(f"{who.who}{who.people}人" for who in one.attendances.all()),  # data
                one.notes,
            )
            for one in meetings
        ]
        seen = [(one.day, one.notes, one.by.name) for one in visits]
        agreed = [(one.text, one.due, one.word, one.done_at) for one in advice]
        sheets: list[Sheet] = [  # data
            (
                "小组会议",
                project.number,
                heads_of_sheet("议题", "时间", "地点", "到会", "记录"),
                met,
            ),
            ("走访", project.number, heads_of_sheet("日期", "看到了什么", "记录人"), seen),
            (
                "改进建议",
                project.number,
                heads_of_sheet("建议", "何日前", "怎么做的", "办结时间"),
                agreed,
            ),
        ]
        yield Paper(9, "会议、走访和建议.xlsx", partial(sheets_in, sheets))  # data
    photos = ReportPhoto.objects.filter(report__project=project).order_by("report__at", "pk")
    shots = Snapshot.objects.filter(visit__project=project).order_by("visit__day", "pk")
    for n, file in enumerate(
        [*photos.values_list("file", flat=True), *shots.values_list("file", flat=True)], 1
    ):
        yield Paper(9, f"活动照片{n:02d}.jpg", lying(file))  # data


def of_closing(project: Project) -> Iterator[Paper]:
    """The acceptance as it was filled in, and what residents answered, each a line, without names."""
    held = Acceptance.objects.filter(project=project).select_related("by").first()
    answers = list(Answer.objects.filter(survey__project=project).order_by("pk"))
    names = {tick.key: tick.text for tick in project.round.rules.acceptance}
    if held is not None:
        told = [
            (words, "是" if key in held.ticks else "否") for key, words in names.items()
        ]  # data
        told += [
            ("书面确认的受益人数", str(held.people)),  # data
            ("说明", held.note),  # data
            ("验收人", held.by.name),  # data
            ("验收时间", written(held.at)),  # data
        ]
        sheets = [("验收记录", project.number, heads_of_sheet("事项", "结果"), told)]  # data
        yield Paper(11, "验收记录.xlsx", partial(sheets_in, sheets))  # data
    if answers:
        rows = [
            (one.get_channel_display(), one.knows, one.took_part, one.benefits, one.content)
            for one in answers
        ]
        heads = heads_of_sheet("方式", "知道", "参加过", "受益", "满意程度（1至5）")  # data
        sheets_of = [("满意度问卷", project.number, heads, rows)]  # data
        yield Paper(11, "满意度问卷.xlsx", partial(sheets_in, sheets_of))  # data


def of_pitches(project: Project) -> Iterator[Paper]:
    """The sheets of the jurors at the midterm session."""
    slots = list(
        Slot.objects.filter(report__project=project).prefetch_related("scores__juror__account")
    )
    if not slots:
        return
    lines = {line.key: line.name for line in project.round.rules.pitch}
    rows = [
        (str(score.juror), lines.get(key, key), f"{halves / 2:g}")
        for slot in slots
        for score in slot.scores.all()
        for key, halves in score.halves.items()
    ]
    told = [(slot.mark, slot.note, slot.marked_at) for slot in slots]
    sheets: list[Sheet] = [  # data
        ("评议打分", project.number, heads_of_sheet("评议席", "评分项", "分数"), rows),
        ("评定", project.number, heads_of_sheet("平均分", "评语", "时间"), told),
    ]
    yield Paper(10, "中期评议.xlsx", partial(sheets_in, sheets))  # data


def signed_by_hand(papers: Sequence[SignedPaper], *kinds: PaperKind) -> Iterator[Paper]:
    """Papers of these kinds as they were filed; one that nobody has checked yet says so."""
    for kind in kinds:
        rows = [row for row in papers if row.what == kind]
        for n, row in enumerate(rows, 1):
            words = "" if row.stage == stages.CHECKED else "（未核对）"  # data
            name = f"{row.get_what_display()}{n}{words}.{'jpg' if row.is_photo else row.kind}"
            where = files.lies_at(row.file, row.kind)
            yield Paper(ON_PAPER[kind], name, partial(Path, where))


def of_reports(project: Project, kind: ReportKind, now: datetime) -> Iterator[Paper]:
    for row in project.reports.filter(kind=kind).order_by("at", "pk"):
        row.project = project
        name = f"{row.get_kind_display()}{row.number}"
        told = partial(word.report, row, now=now)
        folder = 10 if kind == ReportKind.MIDTERM else 11
        yield Paper(folder, f"{name}.docx", filled("report", told, project))


def of_spending(project: Project) -> Iterator[Paper]:
    """What was spent, line by line, and what the books say of the project, voucher by voucher."""
    lines = ReceiptLine.objects.filter(receipt__project=project, receipt__stage=stages.ACCEPTED)
    names = {head.key: head.name for head in project.round.rules.heads}
    booked = Posting.objects.filter(
        Q(debit__undertaking=project.undertaking_id) | Q(credit__undertaking=project.undertaking_id)
    )

    def made() -> bytes:
        spent = [
            (
                names.get(row.head, row.head),
                row.what,
                row.unit_price,
                row.quantity,
                row.amount,
                row.receipt.number,
                row.receipt.day,
                row.receipt.payee,
            )
            for row in lines.select_related("receipt").order_by("receipt__day", "receipt", "place")
        ]
        vouchers = [
            (
                row.voucher.number,
                row.voucher.at,
                row.voucher.memo,
                row.debit.get_kind_display(),
                row.credit.get_kind_display(),
                row.amount,
            )
            for row in booked.select_related("voucher", "debit", "credit").order_by("voucher", "pk")
        ]
        heads = heads_of_sheet(
            "支出科目",
            "用途",
            "单价（元）@",
            "数量",
            "金额（元）¥",
            "票据号码",
            "开票日期",
            "收款方",
        )  # data
        book = heads_of_sheet("凭证号", "时间", "摘要", "借方", "贷方", "金额（元）¥")  # data
        sheets: list[Sheet] = [  # data
            ("支出明细", project.number, heads, spent),
            ("项目明细账", project.number, book, vouchers),
        ]
        return sheets_in(sheets)

    yield Paper(11, "支出明细和项目账.xlsx", made)  # data
