"""Circles, sessions and surveys of running projects, for the tests of this app."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from sanlin.commons.people.tests.scene import NOW, judge, officer
from sanlin.govern.growth import actions, rules
from sanlin.govern.growth.models import Juror, Pitching, Slot, Survey
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.projects.tests.scene import fresh, leader, running_round, signed, told
from sanlin.ground.accounts.models import Account


def running(*grants: int, **values: object) -> list[Project]:
    """Projects of one round, signed by all parties."""
    round = running_round(*(grants or (10_000_00,)), **values)
    return [signed(one) for one in Project.objects.whole().filter(round=round).order_by("number")]


def circle(members: list[Project], *, led: bool = True) -> Circle:
    """A circle of these projects; its recommended leader leads the first one's team."""
    round = members[0].round
    by = officer(round.street)
    head = leader(members[0]) if led else None
    made = projects.make_circle(round, "社区小花园", head, by=by, now=NOW)
    projects.assign(made, members, by=by, now=NOW)
    return Circle.objects.select_related("round__street", "leader").get(pk=made.pk)


def session(
    members: list[Project],
    *,
    jurors: int = 3,
    kind: str = "resident",
    opened: bool = True,
    of: Project | None = None,
) -> Pitching:
    """A midterm session at which these projects are to pitch; without any, of a project's round."""
    round = (of or members[0]).round
    by = officer(round.street)
    made = actions.plan(round, "中期评议会", NOW, "街道三楼", by=by, now=NOW)
    for _each in range(jurors):
        actions.invite(made, judge(round.street), "expert", by=by, now=NOW)
    for one in members:
        actions.enter(made, told(one, "midterm"), kind, by=by, now=NOW)
    return actions.open_pitching(made, by=by, now=NOW) if opened else made


def slots(made: Pitching) -> list[Slot]:
    return list(
        Slot.objects.filter(pitching=made)
        .select_related("pitching__round__street", "report__project__undertaking__organisation")
        .order_by("place")
    )


def chairs(made: Pitching) -> list[Account]:
    return [one.account for one in Juror.objects.filter(pitching=made).select_related("account")]


def called(made: Pitching) -> Slot:
    """The first place of the order, being heard."""
    slot = slots(made)[0]
    return actions.call(slot, by=officer(made.round.street), now=NOW)


def marks(slot: Slot, each: str = "8") -> dict[str, Fraction | None]:
    lines = rules.sheet_of(slot.pitching.round.rules, slot.kind)
    return {line.key: Fraction(each) for line in lines}


def marked(made: Pitching, *points: str) -> Slot:
    """The first pitch, heard and marked with these points by the jurors in turn."""
    slot = called(made)
    for account, each in zip(chairs(made), points, strict=True):
        actions.score(slot, marks(slot, each), by=account, now=NOW)
    return actions.make_mark(slot, "按计划推进", by=officer(made.round.street), now=NOW)


def survey(one: Project, slips: int = 3) -> Survey:
    made = actions.open_survey(one, slips, by=officer(one.round.street), now=NOW)
    return Survey.objects.select_related("project__round__street").get(pk=made.pk)


LATER = NOW + timedelta(days=3)

__all__ = [
    "LATER",
    "called",
    "chairs",
    "circle",
    "fresh",
    "leader",
    "marked",
    "marks",
    "running",
    "session",
    "slots",
    "survey",
    "told",
]
