"""What waits for a member of staff. One function an app; `WAITING` lists them all.

A function takes the person, what `known` has counted and the moment, and gives `Waiting`s; it reads a
constant number of times. To add one: write it, and add its name to the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.ballots.queries import keys_awaited, voidings_awaited
from sanlin.govern.growth.queries import waiting as of_growth
from sanlin.govern.projects.queries import waiting as of_projects
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import next_step
from sanlin.govern.rounds.rules import can_open_call
from sanlin.harmony.training.queries import ASK, FOLLOW, READ

from .glance import door_of
from .known import (
    ADMITTED,
    ALIVE,
    ASIDE,
    DECIDED,
    NEWCOMERS,
    OBJECTIONS,
    ON_NOTICE,
    SEALED,
    SITTING,
    TO_MARK,
    TO_SCREEN,
    VOICES,
    Known,
    known_to,
)
from .mine import at, every_round, run_by

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


def steps(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """The next step of each of my rounds, once it is due and nothing of what is counted here is
    missing before it; its own page says what else is."""
    found = []
    for round in run_by(who, now=now).values():
        coming = next_step(round, now=now)
        if coming is None or not coming.is_due or _holds_up(round, known, who, now):
            continue
        words, href = door_of(round, coming.verb)
        found.append(Waiting(words, href, coming.due, round.name))
    return found


def _holds_up(round: Round, known: Known, who: Any, now: datetime) -> bool:
    """Whether something that others still have to do, or another line says, stands before the step."""
    if round.stage == stages.DRAFT:
        return not can_open_call(who, round, now=now)
    if round.stage == stages.SCREENING:
        return known.at(TO_SCREEN, round.pk) > 0
    if round.stage == stages.REVIEW:
        sitting, admitted = known.at(SITTING, round.pk), known.at(ADMITTED, round.pk)
        given = known.at(SEALED, round.pk) + known.at(ASIDE, round.pk)
        return sitting * admitted > given
    if round.stage == stages.DECISION:
        drafted = (one for one in known.of(DECIDED) if one.key == round.pk)
        return any(one.name == award_stages.DRAFTED for one in drafted)
    if round.stage == stages.NOTICE:
        return known.at(ON_NOTICE, round.pk) > 0
    return round.stage == stages.RUNNING and known.at(ALIVE, round.pk) > 0


def screening(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Proposals and appeals without a conclusion of the formal checks."""
    rounds = run_by(who, now=now)
    return [
        Waiting(
            ngettext("审查%(n)s份提案", "审查%(n)s份提案", one.n) % {"n": one.n},
            at("proposals:watch", one.key),
            _closes(rounds[one.key], stages.SCREENING),
            rounds[one.key].name,
        )
        for one in known.of(TO_SCREEN)
    ]


def _closes(round: Round, stage: str) -> datetime | None:
    return next((one.closes for one in round.windows.all() if one.stage == stage), None)


def reviews(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """The sheets that I still owe as a judge."""
    return [
        Waiting(
            ngettext("评%(n)s份提案", "评%(n)s份提案", one.n) % {"n": one.n},
            at("reviews:mine", one.key),
            one.since,
            one.name,
        )
        for one in known.of(TO_MARK)
        if one.n > 0
    ]


def keys(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Ballot boxes that wait for my passphrase: to be set before the vote, to be entered after it."""
    voting = (stages.SCREENING, stages.REVIEW, stages.OPTIMISATION, stages.VOTE)
    rounds = [one.pk for one in every_round(who, now=now) if one.stage in voting]
    return [
        Waiting(
            _("输入口令，打开票箱") if to_open else _("设置票箱钥匙的口令"),
            reverse("ballots:box" if to_open else "ballots:keys", args=[key.round_id]),
            None,
            key.round.name,
        )
        for key, to_open in (keys_awaited(who, rounds) if rounds else [])
    ]


def voidings(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Votes that wait for a second hand to be void: the administrator's, and for the officers of the street
    to know."""
    districts = {
        post.district_id
        for post in posts_of(who, now=now)
        if post.kind == PostKind.DISTRICT_ADMIN and post.district_id
    }
    rounds = [
        pk
        for pk, one in run_by(who, now=now).items()
        if one.stage == stages.VOTE and (ends := _closes(one, stages.VOTE)) and ends <= now
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


def signatures(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Decisions that lack my signature, where others may have signed already."""
    rounds = run_by(who, now=now)
    return [
        Waiting(_("核对并签署结果"), at("awards:decision", one.key), None, rounds[one.key].name)
        for one in known.of(DECIDED)
        if one.name == award_stages.DRAFTED and not one.n
    ]


def objections(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Objections without an answer."""
    return [
        Waiting(
            _("答复第%(n)s号异议") % {"n": one.n},
            at("awards:answer", one.key),
            one.since,
            one.name,
            _("答复异议"),
        )
        for one in known.of(OBJECTIONS)
    ]


def projects(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """What projects wait for: signatures, payments, receipts, reports, settlements."""
    if not any(one.stage == stages.RUNNING for one in every_round(who, now=now)):
        return []
    return [Waiting(one.title, one.href, one.due, one.why) for one in of_projects(who, now=now)]


def growth(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Pitches to mark as a juror, bars that another officer asks to lift, advice that is late."""
    return [Waiting(one.title, one.href, one.due, one.why) for one in of_growth(who, now=now)]


def newcomers(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Residents who registered themselves in my neighbourhoods and whom nobody has confirmed."""
    return [
        Waiting(
            ngettext("核实%(n)s位居民", "核实%(n)s位居民", one.n) % {"n": one.n},
            reverse("people:residents"),
            None,
            _("%(place)s有居民自行登记，等待核实") % {"place": one.name},
        )
        for one in known.of(NEWCOMERS)
    ]


def voices(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Complaints, suggestions and questions without an answer."""
    return [
        Waiting(
            ngettext("答复%(n)s条意见", "答复%(n)s条意见", one.n) % {"n": one.n},
            at("voices:street", one.key) + "?stage=new",
            one.since and one.since + ANSWER_WITHIN,
            _("%(name)s收到，还没有答复") % {"name": one.name},
        )
        for one in known.of(VOICES)
    ]


def trainings(who: Any, known: Known, *, now: datetime) -> list[Waiting]:
    """Ideas to read, ideas that should have been carried out, questions without advice."""
    words: dict[str, Callable[[int], str]] = {
        READ: lambda n: ngettext("审看%(n)s条点子", "审看%(n)s条点子", n),
        FOLLOW: lambda n: ngettext(
            "%(n)s条采纳的点子到期没有落实", "%(n)s条采纳的点子到期没有落实", n
        ),
        ASK: lambda n: ngettext("记录专家对%(n)s个问题的建议", "记录专家对%(n)s个问题的建议", n),
    }
    return [
        Waiting(said(one.n) % {"n": one.n}, at("training:desk", one.key), None, one.name)
        for kind, said in words.items()
        for one in known.of(kind)
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
    known = known_to(who, now=now)
    found = [one for part in WAITING for one in part(who, known, now=now)]
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
