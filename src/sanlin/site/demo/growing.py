"""How the projects of 2024 grow: circles meet and visit, old teams mentor new ones, a midterm session is
held, residents are asked at the end. Texts and figures are invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from sanlin.govern.growth import actions, rules
from sanlin.govern.growth.actions.closing import Said
from sanlin.govern.growth.models import Advice, Came, JurorPart, Pair, Slot, Wanted
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Circle, Project, Report
from sanlin.ground.accounts.models import Account
from sanlin.harmony.training import actions as training

from .cast import World, at, the_round, vary
from .drawings import drawn

JURY = (
    ("sun", JurorPart.COMMUNITY),
    ("gao", JurorPart.ACCEPTANCE),
    ("chen", JurorPart.EXPERT),
    ("lin", JurorPart.SUPERVISION),
)
NOTES = (
    "各项目说了进度：两家已过半，一家等材料。约定互借工具，下月一起走访。",
    "讨论怎样让更多人参加：把活动放到周末傍晚，请骑手和租户来开第一场。",
)
SEEN = "看了现场和登记本：活动照常，轮值表贴在门口；签到本有几次没有签全。"
ADVICE = (
    "签到本每次活动当场签全",
    "把账目贴到居务公开栏",
    "请两位新邻居加入轮值",
)
IDEAS = (
    "活动放到周末傍晚",
    "请骑手带新邻居认楼",
    "每个楼道留一块点子板",
    "孩子先来，大人就来",
    "群里少发通知，多发照片",
)
WORDS = ("已经照做，换了新的签到本。", "六月起每月贴一次。", "来了三位新邻居。")


def circles(world: World) -> None:
    """Six circles: the teams agree to their leaders, meet twice, visit; three pairs; one joint meeting."""
    for number, circle in enumerate(_circles(world)):
        members = _members(circle)
        for one in members:
            actions.back(circle, one.team, by=_author(one), now=at(date(2024, 6, 18), 9))
        _meet(world, circle, members, number)
    _pairs(world)
    _joint(world)


def visits(world: World) -> None:
    """Each circle's leader visits two projects of it; half of what was agreed is done."""
    for number, circle in enumerate(_circles(world)):
        at_work = [one for one in _members(circle) if one.stage == stages.RUNNING]
        for turn, one in enumerate(at_work[1:3]):
            now = at(date(2024, 7, 10) + timedelta(days=number % 3), 10)
            wanted = [Wanted(ADVICE[(number + turn) % 3], date(2024, 7, 12 + 6 * turn + number))]
            photos = [drawn(number)] if turn == 0 else []
            kept = actions.visit(one, now.date(), SEEN, wanted, photos, by=_leader(circle), now=now)
            if turn == 0:
                advice = Advice.objects.select_related(
                    "project__undertaking__organisation", "project__round__street"
                ).get(visit=kept)
                words = WORDS[(number + turn) % 3]
                actions.do_advice(advice, words, by=_author(one), now=now + timedelta(days=2))


def _circles(world: World) -> list[Circle]:
    rows = Circle.objects.filter(round__street=world.street)
    return list(rows.select_related("round__street", "leader").order_by("pk"))


def _members(circle: Circle) -> list[Project]:
    return list(Project.objects.whole().filter(circle=circle).order_by("number"))


def _author(one: Project) -> Account:
    return Account.objects.get(pk=one.award.proposal.author_id)


def _leader(circle: Circle) -> Account:
    return Account.objects.get(pk=circle.leader_id or 0)


def _meet(world: World, circle: Circle, members: list[Project], number: int) -> None:
    leader = _leader(circle)
    for turn, (day, title) in enumerate(
        ((date(2024, 6, 25), "认识大家，排走访"), (date(2024, 7, 24), "进度和参与"))
    ):
        begin = at(day + timedelta(days=number % 3), 14)
        called = at(day - timedelta(days=7), 9)
        made = actions.call_meeting(circle, title, begin, "睦邻点二楼", by=leader, now=called)
        if turn:
            continue  # the second one is still to come while the money runs
        came = [Came(one.team.name, 1 + vary(one.pk, turn) % 3) for one in members[:6]]
        photos = [drawn(number)] if number == 0 else []
        then = begin + timedelta(hours=3)
        actions.tell_meeting(made, NOTES[number % 2], came, photos, by=leader, now=then)


