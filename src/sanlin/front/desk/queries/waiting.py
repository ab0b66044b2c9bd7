"""What waits for a member of staff. One function an app; `WAITING` lists them all.

A function takes the person and the moment and gives `Waiting`s; it reads a constant number of times.
To add one: write it, and add its name to the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.people.models import PostKind, Resident
from sanlin.commons.people.rules import posts_of
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Decision, Objection
from sanlin.govern.ballots.queries import keys_awaited, voidings_awaited
from sanlin.govern.growth.queries import waiting as of_growth
from sanlin.govern.projects.queries import count_alive
from sanlin.govern.projects.queries import waiting as of_projects
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.reviews import stages as review_stages
from sanlin.govern.reviews.models import Recusal, Review, Seat
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import next_step
from sanlin.ground.clock import local_day
from sanlin.harmony.training.queries import ASK, FOLLOW, READ
from sanlin.harmony.training.queries import waiting as of_trainings
from sanlin.harmony.voices.queries import waiting as unanswered

from .glance import next_verb
from .mine import OFFICERS, WORKERS, at, my_rounds, my_streets, run_at, run_by

ANSWER_WITHIN = timedelta(days=15)  # our own promise: no source gives a number of days
LAST_MINUTE = time(23, 59)


FOLD_FROM = 4  # rows of one kind that are shown as one


@dataclass(frozen=True)
class Waiting:
    """One thing to do: its words, where, until when (None: no date), and why it waits.

    `kind` is what it has in common with its like, where their words differ.
    """

    title: str
    href: str
    due: datetime | None
    why: str
    kind: str = ""

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


@dataclass(frozen=True)
class Fold:
    """Many things of one kind in one row: what they have in common, and the things, nearest first."""

    title: str
    things: list[Waiting]

    @property
    def due(self) -> datetime | None:
        """Until when the first of them waits."""
        return self.things[0].due


def steps(who: Any, *, now: datetime) -> list[Waiting]:
    """The next step of each of my rounds, once it is due and nothing is missing before it."""
    found, mine = [], run_by(who, now=now)
    count_alive(one for one in mine if (due := next_step(one, now=now)) and due.is_due)
    for round in mine:
        coming = next_step(round, now=now)
        if coming is None or not coming.is_due:
            continue
        step = next_verb(round, who=who, now=now)
        if step and step.verdict:
            found.append(Waiting(step.words, step.href, step.due, round.name))
    return found


def screening(who: Any, *, now: datetime) -> list[Waiting]:
    """Proposals and appeals without a conclusion of the formal checks."""
    open_ = (proposal_stages.SUBMITTED, proposal_stages.APPEALED)
    rounds = run_at(who, stages.CALL, stages.SCREENING, now=now)
    if not rounds:
        return []
    rows = Proposal.objects.filter(round__in=rounds, stage__in=open_)
    return [
        Waiting(
            ngettext("审查%(n)s份提案", "审查%(n)s份提案", n) % {"n": n},
            at("proposals:watch", pk),
            _closes(rounds[pk], stages.SCREENING),
            rounds[pk].name,
        )
        for pk, n in rows.values_list("round").annotate(Count("pk")).order_by("round")
    ]


def _closes(round: Round, stage: str) -> datetime | None:
    return next((one.closes for one in round.windows.all() if one.stage == stage), None)


def reviews(who: Any, *, now: datetime) -> list[Waiting]:
    """The sheets that I still owe as a judge."""
    if all(post.kind != PostKind.JUDGE for post in posts_of(who, now=now)):
        return []
    seats = list(
        Seat.objects.filter(
            account_id=who.pk, left_at__isnull=True, round__stage=stages.REVIEW
        ).select_related("round")
    )
    if not seats:
        return []
    rounds = [seat.round_id for seat in seats]
    admitted = _counted(
        Proposal.objects.filter(round__in=rounds, stage=proposal_stages.ADMITTED), "round"
    )
    sealed = _counted(Review.objects.filter(seat__in=seats, stage=review_stages.SEALED), "seat")
    aside = _counted(
        Recusal.objects.filter(seat__in=seats, proposal__stage=proposal_stages.ADMITTED), "seat"
    )
    dates = {seat.round_id: seat.round for seat in seats}
    found = []
    for seat in seats:
        n = admitted.get(seat.round_id, 0) - sealed.get(seat.pk, 0) - aside.get(seat.pk, 0)
        if n > 0:
            found.append(
                Waiting(
                    ngettext("评%(n)s份提案", "评%(n)s份提案", n) % {"n": n},
                    reverse("reviews:mine", args=[seat.round_id]),
                    _closes(dates[seat.round_id], stages.REVIEW),
                    seat.round.name,
                )
            )
    return found


def _counted(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.values_list(by).annotate(Count("pk")).order_by(by))


def keys(who: Any, *, now: datetime) -> list[Waiting]:
    """Ballot boxes that wait for my passphrase: to be set before the vote, to be entered after it."""
    voting = (stages.SCREENING, stages.REVIEW, stages.OPTIMISATION, stages.VOTE)
    rounds = [one.pk for one in my_rounds(who, now=now) if one.stage in voting]
    return [
        Waiting(
            _("输入口令，打开票箱") if to_open else _("设置票箱钥匙的口令"),
            reverse("ballots:box" if to_open else "ballots:keys", args=[key.round_id]),
            None,
            key.round.name,
        )
        for key, to_open in (keys_awaited(who, rounds) if rounds else [])
    ]


def voidings(who: Any, *, now: datetime) -> list[Waiting]:
    """Votes that wait for a second hand to be void: the administrator's, and for the officers of the street
    to know."""
    districts = {
        post.district_id
        for post in posts_of(who, now=now)
        if post.kind == PostKind.DISTRICT_ADMIN and post.district_id
    }
    votes = run_at(who, stages.VOTE, now=now)
    rounds = [
        pk for pk, one in votes.items() if (ends := _closes(one, stages.VOTE)) and ends <= now
    ]
    if not districts and not rounds:
        return []
    return [
        Waiting(
            _("同意作废投票")
            if one.roll.round.street.district_id in districts and one.asked_by_id != who.pk
            else _("已提出作废投票，等区管理员同意"),
            reverse("ballots:void", args=[one.roll.round_id]),
            None,
            f"{one.roll.round.street} · {one.roll.round.name}",
        )
        for one in voidings_awaited(districts, rounds)
    ]


def signatures(who: Any, *, now: datetime) -> list[Waiting]:
    """Decisions that lack my signature, where others may have signed already."""
    rounds = run_at(who, stages.DECISION, now=now)
    if not rounds:
        return []
    rows = Decision.objects.filter(round__in=rounds, stage=award_stages.DRAFTED)
    return [
        Waiting(
            _("核对并签署结果"),
            reverse("awards:decision", args=[decision.round_id]),
            None,
            rounds[decision.round_id].name,
        )
        for decision in rows.exclude(signatures__account_id=who.pk).order_by("pk")
    ]


def objections(who: Any, *, now: datetime) -> list[Waiting]:
    """Objections without an answer."""
    rounds = run_at(who, stages.NOTICE, stages.RUNNING, now=now)
    if not rounds:
        return []
    rows = Objection.objects.open().filter(award__decision__round__in=rounds)
    return [
        Waiting(
            _("答复第%(n)s号异议") % {"n": one.number},
            reverse("awards:answer", args=[one.pk]),
            one.due,
            str(one.award.proposal),
            _("答复异议"),
        )
        for one in rows.select_related("award__proposal").order_by("pk")
    ]


def projects(who: Any, *, now: datetime) -> list[Waiting]:
    """What projects wait for: signatures, payments, receipts, reports, settlements."""
    if not any(one.stage == stages.RUNNING for one in my_rounds(who, now=now)):
        return []
    return [Waiting(one.title, one.href, one.due, one.why) for one in of_projects(who, now=now)]


def growth(who: Any, *, now: datetime) -> list[Waiting]:
    """Pitches to mark as a juror, bars that another officer asks to lift, advice that is late."""
    return [Waiting(one.title, one.href, one.due, one.why) for one in of_growth(who, now=now)]


def newcomers(who: Any, *, now: datetime) -> list[Waiting]:
    """Residents who registered themselves in my neighbourhoods and whom nobody has confirmed."""
    mine = {
        post.neighbourhood_id
        for post in posts_of(who, now=now)
        if post.kind in WORKERS and post.neighbourhood_id
    }
    if not mine:
        return []
    rows = Resident.objects.waiting().filter(neighbourhood__in=mine)
    counted = rows.values("neighbourhood__name").annotate(n=Count("pk")).order_by("neighbourhood")
    return [
        Waiting(
            ngettext("核实%(n)s位居民", "核实%(n)s位居民", row["n"]) % row,
            reverse("people:residents"),
            None,
            _("%(place)s有居民自行登记，等待核实") % {"place": row["neighbourhood__name"]},
        )
        for row in counted
    ]


def voices(who: Any, *, now: datetime) -> list[Waiting]:
    """Complaints, suggestions and questions without an answer."""
    streets = my_streets(who, OFFICERS, now=now)
    if not streets:
        return []
    return [
        Waiting(
            ngettext("答复%(n)s条意见", "答复%(n)s条意见", row["n"]) % row,
            reverse("voices:street", args=[row["street"]]) + "?stage=new",
            row["since"] + ANSWER_WITHIN,
            _("%(name)s收到，还没有答复") % row,
        )
        for row in unanswered(streets)
    ]


def trainings(who: Any, *, now: datetime) -> list[Waiting]:
    """Ideas to read, ideas that should have been carried out, questions without advice."""
    streets = my_streets(who, OFFICERS, now=now)
    if not streets:
        return []
    words = {
        READ: lambda n: ngettext("审看%(n)s条点子", "审看%(n)s条点子", n),
        FOLLOW: lambda n: ngettext(
            "%(n)s条采纳的点子到期没有落实", "%(n)s条采纳的点子到期没有落实", n
        ),
        ASK: lambda n: ngettext("记录专家对%(n)s个问题的建议", "记录专家对%(n)s个问题的建议", n),
    }
    return [
        Waiting(
            words[row["kind"]](row["n"]) % row, at("training:desk", row["key"]), None, row["name"]
        )
        for row in of_trainings(streets, local_day(now))
    ]


WAITING: list[Callable[..., list[Waiting]]] = [
    steps,
    screening,
    reviews,
    keys,
    voidings,
    signatures,
    objections,
    projects,
    growth,
    newcomers,
    voices,
    trainings,
]


def waiting_for(who: Any, *, now: datetime) -> list[Waiting]:
    """Everything that waits for `who`: what has a date first, the nearest on top."""
    found = [one for part in WAITING for one in part(who, now=now)]
    return sorted(found, key=lambda one: (one.due is None, one.due or now, one.title))


def folded(waiting: list[Waiting]) -> list[Waiting | Fold]:
    """The same in the same order, but many of one kind stand as one row where the first of them was."""
    alike: dict[str, list[Waiting]] = {}
    for one in waiting:
        alike.setdefault(one.kind or one.title, []).append(one)
    found: list[Waiting | Fold] = []
    for one in waiting:
        title = one.kind or one.title
        if len(alike[title]) < FOLD_FROM:
            found.append(one)
        elif one is alike[title][0]:
            found.append(Fold(title, alike[title]))
    return found
