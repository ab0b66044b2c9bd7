"""Drawing the parts of a made-up round: its rules, proposals, marks, ballots, and the log of it all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from sanlin.kernel import scoring
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.allocation.shares import COMPLETIONS
from sanlin.kernel.record import tree
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.checkpoint import Checkpoint

from .booths import Papers
from .voting import Ballot, Vote

ROUND = 7
ORIGIN = f"sanlin.example/round/{ROUND}"
MEANS = ("mean", "trimmed", "median", "normalised", "zscore", "severity", "borda")
KINDS = ("approve_k", "knapsack", "points", "rank", "stance")
METHODS = ("votes", "score", "blend", "equal_shares", "phragmen", "welfare")
TIES = (("lot",), ("votes", "score", "lot"), ("cheaper", "lot"), ("own_funds", "dearer", "lot"))
OPINIONS = ("support", "against", "abstain", "follow")


@dataclass(frozen=True)
class Wish:
    """What a made record is to be like; None leaves it to the number."""

    method: str | None = None
    kind: str | None = None
    mean: str | None = None
    voters: int | None = None
    paper: bool | None = None
    only_paper: bool = False
    entered: bool = False
    spoil_all: bool = False
    ledger: bool = True


@dataclass
class Maker:
    chance: Random
    wish: Wish
    lines: list[bytes] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)
    frontier: tree.Frontier = ()
    papers: Papers | None = None
    day: int = 1

    # --- the log ------------------------------------------------------------------------------

    def tell(self, deed: str, subject: str = f"rounds.Round:{ROUND}", **data: Any) -> int:
        by = f"{self.chance.randrange(16**12):012x}" if self.chance.random() < 0.7 else None
        line = {
            "at": f"2026-05-{min(self.day, 28):02d}T{self.chance.randrange(24):02d}:00:00Z",
            "by": None if deed.startswith("ballot.") else by,
            "data": data,
            "deed": deed,
            "hand": None,
            "subject": subject,
        }
        body = canonical(line)
        self.frontier = tree.append(self.frontier, len(self.lines), tree.leaf(body))
        self.lines.append(body)
        return len(self.lines) - 1

    def keep(self) -> None:
        """Publish a checkpoint."""
        one = Checkpoint(ORIGIN, len(self.lines), tree.root(self.frontier)).text
        if one not in self.checkpoints:
            self.checkpoints.append(one)
        self.day += 1

    # --- the rules and the proposals ----------------------------------------------------------

    def rules(self) -> dict[str, Any]:  # noqa: C901, PLR0912, PLR0915  # one draw after the other
        chance, wish = self.chance, self.wish
        method = wish.method or chance.choice(METHODS)
        kind = wish.kind or chance.choice(KINDS)
        if method in OWN_MONEY:
            kind = chance.choice(KINDS[:4]) if kind == "stance" else kind
        if wish.entered:
            method, kind = "votes", kind if kind in {"approve_k", "points", "rank"} else "approve_k"
        review = method in {"score", "blend"} or (not wish.entered and chance.random() < 0.4)
        vote = method != "score" or chance.random() < 0.5
        tiers = [] if wish.entered or chance.random() < 0.5 else self._tiers()
        stages = [name for name, has in (("review", review), ("vote", vote)) if has]
        award: dict[str, Any] = {
            "method": method,
            "one_per_team": not wish.entered and chance.random() < 0.3,
            "overflow": chance.choice(("skip", "stop")),
            "partial": "none",
            "reserve": 0 if wish.entered else chance.randrange(3),
            "ties": list(chance.choice(TIES)),
        }
        floor = int(not wish.entered and chance.random() < 0.25)
        if floor:
            award["overflow"] = "skip"  # the only rule that can keep floors
        if method in {"equal_shares", "welfare"}:
            weighted = {"points": "points", "rank": "borda"}
            award["utility"] = weighted.get(kind) or chance.choice(("cost", "cardinality"))
        if method == "equal_shares":
            award["completion"] = chance.choice(COMPLETIONS)
        if method == "blend":
            award["expert"] = chance.choice((300, 500, 600))
            award["public"] = 1000 - award["expert"]
            award["onsite"] = chance.choice((None, 300, 500))
        if method != "score":
            award["normaliser"] = chance.choice(("share_of_ballots", "share_of_leader", "rank"))
            award["min_votes"] = chance.choice((None, None, 1))
        if review and not wish.entered:
            award["min_score"] = chance.choice((None, 40))
        if not wish.entered and chance.random() < 0.4:
            award |= {"partial": "remainder", "partial_min": chance.choice((500, 333, 800))}
        told: dict[str, Any] = {
            "award": award,
            "budget": chance.randrange(2, 20) * 1_000_00,
            "community_floor": chance.choice((None, 1_500_00)) if floor else None,
            "community_least": floor * chance.randrange(1, 3),
            "community_cap": chance.choice((None, 12_000_00)),
            "criteria": [],
            "format": "sanlin-rules-1",
            "own_funds_min": 0 if wish.entered else chance.choice((0, 0, 50)),
            "project_cap": chance.choice((None, 9_000_00)),
            "stages": stages,
            "team_cap": chance.choice((None, 10_000_00)),
            "themes": [
                {
                    "cap": chance.choice((None, 8_000_00)),
                    "floor": chance.choice((None, 2_000_00)) if floor else None,
                    "key": "green",
                    "least": floor,
                },
                {"cap": None, "floor": None, "key": "old", "least": 0},
            ],
            "tiers": tiers,
        }
        if review:
            told["criteria"] = [
                {"key": "need", "max": 10, "weight": 600},
                {"key": "plan", "max": 5, "weight": 400},
            ]
            told["scoring"] = {
                "blank": chance.choice(("leave_out", "scale")),
                "mean": wish.mean or chance.choice(MEANS),
            }
        if vote:
            told["vote"] = {"kind": kind}
            if kind in {"approve_k", "rank"}:
                told["vote"]["k"] = chance.randrange(1, 5)
            if kind == "points":
                told["vote"]["points"] = 10
            if kind == "stance":
                told["vote"]["silence"] = chance.choice(("abstain", "follow"))
                told["vote"]["carried"] = chance.choice(("any", "more_for", "half_of_cast"))
        return told

    def _tiers(self) -> list[dict[str, Any]]:
        chance = self.chance
        return [
            {
                "cap": chance.choice((None, 6_000_00)),
                "floor": None,
                "key": key,
                "least": 0,
                "money": chance.choice((None, 10_000_00)),
                "places": chance.choice((None, 1, 2)),
            }
            for key in ("show", "seed")
        ]

    def proposals(self, rules: dict[str, Any]) -> list[dict[str, Any]]:
        chance, found = self.chance, []
        tiers = [tier["key"] for tier in rules["tiers"]] or [None]
        for number in range(1, chance.randrange(2, 12)):
            key = 10 + number * 3
            team, place = chance.randrange(1, 6), chance.randrange(1, 4)
            events = [
                [self.tell("proposal.submit", f"proposals.Proposal:{key}"), "proposal.submit"]
            ]
            if chance.random() < 0.5:
                at = self.tell("proposal.screen", f"proposals.Proposal:{key}", result="admit")
                events.append([at, "proposal.screen"])
            found.append(
                {
                    "community": place,
                    "community_name": f"第{place}居民区",  # data
                    "cost": chance.choice(
                        (500_00, 1_000_00, 2_500_00, 4_000_00, chance.randrange(1, 8_000_00))
                    ),
                    "events": events,
                    "key": key,
                    "number": number,
                    "own_funds": chance.choice((0, 0, 100_00)),
                    "team": team,
                    "team_name": f"第{team}队",  # data
                    "theme": chance.choice((None, "green", "old")),
                    "tier": chance.choice(tiers),
                    "title": f"提案 {number} “é” \\ /",  # data
                }
            )
        return found

    # --- the review ---------------------------------------------------------------------------

    def scores(
        self, rules: dict[str, Any], keys: list[int]
    ) -> tuple[bytes, dict[int, Fraction | None]]:
        rows: list[tuple[int, int, str, str]] = []
        sheets: dict[int, dict[int, Fraction | None]] = {}
        if "review" in rules["stages"]:
            gone = [999] if self.chance.random() < 0.3 else []  # it left after the review
            for juror in range(1, self.chance.randrange(2, 8)):
                for key in [*keys, *gone]:
                    rows += self._sheet(rules, juror, key, sheets)
        body = "proposal,juror,criterion,halves\n" + "".join(
            f"{p},{j},{c},{h}\n" for p, j, c, h in sorted(rows)
        )
        if not rows:
            return body.encode(), dict.fromkeys(keys)
        try:
            marks = scoring.marks_by(rules["scoring"]["mean"], sheets, keys)
        except scoring.Disconnected:
            rules["scoring"]["mean"] = "mean"
            marks = scoring.marks_by("mean", sheets, keys)
        return body.encode(), marks

    def _sheet(
        self, rules: dict[str, Any], juror: int, key: int, sheets: dict[int, Any]
    ) -> list[tuple[int, int, str, str]]:
        chance = self.chance
        if chance.random() < 0.1:
            return [(key, juror, "-", "")]
        if chance.random() < 0.1:
            return []
        marks = {
            c["key"]: chance.randrange(2 * c["max"] + 1)
            for c in rules["criteria"]
            if chance.random() < 0.95
        }
        whole = len(marks) == len(rules["criteria"])
        if marks and (whole or rules["scoring"]["blank"] == "scale"):
            own = [c for c in rules["criteria"] if c["key"] in marks]
            points = sum(Fraction(c["weight"] * marks[c["key"]], 2 * c["max"]) for c in own)
            sheets.setdefault(juror, {})[key] = 100 * points / sum(c["weight"] for c in own)
        return [(key, juror, name, str(halves)) for name, halves in marks.items()]

    # --- the vote -----------------------------------------------------------------------------

    def ballot(self, rules: dict[str, Any], proposals: list[dict[str, Any]]) -> Ballot:
        chance, vote = self.chance, rules["vote"]
        keys = [one["key"] for one in proposals]
        chance.shuffle(keys)
        kind = vote["kind"]
        if chance.random() < 0.05 and kind != "stance":
            return ()
        if kind == "stance":
            return tuple(sorted((key, chance.randrange(5)) for key in keys))
        if kind == "points":
            return tuple(
                sorted((key, chance.randrange(1, 4)) for key in keys[: chance.randrange(1, 4)])
            )
        if kind == "knapsack":
            return tuple(sorted((key, 1) for key in keys[: chance.randrange(1, 5)]))
        chosen = keys[: chance.randrange(1, vote["k"] + 1)]
        if kind == "approve_k":
            return tuple(sorted((key, 1) for key in chosen))
        return tuple(sorted((key, vote["k"] - place) for place, key in enumerate(chosen)))

    def vote(self, rules: dict[str, Any], proposals: list[dict[str, Any]]) -> Vote:
        wish, chance = self.wish, self.chance
        paper = wish.only_paper or (chance.random() < 0.4 if wish.paper is None else wish.paper)
        voters = wish.voters if wish.voters is not None else chance.choice((0, 1, 7, 30, 60))
        done = Vote()
        self.tell("vote.open", "ballots.Roll:1", key="00" * 32)
        self.keep()
        for _ in range(0 if wish.only_paper else voters):
            self._cast(rules, proposals, done)
            if chance.random() < 0.1:
                self.keep()
        if wish.spoil_all:
            done.standing.clear()
        if paper and (wish.paper or chance.random() < 0.5) and len(done.standing) > 1:
            code = chance.choice(sorted(done.standing))
            self.tell("ballot.override", "ballots.Roll:1", code=code)
            done.gone.append(code)
            del done.standing[code]
        done.paper = [self.ballot(rules, proposals) for _ in range(voters // 2)] if paper else []
        papers = Papers(self, done)
        if paper:
            papers.at_the_booth()
        self._count(rules, done, papers if paper else None)
        return done

    def _count(self, rules: dict[str, Any], done: Vote, papers: Papers | None) -> None:
        """The vote closes, paper is keyed, and the box is opened."""
        chance = self.chance
        done.cast = len(done.standing) + (papers.marked if papers else 0)
        done.size = done.cast + chance.randrange(1, 50)
        self.tell("vote.close", "ballots.Roll:1", cast=done.cast, size=done.size)
        self.keep()
        if papers:
            papers.keyed()
        broken = 1 if done.standing and chance.random() < 0.1 else 0
        done.broken = broken
        told = {"broken": broken, "counted": len(done.standing) - broken, "paper": len(done.paper)}
        done.opened = self.tell("box.open", "ballots.Roll:1", **told)
        self.keep()
        self.papers = papers  # to be sampled when the margin is known

    def _cast(self, rules: dict[str, Any], proposals: list[dict[str, Any]], done: Vote) -> None:
        chance = self.chance
        if self.wish.spoil_all or chance.random() < 0.05:
            done.opening, code = self.code(self.ballot(rules, proposals))
            self.tell("ballot.spoil", "ballots.Roll:1", code=code)
            if self.wish.spoil_all:
                return
        kept = self.ballot(rules, proposals)
        _line, code = self.code(kept)
        if done.standing and chance.random() < 0.15:
            old = chance.choice(sorted(done.standing))
            self.tell("ballot.recast", "ballots.Roll:1", channel="web", code=code, replaces=old)
            done.gone.append(old)
            del done.standing[old]
        else:
            self.tell("ballot.cast", "ballots.Roll:1", channel="web", code=code)
        done.standing[code] = kept

    def code(self, kept: Ballot) -> tuple[str, str]:
        seed = f"{self.chance.randrange(16**64):064x}"
        choices = canonical([list(pair) for pair in kept]).decode()
        line = f"sanlin-ballot-2:{ROUND}:{choices}:{seed}"
        return line, hashlib.sha256(line.encode()).hexdigest()
