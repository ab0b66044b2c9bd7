"""Lists: what the address asks for is what is shown, counted and exported."""

import io
from dataclasses import replace

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory

from sanlin.ground.ui.tables import Column, Sieve, Table

pytestmark = pytest.mark.django_db

TABLE = Table(
    "kinds",
    "列表",
    (
        Column("number", "编号", lambda row: row.pk, "number", sort="pk"),
        Column("model", "名称", lambda row: row.model, sort="model", href=lambda row: "/x/"),
        Column("money", "金额", lambda row: 12_000_00, "money"),
    ),
    sieves=(Sieve("app", "类别", (("a", "甲"), ("b", "乙")), "app_label"),),
    search=("model",),
)


@pytest.fixture(autouse=True)
def three():
    ContentType.objects.all().delete()
    for app, model in (("a", "plum"), ("b", "apple"), ("a", "=cherry")):
        ContentType.objects.create(app_label=app, model=model)


def read(query=""):
    return TABLE.read(RequestFactory().get(f"/list/{query}"), ContentType.objects.all())


def names(listing):
    return [row.model for row, _cells in listing.lines]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["plum", "apple", "=cherry"]),
        ("?sort=model", ["=cherry", "apple", "plum"]),
        ("?sort=-model", ["plum", "apple", "=cherry"]),
        ("?sort=-number", ["=cherry", "apple", "plum"]),
        ("?sort=money", ["plum", "apple", "=cherry"]),
        ("?sort=app_label__x", ["plum", "apple", "=cherry"]),
        ("?app=a", ["plum", "=cherry"]),
        ("?app=zzz", ["plum", "apple", "=cherry"]),
        ("?q=PL", ["plum", "apple"]),
        ("?q=%00pl&page=99", ["plum", "apple"]),
        ("?q=nothing", []),
        ("?app=b&q=pl", ["apple"]),
        ("?page=abc", ["plum", "apple", "=cherry"]),
    ],
)
def test_the_address_decides(query, shown):
    listing = read(query)
    assert names(listing) == shown
    assert listing.count == len(shown)


def test_a_heading_turns_the_order_and_keeps_the_rest():
    heads = read("?app=a&sort=model&page=2").heads
    assert [head["href"] for head in heads] == ["?app=a&sort=number", "?app=a&sort=-model", ""]
    assert [head["order"] for head in heads] == ["", "ascending", ""]


def test_cells_are_escaped_and_money_is_money():
    ContentType.objects.filter(model="plum").update(model="<b>")
    cells = [str(cell) for _column, cell, _look in read().lines[0][1]]
    assert cells[1:] == ['<a href="/x/">&lt;b&gt;</a>', "¥12,000"]


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("310115004-2024-001", "brief"),
        ("育苗类", "brief"),
        ("潍坊十村第一居委会", "words"),
        ("Weifang No. 2", "words"),
    ],
)
def test_no_code_and_no_short_word_is_broken(text, look):
    assert Column("what", "名称", lambda row: row).look(text) == look


def test_the_workbook_holds_the_same_rows_beyond_the_page():
    listing = Table("k", "列表", TABLE.columns, TABLE.sieves, a_page=1).read(
        RequestFactory().get("/list/?app=a&sort=model&format=xlsx"), ContentType.objects.all()
    )
    assert len(listing.lines) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(listing.excel().content)).active
    rows = [[cell.value for cell in row][1:] for row in sheet.iter_rows()]
    assert rows == [["名称", "金额"], ["=cherry", 12000], ["plum", 12000]]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_two_queries(rows, django_assert_num_queries):
    ContentType.objects.filter(
        pk__in=ContentType.objects.order_by("pk").values_list("pk", flat=True)[rows:]
    ).delete()
    with django_assert_num_queries(2):
        listing = read()
        assert (listing.count, len(listing.lines)) == (rows, rows)


def test_a_column_below_another_has_its_own_only_in_the_workbook():
    below = Column(
        "team", "团队", lambda row: "" if row.app_label == "b" else "<队>", under="model"
    )
    table = replace(TABLE, columns=(*TABLE.columns, below))
    listing = table.read(RequestFactory().get("/list/"), ContentType.objects.all())
    assert [head["column"].name for head in listing.heads] == ["number", "model", "money"]
    plum, apple, _cherry = [cells for _row, cells in listing.lines]
    assert [column.name for column, _cell, _look in plum] == ["number", "model", "money"]
    assert "团队" in plum[1][1]
    assert "&lt;队&gt;" in plum[1][1]
    assert apple[1][1] == '<a href="/x/">apple</a>'
    book = openpyxl.load_workbook(io.BytesIO(listing.excel().content))
    told = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert any(row[-1] == "团队" for row in told)
    assert told[-1][-1] == "<队>"
