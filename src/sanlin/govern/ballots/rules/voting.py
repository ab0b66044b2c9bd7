from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind, Resident
from sanlin.commons.people.rules import (
    holds,
    is_staff,
    residence,
    works_for_neighbourhood,
)
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import Roll, Voter
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.rules import screening_is_done
from sanlin.govern.proposals.stages import ADMITTED
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run, next_stage
from sanlin.govern.rounds.stages import REVIEW, VOTE
from sanlin.ground.clock import local_day
from sanlin.ground.prepared import Given, Read
from sanlin.ground.ui.words import day
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.ballots.form import Choices, Chosen, Form, check, choices
from sanlin.kernel.money import yuan
from sanlin.kernel.reason import Reason

from .keeping import keys_missing

FORMS = {
    "approve_k": "approve",
    "knapsack": "knapsack",
    "rank": "rank",
    "points": "points",
    "stance": "stance",
}


# --- what the pack says -----------------------------------------------------------------------


def form_of(round: Round) -> Form:
    """The form of a ballot in this round."""
    rules = round.rules
    vote, kind = rules.vote, FORMS[rules.vote.kind]
    if kind == "knapsack":
        cap = rules.community_cap if vote.own_community_only else None
        return Form(kind, budget=rules.budget if cap is None else cap)
    if kind == "points":
        return Form(kind, points=vote.points)
    if kind == "stance":
        return Form(kind, may=vote.options, all=vote.silence == "refuse")
    return Form(kind, most=vote.k)


def by_household(round: Round) -> bool:
    return round.rules.vote.unit == "household"


def keeps_links(round: Round) -> bool:
    """Whether a ballot of this round may still be replaced: by a later one, or by one on paper."""
    vote = round.rules.vote
    return vote.revote or vote.paper


def kept(chosen: Chosen, voter: Voter, round: Round) -> Choices:
    """A voter's choices as her ballot holds them."""
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # there is a voter on it
    offered = [bid.key for bid in roll.open_to(voter.neighbourhood_id)]
    return choices(chosen, form_of(round), offered)


def room(round: Round) -> int:
    """The length to which every ballot of this round is filled up: that of the longest."""
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # the vote is open
    form, bids = form_of(round), roll.bids
    widest = max((len(str(bid.key)) for bid in bids), default=1)
    pairs = min(form.most or len(bids), len(bids))
    return 2 + pairs * (widest + len(str(max(form.most or 1, form.points or 1))) + 4)


def born_by(on: date, age: int) -> date:
    """The latest birthday of somebody who is `age` on the day `on`.

    >>> born_by(date(2024, 2, 29), 18)
    datetime.date(2006, 2, 28)
    """
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return on.replace(year=on.year - age, day=28)


def eligible(round: Round, on: date) -> QuerySet[Resident]:
    """Everybody whom the pack lets vote, as known on the day `on`: one row a resident."""
    vote = round.rules.vote
    people: QuerySet[Resident] = Resident.objects.verified().filter(
        neighbourhood__street=round.street_id,
        account__is_active=True,
        verified_on__lte=on,
        born__lte=born_by(on, vote.min_age),
    )
    if vote.own_community_only:
        proposed = Proposal.objects.filter(round=round, stage=ADMITTED)
        people = people.filter(neighbourhood__in=proposed.values("neighbourhood"))
    return people.filter(home__isnull=False) if vote.unit == "household" else people


# --- the roll ---------------------------------------------------------------------------------


def roll_of(round: Round) -> Roll | None:
    """The roll of a round, read once for each round object; None before the vote opens."""
    return getattr(round, "roll", None)


# How many ballots one voter may have opened: thirty find one altered ballot in ten with 96 %; more would
# but fill the log.
MOST_SHOWN = 40
LINES: dict[tuple[str, bool], Read[Voter]] = {}  # by whom a line is found, and whether it is held


def _line(by: str, lock: bool) -> Read[Voter]:
    """The prepared question for one line of a roll by its `account` or its `home`."""

    def make() -> QuerySet[Voter]:
        rows = Voter.objects.select_for_update() if lock else Voter.objects.all()
        return rows.filter(Q(roll=Given("roll")), Q((by, Given("key"))))

    return LINES.setdefault((by, lock), Read(make))


