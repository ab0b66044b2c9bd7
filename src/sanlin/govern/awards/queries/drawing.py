from __future__ import annotations

import json
from dataclasses import dataclass

from sanlin.govern.awards.models import Decision
from sanlin.kernel.allocation import from_bytes, lottery


@dataclass(frozen=True)
class Drawn:
    """The lot of a decision, drawn again: `rows` are (place, proposal key, title, ticket) in the
    order in which they were drawn; `used` the titles of each tie that the lot parted; `fault` is
    empty where the seed is the one committed to and draws this order."""

    seed: str
    rows: list[tuple[int, int, str, str]]
    used: list[list[str]]
    fault: str


def drawn(decision: Decision) -> Drawn:
    """Out of the decision's own bytes and the commitment that was published before."""
    case = from_bytes(bytes(decision.inputs))
    outcome = json.loads(bytes(decision.outcome))
    titles = dict(decision.awards.values_list("proposal_id", "proposal__title"))
    wrong = lottery.fault(decision.round.lot.commitment, case.seed, case.lot)
    return Drawn(
        case.seed,
        [
            (place, key, titles[key], lottery.ticket(case.seed, key))
            for place, key in enumerate(case.lot, start=1)
        ],
        [
            [titles[key] for key in tie["keys"]]
            for tie in outcome["ties"]
            if tie["settled_by"] == "lot"
        ],
        "" if wrong is None else wrong.code,
    )
