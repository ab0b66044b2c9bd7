import hashlib
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.packs import BadPack, Rules, complete, fingerprint, freeze, read, thaw
from sanlin.kernel.packs.tests.shipped import OFFICER, filled, text

RULES = {name: complete(*filled(name)) for name in OFFICER}
FROZEN = {name: freeze(rules) for name, rules in RULES.items()}


def numbers(value):
    """Every number in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("name", sorted(OFFICER))
def test_the_bytes_are_canonical(name):
    document = FROZEN[name].decode()
    assert unicodedata.is_normalized("NFC", document)
    assert "\\u" not in document
    tree = json.loads(document)
    assert json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == document
    assert {type(number) for number in numbers(tree)} == {int}


def test_the_fingerprint_is_sha_256():
    assert fingerprint(b"") == hashlib.sha256(b"").hexdigest()
    assert fingerprint(FROZEN["weifang"]) == hashlib.sha256(FROZEN["weifang"]).hexdigest()


def test_what_does_not_count_is_not_published():
    tree = json.loads(FROZEN["caiyun"])
    assert sorted(tree["windows"]) == ["call", "review", "running", "screening", "vote"]
    assert "points" not in tree["vote"]
    assert tree["stages"] == ["review", "vote"]
    assert thaw(FROZEN["caiyun"]).vote.points == 0


def test_letters_of_another_form_give_the_same_bytes():
    source = text("wenhua").replace("文华社区微创投", "Café", 1)
    one = complete(read(unicodedata.normalize("NFC", source)), filled("wenhua")[1])
    other = complete(read(unicodedata.normalize("NFD", source)), filled("wenhua")[1])
    assert freeze(one) == freeze(other)


def test_the_order_of_the_officers_values_and_of_the_file_has_no_influence():
    found, values = filled("weifang")
    turned = dict(reversed(values.items()))
    assert freeze(complete(found, turned)) == FROZEN["weifang"]
    source = text("weifang")
    table = source[source.index("[notice]") : source.index("[objection]")]
    moved = source.replace(table, "") + "\n" + table
    assert freeze(complete(read(moved), values)) == FROZEN["weifang"]


def test_thawing_the_same_bytes_again_costs_nothing():
    assert thaw(FROZEN["weifang"]) is thaw(bytes(bytearray(FROZEN["weifang"])))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tree: tree.pop("format"),
        lambda tree: tree.update(format="sanlin-rules-2"),
        lambda tree: tree.pop("budget"),
        lambda tree: tree.update(budget=None),
        lambda tree: tree.update(budget=True),
        lambda tree: tree.update(budget=1.0),
        lambda tree: tree.update(budget="1"),
        lambda tree: tree.update(surprise=1),
        lambda tree: tree["vote"].update(surprise=1),
        lambda tree: tree["vote"].update(points=3),
        lambda tree: tree["vote"].pop("k"),
        lambda tree: tree["vote"].update(unit="dog"),
        lambda tree: tree["stages"].remove("vote"),
        lambda tree: tree["stages"].append("picnic"),
        lambda tree: tree["stages"].reverse(),
        lambda tree: tree.update(stages=None),
        lambda tree: tree["tiers"].append(tree["tiers"][0]),
        lambda tree: tree["tiers"][0].pop("key"),
        lambda tree: tree.update(tiers=None),
        lambda tree: tree["origins"].pop(),
        lambda tree: tree["origins"].reverse(),
        lambda tree: tree["pack"].update(effective_from="tomorrow"),
        lambda tree: tree["pack"].update(effective_from=20240101),
        lambda tree: tree["award"].update(ties=["lot", 3]),
    ],
)
def test_other_bytes_are_refused(spoil):
    tree = json.loads(FROZEN["weifang"])
    spoil(tree)
    spoilt = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with pytest.raises(BadPack) as bad:
        thaw(spoilt.encode())
    assert [fault.code for fault in bad.value.faults] == ["frozen"]


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        FROZEN["weifang"] + b"\n",
        b" " + FROZEN["weifang"],
        FROZEN["weifang"].replace(b",", b", ", 1),
        FROZEN["weifang"].decode().encode("utf-16"),
        json.dumps(json.loads(FROZEN["weifang"]), sort_keys=True, separators=(",", ":")).encode(),
    ],
    ids=lambda other: repr(other[:12]),
)
def test_bytes_that_were_never_frozen_are_refused(other):
    with pytest.raises(BadPack):
        thaw(other)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(FROZEN["wenhua"]) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_other_rules_or_none(at, byte):
    frozen = FROZEN["wenhua"]
    spoilt = frozen[:at] + bytes([byte]) + frozen[at + 1 :]
    try:
        found = thaw(spoilt)
    except BadPack:
        return
    assert (found == RULES["wenhua"]) is (spoilt == frozen)


parts = st.lists(st.integers(1, 999), unique=True, min_size=6, max_size=6).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 1000], strict=True)]
)


@st.composite
def officers(draw):
    """Values with which the Weifang round can open."""
    days = st.integers(1, 300)
    found, values = filled("weifang")
    values |= {path: draw(days) for path in values if path.startswith("windows.")}
    weights = [path for path in values if path.endswith(".weight")]
    values |= dict(zip(weights, draw(parts), strict=True))
    vote = draw(st.booleans())
    values["stages.conferral"] = draw(st.booleans())
    values["stages.vote"] = vote
    values["award.method"] = draw(
        st.sampled_from(["score", "votes", "blend"] if vote else ["score"])
    )
    expert = draw(st.integers(0, 1000))
    values |= {"award.expert": expert, "award.public": 1000 - expert}
    values["vote.kind"] = draw(st.sampled_from(["approve_k", "knapsack", "rank", "points"]))
    values["vote.unit"] = draw(st.sampled_from(["person", "household"]))
    values["award.ties"] = [*draw(st.permutations(["score", "votes", "cheaper"])), "lot"]
    values["award.partial"] = draw(st.sampled_from(["none", "remainder"]))
    values["award.partial_min"] = draw(st.integers(1, 1000))
    values["award.min_votes"] = draw(st.none() | st.integers(0, 500))
    values["scoring.mean"] = draw(st.sampled_from(["mean", "trimmed", "median", "normalised"]))
    values["community_cap"] = draw(st.none() | st.integers(2_000_000, 10**9))
    return found, values


@settings(deadline=None, max_examples=80)
@given(officers(), officers())
def test_freezing_and_thawing_gives_the_same_rules(one, other):
    rules, others = complete(*one), complete(*other)
    frozen = freeze(rules)
    assert isinstance(thaw(frozen), Rules)
    assert thaw(frozen) == rules
    assert freeze(thaw(frozen)) == frozen
    assert (freeze(others) == frozen) is (others == rules)


def without(frozen, *paths):
    """The bytes as they would have been before these rules existed."""
    tree = json.loads(frozen)
    tree["origins"] = [it for it in tree["origins"] if it["path"] not in paths]
    for path in paths:
        *tables, cell = path.split(".")
        place = tree
        if tables:
            place = next(it for it in tree[tables[0]] if it["key"] == tables[1])
        del place[cell]
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("name", sorted(OFFICER))
def test_rules_frozen_before_there_were_floors_are_still_read(name):
    later = [
        origin.path
        for origin in RULES[name].origins
        if origin.path in {"community_least", "community_floor"}
        or (
            (origin.path.startswith(("tiers.", "themes.")))
            and origin.path.endswith((".least", ".floor"))
        )
    ]
    old = without(FROZEN[name], *later)
    found = thaw(old)
    assert (found.community_least, found.community_floor) == (0, None)
    assert {(it.least, it.floor) for it in (*found.tiers, *found.themes)} <= {(0, None)}
    assert freeze(found) == old != FROZEN[name]


def test_an_older_rule_that_lacks_is_still_refused():
    with pytest.raises(BadPack):
        thaw(without(FROZEN["weifang"], "team_cap"))
    half = json.loads(FROZEN["weifang"])
    del half["community_least"]
    with pytest.raises(BadPack):
        thaw(json.dumps(half, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
