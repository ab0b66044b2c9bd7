from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.commons.funds.models import Fund, Origin, Source
from sanlin.commons.funds.queries import amount_in, position
from sanlin.commons.funds.rules import sentence
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import matched
from sanlin.kernel.money import yuan

from . import actions, rules, stages
from .forms import DraftForm, ExtendForm, NameForm, NewRound, ReasonForm, WindowsForm, suggested
from .models import Round
from .queries import next_step, timeline
from .queries.course import deadline
from .queries.lists import rounds_for, streets_of
from .queries.packs import in_force, text_for_next
from .queries.rulebook import explained, sections
from .rules.book import book
from .rules.windows import (
    later_faults,
    length_faults,
    order_faults,
    parts,
    spans_of,
    stage_words,
    warnings,
)

STREET = ("street",)
ask = require_http_methods(["GET", "HEAD", "POST"])
STANDS = frozenset(stages.ROUND.stages())
TONES = {stages.DRAFT: "waiting", stages.CLOSED: "done", stages.CANCELLED: "wrong"}
ROUNDS = Table(
    "rounds",
    gettext_lazy("轮次"),
    (
        Column(
            "name",
            gettext_lazy("名称"),
            lambda round: round.name,
            sort="name",
            href=lambda round: reverse("rounds:manage", args=[round.pk]),
        ),
        Column(
            "street", gettext_lazy("街道"), lambda round: str(round.street), sort="street__name"
        ),
        Column("year", gettext_lazy("年度"), lambda round: round.year, "number", sort="year"),
        Column(
            "stage",
            gettext_lazy("阶段"),
            lambda round: round.stage_label,
            "state",
            sort="stage",
            tone=lambda round: TONES.get(round.stage, "now"),
        ),
        Column("deadline", gettext_lazy("本阶段截止"), deadline, "moment"),
        Column(
            "budget",
            gettext_lazy("本轮总额"),
            lambda round: book(round).values.get("budget"),
            "money",
        ),
    ),
    sieves=(
        Sieve(
            "stage",
            gettext_lazy("阶段"),
            lambda _rows: [(key, stage_words(key)) for key in stages.LABELS if key in STANDS],
            "stage",
        ),
        Sieve(
            "year",
            gettext_lazy("年度"),
            lambda rows: [
                (str(year), str(year))
                for year in rows.order_by("-year").values_list("year", flat=True).distinct()
            ],
            "year",
        ),
    ),
    search=("name",),
    order="-year",
    empty=gettext_lazy("还没有轮次。街道工作人员可以新建一轮。"),
)


@require_safe
@gate(rules.can_list)
def listing(request: Request) -> HttpResponse:
    """The rounds of my streets."""
    rounds = rounds_for(request.by, now=request.now)
    begins = rules.can_begin(request.by, now=request.now)
    return ROUNDS.answer(request, rounds, "rounds/list.html", {"can_begin": begins})


