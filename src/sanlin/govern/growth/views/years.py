"""A team over the years, and what last year's book says to the next."""

from __future__ import annotations

from fractions import Fraction

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
from sanlin.govern.growth.forms import (
    BudgetForm,
    LiftForm,
    Offered,
    RefuseLiftForm,
    TakeOverForm,
)
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.book import draft_book, said
from sanlin.govern.rounds.stages import DRAFT
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.kernel.money import yuan
from sanlin.kernel.years import Book, NextTier, Proposed, habitual_unspent


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
    if form.is_valid() and done(request, form, verb, bar, form.cleaned_data["reason"]):
        messages.success(request, words)
        return redirect(where)
    return _dossier(request, bar.organisation, form=form, asked=bar.pk)


@gate(rules.can_see_year, Round, having=("street",))
def year(request: Request, round: Round) -> HttpResponse:
    """What the book of this round says to the draft that follows it: taken, typed over, or left."""
    draft = (
        Round.objects.filter(previous=round, stage=DRAFT)
        .select_related("street")
        .order_by("pk")
        .first()
    )
    asking = BudgetForm(request.GET or None)
    asked = asking.cleaned_data.get("budget") if asking.is_valid() else None
    told = queries.year_of(round)
    budget = asked * 100 if asked else told.total
    proposed = queries.proposal_for(told, budget)
    tiers = queries.tiers_for(told, budget)
    form = None
    if proposed and draft:
        offered = _offered(told, proposed, tiers, budget, draft, by_hand=bool(asked))
        form = TakeOverForm(
            request.POST if request.method == "POST" else None, draft=draft, offered=offered
        )
    if form and draft and form.is_bound and form.is_valid():
        given = form.cleaned_data["proposed"], form.cleaned_data["typed"]
        if done(request, form, actions.take_over, draft, *given):
            messages.success(request, _("已写入草稿"))
            return redirect("rounds:draft", pk=draft.pk)
    page = {
        "round": round,
        "year": told,
        "book": told.book,
        "habit": _percent(told.habit),
        "kept": [(one, kept, _percent(habitual_unspent([kept]))) for one, kept in told.kept],
        "by": [
            (words, [(one, _share(one.book)) for one in lines])
            for words, lines in ((_("按类别"), told.tiers), (_("按项目类型"), told.kinds))
            if lines
        ],
        "budget": budget,
        "by_hand": bool(asked),
        "form": asking if request.GET else BudgetForm(initial={"budget": budget // 100}),
        "proposed": proposed,
        "before": _fewer(told, proposed) if proposed else [],
        "larger": _larger(told, proposed) if proposed else [],
        "grades": [(name, n, str(n)) for name, n in told.grades],
        "draft": draft,
        "next_tiers": [(round.rules.tier(one.key), one) for one in tiers],
        "take": form,
        "may": rules.can_take_over(request.by, draft, now=request.now) if draft else None,
    }
    return render(request, "growth/year.html", page)


def _fewer(told: queries.Year, proposed: Proposed) -> list[tuple[str, int, int, str, str]]:
    counts = told.book.projects, proposed.places
    return [(_("项目数"), *counts, str(counts[0]), str(counts[1]))]


def _larger(told: queries.Year, proposed: Proposed) -> list[tuple[str, int, int, str, str]]:
    rows = [(_("平均每项"), told.book.mean, proposed.mean)]
    cap = told.round.rules.project_cap
    if proposed.cap and cap:
        rows.append((_("单项上限"), cap, proposed.cap))
    return [(words, one, two, yuan(one), yuan(two)) for words, one, two in rows]


def _percent(share: Fraction) -> str:
    """A share in per cent with at most one decimal, cut and not rounded."""
    whole, tenth = divmod(int(share * 1000), 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _share(book: Book) -> str:
    return _percent(habitual_unspent([book]))


def _offered(
    told: queries.Year,
    proposed: Proposed,
    tiers: list[NextTier],
    budget: int,
    draft: Round,
    *,
    by_hand: bool,
) -> list[Offered]:
    """The figures that the draft may take, each with how it was worked out and what stands there."""
    values = queries.values_for(proposed, tiers, budget, draft)
    rulebook = draft_book(draft.pack, draft.officer_values)
    fields = {one.path: one for one in draft.pack.fields()}
    return [
        Offered(
            path,
            fields[path],
            rulebook.title(path),
            value,
            _why(path, told, budget, by_hand=by_hand, tiers=bool(tiers)),
            said(fields[path], rulebook.values[path]) if path in rulebook.values else "—",
        )
        for path, value in values.items()
    ]


def _why(path: str, told: queries.Year, budget: int, *, by_hand: bool, tiers: bool) -> str:
    """How a figure was worked out, with the figures of the book: docs/algorithms/next-year.md."""
    last = told.round.rules
    figures = {
        "money": yuan(budget),
        "last": yuan(last.budget),
        "habit": _percent(told.habit),
        "cap": yuan(last.project_cap or 0),
        "projects": told.book.projects,
        "passed": told.book.passed,
    }
    if path == "budget" and by_hand:
        return _("按您填的这笔钱")
    if path == "budget" and told.habit:
        return _("上一轮%(last)s，减去继续做的团队通常用不完的%(habit)s，舍到千元") % figures
    if path == "budget":
        return _("同上一轮；继续做的团队没有剩下钱")
    if path == "project_cap" and tiers:
        return _("取各类上限里最高的，不低于今年上限%(cap)s×%(projects)s÷%(passed)s") % figures
    if path == "project_cap":
        return _("今年上限%(cap)s×%(projects)s个项目÷%(passed)s个合格，舍到千元") % figures
    _tiers, key, cell = path.split(".")
    tier = last.tier(key)
    figures |= {"tier": tier.name, "tier_cap": yuan(tier.cap or 0)}
    return {
        "places": _("结项后可以申报%(tier)s的团队数"),
        "cap": _("今年上限%(tier_cap)s，各类按同一比例调，合计不超过%(money)s，舍到千元"),
        "money": _("%(tier)s的名额×上限"),
    }[cell] % figures
