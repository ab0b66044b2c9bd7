"""A project holds a small round for groups of its own, played by hand to its end.

母项目、子项目: an officer answers a handful of questions, two groups of the neighbourhood ask, three
judges mark, what fits the mother's pot is funded; the group signs, is paid out of the mother's money,
shows its receipt, reports, gives back what is left; and the mother's book has it all as her spending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from stories import eyes
from stories.test_round import (
    JUDGES,
    Cast,
    after,
    cell,
    follow,
    press,
    put_clock,
    says,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOTHER = "开心坊自治家园理事会"
SMALL = f"{MOTHER}子项目"
FUNDED, LEFT = "楼道小花架", "围巾编织角"
GROUP = "三号楼编织组"


def keep(page: Page, name: str) -> None:
    """A picture to look at; axe has been over these pages in other stories."""
    eyes.shot(page, f"small-{name}")


def at_small(page: Page, door: str) -> None:
    """By the menu to the small round, and through one of its doors."""
    follow(page, "工作台")
    follow(page.locator("nav.side"), SMALL)
    if door:
        follow(page.locator("main"), door)


def a_handful_of_questions(cast: Cast) -> None:
    zhou = cast("zhou")
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), "2024年自治金")
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("table"), MOTHER)
    follow(zhou, "开设子项目")
    zhou.get_by_label("一共拿出多少").fill("2000")
    zhou.get_by_label("每个小组最多").fill("1500")
    zhou.get_by_label("至少几个小组").fill("2")
    calls = zhou.get_by_label("征集到哪一天")
    keep(zhou, "a-handful-of-questions")
    cast.days["call_last"] = calls.input_value()
    press(zhou, "建立子项目轮次")
    says(zhou, "已经备齐")
    keep(zhou, "nothing-is-missing")
    press(zhou, "公布办法，开始征集")
    says(zhou, "已公布办法并开始征集")


def a_group_asks(cast: Cast, who: str, title: str, price: str) -> None:
    page = cast(who)
    follow(page.locator("header"), "首页")
    page.locator("main a.cell[href^='/r/']", has_text=SMALL).click()
    says(page, "由下面这个项目拿出资金")
    if who == "li":
        keep(page, "li-reads-whose-money-it-is")
    follow(page, "写提案")
    if who == "li":
        page.get_by_role("radio", name="新", exact=False).check()
        page.get_by_label("新团队的名称", exact=False).fill(GROUP)
    else:
        page.get_by_role("radio", name="益路同行").check()
    press(page, "开始写")
    page.get_by_label("名称").fill(title)
    page.get_by_label("一句话介绍").fill("邻居一起动手，做好了大家看得见")
    press(page, "保存，下一步")
    page.get_by_label("需求").fill("问了楼里24户，18户愿意一起做。")
    press(page, "保存，下一步")
    page.get_by_label("目标").fill("一个月里做成，之后轮流照看。")
    page.get_by_label("谁受益").fill("本楼24户")
    press(page, "保存，下一步")
    page.get_by_label("计划").fill("第一周买材料，第二周动手，之后轮流照看。")
    page.get_by_label("开始日期").fill(after(cast.days["call_last"], 25))
    page.get_by_label("结束日期").fill(after(cast.days["call_last"], 50))
    press(page, "保存，下一步")
    line = page.locator("fieldset").first
    line.get_by_label("支出科目").select_option(index=1)
    line.get_by_label("用途").fill("材料")
    line.get_by_label("单价").fill(price)
    line.get_by_label("数量").fill("10")
    press(page, "保存，下一步")
    press(page, "保存，下一步")
    press(page, "下一步：预览")
    press(page, "提交")
    says(page, "编号")


def both_pass_the_checks(cast: Cast) -> None:
    zhou = cast("zhou")
    cast.until(after(cast.days["call_last"]))
    for title in (FUNDED, LEFT):
        at_small(zhou, "提案与审查")
        follow(zhou.locator("table"), title)
        checks = zhou.locator("main .card fieldset")
        for number in range(checks.count()):
            checks.nth(number).get_by_role("radio", name="符合", exact=True).check()
        zhou.get_by_role("radio", name="通过", exact=False).check()
        if title == FUNDED:  # the same team has a project of its own this year: said, and answered
            zhou.get_by_label("对疑似重复资助的判断").fill("另一件事，已对照过两份预算。")
            keep(zhou, "the-same-team-asks-again")
        press(zhou, "确认结论")
        says(zhou, f"{title}：")


def three_judges_mark(cast: Cast) -> None:
    zhou = cast("zhou")
    at_small(zhou, "评委")
    three = list(JUDGES)[:3]
    for who in three:
        zhou.get_by_label("评委").select_option(label=JUDGES[who])
        press(zhou, "聘入评审组")
        zhou.locator("table").get_by_text(JUDGES[who]).wait_for()
    put_clock(zhou, after(cast.days["call_last"], 7))
    press(zhou, "开始评审")
    judges_mark(cast, three)


def judges_mark(cast: Cast, three: list[str]) -> None:
    for who in three:
        judge = cast(who)
        follow(judge, "工作台")
        judge.locator("main table tr", has_text=SMALL).locator("a").first.click()
        press(judge, "我已阅读并承诺")
        for title, mark in ((FUNDED, "9"), (LEFT, "7")):
            cell(judge, title)
            marks = judge.locator("form input[inputmode=decimal]")
            for place in range(marks.count()):
                marks.nth(place).fill(mark)
            judge.get_by_label("评分理由").fill("邻居自己动手，做得成。")
            press(judge, "封存评分表")
            says(judge, "评分表已封存")


def what_fits_the_pot_is_funded(cast: Cast) -> None:
    zhou, qian = cast("zhou"), cast("qian")
    put_clock(zhou, after(cast.days["call_last"], 14))
    at_small(zhou, "决定与公示")
    press(zhou, "进入决定阶段")
    press(zhou, "计算结果")
    says(zhou, "重算一致")
    press(zhou, "签署这份决定")
    at_small(qian, "决定与公示")
    press(qian, "签署这份决定")
    says(qian, "钱立")
    at_small(zhou, "决定与公示")
    keep(zhou, "what-fits-is-funded")
    press(zhou, "发布公示")
    says(zhou, "看公示")
    put_clock(zhou, after(cast.days["call_last"], 25))
    at_small(zhou, "项目")
    follow(zhou, "确认立项")
    says(zhou, f"由母项目“{MOTHER}”付款")
    keep(zhou, "the-mother-pays")
    press(zhou, "确认立项")


def signed_and_paid(cast: Cast) -> None:
    sun, wang = cast("sun"), cast("wang")
    follow(wang.locator("header"), "首页")
    cell(wang, FUNDED)
    press(wang, "签署协议")
    says(wang, "已签署")
    for page in (sun, cast("cao")):
        at_small(page, "项目")
        follow(page.locator("table"), FUNDED)
        follow(page, "签署协议")
        press(page, "签署协议")
        says(page, "已签署")
    paid(cast)


def paid(cast: Cast) -> None:
    """One officer asks for what is due, another approves, the cashier passes the mother's money on."""
    for who, words in (("zhou", "申请拨付"), ("qian", "审批拨付")):
        page = cast(who)
        at_small(page, "项目")
        follow(page.locator("table"), FUNDED)
        press(page, words)
        page.get_by_role("button", name=words).wait_for(state="detached")
    the_cashier_pays(cast)


