"""A street whose projects grow: from the midterm session to the next year, played by the cast.

Circles, visits and what was agreed there, an old team and a new one, a training, residents' answers,
acceptance and grade, a team's years. Leaders, jurors and residents hold phones, staff sit at desks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from stories.browser import switch
from stories.cast import OURS, THEIRS, Cast
from stories.hands import (
    at_desk,
    at_home,
    at_project,
    at_row,
    cell,
    fill,
    follow,
    mark,
    press,
    put_clock,
    says,
    write_report,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

CIRCLE = "邻里互学组"
TRAINING = "怎样让新邻居也来"
BROKEN = "福源连心桥"
AGREED = "签到本每次活动当场签全"


def at_growth(page: Page) -> None:
    """At the desk to the page on which a round's projects grow."""
    at_desk(page, "项目")
    follow(page.locator("main"), "小组、中期与结项")


def a_midterm_session_is_held(cast: Cast) -> None:
    zhou = cast("zhou")
    at_growth(zhou)
    cell(zhou, "中期评议会")
    cell(zhou, "第一场中期评议会")
    table = zhou.locator("table tbody tr", has_text="正在汇报")
    heard = table.locator("a").inner_text()
    for who in ("chen", "lin"):
        juror = cast(who)
        follow(juror, "工作台")
        follow(juror.locator("main"), "给正在汇报的项目打分")
        says(juror, heard)
        mark(juror, "8.5")
        if who == "chen":
            cast.picture(juror, "a-juror-marks")
        press(juror, "提交打分")
        says(juror, "打分已提交")
    wall = cast.visit("desk")
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(re.sub(r"/$", "", zhou.url) + "/wall/")
    says(wall, "4 / 4 位评委已打分")
    cast.keep(wall, "00-the-projector")
    table.locator("a").click()
    zhou.get_by_label("评语").fill("参与面宽，请把账目贴出来。")
    press(zhou, "评定")
    says(zhou, "已评定，结果已用于拨款")
    says(zhou, "后续拨款")
    zhou.get_by_label("参与面小").check()
    press(zhou, "记录问题")
    says(zhou, "已记录问题")
    zhou.get_by_label("整改要求1").fill("把三次活动的账目贴到公开栏")
    zhou.get_by_label("何日前做到").first.fill("2024-10-15")
    press(zhou, "列为待办")
    says(zhou, "整改要求已列为项目待办")
    cast.picture(zhou, "what-follows-from-a-pitch")
    wall.reload()
    says(wall, "全体评委的平均分")
    cast.keep(wall, "00-the-tally")


def a_circle_gets_its_leader(cast: Cast) -> None:
    zhou = cast("zhou")
    at_growth(zhou)
    follow(zhou, "编组")
    zhou.get_by_label("小组名称").fill(CIRCLE)
    press(zhou, "建立小组")
    card = zhou.locator("section.card", has_text=CIRCLE)
    follow(card, "编入项目")
    for title in (OURS, THEIRS):
        zhou.get_by_label(title, exact=False).check()
    press(zhou, "编入小组")
    says(zhou, "已编入小组")
    at_growth(zhou)
    cell(zhou, CIRCLE)
    zhou.get_by_text("推荐组长", exact=True).first.click()
    zhou.get_by_label("推荐组长").select_option(label="王建国")
    press(zhou, "推荐")
    says(zhou, "0个团队认可，共2个")
    for who in ("wang", "zhao"):
        leader = cast(who)
        at_project(leader)
        cell(leader, CIRCLE)
        press(leader, "认可组长")
        says(leader, "已认可组长")
    says(cast("zhao"), "组长已获认可")


def the_circle_meets(cast: Cast) -> None:
    wang = cast("wang")
    at_project(wang)
    cell(wang, CIRCLE)
    follow(wang, "召集小组会议")
    wang.get_by_label("议题").fill("互相看看活动怎么办")
    wang.get_by_label("时间").fill("2024-09-19T19:00")
    wang.get_by_label("地点").fill("睦邻点二楼")
    press(wang, "通知会议")
    says(wang, "会议还没有开始")
    put_clock(cast("zhou"), "2024-09-20")
    at_home(wang)
    cell(wang, "补写会议记录")
    for body, people in (("益路同行", "3"), ("社区骑士", "4")):
        wang.get_by_label(f"{body}到会人数").fill(people)
    wang.get_by_label("会议记录").fill("骑手晚上八点后才有空；说好下次活动放到晚上，互借音响。")
    cast.picture(wang, "a-meeting-is-written-down")
    press(wang, "保存会议记录")
    says(wang, "会议记录已保存")


