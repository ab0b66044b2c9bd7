"""Which proposals of a round exclude each other, and which need another one."""

from __future__ import annotations

from django.db.models import Value

from sanlin.govern.proposals.models import Premise, Rivals
from sanlin.govern.rounds.models import Round

RIVALS, NEEDS = 0, 1


def pairs(round: Round) -> tuple[list[frozenset[int]], list[tuple[int, int]]]:
    """(groups of which one at most may be funded, in the order in which they were named; pairs of which
    the first may be funded only where the second is): keys of proposals, in one query."""
    members = Rivals.proposals.through.objects.filter(rivals__round=round)
    told = members.values_list(Value(RIVALS), "rivals", "proposal").union(
        Premise.objects.filter(round=round).values_list(Value(NEEDS), "proposal", "needs"), all=True
    )
    groups: dict[int, set[int]] = {}
    needs = []
    for kind, one, other in told:
        if kind == RIVALS:
            groups.setdefault(one, set()).add(other)
        else:
            needs.append((one, other))
    return [frozenset(groups[group]) for group in sorted(groups)], needs
