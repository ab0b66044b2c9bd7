"""Decks out of records: the street's year, and what a circle of projects has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum

from sanlin.govern.ballots.queries import share, turnout
from sanlin.govern.growth.models import Advice, Meeting, Visit
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Circle, Project, Report, ReportPhoto
from sanlin.govern.projects.queries import with_money
from sanlin.govern.proposals.models import Photo
from sanlin.govern.proposals.queries import totals
from sanlin.govern.rounds.models import Round
from sanlin.ground import files
from sanlin.ground.clock import local_day
from sanlin.ground.office.slides import Deck, Series
from sanlin.ground.ui.words import span
from sanlin.kernel.money import yuan

from .receipts import spent_by_head
from .word.fields import written
from .word.templates import DATA

TEMPLATE = DATA / "deck.pptx"
PHOTOS = 24  # of a year's deck; a circle's takes as many
Row = Any  # a project with paid, spent and returned
NAMED = {  # data
    "figures": "一年的数字",
    "tiers": "各类别立项数和金额",
    "tier_money": "各类别立项金额",
    "places": "各居民区立项金额",
    "money": "资金去向",
    "heads": "钱花在什么上",
    "stages": "项目进展",
    "grades": "结项等次",
    "list": "项目一览",
    "photos": "现场照片",
    "end": "谢谢",
    "members": "小组成员",
    "grants": "各项目资金",
    "people": "活动和参与",
    "told": "做了什么、有什么变化",
}


def yuan_of(fen: int) -> float:
    """Whole fen as yuan for a chart, which knows no fen."""
    return fen / 100


def year(round: Round, *, now: datetime) -> bytes:
    """The street's deck about a round: figures, charts, all its projects, photos."""
    deck = Deck(TEMPLATE, f"{round.street.name} · {round.name}")  # data
    deck.cover(
        f"{round.name}年度汇报",  # data
        f"{round.street.name}\n{written(local_day(now))}",
    )
    rows = list(with_money(Project.objects.whole().filter(round=round)).order_by("number"))
    _year_figures(deck, round, rows)
    _by_tier(deck, round, rows)
    _by_place(deck, rows)
    _money(deck, rows)
    _by_head(deck, round, rows)
    _progress(deck, round, rows)
    _list(deck, rows)
    _photos(deck, [row.pk for row in rows])
    deck.divider(NAMED["end"], f"{round.street.name} · {round.name}")
    return deck.bytes(f"{round.name}年度汇报")  # data


def _year_figures(deck: Deck, round: Round, rows: Sequence[Row]) -> None:
    asked = totals(round)
    cast, size = turnout(round)
    granted, paid = sum(r.grant for r in rows), sum(r.paid for r in rows)
    told = [
        ("提案", f"{sum(row['proposals'] for row in asked)}项", "通过审查的提案"),  # data
        ("立项", f"{len(rows)}项", f"{len({row.place.pk for row in rows})}个居民区"),  # data
        ("立项金额", yuan(granted), f"申请{yuan(sum(row['asked'] for row in asked))}"),  # data
        ("已拨付", yuan(paid), f"未付{yuan(granted - paid)}"),  # data
    ]
    if size:
        told.append(("居民投票", f"{cast:,}人", f"投票率{share(cast, size)}"))  # data
    reports = Report.objects.filter(project__round=round, stage=stages.REVIEWED, kind="closing")
    done = reports.aggregate(n=Count("pk"), acts=Sum("activities"), people=Sum("people"))
    if done["n"]:
        told += [
            ("活动", f"{done['acts']:,}次", f"{done['n']}个项目的结项报告"),  # data
            ("参与", f"{done['people']:,}人次", "按结项报告合计"),  # data
        ]
    closed = sum(row.stage == stages.CLOSED for row in rows)
    if closed:
        told.append(("已结项", f"{closed}项", f"占{share(closed, len(rows))}"))  # data
    deck.figures(NAMED["figures"], told, _course(round))


def _course(round: Round) -> list[str]:
    """When each part of the round was, three on a line."""
    parts = [
        f"{one.stage_label}：{span(one.opens, one.closes)}".replace(f"{round.year}年", "")  # data
        for one in round.windows.all()
    ]
    lines = ["　".join(parts[n : n + 3]) for n in range(0, len(parts), 3)]  # data
    return [f"{round.year}年时间表", *lines] if lines else []  # data


