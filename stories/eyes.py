"""What is looked at on a page: a picture, what axe finds, how large things are, what it weighs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from stories.house import House

PICTURES = Path(__file__).resolve().parent.parent / "build" / "screenshots"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
# Pixels: the smallest text, the smallest target. At a desk a mouse is precise: there the 24 pixels
# of WCAG 2.2 with its exceptions, which axe measures, are enough.
PHONE = {"text": 13, "target": 44}
DESK = {"text": 13, "target": 0}
ELDER = {"text": 20, "target": 60}
NARROW = 320


def shot(page: Page, name: str, *, whole: bool = True) -> Path:
    """A picture of the page in build/screenshots, named after the window's size too.

    A pixel of the page is one of the picture, whatever the screen: it is to be looked at, not printed.
    """
    size = "phone" if width(page) < 600 else "desk"
    path = PICTURES / f"{name}-{size}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole, animations="disabled", scale="css")
    return path


def width(page: Page) -> int:
    """Of the window, in pixels."""
    return page.viewport_size["width"] if page.viewport_size else 0


def axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0 to 2.2, levels A and AA: rule, element and why, a line each."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "tag", "values": LEVELS},
        "rules": {"target-size": {"enabled": True}},
        "resultTypes": ["violations"],
    }
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{page.url}: {rule['id']}: {' '.join(map(str, node['target']))}: "
        + " ".join(node["failureSummary"].split())
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def geometry(page: Page, readings: int = 1) -> list[str]:
    """What is too small or sticks out: in this window, at 320 pixels, and with text twice as large.

    The measure is taken from the page: elder reading asks most, a phone more than a desk. With two
    `readings` the other one is measured too. The window and the page are afterwards as they were.
    """
    before = page.viewport_size
    usual = PHONE if width(page) < 600 else DESK
    asked = {"readings": readings, "asked": {"usual": usual, "elder": ELDER}}
    found = look(page, "measure", {**asked, "closely": True, "how": ""})
    page.set_viewport_size({"width": NARROW, "height": 740})
    found += look(page, "measure", {**asked, "closely": False, "how": f" (at {NARROW} px)"})
    if before:
        page.set_viewport_size(before)
    return [f"{page.url}: {line}" for line in found]


def look_closely(page: Page, *, with_axe: bool = True) -> list[str]:
    """Whatever axe and the ruler find, the ruler in both readings, with all that folds unfolded.

    Axe looks at three of a shape, the ruler at everything. The page is afterwards as it was.
    """
    folded = page.evaluate_handle("[...document.querySelectorAll('details:not([open])')]")
    folded.evaluate("folded => folded.forEach(one => { one.open = true })")
    found = []
    if with_axe:
        look(page, "thin")
        found = axe(page)
        look(page, "thicken")
    found += geometry(page, readings=2)
    folded.evaluate("folded => folded.forEach(one => { one.open = false })")
    return list(dict.fromkeys(found))


def look(page: Page, what: str, asked: dict[str, Any] | None = None) -> list[str]:
    """One of the functions of geometry.js; its findings."""
    return list(page.evaluate(f"asked => ({GEOMETRY}).{what}(asked)", asked or {}))


def weight(browser: Browser, house: House, address: str = "/") -> dict[str, int]:
    """Bytes over the wire, heads included, for each address that a first visit to a page fetches."""
    context = browser.new_context(base_url=house.url)
    try:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        asked: dict[str, str] = {}
        weighed: dict[str, int] = {}

        def begin(event: dict[str, Any]) -> None:
            asked[event["requestId"]] = event["request"]["url"].removeprefix(house.url)

        def end(event: dict[str, Any]) -> None:
            weighed[asked[event["requestId"]]] = int(event["encodedDataLength"])

        wire.on("Network.requestWillBeSent", begin)
        wire.on("Network.loadingFinished", end)
        wire.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        return weighed
    finally:
        context.close()
