"""One voter and her ballot: what she may choose, what this device remembers, where she stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Ballot, Roll, Voter
from sanlin.govern.proposals.models import Photo, Proposal
from sanlin.govern.proposals.queries import pairs
from sanlin.govern.proposals.stages import WITHDRAWN
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots, pii
from sanlin.ground.verdict import Verdict
from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.ballots.code import opening, prefix_of
from sanlin.kernel.ballots.form import OPINIONS, SILENT, is_canonical
from sanlin.kernel.money import yuan

SALT = "ballots.draft"

Draft = dict[int, int]  # proposal: points; the order of the keys is the order of choosing


# --- the draft, which the voter's own device keeps ------------------------------------------------


def cookie_name(round: Round) -> str:
    return f"ballot-{round.pk}"


def pack_draft(who: Any, round: Round, draft: Draft) -> str:
    """A draft as the voter's own device keeps it, signed; the house keeps no draft."""
    kept = [who.pk, round.pk, [list(pair) for pair in draft.items()]]
    return signing.dumps(kept, salt=SALT, compress=True)


def draft_of(who: Any, round: Round, cookies: Mapping[str, str]) -> Draft:
    """What this device remembers of this person's choices; empty where it remembers none."""
    try:
        owner, of, pairs = signing.loads(cookies.get(cookie_name(round), ""), salt=SALT)
        mine = who.is_authenticated and (owner, of) == (who.pk, round.pk)
        return {int(key): int(points) for key, points in pairs} if mine else {}
    except (signing.BadSignature, ValueError, TypeError):
        return {}


# --- the ballot as it will be cast ----------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """A ballot whose code has been shown: exactly this can be cast, or spoiled and opened."""

    draft: Draft
    seed: str

    def line(self, voter: Voter, round: Round) -> str:
        """The line of plain text that its code is made of."""
        kept = rules.kept(rules.as_cast(self.draft, round), voter, round)
        return opening(round.pk, kept, self.seed)


def pack_ready(who: Any, round: Round, ready: Ready) -> str:
    """A ready ballot as the voter's own page keeps it: sealed by the house, so that not even she can
    read the seed and prove her choice with it."""
    kept = [who.pk, round.pk, ready.seed, [list(pair) for pair in ready.draft.items()]]
    return pii.seal(json.dumps(kept, separators=(",", ":")))


def read_ready(who: Any, round: Round, sealed: str) -> Ready | None:
    """What `pack_ready` has packed for this person and round; None where it is nothing of the kind."""
    try:
        owner, of, seed, pairs = json.loads(pii.unseal(sealed).reveal())
    except (RuntimeError, ValueError, TypeError):
        return None
    if (owner, of) != (who.pk, round.pk):
        return None
    return Ready({int(key): int(points) for key, points in pairs}, seed)


# --- the voter's seat -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Seat:
    """Where somebody stands in one vote. `verdict` says whether she may cast now, or why not."""

    round: Round
    roll: Roll
    voter: Voter | None
    draft: Draft
    verdict: Verdict

    def holding(self, draft: Draft) -> Seat:
        return replace(self, draft=draft)

    @property
    def has_cast(self) -> bool:
        return self.voter is not None and self.voter.stage in stages.VOTED


def seat(who: Any, round: Round, *, cookies: Mapping[str, str], now: datetime) -> Seat:
    """The seat of `who` in an opened vote."""
    roll = rules.roll_of(round)
    if roll is None:
        raise ValueError("the vote has not been opened")
    voter = rules.voter_of(who, roll)
    verdict = rules.is_open(round, now=now)
    if verdict:
        verdict = rules.may_cast(who, voter, round, now=now)
    draft = draft_of(who, round, cookies) if verdict else {}
    return Seat(round, roll, voter, draft, verdict)


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


