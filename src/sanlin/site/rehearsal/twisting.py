"""One value of a record made into another one that it should not be, by chance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from sanlin.kernel.record.canonical import canonical

ODD: tuple[Any, ...] = (None, True, False, 0, 1, -1, 7, 10**15, "", "x", "0", "1/2", [], {}, [1])
Path = tuple[str | int, ...]


def twisted(files: dict[str, bytes], chance: Random) -> dict[str, bytes]:
    """The files with one value exchanged, left out, put in or doubled, in canonical form again."""
    names = [name for name, body in sorted(files.items()) if ".json" in name and body]
    while True:
        name = chance.choice(names)
        lines = files[name].splitlines()
        at = chance.randrange(len(lines))
        twist = canonical(_twisted(json.loads(lines[at]), chance))
        if twist != lines[at]:
            lines[at] = twist
            return {**files, name: b"".join(line + b"\n" for line in lines)}


def _twisted(document: Any, chance: Random) -> Any:
    path = chance.choice(list(_paths(document)))
    if not path:
        return chance.choice(ODD)
    *way, last = path
    inside = document
    for key in way:
        inside = inside[key]
    how = chance.randrange(6)
    if how == 0:
        del inside[last]
    elif how == 1 and isinstance(inside, dict):
        inside["zz"] = chance.choice(ODD)
    elif how == 1:
        inside.append(inside[0])
    else:
        inside[last] = chance.choice(ODD)
    return document


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield from _paths(value[key], (*path, key))
