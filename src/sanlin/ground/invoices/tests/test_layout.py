"""Invoices as they are printed: the layout of the national 数电票 as PDF, OFD and XML, and what people do to them.

The fields and their places are those of 国家税务总局公告 2024 年第 11 号 (发票号码 of twenty digits, buyer left and
seller right, 价税合计 in words and in figures); names, numbers and sums are invented.
"""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from PIL import ImageFile
from pypdf import PdfReader, PdfWriter
from weasyprint import HTML

from sanlin.ground.invoices import Told, read
from sanlin.ground.invoices.child import from_text

ImageFile.LOAD_TRUNCATED_IMAGES = False  # as `ground.office.pdf` does after its import
NUMBER = "24312000000012345678"
SELLER = "上海绿友园艺有限公司"
TOLD = Told("", NUMBER, date(2024, 8, 18), SELLER, 318_00)

PAGE = """<style>@page {{ size: 210mm 140mm; margin: 6mm }} body {{ font: 9pt "Noto Sans CJK SC", sans-serif }}
table {{ border-collapse: collapse; width: 100% }} td {{ border: .3pt solid #833; padding: 1mm; vertical-align: top }}
.up {{ width: 5mm }} .head {{ display: flex; justify-content: space-between }}</style>
<div class="head"><b>电子发票（普通发票）</b><div>发票号码{colon}{number}<br>开票日期{colon}{day}</div></div>
<table><tr><td class="up">购买方信息</td><td>名称{colon}上海市浦东新区潍坊新村街道<br>统一社会信用代码/纳税人识别号{colon}113101150024</td>
<td class="up">销售方信息</td><td>名称{colon}{seller}<br>统一社会信用代码/纳税人识别号{colon}91310115MA1H7YXX2X</td></tr></table>
<table><tr><td>项目名称</td><td>规格型号</td><td>单位</td><td>数量</td><td>单价</td><td>金额</td><td>税率/征收率</td><td>税额</td></tr>
<tr><td>*园艺*花盆</td><td></td><td>个</td><td>12</td><td>14.85</td><td>178.22</td><td>1%</td><td>1.78</td></tr>
<tr><td>*园艺*营养土</td><td></td><td>袋</td><td>1</td><td>136.63</td><td>136.63</td><td>1%</td><td>1.37</td></tr>
<tr><td>合 计</td><td colspan="4"></td><td>¥314.85</td><td></td><td>¥3.15</td></tr>
<tr><td>价税合计（大写）</td><td colspan="4">⊗ 叁佰壹拾捌圆整</td><td colspan="3">（小写）{sign}318.00</td></tr></table>
<p>备注 开票人{colon}王会计</p>"""
SAID = {
    "colon": "：",
    "number": NUMBER,
    "day": "2024年08月18日",
    "seller": SELLER,
    "sign": "¥",
}


def pdf(**other):
    return HTML(string=PAGE.format(**{**SAID, **other})).write_pdf()


