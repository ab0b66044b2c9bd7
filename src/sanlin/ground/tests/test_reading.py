"""Files that people send, the honest and the hostile."""

import io
import struct
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import xlsxwriter

from sanlin.ground.sheets import cells, child, kept, lists, reader
from sanlin.ground.sheets.lists import Column, Part, StaffList
from sanlin.ground.sheets.reader import BadFile, Sheet

PEOPLE = StaffList(
    "people",
    "名单",
    (
        Part(
            "名单",
            (
                Column("name", "姓名", cells.text(10), example="张三"),
                Column("phone", "手机号", cells.phone, also=("电话",), example="19900000000"),
                Column("born", "出生日期", cells.day, required=False),
            ),
            key=("phone",),
        ),
    ),
)


def read(raw):
    return reader.read(io.BytesIO(raw), len(raw))


def book(*sheets, **options):
    """A workbook of (name, rows) as other programs write it; options go to the first sheet."""
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for name, value in options.items():
        setattr(made.worksheets[0], name, value)
    made.save(file)
    return file.getvalue()


def faults(*rows, heads=("姓名", "手机号", "出生日期")):
    checked = lists.check(PEOPLE, [Sheet("名单", [list(heads), *map(list, rows)])])
    return [(f.cell, f.sentence) for f in checked.faults]


def values(*rows):
    checked = lists.check(
        PEOPLE, [Sheet("名单", [["姓名", "手机号", "出生日期"], *map(list, rows)])]
    )
    assert checked.faults == []
    return [tuple(row.values.values()) for row in checked.parts[0]]


def test_a_workbook_is_read_as_it_stands():
    found = read(book(("甲", [["姓名", "日"], ["张三", date(1952, 3, 4)], [None, 12.5]])))
    assert found == [
        Sheet("甲", [["姓名", "日"], ["张三", {"day": "1952-03-04"}], ["", 12.5]]),
    ]


