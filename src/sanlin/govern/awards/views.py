from __future__ import annotations

import csv
import io
import json
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanlin.commons.funds.models import Origin
from sanlin.commons.people.rules import residence
from sanlin.govern.ballots import queries as ballots
from sanlin.govern.ballots.queries import share
from sanlin.govern.ballots.rules import can_draw_sample
from sanlin.govern.proposals.models import Premise, Rivals
from sanlin.govern.rounds.actions import enter_number, state_source
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_enter_number, can_run, can_see, can_state_source, pot_of
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.sheets import Head, workbook
from sanlin.ground.verdict import ALLOWED, Verdict
from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.ballots import write
from sanlin.kernel.money import yuan
from sanlin.kernel.reason import written as figure

from . import actions, rules, stages
from .forms import (
    AnswerForm,
    ConsentForm,
    DrawForm,
    NumberForm,
    ObjectionForm,
    PremiseForm,
    ReasonForm,
    RivalsForm,
    SourceForm,
)
from .models import Award, Decision, Objection, Official
from .queries import (
    Sentence,
    ballot_rows,
    current,
    dependent,
    drawn,
    election_of,
    explain,
    margin_of,
    pictures,
    publics,
    published,
    recount,
    steadiness,
    unique_ballots,
    unmet,
)

ROUND = ("street",)
DECISION = ("round__street",)
AWARD = ("decision__round__street", "proposal__team", "proposal__neighbourhood")


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
        page["sources"] = _sources(dict(pot.by_origin)) if pot.has_sources else []
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
    lines = (
        (
            row.place,
            row.proposal.title,
            row.proposal.team.name,
            row.proposal.neighbourhood.name,
            tiers.get(row.tier, ""),
            row.proposal.asked,
            figure(row.score),
            row.votes,
            row.stage_label,
            row.grant,
            str(why),
        )
        for row, why in rows
    )
    name = f"decision-{made.round_id}-{made.number}"
    return workbook(columns, lines, name=name, title=_("决定"))


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


@gate(can_run, Round, having=ROUND)
def rivals(request: Request, round: Round) -> HttpResponse:
    """Groups of proposals of which one at most may be funded."""
    form = RivalsForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.cleaned_data["proposals"], form.cleaned_data["reason"]
        if done(request, form, actions.name_rivals, round, list(chosen), reason):
            messages.success(request, _("已指定互斥项目"))
            return redirect("awards:rivals", pk=round.pk)
    groups = Rivals.objects.filter(round=round).prefetch_related("proposals").order_by("pk")
    page = {
        "round": round,
        "form": form,
        "groups": groups,
        "can_name": rules.can_name_rivals(request.by, round, now=request.now),
    }
    return render(request, "awards/rivals.html", page)


def can_see_rivals(who: Any, group: Rivals, *, now: Any) -> Verdict:
    return can_run(who, group.round, now=now)


@gate(can_see_rivals, Rivals, having=("round__street",))
@require_POST
def drop_rivals(request: Request, group: Rivals) -> HttpResponse:
    where = reverse("awards:rivals", args=[group.round_id])
    return press(request, where, _("已取消互斥"), actions.drop_rivals, group)


@gate(can_run, Round, having=ROUND)
def premises(request: Request, round: Round) -> HttpResponse:
    """Proposals that may be funded only where another one is."""
    form = PremiseForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        told = (form.cleaned_data[name] for name in ("proposal", "needs", "reason"))
        if done(request, form, actions.name_premise, *told):
            messages.success(request, _("已指定前提项目"))
            return redirect("awards:premises", pk=round.pk)
    rows = Premise.objects.filter(round=round).select_related("proposal", "needs")
    page = {
        "round": round,
        "form": form,
        "rows": rows.order_by("proposal__number", "needs__number"),
        "can_name": rules.can_name_premise(request.by, round, now=request.now),
    }
    return render(request, "awards/premises.html", page)


def can_see_premise(who: Any, premise: Premise, *, now: Any) -> Verdict:
    return can_run(who, premise.round, now=now)


@gate(can_see_premise, Premise, having=("round__street",))
@require_POST
def drop_premise(request: Request, premise: Premise) -> HttpResponse:
    where = reverse("awards:premises", args=[premise.round_id])
    return press(request, where, _("已取消前提"), actions.drop_premise, premise)