def the_cashier_pays(cast: Cast) -> None:
    tian = cast("tian")
    follow(tian, "工作台")
    follow(tian.locator("main"), "付款1笔")
    tian.get_by_role("checkbox").last.check()
    press(tian, "付款")
    says(tian, "已办理1项")


def a_receipt_and_a_report(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    at_the_groups_project(wang)
    follow(wang, "上传票据")
    wang.get_by_label("照片或文件").set_input_files(cast.paper)
    press(wang, "下一步：填写内容")
    wang.get_by_label("票据号码").fill("演示0002")
    wang.get_by_label("开票日期").fill(after(cast.days["call_last"], 25))
    wang.get_by_label("收款方").fill("街角五金百货（演示）")
    line = wang.get_by_role("group", name="第1行")
    line.get_by_label("支出科目").select_option(index=1)
    line.get_by_label("买了什么").fill("花架木料")
    line.get_by_label("单价").fill("130")
    line.get_by_label("数量").fill("10")
    press(wang, "提交票据")
    says(wang, "票据已提交")
    at_small(zhou, "项目")
    follow(zhou.locator("table"), FUNDED)
    follow(zhou, "全部票据")
    cell(zhou, "花架木料")
    press(zhou, "通过")
    zhou.get_by_role("button", name="通过", exact=True).wait_for(state="detached")
    at_the_groups_project(wang)
    follow(wang, "提交结项报告")
    wang.get_by_label("做了什么、有什么变化").fill("十二个花架装好了，每层轮流浇水。")
    wang.get_by_label("活动次数").fill("4")
    wang.get_by_label("参与人次").fill("40")
    press(wang, "提交报告")
    says(wang, "报告已提交")
    at_small(zhou, "项目")
    follow(zhou.locator("table"), FUNDED)
    cell(zhou, "待评估")
    zhou.get_by_label("评分").fill("90")
    zhou.get_by_label("评语").fill("说好的都做了。")
    press(zhou, "评分")
    says(zhou, "已评估")
    paid(cast)


def at_the_groups_project(page: Page) -> None:
    follow(page.locator("header"), "首页")
    cell(page, "我的事")
    cell(page, "我们团队的项目")
    page.locator("main .card, main section, main li", has_text=FUNDED).get_by_role(
        "link", name="项目全貌"
    ).first.click()


def the_small_round_ends(cast: Cast) -> None:
    zhou, jin = cast("zhou"), cast("jin")
    at_small(jin, "项目")
    follow(jin.locator("table"), FUNDED)
    jin.get_by_label("退回金额").fill("100")
    press(jin, "登记退款")
    says(jin, "退款已记账")
    at_small(zhou, "项目")
    follow(zhou.locator("table"), FUNDED)
    press(zhou, "结项")
    says(zhou, "已结项")
    at_small(zhou, "项目")
    follow(zhou, "结束与延续")
    press(zhou, "结束本轮")
    keep(zhou, "the-small-round-is-closed")
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), "2024年自治金")
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("table"), MOTHER)
    says(zhou, "已有2个小组申报，至少2个")
    keep(zhou, "the-mothers-spending")


CHAPTERS = (
    a_handful_of_questions,
    lambda cast: a_group_asks(cast, "wang", FUNDED, "140"),
    lambda cast: a_group_asks(cast, "li", LEFT, "100"),
    both_pass_the_checks,
    three_judges_mark,
    what_fits_the_pot_is_funded,
    signed_and_paid,
    a_receipt_and_a_report,
    the_small_round_ends,
)


@pytest.mark.stage("midterm")
def test_a_small_round(visit, house, tmp_path):
    paper = tmp_path / "photo.jpg"
    Image.new("RGB", (900, 1200), "#c8d6c0").save(paper)
    cast = Cast(visit, house, paper, story="small")
    for chapter in CHAPTERS:
        chapter(cast)
