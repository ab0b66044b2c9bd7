"""A project holds a small round for groups of its own, played by hand to its end.

母项目、子项目: the project's leader answers a handful of questions on a phone, an officer returns them
once and then opens the round, two groups of the neighbourhood ask, three judges mark, what fits the mother's pot is funded; the group signs, is paid out of the mother's money,
shows its receipt, reports, gives back what is left; and the mother's book has it all as her spending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stories.cast import (
    JUDGES,
    OURS,
    Cast,
    agreed,
    asked_and_approved,
    at_the_desk,
    decided_and_signed,
)
from stories.hands import (
    after,
    at_desk,
    at_home,
    at_project,
    at_round,
    at_row,
    cell,
    fill,
    follow,
    gone,
    mark,
    press,
    put_clock,
    says,
    tick_checks,
    write_line,
    write_receipt,
    write_report,
    write_steps,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOTHER = OURS
SMALL = f"{MOTHER}子项目"
FUNDED, LEFT = "楼道小花架", "围巾编织角"


def a_handful_of_questions(cast: Cast) -> None:
    wang = cast("wang")
    at_project(wang, MOTHER)
    follow(wang, "开设子项目")
    fill(wang, {"想办成什么": "让楼里的小组自己动手，做成一件看得见的事。"})
    fill(wang, {"一共拿出多少": "20000", "每个小组最多": "1500", "至少几个小组": "2"})
    press(wang, "送到街道")
    says(wang, "可以用于子项目")
    fill(wang, {"一共拿出多少": "2000"})
    press(wang, "保存草稿")
    says(wang, "还没有送到街道")
    cast.keep(wang, "a-handful-of-questions")
    cast.days["call_last"] = wang.get_by_label("征集到哪一天").input_value()
    press(wang, "送到街道")
    says(wang, "已送到街道")


def the_street_returns_and_opens_it(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    at_the_request(zhou)
    zhou.get_by_label("理由").fill("请写明给哪几栋楼")
    press(zhou, "退回团队")
    says(zhou, "已退回团队修改")
    at_home(wang)
    cell(wang, "街道退回了子项目申请")
    says(wang, "请写明给哪几栋楼")
    fill(wang, {"想办成什么": "让三号楼和五号楼的小组自己动手。"})
    press(wang, "送到街道")
    says(wang, "已送到街道")
    at_the_request(zhou)
    says(zhou, "三号楼和五号楼")
    cast.keep(zhou, "what-the-team-asks")
    press(zhou, "同意，建立轮次")
    follow(zhou, "核对并公布")
    says(zhou, "已经备齐")
    cast.keep(zhou, "nothing-is-missing")
    press(zhou, "公布办法，开始征集")
    says(zhou, "已公布办法并开始征集")


def at_the_request(page: Page) -> None:
    follow(page, "工作台")
    follow(page.locator("main"), "办理子项目申请")


def a_group_asks(cast: Cast, who: str, title: str, group: str, price: str) -> None:
    page = cast(who)
    if who == "sun":
        at_the_desk(cast, page)
    at_round(page, SMALL)
    says(page, "由下面这个项目拿出资金")
    if who == "li":
        cast.keep(page, "li-reads-whose-money-it-is")
    follow(page, "写提案")
    page.get_by_role("radio", name="新", exact=False).check()
    page.get_by_label("新团队的名称", exact=False).fill(group)
    press(page, "开始写")
    write_steps(
        page,
        {"名称": title, "一句话介绍": "邻居一起动手，做好了大家看得见"},
        {"需求": "问了楼里24户，18户愿意一起做。"},
        {"目标": "一个月里做成，之后轮流照看。", "谁受益": "本楼24户"},
        {
            "计划": "第一周买材料，第二周动手，之后轮流照看。",
            "开始日期": after(cast.days["call_last"], 25),
            "结束日期": after(cast.days["call_last"], 50),
        },
    )
    write_line(page, {"用途": "材料", "单价": price, "数量": "10"})
    press(page, "保存，下一步")
    press(page, "保存，下一步")
    press(page, "下一步：预览")
    press(page, "提交")
    says(page, "编号")
    if who == "sun":
        press(page, "结束代办")


def both_pass_the_checks(cast: Cast) -> None:
    zhou = cast("zhou")
    cast.until(after(cast.days["call_last"]))
    for title in (FUNDED, LEFT):
        at_row(zhou, title, "提案与审查", SMALL)
        tick_checks(zhou, "通过")
        press(zhou, "确认结论")
        says(zhou, f"{title}：")


def three_judges_mark(cast: Cast) -> None:
    zhou = cast("zhou")
    at_desk(zhou, "评委", SMALL)
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
        for title, given in ((FUNDED, "9"), (LEFT, "7")):
            cell(judge, title)
            mark(judge, given)
            judge.get_by_label("评分理由").fill("邻居自己动手，做得成。")
            press(judge, "封存评分表")
            says(judge, "评分表已封存")


def what_fits_the_pot_is_funded(cast: Cast) -> None:
    zhou = cast("zhou")
    put_clock(zhou, after(cast.days["call_last"], 14))
    at_desk(zhou, "决定与公示", SMALL)
    press(zhou, "进入决定阶段")
    decided_and_signed(cast, SMALL)
    cast.keep(zhou, "what-fits-is-funded")
    press(zhou, "发布公示")
    says(zhou, "看公示")
    put_clock(zhou, after(cast.days["call_last"], 25))
    at_desk(zhou, "项目", SMALL)
    follow(zhou, "确认立项")
    says(zhou, f"由母项目“{MOTHER}”付款")
    cast.keep(zhou, "the-mother-pays")
    press(zhou, "确认立项")


def signed_and_paid(cast: Cast) -> None:
    li = cast("li")
    at_home(li)
    cell(li, FUNDED)
    press(li, "签署协议")
    says(li, "已签署")
    agreed(cast, FUNDED, SMALL)
    paid(cast)


def paid(cast: Cast) -> None:
    """Passed on out of the mother's money."""
    tian = asked_and_approved(cast, FUNDED, SMALL)
    press(tian, "付款")
    says(tian, "已办理1项")


