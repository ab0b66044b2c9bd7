"""Receipts: what a team sends and fills in, and what staff say to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.forms import (
    JudgeForm,
    PapersForm,
    ReasonForm,
    SlipForm,
    slip_lines,
)
from sanlin.govern.projects.models import Project, Receipt, ReceiptPaper, SentPaper
from sanlin.ground import files, invoices
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import Refused, Verdict

from .acting import WHOLE, through

MOST_PAPERS = 6
MOST_DIGITS = 18
NEIGHBOURS = ("replaces", "replaced_by")


@gate(rules.can_look_into, Project, having=WHOLE)
def receipts(request: Request, project: Project) -> HttpResponse:
    """The receipts of a project against its plan, for its team and for staff."""
    rows = list(project.receipts.select_related("by", "replaced_by").order_by("-at", "-pk"))
    for row in rows:
        row.project = project
    doubtful = queries.doubtful(rows)
    page = {
        "project": project,
        "rows": [(row, row.pk in doubtful) for row in rows],
        "heads": queries.by_head(project, rules.flows(project)),
        "can_hand_in": rules.can_hand_in(request.by, project, now=request.now),
        "can_look": rules.can_look(request.by, project, now=request.now),
    }
    return render(request, "projects/receipts.html", page)


@gate(rules.can_hand_in, Project, having=WHOLE)
def hand_in(request: Request, project: Project) -> HttpResponse:
    """First the photos or files of one receipt; the next page asks what it says."""
    old = _replaced(request, project)
    form = PapersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = [int(key) for key in _keys(request) if key.isdecimal()]
        for n, paper in enumerate(form.cleaned_data["papers"]):
            try:
                kept = actions.send_paper(
                    project,
                    paper,
                    by=request.by,
                    now=request.now,
                    key=request.key and f"{request.key}:{n}",
                )
            except Refused as no:
                form.add_error("papers", str(no))
                break
            sent.append(kept.pk)
        else:
            return redirect(_details(project, sent, old))
    page = {
        "project": project,
        "form": form,
        "old": old,
        "papers": _sent(request, project),
        "details": _details(project, [one.pk for one in _sent(request, project)], old),
    }
    return render(request, "projects/hand_in.html", page)


def _details(project: Project, sent: list[int], old: Receipt | None) -> str:
    asked: dict[str, Any] = {"papers": ",".join(str(key) for key in sent[:MOST_PAPERS])}
    if old is not None:
        asked["replaces"] = old.pk
    return f"{reverse('projects:receipt_details', args=[project.pk])}?{urlencode(asked)}"


def _keys(request: Request) -> list[str]:
    return [key for key in request.GET.get("papers", "").split(",") if key.isdecimal()]


def _sent(request: Request, project: Project) -> list[SentPaper]:
    """The papers that the address names: of this project, sent by the same hand."""
    keys = [int(key) for key in _keys(request)[:MOST_PAPERS] if len(key) <= MOST_DIGITS]
    rows = SentPaper.objects.filter(project=project, by=request.by, pk__in=keys)
    return list(rows.order_by("pk"))


@gate(rules.can_hand_in, Project, having=WHOLE)
def receipt_details(request: Request, project: Project) -> HttpResponse:
    """What the receipt says, filled in as far as an electronic invoice says it itself."""
    old, sent = _replaced(request, project), _sent(request, project)
    if not sent and old is None:
        return redirect("projects:hand_in", pk=project.pk)
    book, planned = project.round.rules, set(project.plan)
    slip, rows = _offered(sent, old, planned)
    form = SlipForm(request.POST or None, initial=slip, answers=old is not None)
    more = request.method == "POST" and "more" in request.POST
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and more and (count := data.get("lines-TOTAL_FORMS", "")).isdecimal():
        data["lines-TOTAL_FORMS"] = str(min(int(count[:3]) + 1, 20))
    lines = slip_lines(data, book, planned, rows, more=1 if not rows else 0)
    if more:
        form = SlipForm(initial=_typed(data, form), answers=old is not None)
        lines = slip_lines(None, book, planned, _typed_lines(data), more=1)
    elif request.method == "POST" and all([form.is_valid(), lines.is_valid()]):
        said = dict(form.cleaned_data)
        answer = said.pop("answer", "")
        verb = actions.hand_in
        made = Slip(**said, lines=lines.lines())
        if done(request, form, verb, project, made, sent, replaces=old, answer=answer):
            messages.success(request, _("票据已提交，等待审核"))
            return redirect("projects:receipts", pk=project.pk)
    money = rules.flows(project)
    page = {
        "project": project,
        "form": form,
        "lines": lines,
        "old": old,
        "papers": sent or (old.papers.all() if old else []),
        "kept": not sent,
        "read": any(one.told.get("number") or one.told.get("total") for one in sent),
        "untold": [WHY_NOT_READ[why]() for one in sent if (why := one.told.get("why"))],
        "left": project.grant - sum(money.bound.values()),
        "heads": queries.by_head(project, money),
        "again": f"{reverse('projects:hand_in', args=[project.pk])}?{request.GET.urlencode()}",
    }
    return render(request, "projects/receipt_details.html", page)


WHY_NOT_READ = {
    "locked": lambda: _("这份文件加了密码，读不出票面；请上传没有密码的原件，或照着票面填写。"),
    "big": lambda: _("这份文件太大或太复杂，没有读取；请照着票面填写，必要时重新下载原件再传。"),
    "broken": lambda: _("这份文件打不开，可能已损坏；请重新下载原件再传，或照着票面填写。"),
    "silent": lambda: _("没有从这份文件读出发票内容；请照着票面填写。"),
}


def _typed(data: Any, form: SlipForm) -> dict[str, Any]:
    return {name: data.get(name, "") for name in form.fields}


def _typed_lines(data: Any) -> list[dict[str, Any]]:
    """The lines as they were typed, to be shown once more with one below."""
    count = data.get("lines-TOTAL_FORMS", "0")
    names = ("head", "what", "unit_price", "quantity")
    rows = [
        {name: data.get(f"lines-{n}-{name}", "") for name in names}
        for n in range(min(int(count) if count.isdecimal() and len(count) < 4 else 0, 20))
    ]
    return [row for row in rows if row["what"] or row["unit_price"]]


def _offered(
    sent: list[SentPaper], old: Receipt | None, planned: set[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the form begins with: the receipt that was asked back, or what the files say."""
    if old is not None:
        slip = {name: getattr(old, name) for name in ("number", "code", "day", "payee")}
        slip["face"] = old.face or ""
        return slip, [
            {
                "head": row.head,
                "what": row.what,
                "unit_price": row.unit_price,
                "quantity": row.quantity,
            }
            for row in old.lines.all()
        ]
    told = next((found for found in map(_read, sent) if found.number or found.total), None)
    only = next(iter(planned)) if len(planned) == 1 else ""
    if told is None:
        return {}, [{"head": only, "quantity": 1}]
    slip = {"number": told.number, "code": told.code, "day": told.day, "payee": told.seller}
    rows = [
        {
            "head": only,
            "what": item.what,
            "unit_price": item.price,
            "quantity": item.quantity,
        }
        for item in told.items
    ]
    if not rows:
        rows = [{"head": only, "unit_price": told.total or "", "quantity": 1}]
    return slip, rows


