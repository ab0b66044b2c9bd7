import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.packs import SCHEMA, BadPack, Rules, complete, freeze, read, shown, thaw
from sanlin.kernel.packs.tests.shipped import filled, pack, text

WEIFANG = filled("weifang")


def rules(**changes):
    found, values = WEIFANG
    return complete(found, {**values, **dotted(changes)})


def dotted(changes):
    return {path.replace("__", "."): value for path, value in changes.items()}


def faults(found, values):
    with pytest.raises(BadPack) as bad:
        complete(found, values)
    return {(fault.path, fault.code) for fault in bad.value.faults}


def refused(**changes):
    found, values = WEIFANG
    return faults(found, {**values, **dotted(changes)})


def test_where_each_value_comes_from_is_kept():
    made = rules()
    assert made.origin("notice.days").source == "futian"
    assert made.origin("budget").source == "officer"
    assert made.origin("budget").note == "公开材料没有公布本轮资金总额"
    assert made.origin("award.ties").source == "own"
    assert made.origin("tiers.shifan.places").source == "weifang"
    with pytest.raises(KeyError):
        made.origin("vote.points")  # this ballot has none


def test_an_officer_writes_as_people_write_or_in_the_kernels_units():
    for budget in ("82万", "820,000", "820000元", "８２万", 82_000_000):
        assert rules(budget=budget).budget == 82_000_000
    for expert, public in (("70%", "30%"), (700, 300), ("70.0％", " 30% ")):
        made = rules(award__expert=expert, award__public=public)
        assert (made.award.expert, made.award.public) == (700, 300)
    assert rules(award__min_score=None).award.min_score is None
    assert rules(award__min_score="none").award.min_score is None
    assert rules(windows__call="45").windows["call"].days == 45
    assert rules(own_funds_min="12.5%").own_funds_min == 125


def test_what_the_instrument_prints_stays():
    assert refused(tiers__shifan__places=9) == {("tiers.shifan.places", "fixed")}
    assert refused(stages__review=False) >= {("stages.review", "fixed")}
    assert rules(tiers__shifan__places=8).tier("shifan").places == 8  # saying the same is no change


def test_examples_from_elsewhere_and_own_proposals_may_be_changed():
    made = rules(notice__days=7, scoring__min_judges=3, award__overflow="stop")
    assert made.notice.days == 7
    assert made.origin("notice.days").source == "officer"
    assert made.origin("award.overflow").source == "officer"
    assert rules(notice__days=5).origin("notice.days").source == "futian"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"award__expert": 600}, ("award.expert + award.public", "weights")),
        ({"criteria__need__weight": "30%"}, ("criteria.*.weight", "weights")),
        ({"tiers__shifan__money": "30万"}, ("tiers.*.money", "tier_money")),
        ({"project_min": "15000"}, ("project_min", "above")),
        ({"project_min": "11000"}, ("tiers.yumiao.money", "tier_short")),
        ({"project_cap": "100万"}, ("project_cap", "above")),
        ({"community_cap": "1万"}, ("project_cap", "above")),
        ({"team_cap": "1万"}, ("project_cap", "above")),
        ({"tiers__shifan__cap": "3万"}, ("tiers.shifan.cap", "above")),
        ({"stages__vote": False}, ("award.method", "needs_stage")),
        ({"award__ties": ["lot", "score"]}, ("award.ties", "ties")),
        ({"award__ties": ["score", "votes"]}, ("award.ties", "ties")),
        ({"award__ties": []}, ("award.ties", "empty")),
        ({"award__ties": ["score", "score", "lot"]}, ("award.ties", "repeated")),
        ({"grades__good__from_mark": 90}, ("grades (closing)", "grades")),
        ({"grades__good__from_mark": 95}, ("grades (closing)", "grades")),
        ({"notice__days": 0}, ("notice.days", "range")),
        ({"signatures": 1}, ("signatures", "range")),
        ({"budget": "-5"}, ("budget", "amount")),
        ({"budget": -5}, ("budget", "range")),
        ({"budget": 5.0}, ("budget", "float")),
        ({"budget": "none"}, ("budget", "amount")),
        ({"budget": None}, ("budget", "kind")),
        ({"budget": ""}, ("budget", "amount")),
        ({"budget": [1]}, ("budget", "kind")),
        ({"budget": True}, ("budget", "kind")),
        ({"vote__k": "²"}, ("vote.k", "kind")),
        ({"vote__unit": "dog"}, ("vote.unit", "choice")),
        ({"vote__revote": "yes"}, ("vote.revote", "kind")),
        ({"applicants": "team"}, ("applicants", "kind")),
        ({"vote__kk": 1}, ("vote.kk", "unknown")),
        ({"tiers__gold__money": 1}, ("tiers.gold.money", "unknown")),
    ],
)  # fmt: skip
def test_an_officers_mistake_is_named(changes, expected):
    assert expected in refused(**changes)


