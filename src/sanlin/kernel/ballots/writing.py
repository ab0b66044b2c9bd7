"""Writing Pabulib (.pb) files: what `read` gives, as text that other readers take.

The same election gives the same bytes. Meta comes first in the order of the published format, then
whatever else the election holds; ballots are written one a row, as the format asks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from sanlin.kernel.ballots.form import Choices, Form
from sanlin.kernel.ballots.pabulib import Box, Election, Project
from sanlin.kernel.profile import Profile

META = (
    *("description", "country", "unit", "district", "subunit", "instance"),
    *("num_projects", "num_votes", "budget", "vote_type", "rule", "date_begin", "date_end"),
    *("min_length", "max_length", "max_sum_cost", "min_points", "max_points"),
    *("min_sum_points", "max_sum_points", "min_project_score_threshold"),
    *("language", "edition", "currency", "fully_funded", "comment"),
)
"""The order in which the format lists them; others follow by name."""
VOTE_TYPES = {
    "approve": "approval",
    "knapsack": "approval",
    "points": "cumulative",
    "rank": "ordinal",
}


class Rows(Protocol):
    """What csv.writer makes."""

    def writerow(self, row: Sequence[object], /) -> object:
        """One row."""


@dataclass(frozen=True)
class Entry:
    """One project as it is written: `votes` are ballots that name it, `score` its points."""

    id: str
    cost: int
    name: str
    selected: bool
    category: str = ""
    neighborhood: str = ""


def compose(
    meta: Mapping[str, str],
    entries: Iterable[Entry],
    ballots: Iterable[tuple[Choices, int]],
    form: Form,
    budget: int,
) -> Election:
    """An election out of its parts: keys of `ballots` are places in `entries`, money in hundredths.

    Votes and points are counted from the ballots; voters are numbered in the order of the ballots,
    which must be an order that says nothing about them. Raises ValueError where a ballot names a
    place that does not exist.

    >>> entries = [Entry("1", 50_00, "Lamp", True), Entry("2", 80_00, "Bench", False)]
    >>> told = {"instance": "2024", "rule": "greedy"}
    >>> made = compose(told, entries, [(((0, 1),), 2)], Form("approve", most=2), 100_00)
    >>> made.projects[0].votes, made.meta["num_votes"], made.meta["vote_type"]
    (2, '2', 'approval')
    """
    listed, merged = list(entries), [(kept, times) for kept, times in ballots if times]
    people, points = [0] * len(listed), [0] * len(listed)
    for kept, times in merged:
        for key, weight in kept:
            if not 0 <= key < len(listed):
                raise ValueError(f"a ballot names the place {key}, which does not exist")
            people[key] += times
            points[key] += weight * times
    whole = {
        **{name: _flat(value) for name, value in meta.items() if _flat(value)},
        "num_projects": str(len(listed)),
        "num_votes": str(sum(times for _, times in merged)),
        "budget": amount(budget),
        **_limits(form),
    }
    scored = form.kind in {"points", "rank"}
    projects = tuple(
        Project(
            key=key,
            id=it.id,
            cost=it.cost,
            name=_flat(it.name),
            votes=people[key],
            score=points[key] if scored else None,
            selected=int(it.selected),
            more=_more(it),
        )
        for key, it in enumerate(listed)
    )
    profile = Profile.of(merged, range(len(listed)))
    rows = np.repeat(np.arange(profile.rows), profile.times)
    voters = tuple(str(n) for n in range(1, profile.voters + 1))
    return Election(
        meta=MappingProxyType(whole),
        projects=projects,
        box=Box(profile, rows, MappingProxyType({"voter_id": voters})),
        budget=budget,
        form=form,
    )


def _limits(form: Form) -> dict[str, str]:
    """The limits of the form under the names of the format."""
    told: dict[str, int | None] = {"min_length": form.least, "max_length": form.most}
    if form.kind == "points":
        told |= {"max_points": form.each, "max_sum_points": form.points}
    limits = {name: str(value) for name, value in told.items() if value is not None}
    if form.kind == "knapsack" and form.budget is not None:
        limits["max_sum_cost"] = amount(form.budget)
    return {"vote_type": VOTE_TYPES[form.kind], **limits}


def _more(entry: Entry) -> tuple[tuple[str, str], ...]:
    told = (("category", entry.category), ("neighborhood", entry.neighborhood))
    return tuple((name, _flat(value)) for name, value in told)


def _flat(text: str) -> str:
    """In one line, without space at its ends, as the format asks."""
    return re.sub(r"\s+", " ", text).strip()


def amount(hundredths: int) -> str:
    """An amount as the format writes it.

    >>> amount(12_000_00), amount(50)
    ('12000', '0.50')
    """
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def write(election: Election) -> str:
    """The election as the text of a .pb file; `read` gives it back.

    A column is written where any project has a value in it. A ranking is written best first.
    """
    lines = io.StringIO()
    out = csv.writer(lines, delimiter=";", lineterminator="\n")
    out.writerow(["META"])
    out.writerow(["key", "value"])
    known = [name for name in META if name in election.meta]
    for name in [*known, *sorted(election.meta.keys() - set(known))]:
        out.writerow([name, election.meta[name]])
    out.writerow(["PROJECTS"])
    _write_projects(out, election.projects)
    out.writerow(["VOTES"])
    _write_votes(out, election)
    return lines.getvalue()


PROJECTS = (
    *("votes", "score", "name", "category", "beneficiaries"),
    *("selected", "neighborhood", "subunit", "district"),
)
"""The order of columns in the format, after the id and the cost; others follow."""


def _write_projects(out: Rows, projects: tuple[Project, ...]) -> None:
    cells = [_cells(it) for it in projects]
    used = list(dict.fromkeys(name for told in cells for name, value in told.items() if value))
    columns = [name for name in PROJECTS if name in used]
    columns += [name for name in used if name not in {*columns, "project_id", "cost"}]
    out.writerow(["project_id", "cost", *columns])
    for it, told in zip(projects, cells, strict=True):
        out.writerow([it.id, amount(it.cost), *(told.get(name, "") for name in columns)])


def _cells(project: Project) -> dict[str, str]:
    """What a project has beside id and cost, by column."""
    figures = {name: getattr(project, name) for name in ("votes", "score", "selected")}
    told = {name: str(value) for name, value in figures.items() if value is not None}
    return {**dict(project.more), **told, **({"name": project.name} if project.name else {})}


def _write_votes(out: Rows, election: Election) -> None:
    scored = election.form.kind == "points"
    columns = dict(election.columns)
    voters = columns.pop("voter_id", ())
    if not voters:
        voters = tuple(str(n) for n in range(1, len(election.votes) + 1))
    out.writerow(["voter_id", *columns, "vote", *(["points"] if scored else [])])
    written = [_ballot(kept, election) for kept in election.ballots]
    for at, (voter, place) in enumerate(zip(voters, election.votes, strict=True)):
        vote, points = written[place]
        others = (column[at] for column in columns.values())
        out.writerow([voter, *others, vote, *([points] if scored else [])])


def _ballot(kept: Choices, election: Election) -> tuple[str, str]:
    """The ids of a ballot, the best first where it is a ranking, and its points in that order."""
    ordered = sorted(kept, key=lambda pair: -pair[1]) if election.form.kind == "rank" else kept
    ids = (election.projects[key].id for key, _ in ordered)
    return ",".join(ids), ",".join(str(weight) for _, weight in ordered)
