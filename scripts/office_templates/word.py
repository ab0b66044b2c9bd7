"""A paper in the manner of Chinese offices: its page, its type, its tables, its places to sign."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from sanlin.ground.office.packing import tidy

SONG, FANG, HEI, KAI = "宋体", "仿宋", "黑体", "楷体"
LATIN = "Times New Roman"
MIDDLE, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)
GREY = RGBColor(0x76, 0x76, 0x76)


class Paper:
    """An A4 paper in the manner of Chinese offices: 仿宋 on a grid of lines, 黑体 for headings."""

    def __init__(self, *, size: float = 14, line: float = 24, seam: bool = False) -> None:
        self.doc = Document()
        self.size = size
        body = self.doc.styles["Normal"]
        _face(body, FANG, size)
        body.paragraph_format.line_spacing = Pt(line)
        body.paragraph_format.space_after = body.paragraph_format.space_before = Pt(0)
        part = self.doc.sections[0]
        part.page_width, part.page_height = Mm(210), Mm(297)
        part.orientation = WD_ORIENT.PORTRAIT
        part.top_margin, part.bottom_margin = Mm(28), Mm(26)
        part.left_margin, part.right_margin = Mm(28), Mm(26)
        part.header_distance, part.footer_distance = Mm(12), Mm(14)
        self._foot(part)
        if seam:
            self._seam(part)

    def _foot(self, part: Any) -> None:
        """第 1 页 共 3 页, in fields that the office fills."""
        line = part.footer.paragraphs[0]
        line.alignment = MIDDLE
        for words, field in (("第 ", "PAGE"), (" 页  共 ", "NUMPAGES"), (" 页", "")):
            write(line, words, SONG, 10)
            if field:
                _field(line, field)

    def _seam(self, part: Any) -> None:
        """Where the seal goes across the edges of all pages, at the right edge of each."""
        line = part.header.paragraphs[0]
        frame = OxmlElement("w:framePr")
        for name, value in (
            ("w", "340"),
            ("hSpace", "0"),
            ("wrap", "around"),
            ("vAnchor", "page"),
            ("hAnchor", "page"),
            ("x", "11400"),
            ("y", "7300"),
        ):
            frame.set(qn(f"w:{name}"), value)
        line.paragraph_format.line_spacing = Pt(13)
        line._p.get_or_add_pPr().insert(0, frame)
        for at, sign in enumerate("骑缝章处"):
            run = write(line, sign, SONG, 9)
            run.font.color.rgb = GREY
            if at < 3:
                run.add_break()
        part.header.add_paragraph().paragraph_format.line_spacing = Pt(12)

    def foot(self, words: str) -> None:
        """A small line above the number of every page."""
        line = self.doc.sections[0].footer.paragraphs[-1].insert_paragraph_before()
        line.alignment = LEFT
        line.paragraph_format.line_spacing = Pt(10)
        write(line, words, SONG, 7).font.color.rgb = GREY

    def title(self, words: str, below: str = "") -> None:
        line = self.doc.add_paragraph()
        line.alignment = MIDDLE
        line.paragraph_format.line_spacing = Pt(34)
        line.paragraph_format.space_after = Pt(4 if below else 14)
        write(line, words, SONG, 22, bold=True)
        if below:
            sub = self.doc.add_paragraph()
            sub.alignment = MIDDLE
            sub.paragraph_format.space_after = Pt(12)
            write(sub, below, KAI, self.size)

    def head(self, words: str) -> None:
        line = self.doc.add_paragraph()
        line.paragraph_format.first_line_indent = Pt(2 * self.size)
        line.paragraph_format.space_before = Pt(6)
        line.paragraph_format.keep_with_next = True
        write(line, words, HEI, self.size)

    def para(self, words: str, *, indent: bool = True, align: Any = None, face: str = FANG) -> Any:
        line = self.doc.add_paragraph()
        if indent:
            line.paragraph_format.first_line_indent = Pt(2 * self.size)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
        write(line, words, face, self.size)
        return line

    def tag(self, words: str) -> None:
        """A paragraph that vanishes when the template is filled."""
        write(self.doc.add_paragraph(), words, FANG, 8)

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """What stands there only where something does."""
        self.tag("{%p if " + condition + " %}")
        yield
        self.tag("{%p endif %}")

    @contextmanager
    def each(self, things: str) -> Iterator[None]:
        """What stands there once for each of some things, such as "line in goals"."""
        self.tag("{%p for " + things + " %}")
        yield
        self.tag("{%p endfor %}")

    def small(self, words: str, *, align: Any = None) -> None:
        line = self.doc.add_paragraph()
        line.paragraph_format.line_spacing = Pt(15)
        line.alignment = LEFT if align is None else align
        write(line, words, SONG, 9).font.color.rgb = GREY

    def table(
        self,
        rows: list[list[str]],
        widths: list[float],
        *,
        loop: str = "",
        total: list[str] | None = None,
        right: tuple[int, ...] = (),
        middle: tuple[int, ...] = (),
        size: float = 12,
        heads: bool = True,
    ) -> Any:
        """A ruled table; with `loop` its last row is repeated. Widths are millimetres."""
        if self.doc.paragraphs:
            self.doc.paragraphs[-1].paragraph_format.space_after = Pt(4)
        lines: list[list[str]] = [*rows]
        if loop:
            lines[-1:] = [[loop], rows[-1], ["{%tr endfor %}"]]
        if total:
            lines.append(total)
        table = self.doc.add_table(rows=len(lines), cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        set_columns(table, widths)
        for at, cells in enumerate(lines):
            row = table.rows[at]
            is_head = heads and at == 0
            keep_whole(row)
            for n, width in enumerate(widths):
                cell = row.cells[n]
                cell.width = Mm(width)
                _pad(cell)
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(size + 6)
                line.alignment = RIGHT if n in right and not is_head else LEFT
                if is_head or n in middle:
                    line.alignment = MIDDLE
                words = cells[n] if n < len(cells) else ""
                write(line, words, HEI if is_head else FANG, size)
            if is_head:
                _repeat(row)
        gap = self.doc.add_paragraph()
        gap.paragraph_format.line_spacing = Pt(8)
        return table

    def facts(self, rows: list[tuple[str, ...]], *, size: float = 12, width: float = 34) -> None:
        """A ruled table: what, and its value; two pairs a line where a row has four cells."""
        pairs = any(len(row) > 2 for row in rows)
        widths: list[float] = [26, 52, 26, 54] if pairs else [width, 158 - width]
        table = self.table([list(row) for row in rows], widths, size=size, heads=False)
        for row, told in zip(table.rows, rows, strict=True):
            if pairs and len(told) == 2:
                whole = row.cells[1].merge(row.cells[3])
                for empty in whole.paragraphs[1:]:
                    empty._p.getparent().remove(empty._p)
            for at in range(0, len(told), 2):
                line = row.cells[at].paragraphs[0]
                line.alignment = MIDDLE
                for run in line.runs:
                    _type(run, HEI, size)

    def hands(self, columns: list[list[str]], *, height: float = 9) -> None:
        """Blocks to sign and seal, side by side, never torn across pages."""
        table = self.doc.add_table(rows=len(columns[0]), cols=len(columns))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        set_columns(table, [156 / len(columns)] * len(columns))
        for n, words in enumerate(columns):
            for at, text in enumerate(words):
                cell = table.rows[at].cells[n]
                cell.width = Mm(156 / len(columns))
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(20)
                line.paragraph_format.keep_with_next = at + 1 < len(words)
                line.alignment = LEFT
                write(line, text, FANG, 12)
                table.rows[at].height = Mm(height)
                table.rows[at].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
                keep_whole(table.rows[at])

    def opinion(self, rows: list[tuple[str, str]]) -> None:
        """Boxes for an opinion, with a place for the seal, the hand and the day."""
        table = self.doc.add_table(rows=len(rows), cols=2)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        set_columns(table, [38, 118])
        for at, (who, said) in enumerate(rows):
            row = table.rows[at]
            keep_whole(row)
            row.height, row.height_rule = Mm(30), WD_ROW_HEIGHT_RULE.AT_LEAST
            left, right = row.cells
            left.width, right.width = Mm(38), Mm(118)
            left.vertical_alignment = 1
            line = left.paragraphs[0]
            line.alignment = MIDDLE
            write(line, who, HEI, 12)
            _pad(left)
            _pad(right)
            line = right.paragraphs[0]
            line.paragraph_format.line_spacing = Pt(20)
            write(line, said, FANG, 12)
            last = right.add_paragraph()
            last.alignment = RIGHT
            last.paragraph_format.line_spacing = Pt(22)
            last.paragraph_format.space_before = Pt(22)
            write(last, "（签字、盖章）            年    月    日", FANG, 12)
        self.doc.add_paragraph().paragraph_format.line_spacing = Pt(8)

    def bytes(self, title: str) -> bytes:
        core = self.doc.core_properties
        core.title, core.author, core.last_modified_by, core.comments = title, "", "", ""
        core.language = "zh-CN"
        out = io.BytesIO()
        self.doc.save(out)
        return tidy(out.getvalue())


def _face(style: Any, face: str, size: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hAnsi"), LATIN)
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(lang)


def _type(run: Any, face: str, size: float, *, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def write(line: Any, words: str, face: str, size: float, *, bold: bool = False) -> Any:
    run = line.add_run(words)
    _type(run, face, size, bold=bold)
    return run


def _field(line: Any, name: str) -> None:
    for kind in ("begin", name, "separate", "1", "end"):
        run = write(line, "", SONG, 10)
        if kind in {"begin", "separate", "end"}:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        elif kind == "1":
            mark = OxmlElement("w:t")
            mark.text = "1"
        else:
            mark = OxmlElement("w:instrText")
            mark.text = f" {name} "
        run._r.append(mark)


def set_columns(table: Any, widths: list[float]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _pad(cell: Any) -> None:
    margins = OxmlElement("w:tcMar")
    for side, width in (("top", 40), ("start", 90), ("bottom", 40), ("end", 90)):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(width))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    cell._tc.get_or_add_tcPr().append(margins)