def _pairs(world: World) -> None:
    zhou, round = world.who["zhou"], the_round(world)
    by_tier = {
        tier: list(Project.objects.whole().filter(round=round, tier=tier).order_by("number"))
        for tier in ("shifan", "yumiao")
    }
    for number, (old, new) in enumerate(
        zip(by_tier["shifan"][:3], by_tier["yumiao"][:3], strict=True)
    ):
        made = actions.pair(
            round,
            old.team,
            new.team,
            "学会记账和排班，第三次活动由新团队自己办。",
            by=zhou,
            now=at(date(2024, 6, 20), 10),
        )
        for turn, (one, text) in enumerate(
            (
                (old, "带着看了一次活动，讲怎样签到、留票据。"),
                (new, "第一次自己排班，老团队到场看了。"),
            )
        ):
            day = date(2024, 7, 3) + timedelta(days=5 * turn + number)
            actions.log_entry(made, day, text, by=_author(one), now=at(day, 18))


def _joint(world: World) -> None:
    zhou, round = world.who["zhou"], the_round(world)
    begin = at(date(2024, 7, 9), 14)
    made = actions.call_joint_meeting(
        round, "暑期活动怎样配人配钱", begin, "街道三楼会议室", by=zhou, now=at(date(2024, 7, 1), 9)
    )
    came = [
        Came(who, 1 + n) for n, who in enumerate(("社区", "社会工作者", "社会组织", "社区志愿者"))
    ]
    notes = "社工机构出两位带队；志愿者名单由居委报；缺的雨衣向慈善超市申请。"
    actions.tell_meeting(made, notes, came, by=zhou, now=begin + timedelta(hours=2))


def session(world: World, reports: list[Report], ends_here: bool) -> None:
    """Six projects pitch. Where the chapter ends here, three have their mark and one is being heard."""
    zhou, round = world.who["zhou"], the_round(world)
    begin = at(date(2024, 9, 18), 9)
    made = actions.plan(
        round, "第一场中期评议会", begin, "街道三楼会议室", by=zhou, now=at(date(2024, 9, 10), 9)
    )
    for username, part in JURY:
        actions.invite(made, world.who[username], part, by=zhou, now=at(date(2024, 9, 10), 10))
    kinds = ("resident", "resident", "professional", "resident", "hardware", "resident")
    for report, kind in zip(reports, kinds, strict=False):
        actions.enter(made, report, kind, by=zhou, now=at(date(2024, 9, 16), 10))
    actions.open_pitching(made, by=zhou, now=begin)
    slots = list(Slot.objects.filter(pitching=made).order_by("place"))
    for number, slot in enumerate(slots[:3] if ends_here else slots):
        _hear(world, slot, number, begin + timedelta(minutes=14 * number))
    if not ends_here:
        actions.close(made, by=zhou, now=begin + timedelta(hours=2))
    elif slots[3:]:
        now = begin + timedelta(minutes=57)
        actions.call(slots[3], by=zhou, now=now)
        for username, _part in JURY[:2]:
            _score(world, slots[3], username, now + timedelta(minutes=2))


def _hear(world: World, slot: Slot, number: int, now: datetime) -> None:
    zhou = world.who["zhou"]
    actions.call(slot, by=zhou, now=now)
    for username, _part in JURY:
        _score(world, slot, username, now + timedelta(minutes=2))
    done = actions.make_mark(slot, "按计划推进，请继续公开账目。", by=zhou, now=now)
    found = [key for n, key in enumerate(("late_pay", "papers", "few")) if (number + n) % 2]
    actions.tick(done, found, by=zhou, now=now)
    if number == 1:
        wanted = [Wanted("补齐两次活动的签到", date(2024, 10, 8))]
        actions.lay_down(done, wanted, by=zhou, now=now)


