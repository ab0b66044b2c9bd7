from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project, Receipt, Report, ReportKind
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .spending import all_looked_at
from .who import can_handle

# A grade with one of these is no pass: what hangs on the review is not paid.
FAILING = frozenset({"hold_next", "withhold_last", "claw_back"})


def passes(report: Report | None) -> bool:
    """Whether a review was passed, by the consequence of its grade."""
    return (
        report is not None
        and report.stage == stages.REVIEWED
        and not FAILING & set(report.consequence)
    )


def last_review(project: Project, kind: str) -> Report | None:
    """The latest report of this kind that was given a mark."""
    rows = Report.objects.filter(project=project, kind=kind, stage=stages.REVIEWED)
    found: Report | None = rows.order_by("-number").first()
    return found


def next_report(project: Project, *, reports: Sequence[Report] | None = None) -> ReportKind | None:
    """Which report the project owes next; None where it owes none now. `reports` are all of the
    project, where somebody has read them already."""
    if project.stage != stages.RUNNING:
        return None
    if "midterm" not in project.round.rules.stages:
        return ReportKind.CLOSING
    if reports is None:
        reports = [one] if (one := last_review(project, ReportKind.MIDTERM)) else []
    done = any(one.kind == ReportKind.MIDTERM and one.stage == stages.REVIEWED for one in reports)
    return ReportKind.CLOSING if done else ReportKind.MIDTERM


def can_report(who: Any, project: Project, kind: str, *, now: datetime) -> Verdict:
    """The team's leader. A failed midterm may be reported again; the end only after a midterm."""
    if not (verdict := leads(who, project.team, now=now)):
        return verdict
    if project.stage != stages.RUNNING:
        return denied(_not_running(project.stage))
    asked = "midterm" in project.round.rules.stages
    midterm = last_review(project, ReportKind.MIDTERM) if asked else None
    if kind == ReportKind.MIDTERM:
        if not asked:
            return denied(_("本轮没有中期评估"))
        return denied(_("中期评估已经通过")) if passes(midterm) else ALLOWED
    if asked and midterm is None:
        return denied(_("请先提交中期报告"))
    return ALLOWED


def _not_running(stage: str) -> str:
    if stage == stages.TO_SIGN:
        return _("协议签订以后才能提交报告")
    if stage in (stages.MIDTERM, stages.CLOSING):
        return _("已有一份报告正在评估")
    return _("项目已经验收或终止，不能再提交报告")


def can_see_report(who: Any, report: Report, *, now: datetime) -> Verdict:
    """What a team reports is public."""
    return ALLOWED


def can_review(who: Any, report: Report, *, now: datetime) -> Verdict:
    """An officer who is not of the team; at the end only when every receipt has been looked at."""
    if not (verdict := can_handle(who, report.project, now=now)):
        return verdict
    if report.stage != stages.HANDED_IN:
        return denied(_("这份报告已经处理"))
    if report.kind == ReportKind.CLOSING:
        waiting = Receipt.objects.filter(project=report.project_id, stage=stages.HANDED_IN).count()
        return all_looked_at(waiting)
    return ALLOWED
