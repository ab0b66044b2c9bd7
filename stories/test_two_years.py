"""Two years of 社区营造: a hundred projects, evaluation and elimination, then fewer and larger.

What a hundred teams do alike is played through the verbs; what two officers decide about one of them,
what its leader hands in on a phone, and what the teams are told, is done by clicks.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from stories.cast import Cast
from stories.hands import (
    at_desk,
    at_project,
    at_round,
    cell,
    due,
    fill,
    follow,
    gone,
    press,
    put_clock,
    says,
    write_receipt,
    write_report,
)
from stories.house import shell

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from stories.conftest import Visit
    from stories.house import House

FIRST, SECOND = "社区营造第一年", "社区营造第二年"


@pytest.fixture
def street(street: Path, tmp_path: Path) -> Path:
    """The street a year on: played before it is served, since a server writes too."""
    world = shutil.copytree(street, tmp_path / "world")
    told = played(world, "yingzao.figures(yingzao.year_one())")
    assert told == "100 45 ¥80,000 ¥240,000 ¥8,000,000"
    return world


@pytest.mark.stage("draft")
def test_two_years_fewer_and_larger(visit: Visit, house: House, tmp_path: Path) -> None:
    cast = Cast(visit, house, tmp_path, "two-years")
    paid_and_spent(cast)
    spent_taken_back_and_closed(cast)
    team = evaluated_and_settled(cast)
    put_clock(cast("zhou"), "2017-01-03")
    ask_the_book(cast)
    played(house.home, "yingzao.second_call(second)")
    is_not_let_in(cast, team)
    told = played(house.home, "yingzao.figures(yingzao.second_decision(second))")
    assert told == "60 30 ¥133,000 ¥266,000 ¥7,980,000"
    goes_on_larger(cast)
    cast.end()


def played(home: Path, words: str) -> str:
    """What a part of the scene prints: projects, in villages, largest, most of a community, sum."""
    code = (
        "from sanlin.site.demo import yingzao",
        "from sanlin.govern.rounds.models import Round",
        "second = Round.objects.select_related('street', 'previous').filter(",
        f"    name='{SECOND}').first()",
        f"print({words})",
    )
    return shell(home, "\n".join(code))


def paid_and_spent(cast: Cast) -> None:
    """The second instalment is asked for, approved and paid by three; the team hands in what it spent."""
    zhou, qian, leader = cast("zhou"), cast("qian"), cast("yingzao")
    tian = cast("tian")
    due(zhou, "1笔拨款已逾期")
    press(zhou, "申请拨付")
    says(zhou, "已申请，等待另一位工作人员审批")
    due(qian, "审批1笔拨款")
    press(qian, "审批拨付")
    says(qian, "已审批")
    due(tian, "付款1笔")
    press(tian, "付款")
    says(tian, "已付款并记账")
    cast.picture(tian, "paid-by-three")
    at_project(leader)
    line = {"买了什么": "桌椅和展板", "单价（元）": "60000", "数量": "1"}
    write_receipt(leader, cast.paper, "演示9001", "2016-11-28", "乡里供销社（演示）", line)
    press(leader, "提交票据")
    says(leader, "票据已提交")
    due(zhou, "审核1张票据")
    press(zhou, "通过")
    gone(zhou, "通过")


def spent_taken_back_and_closed(cast: Cast) -> None:
    """A running cost goes through three hands, the bookkeeper takes it back with a reason that the
    public reads, and closes a month."""

    def at_running(who: str) -> Page:
        page = cast(who)
        follow(page, "工作台")
        follow(page.locator("nav.side"), "资金池")
        follow(page.locator("main table"), FIRST)
        follow(page.locator("main"), "运行经费")
        return page

    zhou = at_running("zhou")
    fill(zhou, {"用途": "议事会场地费", "金额（元）": "320"})
    press(zhou, "提交运行经费申请")
    says(zhou, "已申请，等待另一位工作人员审批")
    press(at_running("qian"), "审批")
    tian = at_running("tian")
    cast.picture(tian, "a-running-cost-to-pay")
    press(tian, "付款")
    says(tian, "已付款并记账")
    jin = cast("jin")
    jin.goto(tian.url.replace("running/", ""))
    jin.locator("main table tbody a").first.click()
    follow(jin, "冲销")
    jin.get_by_label("理由").fill("会议改在居委会开，场地费退回")
    press(jin, "冲销")
    says(jin, "已冲销，冲销凭证和理由已公开")
    jin.goto(tian.url.replace("running/", ""))
    says(jin, "会议改在居委会开，场地费退回")
    follow(jin.locator("main"), "月结")
    cast.picture(jin, "a-month-to-close")
    jin.locator("main form button").last.click()
    says(jin, "月的账")
    says(jin, "已结的月份")


def evaluated_and_settled(cast: Cast) -> str:
    """The closing report does not pass: no last instalment, the unspent goes back, a bar."""
    zhou, leader = cast("zhou"), cast("yingzao")
    at_project(leader)
    write_report(leader, "结项", "开过两次会，后来没有办起来。", 2, 19)
    press(leader, "提交报告")
    says(leader, "报告已提交")
    due(zhou, "评估1份报告")
    fill(zhou, {"评分（0到100）": "45", "评语": "活动没有办起来。"})
    press(zhou, "评分")
    says(zhou, "已评估，结果已生效")
    says(zhou, "不合格")
    follow(zhou, "工作台")
    jin = cast("jin")
    follow(jin, "工作台")
    follow(jin.locator("main"), "结算并结项")
    says(jin, "不再拨付")
    jin.get_by_label("退回金额").fill("12000")
    press(jin, "登记退款")
    says(jin, "退款已记账")
    follow(zhou.locator("main"), "结算并结项")
    press(zhou, "结项")
    says(zhou, "项目已结项")
    cast.picture(zhou, "settled-without-the-last")
    follow(zhou, "公众看到的页面")
    follow(zhou, "团队历年档案")
    says(zhou, "前不得申报")
    cast.picture(zhou, "a-team-is-out")
    return zhou.locator("h1").inner_text().partition("·")[0].strip()


def ask_the_book(cast: Cast) -> None:
    """The next round is begun, and takes over what the first year's book proposes; but the street
    leaves it the eight million, of which the teams that go on would leave a fifth."""
    zhou = cast("zhou")
    at_desk(zhou, "项目", FIRST)
    follow(zhou.locator("main"), "结束与延续")
    follow(zhou, "由本轮开启下一轮")
    fill(zhou, {"名称": SECOND, "年度": "2017"})
    press(zhou, "建立草稿")
    says(zhou, SECOND)
    at_desk(zhou, "项目", FIRST)
    follow(zhou.locator("main"), "小组、中期与结项")
    cell(zhou, "这一年的账，下一年怎么办")
    says(zhou, "结项合格")
    says(zhou, "¥166,000")
    says(zhou, "上一轮总额¥8,000,000×（1−20.1%），舍到千元＝¥6,385,000")
    zhou.get_by_label("另填的本轮总额").fill("八百万")
    press(zhou, "写入草稿")
    says(zhou, "请填金额，例如“12000”或“1.2万”")
    zhou.get_by_label("另填的本轮总额").fill("800万")
    cast.picture(zhou, "what-the-book-says")
    press(zhou, "写入草稿")
    says(zhou, "已写入草稿")
    at_desk(zhou, "项目", FIRST)
    follow(zhou.locator("main"), "结束与延续")
    press(zhou, "结束本轮")
    says(zhou, "本轮已结束")


def is_not_let_in(cast: Cast, team: str) -> None:
    """Who leads the team that failed is told by the next call that it may not begin."""
    leader = cast("yingzao")
    at_round(leader, SECOND)
    follow(leader, "写提案")
    assert leader.get_by_role("radio", name=team).is_disabled()
    says(leader, f"{team}在")
    says(leader, "前不得申报")
    cast.picture(leader, "not-let-in")


def goes_on_larger(cast: Cast) -> None:
    """Fewer projects, and more for each: the officer sees it in the list, a team in its own years."""
    zhou, leader = cast("zhou"), cast("linpan")
    at_desk(zhou, "项目", SECOND)
    says(zhou, "¥133,000")
    cast.picture(zhou, "fewer-and-larger")
    cell(leader, "我的事")
    cell(leader, "我们团队的项目")
    says(leader, "¥133,000")
    follow(leader, "项目全貌")
    follow(leader, "团队历年档案")
    says(leader, "2017年")
    cast.picture(leader, "a-team-over-two-years")
