"""The round of 2024 after the notice: agreements, money, reports, circles, closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Sum

from sanlin.govern.projects import actions as projects
from sanlin.govern.projects import stages
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.models import Instalment, Project, Receipt, Report
from sanlin.govern.projects.queries import fund_of
from sanlin.govern.projects.rules import owed_back
from sanlin.ground.accounts.models import Account
from sanlin.kernel.budget import Line

from . import growing, slips
from .cast import World, at, entrust, the_round, vary
from .drawings import drawn
from .paperwork import paperwork
from .plans import TOPICS

HALFWAY = (
    "已办三次活动，轮值表贴在楼道里；参加的人比预想多，账目每月公布。",
    "楼道小组排好了班，两位老党员带着年轻人干；下雨天的两次顺延到九月。",
    "开头来的多是老年人，改到周末傍晚以后，带孩子的家庭也来了。",
    "物资都已领用登记；场地借用物业的小间，钥匙由三户轮流保管。",
    "第一次活动签到乱，后来改成楼组长带签，名单和人数对得上了。",
)
AT_LAST = (
    "计划内的活动全部办完，邻居自己接着轮值；结余已说明。",
    "六个楼道都成立了小组，公约由大家自己定、自己改，明年不花钱也能办下去。",
    "从十几个人做到上百人，最难的是找场地；现在底楼小间每周三下午固定开门。",
    "四位志愿者学会了记账和排班，台账和照片都在居委会，谁都可以来看。",
    "活动比计划多办两次，用的是居民捐的花苗和点心；没用完的钱已经退回。",
)
PITCHES = 6  # projects that are heard at the midterm session; the others are reviewed on paper
WAITS = "活力二村益路同行"  # at the stage `running` its leader has still to sign


def running(world: World, ends_here: bool) -> None:
    """签约、拨付首期、交票据、分六个小组"""
    zhou = world.who["zhou"]
    projects.confirm(the_round(world), by=zhou, now=at(date(2024, 6, 12), 9))
    fund = fund_of(the_round(world))
    assert fund is not None
    entrust(fund, at(date(2024, 6, 12), 10))
    _circles(world)
    # Vouchers are numbered as they are booked: what happens earlier is told earlier.
    for number, one in sorted(enumerate(_all(world)), key=lambda n: (n[0] % 5, n[0] % 8)):
        if ends_here and one.award.proposal.title == WAITS:
            continue
        _sign(world, one, at(date(2024, 6, 17) + timedelta(days=number % 5), 9 + number % 8))
    for number, one in sorted(enumerate(_all(world)), key=lambda n: n[0] % 7):
        if one.stage == stages.RUNNING and not (ends_here and number % 5 == 4):
            _pay(world, one, at(date(2024, 6, 26) + timedelta(days=number % 7), 10), ends_here)
            _receipt(world, one, 1, 30, at(date(2024, 7, 8), 9 + number % 8))
    growing.circles(world)
    growing.visits(world)
    growing.trainings(world)


def _all(world: World) -> list[Project]:
    rows = Project.objects.filter(round__street=world.street)
    return list(
        rows.select_related(
            "round__street", "award__proposal__author", "award__proposal__neighbourhood"
        ).order_by("number")
    )


def _fresh(one: Project) -> Project:
    rows = Project.objects.select_related("round__street", "award__proposal__author")
    found: Project = rows.get(pk=one.pk)
    return found


def _author(one: Project) -> Account:
    return one.award.proposal.author


def _circles(world: World) -> None:
    """Six circles by their line of work, each with one recommended leader."""
    zhou, now = world.who["zhou"], at(date(2024, 6, 14), 10)
    by_need = {topic.need: topic.circle for topic in TOPICS}
    everything = _all(world)
    for topic in TOPICS:
        members = [one for one in everything if by_need[one.award.proposal.need] == topic.circle]
        leader = _author(members[0])
        circle = projects.make_circle(the_round(world), topic.circle, leader, by=zhou, now=now)
        projects.assign(circle, members, by=zhou, now=now)


def _sign(world: World, one: Project, now: datetime) -> None:
    worker = world.workers[one.award.proposal.neighbourhood_id]
    for party in (_author(one), worker, world.who["cao"]):
        projects.sign(_fresh(one), by=party, now=now)


def _pay(world: World, one: Project, now: datetime, ends_here: bool = False) -> None:
    """Pay whatever is due: one officer asks, the other approves, the cashier pays."""
    due = Instalment.objects.filter(project=one, stage=stages.DUE)
    for instalment in due.select_related("project__round__street", "project__award"):
        asked = projects.propose(instalment, by=world.who["zhou"], now=now)
        told = projects.approve(asked, by=world.who["qian"], now=now + timedelta(hours=2))
        if not (ends_here and instalment.project_id % 6 == 1):
            projects.pay(told, by=world.who["tian"], now=now + timedelta(hours=5))


def _receipt(world: World, one: Project, number: int, percent: int, now: datetime) -> None:
    """A receipt over so many percent of the grant, for the team's goods, within what is planned for
    them; an officer looks at it."""
    what = one.award.proposal.lines.order_by("place")[0].what
    earlier = Receipt.objects.filter(project=one).aggregate(sum=Sum("amount"))["sum"] or 0
    spent = min(one.grant * percent // 100, one.plan["materials"] - earlier)
    slip = Slip(
        number=f"演示{one.pk:03d}-{number}",
        day=now.date(),
        payee=f"街角五金百货（演示{one.pk:03d}）",
        lines=(Line("materials", what, spent, 1),),
    )
    paper = slips.receipt(slip, one.pk * 10 + number)
    kept = projects.hand_in(_fresh(one), slip, [paper], by=_author(one), now=now)
    if one.pk % 3 or number > 1:
        rows = Receipt.objects.select_related("project__round__street")
        projects.accept(rows.get(pk=kept.pk), by=world.who["zhou"], now=now + timedelta(hours=20))


def midterm(world: World, ends_here: bool) -> None:
    """中期报告和评估、第二期拨付"""
    paperwork(world, ends_here)
    pitching: list[Report] = []
    for number, one in enumerate(_all(world)):
        if ends_here and (number % 4 == 3 or _author(one) == world.who["wang"]):
            continue  # his is still running: at this stage he may begin a small round
        now = at(date(2024, 9, 9) + timedelta(days=number % 5), 9 + number % 8)
        told = Told(
            HALFWAY[vary(one.pk) % len(HALFWAY)], 2 + vary(one.pk, 2) % 3, 48 + vary(one.pk) % 70
        )
        photos = [drawn(number)] if number % 2 else []
        report = projects.report(_fresh(one), "midterm", told, photos, by=_author(one), now=now)
        if number % 8 == 1 and len(pitching) < PITCHES:
            pitching.append(report)
            continue
        if ends_here and number % 3 == 2:
            continue
        _review(world, report, 62 + number * 7 % 35, now + timedelta(hours=20))
        _pay(world, one, at(date(2024, 9, 17), 9))
    growing.session(world, pitching, ends_here)


def _review(world: World, report: Report, mark: int, now: datetime) -> None:
    rows = Report.objects.select_related("project__round__street")
    words = "按计划推进，请把轮值和账目继续公开。"
    projects.review(rows.get(pk=report.pk), mark, words, by=world.who["zhou"], now=now)


def closed(world: World, ends_here: bool) -> None:
    """结项报告、验收、尾款、退回结余、结束本轮"""
    for number, one in enumerate(_all(world)):
        now = at(date(2024, 12, 2) + timedelta(days=number % 10), 9 + number % 8)
        _receipt(world, one, 2, 55 + number % 3 * 5, now - timedelta(days=7))
        for left in Receipt.objects.filter(project=one, stage=stages.HANDED_IN):
            found = Receipt.objects.select_related("project__round__street").get(pk=left.pk)
            projects.accept(found, by=world.who["zhou"], now=now)
        if number % 3 == 0:
            growing.ask(world, Project.objects.whole().get(pk=one.pk), number)
        told = Told(
            AT_LAST[vary(one.pk) % len(AT_LAST)], 6 + vary(one.pk, 2) % 7, 130 + vary(one.pk) % 240
        )
        photos = [drawn(number * 3 + n) for n in range(number % 3)]
        report = projects.report(_fresh(one), "closing", told, photos, by=_author(one), now=now)
        _review(world, report, 66 + number * 11 % 34, now + timedelta(hours=20))
        _pay(world, one, at(date(2024, 12, 18), 9))
        _settle(world, one, at(date(2024, 12, 20), 9))
    growing.last_words(world)
    projects.close_round(the_round(world), by=world.who["zhou"], now=at(date(2024, 12, 25), 9))


def _settle(world: World, one: Project, now: datetime) -> None:
    zhou, jin = world.who["zhou"], world.who["jin"]
    owed = owed_back(_fresh(one))
    if owed:
        projects.give_back(_fresh(one), owed, by=jin, now=now)
    projects.close(_fresh(one), by=zhou, now=now + timedelta(hours=1))
