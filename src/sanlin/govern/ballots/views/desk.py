"""The officer's pages: opening and closing, the roll, late additions and removals."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.forms import AddForm, ReasonForm
from sanlin.govern.ballots.models import Voter
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused

ROLL = Table(
    "roll",
    _("选民名册"),
    (
        Column("voter", _("选民"), queries.masked_voter),
        Column(
            "place", _("居民区"), lambda row: row.neighbourhood.name, sort="neighbourhood__code"
        ),
        Column(
            "state",
            _("状态"),
            queries.roll_label,
            "state",
            tone=lambda row: "wrong" if row.stage == stages.STRUCK else "plain",
        ),
        Column("reason", _("理由"), lambda row: row.reason, "long"),
    ),
    sieves=(
        Sieve("place", _("居民区"), queries.places_of, "neighbourhood"),
        Sieve("late", _("补录"), (("True", _("补录")),), "late"),
    ),
    search=("account__name",),
    order="neighbourhood__code",
    empty=_("名册在投票开始时生成。"),
)
# The same link on every standing line, whether its ballot was cast or not: the list does not tell.
STRIKE = Column(
    "strike",
    _("更改"),
    lambda row: "" if row.stage == stages.STRUCK else _now("移出"),
    href=lambda row: reverse("ballots:strike", args=[row.pk]),
)


@gate(rules.can_see_roll, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: Request, round: Round) -> HttpResponse:
    """Open the vote, watch the turnout, close it; in the end destroy the keys of its box."""
    fault = ""
    if request.method == "POST":
        verbs = {
            "open": (actions.open_vote, _now("投票已经开始")),
            "close": (actions.close_vote, _now("投票已经截止，等待钥匙保管人开箱")),
            "remind": (actions.remind, _now("已安排提醒，从现在起分批发出，刷新本页看进度")),
            "destroy": (actions.destroy_keys, _now("票箱钥匙已经销毁")),
        }
        verb, done = verbs.get(request.POST.get("verb", ""), (None, ""))
        try:
            if verb is None:
                raise Refused(_now("请按页面上的按钮操作"))
            if verb is actions.destroy_keys and "sure" not in request.POST:
                raise Refused(_now("请先勾选确认：口令纸条已经当众销毁"))
            verb(round, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            fault = str(no)
        else:
            messages.success(request, done)
            return redirect("ballots:vote", pk=round.pk)
    context = queries.desk(round, request.by, now=request.now)
    status = 409 if fault else 200
    return render(request, "ballots/vote.html", {**context, "fault": fault}, status=status)


@gate(rules.can_see_roll, Round, having=("street", "roll"))
@require_safe
def roll(request: Request, round: Round) -> HttpResponse:
    """Everybody on the roll, names masked; not who has voted."""
    rows = Voter.objects.filter(roll__round=round).select_related(
        "account", "neighbourhood", "home__stair__building__estate"
    )
    context = {
        "round": round,
        "roll": rules.roll_of(round),
        "places": queries.turnout_by_place(round),
        "can_add": rules.can_work_on_roll(request.by, round, now=request.now),
        "household": bool(round.frozen) and rules.by_household(round),
    }
    on_paper = request.GET.get("format") == "xlsx"
    officer = rules.is_open(round, now=request.now) and can_run(request.by, round, now=request.now)
    table = replace(ROLL, columns=(*ROLL.columns, STRIKE)) if officer and not on_paper else ROLL
    return table.answer(request, rows, "ballots/roll.html", context)


@gate(rules.can_work_on_roll, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, round: Round) -> HttpResponse:
    """Put somebody on the roll who was left out, with the reason."""
    form = AddForm(request.POST or None)
    if form.is_valid():
        account, reason = form.cleaned_data["who"], form.cleaned_data["reason"]
        if voter := done(request, form, actions.add, round, account, reason):
            messages.success(
                request, _now("已补录：%(voter)s") % {"voter": queries.masked_voter(voter)}
            )
            return redirect("ballots:roll", pk=round.pk)
    return render(request, "ballots/add.html", {"round": round, "form": form})


@gate(
    rules.can_strike,
    Voter,
    having=("roll__round__street", "account", "neighbourhood", "home__stair__building__estate"),
)
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: Request, voter: Voter) -> HttpResponse:
    """Take a line off the roll, with the reason."""
    form = ReasonForm(request.POST or None)
    round = voter.roll.round
    if form.is_valid() and done(request, form, actions.strike, voter, form.cleaned_data["reason"]):
        messages.success(
            request, _now("已移出：%(voter)s") % {"voter": queries.masked_voter(voter)}
        )
        return redirect("ballots:roll", pk=round.pk)
    shown = queries.masked_voter(voter)
    return render(
        request,
        "ballots/strike.html",
        {"round": round, "form": form, "voter": voter, "shown": shown},
    )


# --- the auditor's board, and the list of those who knock at doors --------------------------------

CLUSTERS = Table(
    "clusters",
    _("集中投票的时段"),
    (
        Column("hour", _("时段"), lambda row: row.hour, "moment", sort="hour"),
        Column("source", _("来源"), queries.source, sort="kind"),
        Column("casts", _("票数"), lambda row: row.casts, "number", sort="casts"),
        Column("helped", _("其中代办"), lambda row: row.helped, "number", sort="helped"),
    ),
    order="-casts",
    empty=_("没有哪个网络地址或设备在一小时内投出5票以上。"),
)
KNOCK = Table(
    "knock",
    _("各楼还没投票的"),
    (
        Column(
            "place",
            _("居民区"),
            lambda row: row.estate.neighbourhood.name,
            sort="estate__neighbourhood__code",
        ),
        Column("estate", _("小区"), lambda row: row.estate.name, sort="estate__name"),
        Column("building", _("楼"), lambda row: row.number),
        Column("size", _("名册"), lambda row: row.size, "number", sort="size"),
        Column("left", _("还没投"), queries.still_to_vote, "number"),
    ),
    search=("estate__name",),
    order="estate__neighbourhood__code",
    empty=_("名册上没有登记到楼的选民。"),
)


@gate(rules.can_watch, Round, having=("street", "roll"))
@require_safe
def watch(request: Request, round: Round) -> HttpResponse:
    """Clusters of ballots by hour, address and device: looked at, and nothing is voided by them."""
    context = {"round": round, "figures": queries.figures(round), "roll": rules.roll_of(round)}
    return CLUSTERS.answer(request, queries.clusters(round), "ballots/watch.html", context)


@gate(rules.can_knock, Round, having=("street", "roll"))
@require_safe
def knock(request: Request, round: Round) -> HttpResponse:
    """How many of each building have still to vote: for those who knock at doors, and no names."""
    open_roll = rules.roll_of(round)
    assert open_roll is not None  # noqa: S101  # the gate has read it
    return KNOCK.answer(
        request, queries.buildings(open_roll), "ballots/knock.html", {"round": round}
    )
