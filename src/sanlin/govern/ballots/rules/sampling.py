"""When the sample of paper is drawn, who looks at it, and when it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import Keying, Roll, Sample, Settlement, Sheet
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.govern.rounds.stages import DECISION
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .batches import post_for_paper
from .paper import is_candidate
from .voting import roll_of


def sample_of(roll: Roll) -> Sample | None:
    """The sample of a roll, read once for each roll object."""
    return getattr(roll, "sample", None)


def counted_on_paper(roll: Roll) -> bool:
    """Whether sheets with a serial were counted in this vote."""
    return Sheet.objects.filter(roll=roll, serial__isnull=False).exists()


def is_checked(round: Round) -> Verdict:
    """Whether the entry of paper has been held against the paper; at once where there is none."""
    roll = roll_of(round)
    if roll is None or not counted_on_paper(roll):
        return ALLOWED
    sample = sample_of(roll)
    if sample is None:
        return denied(_("纸质票还没有抽样核对，请先掷骰子抽样"))
    if sample.stage == stages.LOOKING:
        return denied(_("纸质票的抽样核对还没有完成"))
    return ALLOWED


def can_see_sample(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Everybody, once the box has been opened."""
    roll = roll_of(round)
    if roll is None or roll.counted_at is None:
        return denied(_("开箱计票以后才抽样核对纸质票"))
    return ALLOWED


def can_draw_sample(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Draw, once: an officer, after the count and before the decision."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    if not (counted := can_see_sample(who, round, now=now)):
        return counted
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # it is counted
    if sample_of(roll) is not None:
        return denied(_("样本已经抽定，不能再抽"))
    if not counted_on_paper(roll):
        return denied(_("本轮没有纸质票"))
    if round.stage != DECISION:
        return denied(_("评定以后不能再抽样"))
    return ALLOWED


def can_look(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Enter what the paper shows: staff who lead no proposal on the ballot, while the sample is open."""
    if not post_for_paper(who, round, now=now):
        return denied(_("只有%(street)s和居委的工作人员可以办理纸质票") % {"street": round.street})
    if is_candidate(who, round, now=now):
        return denied(_("您是本轮一个提案的负责人，不能经手纸质票"))
    roll = roll_of(round)
    sample = sample_of(roll) if roll else None
    if sample is None:
        return denied(_("还没有抽样"))
    if sample.stage != stages.LOOKING:
        return denied(_("抽样核对已经完成"))
    return ALLOWED


def can_look_at(who: Any, sheet: Sheet, *, now: datetime) -> Verdict:
    """The same for one sheet: not whoever keyed or settled its batch."""
    if not (may := can_look(who, sheet.roll.round, now=now)):
        return may
    keyed = Keying.objects.filter(batch=sheet.batch_id, hand_id=who.pk).exists()
    if keyed or Settlement.objects.filter(batch=sheet.batch_id, hand_id=who.pk).exists():
        return denied(_("这一批是您录的或裁定的，请由别人核对"))
    return ALLOWED


def can_finish_sample(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Draw the conclusion: an officer, while the sample is open."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    roll = roll_of(round)
    sample = sample_of(roll) if roll else None
    if sample is None:
        return denied(_("还没有抽样"))
    if sample.stage != stages.LOOKING:
        return denied(_("抽样核对已经完成"))
    return ALLOWED
