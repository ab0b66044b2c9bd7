"""A booth day on a phone: open, find the voter, hand out a sheet, note, close, sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.forms import (
    CloseForm,
    CodeForm,
    FindForm,
    IncidentForm,
    SealForm,
    SheetsForm,
    UnmarkForm,
)
from sanlin.govern.ballots.models import Booth, Voter, What
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.office.pdf import pdf
from sanlin.ground.verdict import Refused

REFUSED = 422
HAVING = ("round__street", "round__roll", "neighbourhood")
ON_PAPER = Path(__file__).parent.parent / "static" / "ballots" / "protocol.css"
A_PRINT = 100  # sheets on one page to be printed


@gate(rules.can_see_booth, Booth, having=HAVING)
@require_http_methods(["GET", "HEAD", "POST"])
def booth_day(request: Request, booth: Booth) -> HttpResponse:
    """One booth: its account as it stands, and what can be done there now."""
    forms = {"seal": SealForm(), "incident": IncidentForm()}
    fault = ""
    if request.method == "POST":
        try:
            done = _noted(request, booth, forms)
        except Refused as no:
            fault = str(no)
        else:
            if done:
                messages.success(request, done)
                return redirect("ballots:booth_day", pk=booth.pk)
    who, now = request.by, request.now
    context = {
        "booth": booth,
        "round": booth.round,
        "tone": queries.tone(booth),
        "accounts": queries.accounts(booth),
        "equations": queries.equations(booth),
        "fault": fault,
        "find": FindForm(),
        "code": CodeForm(),
        "can_open": rules.can_open_booth(who, booth, now=now),
        "can_hand_out": rules.can_hand_out(who, booth, now=now),
        "can_note": rules.can_note(who, booth, now=now),
        "can_close": rules.can_close_booth(who, booth, now=now),
        "can_edit": rules.can_change_booth(who, booth, now=now),
        "can_receive": rules.can_receive(who, booth, now=now),
        "shifts": list(booth.shifts.all()),
        **forms,
    }
    status = REFUSED if fault or any(form.errors for form in forms.values()) else 200
    return render(request, "ballots/booth_day.html", context, status=status)


def _noted(request: Request, booth: Booth, forms: dict[str, Any]) -> str:
    """Do the deed of the button that was pressed; what to say of it, or nothing where a form is wrong."""
    told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
    verb = request.POST.get("verb", "")
    if verb == "spoil":
        actions.spoil_sheet(booth, **told)
        return _("已记一张作废换发。请收回作废票、当面划角封存，再发一张空白票。")
    if verb in ("open", "seal"):
        forms["seal"] = form = SealForm(request.POST)
        if not form.is_valid():
            return ""
        number = form.cleaned_data["seal"].strip()
        if verb == "open":
            actions.open_booth(booth, number, **told)
            return _("投票站已开放。")
        actions.note(booth, What.SEAL, number, **told)
        return _("已记封条。")
    if verb == "incident":
        forms["incident"] = words = IncidentForm(request.POST)
        if not words.is_valid():
            return ""
        actions.note(booth, What.INCIDENT, words.cleaned_data["words"].strip(), **told)
        return _("已记入票站簿。")
    raise Refused(_("请按页面上的按钮操作"))


# --- a voter at the table -------------------------------------------------------------------------


@gate(rules.can_hand_out, Booth, having=HAVING)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request, booth: Booth) -> HttpResponse:
    """Who stands at the table: looked for by name and one more clue, or by the code on her phone."""
    by_code = "code" in request.POST
    form = FindForm(None if by_code else request.POST or None)
    code = CodeForm(request.POST if by_code else None)
    found, seen = [], {"who": request.by, "now": request.now}
    if code.is_valid():
        found = queries.find_by_pass(booth, code.cleaned_data["code"], **seen)
    elif form.is_valid():
        told = form.cleaned_data
        found = queries.find_voters(booth, told["name"], told["clue"], **seen)
    asked = code.is_valid() or form.is_valid()
    form = FindForm() if found else form  # the next voter is not to read this one's name
    context = {
        "booth": booth,
        "round": booth.round,
        "form": form,
        "code": code,
        "asked": asked,
        "by_code": by_code,
        "found": found,
        "can_add": asked
        and not found
        and rules.can_work_on_roll(request.by, booth.round, now=request.now),
    }
    answer = render(request, "ballots/find.html", context, status=REFUSED if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@gate(rules.can_see_where, Round, having=("street", "roll"))
@require_safe
def scan(request: Request, round: Round) -> HttpResponse:
    """Where the code on a voter's phone leads an officer's camera: to the booth where she is on duty."""
    booth = None
    if request.by.is_authenticated:
        booth = queries.booth_at_work(request.by, round, now=request.now)
    return render(
        request, "ballots/scan.html", {"round": round, "booth": booth, "form": CodeForm()}
    )


@gate(rules.can_hand_out, Booth, having=HAVING)
@require_POST
def hand_out(request: Request, booth: Booth) -> HttpResponse:
    """Mark the voter and count one sheet."""
    text = request.POST.get("voter", "")
    known = text.isascii() and text.isdigit() and len(text) < 19
    voter = get_object_or_404(
        Voter.objects.select_related("roll", "neighbourhood"), pk=int(text) if known else 0
    )
    voter.roll.round = booth.round if voter.roll.round_id == booth.round_id else voter.roll.round
    done = _("已登记。请选民自己从一叠里抽一张空白票，不要看票号。")
    return press(
        request,
        reverse("ballots:booth_day", args=[booth.pk]),
        done,
        actions.mark_paper,
        booth,
        voter,
    )


@gate(
    rules.can_withdraw,
    Voter,
    having=(
        "roll__round__street",
        "account",
        "neighbourhood",
        "home__stair__building__estate",
        "shift__booth__round__street",
    ),
)
@require_http_methods(["GET", "HEAD", "POST"])
def unmark(request: Request, voter: Voter) -> HttpResponse:
    """A second officer takes a wrong mark back, with the reason."""
    form = UnmarkForm(request.POST or None)
    assert voter.shift is not None  # noqa: S101  # the rule has just said so
    booth = voter.shift.booth
    if form.is_valid() and done(
        request, form, actions.withdraw_paper, voter, form.cleaned_data["reason"].strip()
    ):
        messages.success(request, _("误记已撤回，张数已退回一张。"))
        return redirect("ballots:booth_day", pk=booth.pk)
    context = {
        "booth": booth,
        "round": booth.round,
        "form": form,
        "who": queries.masked_voter(voter),
    }
    return render(request, "ballots/unmark.html", context, status=REFUSED if form.errors else 200)


# --- sheets ---------------------------------------------------------------------------------------


@gate(rules.can_see_booth, Booth, having=HAVING)
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: Request, booth: Booth) -> HttpResponse:
    """Write down that sheets come, and print them."""
    form = SheetsForm(request.POST or None)
    if form.is_valid() and done(request, form, actions.receive, booth, form.cleaned_data["sheets"]):
        messages.success(request, _("已登记领票，请打印"))
        return redirect("ballots:sheets", pk=booth.pk)
    runs = [(first, last, at, list(_parts(first, last))) for first, last, at in queries.runs(booth)]
    context = {
        "booth": booth,
        "round": booth.round,
        "form": form,
        "runs": runs,
        "can_receive": rules.can_receive(request.by, booth, now=request.now),
        "can_print": rules.can_print(request.by, booth, now=request.now),
    }
    status = REFUSED if form.errors else 200
    return render(request, "ballots/sheets.html", context, status=status)


def _parts(first: int, last: int) -> list[tuple[int, int]]:
    """A run in parts that a browser prints at once."""
    return [(at, min(at + A_PRINT - 1, last)) for at in range(first, last + 1, A_PRINT)]


@gate(rules.can_print, Booth, having=HAVING)
@require_safe
def print_sheets(request: Request, booth: Booth) -> HttpResponse:
    """The sheets from a number to another, to be printed on A4, in an order by chance."""
    first, last = (_number(request.GET.get(name, "")) for name in ("first", "last"))
    if not 1 <= first <= last <= booth.received or last - first >= A_PRINT:
        raise Refused(_("没有这些票号，请回到领票页再选"))
    layout, made = queries.to_print(booth, first, last)
    context = {
        "booth": booth,
        "round": booth.round,
        "layout": layout,
        "sheets": made,
        "opinions": queries.opinions_on_paper(booth.round),
        "how": queries.how_to_mark(booth),
        "first": first,
        "last": last,
    }
    return render(request, "ballots/print.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


# --- closing --------------------------------------------------------------------------------------


@gate(rules.can_close_booth, Booth, having=HAVING)
@require_http_methods(["GET", "HEAD", "POST"])
def close_booth(request: Request, booth: Booth) -> HttpResponse:
    """Count what is there and close the account of the booth."""
    form = CloseForm(request.POST or None)
    if form.is_valid():
        counts = actions.Counts(*form.told)
        if done(request, form, actions.close_booth, booth, counts):
            messages.success(request, _("已清点，请两人核对记录并签字"))
            return redirect("ballots:protocol", pk=booth.pk)
    context = {"booth": booth, "round": booth.round, "form": form}
    status = REFUSED if form.errors else 200
    return render(request, "ballots/booth_close.html", context, status=status)


@gate(rules.can_see_booth, Booth, having=HAVING)
@require_http_methods(["GET", "HEAD", "POST"])
def protocol(request: Request, booth: Booth) -> HttpResponse:
    """The protocol of a booth: printed, as PDF, and signed by two persons."""
    if request.method == "POST":
        done = _("您已签字")
        return press(request, request.path, done, actions.sign_booth, booth)
    context = {
        "booth": booth,
        "round": booth.round,
        "tone": queries.tone(booth),
        "accounts": queries.accounts(booth),
        "equations": queries.equations(booth),
        "counted": booth.stage in (stages.CLOSED, stages.SIGNED),
        "can_sign": rules.can_sign(request.by, booth, now=request.now),
        "can_close": rules.can_close_booth(request.by, booth, now=request.now),
        "officer": can_run(request.by, booth.round, now=request.now),
        **queries.protocol(booth),
    }
    if request.GET.get("format") == "pdf":
        body = pdf("ballots/protocol_pdf.html", ON_PAPER, {**context, "now": request.now})
        answer = HttpResponse(body, content_type="application/pdf")
        name = f"booth-{booth.round_id}-{booth.number}.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    return render(request, "ballots/protocol.html", context)
