"""Receipts that look like others are found across projects, rounds and years of a street."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.projects import actions, queries
from sanlin.govern.projects.models import Receipt, ReceiptPaper, Twin
from sanlin.govern.projects.tests.scene import (
    leader,
    picture,
    project,
    receipt,
    running_round,
    signed,
    slip,
)
from sanlin.ground import files
from sanlin.ground.verdict import Refused
from sanlin.kernel.budget import Line
from sanlin.kernel.likeness.tests import paper

pytestmark = pytest.mark.django_db
STRANGE = 42  # a receipt of another shop


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def photo(image):
    body = paper.jpeg(image)
    return files.picture(BytesIO(body), len(body))


def two():
    """Two running projects of one street."""
    round = running_round(10_000_00, 8_000_00)
    return [signed(one) for one in round.projects.order_by("number")]


def hand_in(one, made, *papers):
    return actions.hand_in(one, made, papers or [picture()], by=leader(one), now=NOW)


def signs(made):
    return sorted((twin.sign, twin.other_id) for twin in queries.twins_of(made))


def test_a_number_is_the_same_however_it_is_written():
    first, second = two()
    old = receipt(first, number="№ 0012-3456", code="0310 0190 0104")
    new = receipt(second, number="00123456", code="031001900104")
    assert signs(new) == [("number", old.pk)]
    assert signs(old) == [("number", new.pk)]
    other = receipt(second, number="00123456", code="031001900105")
    assert signs(other) == []


def test_receipts_without_a_number_are_not_each_others_twins():
    first, second = two()
    receipt(first, number="")
    assert signs(receipt(second, number="")) == []


@pytest.mark.parametrize(
    ("day", "likeness"),
    [(date(2024, 4, 9), 100), (date(2024, 3, 31), 64), (date(2024, 3, 29), None)],
)
def test_payee_and_sum_are_compared_by_day(day, likeness):
    first, second = two()
    receipt(first, 88_00, payee="王记 五金店")
    new = receipt(second, 88_00, payee="王记五金店", day=day)
    told = [twin.likeness for twin in queries.twins_of(new)]
    assert told == ([] if likeness is None else [likeness])


def test_a_second_shot_and_a_crop_of_a_paper_are_found():
    first, second = two()
    sheet = paper.receipt(3)
    old = hand_in(first, slip(), photo(paper.shot(sheet, 3)))
    again = hand_in(second, slip(), photo(paper.shot(sheet, 1003)))
    part = hand_in(second, slip(), photo(paper.cropped(paper.shot(sheet, 3), 2003)))
    strange = hand_in(second, slip(), photo(paper.shot(paper.receipt(STRANGE), 77)))
    assert ("photo", old.pk) in signs(again)
    assert ("photo", old.pk) in signs(part)
    assert signs(strange) == []


def test_the_same_file_is_refused_in_one_project_and_shown_in_another():
    first, second = two()
    kept = picture()
    old = hand_in(first, slip(), kept)
    with pytest.raises(Refused, match="已经用在本项目的另一张票据上"):
        hand_in(first, slip(), kept)
    with pytest.raises(Refused, match="选了两次"):
        hand_in(first, slip(), picture(), *[replace(kept, digest="d" * 64)] * 2)
    assert signs(hand_in(second, slip(), kept)) == [("file", old.pk)]


def test_the_file_of_a_refused_receipt_may_be_used_again():
    first, _second = two()
    kept = picture()
    old = hand_in(first, slip(), kept)
    actions.refuse_receipt(old, "不是本项目的支出", by=worker(first.place), now=NOW)
    assert hand_in(first, slip(), kept).papers.get().digest == kept.digest


def test_whoever_accepts_a_twin_says_why():
    first, second = two()
    old, new = receipt(first, number="A1"), receipt(second, number="A1")
    me = officer(first.round.street)
    with pytest.raises(Refused, match="写明不是重复的理由"):
        actions.accept(new, by=me, now=NOW)
    done = actions.accept(new, "两家店各自编号", by=me, now=NOW)
    assert (done.stage, done.judged) == ("accepted", "两家店各自编号")
    actions.refuse_receipt(old, "与另一张重复", by=me, now=NOW)
    assert queries.twins_of(new) == []


def test_twins_of_other_streets_are_not_looked_for():
    one, other = signed(project()), signed(project())
    receipt(one, number="SAME1")
    assert signs(receipt(other, number="SAME1")) == []


def test_what_was_missed_at_the_hand_in_is_found_at_the_approval():
    first, second = two()
    receipt(first, number="B1")
    new = receipt(second, number="B1")
    Twin.objects.all().delete()
    with pytest.raises(Refused, match="写明不是重复的理由"):
        actions.accept(new, by=officer(first.round.street), now=NOW)


def test_lines_and_papers_are_never_changed():
    from django.db import IntegrityError, transaction  # noqa: PLC0415

    one = signed(project())
    made = receipt(one)
    for rows in (made.lines.all(), made.papers.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(place=9)


def test_several_lines_against_several_heads():
    one = signed(project())
    lines = (
        Line("materials", "花盆", 15_00, 12),
        Line("materials", "营养土", 30_00, 4),
        Line("labour", "误餐", 20_00, 5),
    )
    made = hand_in(one, slip(lines=lines, face=500_00), picture(), picture())
    assert (made.amount, made.what) == (400_00, "花盆等3项")
    assert made.papers.count() == 2
    actions.accept(made, by=worker(one.place), now=NOW)
    from sanlin.govern.projects.rules import flows  # noqa: PLC0415

    assert flows(one).spent == {"materials": 300_00, "labour": 100_00}


def test_ten_thousand_receipts_are_searched_in_a_constant_number_of_queries(
    django_assert_num_queries,
):
    first, second = two()
    for n in range(3):
        receipt(first, 10_00 + n)
    new = hand_in(second, slip(), photo(paper.shot(paper.receipt(5), 5)))
    whole = Receipt.objects.prefetch_related("papers").get(pk=new.pk)
    with django_assert_num_queries(3):
        queries.alike(whole)
    assert ReceiptPaper.objects.exclude(looks=b"").count() == 1
