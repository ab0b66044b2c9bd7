"""A whole record out of a number: the same number gives the same bytes.

It has all that docs/record-format.md describes, in random measure: reviews by every method, ballots
of every kind, replaced, spoiled and on paper, ties, objections, promotions, payments, earlier seals.
Nothing is read from a database; the counts are the kernel's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import Any

from sanlin.kernel import scoring
from sanlin.kernel.allocation import (
    Bid,
    Case,
    Floor,
    Limits,
    Outcome,
    TierLimit,
    fingerprint,
)
from sanlin.kernel.allocation import canonical as plain
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.allocation.shares import COMPLETIONS
from sanlin.kernel.ballots.tally import Opinions, is_carried
from sanlin.kernel.record import tree
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.checkpoint import Checkpoint
from sanlin.kernel.record.papers import BALLOTS, FORMAT, bind

ROUND = 7
ORIGIN = f"sanlin.example/round/{ROUND}"
MEANS = ("mean", "trimmed", "median", "normalised", "zscore", "severity", "borda")
KINDS = ("approve_k", "knapsack", "points", "rank", "stance")
METHODS = ("votes", "score", "blend", "equal_shares", "phragmen", "welfare")
FIGURES = ("cap", "cost", "left", "short")  # of reasons: the others may come and go
TIES = (("lot",), ("votes", "score", "lot"), ("cheaper", "lot"), ("own_funds", "dearer", "lot"))
OPINIONS = ("support", "against", "abstain", "follow")

Ballot = tuple[tuple[int, int], ...]


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
class Made:
    """A record: its files by name, and what a resident, an observer and the notice hold of it."""

    files: dict[str, bytes]
    root: str
    receipts: list[str]  # of ballots that count
    replaced: list[str]  # of ballots that no longer count
    opening: str  # of a spoiled ballot, or nothing
    old: str  # the last checkpoint before the seal
    earlier: dict[str, bytes] | None  # the record as it was sealed first

    @property
    def victim(self) -> str:
        """The code of a ballot that counts, was cast once, and replaced none."""
        lines = self.files["log.jsonl"].splitlines()
        told = (line for line in lines if b'"deed":"ballot.cast"' in line)
        cast = {json.loads(line)["data"]["code"] for line in told}
        return next(code for code in self.receipts if code in cast)


@dataclass
class _Maker:
    chance: Random
    wish: Wish
    lines: list[bytes] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)
    frontier: tree.Frontier = ()
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
        floor = int(
            method in {"votes", "score", "blend"} and not wish.entered and chance.random() < 0.2
        )
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
        if method != "score":
            award["normaliser"] = chance.choice(("share_of_ballots", "share_of_leader", "rank"))
            award["min_votes"] = chance.choice((None, None, 1))
        if review and not wish.entered:
            award["min_score"] = chance.choice((None, 40))
        if method in {"votes", "score", "blend"} and not wish.entered and chance.random() < 0.4:
            award |= {"partial": "remainder", "partial_min": chance.choice((500, 333, 800))}
        told: dict[str, Any] = {
            "award": award,
            "budget": chance.randrange(2, 20) * 1_000_00,
            "community_floor": None,
            "community_least": floor,
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
                    "floor": None,
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

    def vote(self, rules: dict[str, Any], proposals: list[dict[str, Any]]) -> _Vote:
        wish, chance = self.wish, self.chance
        paper = wish.only_paper or (chance.random() < 0.4 if wish.paper is None else wish.paper)
        voters = wish.voters if wish.voters is not None else chance.choice((0, 1, 7, 30, 60))
        done = _Vote()
        self.tell("vote.open", "ballots.Roll:1", key="00" * 32)
        self.keep()
        for _ in range(0 if wish.only_paper else voters):
            self._cast(rules, proposals, done)
            if chance.random() < 0.1:
                self.keep()
        if wish.spoil_all:
            done.standing.clear()
        if paper and chance.random() < 0.5 and len(done.standing) > 1:
            code = chance.choice(sorted(done.standing))
            self.tell("ballot.override", "ballots.Roll:1", code=code)
            done.gone.append(code)
            del done.standing[code]
        done.paper = [self.ballot(rules, proposals) for _ in range(voters // 2)] if paper else []
        station = self._station(done) if paper else None
        done.stations = [station] if station else []
        marked = station["marked"] if station else 0
        done.cast = len(done.standing) + marked
        done.size = done.cast + chance.randrange(1, 50)
        self.tell("vote.close", "ballots.Roll:1", cast=done.cast, size=done.size)
        self.keep()
        broken = 1 if done.standing and chance.random() < 0.1 else 0
        done.broken = broken
        self.tell("box.open", "ballots.Roll:1", broken=broken, counted=len(done.standing) - broken)
        return done

    def _cast(self, rules: dict[str, Any], proposals: list[dict[str, Any]], done: _Vote) -> None:
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

    def _station(self, done: _Vote) -> dict[str, Any]:
        chance, counted = self.chance, len(done.paper)
        invalid, missing, spoiled = (chance.randrange(3) for _ in range(3))
        returned = counted + invalid
        first = returned // 2
        issued = spoiled + returned + missing
        return {
            "batches": [
                {
                    "ballots": first,
                    "clerks": ["a", "b"],
                    "differences": 1,
                    "number": 1,
                    "third": "c",
                },
                {
                    "ballots": returned - first,
                    "clerks": ["b", "c"],
                    "differences": 0,
                    "number": 2,
                    "third": None,
                },
            ],
            "counted": counted,
            "invalid": invalid,
            "issued": issued,
            "marked": returned + missing,
            "missing": missing,
            "name": "居委活动室",  # data
            "printed": issued + 10,
            "returned": returned,
            "spoiled": spoiled,
            "station": 1,
        }


@dataclass
class _Vote:
    standing: dict[str, Ballot] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    opening: str = ""
    paper: list[Ballot] = field(default_factory=list)
    stations: list[dict[str, Any]] = field(default_factory=list)
    cast: int = 0
    size: int = 0
    broken: int = 0

    @property
    def by_channel(self) -> dict[str, list[Ballot]]:
        web = [self.standing[code] for code in sorted(self.standing)][self.broken :]
        return {"web": web} | ({"paper": self.paper} if self.stations else {})

    @property
    def counted(self) -> list[Ballot]:
        return [kept for ballots in self.by_channel.values() for kept in ballots]


def make(number: int, wish: Wish | None = None) -> Made:
    """The record of the made-up round `number`."""
    maker = _Maker(Random(number), wish or Wish())
    return _Record(maker).made()


class _Record:
    """One made record, file by file."""

    def __init__(self, maker: _Maker) -> None:
        self.maker, self.chance, self.wish = maker, maker.chance, maker.wish
        self.rules = maker.rules()

    def made(self) -> Made:
        maker, rules = self.maker, self.rules
        start = len(maker.lines)
        maker.tell("round.create")
        opened = maker.tell("round.open_call")  # its fingerprint is known when the rules are final
        self.proposals = maker.proposals(rules)
        self.keys = [one["key"] for one in self.proposals]
        self.secret = f"{self.chance.randrange(16**32):032x}"
        self.number = "07-11-19" if self.chance.random() < 0.3 else ""
        if self.number:
            maker.tell("round.state_source", source="ab" * 32)
        scores, marks = maker.scores(rules, self.keys)
        self.has_vote = "vote" in rules["stages"]
        frozen = canonical(rules)
        maker.lines[opened] = self._opening(opened, hashlib.sha256(frozen).hexdigest())
        maker.frontier = tree.frontier_of(map(tree.leaf, maker.lines[start:]))
        maker.keep()
        self.done = self._vote()
        allocation, outcome = self._allocation(hashlib.sha256(frozen).hexdigest(), marks)
        maker.keep()
        files = {
            "README.en.md": b"A made-up round.\n",
            "README.zh.md": "演练用的轮次。\n".encode(),  # data
            "allocation.json": allocation,
            "keys.json": canonical({"public": "00" * 32 if self.has_vote else None}) + b"\n",
            "paper.json": canonical({"sample": None, "stations": self.done.stations}) + b"\n",
            "proposals.json": canonical(self.proposals) + b"\n",
            "receipts.txt": b"".join(code.encode() + b"\n" for code in sorted(self._codes())),
            "round.json": canonical(self._facts()) + b"\n",
            "rules.json": frozen + b"\n",
            "scores.csv": scores,
            "totals.json": canonical(self._totals()) + b"\n",
            "verify.py": b"# a verifier\n",
        }
        if self.whole:
            files[BALLOTS] = self._ballots()
        return self._sealed(files, outcome)

    def _opening(self, at: int, digest: str) -> bytes:
        lot = hashlib.sha256(self.secret.encode()).hexdigest()
        maker = _Maker(Random(at), self.wish)
        if self.wish.entered:
            maker.tell("round.enter", rules=digest, lot=lot)
        else:
            maker.tell("round.open_call", fingerprint=digest, lot=lot, verb="open_call")
        return maker.lines[0]

    @property
    def whole(self) -> bool:
        return self.rules["award"]["method"] in OWN_MONEY

    def _vote(self) -> _Vote:
        if self.has_vote and not self.wish.entered:
            return self.maker.vote(self.rules, self.proposals)
        done = _Vote()
        if self.wish.entered:
            for _ in range(self.wish.voters or 40):
                _line, code = self.maker.code(())
                done.standing[code] = self.maker.ballot(self.rules, self.proposals)
            done.cast = len(done.standing)
            done.size = done.cast + 9
            self.maker.tell("vote.enter", "ballots.Roll:1", cast=done.cast, size=done.size)
        return done

    def _codes(self) -> list[str]:
        return [] if self.wish.entered else list(self.done.standing)

    def _facts(self) -> dict[str, Any]:
        vote = {"cast": self.done.cast, "day": "2026-05-01", "size": self.done.size}
        return {
            "ballots": "whole" if self.whole else "totals" if self.has_vote else "none",
            "exclusive": self.exclusive,
            "format": FORMAT,
            "handed_in": len(self.keys) + 1,
            "name": "演练",  # data
            "origin": ORIGIN,
            "overflow": self.overflow,
            "roll": vote if self.has_vote else None,
            "round": ROUND,
            "source": "entered" if self.wish.entered else "here",
            "street": "潍坊新村街道",  # data
            "windows": [{"closes": None, "opens": "2026-05-01T00:00:00Z", "stage": "call"}],
            "year": 2026,
        }

    # --- totals -------------------------------------------------------------------------------

    def _totals(self) -> dict[str, Any]:
        if not self.has_vote:
            return {"ballots": 0, "channels": [], "opinions": [], "votes": []}
        channels = [
            {"ballots": len(ballots), "name": name, "votes": self._sums(ballots)}
            for name, ballots in sorted(self.done.by_channel.items())
        ]
        counted = self.done.counted
        return {
            "ballots": len(counted),
            "channels": channels,
            "opinions": self._opinions(counted),
            "votes": [[key, self.votes[key]] for key in self.keys],
        }

    @property
    def stance(self) -> bool:
        return self.has_vote and self.rules["vote"]["kind"] == "stance"

    def _sums(self, ballots: list[Ballot]) -> list[list[int]]:
        sums = dict.fromkeys(self.keys, 0)
        for kept in ballots:
            for key, weight in kept:
                sums[key] += int(weight == 1) if self.stance else weight
        return [[key, sums[key]] for key in self.keys]

    def _opinions(self, ballots: list[Ballot]) -> list[list[int]]:
        if not self.stance:
            return []
        said = {key: [0] * 5 for key in self.keys}
        for kept in ballots:
            for key, weight in kept:
                said[key][weight] += 1
        return [[key, *said[key][1:], said[key][0]] for key in self.keys]

    @property
    def votes(self) -> dict[int, int]:
        if not self.has_vote:
            return dict.fromkeys(self.keys, 0)
        if not self.stance:
            return dict(map(tuple, self._sums(self.done.counted)))  # type: ignore[arg-type]
        found = {}
        for key, support, against, _abstain, follow, silent in self._opinions(self.done.counted):
            moving = follow + (silent if self.rules["vote"]["silence"] == "follow" else 0)
            found[key] = support + (moving if support > against else 0)
        return found

    def _choices(self) -> tuple[tuple[Ballot, int], ...]:
        times: dict[Ballot, int] = {}
        for kept in self.done.counted:
            times[kept] = times.get(kept, 0) + 1
        return tuple(sorted(times.items()))

    def _ballots(self) -> bytes:
        lines = (
            canonical({"choices": [list(pair) for pair in kept], "times": n})
            for kept, n in self._choices()
        )
        return b"".join(line + b"\n" for line in sorted(lines))

    # --- the count ----------------------------------------------------------------------------

    def _allocation(self, rules: str, marks: dict[int, Fraction | None]) -> tuple[bytes, Outcome]:
        award, chance = self.rules["award"], self.chance
        self.overflow = award["overflow"]
        if self.wish.entered:
            self.overflow = chance.choice(("skip", "stop", "topup"))
        self.exclusive = []
        if len(self.keys) > 3 and not self.wish.entered and chance.random() < 0.4:
            self.exclusive = [sorted(chance.sample(self.keys, 2))]
        seed = self.secret
        if self.number:
            self.maker.tell("round.enter_number", number=self.number)
            seed += f"/{self.number}"
        self.bids = [one["key"] for one in self.proposals if one["key"] not in self._voted_down()]
        case = Case(
            bids=tuple(self._bid(one, marks) for one in self.proposals if one["key"] in self.bids),
            limits=self._limits(),
            method=award["method"],
            expert=award.get("expert", 0),
            public=award.get("public", 0),
            normaliser=award.get("normaliser", "share_of_ballots"),
            ballots=self.done.cast,
            rule=self.overflow,
            ties=tuple(award["ties"]),
            seed=seed,
            lot=tuple(
                sorted(
                    self.bids, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
                )
            ),
            rules=rules,
            utility="" if self.wish.entered else award.get("utility", "cost"),
            completion=award.get("completion", "none"),
            choices=self._choices() if self.whole else (),
        )
        inputs, result, outcome = self._counted(case)
        digest = fingerprint(inputs + result)
        body = (
            b'{"case":'
            + inputs
            + b',"fingerprint":"'
            + digest.encode()
            + b'","outcome":'
            + result
            + b"}\n"
        )
        if self.wish.entered:
            self.maker.tell("awards.enter_election", file="00" * 32, fingerprint=digest)
        else:
            self.maker.tell("awards.decide", "awards.Decision:1", fingerprint=digest, seed=seed)
            self.maker.tell("awards.publish", "awards.Notice:1", fingerprint=digest)
        return body, outcome

    def _counted(self, case: Case) -> tuple[bytes, bytes, Outcome]:
        """The bytes of the case and of its outcome, without what the format does not know."""
        outcome = case.answer()
        told, found = json.loads(case.to_bytes()), json.loads(plain(outcome))
        found["steps"] = [_plainly(step) for step in found["steps"]]
        return canonical(_documented(told)), canonical(_documented(found)), outcome

    def _bid(self, one: dict[str, Any], marks: dict[int, Fraction | None]) -> Bid:
        bid = Bid(one["key"], one["cost"], votes=self.votes[one["key"]], sent=one["number"])
        if self.wish.entered:
            return bid
        award = self.rules["award"]
        least = None
        if award["partial"] == "remainder":
            least = max(1, -(-one["cost"] * award["partial_min"] // 1000))
        return replace(
            bid,
            score=marks.get(one["key"]),
            tier=one["tier"],
            team=one["team"],
            community=one["community"],
            theme=one["theme"],
            least=least,
            own_funds=one["own_funds"],
        )

    def _voted_down(self) -> set[int]:
        if not self.stance:
            return set()
        vote, lost = self.rules["vote"], set()
        for key, *said in self._opinions(self.done.counted):
            if not is_carried(Opinions(*said), vote["carried"], vote["silence"], self.done.cast):
                lost.add(key)
        return lost

    def _limits(self) -> Limits:
        rules, award = self.rules, self.rules["award"]
        if self.wish.entered:
            return Limits(rules["budget"], min_votes=award.get("min_votes"))
        least = award.get("min_score")
        return Limits(
            budget=rules["budget"],
            tiers=tuple(
                TierLimit(t["key"], t["places"], t["money"], t["cap"]) for t in rules["tiers"]
            ),
            project_cap=rules["project_cap"],
            team_cap=rules["team_cap"],
            community_cap=rules["community_cap"],
            theme_caps=tuple((t["key"], t["cap"]) for t in rules["themes"] if t["cap"]),
            min_score=None if least is None else Fraction(least),
            min_votes=award.get("min_votes"),
            exclusive=tuple(frozenset(g) for g in self.exclusive if set(g) <= set(self.bids)),
            one_per_team=award["one_per_team"],
            partial=award["partial"] == "remainder",
            reserve=award["reserve"],
            own_share=rules["own_funds_min"],
            floors=tuple(self._floors()),
        )

    def _floors(self) -> Iterator[Floor]:
        rules = self.rules
        for kind, groups in (("tier", rules["tiers"]), ("theme", rules["themes"])):
            for group in groups:
                if group["least"]:
                    yield Floor(kind, group["key"], group["least"], 0)
        for place in sorted({p["community"] for p in self.proposals if p["key"] in self.bids}):
            if rules["community_least"]:
                yield Floor("community", place, rules["community_least"], 0)

    # --- afterwards ---------------------------------------------------------------------------

    def _sealed(self, files: dict[str, bytes], outcome: Outcome) -> Made:
        maker = self.maker
        awards = _Awards(self, outcome)
        early = {**files, **awards.papers()}
        first = self._bind(early)
        earlier = None
        if self.wish.ledger and not self.wish.entered and self.chance.random() < 0.7:
            earlier = first
            maker.keep()
            awards.go_on()
            first = self._bind({**files, **awards.papers()})
        receipts = sorted(self._codes())
        return Made(
            first,
            tree.root(maker.frontier).hex(),
            receipts,
            self.done.gone,
            self.done.opening,
            maker.checkpoints[-1],
            earlier,
        )

    def _bind(self, files: dict[str, bytes]) -> dict[str, bytes]:
        maker = self.maker
        checkpoints = "\n".join(maker.checkpoints).encode()
        bound = bind(files, maker.lines, checkpoints, ROUND)
        seal = bound["log.jsonl"].splitlines()[-1]
        maker.frontier = tree.append(maker.frontier, len(maker.lines), tree.leaf(seal))
        maker.lines.append(seal)
        return bound


def _documented(told: dict[str, Any]) -> dict[str, Any]:
    """Without keys that say nothing here: later versions of the program may add such."""
    kept = {"completion", "utility", "choices", "lot", "exclusive", "tiers", "ties", "reserve"}
    kept |= {"funded", "grants", "steps", "extra", "left", "expert", "public", "seed", "climb"}
    kept |= {"floors", "theme_caps", "own_share", "ballots", "bids", "unit", "rule"}
    empty: tuple[Any, ...] = (None, False, 0, "", [])
    limits = {"limits": _limited(told["limits"])} if "limits" in told else {}
    return {k: v for k, v in told.items() if k in kept or v not in empty} | limits


def _limited(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "requires" or value}


def _plainly(step: dict[str, Any]) -> dict[str, Any]:
    told = step["reason"]
    figures = [pair for pair in told["figures"] if pair[0] in FIGURES]
    return {**step, "reason": {"code": told["code"], "figures": figures}}


class _Awards:
    """What became of the awards: objections, promotions, payments."""

    def __init__(self, of: _Record, outcome: Outcome) -> None:
        self.of, self.chance, self.maker = of, of.chance, of.maker
        self.rows: dict[int, list[Any]] = {key: ["out", 0] for key in of.bids}
        for key in outcome.reserve:
            self.rows[key] = ["reserve", 0]
        for key, grant in outcome.grants:
            self.rows[key] = ["standing", grant] if grant else ["out", 0]
        self.costs = {one["key"]: one["cost"] for one in of.proposals}
        self.limit = of.rules["budget"] + outcome.extra
        self.changes: list[dict[str, Any]] = []
        self.objections: list[dict[str, Any]] = []
        self.ledger: list[dict[str, Any]] = []

    def go_on(self) -> None:
        for key in [k for k, (stage, _grant) in self.rows.items() if stage == "standing"]:
            if self.chance.random() < 0.25:
                self._object(key)
        self._promote()
        self._pay()

    def _object(self, key: int) -> None:
        stage = self.chance.choice(("open", "upheld", "rejected"))
        self.maker.tell("awards.object", f"awards.Objection:{key}", award=key)
        answered = None if stage == "open" else "2026-05-20"
        if answered:
            verb = "uphold" if stage == "upheld" else "reject"
            self.maker.tell(f"awards.{verb}", f"awards.Objection:{key}", award=key)
        self.objections.append(
            {
                "answered": answered,
                "filed": "2026-05-18",
                "key": key,
                "notice": f"2026-{ROUND}-1",
                "number": len(self.objections) + 1,
                "stage": stage,
            }
        )
        if stage == "upheld":
            grant = self.chance.choice((0, self.rows[key][1] // 2))
            self.rows[key] = ["standing", grant] if grant else ["cancelled", 0]
            self._change(key, grant)

    def _change(self, key: int, grant: int) -> None:
        notice = f"2026-{ROUND}-{len(self.changes) + 2}"
        self.changes.append({"grant": grant, "key": key, "notice": notice})

    def _promote(self) -> None:
        spent = sum(grant for _stage, grant in self.rows.values())
        for key, (stage, _grant) in list(self.rows.items()):
            fits = 0 < self.costs[key] <= self.limit - spent
            if (
                stage == "reserve"
                and fits
                and any(s == "cancelled" for s, _g in self.rows.values())
            ):
                self.rows[key] = ["standing", self.costs[key]]
                self._change(key, self.costs[key])
                return

    def _pay(self) -> None:
        self._book(("cash", "source"), self.of.rules["budget"])
        cash = self.of.rules["budget"]
        for key, (stage, grant) in self.rows.items():
            if stage != "standing" or grant > cash:
                continue
            self._book((f"cost/{key}", f"owed/{key}"), grant)
            part = self.chance.choice((grant, grant // 2 or grant))
            self._book((f"owed/{key}", "cash"), part)
            cash -= part
            if self.chance.random() < 0.3:
                self._book(("cash", f"cost/{key}"), part // 4 or 1)
                cash += part // 4 or 1
            if part < grant and self.chance.random() < 0.3:
                self._book((f"owed/{key}", f"cost/{key}"), grant - part)

    def _book(self, way: tuple[str, str], amount: int) -> None:
        self.ledger.append(
            {
                "at": "2026-06-01",
                "number": len(self.ledger) + 1,
                "postings": [[way[0], amount], [way[1], -amount]],
                "reverses": None,
            }
        )

    def papers(self) -> dict[str, bytes]:
        rows = [
            {"grant": grant, "key": key, "stage": stage}
            for key, (stage, grant) in sorted(self.rows.items())
        ]
        order = sorted(self.objections, key=lambda it: (it["filed"], it["notice"], it["number"]))
        return {
            "awards.json": canonical({"awards": rows, "changes": self.changes}) + b"\n",
            "ledger.jsonl": b"".join(canonical(one) + b"\n" for one in self.ledger),
            "objections.json": canonical(order) + b"\n",
        }


LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_of(opening: str) -> str:
    """The code of a ballot's opening: 64 hexadecimal digits."""
    return hashlib.sha256(opening.encode()).hexdigest()


def receipt_of(code: str) -> str:
    """Sixteen letters and digits that stand for a code: its first 80 bits.

    >>> receipt_of("f3ecbb0d3ce8d2e3b1ad")
    'YFPBP39WX39E7CDD'
    """
    bits = int(code[:20], 16)
    return "".join(LETTERS[bits >> shift & 31] for shift in range(75, -1, -5))
