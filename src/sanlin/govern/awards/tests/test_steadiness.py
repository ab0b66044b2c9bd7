"""How far the weight of the marks may move, on the officers' page."""

import pytest

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Decision
from sanlin.govern.awards.queries import steadiness

from .scene import to_decide
from .test_programmes import decided

pytestmark = pytest.mark.django_db

WENHUA = {
    "kind": "owners",
    "budget": 50_000_00,
    "award__expert": 600,
    "award__public": 400,
    "award__min_score": None,
    "project_cap": 30_000_00,
    "vote__own_community_only": False,
}


def test_the_page_says_how_far_the_weight_may_move(client):
    # Marks 80, 75, 90; shares of the nine ballots 1/9, 8/9, 0; money for two. The first passes the
    # third where 80 w + 100/9 (1 − w) = 90 w, at w = 10/19; the second where 75 w + 800/9 (1 − w)
    # = 80 w + 100/9 (1 − w), at w = 140/149.
    decided("wenhua", [(20_000, "4/5", 1), (20_000, "3/4", 8), (20_000, "9/10", 0)], **WENHUA)
    decision = Decision.objects.get()
    titles = dict(decision.awards.values_list("proposal_id", "proposal__title"))
    first, second, third = (titles[key] for key in sorted(titles))
    found = steadiness(decision, titles)
    assert (found.low, found.width, found.at) == (526, 413, 600)
    assert found.sentence == (
        "评审权重在52.63%到93.96%之间（现为60%），立项的都是同样这些项目"
        f"；再低，“{first}”入选、“{third}”落选；再高，“{first}”入选、“{second}”落选。"
    )
    client.force_login(officer(decision.round.street))
    body = client.get(f"/rounds/{decision.round_id}/decision/").content.decode()
    assert found.sentence in body
    assert '<rect class="s-left" x="526" width="413" height="28"/>' in body
    for who in (client.get("/").wsgi_request.user, officer(decision.round.street)):
        actions.sign(decision, by=who, now=NOW)
        decision.refresh_from_db()
    actions.publish(decision, by=who, now=NOW)
    client.logout()
    public = client.get(f"/rounds/{decision.round_id}/notice/").content.decode()
    assert found.sentence in public
    assert '<rect class="s-left" x="526" width="413" height="28"/>' in public


def test_a_round_by_marks_alone_has_no_weight():
    case = to_decide(["1", "9/10"], 20_000)
    assert steadiness(case.decide(), {}) is None