def voter_of(who: Any, roll: Roll, *, lock: bool = False) -> Voter | None:
    """The line of the roll by which `who` votes; `lock` holds it until the transaction ends."""
    if not who.is_authenticated:
        return None
    if not by_household(roll.round):
        return _line("account", lock).one(roll=roll.pk, key=who.pk)
    person = residence(who)
    if person is None or person.home_id is None:
        return None
    return _line("home", lock).one(roll=roll.pk, key=person.home_id)


def voters_of(seats: Sequence[tuple[Any, Roll]]) -> list[Voter | None]:
    """As `voter_of` for each of these, who are signed in."""
    alone = [n for n, (_who, roll) in enumerate(seats) if not by_household(roll.round)]
    asked = [{"roll": seats[n][1].pk, "key": seats[n][0].pk} for n in alone]
    lines = dict(zip(alone, _line("account", False).each(asked), strict=True))
    return [lines[n] if n in lines else voter_of(*seat) for n, seat in enumerate(seats)]


def unfit(person: Resident | None, roll: Roll, *, now: datetime) -> str:
    """Why this person may not vote in this round; empty where she may."""
    round = roll.round
    vote = round.rules.vote
    if person is None:
        return _("还没有登记为居民；请先到所在居委登记并核实")
    place = person.neighbourhood
    faults: tuple[tuple[bool, Callable[[], str]], ...] = (
        (
            place.street_id != round.street_id,
            lambda: _("本轮只由%(street)s的居民投票") % {"street": round.street},
        ),
        (person.left(local_day(now)), lambda: _("已登记迁出；如有误，请联系居委更正")),
        (
            person.verified_on is None,
            lambda: _("居民身份还在等待居委核实，核实后请居委补录名册"),
        ),
        (person.born is None, lambda: _("没有登记出生日期；请带身份证到居委补登")),
        (
            person.born is not None and person.born > born_by(roll.day, vote.min_age),
            lambda: (
                _("投票人须在%(day)s年满%(age)s周岁")
                % {"day": day(roll.day, full=True), "age": vote.min_age}
            ),
        ),
        (
            by_household(round) and person.home_id is None,
            lambda: _("本轮一户一票，而住址还没有登记到户；请到居委补登"),
        ),
        (
            not roll.open_to(place.pk),
            lambda: _("本轮只投本居民区的提案，而%(place)s没有参加投票的提案") % {"place": place},
        ),
    )
    return next((say() for wrong, say in faults if wrong), "")