def test_a_cells_address_is_the_sheets_own():
    """Empty rows and columns before the list are counted."""
    found = read(book(("甲", [[], [None, "表头"], [None, "值"]])))
    assert found[0].rows == [["", ""], ["", "表头"], ["", "值"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("comma", [",", "\t", ";"])
def test_a_csv_is_read_in_both_encodings(encoding, comma):
    raw = f"姓名{comma}手机号\r\n张三丰{comma}19900000001\r\n".encode(encoding)
    assert read(raw) == [Sheet("CSV", [["姓名", "手机号"], ["张三丰", "19900000001"]])]


def test_hidden_sheets_are_not_read():
    raw = book(("甲", [["a"]]), ("乙", [["b"]]), sheet_state="hidden")
    assert [sheet.name for sheet in read(raw)] == ["乙"]


def test_a_formula_is_read_as_its_last_result():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        made.add_worksheet("甲").write_formula(0, 0, "=1+1", value=2)
    assert read(file.getvalue())[0].rows == [[2]]


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (60 * 1024 * 1024))
    return file.getvalue()


def lying_bomb():
    """A directory that gives a small size for what unpacks into 60 MB."""
    raw = bytearray(bomb())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.rfind(signature)
        raw[at + offset : at + offset + 4] = struct.pack("<I", 60_000)
    return bytes(raw)


def many_parts():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(2_001):
            archive.writestr(str(n), b"")
    return file.getvalue()


def other_archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", b"<a/>")
    return file.getvalue()


def one_text_in_many_cells():
    """The text itself stands there once: unpacked it is small."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        sheet = made.add_worksheet("甲")
        for number in range(800):
            sheet.write_string(number % 40, number // 40, "".join(map(chr, range(19968, 49968))))
    return file.getvalue()


def broken_xml():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook><sheets>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "文件是空的"),
        (b"  \n", "文件是空的"),
        (bomb(), "展开后太大"),
        (lying_bomb(), "无法读取"),
        (many_parts(), "展开后太大"),
        (other_archive(), "不是Excel工作簿"),
        (broken_xml(), "无法读取"),
        (b"PK\x03\x04 no archive", "已损坏"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是Excel工作簿"),
        (b"a,b\n1,\x00", "不是Excel工作簿"),
        (b"\xff\xfe\xff\xff,\x80\xff", "不是Excel工作簿"),
        (reader.COMPOUND + b"\x00" * 64, "旧式.xls"),
        (reader.COMPOUND + "EncryptedPackage".encode("utf-16-le"), "设了密码"),
        (b"a\n" * 20_021, "有20,021行"),
        (one_text_in_many_cells(), "无法读取"),
        (b'a,"' + b"x" * 200_000, "不是一张整齐的表"),
    ],
)
def test_what_cannot_be_taken_is_answered_with_a_sentence(raw, says):
    with pytest.raises(BadFile, match=says):
        read(raw)


def test_a_file_is_refused_by_its_size_before_it_is_read():
    with pytest.raises(BadFile, match="10MB"):
        reader.read(None, reader.MOST_BYTES + 1)


def test_a_workbook_of_20_001_rows_is_refused():
    many = [["姓名", "手机号"], *([f"人{n}", 19_900_000_000 + n] for n in range(20_001))]
    with pytest.raises(BadFile, match="20,001行"):
        lists.check(PEOPLE, read(book(("名单", many))))
    assert len(lists.check(PEOPLE, read(book(("名单", many[:-1])))).parts[0]) == 20_000


def test_a_cell_far_away_does_not_take_the_memory():
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.active["A1"], made.active["XFD20000"] = "a", "b"
    made.save(file)
    with pytest.raises(BadFile, match="无法读取"):
        read(file.getvalue())


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    def late(*_args, timeout, **_options):
        raise subprocess.TimeoutExpired("child", timeout)

    monkeypatch.setattr(reader.subprocess, "run", late)
    with pytest.raises(BadFile, match="20秒内没有读完"):
        read(book(("甲", [["a"]])))
    assert child.SECONDS == reader.SECONDS


@pytest.mark.parametrize(
    "born",
    [
        "1952年3月4日",
        "1952/3/4",
        "1952-03-04",
        "1952.3.4",
        "19520304",
        19520304.0,
        19057.0,
        {"day": "1952-03-04"},
        "１９５２年３月４日",
        "1952-03-04 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_written(born):
    assert values(["张三", "19900000001", born]) == [("张三", "19900000001", date(1952, 3, 4))]


@pytest.mark.parametrize(
    "phone",
    [19900000001.0, 19900000001, "１９９０００００００１", "199 0000 0001", "+8619900000001"],
)
def test_a_phone_is_read_however_it_is_written(phone):
    assert values(["张三", phone, ""]) == [("张三", "19900000001", None)]


def test_every_wrong_cell_is_named_with_what_to_do():
    assert faults(
        ["", "1990000000", "1952-02-30"],
        ["张三", "1.99E+10", "明天"],
        ["李四" * 6, "19900000001", 0.5],
        ["王五", "19900000001", ""],
    ) == [
        ("A2", "不能空着，请填写"),
        ("B2", "请填11位手机号"),
        ("C2", "没有这一天，请改正"),
        ("B3", "号码被写成了科学计数，后几位已丢失；请把该列设为文本后重新填写"),
        ("C3", "请填日期，如1952-03-04"),
        ("A4", "写了12个字，最多10个，请缩短"),
        ("C4", "请填日期，如1952-03-04"),
    ]


def test_the_same_key_twice_is_named_with_its_first_row():
    assert faults(["王五", "19900000001"], ["王五", "199 0000 0001"]) == [
        ("B3", "与第2行重复，请删去一行")
    ]


def test_titles_blank_rows_and_other_headings_do_no_harm():
    rows = [
        ["某街道居民名单", "", ""],
        [""],
        ["序号", "姓 名*", "电话"],
        [1.0, "张三", "19900000001"],
    ]
    rows += [["", "", ""], ["", " ", ""], [2.0, "李四", "19900000002"]]
    checked = lists.check(PEOPLE, [Sheet("别的", [["无关"]]), Sheet("S", rows)])
    assert [(r.number, r["name"], r.fault("phone", "x").cell) for r in checked.parts[0]] == [
        (4, "张三", "C4"),
        (7, "李四", "C7"),
    ]


def test_missing_headings_are_named():
    with pytest.raises(BadFile, match="要有这些列：姓名、手机号"):
        faults(["a", "b"], heads=("名字", "手机号"))
    with pytest.raises(BadFile, match="没有内容"):
        faults()


def test_the_blank_is_a_list_without_rows_until_it_is_filled():
    raw = lists.blank(PEOPLE)
    with pytest.raises(BadFile, match="没有内容"):
        lists.check(PEOPLE, read(raw))
    made, file = openpyxl.load_workbook(io.BytesIO(raw)), io.BytesIO()
    made["名单"].append(["张三", "19900000001"])
    made.save(file)
    checked = lists.check(PEOPLE, read(file.getvalue()))
    assert [(row.number, row["name"]) for row in checked.parts[0]] == [(3, "张三")]


@pytest.mark.parametrize(
    ("parse", "said", "value"),
    [
        (cells.identity, "11010519491231002X", "11010519491231002X"),
        (cells.identity, "11010519491231002x", "11010519491231002X"),
        (cells.whole(0, 9), "９", 9),
        (cells.whole(0, 9), 9.0, 9),
        (cells.money, 12000.5, 12000_50),
        (cells.one_of([("team", "居民自组织")]), "居民自组织", "team"),
        (cells.long_text(20), "一\n二", "一\n二"),
    ],
)
def test_other_cells_are_read(parse, said, value):
    assert parse(said) == value


@pytest.mark.parametrize(
    ("parse", "said"),
    [
        (cells.identity, "110105194912310021"),
        (cells.identity, 1.10105194912310e17),
        (cells.identity, "1101051949"),
        (cells.whole(0, 9), "10"),
        (cells.whole(0, 9), "1.5"),
        (cells.money, "-1"),
        (cells.money, "1.005"),
        (cells.money, "NaN"),
        (cells.money, "1e30"),
        (cells.money, "9e999999"),
        (cells.identity, "٢٢٠١٠٥١٩٤٩١٢٣١٠٠٢X"),
        (cells.phone, "1٩٩٠٠٠٠٠٠٠١"),
        (cells.money, "很多"),
        (cells.day, "300"),
        (cells.one_of({"是": True}), "也许"),
        (cells.text(2), "一二三"),
    ],
)
def test_other_cells_are_refused_with_a_sentence(parse, said):
    with pytest.raises(cells.Wrong, match=r"[请最没]"):
        parse(said)


def test_what_is_kept_is_sealed_for_one_person_one_purpose_and_an_hour(tmp_path, settings):
    settings.HOME = tmp_path
    now = datetime(2024, 4, 10, 2, tzinfo=UTC)
    sheets = [Sheet("甲", [["张三", 1.0, {"day": "1952-03-04"}]])]
    token = kept.keep(sheets, "people 1", by=7, now=now)
    assert "张三" not in (tmp_path / "lists" / token).read_text()
    assert kept.get(token, "people 1", by=7, now=now + timedelta(minutes=59)) == sheets
    assert kept.get(token, "people 1", by=8, now=now) is None
    assert kept.get(token, "people 2", by=7, now=now) is None
    assert kept.get(token, "people 1", by=7, now=now + timedelta(hours=1)) is None
    assert kept.get("../" + token, "people 1", by=7, now=now) is None
    kept.keep(sheets, "people 1", by=7, now=now + timedelta(hours=2))
    assert not (tmp_path / "lists" / token).exists()
    kept.discard(token)
