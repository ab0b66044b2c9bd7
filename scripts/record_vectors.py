"""Write docs/record-vectors: what a verifier of records can be tried on, all of it as text.

python -m scripts.record_vectors            write them anew
python -m scripts.record_vectors --check    say which are not as they should be (exit 1)
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from sanlin.kernel import scoring
from sanlin.kernel.allocation import Bid, Case, Limits, TierLimit, lottery
from sanlin.kernel.allocation.margin import margin
from sanlin.kernel.record import archive, tree
from sanlin.site.rehearsal.codes import code_of, receipt_of
from sanlin.site.rehearsal.drawing import MEANS, Wish
from sanlin.site.rehearsal.making import Made, make

THERE = Path(__file__).parents[1] / "docs" / "record-vectors"
RECORDS = {
    "votes": (3, Wish("votes", "approve_k", voters=30, paper=True)),
    "paper-only": (12, Wish("votes", "approve_k", voters=40, only_paper=True)),
    "stance": (5, Wish("votes", "stance", voters=7, paper=False)),
    "score": (8, Wish("score", voters=0)),
    "blend": (4, Wish("blend", "rank", "zscore", voters=0)),
    "equal-shares": (6, Wish("equal_shares", "points", voters=30, paper=False)),
    "phragmen": (9, Wish("phragmen", "approve_k", voters=7, paper=False)),
    "welfare": (3, Wish("welfare", "approve_k", voters=7, paper=False)),
    "entered": (2, Wish(entered=True, voters=9)),
    "pairs": (6, Wish("votes", "approve_k", voters=30, paper=False)),
    "publics": (1, Wish("blend", "approve_k", voters=30, paper=True)),
    "floors": (34, Wish("votes", "approve_k", voters=30, paper=False)),
}
DOCUMENTS = (
    '{"a":1,"b":[2,3]}',
    '{"b":[2,3],"a":1}',
    '{"a":1,"a":1}',
    '{"a": 1}',
    '{"a":1.0}',
    '{"a":1e3}',
    '{"a":-0}',
    '{"a":01}',
    '{"a":9007199254740991}',
    '{"a":9007199254740992}',
    '["\\u00e9"]',
    '["é"]',
    '["e\u0301"]',
    '["/"]',
    '["\\/"]',
    '["\\n\\u001f\x7f"]',
    '["\\u001F"]',
    "[true,false,null]",
    "[NaN]",
    "",
)


def vectors() -> dict[str, bytes]:
    """Every file of the folder, by its path in it."""
    found = {
        "canonical.json": _pretty(
            [{"canonical": _is_canonical(it), "text": it} for it in DOCUMENTS]
        ),
        "tree.json": _pretty(_tree()),
        "lot.json": _pretty(_lot()),
        "code.json": _pretty(_codes()),
        "marks.json": _pretty(_marks()),
        "counts.json": _pretty([_count(make(n)) for n in range(100, 160)]),
        "margins.json": _pretty([_margin(case, 24) for case in _cases()]),
    }
    for name, (number, wish) in RECORDS.items():
        made = make(number, wish)
        found |= {f"{name}/{path}": body for path, body in made.files.items()}
        found[f"{name}.expect.json"] = _pretty(_expect(made))
    return found


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _is_canonical(text: str) -> bool:
    return DOCUMENTS.index(text) in {0, 8, 11, 13, 15, 17}


def _tree() -> dict[str, Any]:
    lines = [f'{{"deed":"test","n":{n}}}' for n in range(9)]
    leaves = [tree.leaf(line.encode()) for line in lines]
    return {"lines": lines, "roots": [tree.root_of(leaves[:n]).hex() for n in range(10)]}


def _lot() -> list[dict[str, Any]]:
    def drawn(seed: str, keys: list[int]) -> dict[str, Any]:
        order = sorted(keys, key=lambda k: hashlib.sha256(f"{seed}:{k}".encode()).hexdigest())
        return {"keys": keys, "lot": order, "seed": seed}

    return [drawn("2024", [1, 2, 3]), drawn("ab" * 16, list(range(5, 60, 7)))]


def _codes() -> list[dict[str, str]]:
    lines = [
        "sanlin-ballot-2:7:[[3,1],[7,1]]:" + "ab" * 32,
        "sanlin-ballot-2:7:[]:" + "00" * 32,
    ]
    return [
        {"code": code_of(it), "opening": it, "receipt": receipt_of(code_of(it))} for it in lines
    ]


def _marks() -> list[dict[str, Any]]:
    found = []
    for number in range(6):
        chance = Random(number)
        sheets = {
            juror: {
                key: Fraction(chance.randrange(201), 2)
                for key in (11, 12, 13)
                if chance.random() < 0.9
            }
            for juror in range(1, 4 + number)
        }
        if scoring.disconnected(sheets):
            continue
        marks = {
            name: {
                str(k): _text(v) for k, v in scoring.marks_by(name, sheets, (11, 12, 13)).items()
            }
            for name in MEANS
        }
        plain = {str(j): {str(k): _text(v) for k, v in own.items()} for j, own in sheets.items()}
        found.append({"marks": marks, "sheets": plain})
    return found


def _text(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _count(made: Made) -> dict[str, Any]:
    told = json.loads(made.files["allocation.json"])
    outcome = told["outcome"]
    steps = [
        [s["key"], s["funded"], s["grant"], s["left"], s["reason"]["code"]]
        for s in outcome["steps"]
    ]
    kept = ("extra", "funded", "grants", "left", "reserve", "ties")
    shares = (
        {k: outcome["shares"][k] for k in ("completed", "each", "raises", "stopped")}
        if outcome.get("shares")
        else None
    )
    return {
        "ballots": [json.loads(line) for line in made.files.get("ballots.jsonl", b"").splitlines()],
        "case": told["case"],
        "outcome": {name: outcome[name] for name in kept} | {"shares": shares, "steps": steps},
    }


def _cases() -> Iterator[Case]:
    """Of the example on the page, and then by chance: small, so that something is always close."""
    ways = ("share_of_ballots", "share_of_leader", "min_max", "rank")
    for method, normaliser in [("votes", ways[0]), *(("blend", way) for way in ways)]:
        told = zip((80, 90, 80), (20, 10, 6), strict=True)
        bids = tuple(Bid(n, 30, Fraction(m), v, sent=n) for n, (m, v) in enumerate(told, 1))
        yield Case(bids, Limits(60), method, 600, 400, normaliser, ballots=36, lot=(1, 2, 3))
    for number in range(75):
        chance = Random(number)
        expert = chance.choice((300, 600, 1000))
        bids = tuple(_small(key, chance) for key in range(1, chance.randrange(3, 8)))
        limits = Limits(
            chance.randrange(4, 14),
            tiers=(TierLimit("A", 2), TierLimit("B", None, 6, 4)) if number % 3 else (),
            community_cap=chance.choice((None, 6)),
            theme_caps=(("green", 5),) if number % 4 else (),
            min_votes=chance.choice((None, None, 3)),
            one_per_team=chance.random() < 0.3,
            exclusive=(frozenset({1, 2}),) if number % 5 == 0 else (),
            partial=number % 11 == 0,
            requires=((2, 1),) if number % 7 == 1 and number % 5 else (),
        )
        yield Case(
            bids,
            limits,
            chance.choice(("votes", "score", "blend", "blend")),
            expert,
            1000 - expert,
            ways[number % 4],
            ballots=30,
            rule=chance.choice(("skip", "skip", "skip", "stop")),
            ties=chance.choice((("lot",), ("votes", "lot"), ("cheaper", "votes", "lot"))),
            lot=lottery.order("", range(1, len(bids) + 1)),
            onsite=400 if number % 3 == 0 else None,
            ballots_onsite=12 if number % 3 == 0 else 0,
        )


def _small(key: int, chance: Random) -> Bid:
    votes = chance.randrange(20)
    return Bid(
        key,
        chance.randrange(1, 6),
        chance.choice((Fraction(60), Fraction(70), Fraction(171, 2), None)),
        votes,
        tier=chance.choice("AB"),
        theme=chance.choice((None, "green")),
        team=chance.choice((None, 1, 2)),
        community=chance.randrange(1, 3),
        sent=key,
        onsite=chance.randrange(min(votes, 12) + 1),
    )


def _margin(case: Case, most: int) -> dict[str, Any]:
    before = replace(case, seed="", lot=lottery.order("", case.lot))
    told = json.loads(case.to_bytes())
    return {"case": told, "margin": margin(before, most), "most": most}


def _expect(made: Made) -> dict[str, Any]:
    return {
        "absent_receipt": "0123-4567-89AB-CDEF",
        "checkpoint": made.old,
        "opening": made.opening or None,
        "receipt": receipt_of(made.receipts[0]) if made.receipts else None,
        "replaced_receipt": receipt_of(made.replaced[0]) if made.replaced else None,
        "root": made.root,
        "zip_bytes": len(archive.pack(made.files)),
        "zip_sha256": hashlib.sha256(archive.pack(made.files)).hexdigest(),
    }


def main() -> int:
    made = vectors()
    if "--check" in sys.argv:
        wrong = [path for path, body in made.items() if _read(path) != body]
        wrong += sorted(set(_there()) - set(made))
        print("\n".join(wrong) or "the vectors are as they should be")
        return bool(wrong)
    for path in set(_there()) - set(made):
        (THERE / path).unlink()
    for path, body in made.items():
        (THERE / path).parent.mkdir(parents=True, exist_ok=True)
        (THERE / path).write_bytes(body)
    return 0


def _read(path: str) -> bytes | None:
    return (THERE / path).read_bytes() if (THERE / path).exists() else None


def _there() -> list[str]:
    return [str(path.relative_to(THERE)) for path in THERE.rglob("*") if path.is_file()]


if __name__ == "__main__":
    sys.exit(main())
