"""Residents out of a workbook: told apart, written all or none, the same list twice is nothing."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from sanlin.commons.people import actions
from sanlin.commons.people.models import Resident
from sanlin.commons.people.queries import lists as queries
from sanlin.commons.people.tests.scene import (
    LONG_AGO,
    NOW,
    home,
    neighbourhood,
    officer,
    person,
    resident,
    worker,
)
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry
from sanlin.ground.sheets import lists
from sanlin.ground.sheets.reader import Sheet
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
HEADS = ["居民区", "姓名", "手机号", "身份证号", "出生日期", "小区", "楼号", "单元", "室号"]
NUMBER = "11010519491231002X"
LI = ["甲", "李秀英", "19900000004", NUMBER, "", "潍坊二村", "1号", "1单元", "301室"]
WANG = ["甲", "王建国", 19900000005.0, "", "1960/5/6", "", "", "", ""]
ZHANG = ["甲", "张三", "", "", "1970年1月1日", "", "", "", ""]


@pytest.fixture
def place():
    made = neighbourhood(name="甲居委会")
    home(made, "301室")
    return made


def rows(*said):
    return lists.check(queries.RESIDENTS, [Sheet("居民", [HEADS, *said])]).parts


def plan(place, *said, by=None):
    return queries.plan_residents(rows(*said), place, by=by, now=NOW)


def counts(place, *said):
    found = plan(place, *said)
    assert found.faults == []
    return tuple(found.counts().values())


def bring(place, *said, by=None):
    actions.import_residents(place, rows(*said), by=by or worker(place), now=NOW)


def test_a_list_is_written_once(place):
    by = worker(place)
    assert counts(place, LI, WANG, ZHANG) == (3, 0, 0)
    bring(place, LI, WANG, ZHANG, by=by)
    li = Resident.objects.get(account__name="李秀英")
    assert (li.born, li.home.room, li.identity.reveal(), li.verified_on) == (
        date(1949, 12, 31),
        "301室",
        NUMBER,
        NOW.date(),
    )
    assert li.account.phone.reveal() == "19900000004"
    assert counts(place, LI, WANG, ZHANG) == (0, 0, 3)
    bring(place, LI, WANG, ZHANG, by=by)
    assert (Resident.objects.count(), Account.objects.count()) == (3, 4)
    body = bytes(Entry.objects.get(deed="residents.import").body).decode()
    assert "19900000004" not in body
    assert '"added":3' in body


def test_what_is_left_out_stays_and_what_differs_is_said_without_values(place):
    by = worker(place)
    bring(place, LI, by=by)
    assert counts(place, ["甲", "李秀英", "19900000004", *[""] * 6]) == (0, 0, 1)
    moved = ["甲", "李秀英", "19900000007", NUMBER, *[""] * 5]
    assert [(c.kind, c.what) for c in plan(place, moved).changes] == [("updated", "手机号")]
    bring(place, moved, by=by)
    li = Resident.objects.get()
    assert (li.account.phone.reveal(), li.home.room) == ("19900000007", "301室")


def test_a_list_confirms_whoever_registered_herself(place):
    resident(place, "李秀英", phone="19900000004", verified_on=None)
    by = worker(place)
    assert [c.what for c in plan(place, LI).changes] == ["身份证号、出生日期、户、核实"]
    bring(place, LI, by=by)
    assert Resident.objects.get().verified_on == NOW.date()


def test_whoever_has_left_or_has_an_account_comes_in_with_it(place):
    other = neighbourhood(place.street, name="乙居委会")
    gone = resident(other, "李秀英", identity=NUMBER, moved_out=LONG_AGO)
    Resident.objects.update(identity_mark=queries.mark(NUMBER))
    known = person("王建国", phone="19900000005")
    bring(place, LI, WANG)
    assert set(Resident.objects.values_list("account", "neighbourhood", "moved_out")) == {
        (gone.pk, place.pk, None),
        (known.pk, place.pk, None),
    }


def test_namesakes_are_told_apart(place):
    resident(place, "张三", born=date(1970, 1, 1))
    resident(place, "张三", born=date(1990, 1, 1))
    assert counts(place, ZHANG) == (0, 0, 1)
    assert counts(place, ["甲", "张三", "", "", "1980-01-01", *[""] * 4]) == (1, 0, 0)
    found = plan(place, ["甲", "张三", "19900000009", *[""] * 6])
    assert [(f.cell, f.sentence) for f in found.faults] == [
        ("B2", "有几位同名的居民，请填手机号或身份证号")
    ]


def test_every_fault_has_its_cell_and_nothing_is_written(place):
    other = neighbourhood(place.street, name="乙居委会")
    resident(other, "外人", phone="19900000001")
    resident(place, "别名", phone="19900000002")
    by = worker(place)
    said = (
        LI,
        ["丙", *LI[1:]],
        ["甲", "某人", *[""] * 7],
        ["甲", "某人", "", "", "1970-01-01", "潍坊二村", "1号", "1单元", "999室"],
        ["甲", "外人", "19900000001", *[""] * 6],
        ["甲", "某人", "19900000002", *[""] * 6],
        ["甲", "李秀英", "19900000004", *[""] * 6],
    )
    assert [f.cell for f in plan(place, *said).faults] == ["A3", "B4", "I5", "A6", "C7", "B8"]
    with pytest.raises(Refused):
        bring(place, *said, by=by)
    assert Resident.objects.count() == 2


def test_the_phone_of_whoever_holds_a_post_and_ones_own_row_are_not_for_a_list(place):
    staff = worker(place, name="孙洁", phone="19900000003")
    resident(place, account=staff, born=date(1980, 1, 1), identity=NUMBER)
    Resident.objects.update(identity_mark=queries.mark(NUMBER))
    row = ["甲", "孙洁", "19900000008", NUMBER, *[""] * 5]
    assert "有任职" in plan(place, row, by=officer(place.street)).faults[0].sentence
    assert "另一位工作人员" in plan(place, row, by=staff).faults[0].sentence


def test_a_list_is_for_the_staff_of_its_place(place):
    other = neighbourhood(place.street, name="乙居委会")
    for by in (worker(other), resident(place)):
        with pytest.raises(Refused, match="只有"):
            bring(place, LI, by=by)
    bring(place.street, LI, by=officer(place.street))


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_write_everybody_once(place):
    by, start, failed = worker(place), threading.Barrier(2), []

    def make():
        try:
            start.wait()
            bring(place, LI, WANG, ZHANG, by=by)
        except Exception as error:  # shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (failed, Resident.objects.count()) == ([], 3)


@pytest.mark.parametrize("many", [1, 3])
def test_a_long_list_asks_as_few_questions_as_a_short_one(place, django_assert_num_queries, many):
    said = rows(*(LI, WANG, ZHANG)[:many])
    by = worker(place)
    bring(place, LI, WANG, ZHANG, by=by)
    with django_assert_num_queries({1: 7, 3: 7}[many]):
        queries.plan_residents(said, place, by=by, now=NOW)


def test_the_page_leads_to_ones_own_place(client, place):
    for by, name, pk in (
        (worker(place), "import_neighbourhood", place.pk),
        (officer(place.street), "import_street", place.street_id),
    ):
        client.force_login(by, "django.contrib.auth.backends.ModelBackend")
        where = reverse(f"people:{name}", args=[pk])
        assert client.get(reverse("people:import")).headers["Location"] == where
        assert client.get(where).status_code == 200
