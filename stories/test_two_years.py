"""Two years of 社区营造: a hundred projects, evaluation and elimination, then fewer and larger.

What a hundred teams do alike is seeded through the verbs; what an officer decides is done by clicks.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from stories import eyes
from stories.conftest import Visit
from stories.house import ROOT, House, surroundings
from stories.test_round import follow, press, says

FIRST, SECOND, LAST = "社区营造第一年", "社区营造第二年", "营造100号"


def played(house: House, words: str) -> str:
    """What a part of the scene prints, played in the house of this story."""
    code = f"from sanlin.site.demo import yingzao\nfrom sanlin.govern.rounds.models import Round\n{words}"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=surroundings(house.home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.mark.stage("draft")
def test_two_years_fewer_and_larger(visit: Visit, house: House) -> None:
    first = played(house, "print(yingzao.figures(yingzao.year_one()))")
    assert first == "100 ¥80,000 ¥8,000,000"
    zhou = visit("desk", who="zhou")
    # The last project is evaluated by hand: it does not pass, and its team is out of the next year.
    follow(zhou, "工作台")
    follow(zhou.locator("main"), "评估1份报告")
    follow(zhou.locator("table"), LAST)
    zhou.get_by_label("评分").fill("45")
    zhou.get_by_label("评语").fill("活动没有办起来。")
    press(zhou, "评分")
    says(zhou, "退出下一年资助")
    follow(zhou.locator("nav.crumbs"), LAST, exact=False)
    follow(zhou, "团队历年档案")
    says(zhou, "2026年1月1日")
    says(zhou, "前不得申报")
    eyes.shot(zhou, "two-years-1-a-team-is-out")
    # The next round is begun, and last year's book is asked.
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), FIRST)
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("main"), "结束与延续")
    follow(zhou, "由本轮开启下一轮")
    zhou.get_by_label("名称").fill(SECOND)
    zhou.get_by_label("年度").fill("2025")
    press(zhou, "建立草稿")
    follow(zhou.locator("nav.side"), FIRST)
    follow(zhou.locator("main"), "项目")
    follow(zhou.locator("main"), "小组、中期与结项")
    follow(zhou, "这一年的账，下一年怎么办", exact=False)
    says(zhou, "结项合格")
    says(zhou, "¥166,000")
    eyes.shot(zhou, "two-years-2-what-the-book-says")
    press(zhou, "写入草稿")
    says(zhou, "已写入草稿")
    second = played(
        house, f"print(yingzao.figures(yingzao.year_two(Round.objects.get(name='{SECOND}'))))"
    )
    assert second == "60 ¥133,000 ¥7,980,000"
    follow(zhou, "工作台")
    follow(zhou.locator("nav.side"), SECOND)
    follow(zhou.locator("main"), "项目")
    says(zhou, "¥133,000")
    eyes.shot(zhou, "two-years-3-fewer-and-larger")
