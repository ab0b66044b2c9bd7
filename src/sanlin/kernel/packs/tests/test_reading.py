"""A bad pack is answered with everything that is wrong with it, each on its line."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.packs import BadPack, Pack, Value, read
from sanlin.kernel.packs.tests.shipped import FILES, pack, text

WEIFANG = text("weifang")


def faults(source):
    with pytest.raises(BadPack) as bad:
        read(source)
    return [(fault.line, fault.path, fault.code) for fault in bad.value.faults]


def changed(old, new):
    """The Weifang pack with one change, and the line on which it stands."""
    assert WEIFANG.count(old) == 1
    at = WEIFANG.index(old)
    return WEIFANG.replace(old, new), WEIFANG.count("\n", 0, at) + 1


def test_what_a_pack_says():
    found = pack("weifang")
    assert (found.id, found.effective_from, found.effective_to) == (
        "weifang",
        date(2024, 1, 1),
        None,
    )
    line = WEIFANG[: WEIFANG.index("days = { value = 5")].count("\n") + 1
    assert found.values["notice.days"] == Value(5, "futian", "", line)
    assert found.values["ban_years"].source == "zhongshan"
    assert found.values["heads.labour.max_share"].value == 500
    assert found.values["heads.expert.unit_cap"].value == 300_00
    assert found.values["heads.venue.unit_cap"] == Value(None, "own")
    assert found.values["project_cap"].suggest == 2_000_000
    assert found.values["budget"].unset is True
    assert found.lists["tiers"] == ("shifan", "pinpai", "yumiao")
    assert found.sources["futian"].elsewhere is True
    assert found.sources["shanghai"].elsewhere is False


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("days = { value = 5,", "days = { value = 0,", "notice.days", "range"),
        ("days = { value = 5,", "days = { value = 5.0,", "notice.days", "float"),
        ("days = { value = 5,", 'days = { value = "fünf",', "notice.days", "kind"),
        ("days = { value = 5,", "days = { value = true,", "notice.days", "kind"),
        ("days = { value = 5,", "days = { value = [5],", "notice.days", "kind"),
        ('days = { value = 5, source = "futian" }', "days = 5", "notice.days", "bare"),
        ('days = { value = 5, source = "futian" }', "days = { value = 5 }", "notice.days", "no_source"),
        ('days = { value = 5, source = "futian" }', 'days = { source = "futian" }', "notice.days", "cell"),
        ('kind = { value = "working"', 'kind = { value = "workign"', "notice.kind", "choice"),
        ('upheld = { value = "cancel"', "upheld = { value = 3", "objection.upheld", "kind"),
        ('value = 5, source = "futian"', 'value = 5, source = "futain"', "notice.days", "source"),
        ("unset = true, note = \"公开材料没有公布入围线\"", "unset = true", "award.min_score", "no_note"),
        ("unset = true, note = \"公开材料没有公布入围线\"", "unset = false, note = \"?\"", "award.min_score", "cell"),
        (
            "unset = true, note = \"公开材料没有公布入围线\"",
            "unset = true, value = 60, note = \"?\"",
            "award.min_score",
            "both",
        ),
        ('suggest = "2万" }', 'suggest = "2万万" }', "project_cap", "amount"),
        ('name = "示范类"', 'name = ""', "tiers.shifan.name", "text"),
        ('name = "示范类"', 'name = "示\\u0000范"', "tiers.shifan.name", "text"),
        ('name = "示范类"', 'name = { unset = true, note = "?" }', "tiers.shifan.name", "cannot_unset"),
        ("places = 21", "place = 21", "tiers.pinpai.place", "unknown"),
        ('key = "pinpai"', 'key = "shifan"', "tiers[2].key", "duplicate"),
        ('key = "pinpai"', 'key = "Pinpai"', "tiers[2].key", "key"),
        ('max_share = "50%"', 'max_share = "150%"', "heads.labour.max_share", "range"),
        ('max_share = "50%"', 'max_share = "half"', "heads.labour.max_share", "kind"),
        ("unit_cap = 500", "unit_cap = -500", "heads.expert_senior.unit_cap", "range"),
        ("unit_cap = 500", "unit_cap = 500.5", "heads.expert_senior.unit_cap", "float"),
        ('consequence = ["withhold_last"]', "consequence = []", "grades.poor.consequence", "empty"),
        (
            'consequence = ["withhold_last"]',
            'consequence = ["ban", "ban"]',
            "grades.poor.consequence",
            "repeated",
        ),
        ("effective_from = 2024-01-01", 'effective_from = "2024-01-01"', "effective_from", "kind"),
        ("effective_from = 2024-01-01", "effective_from = 2024-01-01T00:00:00", "effective_from", "kind"),
        ("effective_from = 2024-01-01", 'small_round = "yes"\neffective_from = 2024-01-01', "small_round", "kind"),
        ('id = "weifang"', 'id = "潍坊"', "id", "key"),
        ('title = "潍坊新村街道居民自治金（2024）"', "title = 2024", "title", "kind"),
        ("[screening]\n", "[screenning]\n", "screenning", "unknown"),
        ("charity = \"《中华人民共和国慈善法》\"", "charity = 2023", "sources.charity", "kind"),
        ("charity = \"《中华人民共和国慈善法》\"", 'charity = { text = "法", elsewhere = false }', "sources.charity", "source_table"),
        ("charity = \"《中华人民共和国慈善法》\"", 'own = "法"', "sources.own", "key"),
        ("from_mark = 0\n", "from_mark = 5\n", "grades (closing)", "grades"),
        ('max_share = "50%"', "forbidden = true\nmax_share = 500", "heads.labour.forbidden", "caps_on_forbidden"),
        ("unit_cap = 500", "forbidden = true\nunit_cap = 500", "heads.expert_senior.forbidden", "caps_on_forbidden"),
    ],
)  # fmt: skip
def test_one_mistake_is_named_with_its_line(old, new, path, code):
    source, line = changed(old, new)
    assert (line, path, code) in faults(source)


def test_there_is_no_fault_without_a_mistake():
    source, _ = changed('condition = "midterm"', 'condition = "accepted"')
    assert isinstance(read(source), Pack)


def test_an_order_that_turns_back_is_a_fault():
    source, _ = changed('condition = "signed"', 'condition = "accepted"')
    assert [(path, code) for _, path, code in faults(source)] == [
        ("instalments.second.condition", "order")
    ]


def test_a_sum_is_named_where_its_first_part_stands():
    source, line = changed('share = "40%"', "share = 401")
    assert faults(source) == [(line - 8, "instalments.*.share", "shares")]


def test_all_faults_are_found_at_once_in_the_order_of_their_lines():
    source = WEIFANG
    for old, new in [
        ("days = { value = 5,", "days = { value = 0,"),
        ("places = 8", "places = 8.5"),
        ("places = 26", "palces = 26"),
        ("ban_years = {", "ban_year = {"),
    ]:
        source = source.replace(old, new)
    found = faults(source)
    assert [(path, code) for _, path, code in found] == [
        ("ban_year", "unknown"),
        ("notice.days", "range"),
        ("tiers.shifan.places", "float"),
        ("tiers.yumiao.places", "missing"),
        ("tiers.yumiao.palces", "unknown"),
    ]
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)


def test_the_nearest_known_word_is_offered():
    source, line = changed("places = 21", "palces = 21")
    with pytest.raises(BadPack) as bad:
        read(source, name="weifang.toml")
    assert (
        f"weifang.toml: line {line}: tiers.pinpai.palces is not known here; did you mean places?"
        in str(bad.value).split("\n")
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = [1,\n2\n", 3),
        ("\x00", 1),
        ("[" * 5000, 1),
        ("a = " + "[" * 5000, 1),
        ("a = " + "9" * 5000, 1),
        ('a = "\\ud800"', 1),
    ],
)
def test_text_that_is_not_toml(source, line):
    assert faults(source) == [(line, "", "syntax")]


def test_a_text_too_long_is_not_read():
    assert faults("#" * 200_001) == [(1, "", "too_long")]


def test_a_list_too_long_is_named_where_it_begins():
    themes = [f'[[themes]]\nkey = "t{n}"\nname = "{n}"\nsource = "own"\n' for n in range(41)]
    assert len(read(WEIFANG + "".join(themes[:40])).lists["themes"]) == 40
    line = WEIFANG.count("\n") + 1
    assert faults(WEIFANG + "".join(themes)) == [(line, "themes", "too_many")]


def test_letters_are_kept_in_one_form():
    source, _ = changed('name = "示范类"', 'name = "Cafe\u0301"')
    assert read(source).values["tiers.shifan.name"].value == "Caf\u00e9"


def test_an_empty_file_misses_everything():
    found = faults("")
    assert {line for line, _, _ in found} == {1}
    assert {"id", "title", "jurisdiction", "effective_from", "budget", "notice.days"} <= {
        path for _, path, _ in found
    }
    assert {code for _, _, code in found} == {
        "missing",
        "missing_identity",
        "empty",
        "no_measure",
    }


def test_numbers_past_any_size_are_refused():
    source, line = changed("places = 21", f"places = 0x{'f' * 20_000}")
    assert faults(source) == [(line, "tiers.pinpai.places", "range")]


def test_tables_where_values_should_be_and_the_other_way_round():
    for bad in ("vote = 3\n", "tiers = 3\n", "tiers = [3]\n", "sources = 3\n", "checks = {}\n"):
        assert any(code == "kind" for _, _, code in faults(bad))


def test_a_stage_left_out_needs_no_rules_of_its_own():
    cut = re.sub(r"\[scoring\]\n(.+\n)*", "", WEIFANG)
    cut = cut.replace('review = { value = true, source = "weifang" }\n', "")
    cut = re.sub(r"conferral = .*false|conferral = .*true \}", "", cut, count=1)
    cut = re.sub(r"\[\[criteria\]\]\n(.+\n)*\n", "", cut)
    found = read(cut)
    assert found.lists["criteria"] == ()
    asked = {field.path for field in found.unset()}
    assert not {path for path in asked if path.startswith(("scoring.", "windows.review"))}
    assert "windows.review" in {f.path for f in found.unset({"stages.review": True})}


def test_what_is_asked_follows_what_the_officer_chose():
    found = pack("weifang")
    voting = {field.path for field in found.unset({"stages.vote": True})}
    silent = {field.path for field in found.unset({"stages.vote": False})}
    assert voting - silent == {
        "windows.vote",
        "vote.unit",
        "vote.min_age",
        "vote.kind",
        "vote.k",
        "vote.points",
    }
    ranked = {field.path for field in found.unset({"vote.kind": "rank"})}
    assert voting - ranked == {"vote.points"}
    assert {f.path for f in found.unset({"award.partial": "remainder"})} - voting == {
        "award.partial_min"
    }
    assert {f.path for f in found.unset({"vote.kind": "nonsense"})} == voting


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_a_pack_or_a_bad_pack(source):
    with pytest.raises(BadPack):
        read(source)


def attempt(source):
    """The faults of a source, none where it can be read."""
    try:
        read(source)
    except BadPack as bad:
        return bad.faults
    return ()


SPOILERS = st.sampled_from(
    ["", "\n", "{", "}", "[", "]", '"', "'", "=", ".", "#", "1", "-1", "0.5", "true", "none", "\x7f",
     "[[tiers]]", "[vote]", "key", "value", "unset", "9" * 30, "1979-05-27", "é", "\u2028"]
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(FILES), st.data())
def test_every_fault_of_a_spoilt_pack_has_a_line(file, data):
    source = file.read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(source)))
        end = min(len(source), start + data.draw(st.integers(0, 12)))
        source = source[:start] + data.draw(SPOILERS) + source[end:]
    last = source.count("\n") + 1
    for fault in attempt(source):
        assert 1 <= fault.line <= last
        assert str(fault)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(FILES), st.data())
def test_a_whole_line_taken_out_is_never_an_accident(file, data):
    lines = file.read_text("utf-8").split("\n")
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    for fault in attempt("\n".join(lines)):
        assert 1 <= fault.line <= len(lines)


HUGE = "0x" + "f" * 100_000


@pytest.mark.parametrize(
    "source", ["{ a = 1 }", '["own"]', "1", HUGE], ids=["table", "list", "1", "huge"]
)
def test_a_source_that_is_no_word_is_named_with_its_line(source):
    spoilt, line = changed(
        'kind = { value = "working", source = "futian"',
        f'kind = {{ value = "working", source = {source}',
    )
    assert faults(spoilt) == [(line, "notice.kind", "kind")]


@pytest.mark.parametrize("key", [HUGE, "[1]", "{ a = 1 }"], ids=["huge", "list", "table"])
def test_a_key_that_is_no_word_is_named_with_its_line(key):
    spoilt, line = changed('key = "pinpai"', f"key = {key}")
    assert (line, "tiers[2].key", "key") in faults(spoilt)


@pytest.mark.parametrize("opening", ["", "["])
def test_a_key_of_very_many_parts_is_refused_before_it_is_read(opening):
    source = f"\n{opening}{'.'.join(['a'] * 90_000)}{']' if opening else ' = 1'}\n"
    assert faults(source) == [(2, "", "syntax")]
