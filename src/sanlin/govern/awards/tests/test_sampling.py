"""The margin of a sample follows from the round's own rule, marks and channels included."""

from fractions import Fraction

import pytest

from sanlin.govern.awards import actions
from sanlin.govern.awards.queries import counting, margin_of
from sanlin.govern.awards.tests.test_channels import again
from sanlin.govern.ballots import queries as ballots
from sanlin.govern.ballots.models import Sample
from sanlin.govern.ballots.queries import until_apart
from sanlin.govern.ballots.tests.test_sampling import DICE, counted_paper
from sanlin.ground import clock
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.allocation.margin import margin

pytestmark = pytest.mark.django_db
TWO_FIT = {"asked": 30_000_00, "tiers__shifan__money": 60_000_00}


@pytest.fixture
def marked(monkeypatch):
    """The marks of a panel, by place on the ballot; 60 % of what counts."""

    def given(vote, *scores):
        told = {p.pk: Fraction(n) for p, n in zip(vote.proposals, scores, strict=True)}
        monkeypatch.setattr(counting, "marks", lambda _round: told)

    return given


def test_marks_make_the_margin_of_votes_wider_or_narrower(marked):
    # 36 sheets: 20, 10 and 6 votes; the last in leads the first out by four votes, each of which is worth 40/36 marks.
    vote = counted_paper([[0]] * 20 + [[1]] * 10 + [[2]] * 6, **TWO_FIT)
    for scores, votes in (
        ((80, 80, 80), 4),
        ((80, 90, 80), 10),
        ((80, 80, 84), 2),
        ((70, 80, 90), 2),
    ):
        marked(vote, *scores)
        found = margin_of(vote.fresh())
        assert (found.votes, found.known, found.never) == (votes, True, False)


def test_where_ways_of_voting_are_weighed_apart_they_stay_apart(monkeypatch):
    made, _keys = again((0, 5, 15), award__onsite=400)
    round = made.round
    case = from_bytes(bytes(made.inputs))
    monkeypatch.setattr(ballots, "sheets_and_weight", lambda _round: (20, 1))
    # Ten online, twenty on paper; with nine sheets they would not be told apart any more.
    assert until_apart(round) == 11
    assert (margin(case, 40), margin_of(round).votes) == (17, 11)


def test_where_opinions_are_asked_every_sheet_is_looked_at():
    vote = counted_paper([[0, 1]] * 4, vote__kind="stance")
    assert (margin_of(vote.fresh()).votes, margin_of(vote.fresh()).known) == (1, False)


def test_whole_ballots_have_no_margin():
    vote = counted_paper([[0]] * 4, award__method="equal_shares", award__utility="cost")
    assert (margin_of(vote.fresh()).votes, margin_of(vote.fresh()).known) == (1, False)


def test_the_officer_states_no_larger_margin_than_what_changes_the_round(
    client, monkeypatch, marked
):
    vote = counted_paper([[0]] * 20 + [[1]] * 10 + [[2]] * 6, **TWO_FIT)
    marked(vote, 80, 80, 80)
    monkeypatch.setattr(clock, "now", lambda: vote.after)
    client.force_login(vote.officer)
    door = f"/rounds/{vote.round.pk}/sample/draw/"
    assert f'href="{door}"' in client.get(f"/rounds/{vote.round.pk}/decision/").content.decode()
    page = client.get(door).content.decode()
    assert "录入至少错4票，才可能改变谁入选" in page
    said = client.post(door, {"digits": DICE, "margin": 5, "limit": 50, "key": "1"})
    assert "票差至多4票" in said.content.decode()
    assert DICE in said.content.decode()
    with pytest.raises(Refused, match="票差至多4票"):
        actions.draw_sample(vote.fresh(), DICE, 5, 50, by=vote.officer, now=vote.after)
    said = client.post(door, {"digits": "12a", "margin": 4, "limit": 50, "key": "1"})
    assert "请填6到40个数字" in said.content.decode()
    assert not Sample.objects.exists()
    assert (
        client.post(door, {"digits": DICE, "margin": 4, "limit": 50, "key": "2"}).status_code == 302
    )
    sample = Sample.objects.get()
    assert (sample.margin, sample.digits) == (4, DICE)
    assert client.get(door).status_code == 403
    told = client.get(f"/rounds/{vote.round.pk}/sample/").content.decode()
    assert sample.digits in told


def test_too_little_paper_to_change_anything_needs_no_draw(client, monkeypatch, marked):
    vote = counted_paper([[0]] * 2, **TWO_FIT)
    marked(vote, 90, 90, 50)  # the third lies below the least mark
    monkeypatch.setattr(clock, "now", lambda: vote.after)
    client.force_login(vote.officer)
    found = margin_of(vote.fresh())
    assert (found.votes, found.never) == (5, True)
    page = client.get(f"/rounds/{vote.round.pk}/sample/draw/").content.decode()
    assert "即使全部录错，也改变不了谁入选" in page
    assert "不必抽票" in page
