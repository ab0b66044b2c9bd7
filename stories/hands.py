"""What a pair of hands does in one window: touch, fill in, and go where links and buttons lead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Error, Page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

ROUND = "2024年自治金"  # the demonstration's own


def press(page: Page | Locator, words: str, *, exact: bool = True) -> None:
    """Press the button that says `words`."""
    page.get_by_role("button", name=words, exact=exact).click()


def follow(page: Page | Locator, words: str, *, exact: bool = True) -> None:
    """Follow the first link in the page's own text that says `words`."""
    try:
        page.get_by_role("link", name=words, exact=exact).first.click()
    except Error as stuck:
        window = page if isinstance(page, Page) else page.page
        stuck.add_note(f"{window.url} says: {window.locator('main').inner_text()[:600]}")
        raise


def cell(page: Page, words: str) -> None:
    """Touch the first cell of a list that says `words`."""
    page.locator("main a.cell", has_text=words).first.click()


def fill(page: Page | Locator, said: dict[str, str]) -> None:
    """Write into each field that a label, or a part of it, names."""
    for label, text in said.items():
        page.get_by_label(label).fill(text)


def says(page: Page, words: str) -> None:
    """Wait until the page says `words`."""
    page.get_by_text(words).first.wait_for()


def gone(page: Page, words: str) -> None:
    """Wait until no button says `words` any more."""
    page.get_by_role("button", name=words, exact=True).wait_for(state="detached")


def after(day: str, days: int = 1) -> str:
    """So many days after a day, both written as 2024-05-30."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def put_clock(page: Page, day: str) -> None:
    """Put the demonstration's clock to nine in the morning of a day, by its banner."""
    page.get_by_text("拨动时钟", exact=True).click()
    fill(page, {"指定日期": day})
    press(page, "拨到这天")
    page.get_by_text("演示时间已拨到").wait_for()


def at_home(page: Page) -> None:
    """By the header to the front page."""
    follow(page.locator("header"), "首页")


def at_round(page: Page, round: str = ROUND) -> None:
    """From the front page to the line of a round's stages."""
    at_home(page)
    page.locator("main a.cell[href^='/r/']", has_text=round).first.click()


def at_desk(page: Page, door: str = "", round: str = ROUND) -> None:
    """By the menu to a round at a glance, and through one of its doors."""
    follow(page, "工作台")
    follow(page.locator("nav.side"), round)
    if door:
        follow(page.locator("main"), door)


def at_row(page: Page, title: str, door: str = "项目", round: str = ROUND) -> None:
    """By the menu to one row of a round's table, the projects' where none is named."""
    at_desk(page, door, round)
    follow(page.locator("table"), title)


def due(page: Page, words: str) -> None:
    """By what the desk says is due to the first that waits there."""
    follow(page, "工作台")
    follow(page.locator("main"), words)
    page.locator("table tbody a").first.click()


def at_project(page: Page, title: str = "") -> None:
    """A leader goes by her own affairs to the project of her team, to the one of that title."""
    at_home(page)
    cell(page, "我的事")
    cell(page, "我们团队的项目")
    where = page.locator("main .card, main section, main li", has_text=title) if title else page
    where.get_by_role("link", name="项目全貌").first.click()


def write_steps(page: Page, *steps: dict[str, str]) -> None:
    """Fill in one step of a proposal after the other."""
    for step in steps:
        fill(page, step)
        press(page, "保存，下一步")


def write_line(page: Page, said: dict[str, str]) -> None:
    """Fill in the first line of a budget or a receipt, under the first heading."""
    line = page.locator("fieldset").first
    line.get_by_label("支出科目").select_option(index=1)
    fill(line, said)


def tick_checks(page: Page, result: str, *, first: str = "符合") -> None:
    """Tick all checks of a screening as met, the first as said, and choose the result."""
    checks = page.locator("main .card fieldset")
    for number in range(checks.count()):
        answer = "符合" if number else first
        checks.nth(number).get_by_role("radio", name=answer, exact=True).check()
    page.get_by_role("radio", name=result, exact=False).check()


def mark(page: Page, first: str, others: str = "") -> None:
    """Fill in a judge's marks: the first, and the others where they differ."""
    marks = page.locator("form input[inputmode=decimal]")
    for place in range(marks.count()):
        marks.nth(place).fill((others or first) if place else first)


def write_receipt(
    page: Page, paper: Path, number: str, day: str, payee: str, line: dict[str, str]
) -> None:
    """On the page of a project, take a photo of a receipt and fill in its words; not yet sent."""
    follow(page, "上传票据")
    page.get_by_label("照片或文件").set_input_files(paper)
    press(page, "下一步：填写内容")
    fill(page, {"票据号码": number, "开票日期": day, "收款方": payee})
    write_line(page, line)


def write_report(page: Page, kind: str, text: str, meetings: int, people: int) -> None:
    """On the page of a project, fill in its midterm or closing report; not yet sent."""
    follow(page, f"提交{kind}报告")
    told = {"做了什么、有什么变化": text, "活动次数": str(meetings), "参与人次": str(people)}
    fill(page, told)
