"""Booths as pages show them: where one votes, what became of the sheets, who stands at the table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanlin.commons.people.models import Resident
from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Booth, BoothLine, Roll, Shift, Signing, Voter, What
from sanlin.govern.rounds.models import Round
from sanlin.ground import pii
from sanlin.ground.verdict import ALLOWED, Verdict, denied

AT_HOME = "home__stair__building__estate"
MOST_FOUND = 10
PASS_LIFE = timedelta(minutes=15)


# --- booths ---------------------------------------------------------------------------------------


def places_to_vote(round: Round) -> QuerySet[Booth]:
    """The booths with the hours in which they are open, for everybody: without who is on duty."""
    rows: QuerySet[Booth] = Booth.objects.filter(round=round).select_related("neighbourhood")
    return rows.prefetch_related("shifts").order_by("number")


def has_booths(round: Round) -> bool:
    """Whether one can vote on paper somewhere in this round."""
    return bool(rules.has_paper(round)) and Booth.objects.filter(round=round).exists()


def tone(booth: Booth) -> str:
    """The colour of a booth's state."""
    return {stages.OPEN: "now", stages.CLOSED: "waiting", stages.SIGNED: "done"}.get(
        booth.stage, "plain"
    )


def state(booth: Booth, is_open: bool) -> tuple[str, str]:
    """A booth's state in words for everybody, and its colour; `is_open` says whether the vote still is."""
    if not is_open and booth.stage in (stages.PLANNED, stages.OPEN):
        return _("已结束，待清点"), "waiting"
    return booth.stage_label, tone(booth)


def accounts(booth: Booth) -> list[tuple[str, int]]:
    """The figures of a booth's account in words, in the order of the two equations."""
    if booth.stage in (stages.PLANNED, stages.OPEN):
        return [
            (_("领到"), booth.received),
            (_("发出"), booth.issued),
            (_("作废换发"), booth.spoiled),
            (_("剩余空白"), booth.left),
        ]
    return [
        (_("领到"), booth.received),
        (_("发出"), booth.issued),
        (_("未用"), booth.unused),
        (_("箱内"), booth.in_box),
        (_("作废换发"), booth.spoiled),
        (_("带走未投"), booth.missing),
    ]


def equations(booth: Booth) -> list[str]:
    """The two equations with their figures; each side adds up, whatever is missing has its own place."""
    if booth.stage in (stages.PLANNED, stages.OPEN):
        return [
            _("领到%(received)s ＝ 发出%(issued)s ＋ 剩余%(left)s")
            % {"received": booth.received, "issued": booth.issued, "left": booth.left},
            _("发出%(issued)s ＝ 已登记选民%(marked)s ＋ 作废换发%(spoiled)s")
            % {"issued": booth.issued, "marked": booth.marked, "spoiled": booth.spoiled},
        ]
    figures = {
        "received": booth.received,
        "issued": booth.issued,
        "unused": booth.unused,
        "lost": booth.left,
        "box": booth.in_box,
        "spoiled": booth.spoiled,
        "missing": booth.missing,
    }
    first = (
        _("领到%(received)s ＝ 发出%(issued)s ＋ 未用%(unused)s ＋ 缺失%(lost)s")
        if booth.left
        else _("领到%(received)s ＝ 发出%(issued)s ＋ 未用%(unused)s")
    )
    second = _("发出%(issued)s ＝ 箱内%(box)s ＋ 作废%(spoiled)s ＋ 带走未投%(missing)s")
    return [first % figures, second % figures]


def runs(booth: Booth) -> list[tuple[int, int, datetime]]:
    """(first sheet, last sheet, when) of every run of sheets that came to a booth."""
    found, last = [], 0
    lines = BoothLine.objects.filter(booth=booth, what=What.RECEIVED).order_by("pk")
    for line in lines:
        found.append((last + 1, last + line.sheets, line.at))
        last += line.sheets
    return found


def protocol(booth: Booth) -> dict[str, Any]:
    """What the protocol of a booth says besides its account: seals, incidents, shifts, signatures."""
    lines = BoothLine.objects.filter(booth=booth).select_related("by").order_by("pk")
    told = list(lines.filter(what__in=(What.SEAL, What.INCIDENT, What.WITHDRAWN)))
    return {
        "seals": [line for line in told if line.what == What.SEAL],
        "incidents": [line for line in told if line.what != What.SEAL],
        "shifts": rules.shifts_of(booth),
        "signings": list(
            Signing.objects.filter(booth=booth).select_related("account").order_by("pk")
        ),
    }


