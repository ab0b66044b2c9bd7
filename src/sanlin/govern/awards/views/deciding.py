"""The officers' page of a decision: count, look, sample, sign, publish."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.commons.funds.models import Origin
from sanlin.govern.awards import actions, rules
from sanlin.govern.awards.forms import ConsentForm, DrawForm, ReasonForm
from sanlin.govern.awards.models import Award, Decision
from sanlin.govern.awards.queries import (
    Sentence,
    current,
    explain,
    margin_of,
    publics,
    recount,
    steadiness,
    unique_ballots,
    unmet,
)
from sanlin.govern.ballots import queries as ballots
from sanlin.govern.ballots.queries import share
from sanlin.govern.ballots.rules import can_draw_sample
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run, pot_of
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.sheets import Head, workbook
from sanlin.ground.verdict import Verdict
from sanlin.kernel.money import yuan
from sanlin.kernel.reason import written as figure

ROUND = ("street",)
DECISION = ("round__street",)


def _explained(decision: Decision) -> list[tuple[Award, Sentence]]:
    rows = list(
        decision.awards.select_related("proposal__team", "proposal__neighbourhood").order_by(
            "place"
        )
    )
    titles = {row.proposal_id: row.proposal.title for row in rows}
    return [(row, explain(row, decision.round.rules, titles)) for row in rows]


@gate(can_run, Round, having=ROUND)
def decision(request: Request, round: Round) -> HttpResponse:
    """The officers' page: count, look, sign, publish."""
    now, made = request.now, current(round)
    page: dict[str, Any] = {"round": round, "decision": made, "form": ReasonForm()}
    if made is None or made.published_at is None:
        page["pot"] = pot = pot_of(round)
        page["sources"] = sources_named(dict(pot.by_origin)) if pot.has_sources else []
    if made is None:
        page["can_close_entries"] = rules.can_close_entries(request.by, round, now=now)
        page["can_decide"] = rules.can_decide(request.by, round, now=now)
        page["can_draw"] = can_draw_sample(request.by, round, now=now)
    else:
        made.round = round
        rows = _explained(made)
        if request.GET.get("format") == "xlsx":
            return _sheet(made, rows)
        told = json.loads(bytes(made.outcome))
        titles = {row.proposal_id: row.proposal.title for row, _why in rows}
        page |= {
            "rows": rows,
            "left": told["left"],
            "granted": sum(row.grant for row, _why in rows),
            "tiers": _tiers(made, rows),
            "ties": [
                (_tie_rule(tie["settled_by"]), [titles[key] for key in tie["keys"]], tie["split"])
                for tie in told["ties"]
            ],
            "unmet": unmet(told, round.rules, _communities(rows)),
            "agrees": _agrees(made),
            "steady": steadiness(made, titles),
            "steady_onsite": steadiness(made, titles, "onsite"),
            "publics": publics(made),
            "signatures": made.signatures.select_related("account").order_by("at"),
            "can_sign": rules.can_sign(request.by, made, now=now),
            "can_publish": rules.can_publish(request.by, made, now=now),
            "whole": _whole_ballots(made),
            "consent": ConsentForm(),
            "can_drop": rules.can_drop(request.by, made, now=now),
        }
    return render(request, "awards/decision.html", page)


@gate(can_draw_sample, Round, having=("street", "roll__sample"))
def draw_sample(request: Request, round: Round) -> HttpResponse:
    """Draw sheets of paper by dice; how large an error they are to find follows from the round's rule."""
    margin = margin_of(round)
    first = {"margin": margin.votes, "limit": ballots.USUAL}
    form = DrawForm(request.POST or None, initial=first)
    if form.is_valid():
        given = (form.cleaned_data[name] for name in ("digits", "margin", "limit"))
        if done(request, form, actions.draw_sample, round, *given):
            messages.success(request, _("样本已经抽定并公布"))
            return redirect("ballots:sample", pk=round.pk)
    due = ballots.draws_due(round.roll, margin.sheets, margin.votes, ballots.USUAL, [])
    page = {"round": round, "form": form, "margin": margin, "due": due, "all": due >= margin.sheets}
    return render(request, "awards/draw_sample.html", page)


def _whole_ballots(made: Decision) -> dict[str, Any] | None:
    """What publishing whole ballots tells: how many of how many are unique."""
    found = unique_ballots(made)
    if found is None:
        return None
    unique, cast = found
    return {"unique": unique, "cast": cast, "share": share(unique, cast)}


