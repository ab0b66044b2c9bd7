"""What became of the awards of a made-up round: objections, promotions, payments."""

from __future__ import annotations

from typing import Any

from sanlin.kernel.allocation import (
    Outcome,
)
from sanlin.kernel.record.canonical import canonical

from .drawing import ROUND, Maker


class Afterwards:
    """What became of the awards: objections, promotions, payments."""

    def __init__(self, maker: Maker, costs: dict[int, int], budget: int, outcome: Outcome) -> None:
        self.maker, self.chance, self.costs, self.budget = maker, maker.chance, costs, budget
        self.rows: dict[int, list[Any]] = {key: ["out", 0] for key in costs}
        for key in outcome.reserve:
            self.rows[key] = ["reserve", 0]
        for key, grant in outcome.grants:
            self.rows[key] = ["standing", grant] if grant else ["out", 0]
        self.limit = budget + outcome.extra
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
        self._book(("cash", "source"), self.budget)
        cash = self.budget
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
