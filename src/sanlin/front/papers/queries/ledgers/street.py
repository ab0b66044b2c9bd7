"""Ledgers of what a street keeps besides its rounds: rows in the order of their heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Min, Q, QuerySet

from sanlin.commons.funds import stages as fund_stages
from sanlin.commons.funds.models import Posting, Source
from sanlin.commons.orgs.models import Membership, Organisation
from sanlin.commons.people.models import Post, PostKind, Resident
from sanlin.front.papers.queries.word.fields import named
from sanlin.ground.journal.models import Unmasking
from sanlin.harmony.voices.models import Voice
from sanlin.kernel.ledger import FEN

from .scope import Rows, Scope, chunks


def voices(scope: Scope) -> Rows:
    rows = Voice.objects.filter(scope.in_year("said_at"), street=scope.street)
    for row in chunks(rows.select_related("answered_by").order_by("said_at", "pk")):
        yield (
            row.receipt,
            row.get_kind_display(),
            row.said_at,
            row.page,
            row.text,
            row.stage_label,
            row.answer,
            named(row.answered_by),
            row.answered_at,
        )


def organisations(scope: Scope) -> Rows:
    rows = Organisation.objects.filter(street=scope.street).select_related("neighbourhood")
    leading = Membership.objects.filter(
        organisation__street=scope.street, leads=True, until__isnull=True
    )
    leaders: dict[int, list[str]] = {}
    for key, name in leading.values_list("organisation", "account__name"):
        leaders.setdefault(key, []).append(name)
    for row in chunks(rows.prefetch_related("growth").order_by("name")):
        grown = sorted(row.growth.all(), key=lambda step: step.reached)
        yield (
            row.name,
            row.get_kind_display(),
            named(row.neighbourhood),
            row.number,
            row.founded,
            row.dissolved,
            "、".join(sorted(leaders.get(row.pk, []))),
            grown[-1].get_stage_display() if grown else "",
            grown[-1].evidence if grown else "",
        )


def social_workers(scope: Scope) -> Rows:
    inside = Q(street=scope.street) | Q(neighbourhood__street=scope.street)
    rows = Post.objects.filter(inside, kind=PostKind.SOCIAL_WORKER).select_related("account")
    for row in chunks(rows.order_by("since", "pk")):
        yield (row.account.name, row.certificate, row.since, row.until)


def sources(scope: Scope) -> Rows:
    rows = Source.objects.filter(scope.in_year("at"), fund__street=scope.street)
    rows = rows.select_related("fund", "giver", "organisation").order_by("fund", "pk")
    booked = Posting.objects.filter(credit__source__fund__street=scope.street).order_by()
    numbers = booked.values_list("credit__source").annotate(Min("voucher__number"))
    receipts: dict[int, int] = dict(numbers)
    for row in chunks(rows):
        giver = row.organisation or row.giver
        shown = "匿名" if row.anonymous else named(giver)  # data
        money = row.unit == FEN
        yield (
            row.fund.name,
            row.fund.get_level_display(),
            row.get_origin_display(),
            row.name,
            shown,
            "是" if row.anonymous else "否",  # data
            row.pledged if money else None,
            row.arrived if money else None,
            "" if money else f"{row.arrived or row.pledged} {row.unit}",
            row.worth,
            fund_stages.LABELS[row.stage],
            row.arrived_at,
            receipts.get(row.pk),
        )


def _booked(scope: Scope) -> QuerySet[Posting]:
    """The postings of the street's funds, in the order of booking."""
    rows = Posting.objects.filter(scope.in_year("voucher__at"), voucher__fund__street=scope.street)
    sides = (
        f"{side}__{what}" for side in ("debit", "credit") for what in ("undertaking", "source")
    )
    rows = rows.select_related("voucher__fund", "voucher__by", "voucher__reverses", *sides)
    return rows.order_by("voucher__fund", "voucher__number", "pk")


def _entry(row: Posting, *between: Any) -> tuple[Any, ...]:
    """A posting as both kinds of ledgers write it; `between` stands after the words."""
    told = row.voucher
    return (
        told.fund.name,
        told.number,
        told.at,
        told.memo,
        *between,
        str(row.debit),
        str(row.credit),
        row.amount,
        named(told.by) or "系统",  # data
        f"冲销第{told.reverses.number}号" if told.reverses else "",  # data
    )


def postings(scope: Scope) -> Rows:
    rows = _booked(scope).filter(debit__unit=FEN)
    if scope.round is not None:
        rows = rows.filter(voucher__fund__name=scope.round.name)
    for row in chunks(rows):
        yield (row.voucher.fund.get_level_display(), *_entry(row))


def things(unit: str) -> Callable[[Scope], Rows]:
    """What came in and went out that is not money: goods (which have a name), points, minutes."""

    def read(scope: Scope) -> Rows:
        for row in chunks(_booked(scope).filter(debit__unit__startswith=unit)):
            yield _entry(row, *row.debit.unit.split(":")[1:])

    return read


def unmaskings(scope: Scope) -> Rows:
    """Looks at masked values of the street's residents and voices: the only sealed columns there are."""
    names = {Resident._meta.label, Voice._meta.label}
    rows = Unmasking.objects.filter(scope.in_year("at")).select_related("by").order_by("at", "pk")
    residents = set(
        Resident.objects.filter(neighbourhood__street=scope.street).values_list("pk", flat=True)
    )
    voices = set(Voice.objects.filter(street=scope.street).values_list("pk", flat=True))
    for row in chunks(rows):
        label, _colon, key = row.subject.partition(":")
        inside = residents if label == Resident._meta.label else voices
        if label not in names or not key.isdecimal() or int(key) not in inside:
            continue
        what = apps.get_model(label)._meta.verbose_name
        yield (row.at, row.by.name, f"{what} {key}", row.field_label, row.reason)
