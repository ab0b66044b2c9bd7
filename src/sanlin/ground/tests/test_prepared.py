"""Prepared questions answer as the ORM does, on both engines."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError, connection, transaction

from sanlin.ground.accounts.models import Assistance
from sanlin.ground.prepared import Add, Change, Given, Read

Account = get_user_model()
NOW = datetime(2024, 4, 10, 2, tzinfo=UTC)


@pytest.fixture
def people(db):
    named = (("li", "李秀英", "19900000001"), ("sun", "孙洁", ""), ("chen", "陈静", ""))
    return [
        Account.objects.create_user(login, name=name, phone=phone) for login, name, phone in named
    ]


def test_a_row_is_what_the_orm_makes_of_it(people, django_assert_num_queries):
    read = Read(lambda: Account.objects.filter(pk=Given("pk"), is_active=True))
    for person in people:
        with django_assert_num_queries(1):
            found = read.one(pk=person.pk)
        assert found == person
        assert (found.phone, found.is_active) == (person.phone, True)
        assert not found._state.adding
    assert read.one(pk=0) is None


def test_a_row_that_reads_the_same_is_the_same_and_another_is_another(people):
    read = Read(lambda: Account.objects.filter(pk=Given("pk")))
    first, other = read.kept(pk=people[0].pk), read.kept(pk=people[1].pk)
    assert (first, other) == (people[0], people[1])
    assert read.kept(pk=people[0].pk) is first
    Account.objects.filter(pk=people[0].pk).update(name="李秀兰")
    assert read.kept(pk=people[0].pk).name == "李秀兰"
    assert read.kept(pk=people[1].pk) is other
    assert read.kept(pk=0) is None


def test_rows_bring_the_rows_they_were_asked_with(people, django_assert_num_queries):
    li, sun, _chen = people
    Assistance.objects.create(person=li, hand=sun, reason="代办", started_at=NOW)
    both = Read(
        lambda: Assistance.objects.select_related("person", "hand").filter(hand=Given("who"))
    )
    with django_assert_num_queries(1):
        (found,) = both.all(who=sun.pk)
        assert (found.person, found.hand, found.started_at, found.ended_at) == (li, sun, NOW, None)
    assert both.all(who=li.pk) == []


def test_several_rows_come_in_the_order_asked(people):
    read = Read(lambda: Account.objects.filter(name__gte=Given("from")).order_by("-username"))
    assert [one.username for one in read.all(**{"from": ""})] == ["sun", "li", "chen"]


def test_a_change_sets_what_it_was_told_and_says_how_many(people):
    li, sun, chen = people
    rename = Change(
        lambda: Account.objects.filter(pk=Given("pk"), name=Given("was"), is_active=True),
        "name",
        "phone",
    )
    new = {"name": "李秀兰", "phone": "19900000009"}
    assert rename.run(new, pk=li.pk, was="李秀英") == 1
    assert rename.run(new, pk=li.pk, was="李秀英") == 0
    li.refresh_from_db()
    assert (li.name, li.phone.reveal()) == ("李秀兰", "19900000009")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_account WHERE id = %s", [li.pk])
        assert "19900000009" not in cursor.fetchone()[0]
    assert Account.objects.filter(name="李秀兰").count() == 1
    assert rename.run({"name": chen.name, "phone": ""}, pk=sun.pk, was="孙洁") == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_row_for_each_in_the_order_asked(people, django_assert_num_queries, count):
    read = Read(
        lambda: Account.objects.filter(
            username=Given("name"), pk__gte=Given("from"), is_active=True
        )
    )
    asked = [people[2], people[0], people[2]][:count]
    given = [{"name": one.username, "from": one.pk} for one in asked]
    connection.ensure_connection()
    with django_assert_num_queries(count if connection.vendor == "sqlite" else min(count, 1)):
        assert read.each(given) == asked
    given.insert(1, {"name": "nobody", "from": 0})
    found = read.each(given)
    assert found[min(count, 1)] is None
    assert [one.phone.reveal() for one in found if one] == [one.phone.reveal() for one in asked]


def test_tuples_of_rows_that_are_joined_come_for_each(people):
    li, sun, chen = people
    Assistance.objects.create(person=li, hand=sun, reason="代办", started_at=NOW)
    read = Read(
        lambda: Assistance.objects.filter(hand=Given("who")).values_list(
            "pk", "person__pk", "person__username"
        )
    )
    helped = Assistance.objects.get()
    given = [{"who": one.pk} for one in (chen, sun, li)]
    assert read.each(given) == [None, (helped.pk, li.pk, "li"), None]


def test_a_change_for_each_says_which_was_made(people, django_assert_num_queries):
    li, sun, chen = people
    rename = Change(
        lambda: Account.objects.filter(pk=Given("pk"), name=Given("was"), is_active=True),
        *("name", "phone", "phone_mark"),
    )

    def to(name, phone, mark):
        return {"name": name, "phone": phone, "phone_mark": mark}

    changes = [
        (to("甲", "19900000001", None), {"pk": li.pk, "was": "李秀英"}),
        (to("乙", "", None), {"pk": sun.pk, "was": "不是她"}),
        (to("丙" * 60, "", "m"), {"pk": chen.pk, "was": "陈静"}),
    ]
    with django_assert_num_queries(3 if connection.vendor == "sqlite" else 1):
        assert rename.each(changes) == [True, False, True]
    assert rename.each(changes[:1]) == [False]
    assert rename.each([]) == []
    rows = Account.objects.order_by("pk").values_list("name", "phone_mark")
    assert list(rows) == [("甲", None), ("孙洁", None), ("丙" * 60, "m")]
    assert Account.objects.get(pk=li.pk).phone.reveal() == "19900000001"


@pytest.mark.parametrize("count", [1, 3])
def test_rows_with_their_own_key_are_added(db, count, django_assert_num_queries):
    rows = [Session(session_key=f"k{n}", session_data="x", expire_date=NOW) for n in range(count)]
    Add(Session).rows(rows)
    assert list(
        Session.objects.order_by("pk").values_list("pk", "session_data", "expire_date")
    ) == [(f"k{n}", "x", NOW) for n in range(count)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Add(Session).rows(rows[:1])


@pytest.mark.django_db(transaction=True)
def test_a_row_may_be_held_until_the_transaction_ends():
    li = Account.objects.create_user("li", name="李秀英")
    hold = Read(lambda: Account.objects.select_for_update().filter(pk=Given("pk")))
    with transaction.atomic():
        assert hold.one(pk=li.pk) == li
    _compiler, sql, _params = hold._compiled
    assert ("FOR UPDATE" in sql) == (connection.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_an_idle_connection_that_the_server_has_ended_is_made_anew_and_no_other():
    if connection.vendor == "sqlite":
        return  # a file does not hang up
    Account.objects.create_user("li", name="李秀英")
    read = Read(lambda: Account.objects.filter(username=Given("name")))
    assert read.one(name="li").name == "李秀英"
    assert connection.health_check_done
    hang_up()
    with pytest.raises(OperationalError):
        read.one(name="li")  # it had answered in this request: whatever was open with it is gone
    connection.close()
    assert read.one(name="li").name == "李秀英"
    hang_up()
    connection.health_check_done = False  # as a request begins
    assert read.one(name="li").name == "李秀英"


def hang_up():
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        process = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
