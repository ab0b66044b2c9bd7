from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.funds import actions, rules, stages
from sanlin.commons.funds.forms import GiftForm, GoodsArrivedForm, MoneyArrivedForm
from sanlin.commons.funds.models import Fund, Origin, Source
from sanlin.commons.funds.queries import amount_in
from sanlin.commons.places.models import Street
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.kernel.ledger import FEN, matched
from sanlin.kernel.money import yuan

from .public import WHOLE

SOURCES = Table(
    "sources",
    _("资金来源"),
    (
        Column("name", _("名称"), str, "long", "name", href=lambda r: f"/funds/sources/{r.pk}/"),
        Column("origin", _("来源"), lambda row: row.get_origin_display(), sort="origin"),
        Column(
            "stage",
            _("状态"),
            lambda row: row.stage_label,
            "state",
            "stage",
            tone=lambda row: stages.TONES[row.stage],
        ),
        Column("pledged", _("认捐"), lambda row: amount_in(row.unit, row.pledged), sort="pledged"),
        Column(
            "arrived",
            _("到账"),
            lambda row: amount_in(row.unit, row.arrived) if row.arrived else "",
            sort="arrived",
        ),
        Column(
            "match",
            _("配捐"),
            lambda row: row.matched_by.arrived if hasattr(row, "matched_by") else None,
            "money",
        ),
        Column("at", _("登记日期"), lambda row: row.at, "day", "at"),
    ),
    sieves=(
        Sieve("origin", _("来源"), Origin.choices, "origin"),
        Sieve("stage", _("状态"), tuple(stages.LABELS.items()), "stage"),
    ),
    search=("name",),
    order="-pk",
    empty=_("还没有登记来源。先登记认捐，钱到账后在来源页上确认。"),
)


@gate(rules.can_see_sources, Fund, having=WHOLE)
def sources(request: Request, fund: Fund) -> HttpResponse:
    """Where the money of a fund comes from: what is pledged, what has arrived, what was matched."""
    form = GiftForm(request.POST if request.method == "POST" else None, fund=fund)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(request, form, actions.pledge, fund, form.gift)
    ):
        messages.success(request, _now("已登记"))
        return redirect("funds:sources", pk=fund.pk)
    rows = Source.objects.filter(fund=fund)
    money = [
        (row.origin, row.stage, row.arrived or row.pledged)
        for row in rows.filter(unit=FEN).only("origin", "stage", "arrived", "pledged")
    ]
    told = rows.select_related("matched_by")
    page = {
        "fund": fund,
        "form": form,
        "figures": [
            (_now("已到账"), yuan(sum(n for _o, s, n in money if s == stages.ARRIVED))),
            (_now("已认捐未到账"), yuan(sum(n for _o, s, n in money if s == stages.PLEDGED))),
            (_now("其中配捐"), yuan(sum(n for o, _s, n in money if o == Origin.MATCH))),
        ],
        "bars": _by_origin(money),
        "terms": fund.terms.match,
        "ratio": _ratio(fund.terms.match.ratio),
    }
    return SOURCES.answer(request, told, "funds/sources.html", page)


def _by_origin(money: list[tuple[str, str, int]]) -> list[tuple[str, int, str]]:
    sums: dict[str, int] = {}
    for origin, stage, amount in money:
        if stage == stages.ARRIVED:
            sums[origin] = sums.get(origin, 0) + amount
    return [
        (str(Origin(origin).label), amount, yuan(amount))
        for origin, amount in sorted(sums.items(), key=lambda one: -one[1])
    ]


def _ratio(permille: int) -> str:
    """1000 is 1:1, 500 is 1:0.5."""
    whole, rest = divmod(permille, 1000)
    tail = f".{rest:03d}".rstrip("0") if rest else ""
    return f"1:{whole}{tail}"


VERBS: dict[str, Any] = {"withdraw": actions.withdraw, "match": actions.match}


@gate(rules.can_see_source, Source, having=("fund__district", "fund__street", "organisation"))
def source(request: Request, source: Source) -> HttpResponse:
    """One source: its donor sees it, whoever works for the fund confirms, matches or withdraws."""
    staff = bool(rules.works_for(request.by, source.fund, now=request.now))
    kind = MoneyArrivedForm if source.is_money else GoodsArrivedForm
    form: Form = kind(None, initial={"amount": source.pledged})
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in VERBS:
            form = Form({})
            well = form.is_valid() and done(request, form, VERBS[act], source)
        else:
            form = kind(request.POST)
            well = form.is_valid() and done(
                request, form, actions.arrive, source, form.cleaned_data.get("amount", 0)
            )
        if well:
            said = {"withdraw": _now("认捐已撤回"), "match": _now("已配捐并记账")}
            messages.success(request, said.get(act, _now("已确认到账并记账")))
            return redirect("funds:source", pk=source.pk)
    fund = source.fund
    found = matched(fund.terms.match, source.arrived or source.pledged)
    page = {
        "source": source,
        "fund": fund,
        "form": form,
        "staff": staff,
        "tone": stages.TONES[source.stage],
        "pledged": amount_in(source.unit, source.pledged),
        "arrived": amount_in(source.unit, source.arrived) if source.arrived else "",
        "match": Source.objects.filter(matches=source).first(),
        "may_arrive": rules.can_confirm_arrival(request.by, source, now=request.now),
        "may_match": rules.can_match(request.by, source, now=request.now),
        "foreseen": yuan(found.amount) if found.amount else "",
        "why": rules.sentence(found.reason),
    }
    return render(request, "funds/source.html", page)


FUNDS = Table(
    "funds",
    _("资金池"),
    (
        Column("name", _("名称"), str, "long", "name", href=lambda row: f"/funds/{row.pk}/"),
        Column("level", _("级次"), lambda row: row.get_level_display(), sort="level"),
        Column("kind", _("类型"), lambda row: row.get_kind_display(), sort="kind"),
        Column("place", _("所属"), lambda row: str(row.place)),
        Column("host", _("依托慈善组织"), lambda row: str(row.host or "")),
        Column("sweep", _("结余清缴日"), lambda row: row.sweep_on, "day", "sweep_on"),
        Column("last", _("凭证数"), lambda row: row.last_number, "number", "last_number"),
    ),
    sieves=(
        Sieve("kind", _("类型"), (("pot", _("专项资金")), ("community", _("社区基金"))), "kind"),
    ),
    search=("name",),
    order="-pk",
    empty=_("还没有资金池。轮次确认立项时自动设立；社区基金由居委设立。"),
)


@gate(rules.can_see_street, Street, having=("district",))
def street_funds(request: Request, street: Street) -> HttpResponse:
    """Every fund of a street, of its communities, and of the district above it; open to all."""
    rows = Fund.objects.filter(street=street) | Fund.objects.filter(
        district=street.district_id, street__isnull=True
    )
    page = {"street": street}
    told = rows.select_related("street", "district", "neighbourhood", "host")
    return FUNDS.answer(request, told, "funds/street.html", page)
