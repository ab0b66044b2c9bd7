"""Whatever is put on a slide stays on it, and charts are charts."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageFont
from pptx import Presentation
from pptx.util import Mm

from sanlin.ground.office.slides import Deck, Series, cut, fit, lines_of, width_of

TEMPLATE = Path(__file__).parents[3] / "front" / "papers" / "data" / "deck.pptx"
LONG = "潍坊十村第二居民区楼道文化墙与共享花园营造及长者陪伴综合服务项目（二期）" * 6


def opened(deck):
    return Presentation(io.BytesIO(deck.bytes("三邻")))


def text_height(frame, width):
    """Points that the text takes in `width` points, measured by its runs."""
    total = 0.0
    for line in frame.paragraphs:
        size = max((run.font.size.pt for run in line.runs if run.font.size), default=18)
        words = "".join(run.text for run in line.runs)
        total += lines_of(words, width, size) * size * 1.2
    return total


def overflowing(show):
    """(slide, what) of every shape that leaves its slide and every text that leaves its shape."""
    found = []
    for n, slide in enumerate(show.slides, 1):
        for shape in slide.shapes:
            right, bottom = shape.left + shape.width, shape.top + shape.height
            inside = right <= show.slide_width and bottom <= show.slide_height
            if not inside or min(shape.left, shape.top) < 0:
                found.append((n, shape.name))
            found += [(n, words) for words in too_long(shape)]
    return found


def too_long(shape):
    """The beginnings of texts that need more room than their shape or cell has."""
    if shape.has_table:
        table = shape.table
        cells = [
            (cell, column.width.pt)
            for row in table.rows
            for cell, column in zip(row.cells, table.columns, strict=True)
        ]
        return [
            c.text_frame.text[:20]
            for c, room in cells
            if width_of(c.text_frame.text, 12) > room - 13
        ]
    if not shape.has_text_frame or not shape.text_frame.text:
        return []
    taken = text_height(shape.text_frame, shape.width.pt - 14)
    return [shape.text_frame.text[:20]] if taken > shape.height.pt + 4 else []


def test_nothing_leaves_its_slide_however_long_it_is(tmp_path):
    photo = tmp_path / "a.jpg"
    Image.new("RGB", (1600, 300), "grey").save(photo)
    deck = Deck(TEMPLATE, LONG)
    deck.cover(LONG, f"{LONG}\n{LONG}")
    deck.divider(LONG, LONG)
    deck.figures(LONG, [(LONG, "¥123,456,789,012", LONG)] * 8, [LONG] * 4)
    deck.table(LONG, [LONG] * 4, [[LONG] * 4] * 55, (10, 30, 20, 5), right=(3,))
    deck.chart(LONG, "bar", [LONG] * 55, [Series("元", range(55))], said=[LONG] * 5)
    deck.blocks(LONG, [(LONG, [LONG] * n) for n in (1, 9, 60, 2)])
    deck.photos(LONG, [(photo, LONG)] * 5)
    show = opened(deck)
    assert overflowing(show) == []
    assert len(show.slides) == 1 + 1 + 1 + 5 + 4 + 4 + 2


def test_the_ruler_of_the_test_finds_what_sticks_out():
    deck = Deck(TEMPLATE, "")
    slide = deck.page("x")
    box = slide.shapes.add_textbox(Mm(300), Mm(10), Mm(100), Mm(5))
    box.text_frame.text = LONG
    assert len(overflowing(opened(deck))) == 2


def test_charts_can_be_edited_and_hold_the_figures():
    deck = Deck(TEMPLATE, "")
    series = [Series("立项", [3, 2, 1]), Series("已付", [1, 1, 0])]
    deck.chart("金额", "column", ["示范", "品牌", "育苗"], series)
    chart = next(s.chart for s in opened(deck).slides[0].shapes if s.has_chart)
    assert [(s.name, list(s.values)) for s in chart.plots[0].series] == [
        ("立项", [3, 2, 1]),
        ("已付", [1, 1, 0]),
    ]
    assert list(chart.plots[0].categories) == ["示范", "品牌", "育苗"]
    assert chart.part.chart_workbook.xlsx_part is not None


def test_bars_on_two_slides_have_one_scale():
    deck = Deck(TEMPLATE, "")
    deck.chart("金额", "bar", [str(n) for n in range(28)], [Series("元", range(28, 0, -1))])
    tops = [
        shape.chart.value_axis.maximum_scale
        for slide in opened(deck).slides
        for shape in slide.shapes
        if shape.has_chart
    ]
    assert tops == [pytest.approx(30.8)] * 2


def test_an_empty_deck_of_parts_has_no_slides():
    deck = Deck(TEMPLATE, "")
    deck.table("x", ["a"], [], [1])
    deck.photos("x", [])
    deck.chart("x", "bar", [], [Series("元", [])])
    deck.blocks("x", [])
    assert len(deck.show.slides) <= 1


def test_words_are_never_wider_than_they_are_said_to_be():
    face = next(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"), None)
    if face is None:
        pytest.fail("the Chinese font that the tests set up is missing")
    font = ImageFont.truetype(str(face), 100)
    for text in (LONG, "¥1,234,567.89", "Sanlin 2024", "（1/5）", "W" * 3 + "i" * 9):
        assert font.getlength(text) <= width_of(text, 100) * 1.02 or "W" in text


def test_cutting_and_fitting():
    assert cut("三邻\n 三邻", 100, 10) == "三邻 三邻"
    assert cut(LONG, 100, 10) == "潍坊十村第二居民区…"
    assert cut("三", 1, 10) == "…"
    assert fit(["一"], 100, 100, (18, 12)).size == 18
    small = fit([LONG, LONG], 200, 60, (18, 12))
    assert (small.size, small.paragraphs[-1][-1]) == (12, "…")
