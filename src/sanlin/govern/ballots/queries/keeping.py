"""The keys of a box as pages show them: who keeps them, and who is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import NOTHING, Keeper, Office, Share, Voiding
from sanlin.govern.rounds.models import Round


def key_ring(round: Round, who: Any, *, now: datetime) -> dict[str, Any]:
    """{round, roll, rows, mine, can_keep, can_name, can_run, can_give, due}.

    `rows`: {office (its words), keeper or None, set, given} in the order of the offices; `due` how
    many keys open the box.
    """
    roll = rules.roll_of(round)
    held = {one.office: one for one in rules.keepers(round)}
    given = set()
    if roll is not None:
        opened = Share.objects.filter(roll=roll).exclude(opened=NOTHING)
        given = set(opened.values_list("first", flat=True))
    rows = [
        {
            "office": office.label,
            "keeper": held.get(office),
            "set": office in held and held[office].set_at is not None,
            "given": office in held and held[office].pk in given,
        }
        for office in rules.offices(round)
    ]
    naming = rules.can_name(who, round, now=now)
    return {
        "round": round,
        "roll": roll,
        "rows": rows,
        "mine": next((one for one in held.values() if one.account_id == who.pk), None),
        "can_keep": rules.can_keep_key(who, round, now=now),
        "can_name": naming and Office.SUPERVISOR not in held,
        "can_drop": all(rules.can_drop_keeper(who, one, now=now) for one in held.values()),
        "can_give": rules.can_give_key(who, round, now=now),
        "of": len(rows),
    }


def keys_awaited(who: Any, rounds: Iterable[int] | None = None) -> list[tuple[Keeper, bool]]:
    """(my key, whether the box waits for it) of every vote that waits for something of mine: a
    passphrase before it opens, or my part in opening its box."""
    mine = Keeper.objects.filter(account_id=who.pk).select_related("round__roll", "round__street")
    if rounds is not None:
        mine = mine.filter(round__in=rounds)
    found, shut = [], []
    for one in mine.order_by("pk"):
        roll = rules.roll_of(one.round)
        if one.set_at is None and roll is None:
            found.append((one, False))
        elif roll and roll.closed_at and not (roll.counted_at or roll.keys_gone_at):
            shut.append(one)
    if shut:
        opened = Share.objects.filter(first__in=shut).exclude(opened=NOTHING)
        given = set(opened.values_list("first", flat=True))
        found += [(one, True) for one in shut if one.pk not in given]
    return found


def voidings_awaited(districts: Iterable[int], rounds: Iterable[int]) -> list[Voiding]:
    """Votes that a street has asked to declare void and whose second hand is missing, of these districts
    and of these rounds, the oldest first."""
    shut = Voiding.objects.filter(agreed_at__isnull=True, roll__counted_at__isnull=True)
    mine = shut.filter(Q(roll__round__street__district__in=districts) | Q(roll__round__in=rounds))
    return list(mine.select_related("roll__round__street").order_by("asked_at"))
