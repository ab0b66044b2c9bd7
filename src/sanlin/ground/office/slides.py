"""Decks that can be edited: native charts, tables and photos on a template's layouts; no text overflows.

Whatever stands on a slide has been measured first: a Chinese character is as wide as its size, a Latin
letter about half of that. What does not fit is set smaller, then shortened with an ellipsis; tables and
bars go on to a further slide.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Mm, Pt

from .packing import tidy

COVER, PAGE, DIVIDER = "封面", "标题和内容", "分隔"  # data  # names of layouts in the template
LEFT, TOP, WIDTH, HEIGHT = 16.0, 36.0, 306.67, 136.0  # where content stands, in millimetres
POINT = 25.4 / 72  # millimetres
BOLD = 1.3  # a bold letter is so much wider than a plain one, in the widest face that an office may have
ROWS = 13  # of a table on one slide, its head not counted
BARS = 14  # of a chart on one slide
A_LINE = 1.32  # of its size


def width_of(text: str, size: float) -> float:
    """How wide a line of `text` is at most, in points, set in `size` points.

    >>> width_of("三邻ab", 10)
    31.6
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    return round(wide * size + (len(text) - wide) * size * 0.58, 3)


def cut(text: str, room: float, size: float) -> str:
    """`text` on one line of `room` points; shortened where it is longer.

    >>> cut("潍坊十村第二居委会", 60, 10)
    '潍坊十村第…'
    """
    line = " ".join(text.split())
    if width_of(line, size) <= room:
        return line
    kept = line
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return f"{kept}…"


