import tomllib
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.packs.lines import locate

TEXT = '''\
# a comment with = and [brackets]
title = "a # in a string"
a.b."c.d" = 1
[tiers]   # behind
x = { value = [1, # one
  2,
  { deep = 'y' }], source = "]" }
long = """
three = 3
""quoted"" \\""" """
raw = \'\'\'
[no]
\'\'\'
when = 2024-05-01 10:00:00
[[items]]
key = "1"
[items.sub]
n = 1
[[items]]
key = "2"
[items.sub]
n = 2
["中 文"]
'"' = ""
'''


def test_every_line_is_the_one_a_person_would_point_to():
    assert {".".join(map(str, path)): line for path, line in locate(TEXT).items()} == {
        "title": 2,
        "a": 3,
        "a.b": 3,
        "a.b.c.d": 3,
        "tiers": 4,
        "tiers.x": 5,
        "tiers.x.value": 5,
        "tiers.x.value.0": 5,
        "tiers.x.value.1": 6,
        "tiers.x.value.2": 7,
        "tiers.x.value.2.deep": 7,
        "tiers.x.source": 7,
        "tiers.long": 8,
        "tiers.raw": 11,
        "tiers.when": 14,
        "items": 15,
        "items.0": 15,
        "items.0.key": 16,
        "items.0.sub": 17,
        "items.0.sub.n": 18,
        "items.1": 19,
        "items.1.key": 20,
        "items.1.sub": 21,
        "items.1.sub.n": 22,
        "中 文": 23,
        '中 文."': 24,
    }


def paths(value, at=()):
    """Every path of a document as Python's own reader gives it."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield (*at, key)
        yield from paths(inner, (*at, key))


def test_the_paths_are_those_of_the_reader():
    assert set(locate(TEXT)) == set(paths(tomllib.loads(TEXT)))


def quote(text):
    """A basic string with every character escaped."""
    return '"' + "".join(f"\\U{ord(sign):08x}" for sign in text) + '"'


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
keys = st.one_of(words, st.sampled_from(["a", "b", "value", "a.b", 'q"', "\\U0041", "\\"]))
leaves = st.one_of(st.integers(-9, 9), st.booleans(), words, st.just(date(2024, 5, 1)))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)


def write(value, gap):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(k)} = {write(v, gap)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"{gap}{write(v, gap)}," for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quote(value) if isinstance(value, str) else str(value)


@given(
    st.dictionaries(keys, values, max_size=4),
    st.sampled_from([" ", "\n", " # [x] = {\n", "\n\n\t"]),
)
def test_any_document_has_the_readers_paths(document, gap):
    text = "".join(f"{gap}{quote(key)} = {write(value, gap)}\n" for key, value in document.items())
    assert tomllib.loads(text) == document
    assert set(locate(text)) == set(paths(document))


@given(st.lists(words.map(quote), unique=True, min_size=1, max_size=6), st.integers(0, 5))
def test_lines_count_from_one(names, blank):
    text = "\n" * blank + "".join(f"{name} = '''\n\n'''\n" for name in names)
    lines = locate(text)
    assert [lines[key,] for key in tomllib.loads(text)] == [
        blank + 1 + 3 * i for i in range(len(names))
    ]
