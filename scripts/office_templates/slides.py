"""The deck: its colours, its master, and the layouts that slides are made on."""

from __future__ import annotations

import io
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.util import Mm as SlideMm

from sanlin.ground.office.packing import tidy

INK, ACCENT, GREEN, AMBER, PAPER_GREY = "1C1A18", "A8321E", "1B6B3A", "8A5A00", "F6F3EF"
THEME = (
    ("dk1", INK),
    ("lt1", "FFFFFF"),
    ("dk2", "4A4540"),
    ("lt2", PAPER_GREY),
    ("accent1", ACCENT),
    ("accent2", "D98C3F"),
    ("accent3", GREEN),
    ("accent4", "3B6C8C"),
    ("accent5", AMBER),
    ("accent6", "7A6E66"),
    ("hlink", ACCENT),
    ("folHlink", "7A6E66"),
)
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
DECK_FACE = "Microsoft YaHei"
KEPT = {"Title Slide": "封面", "Title Only": "标题和内容", "Section Header": "分隔"}


def deck() -> bytes:
    """A wide deck in the colours of the kit: a cover, a divider, and a page with a title."""
    show = Presentation()
    show.slide_width, show.slide_height = SlideMm(338.67), SlideMm(190.5)
    master = show.slide_master
    for layout in list(master.slide_layouts):
        if layout.name not in KEPT:
            master.slide_layouts.remove(layout)
    _theme(master)
    _master(master)
    for layout in master.slide_layouts:
        _layout(layout)
        layout.name = KEPT[layout.name]
    core = show.core_properties
    core.title, core.author, core.last_modified_by = "三邻", "", ""
    out = io.BytesIO()
    show.save(out)
    return tidy(out.getvalue())


def _theme(master: Any) -> None:
    part = next(
        rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme")
    )
    tree = etree.fromstring(part.blob)
    colours = tree.find(f".//{{{A}}}clrScheme")
    colours.set("name", "Sanlin")
    for name, value in THEME:
        slot = colours.find(f"{{{A}}}{name}")
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, f"{{{A}}}srgbClr", val=value)
    for which in ("majorFont", "minorFont"):
        fonts = tree.find(f".//{{{A}}}{which}")
        fonts.find(f"{{{A}}}latin").set("typeface", DECK_FACE)
        fonts.find(f"{{{A}}}ea").set("typeface", DECK_FACE)
        for font in fonts.findall(f"{{{A}}}font"):
            if font.get("script") == "Hans":
                font.set("typeface", DECK_FACE)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _put(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (
        SlideMm(left),
        SlideMm(top),
        SlideMm(width),
        SlideMm(height),
    )


def _bar(shapes: Any, left: float, top: float, width: float, height: float, colour: str) -> None:
    """A plain rectangle in a theme colour, behind everything else."""
    tree = shapes._spTree
    number = 100 + len(tree)
    x, y, w, h = (int(SlideMm(v)) for v in (left, top, width, height))
    shape = etree.fromstring(
        f'<p:sp xmlns:p="{P}" xmlns:a="{A}"><p:nvSpPr><p:cNvPr id="{number}" name="Bar {number}"/>'
        '<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="zh-CN"/></a:p></p:txBody></p:sp>'
    )
    tree.insert(2, shape)


def _master(master: Any) -> None:
    places = {
        "TITLE": (16, 10, 306.67, 18),
        "BODY": (16, 36, 306.67, 134),
        "DATE": (16, 177, 60, 8),
        "FOOTER": (80, 177, 180, 8),
        "SLIDE_NUMBER": (282.67, 177, 40, 8),
    }
    for shape in master.placeholders:
        kind = shape.placeholder_format.type.name
        _put(shape, *places[kind])
    styles = master._element.find(f"{{{P}}}txStyles")
    title = styles.find(f"{{{P}}}titleStyle/{{{A}}}lvl1pPr")
    title.set("algn", "l")
    run = title.find(f"{{{A}}}defRPr")
    run.set("sz", "2800")
    run.set("b", "1")
    _bar(master.shapes, 0, 0, 6, 190.5, "accent1")
    _bar(master.shapes, 16, 30, 306.67, 0.35, "accent6")


def _layout(layout: Any) -> None:
    cover = layout.name == "Title Slide"
    divider = layout.name == "Section Header"
    if cover or divider:
        layout._element.set("showMasterSp", "0")
        _bar(layout.shapes, 0, 0, 338.67, 6, "accent1")
        if cover:
            _bar(layout.shapes, 30, 112, 40, 1.2, "accent1")
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.type.name
        if kind in {"TITLE", "CENTER_TITLE"} and (cover or divider):
            _put(shape, 30, 52 if cover else 66, 278, 54 if cover else 36)
            _size(shape, "4000" if cover else "3400", anchor="b")
        elif kind in {"SUBTITLE", "BODY"}:
            _put(shape, 30, 118 if cover else 106, 278, 34)
            _size(shape, "2000", anchor="t")
        elif kind == "TITLE":
            _put(shape, 16, 10, 306.67, 18)
        elif kind in {"DATE", "FOOTER", "SLIDE_NUMBER"}:
            if cover:
                shape._element.getparent().remove(shape._element)
            else:
                _put(
                    shape,
                    *{
                        "DATE": (16, 177, 60, 8),
                        "FOOTER": (80, 177, 180, 8),
                        "SLIDE_NUMBER": (282.67, 177, 40, 8),
                    }[kind],
                )


def _size(shape: Any, size: str, *, anchor: str) -> None:
    body = shape._element.txBody
    body.find(f"{{{A}}}bodyPr").set("anchor", anchor)
    styles = body.find(f"{{{A}}}lstStyle")
    for child in list(styles):
        styles.remove(child)
    level = etree.SubElement(styles, f"{{{A}}}lvl1pPr", algn="l", marL="0", indent="0")
    etree.SubElement(level, f"{{{A}}}buNone")
    run = etree.SubElement(level, f"{{{A}}}defRPr", sz=size, b="1" if anchor == "b" else "0")
    fill = etree.SubElement(run, f"{{{A}}}solidFill")
    etree.SubElement(fill, f"{{{A}}}schemeClr", val="tx1" if anchor == "b" else "tx2")