def _tiers(made: Decision, rows: list[tuple[Award, Sentence]]) -> list[dict[str, Any]]:
    """Per tier: places, how many funded, money granted."""
    found = []
    for tier in made.round.rules.tiers:
        funded = [row for row, _why in rows if row.tier == tier.key and row.grant]
        found.append(
            {
                "name": tier.name,
                "places": tier.places,
                "funded": len(funded),
                "money": tier.money,
                "granted": sum(row.grant for row in funded),
            }
        )
    return found


def _communities(rows: list[tuple[Award, Sentence]]) -> dict[int, str]:
    """The names of the neighbourhoods that took part, by key."""
    places = (row.proposal.neighbourhood for row, _why in rows)
    return {place.pk: place.name for place in places}


def _tie_rule(name: str) -> str:
    return {
        "votes": _("得票多者先"),
        "score": _("评审分高者先"),
        "cheaper": _("申请金额少者先"),
        "dearer": _("申请金额多者先"),
        "own_funds": _("自筹比例高者先"),
        "earlier": _("先提交者先"),
        "lot": _("公开种子抽签"),
    }.get(name, name)


def _agrees(made: Decision) -> bool:
    """Count the kept case again and compare: what is signed is what the rules give."""
    told = json.loads(bytes(made.outcome))
    return bool(list(recount(made).funded) == told["funded"])


def _sheet(made: Decision, rows: list[tuple[Award, Sentence]]) -> HttpResponse:
    columns = [
        Head(_("次序"), width=6),
        Head(_("提案"), width=28),
        Head(_("团队"), width=24),
        Head(_("居民区"), width=20),
        Head(_("类别"), width=10),
        Head(_("申请金额"), "money"),
        Head(_("评审分"), width=10),
        Head(_("得票"), width=8),
        Head(_("结果"), width=10),
        Head(_("立项金额"), "money"),
        Head(_("理由"), width=60),
    ]
    tiers = {tier.key: tier.name for tier in made.round.rules.tiers}
    voted = "vote" in made.round.rules.stages
    lines = (
        (
            row.place,
            row.proposal.title,
            row.proposal.team.name,
            row.proposal.neighbourhood.name,
            tiers.get(row.tier, ""),
            row.proposal.asked,
            figure(row.score),
            row.votes if voted else None,
            row.stage_label,
            row.grant,
            str(why),
        )
        for row, why in rows
    )
    name = f"decision-{made.round_id}-{made.number}"
    return workbook(columns, lines, name=name, title=_("决定"))


def sources_named(by_origin: dict[str, int]) -> list[tuple[str, int, str]]:
    """Bars of what each kind of source has brought."""
    return [(str(Origin(one).label), fen, yuan(fen)) for one, fen in by_origin.items()]


def _desk(round: Round) -> str:
    return reverse("awards:decision", args=[round.pk])


@gate(can_run, Round, having=ROUND)
@require_POST
def close_entries(request: Request, round: Round) -> HttpResponse:
    words = _("已进入决定阶段")
    return press(request, _desk(round), words, actions.close_entries, round)


@gate(can_run, Round, having=ROUND)
@require_POST
def decide(request: Request, round: Round) -> HttpResponse:
    return press(request, _desk(round), _("已算出结果，请核对后签署"), actions.decide, round)


def can_handle(who: Any, decision: Decision, *, now: Any) -> Verdict:
    """Officers of the round; each verb asks for the rest."""
    return can_run(who, decision.round, now=now)


@gate(can_handle, Decision, having=DECISION)
@require_POST
def drop(request: Request, decision: Decision) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("作废须写明理由，至少4个字"))
        return redirect(_desk(decision.round))
    reason = form.cleaned_data["reason"]
    words = _("已作废，可以重新计算")
    return press(request, _desk(decision.round), words, actions.drop, decision, reason)


@gate(can_handle, Decision, having=DECISION)
@require_POST
def sign(request: Request, decision: Decision) -> HttpResponse:
    return press(request, _desk(decision.round), _("已签署"), actions.sign, decision)


@gate(can_handle, Decision, having=DECISION)
@require_POST
def publish(request: Request, decision: Decision) -> HttpResponse:
    consent = ConsentForm(request.POST).is_valid()
    verb = partial(actions.publish, consent=consent)
    return press(request, _desk(decision.round), _("公示已发布"), verb, decision)


@gate(rules.can_see_decision, Decision, having=DECISION)
def case_file(request: Request, decision: Decision) -> HttpResponse:
    """The exact bytes that were counted, and the outcome, for whoever counts again."""
    body = b'{"case":' + bytes(decision.inputs) + b',"outcome":' + bytes(decision.outcome) + b"}\n"
    return HttpResponse(body, content_type="application/json")
