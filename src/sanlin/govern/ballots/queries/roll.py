"""The roll as staff see it: names masked, and never who has voted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Booth, Voter
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import VOTE

from .count import share, turnout, turnout_by_place
from .paper import tone
from .reminding import reminders


def masked(name: str) -> str:
    """A name that its bearer knows again and a stranger does not.

    >>> masked("李秀英"), masked("周敏"), masked("")
    ('李*英', '周*', '')
    """
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_voter(voter: Voter) -> str:
    """A masked name, or a home without its room."""
    if voter.account:
        return masked(voter.account.name)
    stair = voter.home.stair  # type: ignore[union-attr]
    room = voter.home.room  # type: ignore[union-attr]
    return f"{stair.building.estate}{stair.building}{stair}{room[:1]}**"


def roll_label(voter: Voter) -> str:
    """On the roll, added late, or struck off; not whether the ballot was cast."""
    if voter.stage == stages.STRUCK:
        return _("已移出")
    return _("补录") if voter.late else _("在册")


def places_of(rows: QuerySet[Voter]) -> list[tuple[str, str]]:
    """(key, name) of every neighbourhood on the roll."""
    found = rows.order_by("neighbourhood__code").values_list(
        "neighbourhood", "neighbourhood__name", "neighbourhood__code"
    )
    return [(str(key), name) for key, name, _code in found.distinct()]


def desk(round: Round, who: Any, *, now: datetime) -> dict[str, Any]:
    """What the officer's page of a vote shows: state, turnout, the two verbs with what is missing."""
    roll = rules.roll_of(round)
    cast, size = turnout(round)
    on_paper = bool(rules.has_paper(round))
    places = list(Booth.objects.filter(round=round).order_by("number")) if on_paper else []
    return {
        "round": round,
        "roll": roll,
        "window": round.window(VOTE),
        "cast": cast,
        "size": size,
        "share": share(cast, size),
        "can_open": rules.can_open_vote(who, round, now=now),
        "can_close": rules.can_close_vote(who, round, now=now),
        "can_give": rules.can_give_key(who, round, now=now),
        "can_knock": rules.can_knock(who, round, now=now),
        "can_watch": rules.can_watch(who, round, now=now),
        "can_destroy": rules.can_destroy_keys(who, round, now=now),
        "reminders": reminders(roll, who, now=now, booths=places) if roll else None,
        "on_paper": on_paper,
        "booths": [(row, tone(row)) for row in places],
        "booths_hint": _("%(n)s个") % {"n": len(places)} if places else _("还没有设"),
        "places": [
            (row["name"], row["cast"], f"{row['cast']} / {row['size']}")
            for row in turnout_by_place(round)
        ],
    }
