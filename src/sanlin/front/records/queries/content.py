"""The files of a record, each as the bytes that docs/record-format.md lays down.

They are told piece by piece, so that a hundred thousand ballots need no more memory than a few. No
file names a person: jurors are numbered by a keyed mark, words of objections stay where they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files as package_files
from typing import Any

from django.utils import timezone

from sanlin.commons.funds.models import Book, BookKind, Fund, Posting
from sanlin.govern.awards.models import (
    Award,
    Decision,
    Notice,
    Objection,
    Official,
)
from sanlin.govern.ballots import queries as ballots
from sanlin.govern.ballots.models import (
    Ballot,
    Batch,
    Booth,
    Channel,
    Fate,
    Keying,
    Roll,
    Sample,
    Settlement,
    Sheet,
    Tally,
)
from sanlin.govern.projects.models import Project
from sanlin.govern.proposals.models import Premise, Proposal, Rivals
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.reviews import stages as review_stages
from sanlin.govern.reviews.models import Mark, Recusal, Seat
from sanlin.govern.rounds.models import Round
from sanlin.ground import pii
from sanlin.ground.journal.actions import pseudonym
from sanlin.ground.journal.models import Entry, Log
from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.ballots.form import OPINIONS, Choices
from sanlin.kernel.ballots.tally import Merged
from sanlin.kernel.ledger import FEN
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.papers import BALLOTS, FORMAT

from .readme import readme

Paper = Callable[[], Iterable[bytes]]
BATCH = 5_000
HERE, ENTERED = "here", "entered"
AGREE = OPINIONS["support"]
WHOLE_BALLOTS = OWN_MONEY  # methods whose count needs more than totals


def papers(round: Round, decision: Decision) -> dict[str, Paper]:
    """The files of the record of a published decision, all but the log, its checkpoints and the
    manifest, by name: each is asked for its bytes when it is written."""
    told = _Told(round, decision)
    found: dict[str, Paper] = {
        "README.en.md": lambda: [readme(round, "en")],
        "README.zh.md": lambda: [readme(round, "zh")],
        "allocation.json": told.allocation,
        "awards.json": told.awards,
        "keys.json": told.keys,
        "ledger.jsonl": told.ledger,
        "objections.json": told.objections,
        "paper.json": told.paper,
        "proposals.json": told.proposals,
        "receipts.txt": told.receipts,
        "round.json": told.round_facts,
        "rules.json": lambda: [bytes(round.frozen or b""), b"\n"],
        "scores.csv": told.scores,
        "totals.json": told.totals,
        "recount.py": lambda: [_program("recount.py")],
        "verify.py": lambda: [_program("verify.py")],
    }
    if told.needs_whole_ballots:
        found[BALLOTS] = told.ballots
    return found


def _program(name: str) -> bytes:
    return package_files("sanlin.kernel.record").joinpath(name).read_bytes()


def _document(value: object) -> list[bytes]:
    return [canonical(value), b"\n"]


def _moment(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(when: datetime | None) -> str | None:
    return None if when is None else timezone.localtime(when).date().isoformat()


class _Told:
    """One round as its record tells it. What several files need is read once."""

    def __init__(self, round: Round, decision: Decision) -> None:
        self.round, self.decision = round, decision
        self.log = Log.objects.get(pk=round.log)

    @cached_property
    def roll(self) -> Roll | None:
        return Roll.objects.filter(round=self.round).first()

    @cached_property
    def entered(self) -> bool:
        return Official.objects.filter(round=self.round).exists()

    @cached_property
    def bids(self) -> list[Proposal]:
        rows = admitted(self.round).select_related("team", "neighbourhood")
        return sorted(rows, key=lambda row: row.pk)

    @cached_property
    def case(self) -> Any:
        return from_bytes(bytes(self.decision.inputs))

    @property
    def needs_whole_ballots(self) -> bool:
        return self.case.method in WHOLE_BALLOTS

    @cached_property
    def merged(self) -> Merged:
        return ballots.ballots(self.round) if self.roll else Merged(())

    # --- the round ----------------------------------------------------------------------------

    def round_facts(self) -> list[bytes]:
        round, roll = self.round, self.roll
        groups = Rivals.objects.filter(round=round).order_by("pk").prefetch_related("proposals")
        keys = {bid.pk for bid in self.bids}
        rivals = [sorted(keys & {p.pk for p in group.proposals.all()}) for group in groups]
        told = Premise.objects.filter(round=round, proposal__in=keys).order_by("proposal", "needs")
        pairs = [list(pair) for pair in told.values_list("proposal", "needs")]
        windows = [
            {"closes": _moment(w.closes), "opens": _moment(w.opens), "stage": w.stage}
            for w in round.windows.all()
        ]
        return _document(
            {
                "ballots": self._told_as(),
                "exclusive": [group for group in rivals if len(group) > 1],
                "format": FORMAT,
                "handed_in": Proposal.objects.handed_in().filter(round=round).count(),
                "name": round.name,
                **({"requires": pairs} if pairs else {}),
                "origin": self.log.origin,
                "overflow": self.case.rule,
                "roll": roll
                and {"cast": roll.cast, "day": roll.day.isoformat(), "size": roll.size},
                "round": round.pk,
                "source": ENTERED if self.entered else HERE,
                "street": round.street.name,
                "windows": sorted(windows, key=lambda it: (it["opens"] or "", it["stage"] or "")),
                "year": round.year,
            }
        )

    def _told_as(self) -> str:
        if self.roll is None:
            return "none"
        return "whole" if self.needs_whole_ballots else "totals"

    def proposals(self) -> list[bytes]:
        label = Proposal._meta.label
        subjects = {f"{label}:{bid.pk}": bid.pk for bid in self.bids}
        events: dict[int, list[list[Any]]] = {bid.pk: [] for bid in self.bids}
        lines = Entry.objects.filter(log=self.log.pk, subject__startswith=f"{label}:")
        for seq, deed, subject in lines.order_by("seq").values_list("seq", "deed", "subject"):
            if subject in subjects:
                events[subjects[subject]].append([seq, deed])
        return _document([self._proposal(bid, events[bid.pk]) for bid in self.bids])

    @staticmethod
    def _proposal(bid: Proposal, events: list[list[Any]]) -> dict[str, Any]:
        return {
            "community": bid.neighbourhood_id,
            "community_name": bid.neighbourhood.name,
            "cost": bid.asked,
            "events": events,
            "key": bid.pk,
            "number": bid.number,
            "own_funds": bid.own_funds,
            "team": bid.team_id,
            "team_name": bid.team.name,
            "theme": bid.theme or None,
            "tier": bid.tier or None,
            "title": bid.title,
        }

    # --- the review ---------------------------------------------------------------------------

    def scores(self) -> Iterator[bytes]:
        yield b"proposal,juror,criterion,halves\n"
        if "review" not in self.round.rules.stages:
            return
        keys = {bid.pk for bid in self.bids}
        seats = Seat.objects.filter(round=self.round).values_list("pk", flat=True)
        # The order of a keyed mark is the same every time, and says nothing about who sits where.
        shuffled = sorted(seats, key=lambda seat: pii.mark(f"juror:{seat}"))
        juror = {seat: number for number, seat in enumerate(shuffled, 1)}
        marks = Mark.objects.filter(
            review__seat__round=self.round, review__stage=review_stages.SEALED
        ).values_list("review__proposal", "review__seat", "criterion", "halves")
        recusals = Recusal.objects.filter(seat__round=self.round).values_list("proposal", "seat")
        rows = [(p, juror[s], criterion, str(halves)) for p, s, criterion, halves in marks]
        rows += [(p, juror[s], "-", "") for p, s in recusals]
        for row in sorted(rows):
            if row[0] in keys:
                yield ",".join(map(str, row)).encode() + b"\n"

    # --- the vote -----------------------------------------------------------------------------

    def receipts(self) -> Iterator[bytes]:
        codes = Ballot.objects.filter(roll=self.roll, fate=Fate.STANDING).order_by("code")
        for code in codes.values_list("code", flat=True).iterator(chunk_size=BATCH):
            yield code.encode() + b"\n"

    def _channels(self) -> dict[str, Counter[Choices]]:
        """The ballots of each way of voting; one, "all", where a way is so small that it would tell."""
        found: dict[str, Counter[Choices]] = {}
        rows = Tally.objects.filter(roll=self.roll).values_list("channel", "choices", "ballots")
        for channel, kept, times in rows.iterator(chunk_size=BATCH):
            choices = tuple((key, weight) for key, weight in json.loads(kept))
            found.setdefault(channel, Counter())[choices] += times
        small = min((one.total() for one in found.values()), default=0) < ballots.APART
        if self.entered or (len(found) > 1 and small):
            return {"all": sum(found.values(), Counter())}
        return found or {Channel.WEB.value: Counter()}

    def _votes(self, cast: Counter[Choices]) -> list[list[int]]:
        """[proposal, votes]; where opinions are asked, those who said that they agree."""
        sums = dict.fromkeys((bid.pk for bid in self.bids), 0)
        for kept, times in cast.items():
            for key, weight in kept:
                if key in sums:
                    sums[key] += times * (weight == AGREE if self.opinions else weight)
        return [[key, votes] for key, votes in sums.items()]

    @cached_property
    def opinions(self) -> bool:
        return self.roll is not None and self.round.rules.vote.kind == "stance"

    def _opinions(self, cast: Counter[Choices]) -> list[list[int]]:
        said = {bid.pk: [0] * (len(OPINIONS) + 1) for bid in self.bids}
        for kept, times in cast.items():
            for key, weight in kept:
                if key in said:
                    said[key][weight] += times
        return [[key, *row[1:], row[0]] for key, row in said.items()]

    def totals(self) -> list[bytes]:
        if self.roll is None:
            return _document({"ballots": 0, "channels": [], "opinions": [], "votes": []})
        by_channel = self._channels()
        whole = sum(by_channel.values(), Counter[Choices]())
        votes = ballots.votes(self.round)
        return _document(
            {
                "ballots": whole.total(),
                "channels": [
                    {"ballots": cast.total(), "name": name, "votes": self._votes(cast)}
                    for name, cast in sorted(by_channel.items())
                ],
                "opinions": self._opinions(whole) if self.opinions else [],
                "votes": [[bid.pk, votes.get(bid.pk, 0)] for bid in self.bids],
            }
        )

    def ballots(self) -> Iterator[bytes]:
        lines = (
            canonical({"choices": [list(pair) for pair in kept], "times": times})
            for kept, times in self.merged.ballots
        )
        for line in sorted(lines):
            yield line + b"\n"

    def keys(self) -> list[bytes]:
        key = self.roll and self.roll.key
        return _document({"public": bytes(key).hex() if key else None})

    def paper(self) -> list[bytes]:
        booths = Booth.objects.filter(round=self.round).select_related("discrepancy")
        told = [self._booth(booth) for booth in booths.order_by("number")]
        return _document({"booths": told, "sample": self._sample()})

    def _booth(self, booth: Booth) -> dict[str, Any]:
        serials: dict[int, list[str]] = {}
        rows = Sheet.objects.filter(batch__booth=booth, serial__isnull=False)
        for batch, serial in rows.values_list("batch", "serial"):
            serials.setdefault(batch, []).append(str(serial))
        batches = Batch.objects.filter(booth=booth).select_related("settlement")
        own = batches.prefetch_related("keyings").order_by("number")
        names = ("in_box", "issued", "name", "number", "received", "spoiled", "unused")
        return {
            "batches": [self._batch(batch, sorted(serials.get(batch.pk, []))) for batch in own],
            "discrepancy": sum(batch.sheets for batch in own) - booth.in_box,
            **{name: getattr(booth, name) for name in names},
        }

    def _batch(self, batch: Batch, serials: list[str]) -> dict[str, Any]:
        third = getattr(batch, "settlement", None)
        names = ("blank", "invalid", "number", "valid")
        return {
            "clerks": [self._clerk(one) for one in batch.keyings.all()],
            "differences": third.differences if third else 0,
            "serials": serials,
            "third": self._clerk(third) if third else None,
            **{name: getattr(batch, name) for name in names},
        }

    def _clerk(self, of: Keying | Settlement) -> dict[str, Any]:
        return {"hand": pseudonym(self.log.name, of.hand_id), "post": of.post}

    def _sample(self) -> dict[str, Any] | None:
        sample = Sample.objects.filter(roll=self.roll).first() if self.roll else None
        if sample is None:
            return None
        looks = sample.looks.values_list("sheet__serial", "differs", "overstated")
        names = (
            "differences",
            "digits",
            "draws",
            "full",
            "limit",
            "margin",
            "risk",
            "root",
            "size",
        )
        return {
            "looks": sorted([list(look) for look in looks]),
            "stage": sample.stage,
            **{name: getattr(sample, name) for name in names},
        }

    # --- the decision and what came of it -----------------------------------------------------

    def allocation(self) -> list[bytes]:
        told = self.decision
        return [
            b'{"case":' + bytes(told.inputs),
            b',"fingerprint":' + canonical(told.fingerprint),
            b',"outcome":' + bytes(told.outcome) + b"}\n",
        ]

    def awards(self) -> list[bytes]:
        rows = Award.objects.filter(decision=self.decision).order_by("proposal")
        later = Notice.objects.filter(decision=self.decision, award__isnull=False).order_by("pk")
        changes = [
            {"grant": row["grant"], "key": row["proposal"], "notice": notice.number}
            for notice in later
            for row in notice.snapshot["awards"]
        ]
        stand = [{"grant": a.grant, "key": a.proposal_id, "stage": a.stage} for a in rows]
        return _document({"awards": stand, "changes": changes})

    def objections(self) -> list[bytes]:
        rows = Objection.objects.filter(notice__decision=self.decision)
        told = [
            {
                "answered": _day(row.answered_at),
                "filed": _day(row.filed_at),
                "key": row.award.proposal_id,
                "notice": row.notice.number,
                "number": row.number,
                "stage": row.stage,
            }
            for row in rows.select_related("award", "notice")
        ]
        return _document(sorted(told, key=lambda it: (it["filed"], it["notice"], it["number"])))

    def ledger(self) -> Iterator[bytes]:
        """The vouchers of the round's fund, which all its pots share; what moves no money, such as
        goods, is told by its number alone."""
        own = {p.undertaking_id: p.award.proposal_id for p in self._projects()}
        funds = Fund.objects.filter(projects__round=self.round).distinct()
        fund = funds.first()
        if fund is None:
            return
        books = list(Book.objects.filter(fund=fund))
        names = {book.pk: _account(book, own) for book in books if book.unit == FEN}
        money = {book.pk for book in books if book.unit == FEN}
        rows = Posting.objects.filter(voucher__fund=fund).order_by("voucher__number", "pk")
        fields = ("voucher__number", "voucher__at", "voucher__reverses__number")
        held: dict[str, Any] | None = None
        for number, at, reverses, debit, credit, amount in rows.values_list(
            *fields, "debit", "credit", "amount"
        ).iterator(chunk_size=BATCH):
            if held is None or held["number"] != number:
                if held:
                    yield canonical(held) + b"\n"
                held = {"at": _day(at), "number": number, "postings": [], "reverses": reverses}
            if debit in money:
                held["postings"] += [[names[debit], amount], [names[credit], -amount]]
        if held:
            yield canonical(held) + b"\n"

    def _projects(self) -> list[Project]:
        rows = Project.objects.filter(round=self.round).select_related("award")
        return list(rows)


def _account(book: Book, own: dict[int, int]) -> str:
    """As docs/record-format.md 5.14 names it: `source/3`, `cost/17`, `running`, `given`, `cash`,
    and `other` for projects of another round that lives on the same books."""
    if book.undertaking_id is not None:
        key = own.get(book.undertaking_id)
        return "other" if key is None else f"{book.kind}/{key}"
    if book.kind == BookKind.SOURCE and book.source_id is not None:
        return f"source/{book.source_id}"
    if book.kind == BookKind.COST:
        return "running"
    return "cash" if book.kind == BookKind.HOST else str(book.kind)