@gate(can_see, Round, having=("street", "official"))
def notice(request: Request, round: Round) -> HttpResponse:
    """The public page of what was decided: the snapshot while it hangs, the results ever after."""
    made = published(round)
    if made is None:
        raise Http404
    made.round = round
    posted = list(made.notices.order_by("-opens", "-pk"))
    main = next((one for one in posted if one.award_id is None), None)
    if main is None:
        raise Http404
    objections = list(
        Objection.objects.filter(award__decision=made)
        .select_related("award__proposal")
        .order_by("filed_at")
    )
    live = {row.proposal_id: row for row in made.awards.all()}
    rows = [{**line, "award": live[line["proposal"]]} for line in main.snapshot["awards"]]
    titles = {line["proposal"]: line["title"] for line in rows}
    page = {
        "round": round,
        "decision": made,
        "notice": main,
        "hanging": main.is_open(request.now),
        "supplements": [one for one in posted if one.award_id is not None],
        "rows": rows,
        "groups": _at_home(request, round, rows) + _by_tier(round, rows),
        "sources": _sources(main.snapshot.get("sources", {})),
        "drawn": pictures(made, rows),
        "unmet": _unmet(round, made, rows),
        "steady": steadiness(made, titles),
        "steady_onsite": steadiness(made, titles, "onsite"),
        "publics": publics(made),
        "granted": sum(row.grant for row in live.values()),
        "funded": sum(1 for row in live.values() if row.stage == stages.STANDING),
        "objections": objections,
        "here": request.build_absolute_uri(request.path),
        "lot": getattr(round, "lot", None),
        "official": _official(round),
        "can_take_election": rules.can_take_election(request.by, round, now=request.now),
        "can_take_ballots": rules.can_take_ballots(request.by, round, now=request.now),
        "record": import_string(settings.RECORD)(round),
    }
    return render(request, "awards/notice.html", page)


def _sources(by_origin: dict[str, int]) -> list[tuple[str, int, str]]:
    """Bars of what each kind of source has brought."""
    return [(str(Origin(one).label), fen, yuan(fen)) for one, fen in by_origin.items()]


def _unmet(round: Round, made: Decision, rows: list[dict[str, Any]]) -> list[str]:
    """The floors that were not reached, in words."""
    told = json.loads(bytes(made.outcome))
    if not told.get("unmet"):
        return []
    of = {bid.key: bid.community for bid in from_bytes(bytes(made.inputs)).bids}
    places = {line["proposal"]: line["place"] for line in rows}
    return unmet(told, round.rules, {of[key] or 0: place for key, place in places.items()})


@gate(can_see, Round, having=ROUND)
def lot(request: Request, round: Round) -> HttpResponse:
    """What parts equals: the commitment from the beginning, the seed and the order afterwards."""
    if not hasattr(round, "lot"):
        raise Http404
    by, now = request.by, request.now
    can_state = can_state_source(by, round, now=now)
    can_enter = can_enter_number(by, round, now=now)
    made = current(round)
    shown = made is not None and bool(rules.can_see_decision(by, made, now=now))
    form: SourceForm | NumberForm | None = None
    if can_state:
        form = SourceForm(request.POST or None)
    elif can_enter:
        form = NumberForm(request.POST or None)
    if request.method == "POST" and form is None:
        messages.error(request, can_enter.reason)
        return redirect("awards:lot", pk=round.pk)
    if request.method == "POST" and form is not None and form.is_valid():
        verb = state_source if can_state else enter_number
        if done(request, form, verb, round, *form.cleaned_data.values()):
            messages.success(request, _("已记入公开账本，不能再改"))
            return redirect("awards:lot", pk=round.pk)
    page = {
        "round": round,
        "lot": round.lot,
        "decision": made if shown else None,
        "form": form,
        "stating": bool(can_state),
        "drawn": drawn(made) if shown and made is not None else None,
    }
    return render(request, "awards/lot.html", page)


@gate(rules.can_take_election, Round, having=("street", "official"))
@require_safe
def election_file(request: Request, round: Round) -> HttpResponse:
    """The round in the format in which elections are published (Pabulib)."""
    made = published(round)
    if made is None:
        raise Http404
    made.round = round
    return _download(write(election_of(made)), "text/plain", f"round-{round.pk}.pb")


@gate(rules.can_take_ballots, Round, having=("street", "official"))
@require_safe
def ballots_file(request: Request, round: Round) -> HttpResponse:
    """Every distinct ballot with how often it was cast."""
    lines = io.StringIO()
    out = csv.writer(lines)
    out.writerow(["times", "proposals", "weights"])
    out.writerows(ballot_rows(round))
    return _download(lines.getvalue(), "text/csv", f"ballots-{round.pk}.csv")


