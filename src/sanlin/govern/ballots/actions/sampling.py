"""The sample of paper: drawn by anybody's dice after the count, looked at, and concluded."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from sanlin.govern.ballots import queries, rules, stages
from sanlin.govern.ballots.models import (
    Batch,
    Channel,
    Look,
    Roll,
    Sample,
    Sheet,
    Tally,
)
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import Checkpoint
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ballots import sample as sampling
from sanlin.kernel.ballots.form import Choices
from sanlin.kernel.ballots.sheet import BLANK, INVALID, VALID
from sanlin.kernel.ballots.sheet import Sheet as Judged

from .batches import Paper, paper_counted, written
from .counting import write_count
from .opening import forget

OPENED = "box.open"  # the deed after which the dice may be thrown


def _hold(round: Round) -> Roll:
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    return roll


@deed("sample.draw")
def draw_sample(
    round: Round, digits: str, margin: int, limit: int, *, by: Account, now: datetime
) -> Sample:
    """Draw sheets by the digits of dice that were thrown before everybody, and by the root of the log
    that was published at the opening of the box. `margin` in votes, `limit` permille."""
    roll = _hold(round)
    require(rules.can_draw_sample(by, round, now=now))
    kept = Checkpoint.objects.filter(log=round.log, why=OPENED).order_by("-size").first()
    if kept is None:
        raise Refused(_("找不到开箱时公布的校验点，不能抽样；请联系审计员"))
    root = bytes(kept.root).hex()
    try:
        sampling.seed_of(root, digits)
    except ValueError:
        raise Refused(_("请输入6到40个骰子数字，只要数字")) from None
    if margin < 1 or not 0 < limit < 1000:
        raise Refused(_("票差至少1票，风险上限在0和100%之间"))
    sheets = queries.numbered(roll)
    draws = queries.draws_due(roll, len(sheets), margin, limit, [])
    with refusing(_("样本已经抽定，不能再抽")):
        sample = Sample.objects.create(
            roll=roll,
            limit=limit,
            margin=margin,
            root=root,
            size=kept.size,
            digits=digits,
            draws=min(draws, len(sheets)),
            full=draws >= len(sheets),
            drawn_at=now,
        )
    record(
        sample,
        by=by,
        now=now,
        digits=digits,
        root=root,
        size=kept.size,
        margin=margin,
        limit=limit,
        sheets=len(sheets),
        draws=sample.draws,
        full=sample.full,
    )
    return sample


@deed("sample.look")
def look(sample: Sample, sheet: Sheet, paper: Paper | None, *, by: Account, now: datetime) -> Look:
    """Enter what the paper of a drawn sheet shows, None where it is not in its batch; once a sheet, by
    somebody who did not key it. What was keyed is not shown before."""
    require(rules.can_look_at(by, sheet, now=now))
    roll = sheet.roll
    if sheet.serial is None or not queries.drawn(sample)[sheet.serial]:
        raise Refused(_("这张票没有抽中"))
    form = rules.form_of(roll.round)
    seen = Judged(INVALID, "missing")
    if paper is not None:
        seen = rules.judged(paper.marks, paper.flag, sheet.batch.booth, roll)
    counted = _choices(sheet.choices)
    overstated = sampling.overstatement(counted, seen.choices, form)
    if paper is None:
        overstated = 2 * sampling.weight(form)  # whatever it was: the worst
    differs = paper is None or (sheet.state, sheet.choices) != (seen.state, written(seen))
    with refusing(_("这张票刚刚由别人核对过")):
        made = Look.objects.create(
            sample=sample,
            sheet=sheet,
            hand=by,
            missing=paper is None,
            state=seen.state,
            reason=seen.reason,
            choices=written(seen),
            differs=differs,
            overstated=overstated,
        )
    record(sample, by=by, now=now, serial=sheet.serial, differs=differs, overstated=overstated)
    return made


def _choices(text: str) -> Choices:
    return tuple((key, weight) for key, weight in json.loads(text or "[]"))


@deed("sample.finish")
def finish_sample(round: Round, *, by: Account, now: datetime) -> Sample:
    """Conclude: the risk is reached; or more sheets are drawn; or all were looked at, and where paper
    and entry differ the count becomes that of the paper."""
    roll = _hold(round)
    require(rules.can_finish_sample(by, round, now=now))
    sample = Sample.objects.select_for_update(no_key=True).get(roll=roll)
    times = queries.drawn(sample)
    looks = {look.sheet.serial: look for look in sample.looks.select_related("sheet__batch")}
    waiting = [serial for serial in times if serial not in looks]
    if waiting:
        raise Refused(_("还有%(n)s张抽中的票没有核对") % {"n": len(waiting)})
    found = [looks[serial].overstated for serial in sorted(times) for _n in range(times[serial])]
    sample.differences = sum(looks[serial].differs for serial in times)
    if sample.full:
        _correct(roll, sample, list(looks.values()))
    else:
        _judge(roll, sample, found)
    sample.save(
        update_fields=["stage", "draws", "full", "risk", "differences"],
    )
    record(
        sample,
        by=by,
        now=now,
        draws=sample.draws,
        full=sample.full,
        differences=sample.differences,
        risk=sample.risk,
        stands=sample.stage,
    )
    return sample


def _judge(roll: Roll, sample: Sample, found: list[int]) -> None:
    """Enough, or so many draws more as bring the risk down if no further error turns up."""
    sheets = len(queries.numbered(roll))
    weight = sampling.weight(rules.form_of(roll.round))
    risk = sampling.risk(found, sheets, sample.margin, weight)
    sample.risk = sampling.permille(risk)
    if risk <= Fraction(sample.limit, 1000):
        sample.stage = stages.SAMPLE.after(sample.stage, "confirm")
        return
    draws = queries.draws_due(roll, sheets, sample.margin, sample.limit, [n for n in found if n])
    sample.full = draws >= sheets
    sample.draws = min(draws, sheets)


def _correct(roll: Roll, sample: Sample, looks: list[Look]) -> None:
    """Every sheet was looked at: what the paper shows is the count, without any risk. A sheet that could not be found stays as it was keyed."""
    sample.risk = 0
    wrong = [look for look in looks if look.differs and not look.missing]
    if not wrong:
        sample.stage = stages.SAMPLE.after(sample.stage, "confirm")
        return
    for look in wrong:
        sheet = look.sheet
        sheet.state, sheet.reason, sheet.choices = look.state, look.reason, look.choices
        sheet.save(update_fields=["state", "reason", "choices"])
    for batch in Batch.objects.filter(pk__in={look.sheet.batch_id for look in wrong}):
        states = Counter(Sheet.objects.filter(batch=batch).values_list("state", flat=True))
        batch.valid, batch.blank, batch.invalid = (states[s] for s in (VALID, BLANK, INVALID))
        batch.save(update_fields=["valid", "blank", "invalid"])
    Tally.objects.filter(roll=roll, channel=Channel.PAPER).delete()
    write_count(roll, paper_counted(roll), Channel.PAPER)
    sample.stage = stages.SAMPLE.after(sample.stage, "correct")
