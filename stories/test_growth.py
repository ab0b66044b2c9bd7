"""A street whose projects grow: a midterm session is held, on phones and on the projector."""

from __future__ import annotations

import re

import pytest

from stories import eyes
from stories.conftest import Visit
from stories.test_round import cell, follow, press, says


@pytest.mark.stage("midterm")
def test_a_midterm_session_is_held(visit: Visit) -> None:
    zhou = visit("desk", who="zhou")
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), "2024年自治金")
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("main"), "小组、中期与结项")
    cell(zhou, "中期评议会")
    cell(zhou, "第一场中期评议会")
    table = zhou.locator("table tbody tr", has_text="正在汇报")
    heard = table.locator("a").inner_text()
    for who in ("chen", "lin"):
        juror = visit("phone", who=who)
        follow(juror, "工作台")
        follow(juror.locator("main"), "给正在汇报的项目打分")
        says(juror, heard)
        marks = juror.locator("form input[inputmode=decimal]")
        for place in range(marks.count()):
            marks.nth(place).fill("8.5")
        if who == "chen":
            eyes.shot(juror, "growth-1-a-juror-marks")
        press(juror, "提交打分")
        says(juror, "打分已提交")
    wall = visit("desk")
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(re.sub(r"/$", "", zhou.url) + "/wall/")
    says(wall, "4 / 4 位评委已打分")
    eyes.shot(wall, "growth-2-the-projector")
    table.locator("a").click()
    zhou.get_by_label("评语").fill("参与面宽，请把账目贴出来。")
    press(zhou, "评定")
    says(zhou, "已评定，结果已用于拨款")
    zhou.get_by_label("参与面小").check()
    press(zhou, "记录问题")
    says(zhou, "已记录问题")
    wall.reload()
    says(wall, "全体评委的平均分")
    eyes.shot(wall, "growth-3-the-tally")
