from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from sanlin.govern.projects import queries, rules, stages
from sanlin.govern.projects.models import (
    PaperWord,
    Project,
    Receipt,
    ReceiptLine,
    ReceiptPaper,
    SentPaper,
    Twin,
)
from sanlin.ground import files, invoices
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.budget import Line
from sanlin.kernel.likeness import marks, photos
from sanlin.kernel.spending import Purse, refusals

from .hold import hold, reason_of

Paper = files.Picture | files.Document | SentPaper | ReceiptPaper
# What no decision of anybody can mend; the rest is said by whoever accepts.
FIXED = ("no_lines", "unknown_head", "forbidden_head", "unit_cap", "long_cap")


@dataclass(frozen=True)
class Slip:
    """What a receipt says: its lines (kernel.budget.Line, fen), and `face` fen in all where only a
    part of it is claimed."""

    number: str
    day: date
    payee: str
    lines: tuple[Line, ...]
    code: str = ""
    face: int | None = None

    @property
    def amount(self) -> int:
        """What is claimed, in whole fen."""
        return sum(line.amount for line in self.lines)

    @property
    def what(self) -> str:
        """The first line, and that there are more."""
        first = self.lines[0].what if self.lines else ""
        return (
            first
            if len(self.lines) < 2
            else _("%(what)s等%(n)s项")
            % {
                "what": first[:50],
                "n": len(self.lines),
            }
        )


@deed("projects.send_paper")
def send_paper(
    project: Project, paper: files.Picture | files.Document, *, by: Account, now: datetime
) -> SentPaper:
    """Keep a photo or file whose receipt is still to be filled in; an electronic invoice is read."""
    project = hold(project)
    require(rules.can_hand_in(by, project, now=now))
    _no_paper_twice(project, [paper.digest])
    told = (
        invoices.read(paper.body, paper.kind).plain() if isinstance(paper, files.Document) else {}
    )
    sent = SentPaper.objects.create(
        project=project,
        by=by,
        at=now,
        file=_kept(paper),
        kind=_kind(paper),
        digest=paper.digest,
        told=told,
    )
    record(sent, by=by, now=now, project=project.pk, digest=paper.digest)
    return sent


SENT_KEPT = timedelta(days=30)


@deed("projects.forget_paper")
def forget_paper(sent: SentPaper, *, by: Account | None, now: datetime) -> Project:
    """Remove a photo or file that no receipt was made of within its days, row and file."""
    project = hold(Project(pk=sent.project_id))
    found = SentPaper.objects.filter(pk=sent.pk).first()
    if found is None:
        raise Refused(_("这个文件刚刚有人处理过"))
    if now - found.at < SENT_KEPT:
        raise Refused(_("还没有到清理的日子"))
    record(found, by=by, now=now, project=project.pk, digest=found.digest)
    transaction.on_commit(partial(files.discard, found.file, found.kind))
    found.delete()
    return project


@deed("projects.hand_in_receipt")
def hand_in(
    project: Project,
    slip: Slip,
    papers: Sequence[Paper],
    *,
    replaces: Receipt | None = None,
    answer: str = "",
    by: Account,
    now: datetime,
) -> Receipt:
    """Keep a receipt with its photos or files, and note which earlier ones it looks like. One that was
    asked back is replaced once, never changed; without papers its own are taken over."""
    project = hold(project)
    require(rules.can_hand_in(by, project, now=now))
    _check(project, slip, now=now)
    if replaces is not None and not project.receipts.filter(
        pk=replaces.pk, stage=stages.RETURNED, replaced_by__isnull=True
    ):
        raise Refused(_("只有退回的、还没有替换过的票据可以替换"))
    if not papers and replaces is not None:
        papers = list(replaces.papers.order_by("place"))
    if not papers:
        raise Refused(_("请附上票据的照片或文件"))
    _no_paper_twice(project, [paper.digest for paper in papers])
    with refusing(_("这张退回的票据刚刚已经替换过")):
        receipt = Receipt.objects.create(
            project=project,
            street_id=project.round.street_id,
            code=slip.code,
            number=slip.number,
            mark=marks.number_mark(slip.code, slip.number)[:64],
            day=slip.day,
            payee=slip.payee,
            payee_mark=marks.plain(slip.payee)[:60],
            what=slip.what[:60],
            amount=slip.amount,
            face=slip.face,
            replaces=replaces,
            answer=answer.strip()[:200],
            by=by,
            at=now,
        )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            place=place,
            head=line.head,
            what=line.what,
            unit_price=line.unit_price,
            quantity=line.quantity,
        )
        for place, line in enumerate(slip.lines, 1)
    )
    _keep(receipt, papers)
    found = note_twins(receipt)
    record(
        receipt,
        by=by,
        now=now,
        project=project.pk,
        amount=receipt.amount,
        lines=[[line.head, line.amount] for line in slip.lines],
        papers=[paper.digest for paper in receipt.papers.all()],
        twins=len(found),
        replaces=replaces.pk if replaces else None,
    )
    return receipt


def _check(project: Project, slip: Slip, *, now: datetime) -> None:
    """Refuse at once what nobody could accept."""
    nobody = Purse(project.grant, 0)
    for reason in refusals(slip.lines, nobody, project.round.rules):
        if reason.code in FIXED:
            raise Refused(rules.sentence(reason))
    if any(line.unit_price <= 0 or line.quantity <= 0 for line in slip.lines):
        raise Refused(_("金额须大于零"))
    if slip.face is not None and slip.face < slip.amount:
        raise Refused(_("报销的合计不能超过票面金额"))
    if slip.day > local_day(now):
        raise Refused(_("开票日期不能晚于今天"))