def test_limits_that_are_just_met_are_no_fault():
    tiers = 160_000_00 + 315_000_00 + 260_000_00
    assert rules(budget=tiers).budget == tiers
    assert refused(budget=tiers - 1) == {("tiers.*.money", "tier_money")}


def test_everything_wrong_is_said_at_once():
    assert refused(budget="?", vote__k=0, notice__days=99, award__expert=1) == {
        ("budget", "amount"),
        ("vote.k", "range"),
        ("notice.days", "range"),
        ("award.expert + award.public", "weights"),
    }


def test_a_round_without_a_vote():
    made = rules(stages__vote=False, award__method="score")
    assert made.stages == ("review", "conferral", "optimisation", "midterm")
    assert (made.vote.k, made.vote.options, made.award.expert) == (0, (), 0)
    assert not [one for one in made.origins if one.path.startswith("vote.")]
    with pytest.raises(KeyError):
        made.windows["vote"]


def test_a_round_needs_something_to_go_by():
    plain = text("weifang").replace('review = { value = true, source = "weifang" }\n', "", 1)
    found = read(plain)
    values = {**found.suggestions(), "stages.review": False, "stages.vote": False}
    assert ("award.method", "no_measure") in faults(found, values)
    assert ("stages.conferral", "needs_stage") in faults(found, values)


def test_an_instalment_that_waits_for_a_midterm_needs_one():
    found, values = filled("caiyun")
    made = complete(found, {**values, "stages.midterm": True})
    assert "midterm" in made.stages
    no_midterm = read(
        text("weifang").replace(
            "midterm = { value = true,", 'midterm = { value = false,', 1
        ).replace('condition = "midterm"', 'condition = "accepted"')
    )  # fmt: skip
    assert complete(no_midterm, WEIFANG[1]).windows["call"].days == 30
    with pytest.raises(BadPack) as bad:
        read(text("weifang").replace("midterm = { value = true,", "midterm = { value = false,", 1))
    assert [(fault.path, fault.code) for fault in bad.value.faults] == [
        ("instalments.second.condition", "needs_stage")
    ]


def test_marks_find_their_grade():
    made = rules()
    names = {mark: made.grade("closing", mark).name for mark in (100, 90, 89, 80, 60, 59, 0)}
    assert names == {
        100: "优秀",
        90: "优秀",
        89: "良好",
        80: "良好",
        60: "合格",
        59: "不合格",
        0: "不合格",
    }
    assert made.grade("midterm", 59).consequence == ("coach", "hold_next")
    with pytest.raises(KeyError):
        made.grade("picnic", 3)
    assert made.head("labour").max_share == 500


