"""Two booths of the vote: planned, supplied, open on the day of the demonstration, with a few voters;
and what becomes of their sheets: keyed twice, settled, counted and sampled."""

from __future__ import annotations

from datetime import date

from sanlin.govern.awards import actions as awards
from sanlin.govern.awards.queries import margin_of
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots import queries
from sanlin.govern.ballots.actions import Counts, Paper
from sanlin.govern.ballots.models import Batch, Booth, Sheet, Voter, What
from sanlin.govern.ballots.rules import can_serve
from sanlin.ground.accounts.models import Account
from sanlin.kernel.ballots.serial import serial

from .cast import ER_CUN, QUAN_DONG, World, at, the_round, vary

DAYS = (date(2024, 5, 23), date(2024, 5, 24), date(2024, 5, 25))
SHEETS = 40
VOTERS_EACH = 6  # on the first day
DICE = "364152"


def plan_booths(world: World) -> list[Booth]:
    """Two booths with three days each, as 周敏 sets them up before the vote opens."""
    zhou, round = world.who["zhou"], the_round(world)
    own = round.rules.vote.own_community_only
    made = []
    for name, rooms in ((ER_CUN, "潍坊二村58号居委会一楼大厅"), (QUAN_DONG, "泉东二居民区活动室")):
        place = world.place(name)
        where = ballots.Where(f"{name.removesuffix('居委会')}投票站", rooms, place if own else None)
        booth = ballots.add_booth(round, where, by=zhou, now=world.at)
        for day in DAYS:
            ballots.add_shift(
                booth, at(day, 9), at(day, 17), _on_duty(world, booth, name), by=zhou, now=world.at
            )
        made.append(booth)
    return made


def _on_duty(world: World, booth: Booth, name: str) -> list[Account]:
    """The committee's worker and somebody from the street."""
    pair = [world.workers[world.place(name).pk], world.who["xu" if name == ER_CUN else "qian"]]
    return [one for one in pair if can_serve(one, booth.round, now=world.at)]


def paper_days(world: World, booths: list[Booth]) -> None:
    """Sheets come, boxes are sealed, some vote on paper; at each booth one spoils her sheet."""
    for one in booths:
        _first_day(world, Booth.objects.select_related("round__street").get(pk=one.pk))


def _first_day(world: World, booth: Booth) -> None:
    world.at = at(DAYS[0], 8)
    made = ballots.receive(booth, SHEETS, by=world.who["zhou"], now=world.at)
    first = made.shifts.get(starts=at(DAYS[0], 9)).duties.order_by("pk")[0].account
    told = {"by": first, "now": world.later(minutes=30)}
    made = ballots.open_booth(made, f"WF-{made.number:03}1", **told)
    told["now"] = world.later(minutes=90)
    for voter in _who_comes(world, made):
        ballots.mark_paper(made, voter, **told)
    made.refresh_from_db()
    ballots.spoil_sheet(made, **told)
    told["now"] = at(DAYS[0], 17)
    ballots.note(made, What.SEAL, f"WF-{made.number:03}2", **told)


def _who_comes(world: World, booth: Booth) -> list[Voter]:
    """Some who live near the booth and have not voted; nobody of the cast. Later, when few are left, also
    two a day who voted online and would rather vote on paper."""
    rows = Voter.objects.filter(roll__round=booth.round).exclude(
        account__in=[one.pk for one in world.who.values()]
    )
    place = world.place((ER_CUN, QUAN_DONG)[booth.number - 1])
    near = rows.filter(neighbourhood=place).select_related("roll", "neighbourhood").order_by("pk")
    found = list(near.filter(stage="waiting")[:VOTERS_EACH])
    if len(found) < VOTERS_EACH:
        found += near.filter(stage="cast")[:2]
    for voter in found:
        voter.roll.round = booth.round
    return found


# --- after the last day ---------------------------------------------------------------------------


def _booths(world: World) -> list[Booth]:
    rows = Booth.objects.filter(round=the_round(world)).select_related("round__street")
    return list(rows.order_by("number"))


