"""The public pages of a log, and the checkpoint of the evening."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.jobs import keep_checkpoints
from sanlin.ground.journal.models import HOUSE, Checkpoint
from sanlin.ground.journal.queries import checkpoints
from sanlin.kernel.record import checkpoint, tree

Account = get_user_model()
EVENING = datetime(2024, 4, 10, 12, tzinfo=UTC)  # 20:00 in Shanghai


@deed("test.act")
def act(account, *, by, now):
    record(account, by=by, now=now)
    return account


@pytest.fixture
def li(db):
    return Account.objects.create_user("li", name="李秀英")


def evenings(li, *sizes):
    """The log of the house with a checkpoint at each of these sizes, one an evening."""
    lines = 0
    for day, size in enumerate(sizes):
        while lines < size:
            act(li, by=li, now=EVENING)
            lines += 1
        assert keep_checkpoints(now=EVENING + timedelta(days=day)) == 1


def test_the_clock_s_hand_keeps_one_an_evening_and_none_where_nothing_was_done(li):
    assert keep_checkpoints(now=EVENING) == 0
    act(li, by=li, now=EVENING)
    assert keep_checkpoints(now=EVENING + timedelta(minutes=3)) == 1
    act(li, by=li, now=EVENING)
    assert keep_checkpoints(now=EVENING + timedelta(minutes=8)) == 0  # kept this evening already
    assert keep_checkpoints(now=EVENING + timedelta(hours=23, minutes=59)) == 0
    assert keep_checkpoints(now=EVENING + timedelta(days=1)) == 1
    assert keep_checkpoints(now=EVENING + timedelta(days=2)) == 0  # nothing was done
    rows = Checkpoint.objects.values_list("size", "at", "why")
    assert list(rows) == [
        (1, EVENING + timedelta(minutes=3), ""),
        (2, EVENING + timedelta(days=1), ""),
    ]


def test_the_newest_is_three_lines_of_plain_text(li, client):
    evenings(li, 3, 7)
    answer = client.get("/log/house/latest.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.read(answer.content.decode()) == checkpoints(HOUSE)[1]


def test_all_of_them_stand_in_one_file_with_an_empty_line_between(li, client):
    evenings(li, 3, 7, 9)
    parts = client.get("/log/house/checkpoints.txt").content.decode().split("\n\n")
    assert [checkpoint.read(part.rstrip("\n") + "\n") for part in parts] == checkpoints(HOUSE)


@pytest.mark.parametrize(("old", "new"), [(3, 7), (3, 9), (7, 9), (9, 9)])
def test_a_proof_holds_and_is_all_that_a_check_needs(li, client, old, new):
    evenings(li, 3, 7, 9)
    first, last, hashes = (
        client.get(f"/log/house/proof/{old}-{new}.txt").content.decode().split("\n\n")
    )
    first, last = checkpoint.read(first + "\n"), checkpoint.read(last + "\n")
    proof = [base64.b64decode(line) for line in hashes.split()]
    assert (first.size, last.size) == (old, new)
    assert tree.continues(first.root, old, last.root, new, proof)


@pytest.mark.parametrize(
    "where",
    [
        "house/proof/7-3.txt",
        "house/proof/3-8.txt",
        "house/proof/99999999999999999999-7.txt",
        "house/poster/4/",
        "house-1/",
        "round/",
        "round-7/",
        "round-999999999999999999/latest.txt",
        "nothing/",
    ],
)
def test_what_there_is_not_is_not_found(li, client, where):
    evenings(li, 3, 7)
    assert client.get(f"/log/{where}").status_code == 404


def test_without_any_checkpoint_the_page_says_when_there_will_be_one(db, client):
    page = client.get("/log/house/").content.decode()
    assert "还没有校验点" in page
    assert client.get("/log/house/latest.txt").status_code == 404
    assert client.get("/log/house/checkpoints.txt").content == b""


@pytest.mark.parametrize("sizes", [(1,), (1, 2, 3)])
def test_the_page_costs_the_same_whatever_it_lists(li, client, sizes, django_assert_num_queries):
    evenings(li, *sizes)
    with django_assert_num_queries(1):
        page = client.get("/log/house/").content.decode()
    assert page.count("/log/house/poster/") == len(sizes) + 1
    assert page.count("/log/house/proof/") == len(sizes) - 1


def test_the_poster_bears_the_three_lines_for_eyes_and_for_phones(li, client):
    evenings(li, 3)
    (kept,) = checkpoints(HOUSE)
    page = client.get("/log/house/poster/3/").content.decode()
    assert (
        "".join(
            part.partition("</span>")[0] for part in page.split('prints">')[1].split("<span>")[1:17]
        )
        == kept.root.hex()
    )
    assert kept.origin in page
    assert "<figure" in page
