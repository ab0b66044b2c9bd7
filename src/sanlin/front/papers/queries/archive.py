"""The archive of a project (归档): every paper that the house has of it, in the order of the papers'
list of an office, with a contents page, digests, and the names of what is missing.

One paper after the other is written and forgotten: memory does not grow with the archive.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.db.models import Q
from django.utils.text import get_valid_filename

from sanlin.commons.funds.models import Posting
from sanlin.commons.orgs.models import Membership
from sanlin.govern.awards.models import Notice, Objection
from sanlin.govern.ballots.queries import turnout
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
from sanlin.govern.reviews.models import Conferral, Recusal, Review
from sanlin.ground import files
from sanlin.ground.journal.actions import canonical
from sanlin.ground.office.packing import entry
from sanlin.ground.sheets import Head
from sanlin.ground.sheets.ledger import Ledger, write_ledgers

from . import word
from .ledgers import KINDS
from .receipts import heads_of, scans
from .word.fields import named, written
from .word.projects import about

A_PART = 1 << 18  # bytes that are copied at a time
Body = bytes | Path
Sheet = tuple[str, str, Sequence[Head], Sequence[Sequence[Any]]]  # title, note, heads, rows

FOLDERS = (  # data
    "01 申报",
    "02 审查和评审",
    "03 投票和决定",
    "04 公示和异议",
    "05 协议",
    "06 变更",
    "07 拨款",
    "08 票据",
    "09 过程资料",
    "10 中期",
    "11 结项和验收",
)
# What is signed on paper: where it lies once it is filed. What was not is named on the contents page.
ON_PAPER = {
    PaperKind.NEED: 1,
    PaperKind.ELIGIBLE: 1,
    PaperKind.POSTED: 4,
    PaperKind.SUBSIDY: 8,
    PaperKind.SIGN_IN: 9,
    PaperKind.CONSENT: 9,
    PaperKind.GOODS: 9,
    PaperKind.SLIDES: 10,
    PaperKind.CONFIRMATION: 11,
    PaperKind.AUDIT: 11,
}


@dataclass(frozen=True)
class Paper:
    """One file of an archive: its folder (from 1), its name, and how its content is had."""

    folder: int
    name: str
    body: Callable[[], Body]


@dataclass
class Entry:
    """A line of the contents page; without a digest the paper is missing."""

    path: str
    name: str
    size: int = 0
    digest: str = ""


Tell = Callable[[int, int], None]


def write(project: Project, out: IO[bytes], link: Link, *, now: datetime, tell: Tell) -> int:
    """Write the archive to `out`; returns how many papers it holds. `tell(done, all)` hears how far
    it is; `link(page, key)` is the full address of a page."""
    papers = list(collect(project, link, now=now))
    found: list[Entry] = []
    missing: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
        for n, paper in enumerate(papers, 1):
            path = f"{FOLDERS[paper.folder - 1]}/{paper.name}"
            body = paper.body()
            if isinstance(body, Path) and not body.exists():
                missing.append(f"{path}（系统内的文件已不在，请查备份）")  # data
                continue
            found.append(_add(box, path, body))
            tell(n, len(papers) + 1)
        missing += [*_absent(project, found), *_unfiled(project)]
        _add_contents(box, project, found, missing, now=now)
    tell(len(papers) + 1, len(papers) + 1)
    return len(found)


Link = Callable[[str, int], str]


def _add(box: zipfile.ZipFile, path: str, body: Body) -> Entry:
    """Put a paper in, a part at a time; photos and PDF are packed already."""
    sha, size = hashlib.sha256(), 0
    about_it = entry(path)
    packed = path.endswith((".jpg", ".pdf", ".docx", ".xlsx", ".zip"))
    about_it.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    source: IO[bytes] = body.open("rb") if isinstance(body, Path) else io.BytesIO(body)
    with source, box.open(about_it, "w") as target:
        while part := source.read(A_PART):
            sha.update(part)
            size += len(part)
            target.write(part)
    return Entry(path, path.rpartition("/")[2], size, sha.hexdigest())


def _add_contents(
    box: zipfile.ZipFile,
    project: Project,
    found: Sequence[Entry],
    missing: Sequence[str],
    *,
    now: datetime,
) -> None:
    rows = [
        {
            "n": n,
            "name": one.name.rpartition(".")[0],
            "state": "已归档",  # data
            "file": one.path,
            "digest": one.digest[:16],
        }
        for n, one in enumerate(found, 1)
    ]
    values = {
        **about(project, now=now),
        "rows": rows,
        "missing": list(missing),
        "count": len(rows),
    }
    from sanlin.ground.office.word import filled  # noqa: PLC0415  # heavy

    _add(box, "00 目录.docx", filled(word.house("contents"), values))  # data
    lines: list[Sequence[Any]] = [
        (n, one.path, "已归档", one.size, one.digest)  # data
        for n, one in enumerate(found, 1)
    ]
    lines += [(None, words, "缺", None, "") for words in missing]  # data
    heads = [Head("序号", width=8), Head("文件", width=60), Head("状态", width=10)]  # data
    heads += [Head("字节", width=12), Head("SHA-256", width=68)]  # data
    title, day = f"{project.number}档案目录", written(now)  # data
    _add(box, "00 目录.xlsx", _book([(title, f"归档日期：{day}", heads, lines)]))  # data
    sums = "".join(f"{one.digest}  {one.path}\n" for one in found)
    _add(box, "SHA256SUMS.txt", sums.encode())


def _book(sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    write_ledgers(
        out,
        (
            Ledger(title, note, heads, rows, "合计", "没有记录。")  # data
            for title, note, heads, rows in sheets
        ),
    )
    from sanlin.ground.office.packing import tidy  # noqa: PLC0415

    return tidy(out.getvalue())


def _heads(*names: str) -> list[Head]:
    return [Head(name.rstrip("¥@"), KINDS.get(name[-1], "plain"), 18) for name in names]


# --- the papers, folder by folder ----------------------------------------------------------------


def collect(project: Project, link: Link, *, now: datetime) -> Iterator[Paper]:
    """Every paper of a project in the order of its folders; contents are made when they are asked for."""
    signed = list(project.signed_papers.exclude(stage=stages.DISMISSED).order_by("at", "pk"))
    yield from _asked(project, now)
    yield from _signed(signed, PaperKind.NEED, PaperKind.ELIGIBLE)
    yield from _judged(project)
    yield from _decided(project)
    yield from _posted(project, link, now)
    yield from _signed(signed, PaperKind.POSTED)
    yield from _agreed(project, now)
    yield from _money(project)
    yield from _receipts(project)
    yield from _signed(signed, PaperKind.SUBSIDY)
    yield from _course(project)
    yield from _signed(signed, PaperKind.SIGN_IN, PaperKind.CONSENT, PaperKind.GOODS)
    yield from _pitched(project)
    yield from _reported(project, ReportKind.MIDTERM, now)
    yield from _signed(signed, PaperKind.SLIDES)
    yield from _signed(signed, PaperKind.CONFIRMATION)
    yield from _reported(project, ReportKind.CLOSING, now)
    yield from _spent(project)
    told = partial(word.acceptance, project, now=now)
    yield Paper(11, "验收表.docx", _paper("acceptance", told, project))  # data
    yield from _closing_words(project)
    yield from _signed(signed, PaperKind.AUDIT)


def _paper(
    kind: str, values: Callable[[], dict[str, Any]], project: Project
) -> Callable[[], bytes]:
    return lambda: word.paper(kind, values(), project.round.street)


def _asked(project: Project, now: datetime) -> Iterator[Paper]:
    proposal = project.award.proposal
    proposal.round = project.round
    yield Paper(
        1,
        "申报书.docx",  # data
        _paper("application", lambda: word.application(proposal, now=now), project),
    )
    for row in proposal.revisions.order_by("number"):
        yield Paper(1, f"第{row.number}稿原文.json", partial(bytes, row.body))  # data
    rows = Membership.objects.filter(organisation=project.undertaking.organisation_id)
    members = [
        (named(one.account), "负责人" if one.leads else "成员", one.since, one.until)  # data
        for one in rows.select_related("account").order_by("-leads", "since", "pk")
    ]
    heads = _heads("姓名", "身份", "加入日期", "退出日期")  # data
    made = partial(_book, [("团队成员名单", project.number, heads, members)])  # data
    yield Paper(1, "团队成员名单.xlsx", made)  # data
    for n, photo in enumerate(proposal.shown_photos, 1):
        yield Paper(1, f"照片{n:02d}.jpg", _photo(photo.file))  # data


def _photo(file: str) -> Callable[[], Path]:
    return lambda: files.lies_at(file)


def _judged(project: Project) -> Iterator[Paper]:
    proposal = project.award.proposal
    screenings = list(proposal.screenings.select_related("by").order_by("turn"))
    reviews = list(
        Review.objects.filter(proposal=proposal)
        .select_related("seat__account")
        .prefetch_related("marks")
        .order_by("seat__account__name")
    )
    recusals = list(Recusal.objects.filter(proposal=proposal).select_related("seat__account"))
    conferral = Conferral.objects.filter(proposal=proposal).first()
    criteria = {one.key: one.name for one in project.round.rules.criteria}

    def made() -> bytes:
        screened = [  # data
            (
                one.turn,
                one.get_result_display(),
                one.by.name if one.by else "系统",
                one.at,
                one.note,
            )  # data
            for one in screenings
        ]
        marks = [
            (one.seat.account.name, criteria.get(mark.criterion, mark.criterion), mark.halves / 2)
            for one in reviews
            for mark in one.marks.all()
        ]
        words = [(one.seat.account.name, one.sealed_at, one.comment) for one in reviews]
        aside = [(one.seat.account.name, one.reason, one.at) for one in recusals]
        held = [(conferral.held_at, conferral.minutes)] if conferral else []
        return _book(  # data
            [
                (
                    "形式审查",
                    project.number,
                    _heads("第几次", "结论", "审查人", "时间", "说明"),
                    screened,
                ),  # data
                ("评分", project.number, _heads("评委", "评分项", "分数"), _exact(marks)),  # data
                ("评委意见", project.number, _heads("评委", "封存时间", "理由"), words),  # data
                ("回避", project.number, _heads("评委", "理由", "时间"), aside),  # data
                ("合议", project.number, _heads("时间", "纪要"), held),  # data
            ]
        )

    yield Paper(2, "审查和评审记录.xlsx", made)  # data


def _exact(rows: Sequence[tuple[Any, Any, float]]) -> list[tuple[Any, Any, str]]:
    return [(who, what, f"{mark:g}") for who, what, mark in rows]


def _decided(project: Project) -> Iterator[Paper]:
    award, decision = project.award, project.award.decision

    def made() -> bytes:
        cast, size = turnout(project.round)
        rows: list[Sequence[Any]] = [
            ("立项结果", award.stage_label),  # data
            ("立项金额（分）", award.grant),  # data
            ("计算次序", award.place),  # data
            ("评审分", award.score),  # data
            ("得票", award.votes),  # data
            ("本轮投票人数", cast),  # data
            ("本轮名册人数", size),  # data
            ("决定指纹", decision.fingerprint),  # data
            ("公布时间", decision.published_at),  # data
        ]
        signed = [
            (one.account.name, one.at) for one in decision.signatures.select_related("account")
        ]
        return _book(
            [
                ("立项决定", project.number, _heads("事项", "内容"), rows),  # data
                ("签署", project.number, _heads("签署人", "时间"), signed),  # data
            ]
        )

    yield Paper(3, "立项决定.xlsx", made)  # data
    yield Paper(3, "计算输入.json", lambda: bytes(decision.inputs))  # data
    yield Paper(3, "计算结果.json", lambda: bytes(decision.outcome))  # data


def _posted(project: Project, link: Link, now: datetime) -> Iterator[Paper]:
    award, where = project.award, link("awards:notice", project.round_id)
    posted = Notice.objects.filter(decision=award.decision_id).select_related("decision__round")
    for n, row in enumerate(posted.order_by("opens", "pk"), 1):
        if not row.snapshot or row.award_id not in (None, award.pk):
            continue
        kind = "补充公示" if row.award_id else "立项公示"  # data
        told = partial(word.notice, row, where, now=now)
        yield Paper(4, f"{kind}{n}.docx", _paper("notice", told, project))
        yield Paper(4, f"{kind}{n}快照.json", partial(canonical, row.snapshot))  # data
    objections = list(Objection.objects.filter(award=award).select_related("answered_by"))
    if objections:
        rows = [
            (
                one.number,
                one.text,
                one.filed_at,
                one.stage_label,
                one.answer,
                named(one.answered_by),
                one.answered_at,
            )
            for one in objections
        ]
        heads = _heads("编号", "内容", "提出时间", "状态", "答复", "答复人", "答复时间")  # data
        title = "异议和答复"  # data
        yield Paper(4, f"{title}.xlsx", lambda: _book([(title, project.number, heads, rows)]))


def _agreed(project: Project, now: datetime) -> Iterator[Paper]:
    heads = _heads("签约方", "签约人", "时间")  # data
    for row in project.agreements.order_by("version"):
        row.project = project
        name = f"协议第{row.version}版"  # data
        told = partial(word.agreement, row, now=now)
        yield Paper(5, f"{name}.docx", _paper("agreement", told, project))
        yield Paper(5, f"{name}正文.json", partial(bytes, row.body))  # data
        signed = [  # data
            (
                one.get_party_display(),
                one.account.name if one.account else "纸质签署",
                one.at,
            )  # data
            for one in row.signings.select_related("account")
        ]
        title = f"{name}签署"  # data
        made = partial(_book, [(title, project.number, heads, signed)])
        yield Paper(5, f"{title}.xlsx", made)
        for n, scan in enumerate(row.scans.order_by("at", "pk"), 1):
            ending = "jpg" if scan.kind == "photo" else scan.kind
            where = files.lies_at(scan.file, scan.kind)
            yield Paper(5, f"{name}签字件{n}.{ending}", partial(Path, where))  # data
    for n, asked in enumerate(project.changes.order_by("at", "pk"), 1):
        asked.project = project
        told = partial(word.change, project, now=now, asked=asked)
        yield Paper(6, f"变更申请{n}.docx", _paper("change", told, project))  # data


def _money(project: Project) -> Iterator[Paper]:
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
        heads = _heads(
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
        return _book(
            [
                ("拨款", project.number, heads, parts),  # data
                ("退款", project.number, _heads("时间", "金额（元）¥", "办理人"), back),  # data
            ]
        )

    yield Paper(7, "拨款和退款.xlsx", made)  # data


def _receipts(project: Project) -> Iterator[Paper]:
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
        heads = _heads(
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
        return _book([("票据清单", project.number, heads, told)])  # data

    yield Paper(8, "票据清单.xlsx", made)  # data
    for n, row in enumerate(rows, 1):
        for at, (ending, path) in enumerate(scans(row), 1):
            name = get_valid_filename(f"{n:03d}-{at} {row.number}")[:60]
            yield Paper(8, f"{name}.{ending}", partial(Path, path))


def _course(project: Project) -> Iterator[Paper]:
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
            ("小组会议", project.number, _heads("议题", "时间", "地点", "到会", "记录"), met),
            ("走访", project.number, _heads("日期", "看到了什么", "记录人"), seen),
            ("改进建议", project.number, _heads("建议", "何日前", "怎么做的", "办结时间"), agreed),
        ]
        yield Paper(9, "会议、走访和建议.xlsx", partial(_book, sheets))  # data
    photos = ReportPhoto.objects.filter(report__project=project).order_by("report__at", "pk")
    shots = Snapshot.objects.filter(visit__project=project).order_by("visit__day", "pk")
    for n, file in enumerate(
        [*photos.values_list("file", flat=True), *shots.values_list("file", flat=True)], 1
    ):
        yield Paper(9, f"活动照片{n:02d}.jpg", _photo(file))  # data


def _closing_words(project: Project) -> Iterator[Paper]:
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
        sheets = [("验收记录", project.number, _heads("事项", "结果"), told)]  # data
        yield Paper(11, "验收记录.xlsx", partial(_book, sheets))  # data
    if answers:
        rows = [
            (one.get_channel_display(), one.knows, one.took_part, one.benefits, one.content)
            for one in answers
        ]
        heads = _heads("方式", "知道", "参加过", "受益", "满意程度（1至5）")  # data
        sheets_of = [("满意度问卷", project.number, heads, rows)]  # data
        yield Paper(11, "满意度问卷.xlsx", partial(_book, sheets_of))  # data


def _pitched(project: Project) -> Iterator[Paper]:
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
        ("评议打分", project.number, _heads("评议席", "评分项", "分数"), rows),
        ("评定", project.number, _heads("平均分", "评语", "时间"), told),
    ]
    yield Paper(10, "中期评议.xlsx", partial(_book, sheets))  # data


def _signed(papers: Sequence[SignedPaper], *kinds: PaperKind) -> Iterator[Paper]:
    """Papers of these kinds as they were filed; one that nobody has checked yet says so."""
    for kind in kinds:
        rows = [row for row in papers if row.what == kind]
        for n, row in enumerate(rows, 1):
            words = "" if row.stage == stages.CHECKED else "（未核对）"  # data
            name = f"{row.get_what_display()}{n}{words}.{'jpg' if row.is_photo else row.kind}"
            where = files.lies_at(row.file, row.kind)
            yield Paper(ON_PAPER[kind], name, partial(Path, where))


def _unfiled(project: Project) -> list[str]:
    """The kinds of signed papers of which none was filed."""
    rows = project.signed_papers.exclude(stage=stages.DISMISSED)
    filed = set(rows.values_list("what", flat=True))
    return [f"{kind.label}（纸质材料，尚未归档）" for kind in ON_PAPER if kind not in filed]  # data


def _reported(project: Project, kind: ReportKind, now: datetime) -> Iterator[Paper]:
    for row in project.reports.filter(kind=kind).order_by("at", "pk"):
        row.project = project
        name = f"{row.get_kind_display()}{row.number}"
        told = partial(word.report, row, now=now)
        folder = 10 if kind == ReportKind.MIDTERM else 11
        yield Paper(folder, f"{name}.docx", _paper("report", told, project))


def _spent(project: Project) -> Iterator[Paper]:
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
        heads = _heads(
            "支出科目",
            "用途",
            "单价（元）@",
            "数量",
            "金额（元）¥",
            "票据号码",
            "开票日期",
            "收款方",
        )  # data
        book = _heads("凭证号", "时间", "摘要", "借方", "贷方", "金额（元）¥")  # data
        sheets: list[Sheet] = [  # data
            ("支出明细", project.number, heads, spent),
            ("项目明细账", project.number, book, vouchers),
        ]
        return _book(sheets)

    yield Paper(11, "支出明细和项目账.xlsx", made)  # data


# What every archive should have, by folder, and how it is named where it does not.
WANTED = (  # data
    (5, "协议"),
    (8, "票据和票据扫描件"),
    (9, "活动照片"),
    (10, "中期报告"),
    (11, "结项报告"),
)


def _absent(project: Project, found: Sequence[Entry]) -> list[str]:
    """The papers that the house should have of a project and has not (yet)."""
    midterm = "midterm" in project.round.rules.stages
    absent = []
    for folder, words in WANTED:
        if folder == 10 and not midterm:
            continue
        inside = [one.path for one in found if one.path.startswith(FOLDERS[folder - 1])]
        if folder == 11:
            inside = [path for path in inside if "报告" in path]  # data
        if not inside:
            absent.append(f"{words}（系统内没有）")  # data
    return absent
