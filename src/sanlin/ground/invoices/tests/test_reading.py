"""Invoices are read where they speak; hostile ones tell nothing, and soon."""

import io
import zipfile
from datetime import date

import pytest

from sanlin.ground.invoices import Item, Told, read, told
from sanlin.ground.invoices.child import from_text

XML = """<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><EInvoiceData><SellerInformation><SellerName>绿友园艺有限公司</SellerName></SellerInformation>
<BasicInformation><TotalTax-includedAmount>318.00</TotalTax-includedAmount></BasicInformation>
<IssuItemInformation><ItemName>*园艺*花盆</ItemName><Quantity>12</Quantity><Amount>178.22</Amount>
<ComTaxAm>1.78</ComTaxAm></IssuItemInformation>
<IssuItemInformation><ItemName>营养土</ItemName><Quantity>1</Quantity><Amount>136.63</Amount>
<ComTaxAm>1.37</ComTaxAm></IssuItemInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>24312000000012345678</InvoiceNumber>
<IssueTime>2024-08-18</IssueTime></TaxSupervisionInfo></EInvoice>"""
TOLD = Told(
    "",
    "24312000000012345678",
    date(2024, 8, 18),
    "绿友园艺有限公司",
    318_00,
    (Item("园艺 花盆", 15_00, 12), Item("营养土", 138_00, 1)),
)


def ofd(parts):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return written.getvalue()


def test_a_digital_invoice_fills_the_form():
    assert read(XML.encode(), "xml") == TOLD


def test_an_ofd_is_read_by_the_xml_it_carries():
    assert read(ofd({"OFD.xml": "<OFD/>", "Doc_0/Attachs/invoice.xml": XML}), "ofd") == TOLD
    words = (
        '<OFD><CustomDatas><CustomData Name="发票号码">12345678</CustomData>'
        '<CustomData Name="价税合计">88.00</CustomData></CustomDatas></OFD>'
    )
    assert read(ofd({"OFD.xml": words}), "ofd") == Told(number="12345678", total=88_00)


def test_the_words_of_a_printed_invoice_are_understood():
    text = (
        "发票代码：031001900104\n发票号码：12345678\n开票日期：2024年08月18日\n"
        "名称：潍坊新村街道\n名称：绿友园艺有限公司\n（小写）¥318.00"
    )
    assert from_text(text) == {
        "code": "031001900104",
        "number": "12345678",
        "day": "2024-08-18",
        "seller": "绿友园艺有限公司",
        "total": 318_00,
        "items": [],
    }


def test_what_no_page_or_database_can_hold_is_left_out():
    found = {"number": "1\ud8002\x003\u202e", "seller": "绿友\n园艺", "total": 10**30}
    assert told(found) == Told(number="123", seller="绿友园艺")


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"", "xml", "broken"),
        (b"%PDF-1.4 broken %%EOF", "pdf", "broken"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml", "broken"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "xml", "broken"),
        (b"<a>no invoice</a>", "xml", "silent"),
        (b"PK\x03\x04 broken", "ofd", "broken"),
        (ofd({"bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}), "ofd", "big"),
        (ofd({f"{n}.xml": "<a/>" for n in range(600)}), "ofd", "big"),
        (b"<a>" * 200_000, "xml", "broken"),
    ],
)
def test_hostile_files_tell_nothing_but_why(body, kind, why):
    assert read(body, kind) == Told(why=why)
