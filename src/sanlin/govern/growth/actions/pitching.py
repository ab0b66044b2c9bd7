from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.db.models import Max
from django.utils.translation import gettext as _

from sanlin.govern.growth import rules, stages
from sanlin.govern.growth.models import Aside, Juror, Pitching, Score, Slot, Wanted
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Report
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel import scoring

from .circles import advise

WHOLE = 1000  # permille of a full sheet


@deed("growth.plan_pitching")
def plan(
    round: Round, title: str, at: datetime, place: str, *, by: Account, now: datetime
) -> Pitching:
    """Plan a midterm session; pitches are as long as the round's rules say."""
    require(rules.can_plan(by, round, now=now))
    made = Pitching.objects.create(
        round=round,
        title=title.strip(),
        at=at,
        place=place.strip(),
        minutes=round.rules.pitch_minutes,
    )
    record(made, by=by, now=now, round=round.pk, minutes=made.minutes)
    return made


@deed("growth.invite_juror")
def invite(pitching: Pitching, account: Account, part: str, *, by: Account, now: datetime) -> Juror:
    """Give somebody a chair: the community's head, the acceptance staff, the supervisors, an expert."""
    held = _held(pitching)
    require(rules.can_keep(by, held, now=now))
    with refusing(_("已经是这次评议会的评委")):
        made = Juror.objects.create(pitching=held, account=account, part=part)
    record(made, by=by, now=now, pitching=held.pk, account=account, part=part)
    return made


@deed("growth.dismiss_juror")
def dismiss(juror: Juror, *, by: Account, now: datetime) -> Pitching:
    """Take a chair away that has not marked anything."""
    held = _held(juror.pitching)
    require(rules.can_keep(by, held, now=now))
    if juror.scores.exists() or juror.asides.exists():
        raise Refused(_("这位评委已经打分或回避，不能移除"))
    record(held, by=by, now=now, account=juror.account)
    juror.delete()
    return held


@deed("growth.enter_slot")
def enter(pitching: Pitching, report: Report, kind: str, *, by: Account, now: datetime) -> Slot:
    """Put a project at the end of the order; `kind` says by which sheet it is marked, and from now on
    of which kind it is: without one, that of the project."""
    held = _held(pitching)
    require(rules.can_enter(by, held, report, now=now))
    kind = kind or report.project.kind
    if not rules.sheet_of(held.round.rules, kind):
        raise Refused(_("本轮办法没有这类项目的评分表"))
    if kind != report.project.kind:
        projects.set_kind(report.project, kind, by=by, now=now)
    last = held.slots.aggregate(last=Max("place"))["last"] or 0
    with refusing(_("这份报告已经安排或评估")):
        made = Slot.objects.create(pitching=held, report=report, kind=kind, place=last + 1)
    record(made, by=by, now=now, pitching=held.pk, report=report.pk, kind=kind)
    return made


@deed("growth.enter_slots")
def enter_all(
    pitching: Pitching, reports: Sequence[Report], kind: str, *, by: Account, now: datetime
) -> Pitching:
    """Put several projects at the end of the order, as they are given: all by the sheet of one kind,
    or without one each by that of its own."""
    if not reports:
        raise Refused(_("请选择要排入的项目"))
    for report in reports:
        enter(pitching, report, kind, by=by, now=now)
    record(pitching, by=by, now=now, entered=len(reports), kind=kind)
    return pitching


@deed("growth.leave_out_slot")
def leave_out(slot: Slot, *, by: Account, now: datetime) -> Pitching:
    """Take a project out of the order that was not heard: it may be heard at another session."""
    held = _slot(slot)
    require(rules.can_leave_out(by, held, now=now))
    record(held.pitching, by=by, now=now, report=held.report_id, place=held.place)
    held.asides.all().delete()
    held.delete()
    return held.pitching


@deed("growth.open_pitching")
def open_pitching(pitching: Pitching, *, by: Account, now: datetime) -> Pitching:
    """The session begins."""
    held = _held(pitching)
    require(rules.can_open(by, held, now=now))
    return _step(held, "open", by, now)


@deed("growth.close_pitching")
def close(pitching: Pitching, *, by: Account, now: datetime) -> Pitching:
    """The session ends when every project in its order has its mark."""
    held = _held(pitching)
    require(rules.can_close(by, held, now=now))
    return _step(held, "close", by, now)


@deed("growth.call_slot")
def call(slot: Slot, *, by: Account, now: datetime) -> Slot:
    """A project begins to pitch: the clock runs, the jurors may mark."""
    held = _slot(slot)
    require(rules.can_call(by, held, now=now))
    with refusing(_("上一项还没有评定")):
        _carry(held, "call", called_at=now)
    record(held, by=by, now=now, place=held.place)
    return held


@deed("growth.put_back_slot")
def put_back(slot: Slot, *, by: Account, now: datetime) -> Slot:
    """A project that was called by mistake, or is not there, waits again."""
    held = _slot(slot)
    require(rules.can_put_back(by, held, now=now))
    _carry(held, "put_back", called_at=None)
    record(held, by=by, now=now, place=held.place)
    return held


