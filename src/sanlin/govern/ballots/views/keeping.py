"""The keepers' pages: take a key and set its passphrase, open the box together."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.forms import NewPassphraseForm, PassphraseForm, WhoForm
from sanlin.govern.ballots.models import Keeper
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.keys import propose_passphrase
from sanlin.ground.verdict import Refused

REFUSED = 422


@gate(rules.can_see_keys, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request, round: Round) -> HttpResponse:
    """Who keeps the keys; one's own passphrase is set here, before the vote opens."""
    form = NewPassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_passphrase(
                round,
                form.cleaned_data["passphrase"],
                by=request.by,
                now=request.now,
                key=request.key,
            )
        except Refused as no:
            form.add_error("passphrase", str(no))
        else:
            messages.success(request, _("口令已经设好，请把纸条封存"))
            return redirect("ballots:keys", pk=round.pk)
    context = {
        **queries.key_ring(round, request.by, now=request.now),
        "form": form,
        "proposed": propose_passphrase(),
    }
    status = REFUSED if form.is_bound else 200
    return render(request, "ballots/keys.html", context, status=status)


@gate(rules.can_name, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: Request, round: Round) -> HttpResponse:
    """Name the resident who keeps the third key."""
    form = WhoForm(request.POST or None)
    if form.is_valid() and done(
        request, form, actions.name_supervisor, round, form.cleaned_data["who"]
    ):
        messages.success(request, _("已请这位居民保管钥匙，等本人设置口令"))
        return redirect("ballots:keys", pk=round.pk)
    return render(request, "ballots/name.html", {"round": round, "form": form})


@gate(rules.can_drop_keeper, Keeper, having=("round__street", "account"))
@require_POST
def drop(request: Request, keeper: Keeper) -> HttpResponse:
    """Let somebody else keep a key."""
    where = reverse("ballots:keys", args=[keeper.round_id])
    return press(request, where, _("这把钥匙可以由别人保管了"), actions.drop_keeper, keeper)


@gate(rules.can_see_keys, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def open_box(request: Request, round: Round) -> HttpResponse:
    """A keeper enters a passphrase: to try it while the vote is open, to open the box after it."""
    form = PassphraseForm(request.POST or None)
    ring = queries.key_ring(round, request.by, now=request.now)
    if request.method == "POST" and form.is_valid():
        told = {"by": request.by, "now": request.now}
        try:
            if request.POST.get("verb") == "try":
                actions.try_passphrase(round, form.cleaned_data["passphrase"], **told)
                done = _("口令正确。没有打开任何东西")
            else:
                round = actions.give_key(
                    round, form.cleaned_data["passphrase"], key=request.key, **told
                )
                opened = rules.roll_of(round)
                done = _("您的口令已经输入，等另一位保管人")
                if opened and opened.counted_at:
                    done = _("票箱已经打开并计票")
        except Refused as no:
            form.add_error("passphrase", str(no))
        else:
            messages.success(request, done)
            return redirect("ballots:box", pk=round.pk)
    status = REFUSED if form.is_bound else 200
    return render(request, "ballots/box.html", {**ring, "form": form}, status=status)
