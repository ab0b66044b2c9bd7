"""What waits for a member of staff. One function an app; `WAITING` lists them all.

A function takes the person and the moment and gives `Waiting`s; it reads a constant number of times.
To add one: write it, and add its name to the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, prefetch_related_objects
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.people.models import PostKind, Resident
from sanlin.commons.people.rules import posts_of
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.ballots import rules as ballot_rules
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import totals
from sanlin.govern.rounds import rules as round_rules
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import next_step, timeline
from sanlin.ground.clock import local_day
from sanlin.ground.ui.charts import Heat
from sanlin.ground.verdict import ALLOWED, Verdict
from sanlin.harmony.voices.queries import waiting as unanswered

ANSWER_WITHIN = timedelta(days=15)  # our own promise: no source gives a number of days
OFFICERS = {PostKind.STREET_OFFICER}
WORKERS = {PostKind.COMMITTEE_WORKER}
LOOK = OFFICERS | WORKERS | {PostKind.AUDITOR, PostKind.JUDGE}


@dataclass(frozen=True)
class Waiting:
    """One thing to do: its words, where, until when (None: no date), and why it waits."""

    title: str
    href: str
    due: datetime | None
    why: str

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


def my_streets(who: Any, kinds: set[PostKind], *, now: datetime) -> set[int]:
    """Keys of the streets in which `who` holds one of these posts, on the street or below it."""
    found = set()
    for post in posts_of(who, now=now):
        if post.kind in kinds and post.street_id:
            found.add(post.street_id)
        elif post.kind in kinds and post.neighbourhood:
            found.add(post.neighbourhood.street_id)
    return found


def my_rounds(who: Any, *, now: datetime) -> list[Round]:
    """The rounds of my streets that have not ended, the newest first."""
    streets = my_streets(who, LOOK, now=now)
    if not streets:
        return []
    rows = Round.objects.filter(street__in=streets).exclude(
        stage__in=(stages.CLOSED, stages.CANCELLED)
    )
    return list(rows.select_related("street").order_by("-pk")[:12])


def voices(who: Any, *, now: datetime) -> list[Waiting]:
    """Complaints, suggestions and questions without an answer."""
    return [
        Waiting(
            ngettext("答复%(n)s条意见", "答复%(n)s条意见", row["n"]) % row,
            reverse("voices:street", args=[row["street"]]) + "?stage=new",
            row["since"] + ANSWER_WITHIN,
            _("%(name)s收到，还没有答复") % row,
        )
        for row in unanswered(my_streets(who, OFFICERS, now=now))
    ]


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
            at("people:residents"),
            None,
            _("%(place)s有居民自行登记，等待核实") % {"place": row["neighbourhood__name"]},
        )
        for row in counted
    ]


def screening(who: Any, *, now: datetime) -> list[Waiting]:
    """Proposals without a conclusion of the formal checks."""
    open_ = (proposal_stages.SUBMITTED, proposal_stages.APPEALED)
    rounds = [
        round for round in _run_by(who, now) if round.stage in (stages.CALL, stages.SCREENING)
    ]
    if not rounds:
        return []
    counts = dict(
        Proposal.objects.filter(round__in=rounds, stage__in=open_)
        .values_list("round")
        .annotate(Count("pk"))
        .order_by("round")
    )
    return [
        Waiting(
            ngettext("审查%(n)s份提案", "审查%(n)s份提案", counts[round.pk])
            % {"n": counts[round.pk]},
            at("proposals:watch", round.pk),
            _closes(round, stages.SCREENING),
            round.name,
        )
        for round in rounds
        if counts.get(round.pk)
    ]


def steps(who: Any, *, now: datetime) -> list[Waiting]:
    """The next step of each of my rounds, once it is due and nothing is missing before it."""
    found = []
    for round in _run_by(who, now):
        step = next_verb(round, who=who, now=now)
        if step and step.is_due and step.verdict:
            found.append(Waiting(step.words, step.href, step.due, round.name))
    return found


def _run_by(who: Any, now: datetime) -> list[Round]:
    """My rounds that I may run, read once for each account object and moment."""
    name = f"rounds run at {now.isoformat()}"
    if name not in who.memo:
        mine = my_rounds(who, now=now)
        prefetch_related_objects(mine, "windows__extensions")
        who.memo[name] = [one for one in mine if round_rules.can_run(who, one, now=now)]
    return who.memo[name]  # type: ignore[no-any-return]


def _closes(round: Round, stage: str) -> datetime | None:
    return next((one.closes for one in round.windows.all() if one.stage == stage), None)


WAITING: list[Callable[..., list[Waiting]]] = [steps, screening, newcomers, voices]


def waiting_for(who: Any, *, now: datetime) -> list[Waiting]:
    """Everything that waits for `who`: what has a date first, the nearest on top."""
    found = [one for part in WAITING for one in part(who, now=now)]
    return sorted(found, key=lambda one: (one.due is None, one.due or now, one.title))


# --- a round at a glance -------------------------------------------------------------------------


def at(name: str, *args: Any) -> str:
    """The address of a page; empty where the house has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Next:
    """The next verb of a round: its words, the page that does it, what is missing before it.

    `said` is one sentence about when; `due` None means that it waits for people, not for a date.
    """

    words: str
    href: str
    verdict: Verdict
    said: str
    is_due: bool
    due: datetime | None


