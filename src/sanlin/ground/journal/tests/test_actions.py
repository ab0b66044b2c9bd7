import json
import threading
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction

from sanlin.ground.journal.actions import canonical, deed, pseudonym, record, unmask
from sanlin.ground.journal.models import Entry, Unmasking
from sanlin.ground.verdict import ALLOWED, Refused, denied
from sanlin.kernel.machine import NotNow

Account = get_user_model()  # the journal stands below the accounts
NOW = datetime(2024, 4, 10, 2, 0, 0, 999_999, tzinfo=UTC)


@pytest.fixture
def li(db):
    return Account.objects.create_user("li", name="李秀英", phone="19900000001")


@pytest.fixture
def sun(db):
    return Account.objects.create_user("sun", name="孙洁")


@deed("test.rename")
def rename(account, name, *, by, now):
    """Compare-and-set, so that a second hand is too late."""
    if not Account.objects.filter(pk=account.pk).exclude(name=name).update(name=name):
        raise NotNow("rename", name)
    record(account, by=by, now=now, count=Account.objects.filter(name=name).count())
    return Account.objects.get(pk=account.pk)


def test_a_line_is_canonical_and_names_the_hand_but_nothing_personal(li, sun):
    li.hand = sun
    rename(li, "李秀兰", by=li, now=NOW)
    entry = Entry.objects.get()
    assert bytes(entry.body) == (
        b'{"at":"2024-04-10T02:00:00Z","by":"%s","data":{"count":1},"deed":"test.rename",'
        b'"hand":"%s","subject":"accounts.Account:%d"}'
        % (pseudonym("house", li.pk).encode(), pseudonym("house", sun.pk).encode(), li.pk)
    )
    assert bytes(entry.body) == canonical(json.loads(bytes(entry.body)))
    assert (entry.by, entry.hand, entry.subject_label) == (li, sun, f"账号 {li.pk}")


def test_the_clock_has_no_name(li):
    rename(li, "李秀兰", by=None, now=NOW)
    assert json.loads(bytes(Entry.objects.get().body))["by"] is None


def test_a_line_outside_of_a_deed_is_a_mistake_of_the_programmer(li):
    with pytest.raises(RuntimeError):
        record(li, by=li, now=NOW)


@pytest.mark.parametrize("value", [{"a": 0.5}, [[1.0]], {"a": NOW}])
def test_only_whole_numbers_and_text_have_a_canonical_form(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_the_same_key_does_the_deed_once_and_answers_alike(li):
    first = rename(li, "李秀兰", by=li, now=NOW, key="k1")
    assert rename(li, "李秀兰", by=li, now=NOW, key="k1") == first
    assert Entry.objects.count() == 1
    with pytest.raises(NotNow):
        rename(li, "李秀兰", by=li, now=NOW, key="k2")


def test_a_key_belongs_to_its_person_and_its_deed(li, sun):
    rename(li, "甲", by=li, now=NOW, key="k")
    assert rename(li, "乙", by=sun, now=NOW, key="k").name == "乙"
    assert Entry.objects.count() == 2


def test_what_fails_leaves_no_line_and_may_be_tried_again_with_its_key(li):
    with pytest.raises(NotNow):
        rename(li, "李秀英", by=li, now=NOW, key="k")
    assert Entry.objects.count() == 0
    assert rename(li, "李秀兰", by=li, now=NOW, key="k").name == "李秀兰"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["one key", ""], ids=["with a key", "without"])
def test_eight_hands_at_once_have_one_effect(key):
    li = Account.objects.create_user("li", name="李秀英")
    answers, gate = [], threading.Barrier(8)

    def hand():
        gate.wait()
        try:
            answers.append(rename(li, "李秀兰", by=li, now=NOW, key=key).pk)
        except NotNow:
            answers.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand) for _hand in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    others = [li.pk] * 7 if key else ["too late"] * 7
    assert sorted(answers, key=str) == sorted([li.pk, *others], key=str), connection.vendor
    assert Entry.objects.count() == 1


def change(row):
    type(row).objects.filter(pk=row.pk).update(subject="accounts.Account:0")


def remove(row):
    type(row).objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize("act", [change, remove])
@pytest.mark.parametrize("model", [Entry, Unmasking])
def test_lines_are_added_and_never_changed(li, sun, model, act):
    unmask(li, "phone", allowed=ALLOWED, reason="核对身份", by=sun, now=NOW)
    row = model.objects.get()
    with pytest.raises(IntegrityError, match="lines are added here, never changed"):  # noqa: SIM117
        with transaction.atomic():
            act(row)
    row.refresh_from_db()
    assert row.subject == f"accounts.Account:{li.pk}"


@pytest.mark.django_db(transaction=True)
def test_after_tests_that_commit_the_tables_are_empty():
    assert Entry.objects.count() == 0
    rename(Account.objects.create_user("li", name="甲"), "乙", by=None, now=NOW)
    with pytest.raises(IntegrityError):
        Entry.objects.all().delete()


def test_a_look_shows_the_value_and_writes_who_and_why(li, sun):
    seen = unmask(li, "phone", allowed=ALLOWED, reason=" 电话通知领票 ", by=sun, now=NOW)
    assert seen == "19900000001"
    look = Unmasking.objects.get()
    assert (look.by, look.subject, look.field, look.reason, look.at) == (
        sun,
        f"accounts.Account:{li.pk}",
        "phone",
        "电话通知领票",
        NOW,
    )
    assert look.field_label == "手机号"
    entry = Entry.objects.get()
    assert (entry.deed, entry.told["data"]) == ("pii.unmask", {"field": "phone"})


@pytest.mark.parametrize("reason", ["", "  ", "核对", "核 对 下", "\n\n\n\n\n"])
def test_a_look_wants_a_reason(li, sun, reason):
    with pytest.raises(Refused, match=r"^请写明查看理由，至少4个字$"):
        unmask(li, "phone", allowed=ALLOWED, reason=reason, by=sun, now=NOW)
    assert (Unmasking.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_look_wants_permission_and_one_s_own_eyes(li, sun):
    with pytest.raises(Refused, match=r"^不行$"):
        unmask(li, "phone", allowed=denied("不行"), reason="核对身份", by=sun, now=NOW)
    sun.hand = li
    with pytest.raises(Refused, match=r"^代办期间不能查看被遮住的信息$"):
        unmask(li, "phone", allowed=ALLOWED, reason="核对身份", by=sun, now=NOW)
    assert Unmasking.objects.count() == 0
