import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.queries import timeline
from sanlin.govern.rounds.rules import lacking
from sanlin.govern.rounds.tests.scene import open_round

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", stages.ROUND.stages())
def test_a_round_is_made_at_any_stage(stage):
    round = open_round(stage)
    assert round.stage == stage
    window = round.window(stage)
    assert window is None or window.is_open(NOW)
    steps = timeline(round, now=NOW)
    assert [step["key"] for step in steps if step["state"] == "now"] == (
        [] if stage in {"draft", "closed"} else [stage]
    )


@pytest.mark.parametrize("pack", ["weifang", "caiyun", "chengdu", "wenhua"])
def test_a_round_is_made_by_any_pack(pack):
    assert lacking(open_round("draft", pack=pack), now=NOW) == []
    round = open_round("closed", pack=pack)
    assert round.rules.pack.id == pack
