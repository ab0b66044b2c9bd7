"""Who may do what with a round, and what is missing before it may be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import is_staff, posts_of, works_for_street
from sanlin.commons.places.models import Street
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.packs import BadPack, complete

from .book import book, draft_book
from .faults import sentence
from .windows import length_faults, order_faults, parts, spans_of, stage_words

STAFF = (
    PostKind.COMMITTEE_WORKER,
    PostKind.STREET_OFFICER,
    PostKind.AUDITOR,
    PostKind.DISTRICT_ADMIN,
)
# Stages whose dates may be put off although they have passed: staff end these by hand.
ENDED_BY_HAND = (stages.SCREENING, stages.REVIEW, stages.OPTIMISATION, stages.RUNNING)


def can_run(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer of the round's street."""
    return works_for_street(who, round.street, now=now)


def can_list(who: Any, *, now: datetime) -> Verdict:
    """Anybody who works for a street, for one of its committees or for a district."""
    if any(post.kind in STAFF for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("此页供街道和居委工作人员使用"))


def can_begin(who: Any, *, now: datetime) -> Verdict:
    """An officer of any street: she makes a round there."""
    if any(post.kind == PostKind.STREET_OFFICER for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("只有街道工作人员可以新建轮次"))


def can_create(who: Any, street: Street, *, now: datetime) -> Verdict:
    """An officer of this street."""
    return works_for_street(who, street, now=now)


def can_follow(who: Any, round: Round, *, now: datetime) -> Verdict:
    """A new round may take over the values of one that is being carried out or has ended."""
    allowed = can_run(who, round, now=now)
    if allowed and round.stage not in {stages.RUNNING, stages.CLOSED}:
        return denied(_("本轮进入实施或结束以后，才能由它开启新一轮"))
    if allowed and round.pack.small_round:
        return denied(_("子项目的轮次由母项目开设，不能由它开启新一轮"))
    return allowed


def can_see(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An opened round is public; a draft is the staff's."""
    if round.frozen:
        return ALLOWED
    if is_staff(who, round.street, now=now):
        return ALLOWED
    return denied(_("本轮尚未公布"))


def can_manage(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whoever works for the round's street may look at how it stands."""
    return is_staff(who, round.street, now=now)


def can_edit_draft(who: Any, round: Round, *, now: datetime) -> Verdict:
    """While it is a draft."""
    allowed = can_run(who, round, now=now)
    if allowed and round.stage != stages.DRAFT:
        return denied(_("本轮已经公布或取消，办法不能再改"))
    return allowed


def can_open_call(who: Any, round: Round, *, now: datetime) -> Verdict:
    """When every value is set and the dates hold; says the first thing that is missing."""
    allowed = can_edit_draft(who, round, now=now)
    missing = lacking(round, now=now) if allowed else []
    return denied(missing[0]) if missing else allowed


def lacking(round: Round, *, now: datetime) -> list[str]:
    """A sentence for each thing that a draft still lacks before it may be opened."""
    return [*_values_lacking(round, now), *_dates_lacking(round, now)]


def _values_lacking(round: Round, now: datetime) -> list[str]:
    pack = round.pack
    open_book = draft_book(pack, round.officer_values)
    waiting = len(open_book.unset)
    said = []
    if pack.effective_to is not None and pack.effective_to < local_day(now):
        said.append(_("这份办法已经失效，请用有效的办法另建一轮"))
    if waiting:
        words = ngettext("还有%(n)s项数值未定", "还有%(n)s项数值未定", waiting)
        said.append(words % {"n": waiting})
    try:
        complete(pack, {p: v for p, v in round.officer_values.items() if p in open_book.origins})
    except BadPack as bad:
        said += [sentence(f, open_book) for f in bad.faults if f.code != "not_set"]
    return said


def _dates_lacking(round: Round, now: datetime) -> list[str]:
    rules, spans = book(round), spans_of(round)
    wanted = parts(rules)
    missing = [stage_words(part) for part in wanted if part not in spans]
    spans = {part: dates for part, dates in spans.items() if part in wanted}
    said = []
    if missing:
        said.append(_("还没有定起止日期：%(parts)s") % {"parts": _("、").join(missing)})
    said += [*order_faults(spans).values(), *length_faults(spans, rules).values()]
    if "call" in spans and spans["call"][1] <= now:
        said.append(_("征集截止已过，请把日期往后定"))
    return said


def can_extend(who: Any, round: Round, *, now: datetime) -> Verdict:
    """While something of an opened round is still to come."""
    allowed = can_run(who, round, now=now)
    if allowed and (round.stage == stages.DRAFT or not movable(round, now=now)):
        return denied(_("没有可以延后的期限"))
    return allowed


def can_keep_pot(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Where the money of a round comes from: its officers, from the draft to the end."""
    allowed = can_run(who, round, now=now)
    if allowed and round.stage in {stages.CLOSED, stages.CANCELLED}:
        return denied(_("本轮已经结束，不再登记资金来源"))
    return allowed


def movable(round: Round, *, now: datetime) -> list[str]:
    """The parts whose dates may still be put off: the present one until its deadline (or until
    staff end it by hand), and all that come after it."""
    if round.stage not in stages.COURSE:
        return []
    reached = stages.COURSE.index(round.stage)
    found = []
    for window in sorted(round.windows.all(), key=lambda window: window.opens):
        of = stages.REVIEW if window.stage == stages.CONFERRAL else window.stage
        place = stages.COURSE.index(of)
        running = place == reached and (
            of in ENDED_BY_HAND or window.closes is None or now < window.closes
        )
        if place > reached or running:
            found.append(window.stage)
    return found


def can_cancel(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Before anything has been decided."""
    allowed = can_run(who, round, now=now)
    if allowed and "cancel" not in stages.ROUND.verbs(round.stage):
        return denied(_("本轮已作出决定或已经取消，不能再取消"))
    return allowed


def can_state_source(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Which public number joins the lot is said before anybody votes, and once."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage not in stages.BEFORE_VOTE:
        return denied(_("公开号码的来源须在投票和决定之前指定"))
    return denied(_("已经指定，不能更改")) if round.lot.source else verdict


def can_enter_number(who: Any, round: Round, *, now: datetime) -> Verdict:
    """What it came to is entered at the decision, and once."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != stages.DECISION or not round.lot.source:
        return denied(_("现在不能填写公开号码"))
    return denied(_("公开号码已经填写，不能更改")) if round.lot.number else verdict


def next_stage(round: Round) -> str | None:
    """The stage that follows by the table and the pack; None where there is none."""
    if round.stage not in stages.COURSE or round.stage == stages.CLOSED:
        return None
    has = round.rules.stages if round.frozen else stages.OPTIONAL
    rest = stages.COURSE[stages.COURSE.index(round.stage) + 1 :]
    return next(stage for stage in rest if stage not in stages.OPTIONAL or stage in has)
