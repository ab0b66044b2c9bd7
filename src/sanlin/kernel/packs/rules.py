"""The completed rules of one round, as the whole product reads them: a tree of frozen values.

Money is whole fen, a share is permille, a mark is a whole mark of 100 unless it says otherwise.
`None` means no limit. Where a stage is not in the round, its numbers are 0, its lists empty and its
choices the first of the table: ask `"vote" in rules.stages` before reading them. The meaning of
every value stands in `schema.SCHEMA`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .pot import Pot


@dataclass(frozen=True)
class Identity:
    """Which pack these rules come from; `effective_to` is None while no end is known."""

    id: str
    title: str
    jurisdiction: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True)
class Source:
    """An instrument that prints values; `key` is what `Origin.source` says.

    What an instrument of this place prints binds; one of another place (`elsewhere`) is an example.
    """

    key: str
    text: str
    elsewhere: bool


@dataclass(frozen=True)
class Origin:
    """Where the value at `path` comes from: a source of the pack, "own" (the software's proposal)
    or "officer".
    """

    path: str
    source: str
    note: str


@dataclass(frozen=True)
class Window:
    """How long a stage is open."""

    stage: str
    days: int


@dataclass(frozen=True)
class Windows:
    """`windows["vote"].days`; KeyError for a stage that this round does not have."""

    call: int
    screening: int
    review: int
    conferral: int
    optimisation: int
    vote: int
    running: int

    def __getitem__(self, stage: str) -> Window:
        days: int = vars(self).get(stage, 0)
        if not days:
            raise KeyError(stage)
        return Window(stage, days)


@dataclass(frozen=True)
class Screening:
    """Both in working days."""

    correction_days: int
    appeal_days: int


@dataclass(frozen=True)
class Check:
    code: str
    text: str
    correctable: bool


@dataclass(frozen=True)
class Refusal:
    code: str
    text: str


@dataclass(frozen=True)
class Scoring:
    min_judges: int
    mean: Literal["mean", "trimmed", "median", "normalised", "zscore", "severity", "borda"]
    blank: Literal["leave_out", "scale", "refuse"]
    reasons: bool


@dataclass(frozen=True)
class Criterion:
    """`weight` is permille of the whole score, `max` the highest mark a judge can give."""

    key: str
    name: str
    weight: int
    max: int
    anchor: str


@dataclass(frozen=True)
class Vote:
    """`remind` are days before the last one, falling; None is never. `remind_from` and `remind_until`
    are hours of the day."""

    unit: Literal["person", "household"]
    min_age: int
    kind: Literal["approve_k", "knapsack", "rank", "points", "stance"]
    k: int
    points: int
    options: tuple[str, ...]
    silence: Literal["abstain", "follow", "refuse"]
    carried: Literal["any", "more_for", "half_of_cast"]
    revote: bool
    own_community_only: bool
    paper: bool
    remind: tuple[int, ...] | None
    remind_from: int
    remind_until: int
    anonymity: Literal["secret", "named"]
    keys: Literal["two_officers", "two_of_three"]
    open_ballots: bool


@dataclass(frozen=True)
class Award:
    """`expert` and `public` are permille and add up to 1000 where `method` is blend; `ties` ends in
    "lot". `utility` belongs to equal_shares and welfare, `completion` to equal_shares. `onsite` is what
    ballots on paper weigh in the public part of a blend (permille); None counts all ballots as one.
    """

    method: Literal["score", "votes", "blend", "equal_shares", "phragmen", "welfare"]
    expert: int
    public: int
    normaliser: Literal["share_of_ballots", "share_of_leader", "rank", "min_max"]
    min_score: int | None
    min_votes: int | None
    overflow: Literal["skip", "stop"]
    partial: Literal["none", "remainder"]
    partial_min: int
    one_per_team: bool
    reserve: int
    ties: tuple[str, ...]
    utility: Literal["cost", "cardinality", "points", "borda", "score"]
    completion: Literal["none", "add1", "add1-exhaustive", "add1u", "utilitarian", "comparison"]
    onsite: int | None


@dataclass(frozen=True)
class Tier:
    """`least` projects and `floor` fen are what the tier gets at least; `min` is for one project."""

    key: str
    name: str
    aim: str
    places: int | None
    money: int | None
    cap: int | None
    min: int | None
    least: int
    floor: int | None


@dataclass(frozen=True)
class Theme:
    """`least` projects and `floor` fen are what the theme gets at least."""

    key: str
    name: str
    cap: int | None
    least: int
    floor: int | None


@dataclass(frozen=True)
class Notice:
    days: int
    kind: Literal["working", "calendar"]
    jurors: bool


@dataclass(frozen=True)
class Objection:
    """An open objection always blocks signing; one that is not upheld lets the award proceed."""

    answer_days: int
    upheld: Literal["cancel", "change"]
    uncooperative: Literal["cancel", "proceed"]


@dataclass(frozen=True)
class Instalment:
    """`share` in permille of the award, due within `within` working days after `condition`."""

    key: str
    name: str
    share: int
    condition: Literal["signed", "midterm", "accepted"]
    within: int


@dataclass(frozen=True)
class Head:
    """A kind of cost: forbidden, or with a largest share (permille) of the budget, or a largest
    price a unit (fen). From the unit `long_from` of one line on, `long_cap` holds instead of
    `unit_cap`: 300 a day, 200 from the third day.
    """

    key: str
    name: str
    forbidden: bool
    max_share: int | None
    unit_cap: int | None
    long_from: int | None
    long_cap: int | None
    unit: str | None

    def most_for(self, quantity: int) -> int | None:
        """The most that `quantity` units in one line may cost, in fen; None for no limit."""
        if self.unit_cap is None:
            return None
        if self.long_from is None or self.long_cap is None or quantity < self.long_from:
            return self.unit_cap * quantity
        before = self.long_from - 1
        return self.unit_cap * before + self.long_cap * (quantity - before)


@dataclass(frozen=True)
class Grade:
    """Holds from `from_mark` up to the grade above it; grades of one review stand from the highest
    to the lowest.
    """

    key: str
    name: str
    review: Literal["midterm", "closing"]
    from_mark: int
    consequence: tuple[str, ...]


@dataclass(frozen=True)
class PitchLine:
    """A line of the sheet by which a midterm pitch is marked, for projects of one `kind`: `weight`
    is permille of that kind's sheet, `max` the highest mark.
    """

    key: str
    name: str
    kind: Literal["hardware", "professional", "resident"]
    weight: int
    max: int
    anchor: str


@dataclass(frozen=True)
class Tick:
    """Something that is ticked: a finding at midterm, a point of the acceptance sheet."""

    key: str
    text: str


@dataclass(frozen=True)
class Rules:
    """Everything that governs one round. Made by `complete` or `thaw`, never by hand."""

    pack: Identity
    sources: tuple[Source, ...]
    origins: tuple[Origin, ...]
    stages: tuple[str, ...]
    windows: Windows
    budget: int
    project_min: int | None
    project_cap: int | None
    community_cap: int | None
    team_cap: int | None
    community_least: int
    community_floor: int | None
    own_funds_min: int
    applicants: tuple[str, ...]
    signatures: int
    screening: Screening
    checks: tuple[Check, ...]
    refusals: tuple[Refusal, ...]
    scoring: Scoring
    criteria: tuple[Criterion, ...]
    vote: Vote
    award: Award
    tiers: tuple[Tier, ...]
    themes: tuple[Theme, ...]
    notice: Notice
    objection: Objection
    parties: Literal["three", "two"]
    numbering: str
    instalments: tuple[Instalment, ...]
    heads: tuple[Head, ...]
    grades: tuple[Grade, ...]
    ban_years: int
    pot: Pot
    ladder: bool
    pitch_minutes: int
    pitch_jurors: int
    pitch: tuple[PitchLine, ...]
    findings: tuple[Tick, ...]
    acceptance: tuple[Tick, ...]

    def tier(self, key: str) -> Tier:
        """The tier `key`; KeyError where there is none."""
        return {tier.key: tier for tier in self.tiers}[key]

    def head(self, key: str) -> Head:
        """The spending head `key`; KeyError where there is none."""
        return {head.key: head for head in self.heads}[key]

    def grade(self, review: str, mark: int) -> Grade:
        """The grade that `mark` (0 to 100) earns at `review`; KeyError where that review has no
        grades.
        """
        for grade in self.grades:
            if grade.review == review and mark >= grade.from_mark:
                return grade
        raise KeyError(review)

    def origin(self, path: str) -> Origin:
        """Where the value at `path` ("vote.k", "tiers.shifan.money") comes from; KeyError where it
        does not count.
        """
        return {origin.path: origin for origin in self.origins}[path]