def lines_of(text: str, room: float, size: float) -> int:
    """How many lines a paragraph takes in `room` points."""
    whole = width_of(text, size)
    return max(1, -(-int(whole * 1.04) // max(int(room), 1)))


def fit(paragraphs: Sequence[str], room: float, height: float, sizes: Sequence[float]) -> Fitted:
    """The paragraphs in the largest of `sizes` in which they fit into `room` × `height` points; in the
    smallest, what is left over is shortened."""
    for size in sizes:
        taken = sum(lines_of(text, room, size) for text in paragraphs) * size * A_LINE
        taken += max(len(paragraphs) - 1, 0) * size * 0.35
        if taken <= height:
            return Fitted(list(paragraphs), size)
    size = sizes[-1]
    left, kept = int(height / (size * (A_LINE + 0.35))), []
    for text in paragraphs:
        if left <= 0:
            break
        takes = lines_of(text, room, size)
        kept.append(text if takes <= left else cut(text, room * left * 0.95, size))
        left -= takes
    return Fitted(kept, size)


def evenly(rows: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """The rows on as few slides as possible, each about as full as the others.

    >>> [len(part) for part in evenly(range(55), 13)]
    [11, 11, 11, 11, 11]
    """
    count = -(-len(rows) // most)
    size = -(-len(rows) // count) if count else 1
    return [rows[at : at + size] for at in range(0, len(rows), size)]


@dataclass(frozen=True)
class Fitted:
    """Paragraphs and the size in points in which they fit."""

    paragraphs: list[str]
    size: float


@dataclass(frozen=True)
class Series:
    """A row of figures in a chart, one for each category."""

    name: str
    values: Sequence[float]


class Deck:
    """A deck on a template; every method adds one slide, or several where the content needs them."""

    def __init__(self, template: Path, foot: str) -> None:
        self.show = Presentation(str(template))
        self.layouts = {layout.name: layout for layout in self.show.slide_layouts}
        self.foot = foot

    def bytes(self, title: str) -> bytes:
        self.show.core_properties.title = title
        out = io.BytesIO()
        self.show.save(out)
        return tidy(out.getvalue())

    def cover(self, title: str, below: str) -> None:
        slide = self.show.slides.add_slide(self.layouts[COVER])
        _say(slide.shapes.title, [title], 278, 50, (40, 36, 32, 28, 24))
        _say(slide.placeholders[1], below.splitlines(), 278, 32, (20, 18, 16))

    def divider(self, title: str, below: str = "") -> None:
        slide = self.show.slides.add_slide(self.layouts[DIVIDER])
        _say(slide.shapes.title, [title], 278, 34, (34, 30, 26))
        _say(slide.placeholders[1], [below], 278, 30, (20, 18, 16))
        self._foot(slide)

    def page(self, title: str) -> Any:
        """An empty slide under a title."""
        slide = self.show.slides.add_slide(self.layouts[PAGE])
        _say(slide.shapes.title, [title], WIDTH - 6, 17, (28, 26, 24, 22, 20, 18))
        self._foot(slide)
        return slide

    def _foot(self, slide: Any) -> None:
        """Foot and number of the page, which a new slide does not take over by itself."""
        for holder in slide.slide_layout.placeholders:
            kind = holder.placeholder_format.type.name
            if kind not in {"FOOTER", "SLIDE_NUMBER"}:
                continue
            box = slide.shapes.add_textbox(holder.left, holder.top, holder.width, holder.height)
            line = box.text_frame.paragraphs[0]
            line.alignment = PP_ALIGN.CENTER if kind == "FOOTER" else PP_ALIGN.RIGHT
            box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            if kind == "FOOTER":
                line.add_run().text = cut(self.foot, 490, 10)
            else:
                _number(line)
            for run in line.runs:
                _ink(run, 10, MSO_THEME_COLOR.ACCENT_6)

    def figures(
        self, title: str, told: Sequence[tuple[str, str, str]], notes: Sequence[str] = ()
    ) -> None:
        """Large figures, at most eight: (what, how much, a word to it)."""
        slide = self.page(title)
        across = 5 if len(told) == 5 else 4 if len(told) > 3 else max(len(told), 1)
        wide = (WIDTH - (across - 1) * 6) / across
        for at, (what, figure, word) in enumerate(told[:8]):
            left, top = LEFT + at % across * (wide + 6), TOP + 2 + at // across * 46
            card = slide.shapes.add_shape(1, Mm(left), Mm(top), Mm(wide), Mm(40))
            card.fill.solid()
            card.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
            card.line.fill.background()
            card.shadow.inherit = False
            frame = card.text_frame
            frame.margin_left = frame.margin_right = Mm(5)
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            room = (wide - 12) / POINT
            size = next((s for s in (34, 30, 26, 22, 18) if width_of(figure, s) * BOLD <= room), 16)
            for n, (text, points, colour) in enumerate(
                (
                    (cut(what, room, 14), 14, MSO_THEME_COLOR.TEXT_2),
                    (cut(figure, room, size), size, MSO_THEME_COLOR.ACCENT_1),
                    (cut(word, room, 12), 12, MSO_THEME_COLOR.ACCENT_6),
                )
            ):
                line = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
                line.alignment = PP_ALIGN.LEFT
                run = line.add_run()
                run.text = text
                _ink(run, points, colour, bold=n == 1)
        if notes:
            rows = -(-min(len(told), 8) // across)
            self.text(slide, notes, top=TOP + 6 + rows * 46, height=HEIGHT - 6 - rows * 46)

    def text(
        self,
        slide: Any,
        paragraphs: Sequence[str],
        *,
        left: float = LEFT,
        top: float = TOP,
        width: float = WIDTH,
        height: float = HEIGHT,
        sizes: Sequence[float] = (18, 16, 14, 12, 11),
    ) -> None:
        """Paragraphs in a box of their own, as large as they fit."""
        box = slide.shapes.add_textbox(Mm(left), Mm(top), Mm(width), Mm(height))
        _say(box, paragraphs, width, height, sizes)

    def blocks(self, title: str, told: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Short texts under a heading each, as many on a slide as fit; a long one has its own."""
        room, size = (WIDTH - 6) / POINT, 14
        pages: list[list[tuple[str, Fitted, float]]] = [[]]
        left = HEIGHT
        for head, paragraphs in told:
            fitted = fit(list(paragraphs), room, (HEIGHT - 16) / POINT, (size, 12, 11))
            rows = sum(lines_of(text, room, fitted.size) for text in fitted.paragraphs)
            gaps = len(fitted.paragraphs) * fitted.size * 0.35
            tall = min(13 + (rows * fitted.size * A_LINE + gaps) * POINT + 4, HEIGHT)
            if tall > left and pages[-1]:
                pages.append([])
                left = HEIGHT
            pages[-1].append((head, fitted, tall))
            left -= tall
        for n, part in enumerate(pages, 1):
            slide = self.page(f"{title}（{n}/{len(pages)}）" if len(pages) > 1 else title)
            top = TOP
            for head, fitted, tall in part:
                box = slide.shapes.add_textbox(Mm(LEFT), Mm(top), Mm(WIDTH), Mm(9))
                box.text_frame.word_wrap = True
                run = box.text_frame.paragraphs[0].add_run()
                run.text = cut(head, room * 0.94, 15)
                _ink(run, 15, MSO_THEME_COLOR.ACCENT_1, bold=True)
                self.text(
                    slide, fitted.paragraphs, top=top + 9, height=tall - 10, sizes=(fitted.size,)
                )
                top += tall

    def table(
        self,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        right: Sequence[int] = (),
    ) -> None:
        """A native table, thirteen rows a slide; widths are shares of the slide."""
        parts = evenly(rows, ROWS)
        whole = sum(widths)
        for n, part in enumerate(parts, 1):
            named = f"{title}（{n}/{len(parts)}）" if len(parts) > 1 else title
            slide = self.page(named)
            tall = 9.4
            frame = slide.shapes.add_table(
                len(part) + 1, len(heads), Mm(LEFT), Mm(TOP), Mm(WIDTH), Mm(tall * (len(part) + 1))
            )
            table = frame.table
            _plain_table(frame)
            for at, share in enumerate(widths):
                table.columns[at].width = Mm(WIDTH * share / whole)
            for down, cells in enumerate([heads, *part]):
                table.rows[down].height = Mm(tall)
                for across, words in enumerate(cells):
                    room = (WIDTH * widths[across] / whole - 6) / POINT
                    _cell(table.cell(down, across), words, room, down, across in right)

    def chart(
        self,
        title: str,
        kind: str,
        categories: Sequence[str],
        series: Sequence[Series],
        *,
        unit: str = "",
        said: Sequence[str] = (),
    ) -> None:
        """A native chart, bar or column; many of them go on to further slides.

        `said` stands below in a line or two; `unit` is named on the axis.
        """
        parts = evenly(categories, BARS // max(len(series), 1) + len(series) - 1)
        top = max((value for one in series for value in one.values), default=0)
        at = 0
        for n, part in enumerate(parts, 1):
            named = f"{title}（{n}/{len(parts)}）" if len(parts) > 1 else title
            slide = self.page(named)
            data: Any = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]
            data.categories = [cut(words, 120, 12) for words in part]
            for one in series:
                data.add_series(one.name, list(one.values[at : at + len(part)]))
            at += len(part)
            room = HEIGHT - (18 if said else 2)
            drawn = slide.shapes.add_chart(
                CHARTS[kind], Mm(LEFT), Mm(TOP), Mm(WIDTH), Mm(room), data
            )
            _style(drawn.chart, kind, unit, many=len(series) > 1)
            if len(parts) > 1:  # bars of equal length mean the same on every slide
                drawn.chart.value_axis.maximum_scale = top * 1.1
            if said:
                self.text(slide, said, top=TOP + room + 1, height=15, sizes=(14, 12, 11))

    def photos(self, title: str, pictures: Sequence[tuple[Path, str]]) -> None:
        """Photos with a line below each, four a slide, none distorted or beyond its place."""
        for at in range(0, len(pictures), 4):
            slide, part = self.page(title), pictures[at : at + 4]
            across = 1 if len(part) == 1 else 2
            down = -(-len(part) // across)
            wide, tall = (WIDTH - (across - 1) * 8) / across, (HEIGHT - (down - 1) * 4) / down
            for n, (path, words) in enumerate(part):
                left, top = LEFT + n % across * (wide + 8), TOP + n // across * (tall + 4)
                _photo(slide, path, left, top, wide, tall - 8)
                box = slide.shapes.add_textbox(Mm(left), Mm(top + tall - 8), Mm(wide), Mm(7))
                line = box.text_frame.paragraphs[0]
                line.alignment = PP_ALIGN.CENTER
                run = line.add_run()
                run.text = cut(words, (wide - 6) / POINT * 0.95, 11)
                _ink(run, 11, MSO_THEME_COLOR.TEXT_2)


CHARTS = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
}


def _ink(run: Any, size: float, colour: Any, *, bold: bool = False) -> None:
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.theme_color = colour


def _say(shape: Any, paragraphs: Sequence[str], width: float, height: float, sizes: Any) -> None:
    """Text into a shape of `width` × `height` millimetres, in the largest size in which it fits."""
    found = fit(list(paragraphs), (width - 6) / POINT, (height - 3) / POINT, sizes)
    frame = shape.text_frame
    frame.word_wrap = True
    for n, words in enumerate(found.paragraphs):
        line = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        line.space_after = Pt(found.size * 0.35)
        run = line.add_run()
        run.text = words
        run.font.size = Pt(found.size)


def _number(line: Any) -> None:
    """The number of the slide, as a field."""
    from lxml import etree  # noqa: PLC0415

    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    field = etree.SubElement(
        line._p, f"{{{space}}}fld", id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum"
    )
    etree.SubElement(field, f"{{{space}}}rPr", lang="zh-CN", sz="1000")
    etree.SubElement(field, f"{{{space}}}t").text = "‹#›"


def _plain_table(frame: Any) -> None:
    """Lines between rows, no colours but the head's."""
    style = frame._element.graphic.graphicData.tbl.tblPr
    style.set("bandRow", "0")
    style.set("firstRow", "1")
    for child in list(style):
        style.remove(child)


def _cell(cell: Any, words: str, room: float, down: int, right: bool) -> None:
    cell.margin_top = cell.margin_bottom = Mm(0.8)
    cell.margin_left = cell.margin_right = Mm(2.4)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame = cell.text_frame
    frame.word_wrap = False
    line = frame.paragraphs[0]
    line.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    run = line.add_run()
    run.text = cut(str(words), room, 12)
    cell.fill.solid()
    if down == 0:
        cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
        _ink(run, 12, MSO_THEME_COLOR.BACKGROUND_1, bold=True)
    else:
        colour = MSO_THEME_COLOR.BACKGROUND_1 if down % 2 else MSO_THEME_COLOR.BACKGROUND_2
        cell.fill.fore_color.theme_color = colour
        _ink(run, 12, MSO_THEME_COLOR.TEXT_1)


def _style(chart: Any, kind: str, unit: str, *, many: bool) -> None:
    chart.font.size = Pt(12)
    chart.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
    chart.has_title = False
    chart.has_legend = many
    if many:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(12)
    plot = chart.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.font.size = Pt(11)
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.gap_width = 45
    for at, series in enumerate(plot.series):
        series.format.fill.solid()
        series.format.fill.fore_color.theme_color = PALETTE[at % len(PALETTE)]
        series.invert_if_negative = False
    _axes(chart, kind, unit)


def _axes(chart: Any, kind: str, unit: str) -> None:
    values, names = chart.value_axis, chart.category_axis
    values.minimum_scale = 0
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string("E3DDD6")  # type: ignore[no-untyped-call]
    values.format.line.fill.background()
    values.tick_labels.font.size = Pt(11)
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "#,##0", False
    if unit:
        values.has_title = True
        words = values.axis_title.text_frame
        words.text = unit
        words.paragraphs[0].runs[0].font.size = Pt(11)
        words.paragraphs[0].runs[0].font.bold = False
    names.tick_labels.font.size = Pt(12)
    names.has_major_gridlines = False
    if kind == "bar":
        names.reverse_order = True
        values.visible = False


PALETTE = (
    MSO_THEME_COLOR.ACCENT_1,
    MSO_THEME_COLOR.ACCENT_2,
    MSO_THEME_COLOR.ACCENT_3,
    MSO_THEME_COLOR.ACCENT_4,
    MSO_THEME_COLOR.ACCENT_5,
    MSO_THEME_COLOR.ACCENT_6,
)


def _photo(slide: Any, path: Path, left: float, top: float, wide: float, tall: float) -> None:
    """A picture in the middle of its place, whole."""
    with Image.open(path) as opened:
        across, down = opened.size
    scale = min(wide / across, tall / down)
    w, h = across * scale, down * scale
    slide.shapes.add_picture(
        str(path), Mm(left + (wide - w) / 2), Mm(top + (tall - h) / 2), Mm(w), Mm(h)
    )