@dataclass(frozen=True)
class Card:
    """One proposal on the ballot as this voter sees it; `place` is its rank in the draft, 1 first. `terms`
    are sentences on what else its funding hangs on."""

    bid: Bid
    proposal: Proposal
    own: bool
    place: int
    points: int
    terms: tuple[str, ...] = ()

    @property
    def opinion(self) -> str:
        """What the draft says of it, where opinions are asked."""
        return opinion_words().get(self.points, "")

    @property
    def chosen(self) -> bool:
        return self.place > 0

    @property
    def photo(self) -> Photo | None:
        """The first photo that was handed in."""
        return next(iter(self.proposal.shown_photos), None)

    @property
    def withdrawn(self) -> bool:
        return bool(self.proposal.stage == WITHDRAWN)


def cards(round: Round, seat: Seat) -> list[Card]:
    """The proposals of this seat's ballot in its order, each with what the draft says of it."""
    slate = slate_for(seat.voter, seat.roll)
    rows = Proposal.objects.select_related("neighbourhood", "team").prefetch_related("photos")
    terms = Terms.of(seat.roll)
    named = rows.in_bulk({bid.key for bid in slate} | terms.keys)
    titles = {key: one.title for key, one in named.items()}
    places = {key: place for place, key in enumerate(seat.draft, start=1)}
    home = seat.voter.neighbourhood_id if seat.voter else None
    return [
        Card(
            bid,
            named[bid.key],
            bid.community == home,
            places.get(bid.key, 0),
            seat.draft.get(bid.key, 0),
            terms.told(bid.key, titles),
        )
        for bid in slate
    ]


@dataclass(frozen=True)
class Terms:
    """Which proposals on a ballot exclude or need another one, and their numbers on it."""

    rivals: tuple[frozenset[int], ...]
    needs: tuple[tuple[int, int], ...]
    numbers: Mapping[int, int]

    @classmethod
    def of(cls, roll: Roll) -> Terms:
        """What was said of the proposals on this roll before the vote opened."""
        numbers = {bid.key: bid.sent or 0 for bid in roll.bids}
        groups, needs = pairs(roll.round)
        standing = (group & numbers.keys() for group in groups)
        return cls(
            tuple(frozenset(group) for group in standing if len(group) > 1),
            tuple(sorted(pair for pair in needs if pair[0] in numbers)),
            numbers,
        )

    @property
    def keys(self) -> set[int]:
        """Everything that is spoken of."""
        return {key for group in (*self.rivals, *self.needs) for key in group}

    def told(self, key: int, titles: Mapping[int, str] | None = None) -> tuple[str, ...]:
        """The sentences on one proposal; by numbers alone where no titles are given."""
        found = []
        for group in self.rivals:
            if key in group:
                others = _("、").join(
                    self._named(one, titles) for one in self._in_order(group - {key})
                )
                found.append(_("与%(others)s最多入选一项") % {"others": others})
        needed = self._in_order(other for one, other in self.needs if one == key)
        if needed:
            others = _("、").join(self._named(one, titles) for one in needed)
            found.append(_("以%(others)s入选为前提") % {"others": others})
        return tuple(found)

    def _in_order(self, keys: Iterable[int]) -> list[int]:
        return sorted(keys, key=lambda key: (self.numbers.get(key, 0), key))

    def _named(self, key: int, titles: Mapping[int, str] | None) -> str:
        number = self.numbers.get(key)
        if titles is None:
            return _("%(n)s号") % {"n": number} if number else _("不在选票上的提案")
        if number is None:
            return _("《%(title)s》（不在选票上）") % {"title": titles.get(key, "")}
        return _("第%(n)s号《%(title)s》") % {"n": number, "title": titles.get(key, "")}