@deed("growth.score")
def score(slot: Slot, marks: Mapping[str, Fraction | None], *, by: Account, now: datetime) -> Score:
    """A juror's sheet: every line marked, whole or half; given once and not changed."""
    held = _slot(slot)
    require(rules.can_score(by, held, now=now))
    lines = rules.rubric(rules.sheet_of(held.pitching.round.rules, held.kind))
    if scoring.check(lines, marks):
        raise Refused(_("有分数超出范围，请按评分表填写"))
    if scoring.blanks(lines, marks):
        raise Refused(_("每一项都要打分"))
    chair = Juror.objects.get(pitching=held.pitching_id, account=by)
    halves = {key: int(mark * 2) for key, mark in marks.items() if mark is not None}
    with refusing(_("您已经打过分，打分后不能更改")):
        made = Score.objects.create(slot=held, juror=chair, halves=halves, at=now)
    record(made, by=by, now=now, slot=held.pk)
    return made


@deed("growth.step_aside")
def step_aside(slot: Slot, reason: str, *, by: Account, now: datetime) -> Aside:
    """A juror does not mark this one, and says why."""
    held = _slot(slot)
    require(rules.can_step_aside(by, held, now=now))
    if len(reason.strip()) < 2:
        raise Refused(_("请写明回避理由"))
    chair = Juror.objects.get(pitching=held.pitching_id, account=by)
    with refusing(_("您已回避这一项")):
        made = Aside.objects.create(slot=held, juror=chair, reason=reason.strip()[:200], at=now)
    record(made, by=by, now=now, slot=held.pk)
    return made


@deed("growth.mark_slot")
def make_mark(slot: Slot, note: str, *, by: Account, now: datetime) -> Slot:
    """The mean of the jurors' totals is the mark of the midterm report: the money follows from it."""
    held = _slot(slot)
    require(rules.can_mark(by, held, now=now))
    mark = whole_mark(totals_of(held).values())
    _carry(held, "mark", mark=mark, marked_at=now, note=note.strip())
    projects.review(held.report, mark, note, by=by, now=now)
    record(held, by=by, now=now, mark=mark, sheets=held.scores.count())
    return held


def totals_of(slot: Slot) -> dict[int, Fraction]:
    """Each juror's total of 1000, exact."""
    lines = rules.rubric(rules.sheet_of(slot.pitching.round.rules, slot.kind))
    found = {}
    for sheet in slot.scores.all():
        marks = {key: Fraction(halves, 2) for key, halves in sheet.halves.items()}
        total = scoring.total(lines, marks)
        if total is not None:
            found[sheet.juror_id] = total
    return found


def whole_mark(totals: Collection[Fraction]) -> int:
    """The mean of totals of 1000 as a whole mark of 100; a half is rounded up.

    >>> whole_mark([Fraction(800), Fraction(850)])
    83
    """
    mean = scoring.mean(list(totals)) or Fraction(0)
    return int(mean * 100 / WHOLE + Fraction(1, 2))


@deed("growth.tick_findings")
def tick(slot: Slot, findings: Collection[str], *, by: Account, now: datetime) -> Slot:
    """Tick what was found: keys of the round's list."""
    held = _slot(slot)
    require(rules.can_note(by, held, now=now))
    known = [one.key for one in held.pitching.round.rules.findings]
    if set(findings) - set(known):
        raise Refused(_("清单里没有这一项"))
    ticked = [key for key in known if key in findings]
    Slot.objects.filter(pk=held.pk).update(findings=ticked)
    held.findings = ticked
    record(held, by=by, now=now, findings=ticked)
    return held


@deed("growth.lay_down")
def lay_down(slot: Slot, wanted: Sequence[Wanted], *, by: Account, now: datetime) -> Slot:
    """Conditions of the midterm, each with its day: they become to-dos of the project."""
    held = _slot(slot)
    require(rules.can_note(by, held, now=now))
    if not wanted:
        raise Refused(_("请写明要改进什么、何日前做到"))
    if any(one.due <= local_day(now) for one in wanted):
        raise Refused(_("期限须在今天以后"))
    advise(held.report.project, wanted, slot=held)
    record(held, by=by, now=now, advice=len(wanted))
    return held


def _held(pitching: Pitching) -> Pitching:
    rows = Pitching.objects.select_for_update(of=("self",), no_key=True)
    found: Pitching = rows.select_related("round__street").get(pk=pitching.pk)
    return found


def _slot(slot: Slot) -> Slot:
    """The slot as it lies, held: a mark is made out of all sheets or a sheet comes too late."""
    rows = Slot.objects.select_for_update(of=("self",), no_key=True).select_related(
        "pitching__round__street", "report__project__undertaking__organisation"
    )
    found: Slot = rows.get(pk=slot.pk)
    return found


def _step(held: Pitching, verb: str, by: Account, now: datetime) -> Pitching:
    target = stages.PITCHING.after(held.stage, verb)
    Pitching.objects.filter(pk=held.pk, stage=held.stage).update(stage=target)
    held.stage = target
    record(held, by=by, now=now, slots=held.slots.count(), jurors=held.jurors.count())
    return held


def _carry(slot: Slot, verb: str, **values: object) -> None:
    advance(slot, stages.SLOT, verb, _("这一项刚刚有人处理过，请刷新后再看"), **values)
