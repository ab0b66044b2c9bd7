"""Two years of 社区营造: a hundred projects, evaluation and elimination, then fewer and larger.

What a hundred teams do alike is seeded through the verbs, before the house is served; what an officer
decides is done by clicks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stories import eyes
from stories.browser import sign_in, window
from stories.house import ROOT, build, serve, surroundings
from stories.test_round import follow, press, says

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIRST, SECOND = "社区营造第一年", "社区营造第二年"


def played(home: Path, words: str) -> str:
    """What a part of the scene prints, played in a house that nobody serves meanwhile."""
    code = "\n".join(
        (
            "from sanlin.site.demo import yingzao",
            "from sanlin.govern.rounds.models import Round",
            f"print(yingzao.figures({words}))",
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


@contextmanager
def officer_at(world: Path, home: Path, browser: Browser) -> Iterator[Page]:
    """周敏 at her desk in a served copy of `world`."""
    with serve(world, home) as house:
        with window(browser, house, "desk", "zh") as page:
            sign_in(page, "zhou")
            yield page
        printed = house.printed()
    assert "Traceback" not in printed, printed[-4000:]


def test_two_years_fewer_and_larger(shelf: Path, tmp_path: Path, browser: Browser) -> None:
    world = tmp_path / "world"
    shutil.copytree(build("draft", shelf), world)
    assert played(world, "yingzao.year_one()") == "100 ¥80,000 ¥8,000,000"
    with officer_at(world, tmp_path / "first", browser) as zhou:
        evaluate_the_last(zhou)
        ask_the_book(zhou)
    second = f"yingzao.year_two(Round.objects.get(name='{SECOND}'))"
    assert played(tmp_path / "first", second) == "60 ¥133,000 ¥7,980,000"
    with officer_at(tmp_path / "first", tmp_path / "second", browser) as zhou:
        follow(zhou, "工作台")
        follow(zhou.locator("nav.side"), SECOND)
        follow(zhou.locator("main"), "项目")
        says(zhou, "¥133,000")
        eyes.shot(zhou, "two-years-3-fewer-and-larger")


def evaluate_the_last(zhou: Page) -> None:
    """One project is left to evaluate: it does not pass, and its team is out of the next year."""
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "评估1份报告")
    zhou.locator("table tbody a").first.click()
    zhou.get_by_label("评分").fill("45")
    zhou.get_by_label("评语").fill("活动没有办起来。")
    press(zhou, "评分")
    says(zhou, "退出下一年资助")
    zhou.locator("nav.crumbs a").first.click()
    follow(zhou, "团队历年档案")
    says(zhou, "2026年1月1日")
    says(zhou, "前不得申报")
    eyes.shot(zhou, "two-years-1-a-team-is-out")


def ask_the_book(zhou: Page) -> None:
    """The next round is begun, and takes over what the first year's book proposes."""
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), FIRST)
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("main"), "结束与延续")
    follow(zhou, "由本轮开启下一轮")
    zhou.get_by_label("名称").fill(SECOND)
    zhou.get_by_label("年度").fill("2025")
    press(zhou, "建立草稿")
    says(zhou, SECOND)
    follow(zhou.locator("nav.side"), FIRST)
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("main"), "小组、中期与结项")
    zhou.locator("main a.cell", has_text="这一年的账，下一年怎么办").click()
    says(zhou, "结项合格")
    says(zhou, "¥166,000")
    eyes.shot(zhou, "two-years-2-what-the-book-says")
    press(zhou, "写入草稿")
    says(zhou, "已写入草稿")
