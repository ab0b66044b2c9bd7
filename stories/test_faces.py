"""Every kind of page, looked at with axe and a ruler: standard and elder reading, both languages.

The pages are those that a window of that size is used for: residents hold phones, staff sit at
desks. A page that is drawn otherwise after a click is looked at after it too (see `CLICKS`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stories import eyes
from stories.browser import switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from stories.conftest import Visit

AT_DESKS = {"zhou", "qian", "sun", "shen", "fang"}
# Who looks at which pages. "/a/ › b" goes on from /a/ by the first link
# that the selector b finds.
PAGES = {
    "vote": {
        "": ("/", "/r/1/", "/rounds/1/rules/", "/rounds/1/proposals/", "/proposals/1/", "/voices/"),
        "li": ("/mine/", "/rounds/1/turnout/", "/rounds/1/receipts/", "/rounds/1/ballot/"),
        "wang": ("/proposals/mine/", "/proposals/1/changes/", "/account/"),
        "chen": ("/rounds/1/review/", "/proposals/1/sheet/"),
        "sun": ("/people/", "/people/ › tbody a"),
        "zhou": (
            "/desk/",
            "/desk/rounds/1/",
            "/rounds/new/",
            "/rounds/1/manage/",
            "/rounds/1/proposals/desk/",
            "/proposals/1/screen/",
            "/rounds/1/panel/",
            "/rounds/1/grid/",
            "/rounds/1/vote/",
            "/rounds/1/roll/",
        ),
        "fang": ("/places/", "/people/posts/"),
    },
    "running": {
        "": ("/rounds/1/notice/", "/awards/1/", "/projects/1/"),
        "wang": ("/projects/", "/projects/ › a[href$='agreement/']"),
        "zhao": (
            "/projects/ › a[href$='receipts/']",
            "/projects/ › a[href$='receipts/'] › a[href$='new/']",
        ),
        "qian": (
            "/rounds/1/decision/",
            "/rounds/1/objections/",
            "/rounds/1/projects/",
            "/rounds/1/payments/",
            "/projects/1/desk/",
            "/rounds/1/close/",
        ),
        "shen": ("/reports/rounds/1/", "/people/journal/"),
    },
}


def choose(page: Page) -> None:
    """The ballot with a choice."""
    page.locator("button[name=add]").first.click()
    page.locator("button[name=drop]").first.wait_for()


def send_nothing(page: Page) -> None:
    """A form that was handed in empty: it says what is missing."""
    form = page.locator("main form[method=post]").last
    form.evaluate("form => { form.noValidate = true }")
    form.get_by_role("button").last.click()
    page.locator(".wrong, [role=alert]").first.wait_for()


CLICKS: dict[str, Callable[[Page], None]] = {
    "/rounds/1/ballot/": choose,
    "/rounds/new/": send_nothing,
    "/projects/ › a[href$='receipts/'] › a[href$='new/']": send_nothing,
}


def go(page: Page, way: str) -> None:
    address, *links = way.split(" › ")
    page.goto(address)
    for link in links:
        page.locator(f"main {link}").first.click()
    assert page.locator("main h1").count() == 1, page.url


def look(page: Page) -> list[str]:
    return eyes.axe(page) + eyes.geometry(page)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "stage", [pytest.param(stage, marks=pytest.mark.stage(stage)) for stage in PAGES]
)
def test_every_kind_of_page_can_be_read_by_everybody(visit: Visit, stage: str, language: str):
    found = []
    for who, ways in PAGES[stage].items():
        page = visit("desk" if who in AT_DESKS else "phone", who=who)
        page.goto("/")
        if language == "en":
            switch(page, "language")
        for reading in ("standard", "elder"):
            for way in ways:
                go(page, way)
                found += look(page)
                if way in CLICKS:
                    CLICKS[way](page)
                    found += look(page)
            if reading == "standard":
                switch(page, "elder")
    assert not found, "\n".join(dict.fromkeys(found))