def a_receipt_and_a_report(cast: Cast) -> None:
    zhou, li = cast("zhou"), cast("li")
    at_project(li, FUNDED)
    day = after(cast.days["call_last"], 25)
    line = {"买了什么": "花架木料", "单价": "130", "数量": "10"}
    write_receipt(li, cast.paper, "演示0002", day, "街角五金百货（演示）", line)
    press(li, "提交票据")
    says(li, "票据已提交")
    at_row(zhou, FUNDED, round=SMALL)
    follow(zhou, "全部票据")
    cell(zhou, "花架木料")
    press(zhou, "通过")
    gone(zhou, "通过")
    at_project(li, FUNDED)
    write_report(li, "结项", "十二个花架装好了，每层轮流浇水。", 4, 40)
    press(li, "提交报告")
    says(li, "报告已提交")
    at_row(zhou, FUNDED, round=SMALL)
    cell(zhou, "待评估")
    fill(zhou, {"评分": "90", "评语": "说好的都做了。"})
    press(zhou, "评分")
    says(zhou, "已评估")
    paid(cast)


def the_small_round_ends(cast: Cast) -> None:
    zhou, jin = cast("zhou"), cast("jin")
    at_row(jin, FUNDED, round=SMALL)
    jin.get_by_label("退回金额").fill("100")
    press(jin, "登记退款")
    says(jin, "退款已记账")
    at_row(zhou, FUNDED, round=SMALL)
    press(zhou, "结项")
    says(zhou, "已结项")
    at_desk(zhou, "项目", SMALL)
    follow(zhou, "结束与延续")
    press(zhou, "结束本轮")
    cast.keep(zhou, "the-small-round-is-closed")
    at_row(zhou, MOTHER)
    says(zhou, "1个小组立项¥1,400，已拨¥1,300，票据¥1,300")
    cast.keep(zhou, "the-mothers-spending")
    at_project(cast("wang"), MOTHER)
    says(cast("wang"), "1个小组立项¥1,400")
    cast.keep(cast("wang"), "mother-and-child")


CHAPTERS = (
    a_handful_of_questions,
    the_street_returns_and_opens_it,
    lambda cast: a_group_asks(cast, "li", FUNDED, "五号楼花架组", "140"),
    lambda cast: a_group_asks(cast, "sun", LEFT, "三号楼编织组", "100"),
    both_pass_the_checks,
    three_judges_mark,
    what_fits_the_pot_is_funded,
    signed_and_paid,
    a_receipt_and_a_report,
    the_small_round_ends,
)


@pytest.mark.stage("midterm")
def test_a_small_round(visit, house, tmp_path):
    Cast(visit, house, tmp_path, "small").play(*CHAPTERS)
