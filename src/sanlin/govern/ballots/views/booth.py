"""Choosing, checking, casting: the phone's way from the list to the receipt."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.forms import moved, read_move
from sanlin.govern.ballots.models import Ballot
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.accounts.addresses import of_client
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ballots.code import code_of, in_groups, read_receipt, receipt_of

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
        _know_again(request, answer, round)
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
        "opinions": queries.opinions_asked(round),
        "on_paper": queries.has_booths(round),
    }


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, round: Round) -> HttpResponse:
    """What is chosen, not cast yet, with its code: one button casts it, another opens and spoils it."""
    fault = ""
    if request.method == "POST":
        try:
            return _done(request, round)
        except Refused as no:
            fault = str(no)
    seat = queries.seat(request.by, round, cookies=request.COOKIES, now=request.now)
    picked = {card.bid.key: card for card in queries.cards(round, seat)}
    verdict = seat.verdict
    if seat.voter and verdict:
        verdict = rules.can_choose(rules.as_cast(seat.draft, round), seat.voter, round)
    context = {
        "round": round,
        "seat": seat,
        "chosen": [picked[key] for key in seat.draft if key in picked],
        "verdict": verdict,
        "bar": queries.bar(round, seat),
        "form": rules.form_of(round),
        "fault": fault,
    }
    if seat.voter and verdict:
        ready = queries.Ready(seat.draft, lots.new_secret())
        code = code_of(ready.line(seat.voter, round))
        context |= {
            "ready": queries.pack_ready(request.by, round, ready),
            "code": code,
            "receipt": in_groups(receipt_of(code)),
        }
    return render(request, "ballots/review.html", context, status=REFUSED if fault else 200)


def _done(request: Request, round: Round) -> HttpResponse:
    """Cast, or spoil and show, the very ballot whose code stood on the page."""
    ready = queries.read_ready(request.by, round, request.POST.get("ready", ""))
    if ready is None:
        seat = queries.seat(request.by, round, cookies=request.COOKIES, now=request.now)
        require(seat.verdict)
        assert seat.voter is not None  # noqa: S101  # she may cast
        require(rules.can_choose(rules.as_cast(seat.draft, round), seat.voter, round))
        raise Refused(_("请先核对选票，再按“确认投出”"))
    if request.POST.get("verb") == "show":
        chosen = rules.as_cast(ready.draft, round)
        told: dict[str, Any] = {"by": request.by, "now": request.now, "seed": ready.seed}
        ballot = actions.spoil(round, chosen, **told)
        return _shown(request, round, ready, ballot)
    return handed_over(request, round, actions.cast(**vars(wish(request, round, ready))))


def wish(request: Request, round: Round, ready: queries.Ready) -> actions.Wish:
    """What a request asks for whose ballot's code has been shown."""
    chosen = rules.as_cast(ready.draft, round)
    seen = actions.Seen(of_client(request) or "", request.COOKIES.get(_device_name(round), ""))
    return actions.Wish(round, chosen, request.by, request.now, ready.seed, seen)


def handed_over(request: Request, round: Round, ballot: Ballot) -> HttpResponse:
    """On to the receipt, which the device keeps from now on."""
    answer = HttpResponseRedirect(_receipt_page(round.pk))
    answer.delete_cookie(queries.cookie_name(round), samesite="Lax")
    kept = signing.dumps([request.by.pk, ballot.receipt], salt=RECEIPT_SALT)
    _set(request, answer, _receipt_name(round), kept, KEPT)
    return answer


@lru_cache(maxsize=64)
def _receipt_page(round: int) -> str:
    return reverse("ballots:receipt", args=[round])


def _shown(request: Request, round: Round, ready: queries.Ready, ballot: Ballot) -> HttpResponse:
    seat = queries.seat(request.by, round, cookies=request.COOKIES, now=request.now)
    assert seat.voter is not None  # noqa: S101  # she has just spoiled a ballot
    cards = {card.bid.key: card for card in queries.cards(round, seat.holding(ready.draft))}
    context = {
        "round": round,
        "ballot": ballot,
        "line": ready.line(seat.voter, round),
        "chosen": [cards[key] for key in ready.draft if key in cards],
        "form": rules.form_of(round),
    }
    return render(request, "ballots/spoiled.html", context)


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_safe
def receipt(request: Request, round: Round) -> HttpResponse:
    """The receipt that this device keeps: that a ballot was put in, never what was on it."""
    code = read_receipt(_receipt_of(request, round))
    # The code stands behind the hash: a browser does not send it, so no log of a server learns it.
    path = reverse("ballots:receipts", args=[round.pk])
    context = {
        "round": round,
        "code": in_groups(code) if code else "",
        "state": queries.included(round, code),
        "address": request.build_absolute_uri(path) + f"#{code}",
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


def _device_name(round: Round) -> str:
    return f"device-{round.pk}"


def _know_again(request: Request, answer: HttpResponse, round: Round) -> None:
    """A chance number by which many ballots of one device are counted in this round, and in no other."""
    name = _device_name(round)
    if name not in request.COOKIES:
        _set(request, answer, name, lots.new_seed(), KEPT)


def _receipt_name(round: Round) -> str:
    return f"receipt-{round.pk}"


def _receipt_of(request: Request, round: Round) -> str:
    try:
        owner, code = signing.loads(
            request.COOKIES.get(_receipt_name(round), ""), salt=RECEIPT_SALT
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(code) if owner == request.by.pk else ""
