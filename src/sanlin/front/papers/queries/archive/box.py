"""All papers of a project in one zip, with a contents page and digests."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from sanlin.front.papers.queries import word
from sanlin.front.papers.queries.word.fields import written
from sanlin.front.papers.queries.word.projects import about
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import (
    PaperKind,
    Project,
    ReportKind,
)
from sanlin.ground.office.packing import entry
from sanlin.ground.sheets import Head

from .carried_out import (
    of_activities,
    of_closing,
    of_payments,
    of_pitches,
    of_receipts,
    of_reports,
    of_spending,
    signed_by_hand,
)
from .paper import FOLDERS, ON_PAPER, Body, Link, Paper, filled, sheets_in
from .won import of_agreements, of_decision, of_notice, of_proposal, of_reviews

A_PART = 1 << 18  # bytes that are copied at a time


@dataclass
class Entry:
    """A line of the contents page; without a digest the paper is missing."""

    path: str
    name: str
    size: int = 0
    digest: str = ""


Tell = Callable[[int, int], None]


def write(project: Project, out: IO[bytes], link: Link, *, now: datetime, tell: Tell) -> int:
    """Write the archive to `out`; returns how many papers it holds. `tell(done, all)` hears how far
    it is; `link(page, key)` is the full address of a page."""
    papers = list(collect(project, link, now=now))
    found: list[Entry] = []
    missing: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
        for n, paper in enumerate(papers, 1):
            path = f"{FOLDERS[paper.folder - 1]}/{paper.name}"
            body = paper.body()
            if isinstance(body, Path) and not body.exists():
                missing.append(f"{path}（系统内的文件已不在，请查备份）")  # data
                continue
            found.append(_add(box, path, body))
            tell(n, len(papers) + 1)
        missing += [*_absent(project, found), *_unfiled(project)]
        _add_contents(box, project, found, missing, now=now)
    tell(len(papers) + 1, len(papers) + 1)
    return len(found)


def _add(box: zipfile.ZipFile, path: str, body: Body) -> Entry:
    """Put a paper in, a part at a time; photos and PDF are packed already."""
    sha, size = hashlib.sha256(), 0
    about_it = entry(path)
    packed = path.endswith((".jpg", ".pdf", ".docx", ".xlsx", ".zip"))
    about_it.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    source: IO[bytes] = body.open("rb") if isinstance(body, Path) else io.BytesIO(body)
    with source, box.open(about_it, "w") as target:
        while part := source.read(A_PART):
            sha.update(part)
            size += len(part)
            target.write(part)
    return Entry(path, path.rpartition("/")[2], size, sha.hexdigest())


def _add_contents(
    box: zipfile.ZipFile,
    project: Project,
    found: Sequence[Entry],
    missing: Sequence[str],
    *,
    now: datetime,
) -> None:
    rows = [
        {
            "n": n,
            "name": one.name.rpartition(".")[0],
            "state": "已归档",  # data
            "file": one.path,
            "digest": one.digest[:16],
        }
        for n, one in enumerate(found, 1)
    ]
    values = {
        **about(project, now=now),
        "rows": rows,
        "missing": list(missing),
        "count": len(rows),
    }
    from sanlin.ground.office.word import filled  # noqa: PLC0415  # heavy

    _add(box, "00 目录.docx", filled(word.house("contents"), values))  # data
    lines: list[Sequence[Any]] = [
        (n, one.path, "已归档", one.size, one.digest)  # data
        for n, one in enumerate(found, 1)
    ]
    lines += [(None, words, "缺", None, "") for words in missing]  # data
    heads = [Head("序号", width=8), Head("文件", width=60), Head("状态", width=10)]  # data
    heads += [Head("字节", width=12), Head("SHA-256", width=68)]  # data
    title, day = f"{project.number}档案目录", written(now)  # data
    _add(box, "00 目录.xlsx", sheets_in([(title, f"归档日期：{day}", heads, lines)]))  # data
    sums = "".join(f"{one.digest}  {one.path}\n" for one in found)
    _add(box, "SHA256SUMS.txt", sums.encode())


def collect(project: Project, link: Link, *, now: datetime) -> Iterator[Paper]:
    """Every paper of a project in the order of its folders; contents are made when they are asked for."""
    signed = list(project.signed_papers.exclude(stage__in=stages.NOT_KEPT).order_by("at", "pk"))
    yield from of_proposal(project, now)
    yield from signed_by_hand(signed, PaperKind.NEED, PaperKind.ELIGIBLE)
    yield from of_reviews(project)
    yield from of_decision(project)
    yield from of_notice(project, link, now)
    yield from signed_by_hand(signed, PaperKind.POSTED)
    yield from of_agreements(project, now)
    yield from of_payments(project)
    yield from of_receipts(project)
    yield from signed_by_hand(signed, PaperKind.SUBSIDY)
    yield from of_activities(project)
    yield from signed_by_hand(signed, PaperKind.SIGN_IN, PaperKind.CONSENT, PaperKind.GOODS)
    yield from of_pitches(project)
    yield from of_reports(project, ReportKind.MIDTERM, now)
    yield from signed_by_hand(signed, PaperKind.SLIDES)
    yield from signed_by_hand(signed, PaperKind.CONFIRMATION)
    yield from of_reports(project, ReportKind.CLOSING, now)
    yield from of_spending(project)
    told = partial(word.acceptance, project, now=now)
    yield Paper(11, "验收表.docx", filled("acceptance", told, project))  # data
    yield from of_closing(project)
    yield from signed_by_hand(signed, PaperKind.AUDIT)


def _unfiled(project: Project) -> list[str]:
    """The kinds of signed papers of which none was filed."""
    rows = project.signed_papers.exclude(stage__in=stages.NOT_KEPT)
    filed = set(rows.values_list("what", flat=True))
    return [f"{kind.label}（纸质材料，尚未归档）" for kind in ON_PAPER if kind not in filed]  # data


# What every archive should have, by folder, and how it is named where it does not.
WANTED = (  # data
    (5, "协议"),
    (8, "票据和票据扫描件"),
    (9, "活动照片"),
    (10, "中期报告"),
    (11, "结项报告"),
)


def _absent(project: Project, found: Sequence[Entry]) -> list[str]:
    """The papers that the house should have of a project and has not (yet)."""
    midterm = "midterm" in project.round.rules.stages
    absent = []
    for folder, words in WANTED:
        if folder == 10 and not midterm:
            continue
        inside = [one.path for one in found if one.path.startswith(FOLDERS[folder - 1])]
        if folder == 11:
            inside = [path for path in inside if "报告" in path]  # data
        if not inside:
            absent.append(f"{words}（系统内没有）")  # data
    return absent