def close_booths(world: World) -> None:
    """On the other days more voters come; the booths are closed, counted and signed by two."""
    for booth in _booths(world):
        for day in DAYS[1:]:
            first, second = _pair(booth, day)
            for voter in _who_comes(world, booth):
                ballots.mark_paper(booth, voter, by=first, now=at(day, 10))
        booth.refresh_from_db()
        counts = Counts(booth.received - booth.issued, booth.marked, f"WF-{booth.number:03}9")
        world.at = at(DAYS[-1], 17)
        ballots.close_booth(booth, counts, by=first, now=world.at)
        for one in (first, second):
            ballots.sign_booth(booth, by=one, now=world.later(minutes=5))


def _pair(booth: Booth, day: date) -> tuple[Account, Account]:
    duties = booth.shifts.get(starts=at(day, 9)).duties.select_related("account").order_by("pk")
    first, second = (one.account for one in duties)
    return first, second


def key_paper(world: World) -> None:
    """Two workers key every box apart; at one sheet they differ, and 钱立 looks at the paper."""
    one, two, _three = _clerks(world)
    for booth in _booths(world):
        sheets = _sheets(booth)
        batch = ballots.register(booth, len(sheets), by=world.who["zhou"], now=world.at)
        for who, slip in ((one, False), (two, booth.number == 1)):
            for at_, paper in enumerate(sheets):
                seen = Paper(paper.serial, {}) if slip and not at_ else paper
                ballots.key_sheet(batch, f"{at_}", seen, by=who, now=world.at)
            ballots.hand_in(batch, by=who, now=world.later(minutes=40))
        batch = Batch.objects.select_related("booth__round__street").get(pk=batch.pk)
        if not batch.done:
            told = {"by": world.who["qian"], "now": world.later(minutes=5)}
            first = sheets[0]
            ballots.settle(batch, {first.serial: first}, None, "第二遍漏录了勾选", **told)


def _sheets(booth: Booth) -> list[Paper]:
    """What lies in the box: the second sheet was spoiled; one voter left hers blank, one ticked too many."""
    round = booth.round
    slate = [line.key for line in queries.lines(booth)]
    most = round.rules.vote.k
    numbers = [n for n in range(1, booth.issued + 1) if n != 2][: booth.in_box]
    found = []
    for n in numbers:
        many = 1 + vary(booth.number, n, "many") % most
        if n == 4:
            many = 0
        if n == 7 and booth.number == 2:
            many = min(most + 1, len(slate))
        first = vary(booth.number, n) % len(slate)
        chosen = [*slate[first:], *slate[:first]][:many]
        found.append(Paper(serial(round.pk, booth.number, n), dict.fromkeys(chosen, 1)))
    return found


def _clerks(world: World) -> tuple[Account, Account, Account]:
    """Three workers of committees that have no booth."""
    near = {world.place(ER_CUN).pk, world.place(QUAN_DONG).pk}
    found = [one for place, one in sorted(world.workers.items()) if place not in near]
    return found[0], found[1], found[2]


def sample_paper(world: World) -> None:
    """Those present throw dice; a third worker looks at the drawn sheets; entry and paper agree."""
    zhou, looker = world.who["zhou"], _clerks(world)[2]
    round = the_round(world)
    margin, now = margin_of(round).votes, world.later(minutes=20)
    sample = awards.draw_sample(round, DICE, margin, queries.USUAL, by=zhou, now=now)
    papers = {one.serial: one for booth in _booths(world) for one in _sheets(booth)}
    for drawn in sorted(queries.drawn(sample)):
        sheet = Sheet.objects.select_related("roll__round__street", "batch__booth").get(
            roll=sample.roll, serial=drawn
        )
        ballots.look(sample, sheet, papers[drawn], by=looker, now=world.later(minutes=1))
    ballots.finish_sample(the_round(world), by=zhou, now=world.later(minutes=5))
