"""An officer at her desk asks what another method and a lower cap would have funded; nobody else may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from stories import eyes
from stories.browser import sign_in, sign_out
from stories.house import sanlin

if TYPE_CHECKING:
    from pathlib import Path

    from stories.conftest import Visit
    from stories.house import House

pytestmark = pytest.mark.stage("notice")
TOWN = """META
key;value
country;Netherlands
unit;Kleinstad
instance;2023
budget;1000
vote_type;approval
rule;greedy
date_end;12.06.2023
max_length;4
currency;EUR
PROJECTS
project_id;cost;name
a;700;Speeltuin
b;500;Bankjes
c;300;Bomen
d;200;Lampen
VOTES
voter_id;vote
1;a,b
2;a,b
3;a
4;a,c
5;b,c
6;c,d
7;d
"""


def test_an_officer_tries_a_past_round(visit: Visit, house: House, tmp_path: Path) -> None:
    file = tmp_path / "kleinstad.pb"
    file.write_text(TOWN)
    sanlin(house.home, "import", "election", file)

    desk = visit("desk", who="zhou")
    desk.goto("/desk/")
    desk.get_by_role("link", name="推演", exact=True).first.click()
    assert "推演不是决定" in desk.inner_text("main")
    desk.get_by_role("link", name=re.compile("Kleinstad 2023")).click()
    found = desk.locator("#found")
    assert "结果不变" in found.inner_text()

    # The outcome follows the knobs, without a button.
    desk.get_by_text("满意度和余款", exact=True).click()
    desk.get_by_label("余款怎样补").select_option("add1u")
    desk.get_by_label("立项依据").select_option("equal_shares")
    found.get_by_role("heading", name="新增2项，退出1项").wait_for()
    assert "method=equal_shares" in desk.url
    row = found.get_by_role("row").filter(has_text="Speeltuin").first
    assert "退出" in row.inner_text()

    # A cap on one project, under votes again.
    desk.get_by_label("立项依据").select_option("votes")
    found.get_by_role("heading", name="结果不变").wait_for()
    desk.get_by_text("上限和类别", exact=True).click()
    desk.get_by_label("单项上限（元）").fill("600")
    desk.get_by_label("单项上限（元）").press("Tab")
    found.get_by_role("heading", name="新增2项，退出1项").wait_for()
    assert "超过单项上限¥600" in found.inner_text()
    found.get_by_role("table").filter(has_text="均衡负担").wait_for()

    # It bears its mark, decides nothing, and reads well.
    assert found.locator("svg.watermark text").text_content() == "推演 · 不是决定"
    assert desk.locator("main form[method=post]").count() == 0
    eyes.shot(desk, "whatif")
    assert eyes.axe(desk) == []
    assert eyes.geometry(desk) == []

    # A resident is told why not.
    here = desk.url
    sign_out(desk)
    sign_in(desk, "li")
    answer = desk.goto(here)
    assert answer is not None
    assert answer.status == 403
    assert "推演供街道工作人员、审计员和区管理员使用" in desk.inner_text("main")
