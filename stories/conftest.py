"""What a story may ask for.

house    the served street of this story alone; `@pytest.mark.stage("vote")` says how far its round is
street   the folder of that street, as it was built, for a story that copies and serves it itself
visit    opens a window: visit("phone"), visit("desk", who="…", language="en")
phone    one window of a phone's size; `desk` one of a desk's; `page` runs the story in both
browser  the browser itself, for `eyes.weight`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from scripts.setup import set_up_assets
from stories import eyes
from stories.browser import launch, sign_in, window
from stories.house import House, build, serve, shelf, stage_of, streets

__all__ = ["shelf", "streets"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Visit = Callable[..., "Page"]
FAILED = pytest.StashKey[bool]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """The server hands out what was built: build it anew if its sources have changed."""
    if not hasattr(session.config, "workerinput"):
        set_up_assets()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def street(request: pytest.FixtureRequest, shelf: Path, streets: set[str]) -> Path:
    """The folder of the built street; those of the other stories of this run are built with it."""
    return build(stage_of(request.node), shelf, streets)


@pytest.fixture
def house(street: Path, tmp_path: Path) -> Iterator[House]:
    with serve(street, tmp_path / "home") as house:
        yield house
        printed = house.printed()
    assert "Traceback" not in printed, printed[-4000:]


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[Visit]:
    with ExitStack() as windows:
        opened: list[Page] = []

        def visit(size: str = "phone", *, who: str = "", language: str = "zh") -> Page:
            opened.append(windows.enter_context(window(browser, house, size, language)))
            if who:
                sign_in(opened[-1], who)
            return opened[-1]

        yield visit
        if request.node.stash.get(FAILED, False):
            for number, page in enumerate(opened, 1):
                name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")
                eyes.shot(page, f"failed-{name}-{number}")


@pytest.fixture
def phone(visit: Visit) -> Page:
    return visit("phone")


@pytest.fixture
def desk(visit: Visit) -> Page:
    return visit("desk")


@pytest.fixture(params=["phone", "desk"])
def page(visit: Visit, request: pytest.FixtureRequest) -> Page:
    return visit(request.param)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remembers that a story failed, so that its windows are pictured before they close."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
