"""Who plays: everybody's window, the clock of the street, and what several do together in every round."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from PIL import Image

from stories import eyes
from stories.hands import ROUND, at_desk, at_row, follow, gone, press, put_clock, says
from stories.house import sanlin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from stories.conftest import Visit
    from stories.house import House

AT_DESKS = {"zhou", "qian", "sun", "cao", "tian", "jin"}
JUDGES = {"chen": "陈静", "lin": "林涛", "gao": "高岩", "he": "何雯", "luo": "罗宁"}
KEYS = {"zhou": "demo-key-of-zhou", "qian": "demo-key-of-qian"}  # their words for the ballot box
OURS, THEIRS = "活力二村益路同行", "社区骑士计划"  # the projects of wang and of zhao


@dataclass
class Cast:
    """The windows of everybody who plays a story, and the pictures that are kept of it."""

    visit: Visit
    house: House
    folder: Path
    story: str  # how its pictures are named
    days: dict[str, str] = field(default_factory=dict)  # of the round's windows, "call_first" etc.
    windows: dict[str, Page] = field(default_factory=dict)
    pictures: int = 0
    troubles: list[str] = field(default_factory=list)

    def __call__(self, who: str) -> Page:
        """The window of one person, opened and signed in the first time."""
        if who not in self.windows:
            size = "desk" if who in AT_DESKS else "phone"
            self.windows[who] = self.visit(size, who=who)
        return self.windows[who]

    @cached_property
    def paper(self) -> Path:
        """A photo to hand in."""
        photo = self.folder / "photo.jpg"
        Image.new("RGB", (900, 1200), "#c8d6c0").save(photo)
        return photo

    def play(self, *chapters: Callable[[Cast], None]) -> None:
        """One chapter after the other, to the end."""
        for chapter in chapters:
            chapter(self)
        self.end()

    def end(self) -> None:
        """Raises what was found on the pictures."""
        assert not self.troubles, "\n".join(dict.fromkeys(self.troubles))

    def keep(self, page: Page, name: str) -> None:
        """Keep a picture only to look at, of a page that is measured elsewhere."""
        eyes.shot(page, f"{self.story}-{name}")

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture, and note what axe and the ruler find on the page as it stands."""
        self.pictures += 1
        self.keep(page, f"{self.pictures:02d}-{name}")
        self.troubles += eyes.look_closely(page)

    def until(self, day: str) -> None:
        """Put the clock to nine in the morning of a day, and let done what is due by then."""
        put_clock(self("zhou"), day)
        sanlin(self.house.home, "tick")


def decided_and_signed(cast: Cast, round: str = ROUND) -> Page:
    """At the decision's page: counted, and signed by two officers; the second's window."""
    zhou, qian = cast("zhou"), cast("qian")
    press(zhou, "计算结果")
    says(zhou, "重算一致")
    for page in (zhou, qian):
        at_desk(page, "决定与公示", round)
        press(page, "签署这份决定")
    says(qian, "钱立")
    at_desk(zhou, "决定与公示", round)
    return qian


def agreed(cast: Cast, title: str, round: str = ROUND) -> None:
    """The committee and the holder of the seal sign after the team."""
    for page in (cast("sun"), cast("cao")):
        at_row(page, title, round=round)
        follow(page, "签署协议")
        press(page, "签署协议")
        says(page, "已签署")


def asked_and_approved(cast: Cast, title: str, round: str = ROUND) -> Page:
    """One officer asks for what is due, another approves; the cashier's window, where it is ticked."""
    for who, words in (("zhou", "申请拨付"), ("qian", "审批拨付")):
        at_row(cast(who), title, round=round)
        press(cast(who), words)
        gone(cast(who), words)
    tian = cast("tian")
    follow(tian, "工作台")
    follow(tian.locator("main"), "付款1笔")
    tian.get_by_role("checkbox").last.check()
    return tian


def at_the_desk(cast: Cast, sun: Page) -> None:
    """A resident without a phone stands before 孙洁, who acts for them."""
    follow(sun, "工作台")
    follow(sun, "居民名单")
    sun.locator("table a", has_text="邻居").first.click()
    follow(sun, "为其代办")
    reason = sun.get_by_label("理由", exact=False).or_(sun.get_by_label("事由", exact=False)).first
    reason.fill("没有手机，来居委会办理")
    sun.get_by_role("checkbox").first.check()
    cast.picture(sun, "acting-for-a-resident")
    press(sun, "开始代办")
    says(sun, "孙洁正在为")
