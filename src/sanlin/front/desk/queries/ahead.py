"""What lies ahead of whoever holds a post, besides what waits: days to keep, rounds, teams at her side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.front.desk.rules import can_look
from sanlin.govern.ballots.models import Duty
from sanlin.govern.growth import stages as growth_stages
from sanlin.govern.growth.models import Advice, Meeting, Pair, Pitching
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import next_step
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.clock import local_day
from sanlin.ground.ui import words as written
from sanlin.harmony.training.models import Session

from .known import number
from .mine import at, every_round, last_ended, my_streets

FAR = timedelta(days=60)
MOST_DAYS, MOST_ROUNDS = 8, 6
SHIFT, TRAINING, MEETING, SEAT, PITCHING = "shift", "training", "meeting", "seat", "pitching"
BEFORE_REVIEW = (stages.DRAFT, stages.CALL, stages.SCREENING)
COUNTING = (stages.VOTE, stages.DECISION)
Said = Callable[[], str]


@dataclass(frozen=True)
class Line:
    """One cell: what, where it leads, a note below it, what stands at its end and its colour."""

    title: str
    href: str
    note: str
    state: str = ""
    kind: str = "plain"
    is_over: bool = False


# --- days to keep --------------------------------------------------------------------------------


def days(who: Any, *, now: datetime) -> list[Line]:
    """My shifts at a booth, and the trainings, meetings and sessions of my streets, the nearest first;
    in one question."""
    parts = list(_days(who, now))
    rows = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[4], row[1]))
    sits = {row[2:] for row in rows if row[0] == SEAT}
    found = [row for row in rows if row[0] != PITCHING or row[2:] not in sits]
    return [_day(*row, now=now) for row in found[:MOST_DAYS]]


def _days(who: Any, now: datetime) -> Iterator[QuerySet[Any]]:
    streets = my_streets(who, PostKind, now=now)
    begins = now.replace(hour=0, minute=0)  # a session may begin late
    duties = Duty.objects.filter(account_id=who.pk, shift__ends__gt=now)
    yield _named(
        SHIFT, duties, "shift__booth", "shift__booth__name", "shift__booth__place", "shift"
    )
    sessions = Session.objects.filter(street__in=streets, closes__gt=now, opens__lt=now + FAR)
    yield _named(TRAINING, sessions, "pk", "title", "place", "")
    meetings = Meeting.objects.filter(round__street__in=streets, held_at__isnull=True, at__gt=now)
    whose = meetings.annotate(whose=Coalesce("circle__name", "place"))  # several meet on one matter
    yield _named(MEETING, whose, "pk", "title", "whose", "at")
    open_ = Pitching.objects.exclude(stage=growth_stages.CLOSED).filter(at__gte=begins)
    yield _named(SEAT, open_.filter(jurors__account_id=who.pk), "pk", "title", "place", "at")
    yield _named(PITCHING, open_.filter(round__street__in=streets), "round", "title", "place", "at")


def _named(
    kind: str, rows: QuerySet[Any], key: str, title: str, place: str, when: str
) -> QuerySet[Any]:
    """(kind, key, title, place, from, to) of `rows`."""
    starts, ends = {
        "shift": ("shift__starts", "shift__ends"),
        "": ("opens", "closes"),
        "at": ("at", "at"),
    }[when]
    named = rows.order_by().annotate(
        k_kind=Value(kind, CharField()),
        k_key=F(key),
        k_title=F(title),
        k_place=F(place),
        k_starts=F(starts),
        k_ends=F(ends),
    )
    lines: QuerySet[Any] = named.values_list(
        "k_kind", "k_key", "k_title", "k_place", "k_starts", "k_ends"
    )
    return lines


def _day(
    kind: str,
    key: int,
    title: str,
    place: str,
    starts: datetime,
    ends: datetime,
    *,
    now: datetime,
) -> Line:
    what, name = {
        SHIFT: (_("投票站值班"), "ballots:booth_day"),
        TRAINING: (_("培训"), "training:session"),
        MEETING: (_("会议"), "growth:meeting"),
        SEAT: (_("请您评议"), "growth:seat"),
        PITCHING: (_("中期评议会"), "growth:pitchings"),
    }[kind]
    today = local_day(starts) == local_day(now)
    state = _("正在进行") if starts <= now < ends else (_("今天") if today else "")
    return Line(
        f"{what} · {title}",
        at(name, key),
        f"{written.moment(starts)} · {place}",
        state,
        "now" if state else "plain",
    )


# --- rounds --------------------------------------------------------------------------------------


def rounds(who: Any, *, now: datetime) -> list[Line]:
    """The rounds that go on where I hold a post, or the last one that has ended: the stage, and what
    it asks of me."""
    going = every_round(who, now=now)[:MOST_ROUNDS] or last_ended(who, now=now)
    many = len({one.street_id for one in going}) > 1
    return [
        Line(
            f"{one.street} · {one.name}" if many else one.name,
            at("desk:round" if can_look(who, one, now=now) else "portal:round", one.pk),
            _asks(who, one, now),
            one.stage_label,
            "done" if one.stage == stages.CLOSED else "now",
            one.stage == stages.CLOSED,
        )
        for one in going
    ]


def _asks(who: Any, round: Round, now: datetime) -> str:
    """What the stage of a round asks of me, in one sentence, and until when it lasts."""
    if round.stage == stages.CLOSED:
        return _("本轮已结束，记录、账目和文书都可查")
    step = next_step(round, now=now)
    if can_run(who, round, now=now):
        return step.words if step else ""
    kinds = {post.kind for post in posts_of(who, now=now)}
    said = next((words() for kind, words in _sentences(round.stage) if kind in kinds), "")
    window = round.window(round.stage)
    due = (window.closes if window else None) or (step.due if step else None)
    until = written.left(now, due) if due else ""
    return " · ".join(one for one in (said, until) if one)


def _sentences(stage: str) -> Iterable[tuple[str, Said]]:
    """What a stage asks of each kind of post, the nearest to the work first."""
    yield PostKind.JUDGE, lambda: _of_judge(stage)
    yield PostKind.COMMITTEE_WORKER, lambda: _of_worker(stage)
    yield PostKind.SOCIAL_WORKER, lambda: _of_social_worker(stage)
    yield PostKind.DISTRICT_ADMIN, lambda: _of_district(stage)
    yield PostKind.AUDITOR, lambda: _of_auditor(stage)
    yield PostKind.MERCHANT, lambda: _of_merchant(stage)


def _of_judge(stage: str) -> str:
    if stage in BEFORE_REVIEW:
        return _("评审还没有开始，开始后要评的提案会列在上面")
    if stage == stages.REVIEW:
        return _("请在截止前评完并密封，与您有关的请回避")
    if stage == stages.RUNNING:
        return _("中期评议会上请您打分，时间见日程")
    return _("评审已结束，您可以看公开的结果")


def _of_worker(stage: str) -> str:
    if stage in BEFORE_REVIEW:
        return _("可以帮团队和居民填写提案，核实新登记的居民")
    if stage in (stages.REVIEW, stages.OPTIMISATION):
        return _("可以提醒本居民区的团队按时修改提案")
    if stage == stages.VOTE:
        return _("可以当面代办投票、上门登记，在投票站值班")
    if stage == stages.NOTICE:
        return _("请张贴公示，可以代居民提出异议")
    if stage == stages.RUNNING:
        return _("请审核本居民区项目的票据和签字材料，走访项目")
    return _("街道正在计算和签署结果")


def _of_social_worker(stage: str) -> str:
    if stage in BEFORE_REVIEW:
        return _("可以陪团队把想法写成提案")
    if stage in (stages.REVIEW, stages.OPTIMISATION):
        return _("可以陪团队按评审意见修改提案")
    if stage == stages.VOTE:
        return _("可以教居民投票，值班的投票站见日程")
    if stage == stages.RUNNING:
        return _("陪伴小组、结对和走访，跟进改进建议")
    return _("可以把结果讲给团队和居民听")


def _of_district(stage: str) -> str:
    if stage == stages.VOTE:
        return _("有作废投票的申请时，要您同意")
    if stage == stages.RUNNING:
        return _("可以查各项目进展、协议和账目")
    return _("可以看本轮的办法和进展")


def _of_auditor(stage: str) -> str:
    if stage in COUNTING:
        return _("投票结束前没有票数，公示后可以用记录重算")
    if stage == stages.NOTICE:
        return _("可以用公开记录重算结果，核对异议答复")
    if stage == stages.RUNNING:
        return _("可以查协议、票据、凭证和账目核查")
    return _("可以看办法、提案和台账")


def _of_merchant(stage: str) -> str:
    if stage == stages.RUNNING:
        return _("可以看项目在哪里办、缺什么，愿意支持的请与街道联系")
    return _("可以看这一轮办什么、到哪一步了")


# --- teams at her side ---------------------------------------------------------------------------


def beside(who: Any, *, now: datetime) -> list[Line]:
    """For a social worker: circles, pairs, visits and advice of the rounds that run in her street; in
    one question."""
    streets = my_streets(who, (PostKind.SOCIAL_WORKER,), now=now)
    running = [
        one.pk
        for one in every_round(who, now=now)
        if one.stage == stages.RUNNING and one.street_id in streets
    ]
    if not running:
        return []
    today = local_day(now)
    alive = Project.objects.alive()
    pairs = Pair.objects.filter(ended_at__isnull=True)
    advice = Advice.objects.open()
    rows = Round.objects.filter(pk__in=running).annotate(
        n_circles=number(Circle.objects.all(), "round", "pk"),
        n_headless=number(Circle.objects.filter(leader__isnull=True), "round", "pk"),
        n_pairs=number(pairs, "round", "pk"),
        n_silent=number(pairs.filter(entries__isnull=True), "round", "pk"),
        n_advice=number(advice, "project__round", "pk"),
        n_late=number(Advice.objects.late(today), "project__round", "pk"),
        n_projects=number(alive, "round", "pk"),
        n_unseen=number(alive.filter(visits__isnull=True), "round", "pk"),
    )
    return [line for row in rows.order_by("-pk") for line in _beside(row, many=len(running) > 1)]


def _beside(row: Any, *, many: bool) -> Iterator[Line]:
    def line(words: str, page: str, note: str, left: int, state: str) -> Line:
        title = f"{row.name} · {words}" if many else words
        return Line(title, at(page, row.pk), note, state if left else "", "waiting")

    n = row.n_circles
    said = ngettext("%(n)s个小组", "%(n)s个小组", n) % {"n": n}
    left = row.n_headless
    state = ngettext("%(n)s个还没有组长", "%(n)s个还没有组长", left) % {"n": left}
    yield line(_("小组"), "growth:round", said, left, state)
    n, left = row.n_pairs, row.n_silent
    said = ngettext("%(n)s对结对", "%(n)s对结对", n) % {"n": n}
    state = ngettext("%(n)s对还没有记录", "%(n)s对还没有记录", left) % {"n": left}
    yield line(_("老带新结对"), "growth:pairs", said, left, state)
    n, left = row.n_advice, row.n_late
    said = ngettext("%(n)s条还没有办结", "%(n)s条还没有办结", n) % {"n": n}
    state = ngettext("%(n)s条逾期", "%(n)s条逾期", left) % {"n": left}
    yield line(_("改进建议"), "growth:round", said, left, state)
    n, left = row.n_projects, row.n_unseen
    said = ngettext("%(n)s个项目在实施", "%(n)s个项目在实施", n) % {"n": n}
    state = ngettext("%(n)s个还没有走访", "%(n)s个还没有走访", left) % {"n": left}
    yield line(_("走访"), "growth:round", said, left, state)


# --- what will come ------------------------------------------------------------------------------


def to_come(who: Any, *, now: datetime) -> str:
    """What will stand in the list of things to do, for whoever has nothing there."""
    kinds = {post.kind for post in posts_of(who, now=now)}
    said: dict[str, Said] = {
        PostKind.STREET_OFFICER: lambda: _(
            "审查、签署、拨付、答复异议等事情会按期限排在这里，办完自动消失。"
        ),
        PostKind.COMMITTEE_WORKER: lambda: _(
            "新登记的居民、票据、签字材料会排在这里，办完自动消失。"
        ),
        PostKind.JUDGE: lambda: _(
            "评审开始后，要您评的提案会排在这里；中期评议会上轮到打分的也是。"
        ),
        PostKind.SOCIAL_WORKER: lambda: _("逾期的改进建议会排在这里，提醒您陪团队办结。"),
        PostKind.DISTRICT_ADMIN: lambda: _("要区里同意的事情会排在这里，例如作废投票。"),
        PostKind.AUDITOR: lambda: _("审计不经手办理。各轮、账目和台账随时可以从左边打开。"),
        PostKind.MERCHANT: lambda: _("目前没有要商家办理的事情。有了会排在这里。"),
    }
    return next((words() for kind, words in said.items() if kind in kinds), "")
