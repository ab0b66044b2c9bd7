from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.ballots.tally import Merged

from . import rules, stages
from .models import Ballot, Roll, Tally, Voter

SALT = "ballots.draft"
CAST = "ballot.cast"


# --- after the close --------------------------------------------------------------------------


def _closed_roll(round: Round) -> Roll:
    roll: Roll | None = Roll.objects.filter(round=round).first()
    if roll is None or roll.closed_at is None:
        raise Refused(_("投票截止以前，谁都看不到票数"))
    return roll


def ballots(round: Round) -> Merged:
    """All ballots of a closed vote, equal ones together; raises Refused before the close."""
    rows = Tally.objects.filter(roll=_closed_roll(round)).values_list("choices", "ballots")
    read = ((tuple((key, weight) for key, weight in json.loads(kept)), n) for kept, n in rows)
    return Merged(tuple(sorted(read)))


def votes(round: Round) -> dict[int, int]:
    """Votes, or points, by proposal of a closed vote, also of those that got none.

    Raises Refused before the close: there is no interim result, for nobody.
    """
    counted = ballots(round).votes()
    return {bid.key: counted.get(bid.key, 0) for bid in Roll.objects.get(round=round).bids}


# --- turnout ----------------------------------------------------------------------------------


def turnout(round: Round) -> tuple[int, int]:
    """(ballots cast, lines on the roll); (0, 0) before the vote opens."""
    roll = rules.roll_of(round)
    if roll is None:
        return 0, 0
    if roll.closed_at:
        return roll.cast, roll.size
    row = _standing(roll).aggregate(cast=Count("pk", filter=Q(stage=stages.CAST)), size=Count("pk"))
    return row["cast"], row["size"]


def _standing(roll: Roll) -> Any:
    return Voter.objects.filter(roll=roll).exclude(stage=stages.STRUCK)


def turnout_by_place(round: Round) -> list[dict[str, Any]]:
    """Rows of {neighbourhood (key), name, cast, size} by the neighbourhood's code."""
    rows = (
        Voter.objects.filter(roll__round=round)
        .exclude(stage=stages.STRUCK)
        .values("neighbourhood", name=F("neighbourhood__name"))
        .annotate(cast=Count("pk", filter=Q(stage=stages.CAST)), size=Count("pk"))
    )
    return [dict(row) for row in rows.order_by("neighbourhood__code")]


def turnout_by_day(round: Round) -> list[tuple[date, int]]:
    """First casts by day, from the journal, which knows the hour and no voter."""
    roll = rules.roll_of(round)
    if roll is None:
        return []
    hours = Entry.objects.filter(subject=f"{Roll._meta.label}:{roll.pk}", deed=CAST)
    days: Counter[date] = Counter()
    for at, n in hours.values_list("at").annotate(Count("pk")).order_by("at"):
        days[timezone.localtime(at).date()] += n
    return sorted(days.items())


# --- one voter --------------------------------------------------------------------------------


def slate_for(voter: Voter | None, roll: Roll) -> list[Bid]:
    """What stands on this voter's ballot, in the order in which she reads it.

    Her own neighbourhood comes first. Each part is the order of a lot drawn with the published
    seed, begun at another place for each line of the roll, so that every proposal stands first for
    as many voters as every other. Without a line of the roll it is the order of the numbers.
    """
    if voter is None:
        return list(roll.bids)
    mine = roll.open_to(voter.neighbourhood_id)
    own = [bid for bid in mine if bid.community == voter.neighbourhood_id]
    others = [bid for bid in mine if bid.community != voter.neighbourhood_id]
    return _rotated(own, roll.seed, voter.pk) + _rotated(others, roll.seed, voter.pk)


def _rotated(bids: list[Bid], seed: str, start: int) -> list[Bid]:
    if not bids:
        return []
    by_key = {bid.key: bid for bid in bids}
    order = lots.draw(seed, by_key)
    at = start % len(order)
    return [by_key[key] for key in order[at:] + order[:at]]


Draft = dict[int, int]  # proposal: points; the order of the keys is the order of choosing


def cookie_name(round: Round) -> str:
    return f"ballot-{round.pk}"


def pack_draft(who: Any, round: Round, draft: Draft) -> str:
    """A draft as the voter's own device keeps it, signed; the house keeps no draft."""
    return signing.dumps(
        [who.pk, round.pk, [list(pair) for pair in draft.items()]], salt=SALT, compress=True
    )


def draft_of(who: Any, round: Round, cookies: Mapping[str, str]) -> Draft:
    """What this device remembers of this person's choices; empty where it remembers none."""
    try:
        owner, of, pairs = signing.loads(cookies.get(cookie_name(round), ""), salt=SALT)
        mine = (owner, of) == (who.pk, round.pk)
        return {int(key): int(points) for key, points in pairs} if mine else {}
    except (signing.BadSignature, ValueError, TypeError):
        return {}


def my_vote(who: Any, round: Round, *, cookies: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Where `who` stands in this vote, for her home page.

    {state, sentence, chosen}: state is `draft` (chosen on this device, not cast), `waiting` (may
    vote and has not), `again` (has voted and may change it), `cast`, `closed`, or `out` with the
    sentence of the rule.
    """
    opened = rules.is_open(round, now=now)
    roll = rules.roll_of(round)
    if not opened or roll is None:
        return {"state": "closed", "sentence": opened.reason, "chosen": 0}
    voter = rules.voter_of(who, roll)
    verdict = rules.may_cast(who, voter, round, now=now)
    chosen = len(draft_of(who, round, cookies)) if who.is_authenticated else 0
    if verdict and chosen:
        words = _("您选了%(n)s项，还没有投出") % {"n": chosen}
        return {"state": "draft", "sentence": words, "chosen": chosen}
    if voter is not None and voter.stage == stages.CAST:
        words = _("您已投票，截止前可以更改") if verdict else _("您已投票")
        return {"state": "again" if verdict else "cast", "sentence": words, "chosen": 0}
    if verdict:
        return {"state": "waiting", "sentence": _("您还没有投票"), "chosen": 0}
    return {"state": "out", "sentence": verdict.reason, "chosen": 0}


def included(round: Round, code: str) -> str:
    """What became of a receipt: `in` the box or the count, `replaced` by a later ballot, or ``."""
    ballot = Ballot.objects.filter(pk=code, roll__round=round).first() if code else None
    if ballot is None:
        return ""
    return "in" if ballot.standing else "replaced"
