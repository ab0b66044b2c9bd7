"""One file of an archive, and the office's list of folders."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanlin.front.papers.queries import word
from sanlin.front.papers.queries.ledgers import KINDS
from sanlin.govern.projects.models import (
    PaperKind,
    Project,
)
from sanlin.ground import files
from sanlin.ground.sheets import Head
from sanlin.ground.sheets.ledger import Ledger, write_ledgers

Body = bytes | Path


Link = Callable[[str, int], str]


Sheet = tuple[str, str, Sequence[Head], Sequence[Sequence[Any]]]  # title, note, heads, rows


FOLDERS = (  # data
    "01 申报",
    "02 审查和评审",
    "03 投票和决定",
    "04 公示和异议",
    "05 协议",
    "06 变更",
    "07 拨款",
    "08 票据",
    "09 过程资料",
    "10 中期",
    "11 结项和验收",
)


# What is signed on paper: where it lies once it is filed. What was not is named on the contents page.
ON_PAPER = {
    PaperKind.NEED: 1,
    PaperKind.ELIGIBLE: 1,
    PaperKind.POSTED: 4,
    PaperKind.SUBSIDY: 8,
    PaperKind.SIGN_IN: 9,
    PaperKind.CONSENT: 9,
    PaperKind.GOODS: 9,
    PaperKind.SLIDES: 10,
    PaperKind.CONFIRMATION: 11,
    PaperKind.AUDIT: 11,
}


@dataclass(frozen=True)
class Paper:
    """One file of an archive: its folder (from 1), its name, and how its content is had."""

    folder: int
    name: str
    body: Callable[[], Body]


def sheets_in(sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    write_ledgers(
        out,
        (
            Ledger(title, note, heads, rows, "合计", "没有记录。")  # data
            for title, note, heads, rows in sheets
        ),
    )
    from sanlin.ground.office.packing import tidy  # noqa: PLC0415

    return tidy(out.getvalue())


def heads_of_sheet(*names: str) -> list[Head]:
    return [Head(name.rstrip("¥@"), KINDS.get(name[-1], "plain"), 18) for name in names]


def filled(
    kind: str, values: Callable[[], dict[str, Any]], project: Project
) -> Callable[[], bytes]:
    return lambda: word.paper(kind, values(), project.round.street)


def lying(file: str) -> Callable[[], Path]:
    return lambda: files.lies_at(file)
