"""Writes the Word and PowerPoint templates of the house, out of which its papers are filled.

    python -m scripts.office_templates

They lie in src/sanlin/front/papers/data as real .docx and .pptx files, which anybody may open, copy and
change in an office; what the fields in them mean stands in docs/papers.md. The same program always
writes the same bytes, and a test says when the files are not what it writes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from lxml import etree
from pptx import Presentation
from pptx.util import Mm as SlideMm

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "sanlin" / "front" / "papers" / "data"
sys.path.insert(0, str(ROOT / "src"))

from sanlin.ground.office.packing import tidy  # noqa: E402

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
            _run(line, words, SONG, 10)
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
            run = _run(line, sign, SONG, 9)
            run.font.color.rgb = GREY
            if at < 3:
                run.add_break()
        part.header.add_paragraph().paragraph_format.line_spacing = Pt(12)

    def foot(self, words: str) -> None:
        """A small line above the number of every page."""
        line = self.doc.sections[0].footer.paragraphs[-1].insert_paragraph_before()
        line.alignment = LEFT
        line.paragraph_format.line_spacing = Pt(10)
        _run(line, words, SONG, 7).font.color.rgb = GREY

    def title(self, words: str, below: str = "") -> None:
        line = self.doc.add_paragraph()
        line.alignment = MIDDLE
        line.paragraph_format.line_spacing = Pt(34)
        line.paragraph_format.space_after = Pt(4 if below else 14)
        _run(line, words, SONG, 22, bold=True)
        if below:
            sub = self.doc.add_paragraph()
            sub.alignment = MIDDLE
            sub.paragraph_format.space_after = Pt(12)
            _run(sub, below, KAI, self.size)

    def head(self, words: str) -> None:
        line = self.doc.add_paragraph()
        line.paragraph_format.first_line_indent = Pt(2 * self.size)
        line.paragraph_format.space_before = Pt(6)
        line.paragraph_format.keep_with_next = True
        _run(line, words, HEI, self.size)

    def para(self, words: str, *, indent: bool = True, align: Any = None, face: str = FANG) -> Any:
        line = self.doc.add_paragraph()
        if indent:
            line.paragraph_format.first_line_indent = Pt(2 * self.size)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
        _run(line, words, face, self.size)
        return line

    def tag(self, words: str) -> None:
        """A paragraph that vanishes when the template is filled."""
        _run(self.doc.add_paragraph(), words, FANG, 8)

    def small(self, words: str, *, align: Any = None) -> None:
        line = self.doc.add_paragraph()
        line.paragraph_format.line_spacing = Pt(15)
        line.alignment = LEFT if align is None else align
        _run(line, words, SONG, 9).font.color.rgb = GREY

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
        _columns(table, widths)
        for at, cells in enumerate(lines):
            row = table.rows[at]
            is_head = heads and at == 0
            _keep_whole(row)
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
                _run(line, words, HEI if is_head else FANG, size)
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
        _columns(table, [156 / len(columns)] * len(columns))
        for n, words in enumerate(columns):
            for at, text in enumerate(words):
                cell = table.rows[at].cells[n]
                cell.width = Mm(156 / len(columns))
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(20)
                line.paragraph_format.keep_with_next = at + 1 < len(words)
                line.alignment = LEFT
                _run(line, text, FANG, 12)
                table.rows[at].height = Mm(height)
                table.rows[at].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
                _keep_whole(table.rows[at])

    def opinion(self, rows: list[tuple[str, str]]) -> None:
        """Boxes for an opinion, with a place for the seal, the hand and the day."""
        table = self.doc.add_table(rows=len(rows), cols=2)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _columns(table, [38, 118])
        for at, (who, said) in enumerate(rows):
            row = table.rows[at]
            _keep_whole(row)
            row.height, row.height_rule = Mm(30), WD_ROW_HEIGHT_RULE.AT_LEAST
            left, right = row.cells
            left.width, right.width = Mm(38), Mm(118)
            left.vertical_alignment = 1
            line = left.paragraphs[0]
            line.alignment = MIDDLE
            _run(line, who, HEI, 12)
            _pad(left)
            _pad(right)
            line = right.paragraphs[0]
            line.paragraph_format.line_spacing = Pt(20)
            _run(line, said, FANG, 12)
            last = right.add_paragraph()
            last.alignment = RIGHT
            last.paragraph_format.line_spacing = Pt(22)
            last.paragraph_format.space_before = Pt(22)
            _run(last, "（签字、盖章）            年    月    日", FANG, 12)
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


def _run(line: Any, words: str, face: str, size: float, *, bold: bool = False) -> Any:
    run = line.add_run(words)
    _type(run, face, size, bold=bold)
    return run


def _field(line: Any, name: str) -> None:
    for kind in ("begin", name, "separate", "1", "end"):
        run = _run(line, "", SONG, 10)
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


def _columns(table: Any, widths: list[float]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _keep_whole(row: Any) -> None:
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


# --- the papers ----------------------------------------------------------------------------------


def agreement() -> bytes:
    paper = Paper(seam=True)
    paper.small(
        "协议编号：{{ project.number }}{% if agreement.version > 1 %}（第{{ agreement.version }}版）{% endif %}",
        align=RIGHT,
    )
    paper.title("{{ round }}项目协议书")
    paper.tag("{%p for one in parties %}")
    paper.para("{{ one.role }}：{{ one.name }}", indent=False)
    paper.tag("{%p endfor %}")
    paper.para("　", indent=False)
    paper.para(
        "根据《{{ round }}》办法和立项公示结果，各方经平等协商，就“{{ project.title }}”项目"
        "（项目编号{{ project.number }}{% if project.tier %}，{{ project.tier }}{% endif %}）的实施达成如下协议，共同遵守。"
    )
    paper.head("一、资助金额")
    paper.para(
        "甲方资助乙方人民币{{ project.grant }}（大写：{{ project.grant_words }}），用于本项目。"
        "{% if own_funds %}乙方自筹{{ own_funds }}，与资助资金一并用于本项目。{% endif %}"
    )
    paper.head("二、拨付方式")
    paper.para("资助资金分{{ instalments|length }}期拨付，每期在条件满足后按下表期限拨付：")
    paper.table(
        [
            ["期次", "拨付条件和期限", "金额（元）", "大写"],
            ["{{ one.name }}", "{{ one.condition }}", "{{ one.amount }}", "{{ one.words }}"],
        ],
        [24, 62, 28, 42],
        loop="{%tr for one in instalments %}",
        right=(2,),
        middle=(0,),
    )
    paper.head("三、资金用途")
    paper.para(
        "乙方按下列科目使用资金，专款专用，凭合规票据报账，不得列支办法禁止的科目。科目之间调整须先提出变更申请，经甲方同意。"
    )
    paper.table(
        [["支出科目", "预算（元）"], ["{{ one.name }}", "{{ one.amount }}"]],
        [90, 50],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ heads_total }}"],
        right=(1,),
    )
    paper.head("四、目标与期限")
    paper.tag("{%p for line in goals %}")
    paper.para("{{ line }}")
    paper.tag("{%p endfor %}")
    paper.para(
        "项目期限自{{ project.starts }}起{% if project.ends %}至{{ project.ends }}止{% endif %}。"
    )
    paper.head("五、各方责任")
    paper.para("（一）甲方按期拨付资金，指导、检查项目实施，公开资金使用情况。")
    paper.para(
        "（二）乙方按计划实施项目，{% if midterm %}按时提交中期和结项报告，{% else %}按时提交结项报告，{% endif %}"
        "保存全部票据和过程资料，接受居民监督，保证活动安全。"
    )
    paper.tag("{%p if committee %}")
    paper.para("（三）丙方协助乙方动员居民、落实场地，核对票据，见证验收。")
    paper.tag("{%p endif %}")
    paper.head("六、变更、退回与违约")
    paper.para(
        "未用完的资金在结项前退回甲方。评估不合格的，按本轮办法暂停、停拨或者收回资金；弄虚作假、挪用资金的，收回资金并按办法限制以后申报。"
    )
    paper.tag("{%p if changes %}")
    paper.para("本版与上一版相比：{{ changes|join('') }}")
    paper.tag("{%p endif %}")
    paper.head("七、其他")
    paper.para(
        "本协议一式{{ copies }}份，各方各执一份，自各方签字盖章之日起生效。未尽事宜由各方协商解决。"
    )
    paper.para("　", indent=False)
    paper.hands(
        [
            ["甲方（盖章）：", "{{ street }}", "代表（签字）：", "", "日期：     年   月   日"],
            [
                "乙方（盖章）：",
                "{{ project.team }}",
                "代表（签字）：",
                "",
                "日期：     年   月   日",
            ],
            [
                "{% if committee %}丙方（盖章）：{% endif %}",
                "{{ committee }}",
                "{% if committee %}代表（签字）：{% endif %}",
                "",
                "{% if committee %}日期：     年   月   日{% endif %}",
            ],
        ]
    )
    paper.foot("办法指纹 {{ fingerprints.rules }}")
    paper.foot("决定指纹 {{ fingerprints.decision }}")
    paper.foot("本协议正文指纹 {{ agreement.digest }}")
    return paper.bytes("项目协议书")


def notice() -> bytes:
    paper = Paper(size=15, line=27)
    paper.small("公示编号：{{ notice.number }}", align=RIGHT)
    paper.title("{{ round }}{% if notice.supplement %}补充{% endif %}立项公示")
    paper.para(
        "经居民提案、审查{% if judges %}、评审{% endif %}{% if voted %}、投票{% endif %}，按照公布的办法计算，"
        "{{ round }}共收到{{ notice.proposals }}项有效提案，拟立项{{ notice.funded }}项，立项金额{{ notice.granted }}。现予公示，接受居民监督。"
    )
    paper.para("公示时间：{{ notice.opens }}至{{ notice.closes }}（{{ notice.days }}）。")
    paper.head("一、拟立项名单")
    paper.tag("{%p for group in groups %}")
    paper.para("{{ group.name }}（{{ group.count }}项）", face=KAI)
    paper.table(
        [
            ["序号", "项目名称", "实施团队", "居民区", "金额（元）"],
            [
                "{{ one.n }}",
                "{{ one.title }}",
                "{{ one.team }}",
                "{{ one.place }}",
                "{{ one.grant }}",
            ],
        ],
        [11, 47, 39, 38, 23],
        loop="{%tr for one in group.rows %}",
        right=(4,),
        middle=(0,),
        size=10.5,
    )
    paper.tag("{%p endfor %}")
    paper.tag("{%p for line in notes %}")
    paper.para("{{ line }}")
    paper.tag("{%p endfor %}")
    paper.tag("{%p if judges %}")
    paper.head("二、评审委员")
    paper.para("{{ judges }}")
    paper.tag("{%p endif %}")
    paper.head("{% if judges %}三{% else %}二{% endif %}、异议与核对")
    paper.para(
        "对公示内容有异议的，请在公示期内扫描下方二维码，或到居委会、街道当面提出；异议答复以前，不与该团队签约。"
    )
    paper.para("结果由公布的办法算出，任何人都可以用公开账本重新计算、逐项核对。")
    table = paper.doc.add_table(rows=1, cols=2)
    table.autofit = False
    _columns(table, [36, 120])
    left, right = table.rows[0].cells
    left.width, right.width = Mm(36), Mm(120)
    _keep_whole(table.rows[0])
    _run(left.paragraphs[0], "{{ qr }}", FANG, 12)
    left.paragraphs[0].paragraph_format.line_spacing = 1.0
    lines = (
        "公示网址：{{ link }}",
        "{% if fingerprints.record %}账本指纹：{{ fingerprints.record }}{% endif %}",
        "决定指纹：{{ fingerprints.decision }}",
        "办法指纹：{{ fingerprints.rules }}",
    )
    for at, words in enumerate(lines):
        line = right.paragraphs[0] if at == 0 else right.add_paragraph()
        line.paragraph_format.line_spacing = Pt(17)
        _run(line, words, SONG, 9)
    paper.para("　", indent=False)
    for words in ("{{ street }}", "（盖章）", "{{ notice.opens }}"):
        line = paper.para(words, indent=False, align=RIGHT)
        line.paragraph_format.right_indent = Pt(30)
        line.paragraph_format.keep_with_next = words != "{{ notice.opens }}"
    return paper.bytes("立项公示")


def report() -> bytes:
    paper = Paper()
    paper.small("项目编号：{{ project.number }}", align=RIGHT)
    paper.title("{{ project.title }}", "{{ round }} · {{ report.kind }}")
    paper.facts(
        [
            ("实施团队", "{{ project.team }}", "居民区", "{{ project.committee }}"),
            ("类别", "{{ project.tier }}", "提交时间", "{{ report.at }}"),
            ("立项金额", "{{ project.grant }}（大写：{{ project.grant_words }}）"),
            (
                "起止时间",
                "{{ project.starts }}{% if project.ends %}至{{ project.ends }}{% endif %}",
            ),
            ("活动次数", "{{ report.activities }}次", "参与人次", "{{ report.people }}人次"),
        ]
    )
    paper.head("一、做了什么、有什么变化")
    paper.tag("{%p for line in report.text %}")
    paper.para("{{ line }}")
    paper.tag("{%p endfor %}")
    paper.head("二、资金使用")
    paper.para(
        "已拨付{{ money.paid }}，已通过票据{{ money.receipts }}张、{{ money.spent }}{% if money.returned %}，已退回{{ money.returned }}{% endif %}，尚未使用{{ money.left }}。"
    )
    paper.table(
        [
            ["支出科目", "预算（元）", "已支出（元）", "余额（元）"],
            ["{{ one.name }}", "{{ one.planned }}", "{{ one.spent }}", "{{ one.left }}"],
        ],
        [60, 32, 32, 32],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ total.planned }}", "{{ total.spent }}", "{{ total.left }}"],
        right=(1, 2, 3),
    )
    paper.tag("{%p if report.mark %}")
    paper.head("三、评估结果")
    paper.para(
        "评分{{ report.mark }}分{% if report.grade %}，等次：{{ report.grade }}{% endif %}。{% if report.consequence %}结果运用：{{ report.consequence }}。{% endif %}"
    )
    paper.tag("{%p for line in report.note %}")
    paper.para("评语：{{ line }}")
    paper.tag("{%p endfor %}")
    paper.tag("{%p endif %}")
    paper.tag("{%p if photos %}")
    paper.head("附：活动照片")
    paper.tag("{%p for one in photos %}")
    line = paper.para("{{ one.image }}", indent=False, align=MIDDLE)
    line.paragraph_format.line_spacing = 1.0
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_before = Pt(8)
    paper.small("{{ one.caption }}", align=MIDDLE)
    paper.tag("{%p endfor %}")
    paper.tag("{%p endif %}")
    paper.hands(
        [
            ["填报团队：{{ project.team }}", "负责人（签字）：", "日期：     年   月   日"],
            ["居民委员会（盖章）：", "经办人（签字）：", "日期：     年   月   日"],
        ]
    )
    return paper.bytes("项目报告")


def acceptance() -> bytes:
    paper = Paper(line=24)
    paper.small("项目编号：{{ project.number }}", align=RIGHT)
    paper.title("项目验收表", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("实施团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            (
                "起止时间",
                "{{ project.starts }}{% if project.ends %}至{{ project.ends }}{% endif %}",
            ),
            ("立项金额", "{{ project.grant }}", "已拨付", "{{ money.paid }}"),
            (
                "已通过票据",
                "{{ money.spent }}（{{ money.receipts }}张）",
                "应退回",
                "{{ money.owed }}",
            ),
            ("活动和参与", "活动{{ report.activities }}次，参与{{ report.people }}人次"),
            ("书面确认", "受益居民{% if confirmed %}{{ confirmed }}{% else %}______人{% endif %}"),
        ]
    )
    paper.table(
        [
            ["支出科目", "预算（元）", "决算（元）", "差额（元）"],
            ["{{ one.name }}", "{{ one.planned }}", "{{ one.spent }}", "{{ one.left }}"],
        ],
        [60, 32, 32, 32],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ total.planned }}", "{{ total.spent }}", "{{ total.left }}"],
        right=(1, 2, 3),
    )
    paper.table(
        [
            ["验收事项", "是", "否", "说明"],
            ["{{ one }}", "□", "□", ""],
        ],
        [84, 14, 14, 44],
        loop="{%tr for one in checks %}",
        middle=(1, 2),
    )
    paper.para(
        "{% if report.mark %}评分：{{ report.mark }}分　　等次：{{ report.grade }}{% else %}评分：______分　　等次：__________{% endif %}",
        indent=False,
    )
    paper.opinion(
        [
            ("受益居民代表意见", ""),
            ("居民委员会意见", ""),
            ("居务监督委员会意见", ""),
            (
                "街道意见",
                "{% if report.consequence %}结果运用：{{ report.consequence }}{% endif %}",
            ),
        ]
    )
    return paper.bytes("项目验收表")


def confirmation() -> bytes:
    paper = Paper(line=22)
    paper.small("项目编号：{{ project.number }}", align=RIGHT)
    paper.title("受益居民确认书", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("实施团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            (
                "起止时间",
                "{{ project.starts }}{% if project.ends %}至{{ project.ends }}{% endif %}",
            ),
            ("受益人群", "{{ beneficiaries }}"),
        ]
    )
    paper.para("本人或家人参加了上述项目的活动，或者从中受益，情况属实。")
    lines = paper.table(
        [
            ["序号", "姓名", "楼号", "参加或受益的内容", "签字", "日期"],
            ["{{ one.n }}", "", "", "", "", ""],
        ],
        [14, 26, 22, 46, 28, 22],
        loop="{%tr for one in rows %}",
        middle=(0,),
    )
    lines.rows[2].height = Mm(10)  # room for a hand
    paper.small(
        "签字只用于本项目的验收和归档，不公开；不愿写楼号的可以不写。本页共______人签字。签完拍照或扫描，在项目的“纸质材料”里归档。"
    )
    paper.hands(
        [
            ["项目团队经办人（签字）：", "", "日期：     年   月   日"],
            ["居民委员会见证人（签字）：", "", "日期：     年   月   日"],
        ]
    )
    return paper.bytes("受益居民确认书")


def change() -> bytes:
    paper = Paper(line=24)
    paper.small("项目编号：{{ project.number }}", align=RIGHT)
    paper.title("项目变更申请表", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("申请团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            ("立项金额", "{{ project.grant }}"),
            (
                "起止时间",
                "{{ project.starts }}{% if project.ends %}至{{ project.ends }}{% endif %}",
            ),
            ("变更内容", "□ 预算科目　□ 起止时间　□ 负责人　□ 活动内容　□ 其他"),
        ]
    )
    paper.table(
        [
            ["支出科目", "原预算（元）", "已支出（元）", "变更后（元）"],
            ["{{ one.name }}", "{{ one.planned }}", "{{ one.spent }}", "{{ one.becomes }}"],
        ],
        [60, 32, 32, 32],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ total.planned }}", "{{ total.spent }}", ""],
        right=(1, 2, 3),
    )
    paper.tag("{%p for line in asked %}")
    paper.para("{{ line }}", indent=False)
    paper.tag("{%p endfor %}")
    paper.tag("{%p if reason %}")
    paper.para("变更理由：{{ reason }}", indent=False)
    paper.tag("{%p endif %}")
    paper.opinion(
        [("变更理由和申请团队", "　"), ("居民委员会意见", ""), ("街道意见", "□ 同意　□ 不同意")]
    )
    paper.small("科目之间调整须在支出以前提出；经街道同意后，以变更后的预算报账。")
    return paper.bytes("项目变更申请表")


def application() -> bytes:
    paper = Paper()
    paper.small("提案编号：{{ proposal.number }}", align=RIGHT)
    paper.title("项目申报书", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ proposal.title }}"),
            ("申报团队", "{{ proposal.team }}", "居民区", "{{ proposal.committee }}"),
            ("类别", "{{ proposal.tier }}", "主题", "{{ proposal.theme }}"),
            ("申请金额", "{{ proposal.asked }}", "自筹金额", "{{ proposal.own_funds }}"),
            (
                "起止时间",
                "{{ proposal.starts }}{% if proposal.ends %}至{{ proposal.ends }}{% endif %}",
            ),
            ("受益人群", "{{ proposal.beneficiaries }}"),
            ("合作伙伴", "{{ proposal.partners }}"),
        ]
    )
    parts = (("一、需求", "need"), ("二、目标", "goals"), ("三、实施计划", "plan"))
    for words, name in parts:
        paper.head(words)
        paper.tag("{%p for line in proposal." + name + " %}")
        paper.para("{{ line }}")
        paper.tag("{%p endfor %}")
    paper.head("四、预算")
    paper.table(
        [
            ["支出科目", "用途", "单价（元）", "数量", "金额（元）"],
            [
                "{{ one.head }}",
                "{{ one.what }}",
                "{{ one.price }}",
                "{{ one.quantity }}",
                "{{ one.amount }}",
            ],
        ],
        [34, 52, 26, 16, 30],
        loop="{%tr for one in lines %}",
        total=["合计", "", "", "", "{{ lines_total }}"],
        right=(2, 4),
        middle=(3,),
        size=11,
    )
    paper.tag("{%p if photos %}")
    paper.head("五、照片")
    paper.tag("{%p for one in photos %}")
    line = paper.para("{{ one.image }}", indent=False, align=MIDDLE)
    line.paragraph_format.line_spacing = 1.0
    line.paragraph_format.keep_with_next = True
    paper.small("{{ one.caption }}", align=MIDDLE)
    paper.tag("{%p endfor %}")
    paper.tag("{%p endif %}")
    paper.hands(
        [
            ["申报团队：{{ proposal.team }}", "负责人（签字）：", "日期：     年   月   日"],
            ["居民委员会（盖章）：", "经办人（签字）：", "日期：     年   月   日"],
        ]
    )
    return paper.bytes("项目申报书")


def contents() -> bytes:
    paper = Paper(size=12, line=22)
    paper.small("项目编号：{{ project.number }}", align=RIGHT)
    paper.title("项目档案目录", "{{ project.title }}")
    paper.facts(
        [
            ("实施团队", "{{ project.team }}", "居民区", "{{ project.committee }}"),
            ("轮次", "{{ round }}", "立项金额", "{{ project.grant }}"),
            ("归档日期", "{{ today }}", "文件数", "{{ count }}份"),
        ],
        size=11,
    )
    paper.table(
        [
            ["序号", "名称", "状态", "文件", "SHA-256（前16位）"],
            [
                "{{ one.n }}",
                "{{ one.name }}",
                "{{ one.state }}",
                "{{ one.file }}",
                "{{ one.digest }}",
            ],
        ],
        [11, 42, 24, 50, 33],
        loop="{%tr for one in rows %}",
        middle=(0, 2),
        size=9,
    )
    paper.tag("{%p if missing %}")
    paper.head("缺少的材料")
    paper.para("下列材料不在系统内，如有纸质原件，请附在本档案之后，并在目录上注明：")
    paper.tag("{%p for line in missing %}")
    paper.para("□ {{ line }}")
    paper.tag("{%p endfor %}")
    paper.tag("{%p endif %}")
    paper.small(
        "每份文件的完整指纹见“目录.xlsx”和“SHA256SUMS.txt”；用 sha256sum -c SHA256SUMS.txt 可逐份核对。"
    )
    paper.hands(
        [
            ["整理人（签字）：", "日期：     年   月   日"],
            ["接收人（签字）：", "日期：     年   月   日"],
        ]
    )
    return paper.bytes("项目档案目录")


# --- slides --------------------------------------------------------------------------------------

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


FILES = {
    "agreement.docx": agreement,
    "notice.docx": notice,
    "report.docx": report,
    "acceptance.docx": acceptance,
    "change.docx": change,
    "confirmation.docx": confirmation,
    "application.docx": application,
    "contents.docx": contents,
    "deck.pptx": deck,
}


def main() -> int:
    DATA.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (DATA / name).write_bytes(make())
        print(f"{name}: {(DATA / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
