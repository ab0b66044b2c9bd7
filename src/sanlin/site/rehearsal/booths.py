"""Paper of a made-up round: a booth with its account, batches keyed twice, and the sample."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from random import Random
from typing import Any, Protocol

from sanlin.kernel.ballots import sample as sampling
from sanlin.kernel.ballots.form import Form
from sanlin.kernel.ballots.serial import serial
from sanlin.kernel.record import tree

from .voting import Vote

ROUND = 7  # as in `drawing`
LIMITS, DICE = (50, 300, 700), "351264"  # permille: the first at which not every sheet comes up
POSTS = ("committee_worker", "street_officer")


class Told(Protocol):
    """Whoever makes up the round and keeps its log."""

    chance: Random
    lines: list[bytes]
    frontier: tuple[bytes, ...]

    def tell(self, deed: str, subject: str = ..., **data: Any) -> int: ...


class Papers:
    """What happens to the paper of one round; told to the log of `maker`, kept in `done`."""

    def __init__(self, maker: Told, done: Vote) -> None:
        self.maker, self.chance, self.done = maker, maker.chance, done
        self.marked = 0
        self.invalid = self.spoiled = self.missing = 0

    def _hand(self, who: int) -> dict[str, str]:
        mark = hashlib.sha256(f"clerk {who}".encode()).hexdigest()[:12]
        return {"hand": mark, "post": POSTS[who % 2]}

    def at_the_booth(self) -> None:
        """Sheets are handed out, some come back spoiled, one mark is taken back; the booth closes."""
        maker, chance = self.maker, self.chance
        self.invalid, self.missing, self.spoiled = (chance.randrange(3) for _ in range(3))
        self.strange = chance.randrange(2)
        self.in_box = len(self.done.paper) + self.invalid
        self.marked = self.in_box + self.missing
        for _ in range(self.marked):
            maker.tell("vote.paper", "ballots.Booth:1")
        if chance.random() < 0.3:
            maker.tell("vote.paper", "ballots.Booth:1")
            maker.tell("vote.unmark", "ballots.Booth:1")
        for _ in range(self.spoiled):
            maker.tell("booth.spoil", "ballots.Booth:1")
        issued = self.marked + self.spoiled
        self.account = {
            "in_box": self.in_box,
            "issued": issued,
            "received": issued + 10,
            "spoiled": self.spoiled,
            "unused": 10,
        }
        maker.tell("booth.close", "ballots.Booth:1", number=1, seal="A1", **self.account)

    def keyed(self) -> None:
        """Two batches, the first of which two persons keyed differently; a leaflet lay in the second."""
        whole = self.in_box + self.strange
        sizes = [size for size in (whole // 2, whole - whole // 2) if size]
        issued = self.account["issued"]
        numbers = sorted(self.chance.sample(range(1, issued + 1), self.in_box))
        left, valid, batches = numbers, len(self.done.paper), []
        for at, size in enumerate(sizes, 1):
            strange = self.strange if at == len(sizes) else 0
            own, left = left[: size - strange], left[size - strange :]
            good = min(valid, len(own))
            valid -= good
            blank = 1 if good and self.chance.random() < 0.5 else 0
            figures = {"blank": blank, "invalid": size - good, "valid": good - blank}
            batches.append(self._batch(at, own, figures, differs=at == 1))
        gap = sum(b["valid"] + b["blank"] + b["invalid"] for b in batches) - self.in_box
        if gap:
            self.maker.tell("paper.explain", "ballots.Booth:1", booth=1, sheets=gap)
        self.done.booths = [
            {
                "batches": batches,
                "discrepancy": gap,
                "name": "居委活动室",  # data
                "number": 1,
                **self.account,
            }
        ]

    def _batch(
        self, number: int, sheets: list[int], figures: dict[str, int], *, differs: bool
    ) -> dict[str, Any]:
        of = {"booth": 1, "batch": number}
        size = sum(figures.values())
        subject = f"ballots.Batch:{number}"
        self.maker.tell("batch.register", subject, **of, sheets=size)
        clerks = [self._hand(1), self._hand(2)]
        for place in (2, 1):
            told = {**of, **clerks[place - 1], "place": place, "sheets": size, "digest": "00" * 20}
            if place == 1:
                told |= {"differences": int(differs), **({} if differs else figures)}
            self.maker.tell("batch.key", f"ballots.Keying:{number}{place}", **told)
        third = self._hand(3) if differs else None
        if third:
            told = {**of, **third, "sheets": size, "differences": 1, **figures}
            self.maker.tell("batch.settle", subject, **told)
        return {
            "clerks": clerks,
            "differences": int(differs),
            "number": number,
            "serials": sorted(serial(ROUND, 1, sheet) for sheet in sheets),
            "third": third,
            **figures,
        }

    @property
    def serials(self) -> list[str]:
        """Of all sheets in the batches, in order."""
        return sorted(
            one for booth in self.done.booths for b in booth["batches"] for one in b["serials"]
        )

    def sampled(self, rules: dict[str, Any], margin: int) -> None:
        """The dice are thrown, the drawn sheets looked at; once in a while one differs."""
        maker, chance, serials = self.maker, self.chance, self.serials
        if not serials:
            return
        weight = weight_of(rules["vote"])
        root = tree.root(maker.frontier).hex()
        for limit in LIMITS:
            due = sampling.draws_due(len(serials), margin, weight, Fraction(limit, 1000))
            if due < len(serials) or chance.random() < 0.2:
                break
        full, draws = due >= len(serials), min(due, len(serials))
        told: dict[str, Any] = {"digits": DICE, "limit": limit, "margin": margin, "root": root}
        told["size"] = len(maker.lines)
        subject = "ballots.Sample:1"
        maker.tell("sample.draw", subject, **told, sheets=len(serials), draws=draws, full=full)
        seed = sampling.seed_of(root, DICE)
        wrong: dict[str, int] = {}
        if not full and draws and chance.random() < 0.5:
            first = sampling.draw(seed, draws, serials)[0]
            wrong = {first: 1}
            draws, full = _enough(seed, serials, (margin, weight, limit), draws, first)
        drawn = tuple(serials) if full else sampling.draw(seed, draws, serials)
        looks = [[one, one in wrong, wrong.get(one, 0)] for one in sorted(set(drawn))]
        for one, differs, over in looks:
            maker.tell("sample.look", subject, serial=one, differs=differs, overstated=over)
        found = [wrong.get(one, 0) for one in drawn]
        risk = Fraction(0) if full else sampling.risk(found, len(serials), margin, weight)
        stage = "corrected" if full and wrong else "confirmed"
        figures = {"differences": len(wrong), "draws": draws, "full": full}
        figures |= {"risk": sampling.permille(risk)}
        maker.tell("sample.finish", subject, stands=stage, **figures)
        self.done.sample = {"looks": looks, "stage": stage, **told, **figures}


def _enough(
    seed: str, serials: list[str], of: tuple[int, int, int], draws: int, wrong: str
) -> tuple[int, bool]:
    """How many draws it takes where this sheet differs by one vote, and whether that is all sheets;
    `of` are the margin, the weight of a ballot, and the limit of the risk."""
    margin, weight, limit = of
    while True:
        again = sampling.draw(seed, draws, serials).count(wrong)
        due = sampling.draws_due(len(serials), margin, weight, Fraction(limit, 1000), [1] * again)
        if due >= len(serials):
            return len(serials), True
        if due <= draws:
            return draws, False
        draws = due


def weight_of(vote: dict[str, Any]) -> int:
    if vote["kind"] not in {"rank", "points"}:
        return 1
    return sampling.weight(Form(vote["kind"], most=vote.get("k"), points=vote.get("points")))
