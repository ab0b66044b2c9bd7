"""The pictures of a decision add up, and bear what happened after the count."""

import pytest

from sanlin.govern.awards.queries import pictures, published

from .test_entering import entered
from .test_exporting import decided, window

pytestmark = pytest.mark.django_db


def drawn(round):
    made = published(round)
    page = window().get(f"/rounds/{round.pk}/notice/")
    assert page.status_code == 200
    return pictures(made, page.context["rows"]), page.content.decode()


def test_where_the_money_of_a_round_went():
    round, _made, _first = decided()
    found, page = drawn(round)
    (whole,) = found.used
    assert (whole.figure, whole.length, [it.figure for it in whole.pieces]) == (
        "¥40,000",
        1000,
        ["¥20,000", "¥20,000"],
    )
    assert found.money == []  # all in one neighbourhood
    assert [(it.taken, it.left_length, it.cost_length, it.left) for it in found.path] == [
        (True, 1000, 500, "¥20,000"),
        (True, 500, 500, "¥0"),
        (False, 0, 500, "¥0"),
    ]
    assert found.untold == 0
    assert "钱去了哪里" in page


def test_a_method_of_ballots_is_drawn_too():
    round, _made, _first = decided(method="equal_shares", utility="cost", completion="none")
    found, _page = drawn(round)
    assert [it.length for it in found.used] == [500]
    assert [it.taken for it in found.path] == [True, False, False]


def test_an_imported_election_is_drawn_in_one_bar():
    found, _page = drawn(entered())
    assert [(it.label, it.figure) for it in found.used[0].pieces] == [
        ("Garden", "¥700"),
        ("Trees with a name that is much too long for the column of t…", "¥300"),
    ]
    assert found.money == []
