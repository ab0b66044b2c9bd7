"""Two years of 社区营造: a hundred projects, evaluation and elimination, then fewer and larger.

What a hundred teams do alike is played through the verbs; what one officer decides, and what one team is
told, is done by clicks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stories import eyes
from stories.browser import sign_in, window
from stories.house import ROOT, serve, surroundings
from stories.test_round import cell, follow, press, says

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIRST, SECOND = "社区营造第一年", "社区营造第二年"


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
    with serve(world, tmp_path / "home") as house:
        with window(browser, house, "desk", "zh") as zhou:
            sign_in(zhou, "zhou")
            team = evaluate_the_last(zhou)
            ask_the_book(zhou)
            played(house.home, "yingzao.second_call(second)")
            with window(browser, house, "phone", "zh") as leader:
                sign_in(leader, "yingzao")
                is_not_let_in(leader, team)
            told = played(house.home, "yingzao.figures(yingzao.second_decision(second))")
            assert told == "60 30 ¥133,000 ¥266,000 ¥7,980,000"
            to_projects(zhou, SECOND)
            says(zhou, "¥133,000")
            eyes.shot(zhou, "two-years-4-fewer-and-larger")
        printed = house.printed()
    assert "Traceback" not in printed, printed[-4000:]


def to_projects(zhou: Page, round: str) -> None:
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), round)
    follow(zhou.locator("main"), "项目")


def evaluate_the_last(zhou: Page) -> str:
    """One project is left to evaluate: it does not pass, and its team is out of the next year."""
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "评估1份报告")
    zhou.locator("table tbody a").first.click()
    zhou.get_by_label("评分（0到100）").fill("45")
    zhou.get_by_label("评语").fill("活动没有办起来。")
    press(zhou, "评分")
    says(zhou, "已评估，结果已生效")
    says(zhou, "不合格")
    follow(zhou, "公众看到的页面")
    follow(zhou, "团队历年档案")
    says(zhou, "前不得申报")
    eyes.shot(zhou, "two-years-1-a-team-is-out")
    return zhou.locator("h1").inner_text().split(" · ")[0]


def ask_the_book(zhou: Page) -> None:
    """The next round is begun, and takes over what the first year's book proposes."""
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
    eyes.shot(zhou, "two-years-2-what-the-book-says")
    press(zhou, "写入草稿")
    says(zhou, "已写入草稿")


def is_not_let_in(leader: Page, team: str) -> None:
    """Who leads the team that failed is told by the next call that it may not begin."""
    follow(leader.locator("header"), "首页")
    leader.locator("main a.cell[href^='/r/']", has_text=SECOND).first.click()
    follow(leader, "写提案")
    leader.get_by_role("radio", name=team).check()
    press(leader, "开始写")
    says(leader, f"{team}在")
    says(leader, "前不得申报")
    eyes.shot(leader, "two-years-3-not-let-in")
