"""A changed agreement, a scan of a signed one, a receipt asked back, and one handed in twice."""

from __future__ import annotations

from datetime import date, timedelta

from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.actions.changing import Asked, Move
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.models import Agreement, Change, Project, Receipt
from sanlin.ground.accounts.models import Account
from sanlin.kernel.budget import Line

from . import slips
from .cast import World, at

CHANGED = "活力二村益路同行"
ASKS = "空中蔬菜乐园"
FIRST, SECOND = "欢乐帮帮团", "相悦邻聚里"
ASKED_BACK = "开心坊自治家园理事会"


def paperwork(world: World, ends_here: bool) -> None:
    """变更、签字件、纸质材料、退回补正、疑似重复"""
    _change(world, ends_here)
    _signed_by_hand(world, ends_here)
    _pending_change(world, ends_here)
    _asked_back(world, ends_here)
    _twice(world, ends_here)


def _project(title: str) -> Project:
    found: Project = Project.objects.whole().get(undertaking__title=title)
    return found


def _author(one: Project) -> Account:
    return one.award.proposal.author


def _change(world: World, ends_here: bool) -> None:
    """Money moves from goods to printing; the third signature is still missing where we end here."""
    one, zhou = _project(CHANGED), world.who["zhou"]
    helper = world.workers[one.award.proposal.neighbourhood_id]
    signed = Agreement.objects.get(project=one, version=1)
    scan = projects.file_scan(
        signed,
        slips.signed("项目协议签字页", one.number, ("甲方", "乙方", "丙方"), 1),
        ["street", "team", "committee"],
        by=helper,
        now=at(date(2024, 6, 28), 15),
    )
    projects.check_scan(scan, True, "三方签章齐全", by=zhou, now=at(date(2024, 7, 1), 9))
    asked = Asked(
        "居民要求多印楼号图和公约，物资由邻居借出，少买一些。",
        (Move("materials", "publicity", 600_00),),
    )
    change = projects.ask_change(one, asked, by=_author(one), now=at(date(2024, 8, 5), 10))
    change = Change.objects.select_related("project__round__street").get(pk=change.pk)
    projects.approve_change(change, "调剂合理", by=zhou, now=at(date(2024, 8, 6), 9))
    hands = [_author(one), helper] if ends_here else [_author(one), helper, world.who["cao"]]
    for n, hand in enumerate(hands):
        projects.sign(_project(CHANGED), by=hand, now=at(date(2024, 8, 7), 9 + n))


def _signed_by_hand(world: World, ends_here: bool) -> None:
    """A sign-in sheet and what residents confirm; the second is checked where the year goes on."""
    one, zhou = _project(CHANGED), world.who["zhou"]
    kinds = (
        ("sign_in", "活动签到表", None, 7),
        ("confirmation", "受益居民确认书", 12, 6),
    )
    hands = [f"邻居{n:02d}" for n in range(1, 7)]
    for n, (what, title, people, seed) in enumerate(kinds):
        paper = projects.file_paper(
            one,
            what,
            slips.signed(title, one.number, hands, seed),
            people,
            by=_author(one),
            now=at(date(2024, 8, 21), 20 + n),
        )
        if n == 0 or not ends_here:
            projects.check_paper(paper, True, "", by=zhou, now=at(date(2024, 8, 22), 9 + n))


def _pending_change(world: World, ends_here: bool) -> None:
    """A later end is asked for, and waits for the street; agreed to where the year goes on."""
    one = _project(ASKS)
    asked = Asked("梅雨期长，秋播顺延一个月。", ends=date(2024, 12, 31))
    change = projects.ask_change(one, asked, by=_author(one), now=at(date(2024, 9, 3), 11))
    if not ends_here:
        change = Change.objects.select_related("project__round__street").get(pk=change.pk)
        note = "档期排满，请按原计划完成"
        projects.refuse_change(change, note, by=world.who["zhou"], now=at(date(2024, 9, 5), 9))


def _asked_back(world: World, ends_here: bool) -> None:
    one, zhou = _project(ASKED_BACK), world.who["zhou"]
    slip = Slip(
        number="演示08801",
        day=date(2024, 8, 12),
        payee="墨香打印（演示）",
        lines=(
            Line("publicity", "公约海报", 6_00, 20),
            Line("publicity", "记录册", 12_00, 10),
        ),
    )
    now = at(date(2024, 8, 13), 19)
    shot = slips.receipt(slip, 2, stamped=False)
    sent = projects.hand_in(one, slip, [shot], by=_author(one), now=now)
    why = "照片里看不到收款方的章，请补拍"
    sent = projects.return_receipt(_whole(sent), why, by=zhou, now=now + timedelta(hours=15))
    if not ends_here:
        again = projects.hand_in(
            _project(ASKED_BACK),
            slip,
            [slips.receipt(slip, 3)],
            replaces=sent,
            answer="已补拍，章在右下角",
            by=_author(one),
            now=now + timedelta(days=2),
        )
        projects.accept(_whole(again), by=zhou, now=now + timedelta(days=3))


def _twice(world: World, ends_here: bool) -> None:
    """One paper for two projects: photographed once more, under another number."""
    zhou = world.who["zhou"]
    goods = (Line("materials", "花盆和营养土", 300_00, 1),)
    now = at(date(2024, 8, 20), 18)
    first, second = _project(FIRST), _project(SECOND)
    slip = Slip("演示55120", date(2024, 8, 18), "绿友园艺（演示）", goods)
    kept = projects.hand_in(first, slip, [slips.receipt(slip, 4)], by=_author(first), now=now)
    projects.accept(_whole(kept), by=zhou, now=now + timedelta(hours=15))
    again = Slip("演示55102", date(2024, 8, 19), "绿友园艺店（演示）", goods)
    shot = slips.receipt(slip, 4, tilt=3)
    sent = projects.hand_in(second, again, [shot], by=_author(second), now=now + timedelta(days=6))
    if not ends_here:
        why = "与另一项目的票据是同一张，改了号码"
        projects.refuse_receipt(_whole(sent), why, by=zhou, now=now + timedelta(days=7))


def _whole(receipt: Receipt) -> Receipt:
    found: Receipt = Receipt.objects.select_related("project__round__street").get(pk=receipt.pk)
    return found
