"""The main journeys by the keyboard alone, and the ballot without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stories import eyes
from stories.browser import sign_in, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from stories.conftest import Visit
    from stories.house import House

# What shows that something has the focus: an outline or a shadow that is drawn.
SEEN = """() => {
  const one = document.activeElement.closest("label") ?? document.activeElement;
  return [one, document.activeElement].some(each => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none";
  });
}"""


def to(page: Page, words: str) -> None:
    """Go on with Tab to what is named by `words`, and see that one sees where one is."""
    tab_to(page, words)
    assert page.evaluate(SEEN), f"{words!r} has the focus and does not show it"


def enter(page: Page, words: str, then: str) -> None:
    """Go to a link or button, press Enter, and wait until the next page says `then`."""
    to(page, words)
    page.keyboard.press("Enter")
    page.get_by_text(then).first.wait_for()


@pytest.mark.stage("vote")
def test_a_ballot_is_cast_by_the_keyboard_alone(visit: Visit):
    page = visit("desk", who="li")
    enter(page, "您还没有投票", "至多选")
    enter(page, "选这一项", "去掉")
    enter(page, "下一步：核对", "尚未投出")
    enter(page, "确认投出", "回执码")
    assert eyes.axe(page) == []


FIRST = "ArrowDown"  # takes the first of a list of choices

# What is typed at each step from the second on, and what the next page says. A date is typed as the
# browser of the test asks: month, day, year.
STEPS = (
    ((("需求", "走访了36户，28户愿意一起做。"),), "谁受益"),
    ((("目标", "每周巡楼一次，半年不断档。"), ("谁受益", "约300户邻居")), "开始日期"),
    (
        (
            ("计划", "第一个月排班，之后每周一次。"),
            ("开始日期", "07012024"),
            ("结束日期", "11302024"),
        ),
        "支出科目",
    ),
    (
        (
            ("支出科目", FIRST),
            ("用途", "巡楼用的工具"),
            ("单价", "80"),
            ("数量", "100"),
        ),
        "合作伙伴",
    ),
    ((("自筹金额", "1000"),), "可以放最多"),
)


@pytest.mark.stage("call")
def test_a_proposal_is_handed_in_by_the_keyboard_alone(visit: Visit):
    page = visit("desk", who="wang")
    enter(page, "2024年自治金", "本轮办法")
    enter(page, "写提案", "开始写")
    to(page, "益路同行")
    page.keyboard.press("Space")
    enter(page, "开始写", "名称和一句话")
    for label, words in (("名称", "楼道巡护"), ("一句话介绍", "邻居结伴巡楼")):
        to(page, label)
        page.keyboard.type(words)
    to(page, "示范类")
    page.keyboard.press("Space")
    enter(page, "保存，下一步", "发现了什么问题")
    for fields, then in STEPS:
        for label, words in fields:
            to(page, label)
            page.keyboard.press(FIRST) if words is FIRST else page.keyboard.type(words)
        enter(page, "保存，下一步", then)
    to(page, "下一步：预览")
    page.keyboard.press("Enter")
    page.get_by_text("尚未提交").first.wait_for()
    enter(page, "提交", "已提交，编号")


@pytest.mark.stage("vote")
def test_a_ballot_is_cast_without_script(browser: Browser, house: House):
    context = browser.new_context(base_url=house.url, java_script_enabled=False, locale="zh-CN")
    try:
        page = context.new_page()
        sign_in(page, "li")
        page.locator("main a", has_text="您还没有投票").click()
        page.locator("button[name=add]").first.click()
        page.get_by_role("link", name="下一步：核对").click()
        assert page.get_by_text("尚未投出").is_visible()
        page.get_by_role("button", name="确认投出").click()
        assert page.get_by_text("回执码", exact=True).is_visible()
        assert page.locator("output").inner_text().count("-") == 3
    finally:
        context.close()
