"""Folders 01 to 05: from the proposal to the agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sanlin.commons.orgs.models import Membership
from sanlin.front.papers.queries import word
from sanlin.front.papers.queries.word.fields import named
from sanlin.govern.awards.models import Notice, Objection
from sanlin.govern.ballots.queries import turnout
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project
from sanlin.govern.reviews.models import Conferral, Recusal, Review
from sanlin.ground import files
from sanlin.ground.journal.actions import canonical

from .paper import Link, Paper, filled, heads_of_sheet, lying, sheets_in


def of_proposal(project: Project, now: datetime) -> Iterator[Paper]:
    proposal = project.award.proposal
    proposal.round = project.round
    yield Paper(
        1,
        "申报书.docx",  # data
        filled("application", lambda: word.application(proposal, now=now), project),
    )
    for row in proposal.revisions.order_by("number"):
        yield Paper(1, f"第{row.number}稿原文.json", partial(bytes, row.body))  # data
    rows = Membership.objects.filter(organisation=project.undertaking.organisation_id)
    members = [
        (named(one.account), "负责人" if one.leads else "成员", one.since, one.until)  # data
        for one in rows.select_related("account").order_by("-leads", "since", "pk")
    ]
    heads = heads_of_sheet("姓名", "身份", "加入日期", "退出日期")  # data
    made = partial(sheets_in, [("团队成员名单", project.number, heads, members)])  # data
    yield Paper(1, "团队成员名单.xlsx", made)  # data
    for n, photo in enumerate(proposal.shown_photos, 1):
        yield Paper(1, f"照片{n:02d}.jpg", lying(photo.file))  # data


def of_reviews(project: Project) -> Iterator[Paper]:
    proposal = project.award.proposal
    screenings = list(proposal.screenings.select_related("by").order_by("turn"))
    reviews = list(
        Review.objects.filter(proposal=proposal)
        .select_related("seat__account")
        .prefetch_related("marks")
        .order_by("seat__account__name")
    )
    recusals = list(Recusal.objects.filter(proposal=proposal).select_related("seat__account"))
    conferral = Conferral.objects.filter(proposal=proposal).first()
    criteria = {one.key: one.name for one in project.round.rules.criteria}

    def made() -> bytes:
        screened = [  # data
            (
                one.turn,
                one.get_result_display(),
                one.by.name if one.by else "系统",
                one.at,
                one.note,
            )  # data
            for one in screenings
        ]
        marks = [
            (one.seat.account.name, criteria.get(mark.criterion, mark.criterion), mark.halves / 2)
            for one in reviews
            for mark in one.marks.all()
        ]
        words = [(one.seat.account.name, one.sealed_at, one.comment) for one in reviews]
        aside = [(one.seat.account.name, one.reason, one.at) for one in recusals]
        held = [(conferral.held_at, conferral.minutes)] if conferral else []
        return sheets_in(  # data
            [
                (
                    "形式审查",
                    project.number,
                    heads_of_sheet("第几次", "结论", "审查人", "时间", "说明"),
                    screened,
                ),  # data
                (
                    "评分",
                    project.number,
                    heads_of_sheet("评委", "评分项", "分数"),
                    _exact(marks),
                ),  # data
                (
                    "评委意见",
                    project.number,
                    heads_of_sheet("评委", "封存时间", "理由"),
                    words,
                ),  # data
                ("回避", project.number, heads_of_sheet("评委", "理由", "时间"), aside),  # data
                ("合议", project.number, heads_of_sheet("时间", "纪要"), held),  # data
            ]
        )

    yield Paper(2, "审查和评审记录.xlsx", made)  # data


def _exact(rows: Sequence[tuple[Any, Any, float]]) -> list[tuple[Any, Any, str]]:
    return [(who, what, f"{mark:g}") for who, what, mark in rows]


def of_decision(project: Project) -> Iterator[Paper]:
    award, decision = project.award, project.award.decision

    def made() -> bytes:
        cast, size = turnout(project.round)
        rows: list[Sequence[Any]] = [
            ("立项结果", award.stage_label),  # data
            ("立项金额（分）", award.grant),  # data
            ("计算次序", award.place),  # data
            ("评审分", award.score),  # data
            ("得票", award.votes),  # data
            ("本轮投票人数", cast),  # data
            ("本轮名册人数", size),  # data
            ("决定指纹", decision.fingerprint),  # data
            ("公布时间", decision.published_at),  # data
        ]
        signed = [
            (one.account.name, one.at) for one in decision.signatures.select_related("account")
        ]
        return sheets_in(
            [
                ("立项决定", project.number, heads_of_sheet("事项", "内容"), rows),  # data
                ("签署", project.number, heads_of_sheet("签署人", "时间"), signed),  # data
            ]
        )

    yield Paper(3, "立项决定.xlsx", made)  # data
    yield Paper(3, "计算输入.json", lambda: bytes(decision.inputs))  # data
    yield Paper(3, "计算结果.json", lambda: bytes(decision.outcome))  # data


def of_notice(project: Project, link: Link, now: datetime) -> Iterator[Paper]:
    award, where = project.award, link("awards:notice", project.round_id)
    posted = Notice.objects.filter(decision=award.decision_id).select_related("decision__round")
    for n, row in enumerate(posted.order_by("opens", "pk"), 1):
        if not row.snapshot or row.award_id not in (None, award.pk):
            continue
        kind = "补充公示" if row.award_id else "立项公示"  # data
        told = partial(word.notice, row, where, now=now)
        yield Paper(4, f"{kind}{n}.docx", filled("notice", told, project))
        yield Paper(4, f"{kind}{n}快照.json", partial(canonical, row.snapshot))  # data
    objections = list(Objection.objects.filter(award=award).select_related("answered_by"))
    if objections:
        rows = [
            (
                one.number,
                one.text,
                one.filed_at,
                one.stage_label,
                one.answer,
                named(one.answered_by),
                one.answered_at,
            )
            for one in objections
        ]
        heads = heads_of_sheet(
            "编号", "内容", "提出时间", "状态", "答复", "答复人", "答复时间"
        )  # data
        title = "异议和答复"  # data
        yield Paper(4, f"{title}.xlsx", lambda: sheets_in([(title, project.number, heads, rows)]))


def of_agreements(project: Project, now: datetime) -> Iterator[Paper]:
    heads = heads_of_sheet("签约方", "签约人", "时间")  # data
    for row in project.agreements.order_by("version"):
        row.project = project
        name = f"协议第{row.version}版"  # data
        told = partial(word.agreement, row, now=now)
        yield Paper(5, f"{name}.docx", filled("agreement", told, project))
        yield Paper(5, f"{name}正文.json", partial(bytes, row.body))  # data
        signed = [  # data
            (
                one.get_party_display(),
                one.account.name if one.account else "纸质签署",
                one.at,
            )  # data
            for one in row.signings.select_related("account")
        ]
        title = f"{name}签署"  # data
        made = partial(sheets_in, [(title, project.number, heads, signed)])
        yield Paper(5, f"{title}.xlsx", made)
        for n, scan in enumerate(
            row.scans.exclude(stage__in=stages.NOT_KEPT).order_by("at", "pk"), 1
        ):
            ending = "jpg" if scan.kind == "photo" else scan.kind
            where = files.lies_at(scan.file, scan.kind)
            yield Paper(5, f"{name}签字件{n}.{ending}", partial(Path, where))  # data
    for n, asked in enumerate(project.changes.order_by("at", "pk"), 1):
        asked.project = project
        told = partial(word.change, project, now=now, asked=asked)
        yield Paper(6, f"变更申请{n}.docx", filled("change", told, project))  # data