def is_on_roll(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whether `who` may vote here at all, or why not and what to do."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    roll = roll_of(round)
    if roll is None:
        return denied(_("投票还没有开始，名册在开始那天确定"))
    voter = voter_of(who, roll)
    if voter is not None:
        return _stands(voter)
    reason = unfit(residence(who), roll, now=now)
    return denied(
        reason
        or _("名册在%(day)s确定，当时还没有您的资料；请联系居委补录")
        % {"day": day(roll.day, full=True)}
    )


def _stands(voter: Voter) -> Verdict:
    if voter.stage == stages.STRUCK:
        return denied(
            _("您已被移出名册，理由：%(reason)s。如有异议，请联系街道工作人员")
            % {"reason": voter.reason}
        )
    return ALLOWED


# --- opening and closing ----------------------------------------------------------------------


def can_open_vote(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer of the street, once there is something to vote on and somebody to vote."""
    officer = can_run(who, round, now=now)
    if not officer:
        return officer
    if not round.frozen:
        return denied(_("本轮还没有公布办法"))
    if VOTE in round.rules.stages and next_stage(round) != VOTE:
        return denied(_("本轮现在是%(stage)s阶段，不能开始投票") % {"stage": round.stage_label})
    if not (done := screening_is_done(round, now=now)):
        return done
    if round.stage == REVIEW and round.review_closed_at is None:
        return denied(_("评审还没有结束"))
    missing = _missing(round, now)
    return denied(_("；").join(missing)) if missing else ALLOWED


def _missing(round: Round, now: datetime) -> list[str]:
    rules = round.rules
    if VOTE not in rules.stages:
        return [_("本轮办法没有居民投票这一环节")]
    missing = []
    if rules.vote.anonymity != "secret":
        missing.append(
            _(
                "本轮办法定为记名投票；这里的票箱谁都打不开单张票，不能记名，记名表决请当面举手或签名"
            )
        )
    if not Proposal.objects.filter(round=round, stage=ADMITTED).exists():
        missing.append(_("还没有通过审查的提案"))
    elif not eligible(round, local_day(now)).exists():
        missing.append(_("还没有符合条件的居民，请先导入并核实居民"))
    missing += keys_missing(round)
    window = round.window(VOTE)
    if window and window.opens > now:
        missing.append(_("投票定于%(day)s开始") % {"day": day(window.opens, full=True)})
    if window and window.closes and window.closes <= now:
        missing.append(_("投票的截止时间已经过去，请先改期"))
    return missing


def can_close_vote(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer (the box is opened later, by its keepers), or with `who` None the clock's hand, once the window has ended.

    A vote whose window has no end is closed by an officer alone.
    """
    if who is not None:
        officer = can_run(who, round, now=now)
        if not officer:
            return officer
    roll = roll_of(round)
    if roll is None:
        return denied(_("投票还没有开始"))
    if roll.closed_at:
        return ALLOWED  # closing again changes nothing
    if roll.closes is None and who is None:
        return denied(_("投票没有设截止时间，由工作人员截止"))
    if roll.closes is not None and now < roll.closes:
        return denied(
            _("投票到%(day)s才截止；在此之前谁都不能提前截止")
            % {"day": day(roll.closes, full=True)}
        )
    return ALLOWED


# --- voting -----------------------------------------------------------------------------------


def can_see_vote(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Anybody, once the vote has opened."""
    return ALLOWED if roll_of(round) else denied(_("投票还没有开始"))


def is_open(round: Round, *, now: datetime) -> Verdict:
    """Whether ballots are taken at this moment."""
    roll = roll_of(round)
    if roll is None:
        return denied(_("投票还没有开始"))
    if roll.closed_at or (roll.closes is not None and now >= roll.closes):
        if roll.keys_gone_at and not roll.counted_at:
            return denied(_("投票已经作废，投过的票都不计；理由写在本轮的规定里"))
        return denied(_("投票已经截止，不再接受选票"))
    return ALLOWED


def can_cast(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Somebody on the roll while the vote is open, once, or again where the pack allows it."""
    opened = is_open(round, now=now)
    if not opened:
        return opened
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # it is open
    return may_cast(who, voter_of(who, roll), round, now=now)


def may_cast(who: Any, voter: Voter | None, round: Round, *, now: datetime) -> Verdict:
    """As `can_cast`, of a line of the roll that has been read already."""
    roll = roll_of(round)
    if voter is None or roll is None:
        return is_on_roll(who, round, now=now)
    if not voter.open:
        return denied(_("投票已经截止，不再接受选票"))
    if by_household(round) and (reason := unfit(residence(who), roll, now=now)):
        return denied(reason)
    if voter.stage == stages.PAPER:
        return denied(
            _("您家已在投票站领了纸质票，以纸质票为准，不能再在网上投")
            if by_household(round)
            else _("您已在投票站领了纸质票，以纸质票为准，不能再在网上投")
        )
    if voter.stage == stages.CAST and not round.rules.vote.revote:
        return denied(
            _("您家已经投过票，本轮投出后不能更改")
            if by_household(round)
            else _("您已经投过票，本轮投出后不能更改")
        )
    return _stands(voter)


def can_choose(chosen: Chosen, voter: Voter, round: Round) -> Verdict:
    """Whether a ballot may hold these choices; the sentence names everything that is wrong."""
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # there is a voter on it
    return _said(check(chosen, form_of(round), roll.open_to(voter.neighbourhood_id)), roll)


def as_cast(draft: dict[int, int], round: Round) -> Chosen:
    """A draft (proposal: points, in the order of choosing) as the form of this round reads it."""
    return dict(draft) if round.rules.vote.kind in ("points", "stance") else list(draft)


def can_keep(draft: dict[int, int], voter: Voter | None, round: Round) -> Verdict:
    """Whether a draft may hold these choices; that there are too few yet is no fault of a draft."""
    roll = roll_of(round)
    if voter is None or roll is None:
        return denied(_("您不在名册上"))
    bids = roll.open_to(voter.neighbourhood_id)
    faults = check(as_cast(draft, round), form_of(round), bids)
    return _said([fault for fault in faults if fault.code not in UNREADY], roll)


UNREADY = ("too_few", "unsaid")  # what a ballot lacks only as long as it is a draft


def _said(faults: Sequence[Reason], roll: Roll) -> Verdict:
    numbers = {bid.key: bid.sent for bid in roll.bids}
    return denied(_("；").join(sentence(fault, numbers) for fault in faults)) if faults else ALLOWED


def sentence(fault: Reason, numbers: dict[int, int | None]) -> str:
    """One fault of a ballot in words; proposals are called by their numbers on the ballot."""
    figures: dict[str, Any] = dict(fault.figures)
    if fault.code == "over_budget":
        figures = {name: yuan(fen) for name, fen in figures.items()}
    number = numbers.get(figures.get("key", 0))
    if "key" in figures:
        figures["n"] = number or "?"
    words = {
        "unknown": _("选票上没有第%(n)s号，请去掉它")
        if number is None
        else _("第%(n)s号不是您所在居民区的提案，请去掉它"),
        "twice": _("第%(n)s号选了两次"),
        "too_few": _("请至少选%(least)s项"),
        "too_many": _("至多选%(most)s项，您选了%(own)s项，请去掉几项"),
        "over_budget": _("合计%(own)s，超出预算%(budget)s共%(over)s，请去掉几项"),
        "no_points": _("第%(n)s号没有分到点数"),
        "over_each": _("第%(n)s号至多分%(each)s点，您分了%(own)s点"),
        "no_opinion": _("第%(n)s号的意见不在选票上，请重新选"),
        "unsaid": _("每项都须表态，还差%(n)s项"),
        "over_points": _("共%(points)s点，您分了%(own)s点，请减去%(over)s点"),
    }
    return words[fault.code] % figures


# --- the desk ---------------------------------------------------------------------------------


def can_see_roll(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Staff of the street and its committees, and its auditors."""
    return is_staff(who, round.street, now=now)


def can_watch(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Look at clusters of ballots by hour, address and device: the auditor alone."""
    if holds(who, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN, street=round.street, now=now):
        return can_see_vote(who, round, now=now)
    return denied(_("此页供审计员使用"))


def can_knock(who: Any, round: Round, *, now: datetime) -> Verdict:
    """See which buildings have still to vote: staff of the street and its committees, while it is
    open."""
    if not (staff := is_staff(who, round.street, now=now)):
        return staff
    return is_open(round, now=now)


def can_work_on_roll(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer of the street or a worker of one of its committees, while the vote is open."""
    staff = (PostKind.STREET_OFFICER, PostKind.COMMITTEE_WORKER)
    if not holds(who, *staff, street=round.street, now=now):
        return denied(_("只有%(street)s和居委的工作人员可以补录") % {"street": round.street})
    return is_open(round, now=now)


def can_add(
    who: Any, round: Round, account: Any, *, now: datetime, place: Neighbourhood | None = None
) -> Verdict:
    """Put a resident on the roll late: staff of her own neighbourhood, while the vote is open."""
    person = residence(account)
    place = person.neighbourhood if person else place
    if place is not None and not (staff := works_for_neighbourhood(who, place, now=now)):
        return staff
    opened = is_open(round, now=now)
    if not opened:
        return opened
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # it is open
    if reason := unfit(person, roll, now=now):
        return denied(reason)
    voter = voter_of(account, roll)
    if voter is not None and voter.stage != stages.STRUCK:
        return denied(_("名册上已经有了，不必补录"))
    return ALLOWED


def can_strike(who: Any, voter: Voter, *, now: datetime) -> Verdict:
    """Take somebody off the roll: an officer of the street, before the ballot is cast."""
    round = voter.roll.round
    officer = can_run(who, round, now=now)
    if not officer:
        return officer
    opened = is_open(round, now=now)
    if not opened:
        return opened
    if voter.stage in stages.VOTED:
        return denied(_("已经投票的人不能移出名册"))
    if voter.stage == stages.STRUCK:
        return denied(_("此人已经移出名册"))
    return ALLOWED
