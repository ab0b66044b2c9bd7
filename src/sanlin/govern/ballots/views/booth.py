"""Choosing, checking, casting: the phone's way from the list to the receipt."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.forms import moved, read_move
from sanlin.govern.ballots.models import in_groups
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

REFUSED = 422
RECEIPT_SALT = "ballots.receipt"
KEPT = 180 * 24 * 3600  # seconds a receipt stays on the voter's own device


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def booth(request: Request, round: Round) -> HttpResponse:
    """The proposals as cards, each with one button; what is chosen stays on this device."""
    seat = queries.seat(request.by, round, cookies=request.COOKIES, now=request.now)
    move = read_move(request.POST) if request.method == "POST" else None
    if request.method != "POST":
        return render(request, "ballots/booth.html", _booth(round, seat))
    verdict = seat.verdict
    if verdict and move:
        draft = moved(seat.draft, *move, rules.form_of(round))
        verdict = rules.can_keep(draft, seat.voter, round)
        seat = seat.holding(draft) if verdict else seat
    fault = "" if verdict else verdict.reason
    if request.htmx or fault:  # type: ignore[attr-defined]
        part = "ballots/_choose.html" if request.htmx else "ballots/booth.html"  # type: ignore[attr-defined]
        status = 200 if request.htmx else REFUSED  # type: ignore[attr-defined]
        answer = render(request, part, {**_booth(round, seat), "fault": fault}, status=status)
    else:
        back = reverse(
            "ballots:review" if "review" in request.POST else "ballots:booth", args=[round.pk]
        )
        answer = redirect(f"{back}#p{move[1]}" if move else back)
    if verdict:
        _keep(request, answer, round, seat.draft)
    return answer


def _booth(round: Round, seat: queries.Seat) -> dict[str, Any]:
    cards = queries.cards(round, seat)
    own = [card for card in cards if card.own]
    return {
        "round": round,
        "seat": seat,
        "own": own,
        "others": [card for card in cards if not card.own],
        "bar": queries.bar(round, seat),
        "form": rules.form_of(round),
    }


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, round: Round) -> HttpResponse:
    """What is chosen, not cast yet; the one button that casts it."""
    fault = ""
    if request.method == "POST":
        draft = queries.draft_of(request.by, round, request.COOKIES)
        try:
            chosen = rules.as_cast(draft, round)
            ballot = actions.cast(round, chosen, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            fault = str(no)
        else:
            answer = redirect("ballots:receipt", pk=round.pk)
            _hand_over(request, answer, round, ballot.code)
            return answer
    seat = queries.seat(request.by, round, cookies=request.COOKIES, now=request.now)
    picked = {card.bid.key: card for card in queries.cards(round, seat)}
    context = {
        "round": round,
        "seat": seat,
        "chosen": [picked[key] for key in seat.draft if key in picked],
        "verdict": rules.can_choose(rules.as_cast(seat.draft, round), seat.voter, round)
        if seat.voter
        else seat.verdict,
        "bar": queries.bar(round, seat),
        "form": rules.form_of(round),
        "fault": fault,
    }
    return render(request, "ballots/review.html", context, status=REFUSED if fault else 200)


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_safe
def receipt(request: Request, round: Round) -> HttpResponse:
    """The receipt that this device keeps: that a ballot was put in, never what was on it."""
    code = _receipt_of(request, round)
    path = reverse("ballots:receipts", args=[round.pk])
    context = {
        "round": round,
        "code": in_groups(code) if code else "",
        "state": queries.included(round, code),
        "address": request.build_absolute_uri(f"{path}?code={code}"),
        "again": rules.can_cast(request.by, round, now=request.now),
        "roll": rules.roll_of(round),
    }
    return render(request, "ballots/receipt.html", context)


# --- what the device keeps ------------------------------------------------------------------------


def _set(request: Request, answer: HttpResponse, name: str, value: str, age: int) -> None:
    """A cookie that no script reads; at the desk it ends with the browser."""
    answer.set_cookie(
        name,
        value,
        max_age=None if request.by.hand else age,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _keep(request: Request, answer: HttpResponse, round: Round, draft: dict[int, int]) -> None:
    name = queries.cookie_name(round)
    if draft:
        _set(request, answer, name, queries.pack_draft(request.by, round, draft), KEPT)
    else:
        answer.delete_cookie(name, samesite="Lax")


def _receipt_name(round: Round) -> str:
    return f"receipt-{round.pk}"


def _hand_over(request: Request, answer: HttpResponse, round: Round, code: str) -> None:
    answer.delete_cookie(queries.cookie_name(round), samesite="Lax")
    kept = signing.dumps([request.by.pk, code], salt=RECEIPT_SALT)
    _set(request, answer, _receipt_name(round), kept, KEPT)


def _receipt_of(request: Request, round: Round) -> str:
    try:
        owner, code = signing.loads(
            request.COOKIES.get(_receipt_name(round), ""), salt=RECEIPT_SALT
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(code) if owner == request.by.pk else ""
