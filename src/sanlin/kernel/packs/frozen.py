"""Rules as canonical bytes: what a round publishes when it opens, and reads ever after.

UTF-8 JSON in NFC, keys sorted, no spaces, whole numbers only. The same rules always give the same
bytes, so that a fingerprint on paper proves which rules a round was run under. A field that does
not count in the round is left out.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import lru_cache
from typing import Any

from .completing import idle
from .faults import BadPack, Fault
from .fields import Field
from .pack import MISSING, concrete, rules_out
from .rules import Rules
from .schema import LISTS, OPTIONAL_STAGES
from .tree import BadTree, build, plain

FORMAT = "sanlin-rules-1"


def freeze(rules: Rules) -> bytes:
    """The canonical bytes of `rules`."""
    tree = plain(rules)
    counted = {origin.path for origin in rules.origins}
    for field in concrete(_lists(tree)):
        place = _place(tree, field)
        if place is not None and field.path not in counted:
            del place[field.cell]
    for listed in LISTS:
        if listed.later and not tree[listed.name]:
            del tree[listed.name]
    document = json.dumps(
        {"format": FORMAT, **tree},
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return unicodedata.normalize("NFC", document).encode()


def fingerprint(frozen: bytes) -> str:
    """SHA-256 of the frozen bytes, 64 hexadecimal digits."""
    return hashlib.sha256(frozen).hexdigest()


@lru_cache(maxsize=64)
def thaw(frozen: bytes) -> Rules:
    """The rules in bytes that `freeze` made; the same bytes are read once. Raises BadPack for any
    other bytes.
    """
    try:
        tree = json.loads(frozen)
        if not isinstance(tree, dict) or tree.pop("format", None) != FORMAT:
            raise BadTree(f"the format is not {FORMAT}")
        for listed in LISTS:
            if listed.later:
                tree.setdefault(listed.name, [])
        _fill(tree)
        rules = build(Rules, tree)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(f"{type(error).__name__}: {error}"[:200]) from None
    if freeze(rules) != frozen:
        raise _refused("they are not canonical")
    return rules


def _refused(why: str) -> BadPack:
    return BadPack([Fault(0, "", "frozen", {"why": why})])


def _fill(tree: dict[str, Any]) -> None:
    """Put idle values where fields do not count; raises BadTree where it is against the rules."""
    _keys_in_order(tree)
    known: dict[str, object] = {
        f"stages.{stage}": stage in tree["stages"] for stage in OPTIONAL_STAGES
    }
    told = {origin["path"] for origin in tree["origins"]}
    for field in concrete(_lists(tree)):
        place = _place(tree, field)
        if place is None:
            continue
        value = place.get(field.cell, MISSING)
        if value is MISSING and field.later and field.path not in told:
            place[field.cell] = idle(field) if any(rules_out(known, field)) else field.default
            continue
        if (value is MISSING) is not any(rules_out(known, field)):
            raise BadTree(f"{field.path} should {'not ' * (value is not MISSING)}be there")
        if value is MISSING:
            place[field.cell] = idle(field)
        else:
            known[field.path] = value
    if sorted(known) != [origin["path"] for origin in tree["origins"]]:
        raise BadTree("the origins are not those of the values")


def _keys_in_order(tree: dict[str, Any]) -> None:
    if tree["stages"] != [stage for stage in OPTIONAL_STAGES if stage in tree["stages"]]:
        raise BadTree("the stages are not in their order")
    for name, keys in _lists(tree).items():
        if len(set(keys)) != len(keys):
            raise BadTree(f"{name}: a key stands twice")


def _lists(tree: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {listed.name: tuple(item[listed.key] for item in tree[listed.name]) for listed in LISTS}


_KEY = {listed.name: listed.key for listed in LISTS}


def _place(tree: dict[str, Any], field: Field) -> dict[str, Any] | None:
    """The table that holds `field`; None for the stages, which stand as one list."""
    first, *rest = field.path.split(".")
    if first == "stages":
        return None
    if not rest:
        return tree
    if first in _KEY:
        items: list[dict[str, Any]] = tree[first]
        return next(item for item in items if item[_KEY[first]] == rest[0])
    table: dict[str, Any] = tree[first]
    return table