def bar(round: Round, seat: Seat) -> str:
    """已选 3/5, 已用 ¥3,000 / ¥9,000, 已分 4/10 点: what the draft uses of what the form gives."""
    form = rules.form_of(round)
    if form.kind == "knapsack":
        costs = {bid.key: bid.cost for bid in seat.roll.bids}
        used = sum(costs.get(key, 0) for key in seat.draft)
        return _("已用 %(used)s / %(budget)s") % {
            "used": yuan(used),
            "budget": yuan(form.budget or 0),
        }
    if form.kind == "points":
        used = sum(seat.draft.values())
        return _("已分 %(used)s/%(points)s 点") % {"used": used, "points": form.points}
    if form.kind == "stance":
        offered = slate_for(seat.voter, seat.roll)
        return _("已表态 %(n)s/%(of)s 项") % {"n": len(seat.draft), "of": len(offered)}
    words = _("已排 %(n)s/%(most)s") if form.kind == "rank" else _("已选 %(n)s/%(most)s")
    return words % {"n": len(seat.draft), "most": form.most}


# --- where she stands -----------------------------------------------------------------------------


def my_vote(who: Any, round: Round, *, cookies: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Where `who` stands in this vote, for her home page.

    {state, sentence, chosen}: state is `draft` (chosen on this device, not cast), `waiting` (may
    vote and has not), `again` (has voted and may change it), `cast`, `closed` (not open), or `out`
    with the sentence of the rule. `cookies` are those of the request.
    """
    opened = rules.is_open(round, now=now)
    if not opened:
        return {"state": "closed", "sentence": opened.reason, "chosen": 0}
    mine = seat(who, round, cookies=cookies, now=now)
    chosen = len(mine.draft)
    if mine.verdict and chosen:
        words = _("您选了%(n)s项，还没有投出") % {"n": chosen}
        return {"state": "draft", "sentence": words, "chosen": chosen}
    if mine.has_cast:
        words = _("您已投票，截止前可以更改") if mine.verdict else _("您已投票")
        return {"state": "again" if mine.verdict else "cast", "sentence": words, "chosen": 0}
    if mine.verdict:
        return {"state": "waiting", "sentence": _("您还没有投票"), "chosen": 0}
    return {"state": "out", "sentence": mine.verdict.reason, "chosen": 0}


def find_ballot(round: Round, receipt: str) -> Ballot | None:
    """The ballot of this round that a receipt (sixteen letters and digits) stands for."""
    if not receipt:
        return None
    first = prefix_of(receipt)
    return Ballot.objects.filter(roll__round=round, code__gte=first, code__lt=first + "g").first()


def included(round: Round, receipt: str) -> str:
    """What became of a receipt: the fate of its ballot, or `` where there is none."""
    ballot = find_ballot(round, receipt)
    return str(ballot.fate) if ballot else ""


def meaning(round: Round, line: str) -> list[tuple[str, str]]:
    """(proposal, what was said of it) of an opened ballot of this round; empty where `line` is none.

    What was said is a number of points, an opinion, or "" where naming it says all.
    """
    parts = line.split(":", 3)
    roll = rules.roll_of(round)
    if roll is None or parts[:2] != ["sanlin-ballot-2", str(round.pk)] or len(parts) != 4:
        return []
    form = rules.form_of(round)
    if not is_canonical(parts[2], form, roll.bids):
        return []
    numbers = {bid.key: bid.sent for bid in roll.bids}
    kept: list[tuple[int, int]] = json.loads(parts[2])
    titles = dict(Proposal.objects.filter(pk__in=dict(kept)).values_list("pk", "title"))
    words = opinion_words() if form.kind == "stance" else {}
    return [
        (
            _("第%(n)s号 %(title)s") % {"n": numbers[key], "title": titles.get(key, "")},
            words.get(weight, str(weight) if form.kind in ("points", "rank") else ""),
        )
        for key, weight in kept
        if weight != SILENT
    ]


def opinion_words() -> dict[int, str]:
    """The opinions in words, by their numbers."""
    return {
        OPINIONS["support"]: _("同意"),
        OPINIONS["against"]: _("反对"),
        OPINIONS["abstain"]: _("弃权"),
        OPINIONS["follow"]: _("随多数"),
    }


def opinions_asked(round: Round) -> list[tuple[str, str]]:
    """(code, words) of the opinions that a ballot of this round may hold."""
    words = opinion_words()
    return [(code, words[OPINIONS[code]]) for code in rules.form_of(round).may]
