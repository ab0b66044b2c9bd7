"""Reading Pabulib (.pb) files: published elections as frozen values, in one pass over the lines.

The format is that of "Participatory Budgeting: Data, Tools, and Analysis" (Faliszewski et al.,
IJCAI 2023): sections META, PROJECTS and VOTES, each a header and rows with semicolons. Costs are
read exactly, in hundredths of the currency. Columns that are not known are kept as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.ballots.form import Choices, Form, choices
from sanlin.kernel.ballots.scanning import DIGITS, scan
from sanlin.kernel.profile import Profile
from sanlin.kernel.reason import Figure, Reason

if TYPE_CHECKING:
    from sanlin.kernel.profile import Ints

KINDS = {
    "approval": "approve",
    "choose-1": "approve",
    "cumulative": "points",
    "scoring": "points",
    "ordinal": "rank",
}
FIRST_COLUMNS = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("vote",)}


class BadElection(ValueError):
    """The file cannot be read; `line` is where (1 first), `reason` a code with figures."""

    def __init__(self, line: int, code: str, **figures: Figure | None) -> None:
        self.line, self.reason = line, Reason.of(code, **figures)
        said = ", ".join(f"{name} {value!r}" for name, value in self.reason.figures)
        super().__init__(f"line {line}: {code}" + (f" ({said})" if said else ""))


@dataclass(frozen=True)
class Project:
    """One project; `key` is its place in the file, 0 first, `id` what the file calls it.

    `votes`, `score` and `selected` are what the file records, None where it records nothing;
    `selected` is 0 for not funded, 1 for funded, 2 and more for marks of the city's own.
    """

    key: int
    id: str
    cost: int
    name: str
    votes: int | None
    score: int | None
    selected: int | None
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Box:
    """All ballots of a file.

    `profile` holds the distinct ballots in the order in which they first occur, `rows` gives for
    every row of VOTES which one it holds, `columns` the other columns of VOTES (voter_id, age, …),
    `odd` what is odd about single ballots, but can be read.
    """

    profile: Profile
    rows: Ints
    columns: Mapping[str, tuple[str, ...]]
    odd: tuple[Reason, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Box):
            return NotImplemented
        one, two = (
            (*zip(*box.profile, strict=True), box.rows.tolist(), dict(box.columns), box.odd)
            for box in (self, other)
        )
        return one == two

    def __hash__(self) -> int:
        return hash((self.profile, self.odd))


@dataclass(frozen=True)
class Election:
    """A whole file. Money in hundredths of the currency."""

    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    box: Box
    budget: int
    form: Form

    @property
    def profile(self) -> Profile:
        """The ballots as arrays; every project is a key."""
        return self.box.profile

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """The other columns of VOTES, row by row."""
        return self.box.columns

    @cached_property
    def ballots(self) -> tuple[Choices, ...]:
        """The distinct ballots as (key of project, weight) pairs."""
        return tuple(kept for kept, _ in self.profile)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How often each of `ballots` was cast."""
        return tuple(self.profile.times.tolist())

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """For every row of VOTES the place of its ballot."""
        return tuple(self.box.rows.tolist())

    @cached_property
    def faults(self) -> tuple[Reason, ...]:
        """What is odd, but can be read."""
        return (*self.box.odd, *_odd(self))

    def tally(self) -> dict[int, int]:
        """Votes (approval) or points (all others) of every project, by key."""
        return self.profile.votes()

    def supporters(self) -> dict[int, int]:
        """By key, how many ballots name the project."""
        return self.profile.supporters()

    def bids(self) -> tuple[Bid, ...]:
        """The projects as the count sees them, with the votes (or points) that were counted."""
        votes = self.tally()
        return tuple(Bid(it.key, it.cost, votes=votes[it.key]) for it in self.projects)


def read(source: bytes | str | Iterable[str]) -> Election:
    """Read a file from its bytes (UTF-8, with or without a mark), its text, or its lines.

    Raises BadElection with the line for anything that cannot be read: a missing section or column,
    a row with too few or too many fields, an amount or points that are no number, a ballot for a
    project that does not exist, two projects with one id.
    """
    if not isinstance(source, bytes | str):
        return _read(_Rows(source))
    body = _encoded(source) if isinstance(source, str) else source
    if b"\0" in body:
        raise BadElection(body.count(b"\n", 0, body.index(b"\0")) + 1, "encoding")
    return _quickly(body) or _read(_Rows(_lines(source)))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise BadElection(text.count("\n", 0, error.start) + 1, "encoding") from error


