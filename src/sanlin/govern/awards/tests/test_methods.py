"""A round whose pack names a method of ballots is decided, kept, explained and counted again by it."""

import re

import pytest

from sanlin.commons.people.tests.scene import NOW, officer, street
from sanlin.govern.awards import actions
from sanlin.govern.awards.actions.entering import PACK
from sanlin.govern.awards.queries import explain, recount
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.rounds import actions as rounds
from sanlin.ground import lots
from sanlin.kernel.ballots import Merged

pytestmark = pytest.mark.django_db
CAP = 'project_cap = { unset = true, note = "x" }'
OWN = re.compile(
    r'^(method|utility|completion) = .*"取自选举文件".*\n|^utility = .*\n', re.MULTILINE
)


def voted(asked, boxes, **values):
    """A round at its decision by vote alone, its proposals asking for so many yuan, and what was
    cast: (places of the proposals, how often)."""
    on = street()
    first = officer(on)
    award = {
        name: values.pop(name) for name in ("method", "utility", "completion") if name in values
    }
    lines = "\n".join(
        f'{name} = {{ value = "{word}", source = "own" }}' for name, word in award.items()
    )
    text = OWN.sub("", PACK.read_text("utf-8")).replace("[award]\n", f"[award]\n{lines}\n")
    told = {"budget": 40_000_00, "vote.kind": "approve_k", "vote.k": 3, "award.min_votes": "none"}
    text = text.replace('project_cap = { value = "none", source = "own" }', CAP)
    told |= {"project_cap": "none"} | {
        name.replace("__", "."): value for name, value in values.items()
    }
    told.setdefault("award.overflow", "skip")
    round = rounds.enter(on, "2024年", NOW.date(), text, told, by=None, now=NOW)
    made = [proposal(round, asked=amount * 100) for amount in asked]
    merged = Merged(
        tuple(
            sorted(
                (tuple(sorted((made[place].pk, 1) for place in places)), times)
                for places, times in boxes
            )
        )
    )
    return ballots.enter(round, merged, 100, by=None, now=NOW), made, first


TOWN = ([20_000, 20_000, 20_000], [((0, 1), 60), ((2,), 40)])


def funded(decision):
    rows = decision.awards.filter(stage="standing").order_by("place")
    return [row.proposal_id for row in rows]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"method": "votes"}, [0, 1]),
        ({"method": "equal_shares", "utility": "cost", "completion": "none"}, [0]),
        ({"method": "equal_shares", "utility": "cost", "completion": "add1u"}, [0, 2]),
        ({"method": "phragmen"}, [0, 2]),
        ({"method": "welfare", "utility": "cardinality"}, [0, 1]),
    ],
)
def test_the_method_of_the_pack_decides(values, expected):
    round, made, first = voted(*TOWN, **values)
    decision = actions.decide(round, by=first, now=NOW)
    found = funded(decision)
    level = {made[0].pk: 0, made[1].pk: 0, made[2].pk: 2}
    assert sorted(level[key] for key in found) == sorted({0: 0, 1: 0, 2: 2}[n] for n in expected)
    assert list(recount(decision).funded) == found
    titles = {one.pk: one.title for one in made}
    said = [explain(award, round.rules, titles).text for award in decision.awards.all()]
    assert all(said)
    assert "未立项" not in said


@pytest.mark.parametrize(
    ("values", "among", "change"),
    [
        (
            {"method": "equal_shares", "utility": "cost", "completion": "none"},
            [2],
            "其他不变时，只要少申请¥4,000（申请¥16,000），或多得{votes}票，即可立项"
            "（已重算核实，未必是最小的变动）",
        ),
        ({"method": "phragmen"}, [0, 1], "即可立项（已重算核实，未必是最小的变动）"),
    ],
)
def test_a_decision_by_whole_ballots_says_what_would_have_funded_a_proposal(values, among, change):
    """40 of 100 have 16,000 yuan together; with 21 more it has most supporters and comes first, with
    20 more as many as the others, and the lot says who comes first."""
    round, made, first = voted(*TOWN, **values)
    decision = actions.decide(round, by=first, now=NOW)
    lost = decision.awards.exclude(stage="standing").get(proposal__in=[made[n] for n in among])
    said = explain(lost, round.rules, {one.pk: one.title for one in made})
    drawn = lots.draw(round.lot.seed, [one.pk for one in made])
    votes = 20 if drawn[0] == made[2].pk else 21
    assert said.change.endswith(change.format(votes=votes))
