"""What is written is read back with the other libraries that people's programs are made of."""

import io
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sanlin.ground import sheets
from sanlin.ground.sheets import Head, workbook, writer


def cells(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_values_arrive_as_what_they_are():
    heads = ["名称", Head("金额", "money"), "日期", "时间", "平均", "公开", "空"]
    row = [
        "健身角",
        12_000_50,
        date(2024, 3, 5),
        datetime(2024, 3, 5, 2, 32, tzinfo=UTC),
        Fraction(177, 2),
        True,
        None,
    ]
    answer = workbook(heads, [row], name="proposals", title="提案")
    assert answer["Content-Disposition"] == 'attachment; filename="proposals.xlsx"'
    assert cells(answer) == [
        ["名称", "金额", "日期", "时间", "平均", "公开", "空"],
        [
            "健身角",
            12000.5,
            datetime(2024, 3, 5),  # noqa: DTZ001  # Excel knows no zones
            datetime(2024, 3, 5, 10, 32),  # noqa: DTZ001
            88.5,
            "是",
            None,
        ],
    ]
    money = openpyxl.load_workbook(io.BytesIO(answer.content)).active["B2"]
    assert money.number_format == '"¥"#,##0.00'


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x.cn", "00123"]
)
def test_text_of_people_stays_text(text):
    answer = workbook(["甲"], [[text]])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")
    assert sheet["A2"].hyperlink is None
    assert sheet["A2"].quotePrefix is (text[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1fc", "abc"),
        ("half \ud83d", "half "),
        ("两行\n字", "两行\n字"),
        ("_x0041_", "_x0041_"),
        ("很" * 40_000, "很" * 32_767),
        ("<&>\"'", "<&>\"'"),
    ],
)
def test_what_xml_or_a_cell_cannot_hold_is_left_out(text, kept):
    answer = workbook(["甲"], [[text]])
    read = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert read.to_python()[1] == [kept]


def test_a_long_number_keeps_its_last_digits():
    assert cells(workbook(["号"], [[310115199001011234], [10**15 - 1]]))[1:] == [
        ["310115199001011234"],
        [10**15 - 1],
    ]


def test_no_rows_are_a_heading_alone():
    assert cells(workbook(["甲", "乙"], [])) == [["甲", "乙"]]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(writer, "MOST_ROWS", 2)
    with pytest.raises(ValueError, match="more than 2 rows"):
        workbook(["甲"], ([n] for n in range(3)))


def test_sheets_get_names_that_excel_accepts():
    made = sheets.write(
        [("a/b", ["x"], []), ("A b", ["x"], []), ("长" * 40, ["x"], []), ("'", [], [])]
    )
    assert openpyxl.load_workbook(io.BytesIO(made)).sheetnames == ["a b", "A b 2", "长" * 28, "1"]
