from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.kernel.allocation import UnsettledTie
from sanlin.kernel.money import yuan

from . import queries, rules
from .forms import TrialForm

PAGE = 50


@gate(rules.can_open)
@require_safe
def home(request: Request) -> HttpResponse:
    """Which rounds may be tried."""
    rows = queries.tryable(request.by, now=request.now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "whatif/home.html", {"page": page})


@gate(rules.can_try, Round, having=("street", "roll", "official"))
@require_safe
def trial(request: Request, round: Round) -> HttpResponse:
    """One round counted otherwise, beside what was decided. It reads; there is nothing to press."""
    base = queries.base_of(round)
    lenders = list(queries.lenders(request.by, round, now=request.now))
    for lender in lenders:
        if request.GET.get("of") == str(lender.pk):
            lent = queries.knobs_of(lender, base.tiers)
            return redirect(f"{request.path}?{urlencode(lent)}")
    form = TrialForm(request.GET, base)
    asked = request.GET.copy()
    asked.pop("part", None)
    asked.pop("methods", None)
    page: dict[str, Any] = {
        "round": round,
        "base": base,
        "form": form,
        "lenders": lenders,
        "fault": "",
        "asked": asked.urlencode(),
    }
    if form.is_valid():
        knobs = form.trial()
        page["budget"] = yuan(knobs.budget)
        try:
            if request.GET.get("part") == "methods":
                page["methods"] = queries.agreement(base, knobs)
                page["shortfall"] = queries.shortfall(base, knobs)
                return render(request, "whatif/_methods.html", page)
            page["found"] = queries.compare(base, knobs, round.rules)
            if "methods" in request.GET:
                page["methods"] = queries.agreement(base, knobs)
                page["shortfall"] = queries.shortfall(base, knobs)
        except UnsettledTie:
            page["fault"] = _("同分规则分不出先后，请换一种依据")
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "whatif/_found.html", page)
    return render(request, "whatif/trial.html", page)
