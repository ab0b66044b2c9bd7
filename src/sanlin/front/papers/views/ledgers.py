"""The street's ledgers: one list, sieved by year or round, each an Excel file."""

from __future__ import annotations

import tempfile
from typing import Any, cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from sanlin.commons.people.rules import posts_of
from sanlin.commons.places.models import Street
from sanlin.front.papers import rules
from sanlin.front.papers.queries import ledgers
from sanlin.govern.proposals.rules import can_bring
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.sheets import EXCEL
from sanlin.ground.sheets.ledger import write_ledgers

from .making import asked

SHOWN = 40  # rounds that can be chosen


@gate(rules.can_open)
@require_safe
def home(request: Request) -> HttpResponse:
    """The streets whose papers I keep; where there is one, its page."""
    streets = _streets(request)
    if len(streets) == 1:
        return redirect("papers:street", pk=streets[0].pk)
    return render(request, "papers/home.html", {"streets": streets})


def _streets(request: Request) -> list[Street]:
    held = [p for p in posts_of(request.by, now=request.now) if p.kind in rules.KEEPERS]
    own = {p.street_id for p in held if p.street_id}
    over = {p.district_id for p in held if p.district_id}
    rows = Street.objects.filter(pk__in=own) | Street.objects.filter(district__in=over)
    return list(rows.distinct().order_by("code")[:200])


@gate(rules.can_keep_ledgers, Street)
@require_safe
def street(request: Request, street: Street) -> HttpResponse:
    """Every ledger of the street, with the year or round chosen above."""
    rounds = list(Round.objects.filter(street=street).order_by("-year", "-pk")[:SHOWN])
    year, round = asked(request, street)
    books = ledgers.books_for(request.by, street, now=request.now)
    query = request.GET.urlencode()
    page: dict[str, Any] = {
        "street": street,
        "rounds": rounds,
        "years": sorted({one.year for one in rounds}, reverse=True),
        "year": year,
        "round": round,
        "query": f"?{query}" if query else "",
        "rows": [(one, _kept_by(one)) for one in books],
        "may_word": rules.can_keep_templates(request.by, street, now=request.now),
        "blanks": _blanks(street, rounds, request),
    }
    return render(request, "papers/street.html", page)


def _kept_by(book: ledgers.Book) -> str:
    """What the choice above does to a ledger."""
    if book.by_round:
        return _("可按年度、轮次")
    return _("可按年度") if book.by_year else _("全部")


def _blanks(street: Street, rounds: list[Round], request: Request) -> list[tuple[str, str]]:
    """(address, words) of the sheets in which lists are brought in, with menus and a how-to."""
    found = [
        (reverse("people:import_street", args=[street.pk]), _("居民名单（选民名册由此产生）")),
        (reverse("places:street_homes", args=[street.pk]), _("房屋")),
        (reverse("orgs:street_teams", args=[street.pk]), _("团队和社会组织")),
    ]
    calling = (one for one in rounds if one.stage == stages.CALL)
    if (open_one := next(calling, None)) and can_bring(request.by, open_one, now=request.now):
        words = _("提案和预算（%(round)s）") % {"round": open_one.name}
        found.append((reverse("proposals:import", args=[open_one.pk]), words))
    return [(f"{href}?blank=1", words) for href, words in found]


@gate(rules.can_keep_ledgers, Street)
@require_safe
def ledger(request: Request, street: Street, key: str) -> HttpResponse:
    """One ledger as Excel, written to the disk row by row."""
    book = ledgers.book(key)
    if book is None or book not in ledgers.books_for(request.by, street, now=request.now):
        raise Http404
    year, round = asked(request, street)
    scope = ledgers.Scope(street, year, round if book.by_round else None)
    out = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    from sanlin.front.papers.queries.word.fields import written  # noqa: PLC0415

    with override("zh-hans"):
        made = ledgers.ledger(book, scope, made=written(request.now))
        write_ledgers(out, [made], foot=street.name)
    out.seek(0)
    name = f"{key}-{street.code}-{request.now:%Y%m%d}.xlsx"
    answer = FileResponse(out, content_type=EXCEL, as_attachment=True, filename=name)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, answer)
