"""The staff's pages: what is asked, the formal checks, advice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, FilteredRelation, Q, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.people.rules import holds, posts_of
from sanlin.govern.proposals import actions, queries, rules, stages
from sanlin.govern.proposals.forms import AdviceForm, ScreeningForm
from sanlin.govern.proposals.models import Answer, Proposal, Result, Screening
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.charts import Heat
from sanlin.ground.ui.tables import Column, Sieve, Table, Words
from sanlin.ground.verdict import Refused
from sanlin.kernel.money import yuan

from .writing import WHOLE

TONES = {
    stages.SUBMITTED: "waiting",
    stages.APPEALED: "waiting",
    stages.RETURNED: "waiting",
    stages.ADMITTED: "done",
    stages.REFUSED: "wrong",
}


def _places(rows: QuerySet[Any]) -> list[tuple[str, Words]]:
    """The neighbourhoods that have proposals among `rows`."""
    named = rows.order_by("neighbourhood__code").values_list(
        "neighbourhood", "neighbourhood__name", "neighbourhood__code"
    )
    return [(str(key), name) for key, name, _code in named.distinct()]


def _table(round: Round) -> Table:
    """The list of a round's proposals; its sieves offer the round's own tiers and themes."""
    book = round.rules
    tiers = {tier.key: tier.name for tier in book.tiers}
    themes = {theme.key: theme.name for theme in book.themes}
    theme = Column(
        "theme", gettext_lazy("主题"), lambda row: themes.get(row.theme, row.theme), sort="theme"
    )
    return Table(
        "proposals",
        gettext_lazy("提案"),
        (
            Column("number", gettext_lazy("编号"), lambda row: row.number, "number", sort="number"),
            Column(
                "title",
                gettext_lazy("名称"),
                str,
                "long",
                sort="title",
                href=lambda row: reverse("proposals:screen", args=[row.pk]),
            ),
            Column(
                "stage",
                gettext_lazy("阶段"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: TONES.get(row.stage, "plain"),
            ),
            Column(
                "place",
                gettext_lazy("居民区"),
                lambda row: str(row.neighbourhood),
                sort="neighbourhood__code",
            ),
            Column(
                "tier",
                gettext_lazy("申报类别"),
                lambda row: tiers.get(row.tier, row.tier),
                sort="tier",
            ),
            *([theme] if themes else []),
            Column("asked", gettext_lazy("申请金额"), lambda row: row.asked, "money", sort="asked"),
            Column(
                "own",
                gettext_lazy("自筹金额"),
                lambda row: row.own_funds,
                "money",
                sort="own_funds",
            ),
            Column("team", gettext_lazy("团队"), lambda row: str(row.team), sort="team__name"),
            Column(
                "submitted",
                gettext_lazy("提交时间"),
                lambda row: row.submitted_at,
                "moment",
                sort="submitted_at",
            ),
        ),
        sieves=(
            Sieve(
                "stage",
                gettext_lazy("阶段"),
                [(key, _(words)) for key, words in stages.LABELS.items() if key != stages.DRAFT],
                "stage",
            ),
            Sieve("tier", gettext_lazy("申报类别"), list(tiers.items()), "tier"),
            *(
                [Sieve("theme", gettext_lazy("主题"), list(themes.items()), "theme")]
                if themes
                else []
            ),
            Sieve(
                "place",
                gettext_lazy("居民区"),
                _places,
                "neighbourhood",
            ),
        ),
        search=("title", "team__name", "summary"),
        order="number",
        empty=gettext_lazy("还没有提案。征集期间团队提交以后出现在这里。"),
    )


@gate(rules.can_watch, Round, having=("street",))
def watch(request: Request, round: Round) -> HttpResponse:
    """What is asked of the round, by tier and neighbourhood, and every proposal handed in."""
    if round.frozen is None:
        return render(request, "proposals/watch.html", {"round": round})
    rows, reach = queries.handed_in(round), _reach(request, round)
    if reach is not None:
        rows = rows.filter(neighbourhood__in=reach)
    totals = queries.totals(round)
    mine = [row for row in totals if reach is None or row["neighbourhood"] in reach]
    figures = [
        (_("申请合计"), yuan(sum(row["asked"] for row in mine))),
        (_("本轮总额"), yuan(round.rules.budget)),
        (_("有效提案"), str(sum(row["proposals"] for row in mine))),
        (_("待审查"), str(sum(row["waiting"] for row in mine))),
    ]
    context = {
        "round": round,
        "figures": figures,
        "grid": _grid(round, totals),
        "done": rules.screening_is_done(round, now=request.now),
        "bring": rules.can_bring(request.by, round, now=request.now),
    }
    return _table(round).answer(request, rows, "proposals/watch.html", context)


def _reach(request: Request, round: Round) -> set[int | None] | None:
    """The neighbourhoods whose proposals one sees here: a committee its own; None for all."""
    if holds(request.by, *rules.WATCHERS, street=round.street, now=request.now):
        return None
    return {post.neighbourhood_id for post in posts_of(request.by, now=request.now)}


def _grid(round: Round, totals: list[dict[str, Any]]) -> Heat:
    """What is asked by neighbourhood and tier, in fen."""
    tiers = {tier.key: tier.name for tier in round.rules.tiers}
    for row in totals:
        tiers.setdefault(row["tier"], row["tier"] or _("未分类"))
    places = {row["neighbourhood"]: row["place"] for row in totals}
    asked = {(row["neighbourhood"], row["tier"]): row["asked"] for row in totals}
    return Heat(
        tuple(tiers.values()),
        tuple(places.values()),
        tuple(tuple(asked.get((place, tier), 0) for tier in tiers) for place in places),
    )


@gate(rules.can_open_screening, Proposal, having=(*WHOLE, "appeal"))
def screen(request: Request, proposal: Proposal) -> HttpResponse:
    """The formal checks of one proposal, with what it says, its hints and its history."""
    may = rules.can_screen(request.by, proposal, now=request.now)
    appealed = proposal.stage == stages.APPEALED
    doubles = queries.doubles(proposal)
    prefetch_related_objects([proposal], "photos")
    form = ScreeningForm(
        request.POST or None,
        rules=proposal.round.rules,
        appealed=appealed,
        doubles=bool(doubles),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _screened(request, proposal, form)
        except Refused as no:
            form.add_error(None, str(no))
    return render(
        request,
        "proposals/screen.html",
        {
            "proposal": proposal,
            "form": form,
            "may": may,
            "appealed": appealed,
            "doubles": doubles,
            "screenings": _records(proposal),
            "appeal": getattr(proposal, "appeal", None),
            "following": queries.to_screen(proposal.round).exclude(pk=proposal.pk).first(),
            **queries.shown(proposal, proposal.content),
        },
    )


def _records(proposal: Proposal) -> list[tuple[Screening, list[str]]]:
    """Every turn of the checks with its reasons and unfulfilled checks in words."""
    book = proposal.round.rules
    reasons = {one.code: one.text for one in book.refusals}
    checks = {one.code: one.text for one in book.checks}
    failed = Q(findings__answer=Answer.NOT_FULFILLED)
    rows = proposal.screenings.select_related("by").annotate(
        failed=FilteredRelation("findings", condition=failed),
        code=F("failed__code"),
        why=F("failed__note"),
    )
    records: dict[int, tuple[Screening, list[str]]] = {}
    for row in rows.order_by("turn", "failed__pk"):
        told = [reasons[code] for code in row.refusals if code in reasons]
        _row, words = records.setdefault(row.pk, (row, told))
        if row.code is not None:
            words.append(f"{checks.get(row.code, row.code)} {row.why}".strip())
    return list(records.values())


def _screened(request: Request, proposal: Proposal, form: ScreeningForm) -> HttpResponse:
    given = form.cleaned_data
    findings = {
        check.code: actions.Found(Answer(given[f"check_{check.code}"]), given[f"note_{check.code}"])
        for check in form.checks
        if given[f"check_{check.code}"]
    }
    done = actions.screen(
        proposal,
        Result(given["result"]),
        findings,
        refusals=given.get("refusals", []),
        note=given["note"],
        double=given.get("double", ""),
        by=request.by,
        now=request.now,
        key=request.key,
    )
    messages.success(
        request, _("%(title)s：%(stage)s") % {"title": done, "stage": done.stage_label}
    )
    following = queries.to_screen(proposal.round).first()
    if following and rules.can_screen(request.by, following, now=request.now):
        return redirect("proposals:screen", pk=following.pk)
    return redirect("proposals:watch", pk=proposal.round_id)


@gate(rules.can_advise, Proposal, having=WHOLE)
def advise(request: Request, proposal: Proposal) -> HttpResponse:
    """Give the team something to think over."""
    form = AdviceForm(request.POST or None)
    if form.is_valid() and done(request, form, actions.advise, proposal, form.cleaned_data["text"]):
        messages.success(request, _("建议已发给团队"))
        return redirect("proposals:page", pk=proposal.pk)
    given = proposal.advice.select_related("answered_by")
    return render(
        request, "proposals/advise.html", {"proposal": proposal, "form": form, "given": given}
    )
