"""A day at a booth and what follows: sheets handed out, boxes counted, keyed twice, settled, counted, sampled.

One resident voted online before she came to the booth; one clerk keys on a connection that breaks
after the server has stored a sheet and before it could say so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sanlin.kernel.ballots.serial import serial
from stories import eyes
from stories.cast import KEYS
from stories.hands import follow, press, put_clock, says
from stories.house import sanlin

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from stories.conftest import Visit
    from stories.house import House

ROUND, FIRST, SECOND = 1, 1, 2  # the demonstration's round, and its two booths
TITLE = "活力二村益路同行"
AFTER = "2024-05-30"
BORN = "19520304"  # as on her card


@pytest.mark.stage("vote")
def test_a_day_at_a_booth(visit: Visit, house: House) -> None:
    sun, li = visit("phone", who="sun"), visit("phone", who="li")
    votes_online(li)
    in_box = at_the_booth(sun, li)
    zhou, qian = visit("desk", who="zhou"), visit("desk", who="qian")
    put_clock(zhou, AFTER)
    sanlin(house.home, "tick")
    boxes = {FIRST: in_box, SECOND: 6}
    for page, booth, second in ((sun, FIRST, zhou), (qian, SECOND, zhou)):
        closes_and_signs(page, booth, boxes[booth], second)
    registered(zhou, boxes)
    one, two = visit("desk", who="worker03"), visit("desk", who="worker04")
    keys_on_a_bad_line(one, boxes[FIRST])
    keys(two, FIRST, boxes[FIRST], slip=3)
    assert two.get_by_text(serial(ROUND, FIRST, 3)).count() == 0
    settles(qian, serial(ROUND, FIRST, 3))
    for page in (one, two):
        keys(page, SECOND, boxes[SECOND])
    the_box_is_opened(zhou, qian)
    counted(zhou, boxes)
    sampled(zhou, visit("desk", who="worker05"), visit("phone"))


def votes_online(li: Page) -> None:
    li.goto(f"/rounds/{ROUND}/ballot/")
    press(li, f"选这一项 {TITLE}")
    follow(li, "下一步：核对")
    press(li, "确认投出")
    says(li, "回执码")


def at_the_booth(sun: Page, li: Page) -> int:
    """李秀英 comes with her identity card, spoils her sheet and gets another; what lies in the box."""
    sun.goto(f"/booths/{FIRST}/")
    sun.get_by_label("姓名").first.fill("李秀英")
    sun.get_by_label("室号、手机尾号4位或出生日期8位").first.fill(BORN)
    press(sun, "找")
    press(sun, "发一张选票，登记")
    eyes.shot(sun, "booth-day-1-handed-out")
    sun.goto(f"/booths/{FIRST}/")
    press(sun, "记一张作废换发")
    li.goto(f"/rounds/{ROUND}/ballot/receipt/")
    says(li, "以纸质票为准")
    return 7


def closes_and_signs(page: Page, booth: int, in_box: int, second: Page) -> None:
    page.goto(f"/booths/{booth}/close/")
    received, issued = map(
        int, re.findall(r"领到(\d+)张，发出(\d+)张", page.locator("main").inner_text())[0]
    )
    page.get_by_label("未用的空白票（张）").fill(str(received - issued))
    page.get_by_label("票箱里的票（张）").fill(str(in_box))
    page.get_by_label("封箱的封条编号").fill("WF-0009")
    press(page, "数清了，关闭")
    for one in (page, second):
        one.goto(f"/booths/{booth}/protocol/")
        press(one, "核对无误，签字")
    says(second, "已签字")
    eyes.shot(second, f"booth-day-2-protocol-{booth}")


def registered(zhou: Page, boxes: dict[int, int]) -> None:
    zhou.goto(f"/rounds/{ROUND}/batches/")
    says(zhou, "没有登记批次")
    for place, sheets in enumerate(boxes.values()):
        zhou.get_by_label("这一叠的张数").nth(place).fill(str(sheets))
        zhou.get_by_role("button", name="登记").nth(place).click()
        says(zhou, "已登记一批")
    eyes.shot(zhou, "booth-day-3-batches")


def numbers(sheets: int) -> list[int]:
    """The sheets in the box: the second was spoiled."""
    return [n for n in range(1, sheets + 2) if n != 2]


def enters(page: Page, booth: int, n: int, box: int = 0) -> None:
    page.get_by_label("票号", exact=True).fill(serial(ROUND, booth, n).split("-", 2)[2])
    page.locator("#sheet input[type=checkbox][value='1']").nth(box).check()
    press(page, "存这一张，录下一张")


def keys(page: Page, booth: int, sheets: int, *, slip: int = 0) -> None:
    """Key one batch; at the sheet `slip` another box is seen ticked."""
    page.goto(f"/batches/{booth}/key/")
    for n in numbers(sheets):
        enters(page, booth, n, box=int(n == slip))
    says(page, f"已录 {sheets} 张：服务器上 {sheets} 张，只存在本机 0 张")
    hands_in(page)


def hands_in(page: Page) -> None:
    press(page, "交出这一批")
    says(page, "已交出")


def keys_on_a_bad_line(page: Page, sheets: int) -> None:
    """The answer to the second sheet is lost, the third never leaves; then the page is loaded anew."""
    page.goto(f"/batches/{FIRST}/key/")
    first, second, third, *others = numbers(sheets)
    enters(page, FIRST, first)
    says(page, "已录 1 张：服务器上 1 张，只存在本机 0 张")
    answers = []

    def cut(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        if not answers:
            answers.append(route.fetch().json())  # stored there, and never heard of here
        route.abort()

    page.route("**/key/", cut)
    enters(page, FIRST, second)
    says(page, "只存在本机 1 张")
    enters(page, FIRST, third)
    says(page, "已录 3 张：服务器上 1 张，只存在本机 2 张")
    says(page, "网络不通")
    eyes.shot(page, "booth-day-4-offline")
    press(page, "交出这一批")
    says(page, "等全部存到服务器再交")
    assert answers[0]["serial"] == serial(ROUND, FIRST, second)
    page.reload()
    says(page, "只存在本机 1 张")
    page.unroute("**/key/")
    page.reload()
    says(page, "已录 3 张：服务器上 3 张，只存在本机 0 张")
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('keying'))") == []
    for n in others:
        enters(page, FIRST, n)
    says(page, f"已录 {sheets} 张：服务器上 {sheets} 张，只存在本机 0 张")
    page.reload()
    assert page.locator("#kept tr").count() == sheets
    eyes.shot(page, "booth-day-5-keyed")
    hands_in(page)


def settles(qian: Page, differing: str) -> None:
    qian.goto(f"/rounds/{ROUND}/batches/")
    follow(qian, "裁定")
    says(qian, differing)
    eyes.shot(qian, "booth-day-6-settle")
    qian.get_by_label("第一遍对", exact=False).check()
    qian.get_by_label("理由", exact=True).fill("第二遍看错一格")
    press(qian, "裁定")
    says(qian, "已裁定")


def the_box_is_opened(zhou: Page, qian: Page) -> None:
    zhou.goto(f"/rounds/{ROUND}/batches/")
    says(zhou, "钥匙保管人可以开箱")
    for page, who in ((zhou, "zhou"), (qian, "qian")):
        page.goto(f"/rounds/{ROUND}/box/")
        page.get_by_label("口令", exact=True).fill(KEYS[who])
        page.locator("main form button").last.click()
    says(qian, "票箱已经打开")


def counted(zhou: Page, boxes: dict[int, int]) -> None:
    zhou.goto(f"/rounds/{ROUND}/turnout/")
    found = re.search(r"网上 (\d+) · 纸质 (\d+)", zhou.locator("main").inner_text())
    assert found
    assert int(found[2]) == sum(boxes.values())
    assert int(found[1]) > 100


def sampled(zhou: Page, looker: Page, anybody: Page) -> None:
    zhou.goto(f"/rounds/{ROUND}/sample/draw/")
    zhou.get_by_label("骰子数字").fill("36 41 52")
    eyes.shot(zhou, "booth-day-7-dice")
    press(zhou, "抽样")
    says(zhou, "样本已经抽定并公布")
    looker.goto(f"/rounds/{ROUND}/sample/look/")
    while looker.locator("p.code").count():
        looker.locator("main form input[type=checkbox][value='1']").first.check()
        press(looker, "记下这张")
    eyes.shot(looker, "booth-day-8-looked")
    zhou.goto(f"/rounds/{ROUND}/sample/look/")
    press(zhou, "得出结论")
    anybody.goto(f"/rounds/{ROUND}/sample/")
    says(anybody, "录入可信")
    eyes.shot(anybody, "booth-day-9-sample")
