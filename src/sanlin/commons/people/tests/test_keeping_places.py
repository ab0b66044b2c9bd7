import io
import threading
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from sanlin.commons.people.tests.scene import (
    NOW,
    district,
    district_admin,
    neighbourhood,
    officer,
    resident,
    street,
    worker,
)
from sanlin.commons.places import actions, rules
from sanlin.commons.places.models import Building, Estate, Home, Neighbourhood
from sanlin.commons.places.queries import history, homes
from sanlin.ground.journal.models import Entry
from sanlin.ground.sheets import lists
from sanlin.ground.sheets.reader import Sheet
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
HEADS = ["居民区", "小区", "楼号", "单元", "室号"]
ROWS = [
    ["潍坊二村", "潍坊二村", "1号", "1单元", "101室"],
    ["潍坊二村居民区", "潍坊二村", "1号", "1单元", "102室"],
    ["潍坊二村", "潍坊二村", "2号", "", 301.0],
]


def rows(*said):
    return lists.check(homes.HOMES, [Sheet("房屋", [HEADS, *said])]).parts


def planned(where, *said):
    return homes.plan_homes(rows(*said), where, by=None, now=NOW)


def test_a_renaming_keeps_the_old_name_and_its_days():
    place, day = neighbourhood(name="甲居委会", valid_from=date(2000, 1, 1)), date(2024, 3, 1)
    by = officer(place.street)
    actions.rename(place, "乙居委会", day, by=by, now=NOW, key="k")
    actions.rename(place, "乙居委会", day, by=by, now=NOW, key="k")
    assert Neighbourhood.objects.get().name == "乙居委会"
    old = place.former_names.get()
    assert (old.name, old.valid_from, old.valid_to) == ("甲居委会", date(2000, 1, 1), day)
    assert history.names_on(place.street, date(2024, 2, 29)) == [(place, "甲居委会")]
    assert history.names_on(place.street, day) == [(place, "乙居委会")]
    assert history.names_on(place.street, date(1999, 12, 31)) == []
    assert bytes(Entry.objects.get().body).decode().count("居委会") == 0


@pytest.mark.parametrize(
    ("name", "day", "says"),
    [
        ("甲居委会", date(2024, 3, 1), "与现在的名称相同"),
        ("乙居委会", date(2024, 4, 11), "不能晚于今天"),
        ("乙居委会", date(1999, 1, 1), "不能早于这一天"),
        ("丙居委会", date(2024, 3, 1), "已有叫这个名称"),
    ],
)
def test_a_renaming_that_cannot_be_is_refused(name, day, says):
    place = neighbourhood(name="甲居委会", valid_from=date(2000, 1, 1))
    neighbourhood(place.street, name="丙居委会")
    with pytest.raises(Refused, match=says):
        actions.rename(place, name, day, by=officer(place.street), now=NOW)
    assert not place.former_names.exists()


def test_who_keeps_which_place():
    town = district()
    here, there = street(district=town), street("塘桥街道", district=town)
    place = neighbourhood(here)
    admin, staff, committee = district_admin(town), officer(here), worker(place)
    people = (admin, staff, committee, officer(there), resident(place))

    def may(rule, thing):
        return [bool(rule(who, thing, now=NOW)) for who in people]

    assert may(rules.can_keep, town) == [True, False, False, False, False]
    assert may(rules.can_keep, here) == [True, True, False, False, False]
    assert may(rules.can_keep, place) == [False, True, True, False, False]
    assert may(rules.can_rename, place) == [True, True, False, False, False]
    assert may(rules.can_rename, here) == [True, False, False, False, False]
    assert may(rules.can_found, here) == [True, True, False, False, False]


def test_a_merger_ends_one_place_and_gives_its_estates_to_the_other():
    gone = neighbourhood(name="甲居委会")
    into = neighbourhood(gone.street, name="乙居委会")
    by, day = officer(gone.street), date(2024, 4, 1)
    estate = actions.add_estate(gone, "花园", by=by, now=NOW)
    actions.merge(gone, into, day, by=by, now=NOW)
    estate.refresh_from_db()
    assert estate.neighbourhood == into
    assert [n.name for n in gone.street.neighbourhoods.on(date(2024, 3, 31)).order_by("code")] == [
        "甲居委会",
        "乙居委会",
    ]
    assert [n.name for n in gone.street.neighbourhoods.on(day)] == ["乙居委会"]
    with pytest.raises(Refused, match="撤销"):
        actions.merge(gone, into, day, by=by, now=NOW)
    with pytest.raises(Refused, match="撤销"):
        actions.rename(gone, "丙居委会", day, by=by, now=NOW)


