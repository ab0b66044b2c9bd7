"""The verbs, called as other floors and the desk call them, and at the same moment by many."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections

from sanlin.commons.people import actions
from sanlin.commons.people.models import Declined, Particulars, Post, PostKind, Resident, Term
from sanlin.commons.people.rules import is_verified_resident, posts_of
from sanlin.ground.accounts.models import Account, Assistance
from sanlin.ground.journal.models import Entry, Unmasking
from sanlin.ground.verdict import Refused

from . import scene

NOW, TODAY = scene.NOW, scene.NOW.date()


def at_once(*questions):
    """Every question from a thread of its own, all let go together; their answers."""
    answers, gate = [], threading.Barrier(len(questions))

    def hand(question):
        gate.wait()
        try:
            answers.append(question())
        except Refused as no:
            answers.append(str(no))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=str)


@pytest.mark.django_db(transaction=True)
def test_one_phone_registers_once_however_many_ask_at_once():
    place = scene.neighbourhood()

    def ask(key):
        actions.register(
            place, name="赵晨", phone="19900000001", home=None, by=None, now=NOW, key=key
        )
        return "done"

    answers = at_once(*(lambda key=f"k{number}": ask(key) for number in range(6)))
    assert answers.count("done") == 1, connection.vendor
    assert set(answers) <= {
        "done",
        "这个手机号已经登记，请直接登录",
        "这个手机号已经登记，请核对",
        "这位居民已登记在册；若登记在别的居民区，请先在那里办理迁出",
    }
    assert (Account.objects.count(), Resident.objects.count(), Entry.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_post_is_given_once_however_many_give_it_at_once():
    street = scene.street()
    officers = [scene.officer(street) for _number in range(6)]
    scene.person("何雯", phone="19900000003")

    def give(by):
        term = Term(TODAY)
        actions.appoint(PostKind.JUDGE, street, "何雯", "19900000003", term, by=by, now=NOW)
        return "done"

    answers = at_once(*(lambda by=by: give(by) for by in officers))
    again = "这个人在这段时间已有这一任职"
    assert answers == sorted(["done", *[again] * 5]), connection.vendor
    assert Post.objects.filter(kind=PostKind.JUDGE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_declined_at_once_is_one_of_both():
    place = scene.neighbourhood()
    row = scene.resident(place, verified_on=None).resident
    workers = [scene.worker(place) for _number in range(4)]

    def confirm(by):
        actions.confirm(Resident.objects.get(pk=row.pk), by=by, now=NOW)
        return "confirmed"

    def decline(by):
        actions.decline(Resident.objects.get(pk=row.pk), Declined.ELSEWHERE, by=by, now=NOW)
        return "declined"

    verbs = (confirm, decline, confirm, decline)
    asks = [lambda verb=verb, by=by: verb(by) for verb, by in zip(verbs, workers, strict=True)]
    answers = at_once(*asks)
    done = [answer for answer in answers if answer in {"confirmed", "declined"}]
    assert len(done) == 1, (answers, connection.vendor)
    row.refresh_from_db()
    state = "confirmed" if row.verified_on else "declined"
    assert (state, bool(row.moved_out)) == (done[0], state == "declined")


@pytest.mark.django_db
def test_a_move_ends_here_and_begins_there():
    here = scene.neighbourhood()
    there = scene.neighbourhood(here.street, "竹园居民区")
    li = scene.resident(here, "李秀英", phone="19900000001", home=scene.home(here))
    told = Particulars(name="李秀英", phone="19900000001")
    officer = scene.officer(here.street)
    with pytest.raises(Refused, match=r"^这位居民已登记在册；"):
        actions.add(there, told, by=officer, now=NOW)
    actions.move_out(li.resident, day=TODAY, by=officer, now=NOW)
    actions.add(there, told, by=officer, now=NOW)
    again = Account.objects.get(pk=li.pk)
    assert is_verified_resident(again, there, now=NOW)
    assert not is_verified_resident(again, here, now=NOW)
    assert (again.resident.home, Resident.objects.count()) == (None, 1)


@pytest.mark.django_db
def test_whoever_has_moved_out_may_register_elsewhere_by_herself():
    place = scene.neighbourhood()
    li = scene.resident(moved_out=date(2024, 1, 1))
    actions.register(place, name="", phone="", home=None, by=li, now=NOW)
    row = Resident.objects.get()
    assert (row.neighbourhood, row.verified_on, row.moved_out) == (place, None, None)


@pytest.mark.django_db
def test_a_declined_newcomer_may_try_again_and_a_duplicate_may_not():
    place = scene.neighbourhood()
    sun = scene.worker(place)
    for why, active in ((Declined.ELSEWHERE, True), (Declined.DUPLICATE, False)):
        zhao = scene.resident(place, phone=scene.phone(), verified_on=None)
        actions.decline(zhao.resident, why, by=sun, now=NOW)
        zhao.refresh_from_db()
        assert (zhao.is_active, bool(zhao.phone), zhao.phone_mark is not None) == (active,) * 3


@pytest.mark.django_db
def test_a_worker_does_not_confirm_correct_or_add_herself():
    place = scene.neighbourhood()
    sun = scene.worker(place, name="孙洁", phone="19900000001")
    own = "^本人的登记请由另一位工作人员办理$"
    with pytest.raises(Refused, match=own):
        actions.add(place, Particulars("孙洁", phone="19900000001"), by=sun, now=NOW)
    scene.resident(place, account=sun, verified_on=None)
    for act in (
        lambda: actions.confirm(sun.resident, by=sun, now=NOW),
        lambda: actions.edit(sun.resident, Particulars("孙洁"), by=sun, now=NOW),
        lambda: actions.move_out(sun.resident, day=TODAY, by=sun, now=NOW),
    ):
        with pytest.raises(Refused, match=own):
            act()
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_through_a_resident_s_name_no_staff_verb_works():
    place = scene.neighbourhood()
    zhou = scene.officer(place.street)
    scene.resident(place, account=zhou)
    row = scene.resident(place, verified_on=None).resident
    acting = scene.at_the_desk(zhou, scene.worker(place))
    assert posts_of(acting, now=NOW) == []
    for act in (
        lambda: actions.confirm(row, by=acting, now=NOW),
        lambda: actions.move_out(row, day=TODAY, by=acting, now=NOW),
        lambda: actions.unmask(row, "phone", reason="核对身份", by=acting, now=NOW),
        lambda: actions.act_for(row, reason="到场办理", by=acting, now=NOW),
        lambda: actions.appoint(
            PostKind.JUDGE, place.street, "何雯", "19900000003", Term(TODAY), by=acting, now=NOW
        ),
    ):
        with pytest.raises(Refused):
            act()
    assert (Entry.objects.count(), Unmasking.objects.count(), Assistance.objects.count()) == (
        0,
    ) * 3


@pytest.mark.django_db
def test_nobody_registers_through_a_hand():
    place = scene.neighbourhood()
    li, sun = scene.resident(moved_out=date(2024, 1, 1)), scene.worker(place)
    acting = scene.at_the_desk(li, sun)
    with pytest.raises(Refused, match=r"^代办期间不能登记，请先结束代办$"):
        actions.register(place, name="", phone="", home=None, by=acting, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [PostKind.DISTRICT_ADMIN, PostKind.STREET_OFFICER])
def test_an_officer_makes_nobody_her_equal(kind):
    street = scene.street()
    where = street.district if kind == PostKind.DISTRICT_ADMIN else street
    with pytest.raises(Refused):
        actions.appoint(
            kind, where, "何雯", "19900000003", Term(TODAY), by=scene.officer(street), now=NOW
        )
    assert Account.objects.filter(name="何雯").count() == 0


@pytest.mark.django_db
def test_a_post_belongs_to_one_level():
    street = scene.street()
    with pytest.raises(Refused, match=r"^这个职务不在这一级任命$"):
        actions.appoint(
            PostKind.JUDGE,
            scene.neighbourhood(street),
            "何雯",
            "19900000003",
            Term(TODAY),
            by=scene.officer(street),
            now=NOW,
        )


@pytest.mark.django_db
def test_a_social_worker_needs_a_certificate():
    street = scene.street()
    with pytest.raises(Refused, match=r"^社工要写证书编号$"):
        actions.appoint(
            PostKind.SOCIAL_WORKER,
            street,
            "徐慧",
            "19900000003",
            Term(TODAY),
            by=scene.officer(street),
            now=NOW,
        )
    assert Account.objects.filter(name="徐慧").count() == 0


@pytest.mark.django_db
def test_a_post_that_has_not_begun_is_taken_back_before_its_first_day():
    street = scene.street()
    he = scene.judge(street, since=TODAY + timedelta(days=10))
    post = Post.objects.get(account=he)
    actions.end_post(post, day=TODAY, by=scene.officer(street), now=NOW)
    post.refresh_from_db()
    assert post.until == post.since
    assert Post.objects.on(post.since).filter(pk=post.pk).count() == 0


@pytest.mark.django_db
def test_the_operator_alone_installs_a_district_administrator():
    district = scene.district()
    fang = scene.person("方华")
    with pytest.raises(Refused, match=r"^区管理员由系统管理人员设定$"):
        actions.install(district, fang, by=scene.district_admin(district), now=NOW)
    post = actions.install(district, fang, by=None, now=NOW)
    assert [held.pk for held in posts_of(fang, now=NOW)] == [post.pk]
    assert Entry.objects.get().by is None
