"""Somebody opens the street's address for the first time, with nothing but a phone and a link."""

from stories import eyes
from stories.browser import switch, tab_to

DOORS = ("/", "/account/sign-in/", "/account/sign-in/phone/")


def test_the_open_pages_can_be_read_by_everybody(page):
    found = []
    page.goto("/")
    for language in ("zh", "en"):
        for reading in ("standard", "elder"):
            for address in DOORS:
                page.goto(address)
                where = address.replace("/", "-").rstrip("-")
                eyes.shot(page, f"first{where}-{language}-{reading}")
                found += eyes.axe(page) + eyes.geometry(page)
            switch(page, "elder")
        assert page.locator("html").get_attribute("lang").startswith(language)
        switch(page, "language")
    assert found == []


def test_a_first_visit_is_light(browser, house):
    weighed = eyes.weight(browser, house)
    assert sum(weighed.values()) <= 100_000, weighed
    assert "/" in weighed


def test_the_door_opens_to_the_keyboard_alone(desk):
    desk.goto("/")
    tab_to(desk, "登录")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/sign-in/**")
    tab_to(desk, "登录名")
    desk.keyboard.type("zhou")
    tab_to(desk, "密码")
    desk.keyboard.type("sanlin-demo")
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: "/sign-in/" not in url)
    assert desk.get_by_text("周敏").is_visible()


def test_a_wrong_password_is_told_in_words_and_keeps_the_name(phone):
    phone.goto("/account/sign-in/")
    phone.fill("[name=username]", "zhou")
    phone.fill("[name=password]", "wrong")
    phone.press("[name=password]", "Enter")
    assert phone.locator("[role=alert], .alert").first.is_visible()
    assert phone.input_value("[name=username]") == "zhou"
    assert phone.input_value("[name=password]") == ""
    assert eyes.axe(phone) == []


def test_a_code_sent_to_a_phone_opens_the_door(phone, house):
    phone.goto("/account/sign-in/phone/")
    phone.fill("[name=phone]", "199 0000 0042")
    phone.press("[name=phone]", "Enter")
    phone.wait_for_url("**/sign-in/code/**")
    sent = house.code("19900000042")
    assert phone.get_by_text(sent).is_visible()
    eyes.shot(phone, "first-code")
    assert eyes.axe(phone) + eyes.geometry(phone) == []
    phone.fill("[name=code]", sent)
    phone.press("[name=code]", "Enter")
    phone.wait_for_url(lambda url: "/sign-in/" not in url)
