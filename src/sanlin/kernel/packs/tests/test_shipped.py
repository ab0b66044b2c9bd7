import re

import pytest

from sanlin.kernel.packs import BadPack, choose, complete, freeze, read, thaw
from sanlin.kernel.packs.tests.shipped import FILES, FOLDER, OFFICER, filled, pack, text

OWN = {"award.method": "score"}
IDS = ["caiyun", "chengdu", "weifang", "wenhua", "xishan", "yingzao", "zixiangmu"]


def test_each_pack_has_its_folder_and_its_editions_their_day():
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == IDS
    for file in FILES:
        found = read(file.read_text("utf-8"), name=file.name)
        assert (found.id, f"{found.effective_from}.toml") == (file.parent.name, file.name)


@pytest.mark.parametrize("name", IDS)
def test_every_edition_has_its_days_alone(name):
    editions = [read(f.read_text("utf-8"), name=f.name) for f in FILES if f.parent.name == name]
    for edition in editions:
        assert choose(editions, edition.effective_from) is edition


@pytest.mark.parametrize("name", IDS)
def test_no_pack_opens_by_itself(name):
    with pytest.raises(BadPack) as refused:
        complete(pack(name), {})
    assert {fault.code for fault in refused.value.faults} == {"not_set"}
    named = {fault.path for fault in refused.value.faults}
    assert named == {field.path for field in pack(name).unset()}


@pytest.mark.parametrize("name", IDS)
def test_suggestions_and_the_officers_own_values_make_a_round(name):
    found, values = filled(name)
    rules = complete(found, values)
    assert thaw(freeze(rules)) == rules
    assert set(OFFICER[name]) == {field.path for field in found.unset()} - set(found.suggestions())


@pytest.mark.parametrize("name", IDS)
def test_no_weight_and_no_tier_money_is_passed_off_as_printed(name):
    found = pack(name)
    secret = [
        path
        for path in found.values
        if re.fullmatch(r"criteria\.\w+\.weight|award\.(expert|public)|budget", path)
    ]
    assert secret
    assert all(found.values[path].unset or found.values[path].source == "own" for path in secret)


def test_the_small_round_asks_three_things_and_calls_its_other_figures_its_own():
    found = pack("zixiangmu")
    assert [name for name in IDS if pack(name).small_round] == ["zixiangmu"]
    assert [field.path for field in found.unset()] == ["budget", "project_cap", "award.method"]
    bound = [path for path, value in found.values.items() if value.line and found.binds(path)]
    assert bound == []
    for wanted in ({}, {"stages.review": False, "stages.vote": True, "award.method": "votes"}):
        rules = complete(found, {"budget": 6_000_00, "project_cap": 1_000_00, **OWN, **wanted})
        assert [one.share for one in rules.instalments] == [700, 300]


@pytest.mark.parametrize("name", IDS)
def test_every_source_named_is_used(name):
    found = pack(name)
    used = {value.source for value in found.values.values()}
    assert set(found.sources) == used - {"own"}


@pytest.mark.parametrize("name", IDS)
def test_texts_are_normal_and_end_with_a_line(name):
    assert text(name).endswith("\n")
    assert not re.search(r"[ \t]\n|\r|\t", text(name))


def test_weifang_2024():
    found, values = filled("weifang")
    rules = complete(found, values)
    assert [(tier.name, tier.places) for tier in rules.tiers] == [
        ("示范类", 8),
        ("品牌类", 21),
        ("育苗类", 26),
    ]
    assert sum(tier.places for tier in rules.tiers) == 55
    assert rules.stages == ("review", "conferral", "optimisation", "vote", "midterm")
    assert all(found.binds(f"tiers.{tier.key}.places") for tier in rules.tiers)
    assert all(found.values[f"tiers.{tier.key}.money"].unset for tier in rules.tiers)
    assert (rules.notice.days, rules.notice.kind) == (5, "working")
    assert rules.tier("shifan").cap == 20_000_00
    assert [(one.share, one.condition) for one in rules.instalments] == [
        (500, "signed"),
        (400, "midterm"),
        (100, "accepted"),
    ]


def test_caiyun():
    found, values = filled("caiyun")
    rules = complete(found, values)
    assert (rules.project_min, rules.project_cap) == (3_000_00, 5_000_00)
    assert [theme.name for theme in rules.themes] == ["儿童", "老人", "文化", "培训", "体育"]
    assert rules.stages == ("review", "vote")
    assert [one.share for one in rules.instalments] == [500, 500]


def test_chengdu_2017():
    found, values = filled("chengdu")
    rules = complete(found, values)
    assert (rules.project_cap, rules.community_cap) == (100_000_00, 300_000_00)
    assert found.binds("project_cap")
    assert found.binds("community_cap")
    assert "".join(theme.name for theme in rules.themes) == "人文地景产"
    assert rules.grade("closing", 59).consequence == ("withhold_last", "drop")
    assert rules.grade("closing", 95).consequence == ("showcase",)


def test_wenhua():
    found, values = filled("wenhua")
    rules = complete(found, values)
    assert rules.applicants == ("owners",)
    assert (rules.award.method, rules.award.expert, rules.award.public) == ("blend", 600, 400)
    assert found.binds("award.method")
    assert [tier.places for tier in rules.tiers] == [3]
