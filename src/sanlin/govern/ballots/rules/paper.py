"""Booths: who plans them, who is on duty, to whom a sheet may be handed out, and when a booth is settled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Membership
from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.people.models import Post, PostKind
from sanlin.commons.people.rules import is_staff, posts_of
from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import Booth, Duty, Roll, Shift, Voter
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.stages import ADMITTED
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import moment
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .voting import is_on_roll, is_open, roll_of

KINDS = (PostKind.STREET_OFFICER, PostKind.COMMITTEE_WORKER, PostKind.SOCIAL_WORKER)
LEAST = 2  # officers in a shift, and signatures under a protocol
SET_UP = timedelta(minutes=60)  # before a shift: seal the empty box, fetch the sheets
MOST_SHEETS = 5_000  # of one booth
MOST_BOOTHS = 60  # of one round
SEAL = re.compile(r"[A-Za-z0-9-]{1,20}")


# --- what the pack says, and who is who -------------------------------------------------------


def has_paper(round: Round) -> Verdict:
    """Whether this round takes paper ballots at all."""
    if not round.frozen or VOTE not in round.rules.stages:
        return denied(_("本轮办法没有居民投票这一环节"))
    if not round.rules.vote.paper:
        return denied(_("本轮办法没有纸质投票"))
    return ALLOWED


def candidates_of(round: Round) -> QuerySet[Proposal]:
    """What stands, or may come to stand, on the ballot."""
    return Proposal.objects.filter(round=round, stage=ADMITTED)


def is_candidate(who: Any, round: Round, *, now: datetime) -> bool:
    """Whether `who` leads a team whose proposal stands for this vote."""
    led = [team for team, leads in teams_of(who, now=now).items() if leads]
    return bool(led) and candidates_of(round).filter(team__in=led).exists()


def fit_for_duty(round: Round, *, now: datetime) -> QuerySet[Account]:
    """Who may be put on duty at a booth of this round: whoever holds a post in its street or one of its
    neighbourhoods, and leads no project that stands for the vote. The posts stand in `held`."""
    day = local_day(now)
    held = Post.objects.on(day).filter(kind__in=KINDS)
    here = held.filter(street=round.street_id) | held.filter(neighbourhood__street=round.street_id)
    leaders = Membership.objects.on(day).filter(
        leads=True, organisation__in=candidates_of(round).values("team")
    )
    rows = Account.objects.filter(is_active=True, pk__in=here.values("account"))
    shown = here.select_related("street", "neighbourhood")
    rows = rows.prefetch_related(Prefetch("posts", shown, to_attr="held"))
    return rows.exclude(pk__in=leaders.values("account")).order_by("name", "pk")


def can_serve(account: Account, round: Round, *, now: datetime) -> Verdict:
    """Whether somebody may be on duty; the sentence names who may not."""
    street = round.street_id
    held = [
        post
        for post in posts_of(account, now=now)
        if post.kind in KINDS
        and (post.street_id == street or getattr(post.neighbourhood, "street_id", None) == street)
    ]
    if not held:
        return denied(
            _("%(who)s不是%(street)s或其居委的工作人员，不能值班")
            % {"who": account, "street": round.street}
        )
    if is_candidate(account, round, now=now):
        return denied(_("%(who)s是参加投票的项目的负责人，不能在本轮值班") % {"who": account})
    return ALLOWED


def shifts_of(booth: Booth) -> list[Shift]:
    """The shifts of a booth with who is on duty, read once for each booth object."""
    duties = Prefetch("duties", Duty.objects.select_related("account").order_by("account__name"))
    if "shifts" not in getattr(booth, "_prefetched_objects_cache", {}):
        shifts = Shift.objects.prefetch_related(duties).order_by("starts")
        prefetch_related_objects([booth], Prefetch("shifts", shifts))
    return list(booth.shifts.all())


def forget_shifts(booth: Booth) -> None:
    """What was read of the shifts of a booth holds no more."""
    getattr(booth, "_prefetched_objects_cache", {}).pop("shifts", None)


def _mine(who: Any, booth: Booth) -> list[Shift]:
    """The shifts in which `who`, acting for herself, is on duty there."""
    if not who.is_authenticated or who.hand is not None:
        return []
    return [
        shift
        for shift in shifts_of(booth)
        if any(duty.account_id == who.pk for duty in shift.duties.all())
    ]


def shift_of(who: Any, booth: Booth, *, now: datetime) -> Shift | None:
    """The shift in which `who` is on duty at this booth at this moment."""
    return next((one for one in _mine(who, booth) if one.starts <= now < one.ends), None)


def serves(who: Any, booth: Booth) -> bool:
    """Whether `who` is on duty in any shift of this booth."""
    return bool(_mine(who, booth))


# --- planning ---------------------------------------------------------------------------------


def can_see_booths(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The booths of a round as staff see them: staff of the street, and whoever is on duty."""
    if not (paper := has_paper(round)):
        return paper
    if staff := is_staff(who, round.street, now=now):
        return ALLOWED
    return ALLOWED if booths_served(who, round) else staff


