"""Windows of two sizes onto a served house, and the watch over what happens in them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.setup import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response

    from stories.house import House

# What people hold in their hands, and what stands on their desks.
SIZES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
    "desk": {"viewport": {"width": 1280, "height": 900}},
}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE = 30_000  # milliseconds before a story gives up on a button or a page of a busy machine
FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def launch(playwright: Playwright) -> Browser:
    """A browser without a window and without any other host; root has to go without its sandbox."""
    flags = [*FLAGS, *(["--no-sandbox"] if not os.geteuid() else [])]
    return playwright.chromium.launch(executable_path=chromium(), args=flags)


@dataclass
class Watch:
    """Everything in one window that no page of ours may ever do."""

    house: House
    troubles: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listens to a page from now on."""
        page.on("request", self.request)
        page.on("response", self.response)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))

    def request(self, request: Request) -> None:
        """No page asks anybody but its own server."""
        if not request.url.startswith((f"{self.house.url}/", "data:", "blob:")):
            self.troubles.append(f"request to another host: {request.url}")

    def response(self, response: Response) -> None:
        """No answer is the server's own failure; a part of a page that is refused is one too."""
        page_itself = response.request.is_navigation_request()
        asked_by_script = response.request.resource_type in ("fetch", "xhr")
        if response.status >= 500 or (
            response.status >= 400 and not (page_itself or asked_by_script)
        ):
            self.troubles.append(f"{response.status} from {response.url}")

    def console(self, message: ConsoleMessage) -> None:
        """No errors on the console, which is also where a broken content policy shows.

        That an address answered 4xx is said there too; the story itself looks at that.
        """
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")


@contextmanager
def window(browser: Browser, house: House, size: str, language: str = "zh") -> Iterator[Page]:
    """A fresh window, as of somebody who was never here; raises at the end if anything went wrong."""
    context = browser.new_context(
        base_url=house.url,
        locale=LANGUAGES[language],
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        **SIZES[size],
    )
    context.set_default_timeout(PATIENCE)
    watch = Watch(house)
    context.on("page", watch.over)
    page = context.new_page()
    try:
        yield page
    finally:
        context.close()
    if watch.troubles:
        raise AssertionError("\n".join(["in this window:", *dict.fromkeys(watch.troubles)]))


def sign_in(page: Page, who: str, password: str = "sanlin-demo") -> None:
    """Through the door that everybody uses."""
    page.goto("/account/sign-in/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def sign_out(page: Page) -> None:
    """Forgets who was here, as closing a public computer's browser does."""
    page.context.clear_cookies()


def switch(page: Page, what: str) -> None:
    """Presses a switch of the header: "elder" or "language"."""
    page.click(f"header [name={what}]")


def tab_to(page: Page, words: str, *, most: int = 150) -> None:
    """Goes by the keyboard alone to the next thing that is named by `words`; raises if none is.

    The name is what a screen reader would say first: the label or the text, or its beginning.
    """
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"the keyboard does not reach {words!r} on {page.url}")


FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return "";
  const labels = [...(one.labels ?? [])].map(label => label.textContent);
  return [one.getAttribute("aria-label") ?? "", ...labels, one.textContent].join(" ");
}"""
