"""Put an officer's values into what a pack leaves open, and make the rules of one round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .crosscheck import crosscheck
from .faults import BadPack, Fault
from .fields import Field, ListOf
from .pack import Pack, rules_out
from .rules import Rules
from .schema import LISTS, OPTIONAL_STAGES, SINGLE, cells
from .tree import build, plain
from .values import Misfit, from_officer, hint

OFFICER = "officer"
IDLE: dict[str, object] = {"int": 0, "money": 0, "share": 0, "bool": False, "keys": (), "text": ""}


def idle(field: Field) -> object:
    """What stands in the tree for a field that does not count in this round."""
    if field.optional:
        return None
    return field.choices[0].key if field.kind == "choice" else IDLE[field.kind]


def complete(pack: Pack, officer_values: Mapping[str, object]) -> Rules:
    """The rules of one round: the pack's values, and the officer's for what the pack leaves open.

    `officer_values` maps paths ("budget", "tiers.shifan.money") to values: whole numbers are fen
    and permille, strings are read as people write them ("12万", "60%"), None or "none" means no
    limit. What an instrument of this place prints cannot be changed; an example from elsewhere and
    the software's own proposal can. Raises BadPack with every fault.
    """
    fields = {field.path: field for field in pack.fields()}
    faults = [
        Fault(0, path[:200], "unknown", {"hint": hint(path, fields)})
        for path in officer_values
        if path not in fields
    ]
    known: dict[str, object] = {}
    origins: dict[str, tuple[str, str]] = {}
    for field in fields.values():
        if any(rules_out(known, field)):
            continue
        try:
            known[field.path], origins[field.path] = _settle(field, pack, officer_values)
        except Misfit as misfit:
            faults.append(Fault(0, field.path, misfit.code, misfit.figures))
    lines = {path: pack.values[path].line for path in known if origins[path][0] != OFFICER}
    faults += crosscheck(known, pack.lists, lines)
    if faults:
        raise BadPack(faults, pack.name)
    return assemble(_identity(pack), known, origins, pack.lists)


def _settle(
    field: Field, pack: Pack, officer: Mapping[str, object]
) -> tuple[object, tuple[str, str]]:
    """The value that holds, and its origin; raises Misfit."""
    said = pack.values[field.path]
    if field.path not in officer:
        if said.unset:
            raise Misfit("not_set")
        return said.value, (said.source, said.note)
    value = from_officer(field, officer[field.path])
    if not said.unset and value == said.value:
        return value, (said.source, said.note)
    if pack.binds(field.path):
        raise Misfit("fixed", source=said.source)
    return value, (OFFICER, said.note)


def _identity(pack: Pack) -> dict[str, Any]:
    names = ("id", "title", "jurisdiction", "effective_from", "effective_to")
    return {
        "pack": {name: getattr(pack, name) for name in names},
        "sources": [plain(source) for _, source in sorted(pack.sources.items())],
    }


def assemble(
    identity: Mapping[str, Any],
    known: Mapping[str, object],
    origins: Mapping[str, tuple[str, str]],
    lists: Mapping[str, tuple[str, ...]],
) -> Rules:
    """The tree of rules out of values by path; fields that are not `known` do not count in this
    round and stand idle.
    """
    tree: dict[str, Any] = dict(identity)
    tree["origins"] = [
        {"path": path, "source": origins[path][0], "note": origins[path][1]}
        for path in sorted(known)
    ]
    for field in SINGLE:
        *tables, cell = field.path.split(".")
        place = tree
        for table in tables:
            place = place.setdefault(table, {})
        place[cell] = known.get(field.path, idle(field))
    tree["stages"] = [stage for stage in OPTIONAL_STAGES if tree["stages"][stage]]
    for listed in LISTS:
        tree[listed.name] = [_item(listed, key, known) for key in lists[listed.name]]
    return build(Rules, tree)


def _item(listed: ListOf, key: str, known: Mapping[str, object]) -> dict[str, object]:
    own = {field.cell: known.get(field.at(key).path, idle(field)) for field in cells(listed.name)}
    return {listed.key: key, **own}