def _download(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _official(round: Round) -> dict[str, Any] | None:
    """What the file of an imported election records, and whether the recount agrees with it."""
    found: Official | None = getattr(round, "official", None)
    if found is None:
        return None
    words, kind = {
        "agrees": (_("按文件所写规则重算，与官方结果完全一致。"), "done"),
        "agrees_by_tie": (
            _("按文件所写规则重算，与官方结果一致；同票的先后按官方的取法。"),
            "done",
        ),
        "differs": (_("按文件所写规则重算，与官方结果不同。"), "wrong"),
        "not_recomputed": (_("官方所用规则与本系统的计法不同，此处按得票优先计算。"), "waiting"),
        "no_outcome": (_("文件没有记录官方结果。"), "plain"),
        "no_threshold": (_("官方规则有最低票数，但文件没有写明，无法核对。"), "waiting"),
    }[found.agreement]
    return {"row": found, "words": words, "kind": kind}


def _at_home(request: Request, round: Round, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What became of the proposals of the reader's own neighbourhood, before all others."""
    home = residence(request.by)
    if home is None or home.neighbourhood.street_id != round.street_id:
        return []
    name = home.neighbourhood.name
    inside = [row for row in rows if row["place"] == name]
    title = _("我的居民区：%(place)s") % {"place": name}
    return [{"name": title, "rows": inside, "out": True}]


def _by_tier(round: Round, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Funded rows tier by tier, then the others."""
    names = [tier.name for tier in round.rules.tiers] or [""]
    groups = []
    for name in names:
        inside = [row for row in rows if row["tier"] == name and row["stage"] == stages.STANDING]
        groups.append({"name": name, "rows": inside})
    others = [row for row in rows if row["stage"] != stages.STANDING]
    return [*groups, {"name": _("未立项与候补"), "rows": others, "out": True}]


def can_see_award(who: Any, award: Award, *, now: Any) -> Verdict:
    """An award is public once its decision is; before that officers see it."""
    return rules.can_see_decision(who, award.decision, now=now)


@gate(can_see_award, Award, having=AWARD)
def award(request: Request, award: Award) -> HttpResponse:
    """One proposal's outcome: why, by how much, and what would have been enough."""
    rows = award.decision.awards.select_related("proposal")
    titles = {row.proposal_id: row.proposal.title for row in rows}
    round = award.decision.round
    page = {
        "award": award,
        "round": round,
        "why": explain(award, round.rules, titles),
        "score": figure(award.score),
        "tier": next((t.name for t in round.rules.tiers if t.key == award.tier), ""),
        "can_object": rules.can_object(request.by, award, now=request.now),
        "can_promote": rules.can_promote(request.by, award, now=request.now),
        "officer": bool(can_run(request.by, round, now=request.now)),
        "reserve": award.stage == stages.RESERVE,
        "objections": award.objections.order_by("filed_at"),
    }
    return render(request, "awards/award.html", page)


@gate(rules.can_object, Award, having=AWARD)
def object_to(request: Request, award: Award) -> HttpResponse:
    form = ObjectionForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    told = sent and form.cleaned_data["text"]
    if sent and (filed := done(request, form, actions.object_to, award, told)):
        words = _("异议已收到，编号%(number)s，答复前不会与该团队签约")
        messages.success(request, words % {"number": filed.number})
        return redirect("awards:award", pk=award.pk)
    return render(request, "awards/object.html", {"form": form, "award": award})


def can_handle_award(who: Any, award: Award, *, now: Any) -> Verdict:
    return can_run(who, award.decision.round, now=now)


@gate(can_handle_award, Award, having=AWARD)
@require_POST
def promote(request: Request, award: Award) -> HttpResponse:
    where = reverse("awards:award", args=[award.pk])
    return press(request, where, _("已递补，并发布补充公示"), actions.promote, award)


@gate(rules.can_see_objections, Round, having=ROUND)
def objections(request: Request, round: Round) -> HttpResponse:
    """Every objection of the round, the open ones first."""
    rows = Objection.objects.filter(award__decision__round=round).select_related(
        "award__proposal", "notice"
    )
    ordered = sorted(rows, key=lambda row: (row.stage != stages.OPEN, row.due, row.pk))
    return render(request, "awards/objections.html", {"round": round, "rows": ordered})


def can_see_objection(who: Any, objection: Objection, *, now: Any) -> Verdict:
    """Its author, and officers of the round."""
    if who.is_authenticated and objection.account_id == who.pk:
        return ALLOWED
    return can_run(who, objection.award.decision.round, now=now)


@gate(can_see_objection, Objection, having=("award__decision__round__street", "award__proposal"))
def answer(request: Request, objection: Objection) -> HttpResponse:
    """Read one objection; an officer answers it."""
    may = rules.can_answer(request.by, objection, now=request.now)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        upheld = said["verdict"] == "uphold"
        verb = actions.uphold if upheld else actions.reject
        told = (said["answer"], said["grant"]) if upheld else (said["answer"],)
        if done(request, form, verb, objection, *told):
            messages.success(request, _("已答复，答复已公布"))
            return redirect("awards:objections", pk=objection.award.decision.round_id)
    page = {
        "objection": objection,
        "form": form,
        "may": may,
        "dependent": dependent(objection.award),
    }
    return render(request, "awards/objection.html", page)
