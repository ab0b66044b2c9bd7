"""The clerks' pages: batches, keying, the third act, and the word on a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.forms import BatchForm, ExplainForm, read_marks
from sanlin.govern.ballots.models import Batch, Booth, Keying
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, press
from sanlin.ground.ui.tables import Column, Table
from sanlin.ground.verdict import Refused

REFUSED = 422
FLAGS = ("", "unclear", "named")

TONES = {
    "registered": "waiting",
    "once": "waiting",
    "differing": "wrong",
    "agreed": "done",
    "settled": "done",
}
BATCHES = Table(
    "batches",
    _("录票批次"),
    (
        Column("booth", _("投票站"), lambda row: row.booth.name, sort="booth__number"),
        Column("number", _("批号"), lambda row: row.number, "number", sort="number"),
        Column("sheets", _("张数"), lambda row: row.sheets, "number", sort="sheets"),
        Column(
            "state",
            _("状态"),
            lambda row: row.stage_label,
            "state",
            tone=lambda row: TONES[row.stage],
        ),
        Column("first", _("第一遍"), lambda row: queries.hand_words(row, 1)),
        Column("second", _("第二遍"), lambda row: queries.hand_words(row, 2)),
        Column("valid", _("有效"), lambda row: row.valid if row.done else None, "number"),
        Column("blank", _("空白"), lambda row: row.blank if row.done else None, "number"),
        Column("invalid", _("无效"), lambda row: row.invalid if row.done else None, "number"),
    ),
    order="booth__number",
    empty=_("投票截止后，从投票站的票箱里清点出一叠，就登记一批。"),
)


@gate(rules.can_see_batches, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request: Request, round: Round) -> HttpResponse:
    """What lies in the boxes, who keys what, and what the count still waits for."""
    here = reverse("ballots:batches", args=[round.pk])
    if request.method == "POST":
        return _at_the_boxes(request, round, here)
    may = rules.may_work_on_paper(request.by, round, now=request.now)
    rows, boxes = queries.batch_table(round), rules.boxes(round)
    accounts = queries.box_accounts(boxes, request.by, round, now=request.now)
    context = {
        "round": round,
        "roll": round.roll,
        "accounts": accounts,
        "acts": any(
            it["can_register"] or it["can_explain"] or it["box"].explained for it in accounts
        ),
        "missing": rules.paper_missing(boxes),
        "may": may,
        "unsigned": [box.booth for box in boxes if box.booth.stage != stages.SIGNED],
    }
    table = BATCHES
    if may and request.GET.get("format") != "xlsx":

        def act(row: Batch, at: int) -> str:
            where = queries.next_act(row, request.by, can_work=True)
            return where[at]

        table = replace(
            BATCHES,
            columns=(
                *BATCHES.columns,
                Column(
                    "act",
                    _("办理"),
                    lambda row: act(row, 1),
                    href=lambda row: reverse(act(row, 0), args=[row.pk]) if act(row, 0) else "",
                ),
            ),
        )
    return table.answer(request, rows, "ballots/batches.html", context)


def _at_the_boxes(request: Request, round: Round, here: str) -> HttpResponse:
    verb, pk = request.POST.get("verb", ""), request.POST.get("of", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        messages.error(request, _now("请按页面上的按钮操作"))
        return redirect(here)
    if verb == "register":
        booth = get_object_or_404(Booth.objects.select_related("round__street"), pk=pk, round=round)
        form = BatchForm(request.POST)
        if not form.is_valid():
            messages.error(request, _now("请填这一叠的张数，1到500"))
            return redirect(here)
        done = _now("已登记一批，可以开始录票")
        return press(request, here, done, actions.register, booth, form.cleaned_data["sheets"])
    if verb == "drop":
        batch = get_object_or_404(_batches(), pk=pk, booth__round=round)
        return press(request, here, _now("已撤销这一批"), actions.drop_batch, batch)
    if verb == "release":
        keying = get_object_or_404(
            Keying.objects.select_related("batch__booth__round__street"),
            pk=pk,
            batch__booth__round=round,
        )
        return press(request, here, _now("已让出，可由别人录"), actions.release, keying)
    messages.error(request, _now("请按页面上的按钮操作"))
    return redirect(here)


def _batches() -> Any:
    return Batch.objects.select_related("booth__round__street", "booth__round__roll")


BATCH_ROWS = ("booth__round__street", "booth__round__roll")


# --- keying -----------------------------------------------------------------------------------


@gate(rules.can_key, Batch, having=BATCH_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: Request, batch: Batch) -> HttpResponse:
    """Key one sheet after the other. With script the browser keeps each until it is stored here; without,
    every sheet is one page."""
    fault = ""
    if request.method == "POST":
        try:
            return _keyed(request, batch)
        except Refused as no:
            fault = str(no)
        if _by_script(request):
            return JsonResponse({"fault": fault}, status=REFUSED)
    typed = request.POST if fault and request.POST.get("verb") == "save" else {}
    lines = queries.lines(batch.booth)
    if typed:
        marks = read_marks(typed, lines)
        lines = [replace(line, mark=marks.get(line.key, 0)) for line in lines]
    own = queries.own_sheets(batch, request.by)
    round = batch.booth.round
    context = {
        "batch": batch,
        "round": round,
        "form": rules.form_of(round),
        "lines": lines,
        "opinions": queries.opinions_by_number(round),
        "flags": queries.flag_words(),
        "own": own,
        "client": typed.get("client") or lots.new_seed(),
        "typed": typed,
        "fault": fault,
        "short": len(own) != batch.sheets,
        "keep": f"keying-{batch.pk}-{request.by.pk}",
        "prefix": f"{round.pk}-{batch.booth.number}-",
    }
    return render(request, "ballots/key.html", context, status=REFUSED if fault else 200)


def _by_script(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _keyed(request: Request, batch: Batch) -> HttpResponse:
    verb, here = request.POST.get("verb", ""), redirect("ballots:key", pk=batch.pk)
    told: dict[str, Any] = {"by": request.by, "now": request.now}
    client = request.POST.get("client", "")[:40]
    if verb == "save" and client:
        paper = _paper(request, batch)
        sheet = actions.key_sheet(batch, client, paper, **told)
        if _by_script(request):
            words = queries.keyed_words(sheet, batch)
            return JsonResponse({"stored": client, "serial": sheet.serial or "", "words": words})
        return here
    if verb == "drop" and client:
        actions.drop_sheet(batch, client, **told)
        return JsonResponse({"stored": client}) if _by_script(request) else here
    if verb == "hand":
        actions.hand_in(batch, sure="sure" in request.POST, key=request.key, **told)
        messages.success(request, _now("已交出。两遍都交出后系统逐张比对"))
        return redirect("ballots:batches", pk=batch.booth.round_id)
    raise Refused(_now("请按页面上的按钮操作"))


def _paper(request: Request, batch: Batch, prefix: str = "") -> Paper:
    """A sheet as its form was filled in."""
    posted = request.POST
    if posted.get(f"{prefix}strange"):
        return Paper("", {})
    serial = rules.serial_of(posted.get(f"{prefix}serial", ""), batch.booth)
    flag = posted.get(f"{prefix}flag", "")
    marks = read_marks(posted, queries.lines(batch.booth, prefix=prefix))
    return Paper(serial, marks, flag if flag in FLAGS else "")


# --- the third act ------------------------------------------------------------------------------


@gate(rules.can_settle, Batch, having=BATCH_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: Request, batch: Batch) -> HttpResponse:
    """Look at the paper wherever two keyings differ, and say what it shows."""
    rows, fault = queries.differences(batch), ""
    if request.method == "POST":
        try:
            rulings, strange = _rulings(request, batch, rows)
            reason = request.POST.get("reason", "")
            told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
            actions.settle(batch, rulings, strange, reason, **told)
        except Refused as no:
            fault = str(no)
        else:
            messages.success(request, _now("已裁定，这一批可以计票"))
            return redirect("ballots:batches", pk=batch.booth.round_id)
        for row in rows:
            row["ruled"] = request.POST.get(f"s{row['at']}", "")
    round = batch.booth.round
    context = {
        "batch": batch,
        "round": round,
        "rows": rows,
        "form": rules.form_of(round),
        "opinions": queries.opinions_by_number(round),
        "flags": queries.flag_words(),
        "reason": request.POST.get("reason", ""),
        "fault": fault,
    }
    return render(request, "ballots/settle.html", context, status=REFUSED if fault else 200)


def _rulings(
    request: Request, batch: Batch, rows: list[dict[str, Any]]
) -> tuple[dict[str, Paper | None], int | None]:
    """What was ruled of each differing serial, and of the number of strange papers."""
    kept = queries.keyed_papers(batch)
    found: dict[str, Paper | None] = {}
    strange = None
    for row in rows:
        at, serial = f"s{row['at']}", row["serial"]
        ruling = request.POST.get(at, "")
        if not serial:
            strange = (
                int(ruling) if ruling.isascii() and ruling.isdigit() and len(ruling) < 4 else None
            )
        elif ruling in ("first", "second"):
            paper = kept[ruling].get(serial)
            found[serial] = Paper(serial, dict(paper.marks), paper.flag) if paper else None
        elif ruling == "none":
            found[serial] = None
        elif ruling == "other":
            marks = read_marks(request.POST, row["lines"])
            flag = request.POST.get(f"{at}-flag", "")
            found[serial] = Paper(serial, marks, flag if flag in FLAGS else "")
    return found, strange


@gate(rules.can_explain, Booth, having=("round__street", "round__roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def explain(request: Request, booth: Booth) -> HttpResponse:
    """Why the batches of a booth hold more or fewer sheets than its box."""
    form = ExplainForm(request.POST or None)
    if form.is_valid():
        try:
            told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
            actions.explain(booth, form.cleaned_data["reason"], **told)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _now("已说明差异"))
            return redirect("ballots:batches", pk=booth.round_id)
    context = {"booth": booth, "round": booth.round, "form": form, "gap": rules.gap(booth)}
    return render(request, "ballots/explain.html", context)
