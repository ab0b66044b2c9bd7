"""What a sent template may say and carry, and how it is filled."""

import io
import zipfile

import pytest
from docx import Document

from sanlin.ground.office import filling, word
from sanlin.ground.office.filling import words_of
from sanlin.ground.office.packing import tidy

SPEC = {"project": {"title": "", "team": ""}, "parts": [{"name": "", "sum": ""}], "note": ""}
VALUES = {
    "project": {"title": "益路<同行>", "team": "A&B"},
    "parts": [{"name": "首期", "sum": "1.00"}, {"name": "尾款", "sum": "2.00"}],
    "note": "",
}


def template(*lines, **parts):
    """A .docx with these paragraphs; `parts` are further files, by name with __ for a slash."""
    doc = Document()
    for line in lines:
        doc.add_paragraph(line)
    out = io.BytesIO()
    doc.save(out)
    with zipfile.ZipFile(out, "a") as box:
        for name, body in parts.items():
            box.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


def rewritten(raw, name, change):
    """The same file with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, change(body) if part == name else body)
    return out.getvalue()


GOOD = template(
    "{{ project.title }}（{{ project.team }}）",
    "{%p for one in parts %}",
    "{{ loop.index }} {{ one.name }}：{{ one.sum }}",
    "{%p endfor %}",
    "{% if note %}有{% else %}无{% endif %} {{ parts|length }}",
)


@pytest.mark.parametrize("sent", [False, True], ids=["ours", "sent"])
def test_a_template_is_filled_the_same_here_and_in_the_child(sent):
    word.look_at(GOOD, SPEC)
    paper = word.filled(GOOD, VALUES, sent=sent)
    text = words_of(paper).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert [line for line in text.splitlines() if line] == [
        "益路<同行>（A&B）",
        "1 首期：1.00",
        "2 尾款：2.00",
        "无 2",
    ]
    assert paper == word.filled(GOOD, VALUES, sent=sent)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{{ projekt.title }}", "“projekt”不存在"),
        ("{{ project.titel }}", "“project.titel”不存在"),
        ("{% for one in project %}{{ one }}{% endfor %}", "列表字段"),
        ("{% for one in parts %}{{ one.total }}{% endfor %}", "“one.total”不存在"),
        ("{{ project.title", "不完整"),
        ("{% if note %}", "不完整"),
        ("{{ note.__class__ }}", "“note.__class__”不存在"),
        ("{{ ''.__class__ }}", "列表字段"),
        ("{{ project.title.upper() }}", "“Call”"),
        ("{{ 'a' * 1000000000 }}", "“Mul”"),
        ("{{ 9 ** 999999999 }}", "“Pow”"),
        ("{{ project['title'] }}", "“Getitem”"),
        ("{% include '/etc/passwd' %}", "“Include”"),
        ("{% set x = 1 %}", "“Assign”"),
        ("{% macro m() %}{% endmacro %}", "“Macro”"),
        ("{{ note|attr('x') }}", "“attr”"),
        ("{{ note|pprint }}", "“pprint”"),
        ("{% for i in range(1000000) %}x{% endfor %}", "列表字段"),
        (
            "{% for a in parts %}{% for b in parts %}{% for c in parts %}x"
            "{% endfor %}{% endfor %}{% endfor %}",
            "最多两层",
        ),
    ],
)
def test_what_a_template_may_not_say(line, sentence):
    with pytest.raises(word.BadTemplate, match=sentence):
        word.look_at(template(line), SPEC)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name in ("[Content_Types].xml", "word/document.xml"):
            box.writestr(name, "x")
        box.writestr("word/media/a.bin", b"\0" * 40_000_000)
    return out.getvalue()


def doctype(body):
    head, rest = body.split(b"?>", 1)
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return head + b"?>" + entity + rest


OUT = b"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r9" Type="http://x/image" Target="http://example.org/a.png" TargetMode="External"/></Relationships>"""
INSIDE = b"""<Relationship Id="r9" Type="http://x/image" Target="http://example.org/a.png" TargetMode="&#69;xternal"/>"""
SPELT = OUT.split(b"\n<")[0] + INSIDE + b"</Relationships>"  # the same, spelt otherwise
UTF_16 = OUT.replace(b'"1.0"?', b'"1.0" encoding="UTF-16"?').decode().encode("utf-16")


