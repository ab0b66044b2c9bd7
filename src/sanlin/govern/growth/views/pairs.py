"""An old team and a new one: goals, log, last words."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.growth import actions, rules
from sanlin.govern.growth.forms import EntryForm, LastWordForm, PairForm
from sanlin.govern.growth.models import Pair
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done

from .acting import Deed, asked, turn


@gate(rules.can_see_round, Round, having=("street",))
def pairs(request: Request, round: Round) -> HttpResponse:
    """The pairs of a round, and a form for one more."""
    may = rules.can_pair(request.by, round, now=request.now)
    form = PairForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = (said["mentor"], said["novice"], said["goals"])
        if made := done(request, form, actions.pair, round, *words):
            messages.success(request, _("已结对"))
            return redirect("growth:pair", pk=made.pk)
    rows = Pair.objects.filter(round=round).select_related("mentor", "novice")
    page = {
        "round": round,
        "pairs": rows.annotate(n=Count("entries")),
        "form": form,
        "may": may,
    }
    return render(request, "growth/pairs.html", page)


@gate(rules.can_see_pair, Pair, having=("round__street", "mentor", "novice"))
def pair(request: Request, pair: Pair) -> HttpResponse:
    """One pair: both write down what they do; both say a last word."""
    entry = EntryForm(asked(request, "log"), initial={"day": local_day(request.now)})
    word = LastWordForm(asked(request, "end"))
    deeds = (
        Deed(
            entry,
            actions.log_entry,
            lambda: (pair, entry.cleaned_data["day"], entry.cleaned_data["text"]),
            _("已记录"),
        ),
        Deed(word, actions.end, lambda: (pair, word.cleaned_data["word"]), _("结束语已保存")),
    )
    if answer := turn(request, deeds, reverse("growth:pair", args=[pair.pk])):
        return answer
    page = {
        "pair": pair,
        "round": pair.round,
        "entries": pair.entries.select_related("team")[:100],
        "entry": entry,
        "word": word,
        "can_log": rules.can_log(request.by, pair, now=request.now),
        "can_end": rules.can_end(request.by, pair, now=request.now),
    }
    return render(request, "growth/pair.html", page)
