"""Two years of 社区营造: a hundred projects, evaluation and elimination, then fewer and larger.

What a hundred teams do alike is played through the verbs; what two officers decide about one of them,
what its leader hands in on a phone, and what the teams are told, is done by clicks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from stories import eyes
from stories.browser import sign_in, window
from stories.house import ROOT, serve, surroundings
from stories.test_round import cell, follow, press, put_clock, says

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from stories.house import House

FIRST, SECOND = "社区营造第一年", "社区营造第二年"
AT_DESKS = {"zhou", "qian", "tian", "jin"}


@dataclass
class People:
    """The windows of those who play, and what axe and the ruler found on what was pictured."""

    browser: Browser
    house: House
    windows: ExitStack
    paper: Path
    opened: dict[str, Page] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    pictures: int = 0

    def __call__(self, who: str) -> Page:
        if who not in self.opened:
            size = "desk" if who in AT_DESKS else "phone"
            page = self.windows.enter_context(window(self.browser, self.house, size))
            sign_in(page, who)
            self.opened[who] = page
        return self.opened[who]

    def picture(self, page: Page, name: str) -> None:
        self.pictures += 1
        eyes.shot(page, f"two-years-{self.pictures:02d}-{name}")
        self.troubles += eyes.look_closely(page)


def played(home: Path, words: str) -> str:
    """What a part of the scene prints: projects, in villages, largest, most of a community, sum."""
    code = "\n".join(
        (
            "from sanlin.site.demo import yingzao",
            "from sanlin.govern.rounds.models import Round",
            "second = Round.objects.select_related('street', 'previous').filter(",
            f"    name='{SECOND}').first()",
            f"print({words})",
        )
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=surroundings(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.mark.stage("draft")
def test_two_years_fewer_and_larger(street: Path, tmp_path: Path, browser: Browser) -> None:
    world = tmp_path / "world"
    shutil.copytree(street, world)
    told = played(world, "yingzao.figures(yingzao.year_one())")
    assert told == "100 45 ¥80,000 ¥240,000 ¥8,000,000"
    paper = tmp_path / "photo.jpg"
    Image.new("RGB", (900, 1200), "#c8d6c0").save(paper)
    with ExitStack() as windows, serve(world, tmp_path / "home") as house:
        people = People(browser, house, windows, paper)
        paid_and_spent(people)
        spent_taken_back_and_closed(people)
        team = evaluated_and_settled(people)
        put_clock(people("zhou"), "2017-01-03")
        ask_the_book(people)
        played(house.home, "yingzao.second_call(second)")
        is_not_let_in(people, team)
        told = played(house.home, "yingzao.figures(yingzao.second_decision(second))")
        assert told == "60 30 ¥133,000 ¥266,000 ¥7,980,000"
        goes_on_larger(people)
        windows.close()
        printed = house.printed()
    assert "Traceback" not in printed, printed[-4000:]
    assert not people.troubles, "\n".join(dict.fromkeys(people.troubles))


def to_projects(zhou: Page, round: str) -> None:
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), round)
    follow(zhou.locator("main"), "项目")


def paid_and_spent(people: People) -> None:
    """The second instalment is asked for, approved and paid by three; the team hands in what it spent."""
    zhou, qian, leader = people("zhou"), people("qian"), people("yingzao")
    tian = people("tian")
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "1笔拨款已逾期")
    zhou.locator("table tbody a").first.click()
    press(zhou, "申请拨付")
    says(zhou, "已申请，等待另一位工作人员审批")
    follow(qian, "工作台")
    follow(qian.locator("main"), "审批1笔拨款")
    qian.locator("table tbody a").first.click()
    press(qian, "审批拨付")
    says(qian, "已审批")
    follow(tian, "工作台")
    follow(tian.locator("main"), "付款1笔")
    tian.locator("table tbody a").first.click()
    press(tian, "付款")
    says(tian, "已付款并记账")
    people.picture(tian, "paid-by-three")
    cell(leader, "我的事")
    cell(leader, "我们团队的项目")
    follow(leader, "项目全貌")
    follow(leader, "上传票据")
    leader.get_by_label("照片或文件").set_input_files(people.paper)
    press(leader, "下一步：填写内容")
    leader.get_by_label("票据号码").fill("演示9001")
    leader.get_by_label("开票日期").fill("2016-11-28")
    leader.get_by_label("收款方").fill("乡里供销社（演示）")
    line = leader.locator("fieldset").first
    line.get_by_label("支出科目").select_option(index=1)
    line.get_by_label("买了什么").fill("桌椅和展板")
    line.get_by_label("单价（元）").fill("60000")
    line.get_by_label("数量").fill("1")
    press(leader, "提交票据")
    says(leader, "票据已提交")
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "审核1张票据")
    zhou.locator("table tbody a").first.click()
    press(zhou, "通过")
    zhou.get_by_role("button", name="通过", exact=True).wait_for(state="detached")


def spent_taken_back_and_closed(people: People) -> None:
    """A running cost goes through three hands, the bookkeeper takes it back with a reason that the
    public reads, and closes a month."""

    def at_running(who: str) -> Page:
        page = people(who)
        follow(page, "工作台")
        follow(page.locator("nav.side"), "资金池")
        follow(page.locator("main table"), FIRST)
        follow(page.locator("main"), "运行经费")
        return page

    zhou = at_running("zhou")
    zhou.get_by_label("用途").fill("议事会场地费")
    zhou.get_by_label("金额（元）").fill("320")
    press(zhou, "提交运行经费申请")
    says(zhou, "已申请，等待另一位工作人员审批")
    press(at_running("qian"), "审批")
    tian = at_running("tian")
    people.picture(tian, "a-running-cost-to-pay")
    press(tian, "付款")
    says(tian, "已付款并记账")
    jin = people("jin")
    jin.goto(tian.url.replace("running/", ""))
    jin.locator("main table tbody a").first.click()
    follow(jin, "冲销")
    jin.get_by_label("理由").fill("会议改在居委会开，场地费退回")
    press(jin, "冲销")
    says(jin, "已冲销，冲销凭证和理由已公开")
    jin.goto(tian.url.replace("running/", ""))
    says(jin, "会议改在居委会开，场地费退回")
    follow(jin.locator("main"), "月结")
    people.picture(jin, "a-month-to-close")
    jin.locator("main form button").last.click()
    says(jin, "月的账")
    says(jin, "已结的月份")


def evaluated_and_settled(people: People) -> str:
    """The closing report does not pass: no last instalment, the unspent goes back, a bar."""
    zhou, leader = people("zhou"), people("yingzao")
    follow(leader.locator("header"), "首页")
    cell(leader, "我的事")
    cell(leader, "我们团队的项目")
    follow(leader, "项目全貌")
    follow(leader, "提交结项报告")
    leader.get_by_label("做了什么、有什么变化").fill("开过两次会，后来没有办起来。")
    leader.get_by_label("活动次数").fill("2")
    leader.get_by_label("参与人次").fill("19")
    press(leader, "提交报告")
    says(leader, "报告已提交")
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "评估1份报告")
    zhou.locator("table tbody a").first.click()
    zhou.get_by_label("评分（0到100）").fill("45")
    zhou.get_by_label("评语").fill("活动没有办起来。")
    press(zhou, "评分")
    says(zhou, "已评估，结果已生效")
    says(zhou, "不合格")
    follow(zhou, "工作台")
    jin = people("jin")
    follow(jin, "工作台")
    follow(jin.locator("main"), "结算并结项")
    says(jin, "不再拨付")
    jin.get_by_label("退回金额").fill("12000")
    press(jin, "登记退款")
    says(jin, "退款已记账")
    follow(zhou.locator("main"), "结算并结项")
    press(zhou, "结项")
    says(zhou, "项目已结项")
    people.picture(zhou, "settled-without-the-last")
    follow(zhou, "公众看到的页面")
    follow(zhou, "团队历年档案")
    says(zhou, "前不得申报")
    people.picture(zhou, "a-team-is-out")
    return zhou.locator("h1").inner_text().partition("·")[0].strip()


def ask_the_book(people: People) -> None:
    """The next round is begun, and takes over what the first year's book proposes; but the street
    leaves it the eight million, of which the teams that go on would leave a fifth."""
    zhou = people("zhou")
    to_projects(zhou, FIRST)
    follow(zhou.locator("main"), "结束与延续")
    follow(zhou, "由本轮开启下一轮")
    zhou.get_by_label("名称").fill(SECOND)
    zhou.get_by_label("年度").fill("2017")
    press(zhou, "建立草稿")
    says(zhou, SECOND)
    to_projects(zhou, FIRST)
    follow(zhou.locator("main"), "小组、中期与结项")
    cell(zhou, "这一年的账，下一年怎么办")
    says(zhou, "结项合格")
    says(zhou, "¥166,000")
    says(zhou, "上一轮总额¥8,000,000×（1−20.1%），舍到千元＝¥6,385,000")
    zhou.get_by_label("另填的本轮总额").fill("八百万")
    press(zhou, "写入草稿")
    says(zhou, "请填金额，例如“12000”或“1.2万”")
    zhou.get_by_label("另填的本轮总额").fill("800万")
    people.picture(zhou, "what-the-book-says")
    press(zhou, "写入草稿")
    says(zhou, "已写入草稿")
    to_projects(zhou, FIRST)
    follow(zhou.locator("main"), "结束与延续")
    press(zhou, "结束本轮")
    says(zhou, "本轮已结束")


def is_not_let_in(people: People, team: str) -> None:
    """Who leads the team that failed is told by the next call that it may not begin."""
    leader = people("yingzao")
    follow(leader.locator("header"), "首页")
    leader.locator("main a.cell[href^='/r/']", has_text=SECOND).first.click()
    follow(leader, "写提案")
    assert leader.get_by_role("radio", name=team).is_disabled()
    says(leader, f"{team}在")
    says(leader, "前不得申报")
    people.picture(leader, "not-let-in")


def goes_on_larger(people: People) -> None:
    """Fewer projects, and more for each: the officer sees it in the list, a team in its own years."""
    zhou, leader = people("zhou"), people("linpan")
    to_projects(zhou, SECOND)
    says(zhou, "¥133,000")
    people.picture(zhou, "fewer-and-larger")
    cell(leader, "我的事")
    cell(leader, "我们团队的项目")
    says(leader, "¥133,000")
    follow(leader, "项目全貌")
    follow(leader, "团队历年档案")
    says(leader, "2017年")
    people.picture(leader, "a-team-over-two-years")
