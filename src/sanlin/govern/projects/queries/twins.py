"""Receipts that look like each other: by number, file, photo, or payee, sum and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import PaperWord, Receipt, ReceiptPaper, Sign, Twin
from sanlin.kernel.likeness import marks, photos

WORDS_SHARED = 3  # by which a photo is worth laying over another
MOST_LAID = 16  # photos that are laid over one another for one paper
SHIFT = photos.TABLES.bit_length() - 1 + photos.BITS


@dataclass(frozen=True)
class Alike:
    """Another receipt (its key), by which sign, and how alike in percent."""

    other: int
    sign: str
    likeness: int


def words_of(looks: bytes, street: int) -> list[int]:
    """The words of a photo as they are kept: those of each street are its own."""
    return [(street << SHIFT) + word for word in photos.words(looks)]


def alike(receipt: Receipt) -> list[Alike]:
    """Standing receipts of the street, of whatever round and year, that may be the same paper; one
    line for each and sign."""
    rows = Receipt.objects.counting().filter(street=receipt.street_id).exclude(pk=receipt.pk)
    found = list(_by_facts(receipt, rows))
    papers = list(receipt.papers.all())
    digests = [paper.digest for paper in papers if paper.digest]
    same = rows.filter(papers__digest__in=digests).exclude(project=receipt.project_id)
    found += [Alike(key, Sign.FILE, 100) for key in same.values_list("pk", flat=True).distinct()]
    best: dict[int, int] = {}
    for paper in papers:
        for key, likeness in _by_photo(paper, receipt):
            best[key] = max(best.get(key, 0), likeness)
    found += [Alike(key, Sign.PHOTO, likeness) for key, likeness in best.items()]
    return found


def _by_facts(receipt: Receipt, rows: Iterable[Receipt]) -> Iterable[Alike]:
    near = timedelta(days=marks.NEAR_DAYS)
    same_sum = Q(
        payee_mark=receipt.payee_mark,
        amount=receipt.amount,
        day__range=(receipt.day - near, receipt.day + near),
    )
    same_number = Q(mark=receipt.mark) if receipt.mark else Q(pk__in=())
    for row in rows.filter(same_number | same_sum):  # type: ignore[attr-defined]
        if receipt.mark and row.mark == receipt.mark:
            yield Alike(row.pk, Sign.NUMBER, 100)
        likeness = marks.days_apart(receipt.day, row.day)
        same = (row.payee_mark, row.amount) == (receipt.payee_mark, receipt.amount)
        if same and likeness is not None:
            yield Alike(row.pk, Sign.SUM, likeness)


def _by_photo(paper: ReceiptPaper, receipt: Receipt) -> list[tuple[int, int]]:
    """(key of the receipt, likeness) of photos that lie on this one."""
    if not paper.looks:
        return []
    words = words_of(bytes(paper.looks), receipt.street_id)
    near = (
        PaperWord.objects.filter(word__in=words)
        .exclude(paper__receipt=receipt)
        .values("paper")
        .annotate(shared=Count("pk"))
        .filter(shared__gte=WORDS_SHARED)
        .order_by("-shared", "paper")[:MOST_LAID]
    )
    keys = [row["paper"] for row in near]
    rows = ReceiptPaper.objects.filter(
        pk__in=keys, receipt__stage__in=stages.STANDING_RECEIPTS
    ).values_list("receipt", "looks")
    return photos.most_alike(bytes(paper.looks), ((key, bytes(looks)) for key, looks in rows))


def twins_of(receipt: Receipt) -> list[Twin]:
    """What was noted of this receipt, either way, with the other one in `other`; only what stands."""
    rows = (
        Twin.objects.filter(Q(receipt=receipt) | Q(other=receipt))
        .filter(
            receipt__stage__in=stages.STANDING_RECEIPTS, other__stage__in=stages.STANDING_RECEIPTS
        )
        .select_related(
            *(f"{side}__project__undertaking__{what}" for side in SIDES for what in WHO),
            *(f"{side}__project__round" for side in SIDES),
        )
        .order_by("-likeness", "pk")
    )
    found = list(rows)
    for row in found:
        if row.receipt_id != receipt.pk:
            row.receipt, row.other = row.other, row.receipt
    return found


SIDES = ("receipt", "other")
WHO = ("organisation", "neighbourhood")


def doubtful(receipts: Sequence[Receipt]) -> set[int]:
    """Keys of those receipts that have a standing twin."""
    keys = [row.pk for row in receipts]
    rows = Twin.objects.filter(Q(receipt__in=keys) | Q(other__in=keys)).filter(
        receipt__stage__in=stages.STANDING_RECEIPTS, other__stage__in=stages.STANDING_RECEIPTS
    )
    return {key for pair in rows.values_list("receipt", "other") for key in pair} & set(keys)
