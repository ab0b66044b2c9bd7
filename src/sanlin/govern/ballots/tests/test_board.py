"""The auditor's board counts and accuses nobody; the knock list names nobody."""

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import (
    NOW,
    at,
    at_the_desk,
    auditor,
    home,
    officer,
    resident,
    worker,
)
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.actions import Seen
from sanlin.govern.ballots.models import Ballot, Trace, Voter
from sanlin.govern.ballots.tests.test_booth import confirm, page, press, text
from sanlin.govern.ballots.tests.vote import close, count, opened, voter
from sanlin.ground import clock
from sanlin.ground.pii import mark

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def storm(vote, n, seen, now=NOW, *, hand=None):
    """The first `n` voters who have not voted cast from one place."""
    waiting = Voter.objects.filter(roll__round=vote.round, stage="waiting").order_by("pk")[:n]
    for line in waiting:
        who = at_the_desk(line.account, hand) if hand else line.account
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=now, seen=seen)


def test_a_cluster_is_shown_to_the_auditor_and_nothing_is_voided(client):
    vote = opened(voters=12)
    helper = worker(vote.places[0])
    storm(vote, 3, Seen("10.0.0.1", "a"), at(10, 5))
    storm(vote, 3, Seen("10.0.0.1", "b"), at(10, 50), hand=helper)
    storm(vote, 4, Seen("10.0.0.1", "b"), at(11, 1))
    found = queries.clusters(vote.round)
    assert [(t.kind, t.hour, t.casts, t.helped) for t in found] == [("address", at(10), 6, 3)]
    watching = auditor(vote.round.street.district)
    client.force_login(watching)
    shown = text(client.get(page("watch", vote)))
    assert f"网络地址 {found[0].mark[:4]}" in shown
    assert "10.0.0.1" not in shown
    assert dict(queries.figures(vote.round))["代办投出的票"] == 3
    for who in (vote.officer, helper, vote.voters[0], officer()):
        client.force_login(who)
        assert client.get(page("watch", vote)).status_code == 403
    close(vote)
    assert Trace.objects.count() == 1
    count(vote)
    assert queries.votes(vote.fresh())[vote.proposals[0].pk] == 10


def test_traces_are_counters_of_keyed_hashes_and_name_no_voter_and_no_code(client):
    vote = opened(voters=1)
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    device = client.cookies[f"device-{vote.round.pk}"].value
    confirm(client, vote)
    roll = vote.round.roll.pk
    assert {(t.kind, t.mark, t.casts) for t in Trace.objects.all()} == {
        ("address", mark(f"{roll}:address:127.0.0.1"), 1),
        ("device", mark(f"{roll}:device:{device}"), 1),
    }
    assert {field.name for field in Trace._meta.get_fields()} == {
        *("id", "roll", "hour", "kind", "mark", "casts", "helped")
    }
    assert Ballot.objects.get().code not in str(list(Trace.objects.values()))


def test_nobody_takes_anothers_ballot_away_by_using_her_number(client):
    vote = opened(voters=1)
    who = vote.voters[0]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    client.force_login(worker(vote.places[0]))
    answer = client.post(
        page("add", vote), {"who": who.username, "reason": "说是本人来了", "key": "a"}
    )
    assert "名册上已经有了，不必补录" in text(answer)
    assert Voter.objects.get().stage == "cast"
    assert Ballot.objects.get().fate == "standing"


def test_the_knock_list_counts_buildings_and_names_nobody(client):
    vote = opened(voters=7)
    named = voter(vote.places[0], name="李秀英")
    actions.add(vote.fresh(), named, "漏录", by=vote.officer, now=NOW)
    storm(vote, 3, Seen())
    client.force_login(worker(vote.places[0]))
    shown = client.get(page("knock", vote))
    rows = list(queries.buildings(vote.fresh().roll))
    assert [(row.size, row.cast, queries.still_to_vote(row)) for row in rows] == [(8, 3, 5)]
    assert "李秀英" not in text(shown)
    client.force_login(resident(vote.places[0], home=home(vote.places[0])))
    assert client.get(page("knock", vote)).status_code == 403


def test_of_a_small_building_no_figure_is_told():
    vote = opened(voters=5)
    (row,) = queries.buildings(vote.fresh().roll)
    assert (row.size, queries.still_to_vote(row)) == (5, None)


@pytest.fixture
def bare_frame(settings):
    settings.MENU = settings.SIDE = settings.FOOT = "sanlin.govern.ballots.tests.vote.no_doors"


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_boards_do_not_grow(client, django_assert_num_queries, bare_frame, n):
    vote = opened(voters=6 * n, places=n)
    for number in range(n):
        storm(vote, 6, Seen(f"10.0.0.{number}", f"d{number}"))
    client.force_login(auditor(vote.round.street.district))
    with django_assert_num_queries(8):
        client.get(reverse("ballots:watch", args=[vote.round.pk]))
    with django_assert_num_queries(7):
        client.get(reverse("ballots:knock", args=[vote.round.pk]))
