"""What everybody may see, and a team's own list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.models import Project, Report, ReportKind
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage, can_run, can_see
from sanlin.ground.clock import local_day
from sanlin.ground.gate import can_be_known, gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.kernel.money import yuan

from .acting import REQUEST_TONES, WHOLE, act_on_all

TONES = {
    stages.TO_SIGN: "waiting",
    stages.RUNNING: "now",
    stages.MIDTERM: "waiting",
    stages.CLOSING: "waiting",
    stages.SETTLING: "waiting",
    stages.CLOSED: "done",
    stages.STOPPED: "wrong",
}


def _places(rows: Any) -> list[tuple[str, str]]:
    named = rows.order_by("undertaking__neighbourhood__code").values_list(
        "undertaking__neighbourhood",
        "undertaking__neighbourhood__name",
        "undertaking__neighbourhood__code",
    )
    return [(str(key), name) for key, name, _code in named.distinct()]


def _table(round: Round, *, staff: bool, officer: bool) -> Table:
    """The list of a round's projects; staff land on the desk of each."""
    tiers = {tier.key: tier.name for tier in round.rules.tiers}
    grades = {grade.key: grade.name for grade in round.rules.grades}
    page = "projects:desk" if staff else "projects:project"
    labels = [(key, _now(words)) for key, words in stages.LABELS.items()]
    return Table(
        "projects",
        _("项目"),
        (
            Column("number", _("项目编号"), lambda row: row.number, sort="number"),
            Column(
                "title",
                _("名称"),
                str,
                "long",
                sort="undertaking__title",
                href=lambda row: reverse(page, args=[row.pk]),
            ),
            Column(
                "team",
                _("团队"),
                lambda row: str(row.team),
                sort="undertaking__organisation__name",
                under="title",
            ),
            Column(
                "place",
                _("居民区"),
                lambda row: str(row.place),
                sort="undertaking__neighbourhood__code",
            ),
            Column("tier", _("类别"), lambda row: tiers.get(row.tier, ""), sort="tier"),
            Column(
                "stage",
                _("阶段"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: TONES[row.stage],
            ),
            Column("grant", _("立项金额"), lambda row: row.grant, "money", sort="grant"),
            Column("paid", _("已付"), lambda row: row.paid, "money", sort="paid"),
            Column("spent", _("已报票据"), lambda row: row.spent, "money", sort="spent"),
            Column("grade", _("等次"), lambda row: grades.get(row.grade, ""), sort="grade"),
            Column("circle", _("小组"), lambda row: str(row.circle or ""), under="place"),
        ),
        sieves=(
            Sieve("stage", _("阶段"), labels, "stage"),
            Sieve("tier", _("类别"), list(tiers.items()), "tier"),
            Sieve("place", _("居民区"), _places, "undertaking__neighbourhood"),
            Sieve("grade", _("等次"), list(grades.items()), "grade"),
        ),
        search=("undertaking__title", "undertaking__organisation__name", "number"),
        order="number",
        verbs=(("sign", _("签署所选协议")),) if staff else (),
        empty=_("公示期满、确认立项以后，项目出现在这里。"),
    )


@gate(can_see, Round, having=("street",))
def listing(request: Request, round: Round) -> HttpResponse:
    """Every project of a round; staff sign the agreements of those they pick."""
    staff = bool(can_manage(request.by, round, now=request.now))
    officer = bool(can_run(request.by, round, now=request.now))
    if round.frozen is None:
        raise Http404
    if request.method == "POST":
        if not staff:
            raise PermissionDenied(_now("只有街道和居委工作人员可以签约"))
        picked = [pick for pick in request.POST.getlist("pick") if pick.isdecimal()][:500]
        chosen = Project.objects.whole().filter(
            round=round, pk__in=[int(p) for p in picked if len(p) < 19]
        )
        act_on_all(request, chosen.order_by("number"), actions.sign)
        return redirect(request.get_full_path())
    rows = queries.with_money(Project.objects.whole().filter(round=round))
    page = {
        "round": round,
        "staff": staff,
        "officer": officer,
        "money": queries.position_of_round(round),
        "fund": queries.fund_of(round),
        "growth": _growth_of(round),
    }
    table = _table(round, staff=staff, officer=officer)
    return table.answer(request, rows, "projects/list.html", page)


def _growth_of(round: Round) -> str:
    """Where the round's projects grow; nothing before they are carried out."""
    grows = round.stage in (round_stages.RUNNING, round_stages.CLOSED)
    return import_string(settings.GROWTH["round"])(round) if grows else ""


@gate(can_see, Round, having=("street",))
def books(request: Request, round: Round) -> HttpResponse:
    """The open books of the fund that pays this round."""
    fund = queries.fund_of(round)
    if fund is None:
        raise Http404
    return redirect("funds:books", pk=fund.pk)


@gate(can_be_known)
def mine(request: Request) -> HttpResponse:
    """The projects of my teams: what to do next, one verb each."""
    steps = queries.next_steps(request.by, now=request.now)
    return render(request, "projects/mine.html", {"steps": steps})


def _verbs(
    request: Request, project: Project, reports: list[Report], *, can_sign: bool, leads: bool
) -> list[tuple[str, str]]:
    """What one can do here, (words, address), the most pressing first; `reports` are all, by time."""

    def at(name: str, *more: str) -> str:
        return reverse(f"projects:{name}", args=[project.pk, *more])

    found = [(_now("签署协议"), at("agreement"))] if can_sign else []
    if not leads:
        return found
    receipts, report = [], []
    if rules.can_hand_in(request.by, project, now=request.now):
        receipts = [(_now("上传票据"), at("hand_in"))]
    if kind := rules.next_report(project, reports=reports):
        midterm = kind == ReportKind.MIDTERM
        words = _now("提交中期报告") if midterm else _now("提交结项报告")
        report = [(words, at("report", kind.value))]
    is_due = queries.report_is_due(
        project,
        local_day(request.now),
        last=reports[-1].stage if reports else None,
        midterm_done=any(
            one.kind == ReportKind.MIDTERM and one.stage == stages.REVIEWED for one in reports
        ),
    )
    return found + (report + receipts if is_due else receipts + report)


def _asked_for(small: tuple[str, str, int] | None) -> dict[str, Any] | None:
    """The small round that the team asks for, as a cell shows it."""
    if small is None:
        return None
    name, stage, amount = small
    words = _now(stages.REQUEST_LABELS[stage])
    return {"name": name, "amount": amount, "state": words, "tone": REQUEST_TONES[stage]}


@gate(rules.can_see, Project, having=WHOLE)
def project(request: Request, project: Project) -> HttpResponse:
    """What a team received and what became of it: for everybody, without persons."""
    prefetch_related_objects([project], "instalments")
    money = rules.flows(project)
    heads = queries.by_head(project, money)
    parts = list(project.instalments.all())
    reports = list(project.reports.order_by("at"))
    is_mine = rules.in_team(request.by, project, now=request.now)
    is_leader = is_mine and bool(leads(request.by, project.team, now=request.now))
    can_sign = bool(money.drawn and rules.can_sign(request.by, project, now=request.now))
    children = queries.children_of(project) if money.pots else ()
    page = {
        "project": project,
        "parts": parts,
        "paid": money.paid,
        "spent": sum(money.spent.values()),
        "unpaid": sum(part.amount for part in parts if part.stage in stages.UNPAID),
        "owed": money.owed if project.stage in (stages.SETTLING, *stages.ENDED) else 0,
        "heads": heads,
        "bars": [(head.name, head.spent, yuan(head.spent)) for head in heads],
        "reports": [one for one in reports if one.stage == stages.REVIEWED],
        "is_mine": is_mine,
        "leader": is_leader,
        # Who is of the team handles nothing of its project, whatever her post.
        "staff": not is_mine and bool(can_manage(request.by, project.round, now=request.now)),
        "can_sign": can_sign,
        "verbs": _verbs(request, project, reports, can_sign=can_sign, leads=is_leader),
        "growth": import_string(settings.GROWTH["project"])(project, now=request.now),
        "dossier": import_string(settings.GROWTH["team"])(project.team),
        "children": [one for one in children if one.round.frozen is not None],
        "small": _asked_for(money.asked_for) if is_leader else None,
        "can_ask_child": is_leader
        and rules.can_ask_child(request.by, project, None, now=request.now),
        "parent": rules.parent_of(project),
        "open_report": is_mine and any(one.stage == stages.HANDED_IN for one in reports),
    }
    return render(request, "projects/project.html", page)
