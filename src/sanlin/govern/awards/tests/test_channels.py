"""Ballots on paper and online as two publics: weighed by the rules, told, and told when they are not."""

from fractions import Fraction

import pytest

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Decision
from sanlin.govern.awards.queries import publics, steadiness
from sanlin.govern.ballots.models import Booth, Channel, Roll, Tally
from sanlin.govern.ballots.queries import on_paper
from sanlin.govern.rounds.models import Round
from sanlin.kernel.allocation import from_bytes

from .test_programmes import decided
from .test_steadiness import WENHUA

pytestmark = pytest.mark.django_db
GIVEN = [(20_000, "4/5", 2), (20_000, "3/4", 8), (20_000, "9/10", 0)]


def again(sheets, **values):
    """A round of ten ballots online, counted anew with so many sheets for each proposal on paper."""
    decided("wenhua", GIVEN, **(WENHUA | values))
    first = Decision.objects.get()
    keys = sorted(first.awards.values_list("proposal", flat=True))
    roll, by = Roll.objects.get(), officer(first.round.street)
    for key, n in zip(keys, sheets, strict=True):
        if n:
            Tally.objects.create(
                roll=roll, channel=Channel.PAPER, choices=f"[[{key},1]]", ballots=n
            )
    Booth.objects.create(
        round=first.round,
        number=1,
        name="票站",
        place="居委会",
        stage="signed",
        received=99,
        issued=sum(sheets) + 1,
        spoiled=1,
        in_box=sum(sheets),
    )
    Roll.objects.filter(pk=roll.pk).update(cast=10 + sum(sheets), size=99)
    actions.drop(first, "重算一次", by=by, now=NOW)
    return actions.decide(Round.objects.get(pk=first.round_id), by=by, now=NOW), keys


def test_each_public_has_its_own_share():
    made, keys = again((0, 5, 15), award__onsite=400)
    case = from_bytes(bytes(made.inputs))
    assert (case.onsite, case.ballots, case.ballots_onsite) == (400, 30, 20)
    assert [bid.onsite for bid in case.bids] == [0, 5, 15]
    assert [bid.votes for bid in case.bids] == [2, 13, 15]
    # Online 2/10, 8/10, 0; on paper 0, 5/20, 15/20; together 60 to 40 of the public's 40 %.
    public = [Fraction(3, 25), Fraction(29, 50), Fraction(3, 10)]
    marks = [80, 75, 90]
    expected = [Fraction(6, 10) * m + 40 * p for m, p in zip(marks, public, strict=True)]
    assert [standing for _key, standing in case.ranking().standings] == expected
    assert made.awards.get(proposal=keys[1]).stage == "standing"


def test_the_pages_say_how_and_how_far(client):
    made, keys = again((0, 5, 15), award__onsite=400)
    titles = {key: f"项目{n}" for n, key in enumerate(keys, 1)}
    assert publics(made) == ("公众部分：纸质票（20人）占40%，网上票（10人）占60%，各自折算后相加。")
    found = steadiness(made, titles, "onsite")
    assert found.at == 400
    assert found.sentence.startswith("纸质票权重")
    client.force_login(officer(made.round.street))
    body = client.get(f"/rounds/{made.round_id}/decision/").content.decode()
    for words in (publics(made), "左端：公众部分只看网上票；右端：只看纸质票。"):
        assert words in body


def test_a_handful_on_paper_is_counted_with_the_others():
    made, _keys = again((0, 4, 5), award__onsite=400)
    case = from_bytes(bytes(made.inputs))
    assert (case.onsite, case.ballots_onsite) == (None, 0)
    assert [bid.onsite for bid in case.bids] == [0, 0, 0]
    assert publics(made) == "网上票或纸质票不足10张，按办法两种票合并计算，不分别加权。"
    assert steadiness(made, {}, "onsite") is None


def test_without_the_rule_nothing_is_weighed():
    made, _keys = again((0, 5, 15))
    case = from_bytes(bytes(made.inputs))
    assert (case.onsite, [bid.onsite for bid in case.bids]) == (None, [0, 0, 0])
    assert publics(made) == ""
    assert on_paper(made.round)[1] == 20
