"""What a trial shows, to whom, and that it can never become a decision."""

import re
from dataclasses import replace

import grimp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanlin.commons.people.tests import scene
from sanlin.front.whatif import rules
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Decision
from sanlin.govern.awards.tests.scene import to_decide
from sanlin.govern.awards.tests.test_channels import again as counted_with_paper
from sanlin.govern.awards.tests.test_premises import named
from sanlin.govern.awards.tests.test_programmes import decided
from sanlin.govern.awards.tests.test_steadiness import WENHUA
from sanlin.govern.rounds.tests.scene import draft, open_round
from sanlin.kernel.ballots import read

NOW = scene.NOW
BACKEND = "django.contrib.auth.backends.ModelBackend"
HEAD = """META
key;value
country;Poland
unit;Miasteczko
instance;2023
budget;1000
vote_type;approval
rule;greedy
date_end;12.06.2023
max_length;4
currency;PLN
PROJECTS
project_id;cost;name
"""
TOWN = """a;700;Garden
b;500;Benches
c;300;Trees
d;200;Lamps
VOTES
voter_id;vote
1;a,b
2;a,b
3;a
4;a,c
5;b,c
6;c,d
7;d
"""


def imported(text=TOWN):
    return actions.enter_election(read(HEAD + text), "t.pb", str(len(text)) * 8, by=None, now=NOW)


def window(who):
    it = Client()
    it.force_login(who, backend=BACKEND)
    return it


def words(answer):
    assert answer.status_code == 200, answer
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def officer(db):
    return scene.officer()


def test_the_cap_and_the_method_change_the_set(officer):
    round = imported()
    page = f"/whatif/rounds/{round.pk}/"
    it = window(officer)
    said = words(it.get(page))
    # Garden (4 votes, 700) and Trees (3, 300): Benches (3, 500) lost.
    assert "结果不变" in said
    assert "至少一项所选获立项的选民 6 6 —" in said
    said = words(it.get(page, {"project_cap": "600"}))
    # Trees before Benches (cheaper), then Lamps.
    assert "新增2项，退出1项" in said
    assert "申请¥700，超过单项上限¥600，多¥100" in said
    said = words(it.get(page, {"project_cap": "600", "budget": "30"}))
    assert "至少一项所选获立项的选民 6 3 -3" in said


def test_money_of_a_trial_adds_up(officer):
    round = imported()
    found = window(officer).get(f"/whatif/rounds/{round.pk}/?project_cap=600").context["found"]
    told = {it.words: (it.before, it.after, it.change) for it in found.measures}
    assert told["立项数"] == ("2", "3", "+1")
    assert told["立项金额"] == ("¥1,000", "¥1,000", "—")
    assert told["至少一项所选获立项的选民"] == ("6", "6", "—")
    assert told["排除率：所选无一立项"] == ("14.3%", "14.3%", "—")
    assert [(row.title, row.change, row.before, row.after) for row in found.rows] == [
        ("Benches", "enters", 0, 500_00),
        ("Lamps", "enters", 0, 200_00),
        ("Garden", "leaves", 700_00, 0),
        ("Trees", "stays", 300_00, 300_00),
    ]
    assert (found.by_place, found.by_tier) == ([], [])
    assert [(it.place, it.label, it.taken, it.left) for it in found.path] == [
        (1, "Trees", True, "¥700"),
        (2, "Benches", True, "¥200"),
        (3, "Lamps", True, "¥0"),
    ]


def test_methods_are_put_beside_each_other(officer):
    page = f"/whatif/rounds/{imported().pk}/"
    it = window(officer)
    lazy = it.get(page, {"project_cap": "600"}).content.decode()
    assert "part=methods" in lazy
    assert "methods=1" in lazy
    assert "overlap" not in lazy
    for asked in ({"part": "methods"}, {"methods": "1"}):
        found = it.get(page, {"project_cap": "600", **asked}).context["methods"]
        assert found.labels[:3] == ("实际", "推演", "按得票")
        assert found.labels[3:] == (
            "等额分配（每张选票一份钱）",
            "等额分配、允许有限超支",
            "均衡负担（Phragmén）",
            "总满意度最大",
        )
        assert found.values[0][1] == 250  # Trees, of Garden, Trees, Benches and Lamps
        assert found.values[1][2] == 1000
        assert [found.values[at][at] for at in range(7)] == [1000] * 7


@pytest.mark.parametrize(
    ("asked", "funded"),
    [
        ({"method": "equal_shares", "completion": "none"}, {"Trees"}),
        ({"method": "equal_shares", "completion": "add1u"}, {"Benches", "Trees", "Lamps"}),
        ({"method": "phragmen"}, {"Trees", "Lamps", "Benches"}),
        ({"method": "welfare", "utility": "cardinality"}, {"Trees", "Lamps", "Benches"}),
        ({"method": "welfare", "utility": "cost"}, {"Garden", "Trees"}),
    ],
)
def test_every_method_can_be_tried(officer, asked, funded):
    answer = window(officer).get(f"/whatif/rounds/{imported().pk}/", asked)
    found = answer.context["found"]
    assert {row.title for row in found.rows if row.after} == funded
    assert all(row.why != "未立项" for row in found.rows)


