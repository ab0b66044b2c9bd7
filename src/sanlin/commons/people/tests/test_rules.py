from datetime import date

import pytest

from sanlin.commons.people.models import PostKind, Resident
from sanlin.commons.people.rules import (
    holds,
    is_staff,
    is_verified_resident,
    posts_of,
    works_for_neighbourhood,
    works_for_street,
)

from . import scene

pytestmark = pytest.mark.django_db


def test_a_worker_works_for_her_own_neighbourhood_only():
    here = scene.neighbourhood()
    there = scene.neighbourhood(here.street, "潍坊三村居民区")
    sun = scene.worker(here)
    assert works_for_neighbourhood(sun, here, now=scene.NOW)
    assert works_for_neighbourhood(sun, there, now=scene.NOW).reason == (
        "只有潍坊三村居民区的工作人员可以办理"
    )
    assert works_for_street(sun, here.street, now=scene.NOW).reason == (
        "只有潍坊新村街道的工作人员可以办理"
    )


def test_a_street_officer_works_for_every_neighbourhood_of_her_street():
    here, elsewhere = scene.neighbourhood(), scene.neighbourhood()
    zhou = scene.officer(here.street)
    assert works_for_neighbourhood(zhou, here, now=scene.NOW)
    assert not works_for_neighbourhood(zhou, elsewhere, now=scene.NOW)
    assert not works_for_street(zhou, elsewhere.street, now=scene.NOW)


def test_a_post_counts_from_its_first_day_and_not_on_the_day_it_ends():
    place = scene.neighbourhood()
    sun = scene.worker(place, since=date(2024, 4, 1), until=date(2024, 4, 10))
    answers = [
        bool(works_for_neighbourhood(sun, place, now=scene.at(9, day=day)))
        for day in (date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 9), date(2024, 4, 10))
    ]
    assert answers == [False, True, True, False]


def test_a_resident_at_the_desk_lends_no_post_to_the_hand():
    place = scene.neighbourhood()
    li = scene.resident(place)
    scene.post(PostKind.STREET_OFFICER, place.street, account=li)
    assert works_for_street(li, place.street, now=scene.NOW)
    acting = scene.at_the_desk(li, scene.worker(place))
    assert posts_of(acting, now=scene.NOW) == []
    assert not works_for_street(acting, place.street, now=scene.NOW)
    assert not is_staff(acting, place.street, now=scene.NOW)


def test_the_district_looks_at_each_of_its_streets_and_at_no_other():
    here = scene.street()
    shen, fang = scene.auditor(here.district), scene.district_admin(here.district)
    for who in (shen, fang):
        assert is_staff(who, here, now=scene.NOW)
        assert not is_staff(who, scene.street(), now=scene.NOW)
    assert holds(shen, PostKind.AUDITOR, street=here, now=scene.NOW)
    assert not holds(fang, PostKind.AUDITOR, street=here, now=scene.NOW)


def test_only_a_confirmed_resident_who_still_lives_here_counts():
    place = scene.neighbourhood()
    li, new = scene.resident(place), scene.resident(place, verified_on=None)
    gone = scene.resident(place, moved_out=date(2024, 4, 10))
    assert is_verified_resident(li, place, now=scene.NOW)
    assert is_verified_resident(new, place, now=scene.NOW).reason == (
        "您的居民身份还在等待居委核实，核实后即可办理"
    )
    nobody_here = "只有潍坊二村居民区的居民可以办理"
    assert is_verified_resident(gone, place, now=scene.NOW).reason == nobody_here
    assert is_verified_resident(scene.resident(), place, now=scene.NOW).reason == nobody_here
    assert is_verified_resident(scene.worker(place), place, now=scene.NOW).reason == nobody_here
    assert list(Resident.objects.verified().filter(neighbourhood=place)) == [li.resident]
    assert list(Resident.objects.waiting().filter(neighbourhood=place)) == [new.resident]


def test_at_the_desk_a_resident_is_still_a_resident():
    place = scene.neighbourhood()
    li = scene.resident(place)
    assert is_verified_resident(scene.at_the_desk(li, scene.worker(place)), place, now=scene.NOW)
