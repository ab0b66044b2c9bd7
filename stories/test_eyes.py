"""The eyes see: each check finds the fault that it is there for, and leaves a good page alone."""

from pathlib import Path

import pytest

from stories import eyes
from stories.browser import window
from stories.house import House

GOOD = """<!doctype html><html lang="zh-hans"{more}><head><title>样张</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font-size: {text}px }} .b {{ display: inline-flex; min-height: {target}px; font-size: inherit }}</style>
</head><body><main><h1>一页</h1><p>一句话里有<a href="/a">一个链接</a>，不算按钮。</p>
<label class="b"><input type="checkbox"> 同意以上各条，并愿意公开</label>
<p><button class="b">投出选票</button></p>{body}</main></body></html>"""


def good(body="", *, more="", text=17, target=60):
    return GOOD.format(body=body, more=more, text=text, target=target)


@pytest.fixture
def nowhere(browser, tmp_path):
    """A window that belongs to no server: pages are put into it."""
    house = House("http://127.0.0.1:9", tmp_path, tmp_path / "log")
    with window(browser, house, "phone") as page:
        yield page


def kinds(lines):
    return [line.split(": ", 1)[1].split(",")[0].split(":")[0] for line in lines]


def test_a_good_page_is_left_alone(nowhere):
    nowhere.set_content(good())
    assert eyes.axe(nowhere) == []
    assert eyes.geometry(nowhere) == []


def test_axe_names_the_rule_and_the_element(nowhere):
    nowhere.set_content(good('<p style="color: #bbb">看不清</p><img src="data:,">'))
    found = eyes.axe(nowhere)
    assert kinds(found) == ["color-contrast", "image-alt"]
    assert "img" in found[1]


def test_axe_looks_at_three_of_a_shape_and_the_ruler_at_all(nowhere):
    rows = ['<li><img src="data:,"></li>'] * 5
    rows[4] = '<li><span style="color: #bbb">看不清</span><img alt="" src="data:,"></li>'
    small = '<p class="s" style="font-size: 12px">小字</p>'
    nowhere.set_content(good(f"<ul>{''.join(rows)}</ul>{small * 5}"))
    found = eyes.look_closely(nowhere)
    by_axe = kinds([line for line in found if "Fix" in line])
    assert sorted(by_axe) == ["color-contrast", *["image-alt"] * 3]
    assert len([line for line in found if "text of 12 px" in line]) == 2  # in either reading
    assert nowhere.locator("[hidden]").count() == 0
    assert nowhere.locator("li:visible").count() == 5


def test_small_text_and_small_targets_are_found(nowhere):
    small = '<p style="font-size: 12px">小字</p><button style="height: 20px">按</button>'
    nowhere.set_content(good(small))
    found = [line.split(",")[0] for line in eyes.geometry(nowhere)]
    assert [line for line in found if "text" in line] == ["about:blank: text of 12 px"]
    assert [line.split(" × ")[1] for line in found if "target" in line] == ["20 px"]


def test_crowded_targets_are_found_at_a_desk_too(browser, tmp_path):
    crowd = "<p>" + '<button style="width: 12px; height: 12px"></button>' * 3 + "</p>"
    house = House("http://127.0.0.1:9", tmp_path, tmp_path / "log")
    with window(browser, house, "desk") as page:
        page.set_content(good(crowd.replace("></b", ' aria-label="按"></b')))
        assert set(kinds(eyes.axe(page))) == {"target-size"}


def test_elder_reading_asks_for_more(nowhere):
    nowhere.set_content(good(more=' class="elder"', text=20))
    assert eyes.geometry(nowhere) == []
    nowhere.set_content(good(more=' class="elder"', text=19, target=50))
    assert {kind.split(" of ")[0] for kind in kinds(eyes.geometry(nowhere))} == {"text", "target"}


def test_what_makes_the_page_scroll_sideways_is_named(nowhere):
    nowhere.set_content(good('<div id="wide" style="width: 330px">宽</div>'))
    (found,) = eyes.geometry(nowhere)
    assert "(at 320 px)" in found
    assert "<div#wide> 宽" in found


def test_what_scrolls_inside_itself_may_be_wide(nowhere):
    inside = '<div style="overflow-x: auto" tabindex="0"><div style="width: 900px">宽</div></div>'
    nowhere.set_content(good(inside))
    assert eyes.geometry(nowhere) == []


def test_text_twice_as_large_must_still_fit_whatever_its_unit(nowhere):
    words = (
        '<div id="fixed" style="white-space: nowrap; font-size: 17px">一二三四五六七八九十百</div>'
    )
    nowhere.set_content(good(words))
    (found,) = eyes.geometry(nowhere)
    assert "(with text at 200 %)" in found
    assert "<div#fixed>" in found
    assert nowhere.locator("#fixed").get_attribute("style") == (
        "white-space: nowrap; font-size: 17px;"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img alt="" src="http://elsewhere.invalid/a.png">', "request to another host"),
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>nothing.at.all()</script>", "script error: nothing is not defined"),
    ],
)
def test_the_watch_ends_a_story_in_failure(browser, tmp_path, body, said):
    house = House("http://127.0.0.1:9", tmp_path, tmp_path / "log")
    with pytest.raises(AssertionError, match=said), window(browser, house, "desk") as page:
        page.set_content(good(body), wait_until="load")


def test_a_picture_says_what_it_shows(nowhere):
    nowhere.set_content(good())
    path = eyes.shot(nowhere, "eyes")
    assert path == Path("build/screenshots/eyes-phone.png").resolve()
    assert path.stat().st_size > 1000
    path.unlink()