def field(*codes):
    """A paragraph with a field of Word's own, its code in pieces."""
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return lambda body: body.replace(b"<w:sectPr", f"<w:p>{runs}</w:p><w:sectPr".encode(), 1)


def garbled(body):
    """The archive with its first packed part destroyed."""
    return body[:60] + b"\xff" * 40 + body[100:]


MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "不是Word文件"),
        (b"PK\x03\x04 nonsense", "不是Word文件"),
        (b"%PDF-1.7", "不是Word文件"),
        (b"x" * (word.MOST_BYTES + 1), "2MB"),
        (bomb(), "展开后太大|压缩得异常"),
        (template("x", word__vbaProject_dot_bin=b"x"), "宏"),
        (template("x", word__embeddings__a_dot_xlsx=b"x"), "宏、控件或嵌入"),
        (template("x", word__activeX__a_dot_xml=b"x"), "宏、控件或嵌入"),
        (template("x", word___rels__footer1_dot_xml_dot_rels=OUT), "外部"),
        (template("x", word___rels__footer1_dot_xml_dot_rels=SPELT), "外部"),
        (template("x", word___rels__footer1_dot_xml_dot_rels=UTF_16), "外部"),
        (rewritten(template("x"), "word/document.xml", field("DD", "EAUTO c:\\\\cmd.exe")), "外部"),
        (rewritten(template("x"), "word/document.xml", field("INCLUDEPICTURE http://x/")), "外部"),
        (garbled(template("x")), "不是Word文件"),
        (
            rewritten(template("x"), "[Content_Types].xml", lambda b: b.replace(word.MAIN, MACRO)),
            "宏",
        ),
        (rewritten(template("x"), "word/document.xml", doctype), "读不出来"),
        (rewritten(template("x"), "word/document.xml", lambda b: b[:-20]), "读不出来"),
        (rewritten(template("x"), "word/document.xml", lambda b: b""), "读不出来"),
    ],
)
def test_what_a_template_may_not_carry(raw, sentence):
    with pytest.raises(word.BadTemplate, match=sentence):
        word.look_at(raw, SPEC)


def test_the_child_has_little_time(monkeypatch):
    monkeypatch.setattr(word, "SECONDS", 0.01)
    with pytest.raises(word.BadTemplate, match="太复杂"):
        word.filled(GOOD, VALUES, sent=True)


def test_what_xml_cannot_carry_is_left_out():
    paper = word.filled(GOOD, {**VALUES, "project": {"title": "a\x00b\ud800c", "team": "x"}})
    assert "abc（x）" in words_of(paper)


def test_a_picture_stands_in_its_field():
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
        "3a7e9b550000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
    )
    for sent in (False, True):
        paper = word.filled(template("{{ qr }}"), {"qr": word.Image(png, 20)}, sent=sent)
        with zipfile.ZipFile(io.BytesIO(paper)) as box:
            assert [n for n in box.namelist() if n.startswith("word/media/")] != []


def test_tidy_takes_every_moment_out():
    body = template("x")
    with zipfile.ZipFile(io.BytesIO(tidy(body))) as box:
        assert {part.date_time for part in box.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_missing_holds_in_no_comparison_and_counts_for_nothing():
    said = (
        "[{{ a.b.c }}][{{ a.b + 1 }}][{{ 2 * a.b - 1 }}][{{ -a.b }}]",
        "{% if a.b > 1 or a.b <= 1 or 1 < a.b %}more{% else %}none{% endif %}",
        "{% for one in a.parts %}{{ one.sum }}{% endfor %}{{ a.parts|length }}",
    )
    paper = words_of(filling.fill(template(*said), {}))
    assert [line for line in paper.splitlines() if line] == ["[][][][]", "none", "0"]