def written(change):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def turned(angle):
    return written(lambda writer: writer.pages[0].rotate(angle))


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
VARIANTS = {
    "as it is printed": pdf,
    "with the other sign": lambda: pdf(sign="￥"),
    "with a space behind the sign": lambda: pdf(sign="¥ "),
    "with narrow colons": lambda: pdf(colon=":"),
    "in full width": lambda: pdf(number=NUMBER.translate(FULL_WIDTH), day="２０２４年０８月１８日"),
    "number on a line of its own": lambda: pdf(number=f"<br>{NUMBER}"),
    "number in groups": lambda: pdf(number="2431 2000 0000 1234 5678"),
    "day with dashes": lambda: pdf(day="2024-08-18"),
    "a seller in two lines": lambda: pdf(seller="上海绿友园艺<br>有限公司"),
    "turned to the right": lambda: turned(90),
    "upside down": lambda: turned(180),
    "with a blank page behind": lambda: written(lambda writer: writer.add_blank_page()),
    "closed for changes alone": lambda: written(
        lambda writer: writer.encrypt("", owner_password="owner")
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_printed_invoice_is_read(variant):
    assert read(VARIANTS[variant](), "pdf") == TOLD


def test_a_pdf_with_a_password_or_without_words_says_why():
    locked = written(lambda writer: writer.encrypt("geheim"))
    assert read(locked, "pdf") == Told(why="locked")
    picture = HTML(string="<svg width='9' height='9'><rect width='9' height='9'/></svg>")
    assert read(picture.write_pdf(), "pdf") == Told(why="silent")
    assert read(pdf()[:2000], "pdf") == Told(why="broken")


def test_words_and_what_they_say_may_lie_in_boxes_apart():
    text = f"发票号码：\n开票日期：\n名称：\n{NUMBER}\n2024年08月18日\n价税合计（大写）（小写）\n¥318.00"
    told = from_text(text)
    assert (told["number"], told["day"], told["total"]) == (NUMBER, "2024-08-18", 318_00)
    two = from_text(f"{NUMBER}\n{NUMBER[::-1]}\n2024年08月18日 2024年08月19日")
    assert (two["number"], two["day"]) == ("", "")
    assert from_text("价税合计（大写）（负数） （小写）¥-318.00")["total"] is None


# --- OFD ---


def text_object(n, x, y, said):
    return (
        f'<ofd:TextObject ID="{n}" Boundary="{x} {y} 60 5" Font="1" Size="3.5">'
        f'<ofd:TextCode X="0" Y="4">{said}</ofd:TextCode></ofd:TextObject>'
    )


PLACED = [
    (150, 9, "发票号码："),
    (170, 9.4, NUMBER),
    (150, 15, "开票日期："),
    (170, 15, "2024年08月18日"),
    (10, 30, "名称：上海市浦东新区潍坊新村街道"),
    (110, 30.2, f"名称：{SELLER}"),
    (10, 40, "统一社会信用代码/纳税人识别号：113101150024"),
    (10, 100, "价税合计（大写）"),
    (50, 100, "叁佰壹拾捌圆整"),
    (120, 100, "（小写）"),
    (140, 100, "¥318.00"),
]
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
CONTENT = (
    f"<ofd:Page {SPACE}><ofd:Content><ofd:Layer>"
    + "".join(text_object(n, *one) for n, one in enumerate(reversed(PLACED), 10))
    + "</ofd:Layer></ofd:Content></ofd:Page>"
)
CUSTOM = f"""<ofd:OFD {SPACE} Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>
<ofd:CustomData Name="发票号码">{NUMBER}</ofd:CustomData><ofd:CustomData Name="合计金额">314.85</ofd:CustomData>
<ofd:CustomData Name="合计税额">3.15</ofd:CustomData><ofd:CustomData Name="开票日期">2024年08月18日</ofd:CustomData>
</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"""
BARE = f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"


def ofd(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def test_an_ofd_is_read_by_the_text_on_its_page():
    body = ofd(
        {"OFD.xml": BARE, "Doc_0/Document.xml": "<D/>", "Doc_0/Pages/Page_0/Content.xml": CONTENT}
    )
    assert read(body, "ofd") == TOLD


def test_an_ofd_that_names_its_sums_is_read_by_them():
    assert read(ofd({"OFD.xml": CUSTOM, "Doc_0/Document.xml": "<D/>"}), "ofd") == replace(
        TOLD, seller=""
    )
    whole = {"OFD.xml": CUSTOM, "Doc_0/Pages/Page_0/Content.xml": CONTENT}
    assert read(ofd(whole), "ofd") == TOLD


def test_an_ofd_under_a_password_says_so():
    body = bytearray(ofd({"OFD.xml": CUSTOM}))
    body[6] |= 1  # the flag of the first part, and that of its entry in the list
    at = bytes(body).index(b"PK\x01\x02")
    body[at + 8] |= 1
    assert read(bytes(body), "ofd") == Told(why="locked")


# --- XML ---


@pytest.mark.parametrize("space", ["", 'xmlns="http://www.chinatax.gov.cn/eInv"'])
def test_an_xml_of_the_tax_office_is_read_in_any_namespace(space):
    body = f"""<?xml version="1.0" encoding="utf-8"?><EInvoice {space}><Header><EIid>{NUMBER}</EIid></Header>
    <EInvoiceData><SellerInformation><SellerName>{SELLER}</SellerName></SellerInformation><BasicInformation>
    <TotalAmWithoutTax>314.85</TotalAmWithoutTax><TotalTaxAm>3.15</TotalTaxAm>
    <TotalTax-includedAmount>318.00</TotalTax-includedAmount></BasicInformation></EInvoiceData>
    <TaxSupervisionInfo><InvoiceNumber>{NUMBER}</InvoiceNumber><IssueTime>2024-08-18 10:21:33</IssueTime>
    </TaxSupervisionInfo></EInvoice>"""
    assert read(body.encode(), "xml") == TOLD
    assert read(body.replace("utf-8", "gb18030").encode("gb18030"), "xml") == TOLD