def _tiers(round: Round, rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    named = [
        (tier.name, [row for row in rows if row.tier == tier.key]) for tier in round.rules.tiers
    ]
    rest = [row for row in rows if row.tier not in {tier.key for tier in round.rules.tiers}]
    return [pair for pair in [*named, ("其他" if named else "立项", rest)] if pair[1]]  # data


def _by_tier(deck: Deck, round: Round, rows: Sequence[Row]) -> None:
    parts = _tiers(round, rows)
    if len(parts) < 2:
        return
    names = [f"{name}（{len(inside)}项）" for name, inside in parts]  # data
    series = [  # data
        Series("立项金额", [yuan_of(sum(r.grant for r in inside)) for _n, inside in parts]),  # data
        Series("已拨付", [yuan_of(sum(r.paid for r in inside)) for _n, inside in parts]),  # data
        Series(
            "已通过票据", [yuan_of(sum(r.spent for r in inside)) for _n, inside in parts]
        ),  # data
    ]
    deck.chart(NAMED["tier_money"], "column", names, series, unit="元")  # data


def _by_place(deck: Deck, rows: Sequence[Row]) -> None:
    sums: dict[str, list[Row]] = {}
    for row in rows:
        sums.setdefault(row.place.name, []).append(row)
    if len(sums) < 2:
        return
    order = sorted(sums, key=lambda name: (-sum(r.grant for r in sums[name]), name))
    names = [f"{name.removesuffix('居委会')}（{len(sums[name])}）" for name in order]  # data
    values = [yuan_of(sum(r.grant for r in sums[name])) for name in order]
    said = ["括号里是项目数，金额单位是元。"]  # data
    deck.chart(NAMED["places"], "bar", names, [Series("立项金额", values)], said=said)  # data


def _money(deck: Deck, rows: Sequence[Row]) -> None:
    if not rows:
        return
    granted, paid = sum(r.grant for r in rows), sum(r.paid for r in rows)
    spent, returned = sum(r.spent for r in rows), sum(r.returned for r in rows)
    names = ["立项金额", "已拨付", "已通过票据", "已退回", "在团队手中"]  # data
    values = [granted, paid, spent, returned, max(paid - spent - returned, 0)]
    said = [
        f"立项{yuan(granted)}，已拨付{yuan(paid)}，团队凭票据支出{yuan(spent)}，退回{yuan(returned)}。"  # data
    ]
    deck.chart(
        NAMED["money"],
        "column",
        names,
        [Series("元", [yuan_of(value) for value in values])],  # data
        unit="元",  # data
        said=said,
    )


def _by_head(deck: Deck, round: Round, rows: Sequence[Row]) -> None:
    spent = spent_by_head([row.pk for row in rows])
    planned: dict[str, int] = {}
    for row in rows:
        for key, amount in row.plan.items():
            planned[key] = planned.get(key, 0) + amount
    heads = [head for head in round.rules.heads if head.key in planned or head.key in spent]
    if not heads:
        return
    series = [
        Series("预算", [yuan_of(planned.get(head.key, 0)) for head in heads]),  # data
        Series("已通过票据", [yuan_of(spent.get(head.key, 0)) for head in heads]),  # data
    ]
    deck.chart(NAMED["heads"], "column", [head.name for head in heads], series, unit="元")  # data


def _progress(deck: Deck, round: Round, rows: Sequence[Row]) -> None:
    counts = [(stages.LABELS[key], sum(r.stage == key for r in rows)) for key in stages.LABELS]
    shown = [(name, n) for name, n in counts if n]
    if len(shown) > 1:
        names, values = zip(*shown, strict=True)
        deck.chart(NAMED["stages"], "column", names, [Series("项目", values)], unit="项")  # data
    grades = [(g.name, sum(r.grade == g.key for r in rows)) for g in round.rules.grades]
    graded = [(name, n) for name, n in grades if n]
    if graded:
        names, values = zip(*graded, strict=True)
        deck.chart(NAMED["grades"], "column", names, [Series("项目", values)], unit="项")  # data


HEADS = ("编号", "项目", "团队", "居民区", "类别", "立项金额", "已拨付", "进展")  # data
SHARES = (14, 52, 48, 38, 22, 26, 26, 22)


def _list(deck: Deck, rows: Sequence[Row]) -> None:
    if not rows:
        return
    lines = [
        (
            row.number.rpartition("-")[2],
            row.undertaking.title,
            row.team.name,
            row.place.name,
            row.tier_name,
            yuan(row.grant),
            yuan(row.paid),
            row.grade_name or row.stage_label,
        )
        for row in rows
    ]
    deck.table(NAMED["list"], HEADS, lines, SHARES, right=(5, 6))


def _photos(deck: Deck, projects: Sequence[int]) -> None:
    """Photos of reports and, where a project has none, of its proposal; the first of each project
    before the second of any, so that many are seen."""
    told = (
        ReportPhoto.objects.filter(report__project__in=projects)
        .exclude(report__stage=stages.RETURNED)
        .order_by("-pk")
        .values_list("report__project", "report__project__undertaking__title", "file", "caption")
    )
    asked = (
        Photo.objects.filter(proposal__awards__project__in=projects, place__isnull=False)
        .order_by("place")
        .values_list("proposal__awards__project", "proposal__title", "file", "caption")
    )
    of: dict[int, list[tuple[str, str, str]]] = {}
    for key, title, file, caption in told:
        of.setdefault(key, []).append((title, file, caption))
    have = set(of)
    for key, title, file, caption in asked:
        if key not in have:
            of.setdefault(key, []).append((title, file, caption))
    ranked = sorted(
        (turn, projects.index(key), photo)
        for key, photos in of.items()
        for turn, photo in enumerate(photos)
    )
    found: list[tuple[Path, str]] = []
    for _turn, _at, (title, file, caption) in ranked:
        path = files.lies_at(file)
        if path.exists() and len(found) < PHOTOS:
            found.append((path, f"{title} · {caption}" if caption else title))
    deck.photos(NAMED["photos"], found)


def circle(made: Circle, *, now: datetime) -> bytes:
    """What a circle tells: its projects, their money and people, their words and photos."""
    round = made.round
    deck = Deck(TEMPLATE, f"{round.street.name} · {round.name} · {made.name}")
    below = f"{round.street.name} · {round.name}\n{written(local_day(now))}"
    deck.cover(f"{made.name}小组汇报", below)  # data
    rows: list[Row] = list(
        with_money(Project.objects.whole().filter(circle=made)).order_by("number")
    )
    reports = _latest(rows)
    deck.figures(  # data
        NAMED["members"],
        [
            ("项目", f"{len(rows)}项", f"组长：{made.leader.name}" if made.leader else ""),  # data
            ("立项金额", yuan(sum(r.grant for r in rows)), ""),  # data
            ("已拨付", yuan(sum(r.paid for r in rows)), ""),  # data
            (
                "活动",
                f"{sum(r.activities for r in reports.values()):,}次",
                "按最近一次报告",
            ),  # data
            ("参与", f"{sum(r.people for r in reports.values()):,}人次", "按最近一次报告"),  # data
            *_met(made, rows),
        ],
    )
    _list(deck, rows)
    if rows:
        names = [row.undertaking.title for row in rows]
        money = [
            Series("立项金额", [yuan_of(r.grant) for r in rows]),  # data
            Series("已拨付", [yuan_of(r.paid) for r in rows]),  # data
            Series("已通过票据", [yuan_of(r.spent) for r in rows]),  # data
        ]
        deck.chart(
            NAMED["grants"], "bar" if len(rows) > 5 else "column", names, money, unit="元"
        )  # data
    told = [row for row in rows if row.pk in reports]
    if told:
        people = [reports[row.pk].people for row in told]
        names = [row.undertaking.title for row in told]
        deck.chart(NAMED["people"], "bar", names, [Series("参与人次", people)])  # data
    if told:
        deck.blocks(
            NAMED["told"], [(_whose(row, reports[row.pk]), _lines(reports[row.pk])) for row in told]
        )
    _photos(deck, [row.pk for row in rows])
    deck.divider(NAMED["end"], f"{round.name} · {made.name}")
    return deck.bytes(f"{made.name}小组汇报")  # data


def _met(made: Circle, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """How often the circle met and looked at its projects, and what became of the advice."""
    met = Meeting.objects.filter(circle=made, held_at__isnull=False).count()
    seen = Visit.objects.filter(project__in=[row.pk for row in rows]).count()
    advice = Advice.objects.filter(project__in=[row.pk for row in rows])
    agreed, done = advice.count(), advice.filter(done_at__isnull=False).count()
    return [
        ("小组会议", f"{met}次", ""),  # data
        ("走访", f"{seen}次", ""),  # data
        ("改进建议", f"{agreed}条", f"已办结{done}条"),  # data
    ]


def _whose(row: Row, report: Report) -> str:
    where = row.place.name if row.place else ""
    return f"{row.undertaking.title}（{row.team.name}，{where}，{report.get_kind_display()}）"


def _lines(report: Report) -> list[str]:
    return [line.strip() for line in report.text.splitlines() if line.strip()]


def _latest(rows: Sequence[Row]) -> dict[int, Report]:
    """The last report of each project that was not sent back."""
    reports = Report.objects.filter(project__in=[row.pk for row in rows]).exclude(
        stage=stages.RETURNED
    )
    return {report.project_id: report for report in reports.order_by("at", "pk")}