def a_visit_becomes_a_to_do(cast: Cast) -> None:
    wang, zhao = cast("wang"), cast("zhao")
    follow(wang, CIRCLE, exact=False)
    cell(wang, THEIRS)
    wang.get_by_label("看到了什么").fill("现场有二十来人，骑手认得了五栋楼；签到本有两次没有签全。")
    wang.get_by_label("商定的建议1").fill(AGREED)
    wang.get_by_label("何日前做到").first.fill("2024-10-10")
    cast.picture(wang, "a-visit-is-written-down")
    press(wang, "保存走访")
    says(wang, "建议已列为项目待办")
    at_home(zhao)
    says(zhao, AGREED)
    cast.picture(zhao, "a-to-do-at-home")
    cell(zhao, AGREED)
    zhao.get_by_label("怎么做的").fill("换了新签到本，每次结束前一起签。")
    press(zhao, "办结")
    says(zhao, "已办结")
    at_home(zhao)
    assert not zhao.locator("main").get_by_text(AGREED).count()


def an_old_team_takes_a_new_one_along(cast: Cast) -> None:
    zhou, zhao, wang = cast("zhou"), cast("zhao"), cast("wang")
    at_growth(zhou)
    cell(zhou, "老带新结对")
    zhou.get_by_label("老团队").select_option(label="益路同行")
    zhou.get_by_label("新团队").select_option(label="社区骑士")
    zhou.get_by_label("目标").fill("学会记账和排班，第三次活动由新团队自己办。")
    press(zhou, "结对")
    says(zhou, "已结对")
    for leader, text in ((wang, "带着看了一次记账，讲怎样留票据。"), (zhao, "自己排了十月的班。")):
        at_project(leader)
        cell(leader, "益路同行带社区骑士")
        leader.get_by_label("做了什么").fill(text)
        press(leader, "记下")
        says(leader, "已记录")
    cast.picture(zhao, "a-pair-keeps-its-log")


def a_training_is_held(cast: Cast) -> None:
    zhou, li, wang = cast("zhou"), cast("li"), cast("wang")
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), "培训")
    follow(zhou, "公布一场培训")
    training = {
        "题目": TRAINING,
        "内容安排": "看两个例子；分组想点子；向专家提问。",
        "开始时间": "2024-09-25T09:00",
        "结束时间": "2024-09-25T12:00",
        "地点": "街道三楼会议室",
    }
    fill(zhou, training)
    press(zhou, "公布")
    says(zhou, "培训已公布")
    switch(li, "elder")
    for page in (li, wang):
        at_home(page)
        cell(page, "培训和点子")
        cell(page, TRAINING)
        press(page, "报名")
        says(page, "您已经报名")
    put_clock(zhou, "2024-09-25")
    for page in (li, wang):
        page.reload()
        press(page, "我到了，签到")
        says(page, "您已经签到")
    li.get_by_label("您的点子").fill("请骑手当一日楼长")
    cast.picture(li, "li-has-an-idea")
    press(li, "提交")
    says(li, "收到，审看后上墙")
    wang.get_by_text("向专家提问", exact=True).click()
    wang.get_by_label("想问专家什么").fill("骑手的电动车充电能不能列支？")
    press(wang, "提问")
    says(wang, "问题已交给专家")