def _read(paper: SentPaper) -> invoices.Told:
    return invoices.told(paper.told)


def _replaced(request: Request, project: Project) -> Receipt | None:
    """The returned receipt that the address names, of this very project."""
    asked = request.GET.get("replaces", "")
    if not asked.isdecimal() or len(asked) > MOST_DIGITS:
        return None
    rows = project.receipts.filter(pk=int(asked), stage=stages.RETURNED)
    found: Receipt | None = rows.prefetch_related("lines", "papers").first()
    return found


@gate(rules.can_see_receipt, Receipt, having=(*through("project"), "by", "looked_by", *NEIGHBOURS))
def receipt(request: Request, receipt: Receipt) -> HttpResponse:
    """One receipt: staff accept it, ask it back or refuse it; the team may take it back before."""
    prefetch_related_objects([receipt], "lines", "papers")
    form, judge = ReasonForm(), JudgeForm()
    where = reverse("projects:receipts", args=[receipt.project_id])
    if request.method == "POST":
        asked = request.POST.get("verb")
        if asked == "withdraw":
            return press(request, where, _("票据已撤回"), actions.withdraw, receipt)
        if asked == "accept":
            judge = JudgeForm(request.POST)
            if judge.is_valid() and done(
                request, judge, actions.accept, receipt, judge.cleaned_data["judged"]
            ):
                messages.success(request, _("票据已通过"))
                return redirect(where)
        else:
            form = ReasonForm(request.POST)
            verb, words = TURNED_DOWN.get(str(asked), TURNED_DOWN["return"])
            if form.is_valid() and done(request, form, verb, receipt, form.cleaned_data["reason"]):
                messages.success(request, words())
                return redirect(where)
    return render(request, "projects/receipt.html", _page(request, receipt, form, judge))