def test_weights_and_tiers_of_a_round_by_score(db):
    case = to_decide(["1", "9/10", "4/5"], 20_000, tiers__shifan__money=50_000_00)
    page = f"/whatif/rounds/{case.round.pk}/"
    it = window(case.first)
    said = words(it.get(page))
    assert "本轮还没有决定，先同冻结的办法比较" in said
    assert not Decision.objects.exists()
    case.decide()
    found = it.get(page, {"shifan_money": "70000"}).context["found"]
    assert (found.enters, found.leaves, found.stays) == (1, 0, 2)
    assert [row[1:3] for row in found.by_place] == [(40_000_00, 60_000_00)]
    assert found.by_tier == [("示范类", 40_000_00, 60_000_00, "¥40,000", "¥60,000")]
    found = it.get(page, {"shifan_places": "1"}).context["found"]
    assert (found.enters, found.leaves, found.stays) == (0, 1, 1)
    assert found.rows[0].why.startswith("列示范类第2位，示范类的1个名额已满")


def test_what_was_typed_wrongly_is_told_and_stays(officer):
    round = imported()
    answer = window(officer).get(f"/whatif/rounds/{round.pk}/?project_cap=viel&budget=900")
    said = words(answer)
    assert "请写成金额" in said
    assert "300" in said
    assert 'value="viel"' in answer.content.decode()


