"""Who keys paper, when, and what is missing before the box may be opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import is_staff, posts_of
from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import Batch, Booth, Keying, Roll
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Refused, Verdict, denied
from sanlin.kernel.ballots.serial import NotASerial, read_serial, serial
from sanlin.kernel.ballots.sheet import Sheet as Judged
from sanlin.kernel.ballots.sheet import judge

from .accounts import gap
from .paper import is_candidate
from .voting import form_of, roll_of

KEY_POSTS = (PostKind.COMMITTEE_WORKER, PostKind.STREET_OFFICER)


def post_for_paper(who: Any, round: Round, *, now: datetime) -> str:
    """The post in which `who` works on paper of this round, or "": an officer of its street or a worker
    of one of its committees, in her own name."""
    held = {
        post.kind
        for post in posts_of(who, now=now)
        if round.street_id in (post.street_id, post.neighbourhood and post.neighbourhood.street_id)
    }
    return next((str(kind) for kind in KEY_POSTS if kind in held), "")


def can_see_batches(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Staff of the street and its committees, and its auditors, once the vote has opened."""
    if not (staff := is_staff(who, round.street, now=now)):
        return staff
    return ALLOWED if roll_of(round) else denied(_("投票还没有开始"))


def _is_time(round: Round) -> Verdict:
    """Paper is keyed between the close of the whole vote and the count: there is no interim result."""
    roll = roll_of(round)
    if roll is None or roll.closed_at is None:
        return denied(_("投票截止以后才能登记和录入纸质票：截止以前谁都不能知道票数"))
    if roll.counted_at is not None:
        return denied(_("票箱已经打开并计票"))
    return ALLOWED


def may_work_on_paper(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Touch the sheets at all: staff who lead no proposal on the ballot, between close and count."""
    if not post_for_paper(who, round, now=now):
        return denied(_("只有%(street)s和居委的工作人员可以办理纸质票") % {"street": round.street})
    if is_candidate(who, round, now=now):
        return denied(_("您是本轮一个提案的负责人，不能经手纸质票"))
    return _is_time(round)


def can_register(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Count a stack out of the box of a closed booth: staff who lead no proposal on the ballot."""
    if not (may := may_work_on_paper(who, booth.round, now=now)):
        return may
    if booth.stage not in (stages.CLOSED, stages.SIGNED):
        return denied(_("%(booth)s还没有关闭，不能登记批次") % {"booth": booth})
    return ALLOWED


def can_drop_batch(who: Any, batch: Batch, *, now: datetime) -> Verdict:
    """Take back a batch that nobody has begun to key."""
    if not (may := may_work_on_paper(who, batch.booth.round, now=now)):
        return may
    if batch.keyings.exists():
        return denied(_("这一批已经有人在录，不能撤销"))
    return ALLOWED


def can_key(who: Any, batch: Batch, *, now: datetime) -> Verdict:
    """Key a batch that still wants a hand: the first or the second, never both."""
    if not (may := may_work_on_paper(who, batch.booth.round, now=now)):
        return may
    taken = list(Keying.objects.filter(batch=batch))
    mine = next((one for one in taken if one.hand_id == who.pk), None)
    if mine is not None:
        if mine.handed_in_at is not None:
            return denied(_("您已经交出这一批；第二遍由另一个人录"))
        return ALLOWED
    if batch.stage not in (stages.REGISTERED, stages.ONCE) or len(taken) > 1:
        return denied(_("这一批已经有两个人录"))
    return ALLOWED


def can_release(who: Any, keying: Keying, *, now: datetime) -> Verdict:
    """Give a place of a batch to somebody else, before it was handed in: its hand, or an officer."""
    round = keying.batch.booth.round
    if who.pk != keying.hand_id and not (officer := can_run(who, round, now=now)):
        return officer
    if keying.handed_in_at is not None:
        return denied(_("已经交出的录入不能再改"))
    return _is_time(round)


def can_see_keyed(who: Any, keying: Keying, *, now: datetime) -> Verdict:
    """What one hand has keyed: that hand alone, until both are in; then also the third person."""
    if keying.hand_id == who.pk and who.hand is None and keying.handed_in_at is None:
        return ALLOWED
    if keying.batch.stage == stages.DIFFERING:
        return can_settle(who, keying.batch, now=now)
    return denied(_("两遍都交出以前，谁都看不到另一个人录了什么"))


def can_settle(who: Any, batch: Batch, *, now: datetime) -> Verdict:
    """Look at the paper where two keyings differ: a third person."""
    if not (may := may_work_on_paper(who, batch.booth.round, now=now)):
        return may
    if batch.stage != stages.DIFFERING:
        return denied(_("这一批没有要裁定的差异"))
    if Keying.objects.filter(batch=batch, hand_id=who.pk).exists():
        return denied(_("录过这一批的人不能裁定；请由第三个人对着纸票裁定"))
    return ALLOWED


def can_explain(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Say in writing why a box and its batches differ: an officer, once every batch is done."""
    if not (officer := can_run(who, booth.round, now=now)):
        return officer
    if not (time := _is_time(booth.round)):
        return time
    if booth.stage != stages.SIGNED:
        return denied(_("%(booth)s的票站记录还没有两人签字") % {"booth": booth})
    if Batch.objects.filter(booth=booth).exclude(stage__in=stages.DONE).exists():
        return denied(_("%(booth)s还有批次没有录完，录完再说明差异") % {"booth": booth})
    if not gap(booth):
        return denied(_("箱内张数与各批之和一致，没有差异要说明"))
    return ALLOWED


# --- what a sheet says ----------------------------------------------------------------------------


def judged(marks: Mapping[int, int], flag: str, booth: Booth, roll: Roll) -> Judged:
    """What a sheet of this booth amounts to, by the rules of a ballot online. A booth of one neighbourhood
    serves its voters alone, and so do its sheets."""
    bids = roll.bids if booth.neighbourhood_id is None else roll.open_to(booth.neighbourhood_id)
    return judge(marks, form_of(roll.round), bids, flag)


def serial_of(written: str, booth: Booth) -> str:
    """A serial of this booth as it was scanned or typed, in its one form; also without round and booth in front. Raises Refused."""
    plain = "".join(written.split()).replace("－", "-").rpartition("/")[2]
    if re.fullmatch(r"\d{4,6}-?\d{2}", plain, re.ASCII):
        plain = f"{booth.round_id}-{booth.number}-{plain.replace('-', '')[:-2]}-{plain[-2:]}"
    try:
        round, number, sheet = read_serial(plain)
    except NotASerial:
        raise Refused(_("票号不对，请对照纸票再输一次（校验码对不上）")) from None
    if (round, number) != (booth.round_id, booth.number):
        raise Refused(_("这是别的投票站或别的轮次的票号；确实在这一批里的，请录为“不是本站选票”"))
    if not 0 < sheet <= booth.received:
        raise Refused(
            _("%(booth)s没有领过这个票号；确实在这一批里的，请录为“不是本站选票”")
            % {"booth": booth}
        )
    return serial(round, number, sheet)
