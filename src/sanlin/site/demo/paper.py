"""Two booths of the vote: planned, supplied, open on the day of the demonstration, with a few voters."""

from __future__ import annotations

from datetime import date

from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.models import Booth, Voter, What
from sanlin.govern.ballots.rules import can_serve
from sanlin.ground.accounts.models import Account

from .cast import ER_CUN, QUAN_DONG, World, at, the_round

DAYS = (date(2024, 5, 23), date(2024, 5, 24), date(2024, 5, 25))
SHEETS = 40
VOTERS_EACH = 6


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
    """Some who live near the booth and have not voted; nobody of the cast."""
    rows = Voter.objects.filter(roll__round=booth.round, stage="waiting").exclude(
        account__in=[one.pk for one in world.who.values()]
    )
    place = world.place((ER_CUN, QUAN_DONG)[booth.number - 1])
    near = rows.filter(neighbourhood=place).select_related("roll", "neighbourhood").order_by("pk")
    found = list(near[:VOTERS_EACH])
    for voter in found:
        voter.roll.round = booth.round
    return found
