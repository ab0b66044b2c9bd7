"""Elections that were held elsewhere become finished rounds, and say how the city's result compares."""

import hashlib
import os
from pathlib import Path

import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Award, Official
from sanlin.govern.awards.queries import published, recount
from sanlin.govern.ballots.queries import turnout, votes
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots import read

pytestmark = pytest.mark.django_db

FILE = """META
key;value
description;A small vote
country;Poland
unit;Miasteczko
instance;2023
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;{rule}
date_end;12.06.2023
max_length;2
currency;PLN
PROJECTS
project_id;cost;name;votes;selected
a;700;Garden;3;{a}
b;500;Benches;1;{b}
c;300;Trees with a name that is much too long for the column of titles in this house;2;{c}
VOTES
voter_id;vote
1;a,b
2;a,c
3;a
4;c
"""


def entered(rule="greedy", a=1, b=0, c=1):
    text = FILE.format(rule=rule, a=a, b=b, c=c)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return actions.enter_election(read(text), "small.pb", digest, by=None, now=NOW)


def test_a_file_becomes_a_finished_round():
    round = entered()
    titles = {p.pk: p.title for p in round.proposals.all()}
    assert (round.stage, round.year, round.name) == ("closed", 2023, "Miasteczko 2023")
    assert turnout(round) == (4, 4)
    assert {titles[key]: n for key, n in votes(round).items()} == {
        "Garden": 3,
        "Benches": 1,
        "Trees with a name that is much too long for the column of t…": 2,
    }
    rows = Award.objects.order_by("place").values_list("proposal__title", "stage", "grant")
    assert [(title[:7], stage, grant) for title, stage, grant in rows] == [
        ("Garden", "standing", 700_00),
        ("Trees w", "standing", 300_00),
        ("Benches", "out", 0),
    ]
    assert list(recount(published(round)).funded) == [
        award.proposal_id for award in Award.objects.filter(stage="standing").order_by("place")
    ]


@pytest.mark.parametrize(
    ("given", "agreement"),
    [
        ({}, "agrees"),
        ({"a": 0, "b": 1}, "differs"),
        ({"rule": "equalshares", "c": 0}, "agrees"),
        ({"rule": "equalshares"}, "differs"),
        ({"rule": "equalshares/by-hand"}, "not_recomputed"),
        ({"rule": "greedy-no-skip", "c": 0}, "differs"),
        ({"rule": "greedy-threshold"}, "no_threshold"),
    ],
)
def test_what_the_city_did_is_compared_with_its_rule(given, agreement):
    entered(**given)
    assert Official.objects.get().agreement == agreement


def test_equal_shares_decide_where_the_file_declares_them():
    """250 for each of four voters: the garden takes 233 of three, and 267 are left for the trees."""
    round = entered(rule="equalshares", c=0)
    decision = published(round)
    award = round.rules.award
    assert (award.method, award.utility, award.completion) == ("equal_shares", "cost", "none")
    funded = recount(decision).funded
    assert [round.proposals.get(pk=key).title[:5] for key in funded] == ["Garde"]
    assert list(funded) == Official.objects.get().winners
    assert [row.votes for row in decision.awards.order_by("proposal")] == [3, 1, 2]


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("file", "completion", "funded"),
    [
        ("Netherlands_Assen_2024", "add1", 9),
        ("Poland_Swiecie_2023", "add1", 17),
        ("Poland_Wieliczka_2023_Green_Budget", "comparison", 30),
    ],
)
def test_every_official_result_of_equal_shares_is_the_result_of_its_round(file, completion, funded):
    body = (Path(os.environ["SANLIN_PABULIB"]) / f"{file}.pb").read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    round = actions.enter_election(read(body), f"{file}.pb", digest, by=None, now=NOW)
    official = Official.objects.get()
    assert round.rules.award.completion == completion
    assert official.agreement in {"agrees", "agrees_by_tie"}
    standing = Award.objects.filter(stage="standing").values_list("proposal", flat=True)
    assert sorted(standing) == sorted(official.winners)
    assert len(official.winners) == funded


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("budget;1000", "budget;0", "budget：应在"),
        ("budget;1000", "budget;999999999999999", "budget：应在"),
        ("max_length;2", "min_project_score_threshold;" + "9" * 400, ""),
        ("max_length;2", "min_project_score_threshold;2000000", "award.min_votes：应在"),
        ("a;700", "a;0", "项目“a”的金额为0"),
        ("date_end;12.06.2023", "date_end;12.06.0000", ""),
    ],
)
def test_what_no_round_can_hold_is_refused_with_a_sentence(old, new, says):
    body = FILE.format(rule="greedy", a=1, b=0, c=1).replace(old, new)
    if says:
        with pytest.raises(Refused, match=says):
            actions.enter_election(read(body), "odd.pb", "0" * 64, by=None, now=NOW)
    else:  # what cannot be a number or a day is as if it had not been said
        assert actions.enter_election(read(body), "odd.pb", "0" * 64, by=None, now=NOW).pk


def test_the_same_file_twice_is_one_round():
    assert entered() == entered()
    assert Round.objects.count() == 1


def test_another_file_of_the_same_place_is_another_round():
    assert [entered().name, entered(c=0).name] == ["Miasteczko 2023", "Miasteczko 2023 (2)"]


def test_the_page_says_what_it_is(client):
    round = entered()
    page = client.get(f"/rounds/{round.pk}/notice/").content.decode()
    assert "与官方结果完全一致" in page
    assert "金额单位是PLN，不是人民币" in page
    assert "Garden" in page


@pytest.mark.conformance
def test_a_whole_city_opens_with_as_few_questions_as_a_small_vote(
    client, django_assert_num_queries
):
    path = Path(os.environ["SANLIN_PABULIB"]) / "Poland_Lodz_2022.pb"
    body = path.read_bytes()
    large = actions.enter_election(
        read(body), path.name, hashlib.sha256(body).hexdigest(), by=None, now=NOW
    )
    assert turnout(large) == (90_494, 90_494)
    for round in (entered(), large):
        page = f"/rounds/{round.pk}/notice/"
        client.get(page)
        with django_assert_num_queries(7):
            assert client.get(page).status_code == 200
