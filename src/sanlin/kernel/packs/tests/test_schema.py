"""The table of rules and the tree of rules are one thing."""

import dataclasses
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from sanlin.kernel.packs import LISTS, SCHEMA, UNITS, Rules
from sanlin.kernel.packs.fields import REQUIRED
from sanlin.kernel.packs.rules import Windows
from sanlin.kernel.packs.values import from_officer

FIELDS = {field.path: field for field in SCHEMA}
LIST_KEYS = {listed.name: listed.key for listed in LISTS}


def leaves(kind, at=""):
    """Path and type of each value in the tree, lists with a star."""
    for name, hint in get_type_hints(kind).items():
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if dataclasses.is_dataclass(inner):
            star = ".*" if inner is not hint else ""
            yield from leaves(inner, f"{at}{name}{star}.")
        else:
            yield f"{at}{name}", hint


def test_the_tree_has_a_place_for_every_rule_and_for_nothing_else():
    tree = {path for path, _ in leaves(Rules)}
    about = {path for path in tree if path.startswith(("pack.", "sources.", "origins."))}
    keys = {f"{name}.*.{key}" for name, key in LIST_KEYS.items()}
    table = {path for path in FIELDS if not path.startswith("stages.")} | {"stages"}
    assert tree - about - keys == table


@pytest.mark.parametrize("field", SCHEMA, ids=lambda field: field.path)
def test_a_field_says_what_its_kind_needs(field):
    assert field.label != field.english
    assert field.label
    assert field.english
    assert bool(field.choices) is (field.kind in {"choice", "keys"})
    needs_unit = {"int": True, "money": True, "share": True, "numbers": True}.get(field.kind, False)
    assert (field.unit in UNITS) is needs_unit
    assert bool(field.help) is bool(field.help_english)
    if field.default is not REQUIRED:
        assert from_officer(field, field.default) == field.default


@pytest.mark.parametrize("field", SCHEMA, ids=lambda field: field.path)
def test_the_tree_has_the_type_of_the_table(field):
    if field.path.startswith("stages."):
        return
    hint = dict(leaves(Rules))[field.path]
    lists = {"keys": tuple[str, ...], "numbers": tuple[int, ...]}
    kind = {"bool": bool, "text": str, **lists}.get(field.kind, int)
    if field.kind == "choice":
        assert get_origin(hint) is Literal
        assert get_args(hint) == tuple(choice.key for choice in field.choices)
    else:
        assert hint == (kind | None if field.optional else kind)


def test_conditions_look_back_only():
    seen = set()
    for field in SCHEMA:
        assert {when.path for when in field.when} <= seen
        seen.add(field.path)


def test_conditions_ask_for_answers_that_there_are():
    for field in SCHEMA:
        for when in field.when:
            for answer in when.answers:
                assert from_officer(FIELDS[when.path], answer) == answer


def test_paths_and_keys_are_given_once():
    assert len(FIELDS) == len(SCHEMA)
    for field in SCHEMA:
        keys = [choice.key for choice in field.choices]
        assert len(set(keys)) == len(keys)


def test_every_window_can_be_asked_by_its_stage():
    windows = Windows(*range(1, 8))
    assert windows["vote"].days == windows.vote == 6
    with pytest.raises(KeyError):
        dataclasses.replace(windows, vote=0)["vote"]
    for name in ("picnic", "__class__"):
        with pytest.raises(KeyError):
            windows[name]