def booths_served(who: Any, round: Round) -> set[int]:
    """The booths of a round, by their keys, at which `who` is on duty in any shift."""
    if not who.is_authenticated or who.hand is not None:
        return set()
    rows = Duty.objects.filter(shift__booth__round=round, account_id=who.pk)
    return set(rows.values_list("shift__booth_id", flat=True))


def can_see_where(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Where and when one can vote on paper: everybody."""
    return has_paper(round)


def can_show_pass(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Show one's own code at a booth: whoever is on the roll, while the vote is open."""
    if not (paper := has_paper(round)):
        return paper
    if not (open_ := is_open(round, now=now)):
        return open_
    return is_on_roll(who, round, now=now)


def can_add_booth(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The officer of the street, until the vote has closed."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    if not (paper := has_paper(round)):
        return paper
    if not (open_ := _not_over(round)):
        return open_
    if Booth.objects.filter(round=round).count() >= MOST_BOOTHS:
        return denied(_("一轮最多设%(n)s个投票站") % {"n": MOST_BOOTHS})
    return ALLOWED


def _not_over(round: Round) -> Verdict:
    roll = roll_of(round)
    if roll is not None and roll.closed_at is not None:
        return denied(_("投票已经截止，投票站不能再改"))
    return ALLOWED


def can_change_booth(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Name, place and shifts: the officer of the street, until the booth is closed."""
    if not (officer := can_run(who, booth.round, now=now)):
        return officer
    if booth.stage in (stages.CLOSED, stages.SIGNED):
        return denied(_("投票站已经关闭，不能再改"))
    return _not_over(booth.round)


def can_drop_booth(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """As long as nothing has happened there."""
    if not (change := can_change_booth(who, booth, now=now)):
        return change
    if booth.stage != stages.PLANNED or booth.received or booth.lines.exists():
        return denied(_("已经领到选票或开放过的投票站不能删除，请按程序关闭"))
    return ALLOWED


def can_change_shift(who: Any, shift: Shift, *, now: datetime) -> Verdict:
    """Who is on duty can be changed until the shift is over."""
    if shift.ends <= now:
        return denied(_("这一班已经结束，不能再改"))
    return can_change_booth(who, shift.booth, now=now)


def can_drop_shift(who: Any, shift: Shift, *, now: datetime) -> Verdict:
    """A shift that has not begun, and in which nobody was marked."""
    if shift.starts <= now:
        return denied(_("这一班已经开始，不能删除"))
    return can_change_booth(who, shift.booth, now=now)


def is_fit_shift(
    booth: Booth, starts: datetime, ends: datetime, officers: Iterable[Account], *, now: datetime
) -> Verdict:
    """Whether a shift lies within the vote and has two officers, all of whom may serve."""
    people = list({one.pk: one for one in officers}.values())
    if ends <= starts:
        return denied(_("结束时间应当晚于开始时间"))
    if len(people) < LEAST:
        return denied(_("每一班至少%(n)s人值班") % {"n": LEAST})
    window = booth.round.window(VOTE)
    if window is not None and (
        starts < window.opens or (window.closes is not None and ends > window.closes)
    ):
        return denied(
            _("班次应当在投票期内：%(opens)s至%(closes)s")
            % {"opens": moment(window.opens), "closes": moment(window.closes)}
        )
    for one in people:
        if not (serve := can_serve(one, booth.round, now=now)):
            return serve
    return ALLOWED


# --- a booth day ------------------------------------------------------------------------------


def can_see_booth(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Staff of the street, and whoever is on duty there."""
    if serves(who, booth):
        return ALLOWED
    return is_staff(who, booth.round.street, now=now)


def _at_work(who: Any, booth: Booth) -> Verdict:
    """Those on duty there, and the officers of the street, acting for themselves."""
    if who.is_authenticated and who.hand is not None:
        return denied(_("代办期间不能办理投票站的事，请先结束代办"))
    if serves(who, booth):
        return ALLOWED
    return denied(_("只有在%(booth)s值班的人员可以办理") % {"booth": booth})


def can_receive(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Print sheets for a booth: the officer of the street or who is on duty, while the vote is open.

    What stands on a ballot is fixed when the vote opens, so nothing is printed before.
    """
    if not (can_run(who, booth.round, now=now) or (work := _at_work(who, booth))):
        return work
    if booth.stage in (stages.CLOSED, stages.SIGNED):
        return denied(_("投票站已经关闭"))
    if roll_of(booth.round) is None:
        return denied(_("投票开始时选票才定下来，开始以后才能印票"))
    if not (open_ := is_open(booth.round, now=now)):
        return open_
    if booth.received >= MOST_SHEETS:
        return denied(_("一个投票站最多领%(n)s张") % {"n": MOST_SHEETS})
    return ALLOWED


def can_print(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Look at the sheets that were received, to print them: as long as they can be handed out."""
    if not booth.received:
        return denied(_("还没有登记领票"))
    if not (can_run(who, booth.round, now=now) or (work := _at_work(who, booth))):
        return work
    if booth.stage in (stages.CLOSED, stages.SIGNED):
        return denied(_("投票站已经关闭"))
    return is_open(booth.round, now=now)


def can_open_booth(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Whoever is on duty, from an hour before her shift, once there are sheets and the vote is open."""
    if not (work := _at_work(who, booth)):
        return work
    if booth.stage != stages.PLANNED:
        return denied(_("投票站已经开放过"))
    if not (open_ := is_open(booth.round, now=now)):
        return open_
    if not any(one.starts <= now + SET_UP and now < one.ends for one in _mine(who, booth)):
        return denied(_("您的班次还没有到；开班前1小时起可以开箱验封"))
    if not booth.received:
        return denied(_("还没有领到选票，请先登记领票并打印"))
    return ALLOWED


def can_hand_out(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Whoever is on duty at this very moment, while booth and vote are open."""
    if who.is_authenticated and who.hand is not None:
        return denied(_("代办期间不能办理投票站的事，请先结束代办"))
    if booth.stage != stages.OPEN:
        return denied(
            _("投票站还没有开放") if booth.stage == stages.PLANNED else _("投票站已经关闭")
        )
    if not (open_ := is_open(booth.round, now=now)):
        return open_
    if shift_of(who, booth, now=now) is None:
        return denied(_("您这时不在%(booth)s值班，不能发票") % {"booth": booth})
    if is_candidate(who, booth.round, now=now):
        return denied(_("%(who)s是参加投票的项目的负责人，不能在本轮值班") % {"who": who})
    return ALLOWED


def can_mark(who: Any, booth: Booth, voter: Voter, *, now: datetime) -> Verdict:
    """Hand a sheet to this voter and mark her: once, at a booth that serves her neighbourhood.

    Whether she has voted online is not asked: that ballot is taken out of the box, and staff do not
    learn of it.
    """
    if not (hand_out := can_hand_out(who, booth, now=now)):
        return hand_out
    if not (serving := is_served(booth, voter)):
        return serving
    if not (waits := may_have_a_sheet(voter)):
        return waits
    if booth.left <= 0:
        return denied(_("空白选票已经发完，请再领一批"))
    return ALLOWED


def may_have_a_sheet(voter: Voter) -> Verdict:
    if voter.stage == stages.PAPER:
        return denied(_("已领过纸质票，每人一票") if voter.account_id else _("这一户已领过纸质票"))
    if voter.stage == stages.STRUCK:
        return denied(_("已移出名册，理由：%(reason)s") % {"reason": voter.reason})
    if not voter.open:
        return denied(_("投票已经截止，不再接受选票"))
    return ALLOWED


def is_served(booth: Booth, voter: Voter) -> Verdict:
    """Whether the booth has the ballot of this voter."""
    if voter.roll.round_id != booth.round_id:
        return denied(_("不在本轮的选民名册上"))
    if booth.neighbourhood_id not in (None, voter.neighbourhood_id):
        return denied(
            _("本站只接待%(place)s的选民；这位选民属于%(own)s，请到本居民区的投票站")
            % {"place": booth.neighbourhood, "own": voter.neighbourhood}
        )
    return ALLOWED


def can_spoil_sheet(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Take a spoiled sheet back and hand out another one."""
    if not (hand_out := can_hand_out(who, booth, now=now)):
        return hand_out
    if booth.marked <= 0:
        return denied(_("还没有发出选票"))
    if booth.left <= 0:
        return denied(_("空白选票已经发完，请再领一批"))
    return ALLOWED


def can_withdraw(who: Any, voter: Voter, *, now: datetime) -> Verdict:
    """Take a wrong mark back: a second officer, in the same shift of the same booth."""
    if voter.stage != stages.PAPER or voter.shift is None:
        return denied(_("没有可以撤回的纸质票登记"))
    booth = voter.shift.booth
    if not (hand_out := can_hand_out(who, booth, now=now)):
        return hand_out
    mine = shift_of(who, booth, now=now)
    if mine is None or mine.pk != voter.shift_id:
        return denied(_("只有登记时的那一班可以撤回；现在请写入情况记录"))
    if voter.marker_id == who.pk:
        return denied(_("误记要由同班的另一位工作人员撤回"))
    if booth.marked <= booth.in_box:
        return denied(_("没有可以撤回的纸质票登记"))
    return ALLOWED


def is_seal(number: str) -> Verdict:
    """Whether this is the number of a seal: letters, digits and hyphens, and so no words of people."""
    if SEAL.fullmatch(number):
        return ALLOWED
    return denied(_("封条编号只写字母、数字和短横，最多20个，如A-0012"))


def can_note(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Write a seal or an incident into the book: who is on duty there, until the booth is signed."""
    if not (work := _at_work(who, booth)):
        return work
    if booth.stage == stages.SIGNED:
        return denied(_("记录已经签字，不能再改"))
    if booth.stage == stages.PLANNED:
        return denied(_("投票站还没有开放"))
    return ALLOWED if not _signed(booth) else denied(_("已有人签字，内容不能再改"))


# --- closing and signing ----------------------------------------------------------------------


def _signed(booth: Booth) -> bool:
    return bool(booth.signings.exists())


def can_close_booth(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Whoever is on duty there, once the last shift is over or the vote has closed; again, to count
    anew, until somebody has signed. A booth that never opened is closed by the street's officer too."""
    officer = booth.stage == stages.PLANNED and can_run(who, booth.round, now=now)
    if not officer and not (work := _at_work(who, booth)):
        return work
    if booth.stage == stages.SIGNED or _signed(booth):
        return denied(_("已有人签字，内容不能再改"))
    roll = roll_of(booth.round)
    if roll is None:
        return denied(_("投票还没有开始"))
    if not is_open(booth.round, now=now):
        return ALLOWED
    if any(shift.ends > now for shift in shifts_of(booth)):
        return denied(_("最后一班还没有结束"))
    return ALLOWED


def is_account(booth: Booth, unused: int, in_box: int, note: str) -> Verdict:
    """Whether these counts can close the account of a booth; what does not add up wants words."""
    if unused > booth.received - booth.issued:
        return denied(
            _(
                "未用%(unused)s张，而领到%(received)s张、发出%(issued)s张，最多剩%(most)s张；请重新清点"
            )
            % {
                "unused": unused,
                "received": booth.received,
                "issued": booth.issued,
                "most": booth.received - booth.issued,
            }
        )
    if in_box > booth.marked:
        return denied(
            _(
                "箱内%(found)s张，比应有的%(most)s张多；请重新清点。确实多出的另外封存、不算在内，并写入情况记录"
            )
            % {"found": in_box, "most": booth.marked}
        )
    lost, missing = booth.received - booth.issued - unused, booth.marked - in_box
    if (lost or missing) and not note.strip():
        return denied(
            _("少了%(lost)s张空白票，有%(missing)s张发出后没有投入票箱；请写明情况")
            % {"lost": lost, "missing": missing}
        )
    return ALLOWED


def can_sign(who: Any, booth: Booth, *, now: datetime) -> Verdict:
    """Two different persons: who was on duty there, or an officer of the street; never a candidate."""
    if booth.stage == stages.SIGNED:
        return denied(_("记录已经签字，不能再改"))
    if booth.stage != stages.CLOSED:
        return denied(_("投票站关闭、清点以后才能签字"))
    work = _at_work(who, booth)
    if not work and not can_run(who, booth.round, now=now):
        return work
    if is_candidate(who, booth.round, now=now):
        return denied(_("参加投票的项目的负责人不能签字"))
    if booth.signings.filter(account_id=who.pk).exists():
        return denied(_("您已经签字，等待另一位签字"))
    return ALLOWED


def serving(roll: Roll, booth: Booth) -> QuerySet[Voter]:
    """The lines of the roll that this booth serves."""
    rows = Voter.objects.filter(roll=roll)
    return rows.filter(neighbourhood=booth.neighbourhood_id) if booth.neighbourhood_id else rows
