from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Membership
from sanlin.govern.growth import stages
from sanlin.govern.growth.models import Aside, Juror, Pitching, Score, Slot
from sanlin.govern.projects.models import Report, ReportKind
from sanlin.govern.projects.rules import can_handle
from sanlin.govern.projects.stages import HANDED_IN
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage, can_run
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel import scoring
from sanlin.kernel.packs import Rules
from sanlin.kernel.packs.rules import PitchLine

from .circles import can_see_round


def sheet_of(rules: Rules, kind: str) -> tuple[PitchLine, ...]:
    """The lines by which a pitch of this kind is marked."""
    return tuple(line for line in rules.pitch if line.kind == kind)


def rubric(lines: Sequence[PitchLine]) -> list[scoring.Criterion]:
    """The same for the kernel: weights in permille, so that a full sheet is 1000."""
    return [scoring.Criterion(line.key, line.weight, line.max) for line in lines]


def can_see_plans(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The sessions of a round: everybody reads when and where."""
    return can_see_round(who, round, now=now)


def can_plan(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer, in a round with a midterm and a sheet to mark it by."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.RUNNING or "midterm" not in round.rules.stages:
        return denied(_("实施阶段、办法设中期评估的轮次才能开评议会"))
    if not round.rules.pitch:
        return denied(_("本轮办法没有中期评分表"))
    return ALLOWED


def can_see_pitching(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """The desk of a session: the street's staff."""
    return can_manage(who, pitching.round, now=now)


def can_see_wall(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """The projector shows what everybody in the room sees."""
    return can_see_round(who, pitching.round, now=now)


def can_see_slot(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    return can_manage(who, slot.pitching.round, now=now)


def can_keep(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """Jurors and the order are set by an officer until the session ends."""
    if not (verdict := can_run(who, pitching.round, now=now)):
        return verdict
    if pitching.stage == stages.CLOSED:
        return denied(_("评议会已经结束"))
    return ALLOWED


def can_dismiss(who: Any, juror: Juror, *, now: datetime) -> Verdict:
    return can_keep(who, juror.pitching, now=now)


def can_enter(who: Any, pitching: Pitching, report: Report, *, now: datetime) -> Verdict:
    """A midterm report of the round that waits to be reviewed and has no turn yet."""
    if not (verdict := can_keep(who, pitching, now=now)):
        return verdict
    if report.project.round_id != pitching.round_id or report.kind != ReportKind.MIDTERM:
        return denied(_("只能安排本轮的中期报告"))
    if report.stage != HANDED_IN or Slot.objects.filter(report=report).exists():
        return denied(_("这份报告已经安排或评估"))
    return ALLOWED


def can_open(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """On its day, with enough jurors and something to hear."""
    if not (verdict := can_keep(who, pitching, now=now)):
        return verdict
    if pitching.stage != stages.PLANNED:
        return denied(_("评议会已经开始"))
    if local_day(now) < local_day(pitching.at):
        return denied(_("还没有到评议会的日子"))
    short = pitching.round.rules.pitch_jurors - pitching.jurors.count()
    if short > 0:
        return denied(_("还差%(n)s位评委") % {"n": short})
    if not pitching.slots.exists():
        return denied(_("还没有安排项目"))
    return ALLOWED


def can_call(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """One pitch at a time."""
    if not (verdict := can_handle(who, slot.report.project, now=now)):
        return verdict
    if slot.pitching.stage != stages.OPEN:
        return denied(_("评议会没有在进行"))
    if slot.stage != stages.WAITING:
        return denied(_("这一项已经汇报"))
    if Slot.objects.filter(pitching=slot.pitching_id, stage=stages.CALLED).exists():
        return denied(_("上一项还没有评定"))
    return ALLOWED


def can_put_back(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """A pitch that was called too early waits again, as long as nobody has marked it."""
    if not (verdict := can_handle(who, slot.report.project, now=now)):
        return verdict
    if slot.stage != stages.CALLED:
        return denied(_("这一项没有在汇报"))
    if slot.scores.exists():
        return denied(_("已有评委打分，不能退回等候"))
    return ALLOWED


def can_leave_out(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """A project that nobody has heard is taken out of the order, such as one that did not come."""
    if not (verdict := can_keep(who, slot.pitching, now=now)):
        return verdict
    if slot.stage != stages.WAITING:
        return denied(_("已经开始汇报，不能移出顺序"))
    return ALLOWED


def own_chair(who: Any, pitching: Pitching) -> Juror | None:
    """The chair of this person in the session."""
    if not who.is_authenticated or who.hand is not None:
        return None
    return Juror.objects.filter(pitching=pitching, account_id=who.pk).first()


def can_see_seat(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """The jurors' own page on their phones."""
    if own_chair(who, pitching) is None:
        return denied(_("只有这次评议会的评委本人可以打分"))
    return ALLOWED


def can_see_score(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """The page of a juror's own sheet."""
    return can_see_seat(who, slot.pitching, now=now)


def can_score(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """A juror, for herself, once, while the project is being heard; never of her own team."""
    chair = own_chair(who, slot.pitching)
    if chair is None:
        return denied(_("只有这次评议会的评委本人可以打分"))
    if Score.objects.filter(slot=slot, juror=chair).exists():
        return denied(_("您已经打过分，打分后不能更改"))
    if Aside.objects.filter(slot=slot, juror=chair).exists():
        return denied(_("您已回避这一项"))
    if slot.stage != stages.CALLED:
        return denied(_("项目汇报时才能打分"))
    team = slot.report.project.undertaking.organisation_id
    if Membership.objects.filter(account_id=who.pk, organisation=team).exists():
        return denied(_("您是这个团队的成员，须回避"))
    return ALLOWED


def can_step_aside(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """A juror, before she has marked and before the mark is made."""
    chair = own_chair(who, slot.pitching)
    if chair is None:
        return denied(_("只有这次评议会的评委本人可以打分"))
    if slot.stage == stages.MARKED or Score.objects.filter(slot=slot, juror=chair).exists():
        return denied(_("已经打分或评定，不能再回避"))
    if Aside.objects.filter(slot=slot, juror=chair).exists():
        return denied(_("您已回避这一项"))
    return ALLOWED


def can_mark(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """The officer makes the mark when all jurors have given theirs; those who stepped aside or did
    not come are left out, as long as enough are left."""
    if not (verdict := can_handle(who, slot.report.project, now=now)):
        return verdict
    if slot.stage != stages.CALLED:
        return denied(_("这一项没有在汇报"))
    short = slot.pitching.round.rules.pitch_jurors - slot.scores.count()
    if short > 0:
        return denied(_("还差%(n)s份打分") % {"n": short})
    return ALLOWED


def can_note(who: Any, slot: Slot, *, now: datetime) -> Verdict:
    """Findings are ticked and conditions laid down by an officer who is not of the team."""
    if not (verdict := can_handle(who, slot.report.project, now=now)):
        return verdict
    if slot.stage == stages.WAITING:
        return denied(_("汇报以后才能记录问题"))
    return ALLOWED


def can_close(who: Any, pitching: Pitching, *, now: datetime) -> Verdict:
    """When nobody waits and nothing is being heard."""
    if not (verdict := can_keep(who, pitching, now=now)):
        return verdict
    if pitching.stage != stages.OPEN:
        return denied(_("评议会没有在进行"))
    left = pitching.slots.exclude(stage=stages.MARKED).count()
    if left:
        return denied(_("还有%(n)s个项目没有评定") % {"n": left})
    return ALLOWED