TURNED_DOWN: dict[str, tuple[Any, Any]] = {
    "return": (actions.return_receipt, lambda: _("已退回补正，团队会看到理由")),
    "refuse": (actions.refuse_receipt, lambda: _("已决定不予报销，团队会看到理由")),
}


def _page(request: Request, receipt: Receipt, form: ReasonForm, judge: JudgeForm) -> dict[str, Any]:
    project, who, now = receipt.project, request.by, request.now
    waits = receipt.stage == stages.HANDED_IN
    can_look = rules.can_look(who, project, now=now)
    money = rules.flows(project)
    lines = rules.lines_of(receipt)
    heads = {head.key: head for head in project.round.rules.heads}
    twins = queries.twins_of(receipt) if receipt.stage in stages.STANDING_RECEIPTS else []
    judge.fields["judged"].required = bool(twins)  # the page asks for it where the verb does
    return {
        "receipt": receipt,
        "project": project,
        "lines": [(row, heads.get(row.head)) for row in receipt.lines.all()],
        "broken": rules.remarks(lines, rules.purse(project, money), project.round.rules)
        if waits
        else [],
        "papers": receipt.papers.all(),
        "twins": _side_by_side(twins) if can_look else [],
        "doubtful": bool(twins),
        "form": form,
        "judge": judge,
        "can_accept": rules.can_accept(who, receipt, now=now, money=money),
        "can_return": rules.can_return_receipt(who, receipt, now=now),
        "can_withdraw": rules.can_withdraw(who, receipt, now=now),
        "can_look": can_look,
        "can_hand_in": rules.can_hand_in(who, project, now=now),
        "replaced": hasattr(receipt, "replaced_by"),
    }


def _side_by_side(twins: list[Any]) -> list[dict[str, Any]]:
    """One line a receipt that this one looks like, with its first photo and every sign."""
    prefetch_related_objects([twin.other for twin in twins], "papers")
    found: dict[int, dict[str, Any]] = {}
    for twin in twins:
        line = found.setdefault(
            twin.other.pk,
            {
                "other": twin.other,
                "photo": next((p for p in twin.other.papers.all() if p.is_photo), None),
                "signs": [],
            },
        )
        line["signs"].append((twin.get_sign_display(), twin.likeness))
    return list(found.values())


def can_see_paper(who: Any, paper: ReceiptPaper, *, now: Any) -> Verdict:
    """As its receipt; staff of the street also where another receipt looks like it."""
    return rules.can_see_receipt(who, paper.receipt, now=now)


@gate(can_see_paper, ReceiptPaper, having=through("receipt__project"))
def receipt_paper(request: Request, paper: ReceiptPaper, size: str) -> Any:
    """The paper itself: a photo to look at, a file to download."""
    if paper.is_photo:
        return files.shown(paper.file, size)
    title = f"receipt-{paper.receipt_id}-{paper.place}.{paper.kind}"
    return files.handed_over(paper.file, title, paper.kind)


def can_see_sent(who: Any, paper: SentPaper, *, now: Any) -> Verdict:
    """Whoever sent it."""
    if paper.by_id == who.pk:
        return rules.can_look_into(who, paper.project, now=now)
    raise Http404


@gate(can_see_sent, SentPaper, having=through("project"))
def sent_paper(request: Request, paper: SentPaper, size: str) -> Any:
    """A photo or file that waits to be filled in."""
    if paper.is_photo:
        return files.shown(paper.file, size)
    return files.handed_over(paper.file, f"paper-{paper.pk}.{paper.kind}", paper.kind)
