"""PDF: the notice to hang up, and certificates for graded projects and for those who carried them out."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sanlin.commons.orgs.models import Membership
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project
from sanlin.ground.clock import local_day
from sanlin.ground.office.pdf import pdf

from . import word
from .word.fields import written
from .word.rounds import qr
from .word.templates import DATA

SHEET = DATA / "paper.css"


def _picture(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def notice(posted: Notice, link: str, *, now: datetime) -> bytes:
    """The notice on A4; whenever it is made, the same notice has the same bytes."""
    values = word.notice(posted, link, now=now)
    values["today"] = ""
    return pdf("papers/notice_pdf.html", SHEET, {**values, "qr": _picture(qr(link))})


def certificate(project: Project, link: str, *, now: datetime) -> bytes:
    """证书: what grade a project closed with. The project must have been graded."""
    words = (
        f"贵团队承担的“{project.undertaking.title}”项目，在{project.round.name}"  # data
        f"结项评估中被评为“{project.grade_name}”等次。特发此证。"  # data
    )
    card = _card(
        "证书", project.team.name, [words], project, link, f"{project.number}-Z", now
    )  # data
    return pdf("papers/certificates.html", SHEET, {"title": project.number, "cards": [card]})


def thanks(project: Project, link: str, *, now: datetime) -> bytes:
    """感谢状: one page for each member of the team on the project's last day."""
    rows = members(project, now=now)
    cards = [
        _card(
            "感谢状",  # data
            name,
            [
                f"感谢您作为{project.team.name}的成员，参与“{project.undertaking.title}”项目，"  # data
                "为邻里付出时间和心力。谨致谢忱。",  # data
            ],
            project,
            link,
            f"{project.number}-G{n:02d}",
            now,
        )
        for n, name in enumerate(rows, 1)
    ]
    return pdf("papers/certificates.html", SHEET, {"title": project.number, "cards": cards})


def members(project: Project, *, now: datetime) -> list[str]:
    """Names of the team's members, its leader first."""
    day = min(local_day(now), project.undertaking.ends or local_day(now))
    rows = Membership.objects.on(day).filter(organisation=project.team)
    return list(rows.order_by("-leads", "since", "pk").values_list("account__name", flat=True))


def _card(
    title: str,
    to: str,
    lines: Sequence[str],
    project: Project,
    link: str,
    number: str,
    now: datetime,
) -> dict[str, Any]:
    last = project.reports.filter(kind="closing", stage=stages.REVIEWED).last()
    day = last.reviewed_at if last and last.reviewed_at else now
    return {
        "title": title,
        "to": to,
        "lines": lines,
        "street": project.round.street.name,
        "day": written(day),
        "number": number,
        "qr": _picture(qr(link)),
    }