def test_a_merger_with_itself_or_with_an_estate_of_the_same_name_is_refused():
    place = neighbourhood(name="甲居委会")
    into, by = neighbourhood(place.street, name="乙居委会"), officer(place.street)
    with pytest.raises(Refused, match="同一街道的另一个"):
        actions.merge(place, place, NOW.date(), by=by, now=NOW)
    for one in (place, into):
        actions.add_estate(one, "花园", by=by, now=NOW)
    with pytest.raises(Refused, match="都有小区“花园”"):
        actions.merge(place, into, NOW.date(), by=by, now=NOW)


def test_an_estate_is_added_once_and_moves():
    place = neighbourhood()
    other, by = neighbourhood(place.street, name="乙居委会"), officer(place.street)
    estate = actions.add_estate(place, "花园", by=by, now=NOW)
    with pytest.raises(Refused, match="已有这个小区"):
        actions.add_estate(place, "花园", by=by, now=NOW)
    actions.edit_estate(estate, "大花园", other, by=by, now=NOW)
    assert list(Estate.objects.values_list("name", "neighbourhood")) == [("大花园", other.pk)]


def test_homes_are_added_once():
    place = neighbourhood()
    by = worker(place)
    assert planned(place, *ROWS).counts() == {"added": 3, "updated": 0, "unchanged": 0}
    actions.import_homes(place, rows(*ROWS), by=by, now=NOW)
    assert [str(h) for h in Home.objects.order_by("pk")] == ["101室", "102室", "301"]
    assert (Estate.objects.count(), Building.objects.count()) == (1, 2)
    assert planned(place, *ROWS).counts() == {"added": 0, "updated": 0, "unchanged": 3}
    actions.import_homes(place, rows(*ROWS), by=by, now=NOW)
    assert (Home.objects.count(), Entry.objects.filter(deed="homes.import").count()) == (3, 1)


def test_a_name_of_no_or_several_neighbourhoods_is_a_fault_with_its_cell():
    here = street()
    for name in ("泉东第一居委会", "泉东第二居委会", "源竹居委会", "源竹社区"):
        neighbourhood(here, name=name)
    plan = planned(here, *(["泉东", "a", "1", "", "1"], ["源竹", "a", "1", "", "1"]))
    assert [(f.cell, f.sentence) for f in plan.faults] == [
        ("A2", "没有这个居民区，是不是：泉东第一居委会、泉东第二居委会"),
        ("A3", "可能是：源竹居委会、源竹社区；请写全名"),
    ]
    with pytest.raises(Refused, match="是不是"):
        actions.import_homes(here, rows(["泉东", "a", "1", "", "1"]), by=officer(here), now=NOW)
    assert not Home.objects.exists()