def what_was_said_there_is_followed_up(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    follow(zhou, "工作台")
    follow(zhou.locator("main tr", has_text=TRAINING), "审看1条点子")
    cell(zhou, "请骑手当一日楼长")
    press(zhou, "上墙")
    cell(zhou, "请骑手当一日楼长")
    zhou.get_by_label("谁来做").fill("社区骑士")
    zhou.get_by_label("何日前做到").fill("2024-10-31")
    press(zhou, "采纳")
    says(zhou, "已采纳")
    cell(zhou, "骑手的电动车充电能不能列支？")
    zhou.get_by_label("哪位专家").fill("财务专家")
    zhou.get_by_label("专家建议").fill("不能，充电是个人的事；认楼用的路牌可以列支。")
    press(zhou, "记下建议")
    says(zhou, "建议已记录")
    wang.reload()
    says(wang, "不能，充电是个人的事")
    cast.picture(wang, "an-expert-has-answered")
    follow(zhou, "投影页")
    says(zhou, "请骑手当一日楼长")
    cast.keep(zhou, "00-the-wall-of-ideas")
    follow(zhou, TRAINING, exact=False)


def residents_are_asked(cast: Cast) -> None:
    """By a slip's link without an account, and on paper that the committee keys in."""
    zhou, zhao = cast("zhou"), cast("zhao")
    put_clock(zhou, "2024-12-16")
    at_project(zhao)
    write_report(zhao, "结项", "六次见面会办完，骑手和老邻居认得了。", 6, 180)
    press(zhao, "提交报告")
    says(zhao, "报告已提交")
    at_growth(zhou)
    follow(zhou, "逐个项目看进展")
    zhou.get_by_label("搜索").fill(THEIRS)
    press(zhou, "筛选")
    cast.picture(zhou, "project-by-project")
    follow(zhou.locator("table"), THEIRS)
    zhou.get_by_text("开始满意度调查", exact=True).first.click()
    zhou.get_by_label("问卷码张数").fill("3")
    press(zhou, "开始调查")
    says(zhou, "调查已开始")
    follow(zhou, "打印问卷码")
    link = zhou.locator(".slips li p").first.inner_text()
    nobody = cast.visit("phone")
    nobody.goto(link)
    answers(nobody, "是", "很满意")
    cast.picture(nobody, "a-resident-answers")
    press(nobody, "提交")
    says(nobody, "谢谢您")
    nobody.goto(link)
    says(nobody, "一张码只填一次")
    follow(zhou, THEIRS, exact=False)


def answers(page: Page, took_part: str, satisfied: str) -> None:
    """Fill in one sheet of the survey, by somebody who knows the project and gains by it."""
    for words, said in (
        ("您知道这个项目吗", "是"),
        ("您参加过它的活动吗", took_part),
        ("您或家人从中受益吗", "是"),
        ("总的来说，您满意吗", satisfied),
    ):
        group = page.get_by_role("group", name=words)
        group.get_by_role("radio", name=said, exact=True).check()


def what_beneficiaries_signed_is_filed(cast: Cast) -> None:
    """The team takes a photo of the sheet that its neighbours signed; the street checks it."""
    zhou, zhao = cast("zhou"), cast("zhao")
    here = zhou.url
    at_project(zhao)
    follow(zhao, "纸质材料")
    sheet = {"name": "1.png", "mimeType": "image/png", "buffer": zhao.screenshot()}
    zhao.get_by_label("照片或PDF").set_input_files(sheet)
    zhao.get_by_label("签字的受益人数").fill("18")
    press(zhao, "归档")
    says(zhao, "已归档，等待另一位工作人员核对")
    cast.picture(zhao, "signed-by-hand")
    follow(zhou, "工作台")
    follow(zhou, "份纸质材料", exact=False)
    follow(zhou.locator("table"), THEIRS)
    zhou.get_by_label("与纸面原件一致，签字清楚").check()
    cast.picture(zhou, "a-signed-paper-is-checked")
    press(zhou, "确认核对结果")
    says(zhou, "核对无误")
    zhou.goto(here)
    says(zhou, "18位受益人在1份确认书上签字")


def accepted_and_graded(cast: Cast) -> None:
    """The committee keys in sheets of paper; the street fills in the acceptance sheet and grades."""
    zhou = cast("zhou")
    zhou.get_by_text("录入纸质问卷", exact=True).click()
    answers(zhou, "否", "满意")
    zhou.get_by_label("这样答的纸质问卷份数").fill("4")
    press(zhou, "录入")
    says(zhou, "5份问卷：扫码1份，纸质4份")
    press(zhou, "截止调查")
    says(zhou, "调查已截止")
    for tick in zhou.locator("input[name=ticks]").all():
        tick.check()
    assert zhou.get_by_label("书面确认的受益人数").input_value() == "18"
    press(zhou, "填好验收单")
    says(zhou, "书面确认的受益人18人")
    cast.picture(zhou, "accepted")
    follow(zhou, "评定结项等次")
    zhou.get_by_label("评分（0到100）").fill("94")
    zhou.get_by_label("评语").fill("骑手和老邻居认得了，明年可以带别的队。")
    press(zhou, "评分")
    says(zhou, "已评估，结果已生效")


def a_team_moves_up_and_another_is_out(cast: Cast) -> None:
    """An excellent end lifts a team to the next tier; a breach bars another for three years."""
    zhou, zhao = cast("zhou"), cast("zhao")
    at_project(zhao)
    follow(zhao, "团队历年档案")
    says(zhao, "升一类")
    cast.picture(zhao, "a-team-moves-up")
    at_row(zhou, BROKEN)
    zhou.get_by_text("终止项目", exact=True).first.click()
    zhou.get_by_label("理由").last.fill("资金用在计划以外，不肯整改")
    zhou.get_by_label("属于违约", exact=False).check()
    press(zhou, "终止项目")
    says(zhou, "已终止")
    follow(zhou, "公众看到的页面")
    follow(zhou, "团队历年档案")
    says(zhou, "2028年1月1日")
    at_growth(zhou)
    cell(zhou, "这一年的账，下一年怎么办")
    cast.picture(zhou, "the-next-year")


CHAPTERS = (
    a_midterm_session_is_held,
    a_circle_gets_its_leader,
    the_circle_meets,
    a_visit_becomes_a_to_do,
    an_old_team_takes_a_new_one_along,
    a_training_is_held,
    what_was_said_there_is_followed_up,
    residents_are_asked,
    what_beneficiaries_signed_is_filed,
    accepted_and_graded,
    a_team_moves_up_and_another_is_out,
)


@pytest.mark.stage("midterm")
def test_a_year_of_growing(visit, house, tmp_path):
    Cast(visit, house, tmp_path, "growth").play(*CHAPTERS)