Rule = Callable[..., Verdict]


def _by_the_clock(who: Any, round: Round, *, now: datetime) -> Verdict:
    return ALLOWED


def _doors(verb: str) -> tuple[str, str, Rule]:
    """(words, page, rule) of each verb of a round."""
    known: dict[str, tuple[str, str, Rule]] = {
        "open_call": (_("公布办法，开始征集"), "rounds:open", round_rules.can_open_call),
        "close_call": (_("看收到的提案"), "proposals:watch", _by_the_clock),
        "open_vote": (_("开始投票"), "ballots:vote", ballot_rules.can_open_vote),
        "close_entries": (_("结束投票并计票"), "ballots:vote", ballot_rules.can_close_vote),
    }
    return known.get(verb, (_("查看本轮"), "rounds:manage", _by_the_clock))


def next_verb(round: Round, *, who: Any, now: datetime) -> Next | None:
    """What an officer can do next with a round, and why it is not due; None at its end."""
    step = next_step(round, now=now)
    if step is None:
        return None
    words, page, rule = _doors(step.verb)
    return Next(
        words, at(page, round.pk), rule(who, round, now=now), step.words, step.is_due, step.due
    )


def glance(round: Round, *, who: Any, now: datetime) -> dict[str, Any]:
    """Money, tiers by committees, stages and the next verb of a round, in the page's words."""
    prefetch_related_objects([round], "windows__extensions")
    rows = totals(round)
    tiers = [(tier.key, tier.name) for tier in round.rules.tiers] if round.frozen else []
    tiers = tiers or [("", _("提案"))]
    places = list(
        Neighbourhood.objects.filter(street=round.street_id)
        .on(local_day(now))
        .order_by("code")
        .values_list("pk", "name")
    )
    return {
        "asked": sum(row["asked"] for row in rows),
        "approved": 0,
        "paid": 0,
        "proposals": sum(row["proposals"] for row in rows),
        "counts": _heat(rows, tiers, places, "proposals"),
        "sums": _heat(rows, tiers, places, "asked"),
        "steps": timeline(round, now=now),
        "next": next_verb(round, who=who, now=now),
        "doors": _pages(round),
    }


def _heat(
    rows: list[dict[str, Any]],
    tiers: list[tuple[str, str]],
    places: list[tuple[int, str]],
    figure: str,
) -> Heat:
    known = {key for key, _name in tiers}
    cells: dict[tuple[int, str], int] = {}
    for row in rows:
        where = (row["neighbourhood"], row["tier"] if row["tier"] in known else tiers[0][0])
        cells[where] = cells.get(where, 0) + row[figure]
    return Heat(
        tuple(name for _key, name in tiers),
        tuple(name for _pk, name in places),
        tuple(tuple(cells.get((pk, key), 0) for key, _name in tiers) for pk, _place in places),
    )


def _pages(round: Round) -> list[tuple[str, str]]:
    """(address, words) of the staff pages of a round that there are."""
    pages = (
        ("rounds:manage", _("期限与办法")),
        ("proposals:watch", _("提案与审查")),
        ("reviews:panel", _("评委")),
        ("reviews:grid", _("评审表")),
        ("ballots:vote", _("投票")),
        ("awards:decision", _("决定与公示")),
        ("projects:list", _("项目")),
        ("reports:round", _("报表")),
    )
    found = [(at(page, round.pk), words) for page, words in pages]
    return [(href, words) for href, words in found if href]
