"""A counted round goes out as others read elections, comes back the same, and only where it may."""

import csv
import io

import pytest
from django.test import Client

from sanlin.commons.people.tests.scene import NOW, officer, resident
from sanlin.govern.awards import actions
from sanlin.govern.awards.queries import election_of, published
from sanlin.govern.ballots.queries import votes
from sanlin.kernel.ballots import read, recount, write

from .test_entering import entered
from .test_methods import TOWN, voted

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def decided(**values):
    """A round by vote whose notice hangs, and an officer of its street."""
    round, made, first = voted(*TOWN, **{"method": "votes", **values})
    decision = actions.decide(round, by=first, now=NOW)
    for who in (first, officer(round.street)):
        actions.sign(decision, by=who, now=NOW)
    decision.refresh_from_db()
    actions.publish(decision, consent=True, by=first, now=NOW)
    return round.__class__.objects.get(pk=round.pk), made, first


def window(who=None):
    it = Client()
    if who is not None:
        it.force_login(who, backend=BACKEND)
    return it


def test_a_round_comes_back_with_the_same_tally_and_the_same_outcome():
    round, made, _first = decided()
    text = write(election_of(published(round)))
    back = read(text)
    numbers = {one.pk: str(one.number) for one in made}
    told = {it.id: back.tally()[it.key] for it in back.projects}
    assert told == {numbers[key]: n for key, n in votes(round).items()}
    found = recount(back)
    assert (found.rule, found.code) == ("greedy", "agrees")
    assert {it.id for it in back.projects if it.selected} == {
        numbers[key]
        for key in published(round)
        .awards.filter(stage="standing")
        .values_list("proposal_id", flat=True)
    }
    assert (back.meta["currency"], back.meta["unit"]) == ("CNY", str(round.street))
    assert back.faults == ()


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"award__overflow": "stop"}, "greedy-no-skip"),
        ({"award__min_votes": 50}, "greedy-threshold"),
        ({"method": "equal_shares", "utility": "cost", "completion": "add1"}, "equalshares/add1"),
        ({"method": "phragmen"}, "unknown"),
        ({"project_cap": 30_000_00}, "unknown"),
    ],
)
def test_the_rule_is_named_where_the_format_can_say_it(values, rule):
    made = election_of(published(decided(**values)[0]))
    assert made.meta["rule"] == rule
    assert ("comment" in made.meta) is (rule == "unknown")


def test_an_imported_election_goes_out_as_it_came_in():
    round = entered()
    back = read(write(election_of(published(round))))
    assert [(it.cost, it.votes, it.selected) for it in back.projects] == [
        (700_00, 3, 1),
        (500_00, 1, 0),
        (300_00, 2, 1),
    ]
    assert recount(back).code == "agrees"
    assert (back.meta["country"], back.meta["currency"]) == ("Poland", "PLN")


def test_whole_ballots_are_taken_only_where_the_rules_open_them():
    round, _made, first = decided()
    pb, rows = f"/rounds/{round.pk}/election.pb", f"/rounds/{round.pk}/ballots.csv"
    assert window(first).get(pb).status_code == 200
    assert window(first).get(rows).status_code == 403
    for who in (resident(), officer()):
        assert window(who).get(pb).status_code == 403
    assert window().get(pb).status_code == 302
    assert window(first).post(pb).status_code == 405
    page = window().get(f"/rounds/{round.pk}/notice/").content.decode()
    assert "election.pb" not in page
    assert "ballots.csv" not in page


def test_open_ballots_are_everybodys():
    round, _made, _first = decided(method="equal_shares")
    answer = window().get(f"/rounds/{round.pk}/ballots.csv")
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [
        ["times", "proposals", "weights"],
        ["60", "1 2", "1 1"],
        ["40", "3", "1"],
    ]
    assert window().get(f"/rounds/{round.pk}/election.pb").status_code == 200
    page = window().get(f"/rounds/{round.pk}/notice/").content.decode()
    assert "election.pb" in page
    assert "ballots.csv" in page


def test_nothing_goes_out_before_the_notice():
    round, _made, first = voted(*TOWN, method="equal_shares")
    decision = actions.decide(round, by=first, now=NOW)
    for page in ("election.pb", "ballots.csv"):
        assert window(first).get(f"/rounds/{round.pk}/{page}").status_code == 403
    assert decision.stage == "drafted"