@ask
@gate(rules.can_begin)
def new(request: Request) -> HttpResponse:
    """Choose a pack, a name and a year."""
    on = local_day(request.now)
    streets = streets_of(request.by, now=request.now)
    initial = {"year": on.year, "street": streets[0]}
    form = NewRound(
        request.POST or None, request.FILES or None, streets=streets, on=on, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if round := done(
            request,
            form,
            actions.create,
            told["street"],
            told["name"],
            told["year"],
            told["pack_text"],
        ):
            messages.success(request, _("已建立草稿，请补齐数值和日期"))
            return redirect("rounds:draft", pk=round.pk)
    return render(request, "rounds/new.html", {"form": form, "packs": in_force(on)})


@require_safe
@gate(rules.can_manage, Round, having=STREET)
def manage(request: Request, round: Round) -> HttpResponse:
    """Where a round stands and what its officers may do here."""
    steps = timeline(round, now=request.now)
    asked = {
        "rounds:draft": (rules.can_edit_draft, _("数值与名称")),
        "rounds:windows": (rules.can_edit_draft, _("起止日期")),
        "rounds:open": (rules.can_edit_draft, _("公布并开始征集")),
        "rounds:extend": (rules.can_extend, _("延期")),
        "rounds:pot": (rules.can_keep_pot, _("资金来源")),
        "rounds:follow": (rules.can_follow, _("由本轮开启新一轮")),
        "rounds:cancel": (rules.can_cancel, _("取消本轮")),
    }
    doors = [
        (address, words)
        for address, (rule, words) in asked.items()
        if rule(request.by, round, now=request.now)
    ]
    return render(
        request,
        "rounds/manage.html",
        {
            "round": round,
            "steps": steps,
            "next": next_step(round, now=request.now),
            "doors": doors,
        },
    )


@ask
@gate(rules.can_edit_draft, Round, having=STREET)
def draft(request: Request, round: Round) -> HttpResponse:
    """Name, year and values of a draft, and all its rules below."""
    form = DraftForm(round, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data["values"]
        if "adopt" in request.POST:
            values = {**_plain(round.pack.suggestions()), **values}
        if done(
            request,
            form,
            actions.amend,
            round,
            name=form.cleaned_data["name"],
            year=form.cleaned_data["year"],
            values=values,
        ):
            messages.success(request, _("已保存"))
            return redirect("rounds:draft", pk=round.pk)
    told = {
        "round": round,
        "form": form,
        "sections": sections(book(round)),
        "lacking": rules.lacking(round, now=request.now),
        "year": import_string(settings.GROWTH["year"])(round.previous) if round.previous_id else "",
    }
    return render(request, "rounds/draft.html", told)


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {p: list(v) if isinstance(v, tuple) else v for p, v in values.items()}


@ask
@gate(rules.can_edit_draft, Round, having=STREET)
def windows(request: Request, round: Round) -> HttpResponse:
    """The dates of a draft."""
    rulebook = book(round)
    held = spans_of(round)
    spans = {**suggested(rulebook, request.now), **held}
    form = WindowsForm(
        parts(rulebook), request.POST if request.method == "POST" else None, spans=spans
    )
    if request.method == "POST" and form.is_valid():
        spans = form.cleaned_data["spans"]
        form.show(order_faults(spans) or length_faults(spans, rulebook))
        if form.is_valid():
            return _save_windows(request, round, spans)
    told = {
        "round": round,
        "form": form,
        "set": bool(held),
        "warnings": warnings(held, rulebook),
        "lacking": rules.lacking(round, now=request.now),
    }
    return render(request, "rounds/windows.html", told)


def _save_windows(request: Request, round: Round, spans: Any) -> HttpResponse:
    actions.set_windows(round, spans, by=request.by, now=request.now, key=request.key)
    messages.success(request, _("已保存"))
    return redirect("rounds:windows", pk=round.pk)


@ask
@gate(rules.can_edit_draft, Round, having=STREET)
def opening(request: Request, round: Round) -> HttpResponse:
    """What opening does, and the button that does it."""
    refused = ""
    if request.method == "POST":
        try:
            actions.open_call(round, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("已公布办法并开始征集"))
            return redirect("rounds:rules", pk=round.pk)
    told = {
        "round": round,
        "refused": refused,
        "lacking": rules.lacking(round, now=request.now),
        "warnings": warnings(spans_of(round), book(round)),
        "steps": timeline(round, now=request.now),
    }
    return render(request, "rounds/open.html", told)


@ask
@gate(rules.can_keep_pot, Round, having=("street__district",))
def pot(request: Request, round: Round) -> HttpResponse:
    """What the sources of a round have brought of its budget. POST opens the fund that keeps them,
    or takes what has come in as the budget of a draft."""
    refused = ""
    if request.method == "POST":
        told = {"by": request.by, "now": request.now, "key": request.key}
        try:
            if request.POST.get("act") == "budget":
                actions.take_budget(round, **told)
                messages.success(request, _("本轮总额已按到账的来源写入草稿"))
                return redirect("rounds:pot", pk=round.pk)
            fund = actions.open_pot(round, **told)
            return redirect("funds:sources", pk=fund.pk)
        except Refused as no:
            refused = str(no)
    found = rules.pot_of(round)
    budget = book(round).values.get("budget")
    budget = budget if isinstance(budget, int) else None
    came_in = found.came_in
    kept = found.fund or Fund.objects.of_round(round.street_id, round.name).first()
    if found.fund is None:
        came_in = position(kept).source if kept else 0
    page = {
        "round": round,
        "pot": found,
        "fund": kept,
        "came_in": came_in,
        "refused": refused,
        "budget": budget,
        "missing": max((budget or 0) - came_in, 0),
        "over": max(came_in - budget, 0) if budget is not None else 0,
        "shares": [
            (str(Origin(origin).label), amount, yuan(amount)) for origin, amount in found.by_origin
        ],
        "waiting": [(one, _unlocks(found.fund, one)) for one in found.waiting],
        "goods": [(one, amount_in(one.unit, one.arrived or one.pledged)) for one in found.goods],
        "draft": round.stage == stages.DRAFT,
        "may": rules.can_take_budget(request.by, round, found, now=request.now),
    }
    return render(request, "rounds/pot.html", page)


def _unlocks(fund: Fund | None, source: Source) -> str:
    """What the terms will add to a pledge once it has arrived, or what it is short of for that."""
    if fund is None or source.origin not in (Origin.RESIDENTS, Origin.DONATION):
        return ""
    found = matched(fund.terms.match, source.pledged)
    if found.amount:
        return _("到账后可配%(sum)s") % {"sum": yuan(found.amount)}
    return sentence(found.reason) if found.reason.code == "locked" else ""


@ask
@gate(rules.can_extend, Round, having=STREET)
def extend(request: Request, round: Round) -> HttpResponse:
    """Put deadlines off."""
    prefetch_related_objects([round], "windows")
    wanted = tuple(rules.movable(round, now=request.now))
    held = {window.stage: window for window in round.windows.all()}
    form = ExtendForm(
        wanted,
        request.POST if request.method == "POST" else None,
        spans=spans_of(round),
        windows=held,
    )
    if request.method == "POST" and form.is_valid():
        spans = form.cleaned_data["spans"]
        changed = {p: s for p, s in spans.items() if s != (held[p].opens, held[p].closes)}
        form.show(later_faults(round, changed, request.now))
        if form.is_valid() and done(
            request, form, actions.extend, round, changed, reason=form.cleaned_data["reason"]
        ):
            messages.success(request, _("已延期，原因已公开"))
            return redirect("rounds:manage", pk=round.pk)
    return render(request, "rounds/extend.html", {"round": round, "form": form})


@ask
@gate(rules.can_cancel, Round, having=STREET)
def cancel(request: Request, round: Round) -> HttpResponse:
    """Call a round off."""
    form = ReasonForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(request, form, actions.cancel, round, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("本轮已取消"))
        return redirect("rounds:manage", pk=round.pk)
    return render(request, "rounds/cancel.html", {"round": round, "form": form})


@ask
@gate(rules.can_follow, Round, having=STREET)
def follow(request: Request, round: Round) -> HttpResponse:
    """A new round that takes over this one's values."""
    on = local_day(request.now)
    text = text_for_next(round.pack, round.pack_text, on)
    year = max(on.year, round.year + 1)
    named = round.name.replace(str(round.year), str(year))
    form = NameForm(request.POST or None, initial={"year": year, "name": named})
    if (
        request.method == "POST"
        and text is not None
        and form.is_valid()
        and (
            made := done(
                request,
                form,
                actions.create,
                round.street,
                form.cleaned_data["name"],
                form.cleaned_data["year"],
                text,
                previous=round,
            )
        )
    ):
        messages.success(request, _("已建立草稿，上一轮的数值已带过来，请逐项核对"))
        return redirect("rounds:draft", pk=made.pk)
    told = {"round": round, "form": form, "expired": text is None}
    return render(request, "rounds/follow.html", told)


@require_safe
@gate(rules.can_see, Round, having=STREET)
def rules_page(request: Request, round: Round) -> HttpResponse:
    """The rules in plain words, each with its source; frozen ones with their fingerprint."""
    steps = timeline(round, now=request.now)
    told = {
        "round": round,
        "steps": steps,
        "rules": explained(round),
        "pack": round.rules.pack if round.frozen else round.pack,
        "extensions": [one for window in round.windows.all() for one in window.extensions.all()],
    }
    return render(request, "rounds/rules.html", told)


@require_safe
@gate(rules.can_see, Round, having=STREET)
def rules_file(_request: Request, round: Round) -> HttpResponse:
    """The frozen bytes themselves: their SHA-256 is the fingerprint."""
    if not round.frozen:
        raise Http404
    response = HttpResponse(bytes(round.frozen), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="rules-{round.pk}.json"'
    return response