def _no_paper_twice(project: Project, digests: Sequence[str]) -> None:
    told = [digest for digest in digests if digest]
    if len(set(told)) < len(told):
        raise Refused(_("同一个文件选了两次"))
    same = ReceiptPaper.objects.filter(
        receipt__project=project, receipt__stage__in=stages.STANDING_RECEIPTS, digest__in=told
    )
    if first := same.select_related("receipt").first():
        words = {"what": first.receipt.what, "number": first.receipt.number or "—"}
        raise Refused(_("这个文件已经用在本项目的另一张票据上：%(what)s（%(number)s）") % words)


def _keep(receipt: Receipt, papers: Sequence[Paper]) -> None:
    """Write the papers, with the spots and words by which photos are found again."""
    for place, paper in enumerate(papers, 1):
        kept = ReceiptPaper.objects.create(
            receipt=receipt,
            place=place,
            file=_kept(paper),
            kind=_kind(paper),
            digest=paper.digest,
            looks=_looks(paper),
        )
        _word(kept, receipt)
        if isinstance(paper, SentPaper):
            paper.delete()


def _kept(paper: Paper) -> str:
    """The name of its file, written where it is not yet."""
    if isinstance(paper, files.Picture):
        return files.keep(paper)
    return files.keep_document(paper) if isinstance(paper, files.Document) else paper.file


def _kind(paper: Paper) -> str:
    return "photo" if isinstance(paper, files.Picture) else paper.kind


def _looks(paper: Paper) -> bytes:
    if isinstance(paper, ReceiptPaper):
        return bytes(paper.looks)
    if _kind(paper) != "photo":
        return b""
    if isinstance(paper, SentPaper):
        return photos.spots(files.kept_bytes(paper.file, "photo"))
    return photos.spots(paper.sizes["large"]) if isinstance(paper, files.Picture) else b""


def _word(paper: ReceiptPaper, receipt: Receipt) -> None:
    if not paper.looks:
        return
    words = queries.words_of(bytes(paper.looks), receipt.street_id)
    PaperWord.objects.bulk_create(PaperWord(paper=paper, word=word) for word in words)


def note_twins(receipt: Receipt) -> list[Twin]:
    """Keep what this receipt looks like among those that stand; returns what was not known yet."""
    known = set(receipt.twins.values_list("other", "sign"))
    known |= set(receipt.twins_of.values_list("receipt", "sign"))
    fresh = [one for one in queries.alike(receipt) if (one.other, one.sign) not in known]
    return Twin.objects.bulk_create(
        Twin(receipt=receipt, other_id=one.other, sign=one.sign, likeness=one.likeness)
        for one in fresh
    )


@deed("projects.withdraw_receipt")
def withdraw(receipt: Receipt, *, by: Account, now: datetime) -> Receipt:
    """Take back a receipt that nobody has looked at."""
    held = _held(receipt)
    require(rules.can_withdraw(by, held, now=now))
    _carry(held, "withdraw")
    record(held, by=by, now=now)
    return held


@deed("projects.accept_receipt")
def accept(receipt: Receipt, judged: str = "", *, by: Account, now: datetime) -> Receipt:
    """Count a receipt against the grant; refused with figures where a rule of spending forbids it.

    Where others look like it, `judged` says why it is none of them. What was handed in meanwhile is
    looked for once more, so that two hands cannot pass one paper by each other.
    """
    held = _held(receipt)
    require(rules.can_accept(by, held, now=now))
    note_twins(held)
    if queries.twins_of(held):
        if len(judged.strip()) < SHORTEST_WORD:
            raise Refused(_("有疑似重复的票据，请先核对，并写明不是重复的理由"))
    else:
        judged = ""
    _carry(held, "accept", looked_by=by, looked_at=now, judged=judged.strip()[:200])
    record(held, by=by, now=now, amount=held.amount, judged=bool(judged))
    return held


SHORTEST_WORD = 4


@deed("projects.return_receipt")
def return_receipt(receipt: Receipt, reason: str, *, by: Account, now: datetime) -> Receipt:
    """Ask a receipt back with a reason; the team answers by another in its place."""
    return _turned_down(receipt, "send_back", reason, by=by, now=now)


@deed("projects.refuse_receipt")
def refuse_receipt(receipt: Receipt, reason: str, *, by: Account, now: datetime) -> Receipt:
    """Refuse a receipt for good, with a reason."""
    return _turned_down(receipt, "refuse", reason, by=by, now=now)


def _turned_down(
    receipt: Receipt, verb: str, reason: str, *, by: Account, now: datetime
) -> Receipt:
    held = _held(receipt)
    require(rules.can_return_receipt(by, held, now=now))
    source = held.stage
    _carry(held, verb, looked_by=by, looked_at=now, reason=reason_of(reason))
    record(held, by=by, now=now, source=source, amount=held.amount)
    return held


def _held(receipt: Receipt) -> Receipt:
    """The receipt as it lies, with its project held: sums against caps are taken one at a time."""
    project = hold(Project(pk=receipt.project_id))
    found: Receipt = Receipt.objects.prefetch_related("lines", "papers").get(pk=receipt.pk)
    found.project = project
    return found


def _carry(receipt: Receipt, verb: str, **values: object) -> None:
    taken = _("这张票据刚刚有人处理过，请刷新后再看")
    advance(receipt, stages.RECEIPT, verb, taken, **values)