def _score(world: World, slot: Slot, username: str, now: datetime) -> None:
    lines = rules.sheet_of(the_round(world).rules, slot.kind)
    given: dict[str, Fraction | None] = {
        line.key: Fraction(14 + vary(slot.pk, username, line.key) % 5, 2) for line in lines
    }
    actions.score(slot, given, by=world.who[username], now=now)


def ask(world: World, one: Project, number: int) -> None:
    """One project in three asks its residents, by code and on paper, and is looked at with the sheet."""
    zhou, now = world.who["zhou"], at(date(2024, 11, 25) + timedelta(days=number % 5), 9)
    made = actions.open_survey(one, 12, by=zhou, now=now)
    for n in range(1, 8):
        said = Said(n % 7 != 0, n % 3 != 0, n % 2 == 0, 5 - vary(one.pk, n) % 3)
        actions.answer(made, n, rules.code_of(made, n), said, by=None, now=now)
    actions.key_in(made, Said(True, True, True, 5), 4 + number % 3, by=zhou, now=now)
    actions.key_in(made, Said(True, False, True, 4), 3, by=zhou, now=now)
    actions.close_survey(made, by=zhou, now=now + timedelta(days=5))
    ticks = [point.key for point in one.round.rules.acceptance]
    if number % 4 == 1:
        ticks.remove("handover")
    actions.accept(one, ticks, 10 + number % 9, "现场看过。", by=zhou, now=now + timedelta(days=6))


def last_words(world: World) -> None:
    """The pairs end with a word of both teams."""
    for pair in Pair.objects.filter(round__street=world.street).select_related("round__street"):
        for team, word in (
            (pair.mentor_id, "他们已经能自己办了，明年愿意再带一队。"),
            (pair.novice_id, "学会了记账，也敢自己开会了。"),
        ):
            who = Account.objects.get(memberships__organisation=team, memberships__leads=True)
            actions.end(pair, word, by=who, now=at(date(2024, 11, 28), 10))


def trainings(world: World) -> None:
    """A training with ideas that are followed up and questions to an expert; another one to come."""
    zhou, street = world.who["zhou"], world.street
    begin = at(date(2024, 7, 5), 14)
    made = training.plan(
        street,
        training.Planned(
            "怎样让更多人参加",
            "看两个别处的例子；分组想点子；记账和签到怎么做；向专家提问。",
            begin,
            begin + timedelta(hours=3),
            "街道三楼会议室",
            60,
            the_round(world).name,
        ),
        by=zhou,
        now=at(date(2024, 6, 24), 9),
    )
    leaders = [_author(one) for one in Project.objects.whole().order_by("number")[:12]]
    signed = [
        training.sign_up(made, by=who, now=at(date(2024, 6, 26), 10))
        for who in dict.fromkeys(leaders)
    ]
    now = begin + timedelta(hours=1)
    ideas = [training.send_idea(made, text, by=None, now=now) for text in IDEAS]
    for idea in ideas[:4]:
        training.move_idea(idea, "show", by=zhou, now=now)
    training.take_idea(ideas[0], "公益服务小组", date(2024, 7, 31), by=zhou, now=now)
    training.take_idea(ideas[1], "社区骑士", date(2024, 9, 30), by=zhou, now=now)
    words = "七月起放到周六傍晚，第一场来了四十多人。"
    training.finish_idea(ideas[0], words, by=zhou, now=at(date(2024, 7, 15), 9))
    training.ask(made, "租来的音响能不能列支？", by=None, now=now)
    asked = training.ask(made, "签到本上要不要写电话？", by=None, now=now)
    advice = "不用。写姓氏和楼号就够，电话由团队另存。"
    training.advise(asked, "财务专家", advice, by=zhou, now=now + timedelta(hours=1))
    came = [one.pk for one in signed[:-2]]
    training.note_who_came(made, came, by=zhou, now=begin + timedelta(hours=3))
    training.plan(
        street,
        training.Planned(
            "结项怎么写、票据怎么理",
            "结项报告的写法；票据和台账；验收单逐项看。",
            at(date(2024, 10, 16), 14),
            at(date(2024, 10, 16), 17),
            "街道三楼会议室",
            60,
            the_round(world).name,
        ),
        by=zhou,
        now=at(date(2024, 7, 15), 9),
    )
