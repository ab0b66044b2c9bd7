from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Project, Report, ReportKind, ReportPhoto
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require

from .following import follow
from .hold import become_due, carry, hold, leave_out, reason_of, step, unpaid
from .paying import NOBODY, release_hold

MOST_PHOTOS = 6


@dataclass(frozen=True)
class Told:
    """What a team reports: text, number of activities, people reached."""

    text: str
    activities: int
    people: int


@deed("projects.report")
def report(
    project: Project,
    kind: str,
    told: Told,
    photos: Sequence[files.Picture] = (),
    *,
    by: Account,
    now: datetime,
) -> Report:
    """Hand in the midterm or the closing report; the project then waits for its review."""
    project = hold(project)
    require(rules.can_report(by, project, kind, now=now))
    if len(photos) > MOST_PHOTOS:
        raise Refused(_("最多%(n)s张照片") % {"n": MOST_PHOTOS})
    last = project.reports.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    with refusing(_("已有一份报告正在评估")):
        made = Report.objects.create(
            project=project,
            kind=kind,
            number=last + 1,
            text=told.text,
            activities=told.activities,
            people=told.people,
            by=by,
            at=now,
        )
    for photo in photos:
        ReportPhoto.objects.create(
            report=made, file=files.keep(photo), width=photo.width, height=photo.height
        )
    step(project, f"report_{kind}")
    record(
        made,
        by=by,
        now=now,
        project=project.pk,
        kind=str(kind),
        number=made.number,
        photos=len(photos),
    )
    return made


@deed("projects.return_report")
def return_report(report: Report, reason: str, *, by: Account, now: datetime) -> Report:
    """Send a report back to be written better; the team hands in another."""
    held = _held(report)
    require(rules.can_handle(by, held.project, now=now))
    _carry(held, "send_back", note=reason_of(reason), reviewed_by=by, reviewed_at=now)
    step(held.project, f"return_{held.kind}")
    record(held, by=by, now=now, kind=held.kind)
    return held


@deed("projects.review")
def review(report: Report, mark: int, note: str, *, by: Account, now: datetime) -> Report:
    """Mark a report (0 to 100): its grade's consequence takes effect at once.

    A midterm that was passed makes its instalment due and lifts an earlier hold; one that was not
    holds the next. A closing review that was passed makes the last instalment due; one that was not
    leaves out whatever hangs on it. Money clawed back is owed from then on.
    """
    held = _held(report)
    require(rules.can_review(by, held, now=now))
    if not 0 <= mark <= 100:
        raise Refused(_("评分须在0到100之间"))
    project = held.project
    grade = project.round.rules.grade(held.kind, mark)
    _carry(
        held,
        "review",
        mark=mark,
        grade=grade.key,
        consequence=list(grade.consequence),
        note=note.strip(),
        reviewed_by=by,
        reviewed_at=now,
    )
    owes_all = project.owes_all or "claw_back" in grade.consequence
    if held.kind == ReportKind.CLOSING:
        step(project, "review_closing", grade=grade.key, owes_all=owes_all)
        _settle(held, grade.name, by=by, now=now)
        follow(project, grade.consequence, by=by, now=now)
    else:
        step(project, "review_midterm", owes_all=owes_all)
        _go_on(held, grade.name, by=by, now=now)
    record(
        held,
        by=by,
        now=now,
        project=project.pk,
        kind=held.kind,
        mark=mark,
        grade=grade.key,
        consequence=list(grade.consequence),
    )
    return held


def _go_on(report: Report, grade: str, *, by: Account, now: datetime) -> None:
    """What a midterm's grade does to the money."""
    project, rest = report.project, unpaid(report.project)
    if rules.passes(report):
        for one in rest:
            if one.stage == stages.HELD:
                one.project = project
                release_hold(one, grade, now=now)
        become_due(project, "midterm", now=now)
        return
    if "hold_next" in report.consequence and rest and rest[0].stage != stages.HELD:
        carry(rest[0], "hold", note=grade, **NOBODY)
    if "withhold_last" in report.consequence and rest:
        leave_out(project, rest[-1], grade, by=by, now=now)
    if "claw_back" in report.consequence:
        for one in unpaid(project):
            leave_out(project, one, grade, by=by, now=now)


def _settle(report: Report, grade: str, *, by: Account, now: datetime) -> None:
    """What a closing grade does to the money."""
    project = report.project
    if rules.passes(report):
        become_due(project, "accepted", now=now)
        return
    rest = unpaid(project)
    for one in rest:
        last = one == rest[-1] and "withhold_last" in report.consequence
        if last or one.condition == "accepted" or "claw_back" in report.consequence:
            leave_out(project, one, grade, by=by, now=now)
        elif "hold_next" in report.consequence and one.stage != stages.HELD:
            carry(one, "hold", note=grade, **NOBODY)


def _held(report: Report) -> Report:
    project = hold(Project(pk=report.project_id))
    found = Report.objects.get(pk=report.pk)
    found.project = project
    return found


def _carry(report: Report, verb: str, **values: object) -> None:
    taken = _("这份报告刚刚有人处理过，请刷新后再看")
    advance(report, stages.REPORT, verb, taken, **values)