def _quickly(body: bytes) -> Election | None:
    """The file if nothing is out of the ordinary: the rows of VOTES are not even decoded."""
    title = re.search(rb"^votes[ \t]*\r?\n[^\r\n]*\r?\n", body, re.IGNORECASE | re.MULTILINE)
    if title is None:
        return None
    try:
        rows = _Rows(_lines(body[: title.end()]))
        return _read(rows, body[title.end() :])
    except BadElection:
        return None


def _read(rows: _Rows, rest: bytes | None = None) -> Election:
    rows.enter("META", first=True)
    meta, at = _meta(rows)
    budget = _amount(meta["budget"], at["budget"], "budget")
    rows.enter("PROJECTS")
    projects = _projects(rows)
    form = _form(meta, at, len(projects))
    rows.enter("VOTES")
    box = _votes(rows, projects, form) if rest is None else _scanned(rows, rest, projects, form)
    return Election(MappingProxyType(meta), projects, box, budget, form)


def _lines(source: bytes | str) -> Iterable[str]:
    if isinstance(source, str):
        return io.StringIO(source, newline="")
    try:
        return io.StringIO(source.decode("utf-8"), newline="")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise BadElection(line, "encoding") from error


class _Rows:
    """The rows of the file, section by section; `line` is where the last one began."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.reader = csv.reader(lines, delimiter=";", strict=True)
        self.line = 1
        self.header: list[str] = []

    def _next(self) -> list[str] | None:
        while True:
            self.line = self.reader.line_num + 1
            try:
                row = next(self.reader, None)
            except csv.Error as error:
                raise BadElection(self.line, "csv", said=str(error)) from error
            except UnicodeDecodeError as error:
                raise BadElection(self.line, "encoding") from error
            if row is None or len(row) > 1 or (row and row[0].strip()):
                return row

    def enter(self, name: str, first: bool = False) -> None:
        """Read the header of a section, whose title has been read already unless it is the first."""
        if first and _title(self._next()) != name:
            raise BadElection(self.line, "no_section", section=name)
        row = self._next()
        self.header = [] if row is None else [cell.strip().lower() for cell in row]
        for column in FIRST_COLUMNS[name]:
            if column not in self.header:
                raise BadElection(self.line, "no_column", section=name, column=column)
        if len(set(self.header)) < len(self.header):
            raise BadElection(self.line, "column_twice", section=name)

    def until(self, title: str) -> Iterator[list[str]]:
        """The rows of this section, up to the title of the next ("" for the end of the file)."""
        width = len(self.header)
        while (row := self._next()) is not None:
            if len(row) == width:
                yield row
            elif title and _title(row) == title:
                return
            else:
                raise BadElection(self.line, "fields", found=len(row), expected=width)
        if title:
            raise BadElection(self.line, "no_section", section=title)


def _title(row: list[str] | None) -> str:
    return row[0].strip("\ufeff \t").upper() if row and len(row) == 1 else ""


def _meta(rows: _Rows) -> tuple[dict[str, str], dict[str, int]]:
    """Keys with their values, and keys with their lines."""
    meta: dict[str, str] = {}
    at: dict[str, int] = {}
    for row in rows.until("PROJECTS"):
        key = row[0].strip()
        if key in meta:
            raise BadElection(rows.line, "key_twice", key=key)
        meta[key], at[key] = row[1].strip(), rows.line
    for key in ("budget", "vote_type"):
        if key not in meta:
            raise BadElection(rows.line, "no_key", key=key)
    return meta, at


def _form(meta: Mapping[str, str], at: Mapping[str, int], projects: int) -> Form:
    """The form of ballot that the file declares; a ranking without a length ranks all projects."""
    declared = meta["vote_type"].lower()
    kind = KINDS.get(declared)
    length = {"ordinal": projects, "choose-1": 1}.get(declared)
    if kind is None:
        raise BadElection(at["vote_type"], "vote_type", found=meta["vote_type"])
    limits = {
        key: _number(meta[key], at[key], key) if meta.get(key) else None
        for key in ("max_length", "min_length", "max_sum_points", "max_points")
    }
    budget = meta.get("max_sum_cost")
    return Form(
        kind,
        most=limits["max_length"] or length,
        least=1 if limits["min_length"] is None else limits["min_length"],
        budget=_amount(budget, at["max_sum_cost"], "max_sum_cost") if budget else None,
        points=limits["max_sum_points"],
        each=limits["max_points"],
    )


def _whole(text: str, line: int, column: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text.strip(), re.ASCII):
        raise BadElection(line, "not_whole", column=column, found=text[:40])
    return int(text)


def _points(text: str, line: int) -> int:
    points = _number(text, line, "points")
    if points >= 10**DIGITS:
        raise BadElection(line, "not_whole", column="points", found=text[:40])
    return points


def _number(text: str, line: int, column: str) -> int:
    number = _whole(text, line, column)
    if number < 0:
        raise BadElection(line, "below_zero", column=column, found=number)
    return number


def _amount(text: str, line: int, column: str) -> int:
    """An amount in hundredths of the currency; more than two decimals are refused."""
    match = re.fullmatch(r"([0-9]{1,15})(?:\.([0-9]{1,2})0*)?", text.strip(), re.ASCII)
    if not match:
        raise BadElection(line, "not_amount", column=column, found=text[:40])
    return int(match[1] + (match[2] or "").ljust(2, "0"))


def _projects(rows: _Rows) -> tuple[Project, ...]:
    known = ("project_id", "cost", "name", "votes", "score", "selected")
    projects: list[Project] = []
    seen: set[str] = set()
    for row in rows.until("VOTES"):
        cells = dict(zip(rows.header, row, strict=True))
        name = cells["project_id"].strip()
        if name in seen or not name:
            raise BadElection(rows.line, "project_twice" if name else "no_id", project=name[:40])
        seen.add(name)
        figures = {
            key: _whole(cells[key], rows.line, key) if cells.get(key, "").strip() else None
            for key in ("votes", "score", "selected")
        }
        projects.append(
            Project(
                key=len(projects),
                id=name,
                cost=_amount(cells["cost"], rows.line, "cost"),
                name=cells.get("name", "").strip(),
                more=tuple(pair for pair in cells.items() if pair[0] not in known),
                **figures,
            )
        )
    return tuple(projects)


def _columns(rows: _Rows, form: Form) -> tuple[int, int | None, dict[str, int]]:
    """Where votes and points stand, and the other columns by name."""
    at_vote = rows.header.index("vote")
    at_points = rows.header.index("points") if "points" in rows.header else None
    if form.kind == "points" and at_points is None:
        raise BadElection(rows.line, "no_column", section="VOTES", column="points")
    return (
        at_vote,
        at_points,
        {
            name: place
            for place, name in enumerate(rows.header)
            if place not in {at_vote, at_points}
        },
    )


def _scanned(rows: _Rows, rest: bytes, projects: Sequence[Project], form: Form) -> Box:
    """The rows of VOTES by whole columns; raises BadElection where they are out of the ordinary."""
    at_vote, at_points, others = _columns(rows, form)
    ids = [project.id for project in projects]
    found = None
    if next(rows.reader, None) is None and _is_text(rest):
        found = scan(rest, len(rows.header), (at_vote, at_points), ids, form)
    if found is None:
        raise BadElection(rows.line, "odd")
    return Box(*found, _Columns(rest, others))


def _is_text(body: bytes) -> bool:
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def _votes(rows: _Rows, projects: Sequence[Project], form: Form) -> Box:
    """The rows of VOTES one by one."""
    at_vote, at_points, others = _columns(rows, form)
    kept: dict[str, list[str]] = {name: [] for name in others}
    tally = _Tally(projects, form)
    for row in rows.until(""):
        tally.put(row[at_vote], "" if at_points is None else row[at_points], rows.line)
        for name, place in others.items():
            kept[name].append(row[place])
    columns = {name: tuple(cells) for name, cells in kept.items()}
    return tally.box(len(projects), MappingProxyType(columns))


class _Columns(Mapping[str, tuple[str, ...]]):
    """Columns of rows without quotes, cut out when somebody asks for them."""

    def __init__(self, body: bytes, places: Mapping[str, int]) -> None:
        self.body, self.places = body, places
        self.cut: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        place = self.places[name]
        if name not in self.cut:
            text = self.body.decode()
            lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
            self.cut[name] = tuple(line.split(";", place + 1)[place] for line in lines)
        return self.cut[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class _Tally:
    """Ballots as they come, equal ones merged; every distinct text is read once."""

    def __init__(self, projects: Iterable[Project], form: Form) -> None:
        self.keys = {project.id: project.key for project in projects}
        self.form = form
        self.places: dict[Choices, int] = {}
        self.counts: list[int] = []
        self.rows: list[int] = []
        self.read: dict[tuple[str, str], int] = {}
        self.twice: dict[tuple[str, str], int] = {}
        self.repeated = 0

    def put(self, vote: str, points: str, line: int) -> None:
        """Enter one row, whose ballot names projects in `vote` and gives them `points`."""
        place = self.read.get((vote, points))
        if place is None:
            place = self._new(vote, points, line)
        elif (vote, points) in self.twice:
            self.repeated += 1
        self.counts[place] += 1
        self.rows.append(place)

    def _new(self, vote: str, points: str, line: int) -> int:
        keys = [self._key(name, line) for name in vote.split(",")] if vote.strip() else []
        if len(set(keys)) < len(keys):
            self.twice[vote, points] = line
            self.repeated += 1
        kept = choices(keys, self.form)
        if self.form.kind == "points":
            given = [_points(text, line) for text in points.split(",")] if keys else []
            if len(given) != len(keys):
                raise BadElection(line, "points", found=len(given), expected=len(keys))
            kept = tuple(sorted(dict(zip(reversed(keys), reversed(given), strict=True)).items()))
        place = self.places.setdefault(kept, len(self.places))
        if place == len(self.counts):
            self.counts.append(0)
        self.read[vote, points] = place
        return place

    def _key(self, name: str, line: int) -> int:
        key = self.keys.get(name.strip())
        if key is None:
            raise BadElection(line, "unknown_project", project=name.strip()[:40])
        return key

    def box(self, keys: int, columns: Mapping[str, tuple[str, ...]]) -> Box:
        """All that was put in; ballots that name a project twice are odd, with the line of the first."""
        odd: tuple[Reason, ...] = ()
        if self.twice:
            first = min(self.twice.values())
            odd = (Reason.of("twice", ballots=self.repeated, line=first),)
        profile = Profile.of(zip(self.places, self.counts, strict=True), range(keys))
        return Box(profile, np.array(self.rows, dtype=np.int64), columns, odd)


def _odd(election: Election) -> list[Reason]:
    """What can be read but does not fit together."""
    faults = []
    found = {"num_projects": len(election.projects), "num_votes": election.profile.voters}
    for key, count in found.items():
        declared = election.meta.get(key)
        if declared is not None and declared != str(count):
            faults.append(Reason.of(key, declared=declared, found=count))
    voters = election.columns.get("voter_id", ())
    if len(set(voters)) < len(voters):
        faults.append(Reason.of("voter_twice", ballots=len(voters) - len(set(voters))))
    return faults + _beyond_form(election) + _recorded_otherwise(election)


def _beyond_form(election: Election) -> list[Reason]:
    """Ballots outside the declared lengths or sums: one fault a limit, with their number."""
    form, profile = election.form, election.profile
    lengths = np.diff(profile.starts)
    sums = np.bincount(profile.row_of, profile.weights, minlength=profile.rows)
    beyond = {"too_few": lengths < form.least}
    if form.most is not None:
        beyond["too_many"] = lengths > form.most
    if form.points is not None:
        beyond["over_points"] = sums > form.points
    over = {code: int(profile.times[rows].sum()) for code, rows in sorted(beyond.items())}
    return [Reason.of(code, ballots=ballots) for code, ballots in over.items() if ballots]


def _recorded_otherwise(election: Election) -> list[Reason]:
    """Recorded votes or scores that the ballots do not bear out."""
    points, people = election.tally(), election.supporters()
    faults = []
    for column, counted in (("votes", people), ("score", points)):
        differing = 0
        for project in election.projects:
            recorded = project.votes if column == "votes" else project.score
            differing += recorded is not None and recorded != counted[project.key]
        if differing:
            faults.append(Reason.of("recorded_otherwise", column=column, projects=differing))
    return faults
