"""What residents read of a decision: the notice, the lot, and the files to count it again."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanlin.commons.people.rules import residence
from sanlin.govern.awards import rules, stages
from sanlin.govern.awards.forms import NumberForm, SourceForm
from sanlin.govern.awards.models import Decision, Objection, Official
from sanlin.govern.awards.queries import (
    ballot_rows,
    current,
    drawn,
    election_of,
    pictures,
    publics,
    published,
    steadiness,
    unmet,
)
from sanlin.govern.rounds.actions import enter_number, state_source
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_enter_number, can_see, can_state_source
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.ballots import write

from .deciding import sources_named

ROUND = ("street",)


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
        "sources": sources_named(main.snapshot.get("sources", {})),
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
