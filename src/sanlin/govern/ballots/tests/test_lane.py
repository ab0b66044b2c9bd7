"""The short way of a ballot and the long one: the same answer, the same rows, the same refusals."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, worker
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.models import Ballot, Trace, Voter
from sanlin.govern.ballots.tests.vote import close, opened
from sanlin.govern.ballots.views import lane
from sanlin.ground import clock, lots
from sanlin.ground.accounts.models import Assistance
from sanlin.ground.accounts.session import ACTING
from sanlin.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
LANE = "sanlin.govern.ballots.views.lane.short_way"
LONG = [name for name in settings.MIDDLEWARE if name != LANE]
OF_THE_LANGUAGE = {"Content-Language", "Vary"}  # a redirect has no words


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def went(monkeypatch):
    """What the short way answered, request by request; None is the long way."""
    answers, short = [], lane._cast
    monkeypatch.setattr(lane, "_cast", lambda *asked: answers.append(short(*asked)) or answers[-1])
    return answers


def sends(vote, who, *, client=None, picked=None, seed="", **more):
    """`who` confirms a ballot that she has looked at."""
    client = client or Client()
    if who is not None:
        client.force_login(who)
        ready = queries.Ready({picked or vote.proposals[0].pk: 1}, seed or lots.new_secret())
        more.setdefault("ready", queries.pack_ready(who, vote.round, ready))
    return client.post(reverse("ballots:review", args=[vote.round.pk]), more)


def headers(answer):
    """The headers of an answer; those that are lists are sets."""
    return {
        name: set(value.split("; ")) if name == "Content-Security-Policy" else value
        for name, value in answer.headers.items()
        if name not in OF_THE_LANGUAGE
    }


def cookies(answer):
    """Name and attributes of every cookie; what is signed differs."""
    return {
        name: {key: value for key, value in morsel.items() if key != "expires"}
        for name, morsel in answer.cookies.items()
        if name != settings.SESSION_COOKIE_NAME
    }


def rows(vote):
    return (
        [(ballot.channel, ballot.fate, len(ballot.box)) for ballot in Ballot.objects.all()],
        list(Voter.objects.order_by("pk").values_list("stage", "hand", "late")),
        list(Trace.objects.order_by("kind").values_list("kind", "casts", "helped")),
        [
            {**entry.told, "data": sorted(entry.told["data"])}
            for entry in Entry.objects.filter(log=f"round/{vote.round.pk}", deed__startswith="ball")
        ],
    )


@pytest.mark.parametrize("secure", [False, True])
def test_both_ways_give_one_answer_and_one_row(settings, went, secure):
    settings.HTTPS = secure
    vote = opened(voters=2)
    ours = sends(vote, vote.voters[0])
    first = rows(vote)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MIDDLEWARE", LONG)
        theirs = sends(vote, vote.voters[1])
    both = rows(vote)
    assert len(went) == 1
    assert went[0] is not None
    assert (ours.status_code, ours.url) == (theirs.status_code, theirs.url)
    assert ours.status_code == 302
    assert headers(ours) == headers(theirs)
    assert cookies(ours) == cookies(theirs)
    assert both[0] == first[0] * 2
    assert both[1] == [first[1][0]] * 2
    assert both[3] == first[3] * 2


def alert(answer):
    """What a page says, without its tokens."""
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def spoiled(vote, who, seed):
    actions.spoil(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW, seed=seed)


REFUSED = {
    "nobody": lambda vote: sends(vote, None, ready="x"),
    "not on the roll": lambda vote: sends(vote, vote.officer),
    "nothing readable": lambda vote: sends(vote, vote.voters[0], ready="x"),
    "not on the ballot": lambda vote: sends(vote, vote.voters[0], picked=10**6),
    "no token": lambda vote: sends(vote, vote.voters[0], client=Client(enforce_csrf_checks=True)),
    "another house": lambda vote: sends(
        vote, vote.voters[0], client=Client(headers={"host": "elsewhere.example"})
    ),
    "another round": lambda vote: Client().post("/rounds/999999/ballot/review/", {"ready": "x"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_is_refused_goes_the_long_way_and_leaves_nothing(settings, went, case):
    vote = opened(voters=1)
    ours = REFUSED[case](vote)
    assert went == [None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MIDDLEWARE", LONG)
        theirs = REFUSED[case](vote)
    assert ours.status_code == theirs.status_code
    assert ours.status_code >= 400 or "sign-in" in ours.url or "account" in ours.url
    assert alert(ours) == alert(theirs)
    assert not Ballot.objects.exists()


def test_a_closed_vote_a_spoiled_ballot_and_a_second_one_are_refused_in_words(went):
    vote = opened(voters=3, vote__revote=False)
    one, two, three = vote.voters
    seed = lots.new_secret()
    spoiled(vote, one, seed)
    answer = sends(vote, one, seed=seed)
    assert (answer.status_code, "已经抽检作废" in answer.content.decode()) == (422, True)
    assert sends(vote, two).status_code == 302
    answer = sends(vote, two)
    assert (answer.status_code, "投出后不能更改" in answer.content.decode()) == (422, True)
    close(vote)
    answer = sends(vote, three)
    assert (answer.status_code, "已经截止" in answer.content.decode()) == (422, True)
    assert [bool(way) for way in went] == [False, True, False, False]
    assert Ballot.objects.filter(fate="standing").count() == 1


def test_a_deadline_that_was_put_off_is_seen_at_once(went, monkeypatch):
    vote = opened(voters=2)
    assert sends(vote, vote.voters[0]).status_code == 302
    window = vote.fresh().window("vote")
    late = window.closes + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert sends(vote, vote.voters[1]).status_code == 422
    window.closes = late + timedelta(hours=1)
    window.save()
    assert sends(vote, vote.voters[1]).status_code == 302
    assert [bool(way) for way in went] == [True, False, True]


def test_a_helped_ballot_goes_the_long_way(went):
    vote = opened(voters=1)
    who, hand = vote.voters[0], worker(vote.places[0])
    client = Client()
    client.force_login(hand)
    help_ = Assistance.objects.create(person=who, hand=hand, reason="眼睛不便", started_at=NOW)
    session = client.session
    session[ACTING] = help_.pk
    session.save()
    ready = queries.Ready({vote.proposals[0].pk: 1}, lots.new_secret())
    sealed = queries.pack_ready(who, vote.round, ready)
    answer = client.post(reverse("ballots:review", args=[vote.round.pk]), {"ready": sealed})
    assert (answer.status_code, went) == (302, [None])
    assert Voter.objects.get(account=who).hand == hand


def test_what_a_ballot_asks_of_the_database(django_assert_num_queries):
    vote = opened(voters=2)
    sends(vote, vote.voters[0])  # what is frozen is read at the first
    client = Client()
    client.force_login(vote.voters[1])
    ready = queries.Ready({vote.proposals[0].pk: 1}, lots.new_secret())
    sealed = queries.pack_ready(vote.voters[1], vote.round, ready)
    # session, account, window with round and roll; line, mark, ballot, trace, log, line, log; and the
    # savepoint in which a test keeps its transaction, begun and ended.
    with django_assert_num_queries(12):
        client.post(reverse("ballots:review", args=[vote.round.pk]), {"ready": sealed})
