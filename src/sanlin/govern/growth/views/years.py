"""A team over the years, and what last year's book says to the next."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.commons.orgs import actions as orgs
from sanlin.commons.orgs.models import Bar, Organisation
from sanlin.commons.orgs.rules import can_ask_to_lift, can_lift, teams_of
from sanlin.commons.people.rules import is_staff
from sanlin.govern.growth import actions, queries, rules
from sanlin.govern.growth.forms import BudgetForm, LiftForm, RefuseLiftForm
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import DRAFT
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, press
from sanlin.kernel.money import yuan
from sanlin.kernel.years import NextTier, Proposed

from .acting import done


@gate(rules.can_see_dossier, Organisation, having=("street", "neighbourhood"))
def dossier(request: Request, team: Organisation) -> HttpResponse:
    """Rounds, grants, grades, circle work; to the team and to staff also bars and receipts."""
    return _dossier(request, team)


def _dossier(
    request: Request,
    team: Organisation,
    *,
    form: LiftForm | RefuseLiftForm | None = None,
    asked: int = 0,
) -> HttpResponse:
    who, now = request.by, request.now
    inside = team.pk in teams_of(who, now=now) or bool(is_staff(who, team.street, now=now))
    found = queries.dossier(team, now=now)
    for bar in found.bars:
        bar.organisation = team
    today = local_day(now)
    page = {
        "team": team,
        "dossier": found,
        "inside": inside,
        "bars": [
            {
                "bar": bar,
                "stands": bar.lifted_at is None and bar.since <= today < bar.until,
                "can_ask": can_ask_to_lift(who, bar, now=now),
                "can_lift": can_lift(who, bar, now=now),
                "form": _own(LiftForm, form if asked == bar.pk else None, bar),
                "refuse": _own(RefuseLiftForm, form if asked == bar.pk else None, bar),
            }
            for bar in found.bars
        ],
        "grants": [
            (f"{one.project.round.year} {one.project}", one.project.grant, yuan(one.project.grant))
            for one in found.standings
        ],
    }
    return render(request, "growth/dossier.html", page)


def _own(kind: type[Form], form: Form | None, bar: Bar) -> Form:
    """The form that was sent, where it is of this kind; else a fresh one of this bar."""
    return form if isinstance(form, kind) else kind(auto_id=f"{kind.__name__}{bar.pk}_%s")


@gate(can_ask_to_lift, Bar, having=("organisation__street", "organisation__neighbourhood"))
@require_POST
def bar(request: Request, bar: Bar) -> HttpResponse:
    """One officer asks to lift a bar, another agrees or refuses."""
    where = reverse("growth:dossier", args=[bar.organisation_id])
    if request.POST.get("verb") == "lift":
        return press(request, where, _("禁报已提前解除"), orgs.lift_bar, bar)
    refuses = request.POST.get("verb") == "refuse"
    form = RefuseLiftForm(request.POST) if refuses else LiftForm(request.POST)
    verb = orgs.refuse_lift if refuses else orgs.ask_to_lift
    words = _("已不同意，禁报不变") if refuses else _("已提请，等待另一位工作人员批准")
    if form.is_valid() and done(request, verb, bar, form.cleaned_data["reason"], form=form):
        messages.success(request, words)
        return redirect(where)
    return _dossier(request, bar.organisation, form=form, asked=bar.pk)


@gate(rules.can_see_year, Round, having=("street",))
def year(request: Request, round: Round) -> HttpResponse:
    """What the book of this round says to the draft that follows it."""
    drafts = list(
        Round.objects.filter(previous=round, stage=DRAFT).select_related("street").order_by("pk")
    )
    form = BudgetForm(request.GET or None)
    asked = form.cleaned_data.get("budget") if form.is_valid() else None
    told = queries.year_of(round)
    budget = asked * 100 if asked else round.rules.budget
    proposed = queries.proposal_for(told, budget)
    tiers = queries.tiers_for(told, budget)
    values = _values(proposed, tiers, budget, drafts[0]) if proposed and drafts else {}
    if request.method == "POST" and drafts:
        picked = {
            path: value for path, value in values.items() if path in request.POST.getlist("take")
        }
        where = reverse("rounds:draft", args=[drafts[0].pk])
        return press(request, where, _("已写入草稿"), actions.take_over, drafts[0], picked)
    page = {
        "round": round,
        "year": told,
        "book": told.book,
        "budget": budget,
        "form": form if request.GET else BudgetForm(initial={"budget": budget // 100}),
        "proposed": proposed,
        "cap": round.rules.project_cap,
        "before": [
            (
                _("项目数"),
                told.book.projects,
                proposed.places,
                str(told.book.projects),
                str(proposed.places),
            ),
        ]
        if proposed
        else [],
        "larger": [
            (
                _("平均每项"),
                told.book.mean,
                proposed.mean,
                yuan(told.book.mean),
                yuan(proposed.mean),
            ),
            *(
                [
                    (
                        _("单项上限"),
                        round.rules.project_cap,
                        proposed.cap,
                        yuan(round.rules.project_cap),
                        yuan(proposed.cap),
                    )
                ]
                if proposed.cap and round.rules.project_cap
                else []
            ),
        ]
        if proposed
        else [],
        "grades": [(name, n, str(n)) for name, n in told.grades],
        "drafts": drafts,
        "next_tiers": [(round.rules.tier(one.key), one) for one in tiers],
        "values": [
            (path, words, yuan(value)) for path, (words, value) in _worded(values, round).items()
        ],
        "may": rules.can_take_over(request.by, drafts[0], now=request.now) if drafts else None,
    }
    return render(request, "growth/year.html", page)


def _values(proposed: Proposed, tiers: list[NextTier], budget: int, draft: Round) -> dict[str, int]:
    """The paths of the draft's pack that may take a figure, with the figure in fen."""
    highest = max((one.cap for one in tiers), default=0)
    wanted: dict[str, int | None] = {
        "budget": budget,
        "project_cap": max(proposed.cap, highest) if proposed.cap else None,
    }
    for one in tiers:
        wanted |= {f"tiers.{one.key}.cap": one.cap, f"tiers.{one.key}.money": one.money}
    pack = draft.pack
    return {
        path: value
        for path, value in wanted.items()
        if value and path in pack.values and not pack.binds(path)
    }


def _worded(values: dict[str, int], round: Round) -> dict[str, tuple[str, int]]:
    words = {"budget": _("本轮总额"), "project_cap": _("单项上限")}
    for tier in round.rules.tiers:
        words[f"tiers.{tier.key}.cap"] = _("%(tier)s单项上限") % {"tier": tier.name}
        words[f"tiers.{tier.key}.money"] = _("%(tier)s总额") % {"tier": tier.name}
    return {path: (words[path], value) for path, value in values.items()}