def test_a_worker_cannot_bring_in_homes_of_another_neighbourhood():
    place = neighbourhood()
    neighbourhood(place.street, name="乙居委会")
    by = worker(place)
    assert planned(place, ["乙居委会", "a", "1", "", "1"]).faults[0].cell == "A2"
    with pytest.raises(Refused, match="只有"):
        actions.import_homes(place.street, rows(*ROWS), by=by, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_every_home_once():
    place = neighbourhood()
    by, said = worker(place), rows(*ROWS)
    start, failed = threading.Barrier(2), []

    def bring():
        try:
            start.wait()
            actions.import_homes(place, said, by=by, now=NOW)
        except Exception as error:  # shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failed == []
    assert (Estate.objects.count(), Building.objects.count(), Home.objects.count()) == (1, 2, 3)


# --- pages ---


@pytest.mark.parametrize("many", [1, 3])
def test_the_pages_of_a_street_cost_the_same_for_one_and_three(
    client, django_assert_num_queries, many
):
    here = street()
    for n in range(many):
        place = neighbourhood(here, name=f"{n}号居委会")
        place.estates.create(name="花园")
        place.former_names.create(name=f"旧{n}", valid_to=date(2020, 1, 1))
    pages = {
        "places:home": ([], 2),
        "places:district": ([here.district_id], 4),
        "places:street": ([here.pk], 4),
        "places:neighbourhood": ([place.pk], 4),
    }
    for name, (args, queries) in pages.items():
        with django_assert_num_queries(queries):
            assert client.get(reverse(name, args=args)).status_code == 200
    with django_assert_num_queries(7):
        page = client.get(reverse("places:search"), {"q": "旧"}).content.decode()
    assert page.count("曾用名旧") == many


@pytest.mark.parametrize("day", ["", "2024-02-30", "x", "0001-01-01", "9" * 50, "\x00"])
def test_a_street_answers_any_day(client, day):
    page = client.get(reverse("places:street", args=[neighbourhood().street_id]), {"day": day})
    assert page.status_code == 200


@pytest.mark.parametrize("words", ["", "\x00", "%", "x" * 5000, "'"])
def test_a_search_answers_anything(client, words):
    assert client.get(reverse("places:search"), {"q": words}).status_code == 200


def test_an_officer_renames_on_the_page_and_reads_what_is_wrong(client):
    place = neighbourhood(name="甲居委会")
    client.force_login(officer(place.street), "django.contrib.auth.backends.ModelBackend")
    where = reverse("places:rename_neighbourhood", args=[place.pk])
    page = client.post(where, {"name": "甲居委会", "day": "2024-03-01", "key": "a"})
    assert (page.status_code, "与现在的名称相同" in page.content.decode()) == (200, True)
    page = client.post(where, {"name": "乙居委会", "day": "2024-03-01", "key": "b"}, follow=True)
    assert "曾用名" in page.content.decode()
    code = place.street.code + "9"
    page = client.post(
        reverse("places:found", args=[place.street_id]),
        {"name": "新居委会", "code": "12", "day": "2024-03-01"},
    )
    assert "请填12位数字" in page.content.decode(), code


def test_pages_of_staff_are_closed_to_residents(client):
    place = neighbourhood()
    estate = place.estates.create(name="花园")
    client.force_login(resident(place), "django.contrib.auth.backends.ModelBackend")
    for name, pk in [
        ("rename_street", place.street_id),
        ("found", place.street_id),
        ("street_homes", place.street_id),
        ("rename_neighbourhood", place.pk),
        ("add_estate", place.pk),
        ("neighbourhood_homes", place.pk),
        ("estate", estate.pk),
        ("edit_estate", estate.pk),
        ("rename_district", place.street.district_id),
    ]:
        assert client.get(reverse(f"places:{name}", args=[pk])).status_code == 403, name


def csv_of(*said):
    file = io.BytesIO("\n".join(",".join(map(str, row)) for row in [HEADS, *said]).encode())
    file.name = "homes.csv"
    return file


def test_a_list_is_checked_shown_and_confirmed_once(client, settings, tmp_path):
    settings.HOME = tmp_path
    place = neighbourhood()
    client.force_login(worker(place), "django.contrib.auth.backends.ModelBackend")
    where = reverse("places:neighbourhood_homes", args=[place.pk])
    assert client.get(where, {"blank": 1})["Content-Disposition"].endswith('"homes.xlsx"')
    page = client.post(where, {"file": csv_of(*ROWS)})
    assert (page.context["figures"][0][1], Home.objects.count()) == ("3", 0)
    token = page.context["token"]
    done = client.post(where, {"token": token, "key": "k"}, follow=True)
    assert "已导入：3 新增, 0 更新, 0 未变" in done.content.decode()
    assert Home.objects.count() == 3
    again = client.post(where, {"token": token, "key": "k"}, follow=True)
    assert "这份名单已导入过" in again.content.decode()
    page = client.post(where, {"file": csv_of(*ROWS)})
    assert [figure for _words, figure in page.context["figures"]] == ["0", "0", "3"]
    assert "没有要改变的" in page.content.decode()


def test_faults_are_listed_and_downloaded_and_nothing_is_written(client, settings, tmp_path):
    settings.HOME = tmp_path
    place = neighbourhood()
    client.force_login(worker(place), "django.contrib.auth.backends.ModelBackend")
    where = reverse("places:neighbourhood_homes", args=[place.pk])
    rows = (["丙村", *ROWS[0][1:]], ["潍坊二村", "", "1号", "", "9"], ROWS[0])
    page = client.post(where, {"file": csv_of(*rows)})
    assert [(f.cell, f.sentence) for f in page.context["faults"]] == [
        ("A2", "这份名单只收潍坊二村居民区的"),
        ("B3", "不能空着，请填写"),
    ]
    report = client.get(where, {"faults": page.context["token"]})
    assert report["Content-Disposition"] == 'attachment; filename="homes-faults.xlsx"'
    client.post(where, {"token": page.context["token"], "key": "k"})
    assert not Home.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "1-" + "0" * 32, "\x00"])
def test_a_token_of_nobody_is_answered(client, token):
    place = neighbourhood()
    client.force_login(worker(place), "django.contrib.auth.backends.ModelBackend")
    where = reverse("places:neighbourhood_homes", args=[place.pk])
    assert client.post(where, {"token": token}).status_code == 302
    assert client.get(where, {"faults": token}).status_code in (200, 302)
    assert client.post(where).status_code == 200