def booth_at_work(who: Any, round: Round, *, now: datetime) -> Booth | None:
    """The booth at which `who` is on duty at this moment."""
    shifts = Shift.objects.filter(
        booth__round=round, duties__account=who.pk, starts__lte=now, ends__gt=now
    )
    shift = shifts.select_related("booth").first()
    return shift.booth if shift else None


# --- who stands at the table ----------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Somebody who was looked for: whether a sheet may be handed to her, or why not. `voter` is None
    where she is not on the roll. Whether she voted online does not stand here."""

    name: str
    home: str
    phone: str
    voter: Voter | None
    verdict: Verdict
    can_unmark: bool = False


def find_voters(booth: Booth, name: str, clue: str, *, who: Any, now: datetime) -> list[Found]:
    """The residents of this name to whom the clue belongs: a room, the end of a phone, or a birthday."""
    rows = Resident.objects.living().filter(
        account__name=name.strip(), neighbourhood__street=booth.round.street_id
    )
    rows = rows.select_related("account", "neighbourhood__street", AT_HOME).order_by("pk")
    people = [one for one in rows[:200] if _fits(one, clue)]
    return _judged(booth, people[:MOST_FOUND], who=who, now=now)


def _fits(person: Resident, clue: str) -> bool:
    """Whether a clue is this person's room, the last four of her phone, or her birthday."""
    plain = "".join(clue.split()).rstrip("室号")  # data
    if not plain:
        return False
    tail = str(person.account.phone)[-4:]
    ways = [person.home.room.rstrip("室号")] if person.home else []  # data
    ways += [tail] if person.account.phone else []
    ways += [f"{person.born:%Y%m%d}", f"{person.born:%Y-%m-%d}"] if person.born else []
    return plain in ways


def _judged(booth: Booth, people: Sequence[Resident], *, who: Any, now: datetime) -> list[Found]:
    roll = rules.roll_of(booth.round)
    if roll is None or not people:
        return []
    household = rules.by_household(booth.round)
    rows = Voter.objects.filter(roll=roll).select_related("neighbourhood", "shift")
    if household:
        rows = rows.filter(home__in=[one.home_id for one in people if one.home_id])
    else:
        rows = rows.filter(account__in=[one.account_id for one in people])
    lines = {(row.home_id if household else row.account_id): row for row in rows}
    return [
        _told(
            booth,
            roll,
            one,
            lines.get(one.home_id if household else one.account_id),
            who=who,
            now=now,
        )
        for one in people
    ]


def _told(
    booth: Booth, roll: Roll, person: Resident, voter: Voter | None, *, who: Any, now: datetime
) -> Found:
    can_unmark = False
    if voter is None:
        verdict = denied(
            rules.unfit(person, roll, now=now) or _("不在名册上，符合条件的可以先补录")
        )
    else:
        voter.roll = roll
        unfit = rules.by_household(booth.round) and rules.unfit(person, roll, now=now)
        verdict = denied(unfit) if unfit else _free(booth, voter)
        if voter.shift is not None and voter.shift.booth_id == booth.pk:
            voter.shift.booth = booth
            can_unmark = bool(rules.can_withdraw(who, voter, now=now))
    account = person.account
    return Found(account.name, person.address, str(account.phone), voter, verdict, can_unmark)


def _free(booth: Booth, voter: Voter) -> Verdict:
    """Whether a sheet may be handed to this voter here, whoever hands it out."""
    for verdict in (rules.is_served(booth, voter), rules.may_have_a_sheet(voter)):
        if not verdict:
            return verdict
    return ALLOWED


# --- the voter's code at the booth ----------------------------------------------------------------


def pack_pass(who: Any, round: Round, *, now: datetime) -> str:
    """What the voter's own phone shows at the booth: sealed by the house, good for fifteen minutes."""
    return pii.seal(json.dumps([round.pk, who.pk, int(now.timestamp())]))


def find_by_pass(booth: Booth, code: str, *, who: Any, now: datetime) -> list[Found]:
    """Whom a shown code stands for; empty where it is none of this round, or too old."""
    try:
        round, account, since = json.loads(pii.unseal(code.rpartition("#")[2]).reveal())
    except (RuntimeError, ValueError, TypeError):
        return []
    fresh = 0 <= now.timestamp() - since <= PASS_LIFE.total_seconds()
    if round != booth.round_id or not fresh:
        return []
    rows = Resident.objects.filter(account_id=account)
    people = list(rows.select_related("account", "neighbourhood__street", AT_HOME))
    return _judged(booth, people, who=who, now=now)
