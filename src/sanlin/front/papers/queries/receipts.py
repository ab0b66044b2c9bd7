"""Receipts as papers need them: money by head, and where the scans lie."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from django.db.models import BigIntegerField, F, Sum

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Receipt, ReceiptLine
from sanlin.ground import files


def spent_by_head(projects: Collection[int]) -> dict[str, int]:
    """Fen of accepted receipts of these projects, by key of the head."""
    rows = ReceiptLine.objects.filter(receipt__project__in=projects, receipt__stage=stages.ACCEPTED)
    each = Sum(F("unit_price") * F("quantity"), output_field=BigIntegerField())
    summed = rows.order_by().values("head").annotate(sum=each)
    return dict(summed.values_list("head", "sum"))


def heads_of(receipt: Receipt) -> list[str]:
    """Keys of the heads that a receipt is on, in the order of its lines."""
    return list(dict.fromkeys(line.head for line in receipt.lines.all()))


def scans(receipt: Receipt) -> list[tuple[str, Path]]:
    """(ending, where it lies) of a receipt's photos and files."""
    return [
        ("jpg" if paper.is_photo else paper.kind, files.lies_at(paper.file, paper.kind))
        for paper in receipt.papers.all()
    ]