def attempt(found, values):
    """The rules, or why there are none."""
    try:
        return complete(found, values)
    except BadPack as bad:
        return bad


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["none", "60%", "12万", "1e5", "９", "０%", "٣", "NaN", "-0", " 5 ", "0x10"]),
)
PATHS = [field.path for field in WEIFANG[0].fields()]


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(st.one_of(st.sampled_from(PATHS), st.text(max_size=9)), ANYTHING, max_size=6)
)
def test_whatever_an_officer_sends_is_rules_or_faults(values):
    found, others = WEIFANG
    for base in (others, {}):
        made = attempt(found, {**base, **values})
        assert isinstance(made, Rules) or (made.faults and str(made))


def test_the_pack_itself_is_left_alone():
    before = pack("weifang")
    complete(before, WEIFANG[1])
    assert before == pack("weifang")


def test_what_groups_get_at_least():
    made = rules(community_least=1, tiers__yumiao__least=5, tiers__yumiao__floor="10万")
    assert (made.community_least, made.community_floor) == (1, None)
    assert [(tier.least, tier.floor) for tier in made.tiers] == [
        (0, None),
        (0, None),
        (5, 100_000_00),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tiers__yumiao__floor": "27万"}, {("tiers.yumiao.floor", "above")}),
        ({"tiers__shifan__least": 9}, {("tiers.shifan.least", "above")}),
        (
            {"community_floor": "2万", "community_cap": "1.9万"},
            {("community_floor", "above")},
        ),
        (
            {"community_least": 1, "award__overflow": "stop"},
            {("community_least", "floor_stop")},
        ),
        (
            {"tiers__pinpai__floor": "1万", "award__overflow": "stop"},
            {("tiers.pinpai.floor", "floor_stop")},
        ),
    ],
)
def test_floors_that_contradict_other_rules(changes, said):
    assert said <= refused(**changes)


def test_floors_of_all_tiers_must_fit_the_budget():
    money = {f"tiers__{key}__money": None for key in ("shifan", "pinpai", "yumiao")}
    floors = {f"tiers__{key}__floor": "30万" for key in ("shifan", "pinpai", "yumiao")}
    assert refused(**money, **floors) == {("tiers.*.floor", "tier_money")}


# --- reminders ------------------------------------------------------------------------------------


def test_the_days_of_reminders_are_read_as_people_write_them():
    for said in ([3, 1], "3、1", "3, 1", " 3 1 ", "3；1"):
        assert rules(vote__remind=said).vote.remind == (3, 1)
    for never in ([], "none", None):
        assert rules(vote__remind=never).vote.remind is None
    held = rules().vote
    assert (held.remind, held.remind_from, held.remind_until) == ((3, 1), 9, 20)


def test_days_of_reminders_that_make_no_sense_are_told():
    for said, code in (
        ([1, 3], "falling"),
        ("3、3", "falling"),
        ([31], "range"),
        ("soon", "kind"),
        (" ", "empty"),
        (3, "kind"),
    ):
        assert refused(vote__remind=said) == {("vote.remind", code)}
    hours = {"vote__remind_from": 12, "vote__remind_until": 12}
    assert refused(**hours) == {("vote.remind_until", "hours")}
    assert refused(vote__remind_from=6) == {("vote.remind_from", "range")}
    with pytest.raises(BadPack, match=r"must be later than vote\.remind_from"):
        rules(vote__remind_until=9)


def test_the_days_of_reminders_are_shown():
    field = next(field for field in SCHEMA if field.path == "vote.remind")
    assert [shown(field, (3, 1)), shown(field, None)] == ["3天、1天", "不提醒"]
    assert shown(field, (3, 1), english=True) == "3, 1 days"


def test_rules_frozen_before_there_were_reminders_remind_nobody():
    document = json.loads(freeze(rules()))
    mine = {"vote.remind", "vote.remind_from", "vote.remind_until"}
    document["origins"] = [it for it in document["origins"] if it["path"] not in mine]
    for path in mine:
        del document["vote"][path.removeprefix("vote.")]
    old = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert thaw(old).vote.remind is None
    assert freeze(thaw(old)) == old
