"""Read a rule pack from TOML text; say everything that is wrong with it, each with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from .crosscheck import crosscheck
from .faults import BadPack, Fault
from .fields import REQUIRED, Field, ListOf
from .lines import Path, locate
from .pack import MISSING, OWN, Pack, Value, concrete, rules_out
from .rules import Source
from .schema import LISTS, SINGLE, cells
from .values import Misfit, from_pack, hint, named, plain_text

LONGEST = 200_000
MOST_DOTS = 100  # in a line: a dotted key costs Python's reader the square of its parts
IDENTITY = (
    "id",
    "title",
    "jurisdiction",
    "effective_from",
    "effective_to",
    "small_round",
    "sources",
)
CELL = frozenset({"value", "unset", "source", "note", "suggest"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

Found = dict[str, Any]


def read(text: str, *, name: str = "") -> Pack:
    """Read a rule pack; `name` is the file's name for messages. Raises BadPack with every fault and
    its line.
    """
    reader = _Reader(_parse(text, name), locate(text))
    pack = reader.pack(name)
    if reader.faults or pack is None:
        raise BadPack(reader.faults, name)
    return pack


def _parse(text: str, name: str) -> Found:
    if len(text) > LONGEST:
        raise BadPack([Fault(1, "", "too_long", {"length": len(text), "most": LONGEST})], name)
    for number, words in enumerate(text.split("\n"), 1):
        if words.count(".") > MOST_DOTS:
            why = f"more than {MOST_DOTS} dots in one line"
            raise BadPack([Fault(number, "", "syntax", {"why": why})], name)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadPack([Fault(1, "", "syntax", {"why": "nested too deeply"})], name) from None
    except ValueError as error:
        why = str(error)
        at = _AT.search(why)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1 if at else 1
        raise BadPack([Fault(line, "", "syntax", {"why": _AT.sub("", why)[:200]})], name) from None


class _Reader:
    """One reading of one document; gathers faults instead of stopping at the first."""

    def __init__(self, document: Found, lines: Mapping[Path, int]) -> None:
        self.document, self.lines = document, lines
        self.faults: list[Fault] = []
        self.sources: dict[str, Source] = {}
        self.values: dict[str, Value] = {}
        self.lists: dict[str, tuple[str, ...]] = {}

    def line(self, *path: str | int) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, at: Path, path: str, code: str, **figures: object) -> None:
        self.faults.append(Fault(self.line(*at), path, code, figures))

    def pack(self, name: str) -> Pack | None:
        identity = self.identity()
        self.unknown((), {*IDENTITY, *(listed.name for listed in LISTS), *_tops()})
        for table in _tops():
            self.table(table)
        for field in SINGLE:
            self.single(field)
        for listed in LISTS:
            self.listing(listed)
        self.absent()
        known = {path: value.value for path, value in self.values.items() if not value.unset}
        lines = {path: value.line for path, value in self.values.items()}
        for fault in crosscheck(known, self.lists, lines):
            line = fault.line or self.line(*fault.path.split("."))
            self.faults.append(replace(fault, line=line))
        if self.faults:
            return None
        return Pack(
            **identity, sources=self.sources, values=self.values, lists=self.lists, name=name
        )

    # identity

    def identity(self) -> Found:
        self.read_sources()
        found: Found = {key: self.words(key) for key in ("id", "title", "jurisdiction")}
        if found["id"] is not None and not _KEY.fullmatch(found["id"]):
            self.fault(("id",), "id", "key", given=found["id"][:100])
        found["effective_from"] = self.day("effective_from")
        found["effective_to"] = (
            self.day("effective_to") if "effective_to" in self.document else None
        )
        first, last = found["effective_from"], found["effective_to"]
        if first and last and last < first:
            self.fault(("effective_to",), "effective_to", "period")
        found["small_round"] = self.document.get("small_round", False)
        if not isinstance(found["small_round"], bool):
            given = named(found["small_round"])
            self.fault(("small_round",), "small_round", "kind", wanted="true or false", given=given)
        return found

    def words(self, key: str) -> str | None:
        if key not in self.document:
            self.fault((), key, "missing_identity")
            return None
        return self.text((key,), key, self.document[key])

    def text(self, at: Path, path: str, raw: object) -> str | None:
        if not isinstance(raw, str):
            self.fault(at, path, "kind", wanted="a string", given=named(raw))
            return None
        try:
            return plain_text(raw)
        except Misfit as misfit:
            self.fault(at, path, misfit.code, **misfit.figures)
            return None

    def day(self, key: str) -> date | None:
        raw = self.document.get(key)
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        if raw is None:
            self.fault((), key, "missing_identity")
        else:
            self.fault(
                (key,),
                key,
                "kind",
                wanted="a date without quotes, such as 2024-05-01",
                given=named(raw),
            )
        return None

    def read_sources(self) -> None:
        raw = self.document.get("sources", {})
        if not isinstance(raw, dict):
            self.fault(("sources",), "sources", "kind", wanted="a table", given=named(raw))
            return
        for key, said in raw.items():
            path = f"sources.{key[:100]}"
            if not _KEY.fullmatch(key) or key in {OWN, "officer"}:
                self.fault(("sources", key), path, "key", given=key[:100])
            table = said if isinstance(said, dict) else {"text": said}
            if not set(table) <= {"text", "elsewhere"} or table.get("elsewhere", True) is not True:
                self.fault(("sources", key), path, "source_table")
            words = self.text(("sources", key), path, table.get("text"))
            self.sources[key] = Source(key, words or "", "elsewhere" in table)

    # tables and lists

    def unknown(self, at: Path, known: set[str], path: str = "") -> None:
        """A fault for every key at `at` that is not `known`."""
        for key in self.inside(at):
            if key not in known:
                whole = f"{path}.{key}" if path else key
                self.fault((*at, key), whole[:200], "unknown", hint=hint(key, known))

    def inside(self, at: Path) -> Found:
        """The table at `at`, or nothing where there is none."""
        place: Any = self.document
        for step in at:
            place = place.get(step, {}) if isinstance(place, dict) else place[step]
        return place if isinstance(place, dict) else {}

    def table(self, table: str) -> None:
        if "." not in _tops()[table]:
            return
        if table in self.document and not isinstance(self.document[table], dict):
            self.fault((table,), table, "kind", wanted="a table", given=named(self.document[table]))
        else:
            self.unknown(
                (table,),
                {field.cell for field in SINGLE if field.path.startswith(f"{table}.")},
                table,
            )

    def single(self, field: Field) -> None:
        *tables, cell = field.path.split(".")
        raw = self.inside(tuple(tables)).get(cell, MISSING)
        self.cell(field, (*tables, cell), raw, inherited="")

    def listing(self, listed: ListOf) -> None:
        raw = self.document.get(listed.name, [])
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self.fault(
                (listed.name,),
                listed.name,
                "kind",
                wanted=f"[[{listed.name}]] tables",
                given=named(raw),
            )
            return
        if len(raw) > listed.most:
            self.fault((listed.name,), listed.name, "too_many", count=len(raw), most=listed.most)
        keys: list[str] = []
        for number, item in enumerate(raw):
            self.item(listed, number, item, keys)
        self.lists[listed.name] = tuple(keys)

    def item(self, listed: ListOf, number: int, item: Found, keys: list[str]) -> None:
        at: Path = (listed.name, number)
        key = item.get(listed.key)
        path = f"{listed.name}[{number + 1}].{listed.key}"
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            given = key[:100] if isinstance(key, str) else named(key)
            self.fault((*at, listed.key), path, "key", given=given)
            return
        if key in keys:
            self.fault((*at, listed.key), path, "duplicate", given=key)
            return
        keys.append(key)
        own = {field.cell for field in cells(listed.name)}
        self.unknown(at, {*own, listed.key, "source", "note"}, f"{listed.name}.{key}")
        source = self.source(at, f"{listed.name}.{key}", item, "")
        for field in cells(listed.name):
            self.cell(
                field.at(key), (*at, field.cell), item.get(field.cell, MISSING), inherited=source
            )

    # cells

    def cell(self, field: Field, at: Path, raw: object, *, inherited: str) -> None:
        """Read one value; `inherited` is the source of the list item, if there is one."""
        if raw is MISSING:
            if field.default is not REQUIRED:
                self.values[field.path] = Value(field.default, OWN)
            return
        if isinstance(raw, dict):
            self.said(field, at, raw, inherited)
        elif inherited:
            self.keep(field, at, Value(raw, inherited, "", self.line(*at)))
        else:
            self.fault(at, field.path, "bare")

    def said(self, field: Field, at: Path, raw: Found, inherited: str) -> None:
        self.unknown(at, set(CELL), field.path)
        note = self.text((*at, "note"), f"{field.path}.note", raw["note"]) if "note" in raw else ""
        if "unset" in raw:
            self.left(field, at, raw, note or "", inherited)
        elif "value" in raw:
            source = self.source(at, field.path, raw, inherited)
            self.keep(
                field, (*at, "value"), Value(raw["value"], source, note or "", self.line(*at))
            )
        else:
            self.fault(at, field.path, "cell")

    def left(self, field: Field, at: Path, raw: Found, note: str, inherited: str) -> None:
        """A value that is left to the officer."""
        if raw["unset"] is not True:
            self.fault((*at, "unset"), field.path, "cell")
        if "value" in raw:
            self.fault(at, field.path, "both")
        if not note:
            self.fault(at, field.path, "no_note")
        if not field.may_unset:
            self.fault(at, field.path, "cannot_unset")
        source = self.source(at, field.path, raw, inherited or OWN)
        value = Value(None, source, note, self.line(*at), unset=True)
        if "suggest" in raw:
            suggest = self.fit(field, (*at, "suggest"), raw["suggest"])
            value = replace(value, suggest=suggest, suggested=suggest is not MISSING)
        self.values[field.path] = value

    def keep(self, field: Field, at: Path, value: Value) -> None:
        fitted = self.fit(field, at, value.value)
        if fitted is not MISSING:
            self.values[field.path] = Value(fitted, value.source, value.note, value.line)

    def fit(self, field: Field, at: Path, raw: object) -> object:
        try:
            return from_pack(field, raw)
        except Misfit as misfit:
            self.fault(at, field.path, misfit.code, **misfit.figures)
            return MISSING

    def source(self, at: Path, path: str, raw: Found, inherited: str) -> str:
        given = raw.get("source", inherited)
        if not given:
            self.fault(at, path, "no_source")
        elif not isinstance(given, str):
            self.fault((*at, "source"), path, "kind", wanted="a string", given=named(given))
        elif given != OWN and given not in self.sources:
            known = [*self.sources, OWN]
            self.fault((*at, "source"), path, "source", given=given[:100], hint=hint(given, known))
        return given if isinstance(given, str) else named(given)

    def absent(self) -> None:
        """A fault for everything that must be said and is not."""
        known = {path: value.value for path, value in self.values.items() if not value.unset}
        faulty = {fault.path for fault in self.faults}
        for field in concrete(self.lists):
            table = field.path.partition(".")[0]
            silent = field.path not in self.values and not {table, field.path} & faulty
            if silent and any(rules_out(known, field)):
                self.values[field.path] = Value(None, OWN, unset=True)
            elif silent:
                self.fault(self.around(field), field.path, "missing")
        for listed in LISTS:
            off = any(
                when.path in known and known[when.path] not in when.answers for when in listed.when
            )
            if (
                len(self.lists.get(listed.name, ())) < listed.least
                and not off
                and listed.name not in faulty
            ):
                self.fault((listed.name,), listed.name, "empty")

    def around(self, field: Field) -> Path:
        """Where a missing cell should have stood: its table or its list item."""
        table, _, rest = field.path.partition(".")
        if table in self.lists:
            wanted = rest.partition(".")[0]
            return (
                table,
                [item.get(_key_of(table)) for item in self.document[table]].index(wanted),
            )
        return (table,)


def _key_of(table: str) -> str:
    return next(listed.key for listed in LISTS if listed.name == table)


def _tops() -> dict[str, str]:
    """Each first part of a single rule's path, and one path that has it."""
    return {field.path.partition(".")[0]: field.path for field in SINGLE}