def test_htmx_gets_the_outcome_alone(officer):
    round = imported()
    answer = window(officer).get(
        f"/whatif/rounds/{round.pk}/?budget=50", headers={"hx-request": "true"}
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="budget-said" for="id_budget" hx-swap-oob="true">¥500<' in text


# --- it decides nothing -------------------------------------------------------------------------


def test_nobody_can_try_a_round_that_still_votes(db):
    street = scene.street()
    officer = scene.officer(street)
    for stage in ("call", "review", "vote"):
        round = open_round(stage, by=officer, on=street)
        assert "本轮不能推演" in rules.can_try(officer, round, now=NOW).reason
        assert window(officer).get(f"/whatif/rounds/{round.pk}/").status_code == 403


def test_only_officers_auditors_and_administrators_try_and_only_near_or_imported(db):
    case = to_decide(["1"], 20_000)
    stranger, resident = scene.officer(), scene.resident()
    round = imported()
    own, far = f"/whatif/rounds/{case.round.pk}/", f"/whatif/rounds/{round.pk}/"
    assert window(case.first).get(own).status_code == 200
    assert window(stranger).get(own).status_code == 403
    assert window(stranger).get(far).status_code == 200
    for page in (own, far, "/whatif/"):
        assert window(resident).get(page).status_code == 403
        assert Client().get(page).status_code == 302


def test_a_trial_has_no_verb_and_no_button_that_acts(officer):
    round = imported()
    it = window(officer)
    for page in ("/whatif/", f"/whatif/rounds/{round.pk}/"):
        for verb in (it.post, it.put, it.patch, it.delete):
            assert verb(page).status_code == 405
        text = it.get(page).content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        assert 'method="post"' not in main
        assert "hx-post" not in main
        assert "csrf" not in main


def test_a_trial_writes_nothing(officer):
    round = imported()
    it = window(officer)
    it.get("/whatif/")
    before = Decision.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as met:
        it.get(f"/whatif/rounds/{round.pk}/?method=votes&project_cap=600")
    assert {query["sql"].split()[0] for query in met} == {"SELECT"}
    assert Decision.objects.count() == before


def test_no_room_of_it_knows_a_verb():
    house = grimp.build_graph("sanlin", cache_dir=None)
    for module in house.find_descendants("sanlin.front.whatif"):
        if ".tests" in module:
            continue
        for other in house.find_modules_directly_imported_by(module):
            assert ".actions" not in other, (module, other)


def test_every_outcome_bears_its_mark(officer):
    round = imported()
    it = window(officer)
    for headers in ({}, {"hx-request": "true"}):
        text = it.get(f"/whatif/rounds/{round.pk}/", headers=headers).content.decode()
        assert '<svg class="watermark"' in text
        assert "推演 · 不是决定" in text


# --- how much it asks ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_a_trial_reads_as_often_for_three_as_for_one(officer, rows):
    lines = ["a;700;Garden", "b;200;Benches", "c;100;Trees"][:rows]
    votes = ["VOTES", "voter_id;vote", *(f"{n};{line[0]}" for n, line in enumerate(lines))]
    round = imported("\n".join([*lines, *votes, ""]))
    it = window(officer)
    it.get("/whatif/")
    with CaptureQueriesContext(connection) as met:
        it.get(f"/whatif/rounds/{round.pk}/?budget=90")
    assert len(met) == 9, "\n".join(query["sql"][:200] for query in met)


def test_a_round_that_is_not_decided_yet_is_read_in_twelve(db):
    case = to_decide(["1", "9/10", "4/5"], 20_000)
    it = window(case.first)
    it.get("/whatif/")
    with CaptureQueriesContext(connection) as met:
        it.get(f"/whatif/rounds/{case.round.pk}/")
    assert len(met) <= 12, "\n".join(query["sql"][:200] for query in met)


def test_a_draft_lends_its_rules_to_a_past_round(db):
    """The draft's method and caps are laid upon the past round; the money of the round stays."""
    case = to_decide(["1", "9/10", "4/5"], 20_000, tiers__shifan__money=50_000_00)
    lent = draft(on=case.round.street, tiers__shifan__money=70_000_00, budget=1_00)
    it, page = window(case.first), f"/whatif/rounds/{case.round.pk}/"
    assert lent.name in words(it.get(page))
    there = it.get(page, {"of": lent.pk})
    assert there.status_code == 302
    found = it.get(there.url).context["form"]
    assert found["shifan_money"].value() == "70000"
    assert found["budget"].value() == "100"


def test_rules_of_another_street_are_not_lent(officer):
    past = imported()
    far = draft(on=scene.street("远处街道"))
    shown = window(officer).get(f"/whatif/rounds/{past.pk}/", {"of": far.pk})
    assert shown.status_code == 200
    assert "套用另一轮的办法" not in words(shown)


def test_beside_the_weight_stands_how_far_it_may_move(db):
    wishes = [(20_000, "4/5", 1), (20_000, "3/4", 8), (20_000, "9/10", 0)]
    decided("wenhua", wishes, **WENHUA)
    round = Decision.objects.get().round
    it, page = window(scene.officer(round.street)), f"/whatif/rounds/{round.pk}/"
    body = it.get(page).content.decode()
    assert 'id="expert-steady">评审权重在52.63%到93.96%之间（现为60%）' in body
    found = it.get(page, {"expert": "50"}).context["found"]
    assert found.steady.startswith("评审权重在0%到52.63%之间（现为50%）")


def test_tiers_have_caps_and_floors_of_their_own(db):
    case = to_decide(["1", "9/10", "4/5"], 20_000, tiers__shifan__money=50_000_00)
    it, page = window(case.first), f"/whatif/rounds/{case.round.pk}/"
    found = it.get(page, {"shifan_cap": "19999"}).context["found"]
    assert (found.enters, found.leaves, found.stays) == (0, 2, 0)
    found = it.get(page, {"shifan_least": "3"}).context["found"]
    assert (found.enters, found.leaves, found.stays) == (0, 0, 2)
    wrong = it.get(page, {"shifan_least": "1", "rule": "stop"})
    assert "有保底的时候，放不下的只能跳过" in words(wrong)


def test_ballots_on_paper_may_weigh_more_or_less(db):
    made, keys = counted_with_paper((0, 5, 15), award__onsite=400)
    it, page = window(scene.officer(made.round.street)), f"/whatif/rounds/{made.round_id}/"
    shown = it.get(page)
    assert shown.context["form"]["onsite"].value() == "400"
    assert shown.context["found"].same
    assert shown.context["found"].steady_onsite.startswith("纸质票权重")
    base = shown.context["base"]
    for weight in ("", "0", "1000"):
        found = it.get(page, {"onsite": weight}).context["found"]
        cases = [replace(base.case, onsite=int(weight) if weight else None)]
        wanted = cases[0].answer().funded
        funded = {row.title for row in found.rows if row.after}
        assert funded == {base.names[key].title for key in wanted}, weight
    assert len(keys) == 3


def test_without_paper_there_is_no_such_knob(db):
    case = to_decide(["1", "9/10", "4/5"], 20_000)
    form = window(case.first).get(f"/whatif/rounds/{case.round.pk}/").context["form"]
    assert "onsite" not in form.fields
    assert "pairs" not in form.fields


def test_pairs_may_be_left_aside(db):
    case = named(["1", "9/10", "4/5"], 20_000, pairs=[(0, 2)], tiers__shifan__money=50_000_00)
    case.decide()
    it, page = window(case.first), f"/whatif/rounds/{case.round.pk}/"
    assert it.get(page).context["found"].same
    found = it.get(page, {"pairs": "no"}).context["found"]
    assert (found.enters, found.leaves) == (1, 1)


def test_it_says_how_far_one_after_another_stays_behind_the_best(officer):
    """Garden (4 votes, 700), then Trees fit 1,000; Benches, Trees and Lamps have more votes together."""
    page = f"/whatif/rounds/{imported().pk}/"
    shown = words(window(officer).get(page, {"methods": "1"}))
    assert "逐项计算离最好的组合差1票：立“Benches”“Lamps”，不立“Garden”" in shown
    assert "立项金额多¥0" in shown
    capped = words(window(officer).get(page, {"methods": "1", "project_cap": "600"}))
    assert "同样条件下，没有哪种组合的票数之和更高。" in capped
