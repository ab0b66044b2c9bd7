"""Take the README's pictures anew, into docs/pictures: `python -m stories.pictures`."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from scripts.setup import set_up_assets
from stories.browser import launch, sign_in, window
from stories.house import ROOT, build, serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
ALL_IN_SIGHT_LOADED = """() => [...document.images]
  .filter(one => one.getBoundingClientRect().top < innerHeight)
  .every(one => one.complete && one.naturalWidth)"""
# Stage, picture, window, who, address. The receipt follows from the ballot.
WANTED = (
    ("vote", "home", "phone", "li", "/"),
    ("vote", "line", "phone", "li", "/r/1/"),
    ("vote", "ballot", "phone", "li", "/rounds/1/ballot/"),
    ("vote", "desk", "desk", "zhou", "/desk/rounds/1/"),
    ("notice", "notice", "phone", "", "/rounds/1/notice/"),
)


def keep(page: Page, name: str) -> None:
    """What the window shows, in few colours, so that it is light."""
    path = PICTURES / f"{name}.png"
    page.wait_for_function(ALL_IN_SIGHT_LOADED)
    page.screenshot(path=path, animations="disabled")
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def cast(page: Page) -> None:
    page.locator("button[name=add]").first.click()
    page.locator("a[href$='/review/']").click()
    page.get_by_role("button", name="确认投出").click()
    page.locator("output").wait_for()


def main() -> None:
    """Builds both stages, serves each, and takes every picture that is wanted of it."""
    set_up_assets()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_, sync_playwright() as playwright:
        shelf = Path(open_.enter_context(tempfile.TemporaryDirectory()))
        browser = launch(playwright)
        stages = list(dict.fromkeys(one[0] for one in WANTED))
        for stage in stages:
            with serve(build(stage, shelf, stages), shelf / f"served-{stage}") as house:
                for _stage, name, size, who, address in (w for w in WANTED if w[0] == stage):
                    with window(browser, house, size) as page:
                        if who:
                            sign_in(page, who)
                        page.goto(address)
                        keep(page, name)
                        if name == "ballot":
                            cast(page)
                            keep(page, "receipt")
        browser.close()


if __name__ == "__main__":
    main()
