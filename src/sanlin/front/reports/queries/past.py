"""A past day: the state of each thing as the log tells it, the money as the postings tell it.

Nothing is read from the rows as they stand today but their titles.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Max, Q, QuerySet, Subquery, Sum

from sanlin.commons.funds.models import BookKind, Posting
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.govern.awards.models import Award
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.models import Checkpoint, Entry
from sanlin.kernel.ledger import FEN

AWARDING = ("awards.decide", "awards.enter_election", "awards.uphold", "awards.promote")
DROPPED = "awards.drop"
MOVING = (  # they move more than their subject
    *("awards.sign", "awards.publish", "batch.key", "projects.confirm"),
    *("projects.sign", "projects.check_scan", "projects.stop"),
    *("projects.report", "projects.return_report", "projects.review"),
)
PEOPLE = ("ballots.Voter:",)  # who stood on the roll is nobody's business, not even by number


@dataclass(frozen=True)
class Thing:
    """One thing as it stood: `line` is the line of the log (from 1) that says so."""

    kind: str
    name: str
    stage: str
    line: int
    at: datetime
    amount: int | None = None


@dataclass(frozen=True)
class Money:
    """A fund as it stood, in fen."""

    name: str
    source: int
    cash: int
    paid: int
    owed: int


@dataclass(frozen=True)
class Past:
    """One round and the funds of its street as they stood at `until`."""

    rounds: list[tuple[Round, str]]
    round: Round | None
    lines: int
    checkpoint: Checkpoint | None
    things: list[Thing]
    money: list[Money]

    @property
    def sums(self) -> list[tuple[str, str, int]]:
        """(kind, stage, how many), as the things come."""
        counted = Counter((thing.kind, thing.stage) for thing in self.things)
        return [(*key, n) for key, n in counted.items()]

    @property
    def groups(self) -> list[tuple[str, list[Thing]]]:
        """The things of each kind."""
        kinds: dict[str, list[Thing]] = {}
        for thing in self.things:
            kinds.setdefault(thing.kind, []).append(thing)
        return list(kinds.items())


def rounds_of(who: Any, *, now: datetime) -> QuerySet[Round]:
    """The rounds of the districts that `who` audits or administers, newest first."""
    kinds = {PostKind.AUDITOR, PostKind.DISTRICT_ADMIN}
    districts = [post.district_id for post in posts_of(who, now=now) if post.kind in kinds]
    found = Round.objects.filter(street__district__in=districts).select_related("street")
    return found.order_by("-year", "-pk")


def past(who: Any, until: datetime, wanted: int | None, *, now: datetime) -> Past:
    """How everything stood before the moment `until`, for the round with the key `wanted` or the
    newest that had begun. Six questions to the database, whatever there is (seven before the first
    checkpoint)."""
    rounds = {one.log: one for one in rounds_of(who, now=now)}
    told = _stages_of(rounds, until)
    begun = [(one, told[log]) for log, one in rounds.items() if log in told]
    chosen = next((one for one, _stage in begun if one.pk == wanted), None)
    round = chosen or (begun[0][0] if begun else None)
    if round is None:
        return Past(begun, None, 0, None, [], [])
    lines = Entry.objects.filter(log=round.log, at__lt=until)
    titles = dict(Proposal.objects.filter(round=round).values_list("pk", "title"))
    things = [*_things(lines, titles), *_awards(lines, titles)]
    seqs = lines.order_by("-seq").values("seq")[:1]
    kept = (
        Checkpoint.objects.filter(log=round.log, at__lt=until)
        .select_related("log")
        .annotate(last=Subquery(seqs))
        .last()
    )
    last = kept.last if kept else lines.aggregate(last=Max("seq"))["last"]
    return Past(begun, round, 0 if last is None else last + 1, kept, things, _money(round, until))


def _stages_of(rounds: dict[str, Round], until: datetime) -> dict[str, str]:
    """By log: the words of the round's own stage."""
    subjects = [f"{Round._meta.label}:{one.pk}" for one in rounds.values()]
    rows = Entry.objects.filter(log__in=list(rounds), subject__in=subjects, at__lt=until)
    told = rows.exclude(stage="").order_by("log", "seq").values_list("log", "stage")
    return {log: _words(Round._meta.label, stage) for log, stage in told}


def _things(lines: QuerySet[Entry], titles: dict[int, str]) -> list[Thing]:
    """The last line of each thing that has a state, by kind and number."""
    last: dict[str, tuple[str, int, datetime]] = {}
    rows = lines.filter(~Q(stage="") | Q(deed__in=MOVING)).order_by("seq")
    told = rows.values_list("deed", "subject", "stage", "seq", "at", "body")
    for deed, subject, own, seq, at, body in told.iterator(chunk_size=2000):
        moved = json.loads(bytes(body))["data"].get("moved", []) if deed in MOVING else []
        for name, stage in ((subject, own), *moved):
            if stage and not name.startswith(PEOPLE):
                last[name] = (stage, seq, at)
    keys = {
        subject: (subject.partition(":")[0], int(subject.partition(":")[2])) for subject in last
    }
    found = []
    for subject in sorted(last, key=lambda subject: keys[subject]):
        (label, pk), (stage, seq, at) = keys[subject], last[subject]
        name = titles.get(pk, "") if label == Proposal._meta.label else ""
        found.append(Thing(_kind(label), name or str(pk), _words(label, stage), seq + 1, at))
    return found


def _awards(lines: QuerySet[Entry], titles: dict[int, str]) -> list[Thing]:
    """The awards, which are told together in one line each time."""
    standing: dict[int, Thing] = {}
    rows = lines.filter(Q(deed__in=AWARDING) | Q(deed=DROPPED)).order_by("seq")
    for deed, body, seq, at in rows.values_list("deed", "body", "seq", "at"):
        if deed == DROPPED:
            standing = {}
            continue
        for proposal, stage, grant in json.loads(bytes(body))["data"].get("awards", []):
            words = _words(Award._meta.label, stage)
            standing[proposal] = Thing(
                _kind(Award._meta.label),
                titles.get(proposal, str(proposal)),
                words,
                seq + 1,
                at,
                grant,
            )
    return [standing[key] for key in sorted(standing)]


def _money(round: Round, until: datetime) -> list[Money]:
    """The funds of the round's street: what every book had received less what it had given."""
    rows = (
        Posting.objects.filter(
            voucher__fund__street=round.street_id, voucher__at__lt=until, debit__unit=FEN
        )
        .values_list("voucher__fund", "voucher__fund__name", "debit__kind", "credit__kind")
        .annotate(sum=Sum("amount"))
        .order_by("voucher__fund")
    )
    sums: dict[tuple[int, str], Counter[str]] = {}
    for fund, name, debit, credit, amount in rows:
        one = sums.setdefault((fund, name), Counter())
        one[debit] += amount
        one[credit] -= amount
    return [
        Money(
            name,
            source=-one[BookKind.SOURCE] - one[BookKind.GIVEN],
            cash=one[BookKind.CASH] + one[BookKind.HOST],
            paid=one[BookKind.COST] + one[BookKind.OWED],
            owed=-one[BookKind.OWED],
        )
        for (_fund, name), one in sums.items()
    ]


def _kind(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name)


def _words(label: str, stage: str) -> str:
    """A stage as its own model says it."""
    row: Any = apps.get_model(label)(stage=stage)
    return str(getattr(row, "stage_label", stage))
