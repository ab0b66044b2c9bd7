"""A whole record out of a number: the same number gives the same bytes.

It has all that docs/record-format.md describes, in random measure: reviews by every method, ballots
of every kind, replaced, spoiled and on paper, ties, objections, promotions, payments, earlier seals.
Nothing is read from a database; the counts are the kernel's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

from sanlin.kernel.allocation import (
    Bid,
    Case,
    Floor,
    Limits,
    Outcome,
    TierLimit,
    fingerprint,
    lottery,
)
from sanlin.kernel.allocation import canonical as plain
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.allocation.margin import margin
from sanlin.kernel.ballots.tally import Opinions, is_carried
from sanlin.kernel.record import tree
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.papers import BALLOTS, FORMAT, bind

from .afterwards import Afterwards
from .booths import Papers, weight_of
from .drawing import ORIGIN, ROUND, Maker, Wish
from .voting import Ballot, Vote

PROGRAM = b"# the counts of a verifier\n"  # made-up records have none of their own
GONE = 998  # a proposal that was refused
FEW = 10  # ballots of one way of voting: fewer are not weighed apart


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


def naming(program: bytes) -> bytes:
    """A verifier that names this recount.py."""
    return f'RECOUNT = "{hashlib.sha256(program).hexdigest()}"\n'.encode()


def make(number: int, wish: Wish | None = None) -> Made:
    """The record of the made-up round `number`."""
    maker = Maker(Random(number), wish or Wish())
    return Record(maker).made()


class Record:
    """One made record, file by file."""

    def __init__(self, maker: Maker) -> None:
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
            "paper.json": canonical({"booths": self.done.booths, "sample": self.done.sample})
            + b"\n",
            "proposals.json": canonical(self.proposals) + b"\n",
            "receipts.txt": b"".join(code.encode() + b"\n" for code in sorted(self._codes())),
            "round.json": canonical(self._facts()) + b"\n",
            "rules.json": frozen + b"\n",
            "scores.csv": scores,
            "totals.json": canonical(self._totals()) + b"\n",
            "recount.py": PROGRAM,
            "verify.py": naming(PROGRAM),
        }
        if self.whole:
            files[BALLOTS] = self._ballots()
        return self._sealed(files, outcome)

    def _opening(self, at: int, digest: str) -> bytes:
        lot = hashlib.sha256(self.secret.encode()).hexdigest()
        maker = Maker(Random(at), self.wish)
        if self.wish.entered:
            maker.tell("round.enter", rules=digest, lot=lot)
        else:
            maker.tell("round.open_call", fingerprint=digest, lot=lot, verb="open_call")
        return maker.lines[0]

    @property
    def whole(self) -> bool:
        return self.rules["award"]["method"] in OWN_MONEY

    def _vote(self) -> Vote:
        if self.has_vote and not self.wish.entered:
            return self.maker.vote(self.rules, self.proposals)
        done = Vote()
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
            **({"requires": self.requires} if self.requires else {}),
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
        self.requires = self._pairs()
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
            onsite=award["onsite"] if self.weighed else None,
            ballots_onsite=self._on_paper()[1] if self.weighed else 0,
        )
        if self.maker.papers:
            self.maker.papers.sampled(self.rules, self._margin(case, self.maker.papers))
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

    def _margin(self, case: Case, papers: Papers) -> int:
        """The largest margin that a sample may be drawn for; once in a while a smaller one."""
        found, (sheets, marked) = None, self._on_paper()
        if not self.stance:
            before = replace(case, seed="", lot=lottery.order("", self.bids))
            found = margin(before, 2 * weight_of(self.rules["vote"]) * len(papers.serials))
        if found is None:
            return 1
        others = (len(self.done.counted) - sheets, marked, self.done.cast - marked)
        if self.rules["award"].get("onsite") is not None and min(others) >= FEW:
            found = min(found, sheets - FEW + 1 if sheets >= FEW else FEW - sheets)
        return found if self.chance.random() < 0.8 else (found + 1) // 2

    def _pairs(self) -> list[list[int]]:
        """Bids that depend on others, one of which may have left; never in a circle."""
        chance = self.chance
        if self.wish.entered or len(self.keys) < 3 or chance.random() < 0.6:
            return []
        order = chance.sample(self.keys, len(self.keys))
        count = chance.randrange(1, 4)
        places = (sorted(chance.sample(range(len(order)), 2)) for _ in range(count))
        pairs = {(order[later], order[first]) for first, later in places}
        if chance.random() < 0.2:
            pairs.add((order[0], GONE))
        return sorted(map(list, pairs))

    def _on_paper(self) -> tuple[int, int]:
        """(ballots on paper that were counted, voters marked on paper)."""
        marked = sum(booth["issued"] - booth["spoiled"] for booth in self.done.booths)
        return len(self.done.paper) if self.done.booths else 0, marked

    @property
    def weighed(self) -> bool:
        """Whether ballots on paper and online are two publics."""
        paper, marked = self._on_paper()
        counted = len(self.done.counted)
        each = (paper, counted - paper, marked, self.done.cast - marked)
        return self.rules["award"].get("onsite") is not None and min(each) >= FEW

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
        on_paper: dict[int, int] = {}
        if self.weighed:
            on_paper |= {int(key): votes for key, votes in self._sums(self.done.paper)}
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
            onsite=on_paper.get(one["key"], 0),
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
            requires=tuple((a, b) for a, b in self.requires if a in self.bids),
        )

    def _floors(self) -> Iterator[Floor]:
        rules = self.rules
        for kind, groups in (("tier", rules["tiers"]), ("theme", rules["themes"])):
            for group in groups:
                if group["least"] or group["floor"]:
                    yield Floor(kind, group["key"], group["least"], group["floor"] or 0)
        for place in sorted({p["community"] for p in self.proposals if p["key"] in self.bids}):
            least, floor = rules["community_least"], rules["community_floor"]
            if least or floor:
                yield Floor("community", place, least, floor or 0)

    # --- afterwards ---------------------------------------------------------------------------

    def _sealed(self, files: dict[str, bytes], outcome: Outcome) -> Made:
        maker = self.maker
        costs = {one["key"]: one["cost"] for one in self.proposals if one["key"] in self.bids}
        awards = Afterwards(maker, costs, self.rules["budget"], outcome)
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


FIGURES = ("cap", "cost", "left", "short")  # of reasons: the others may come and go
