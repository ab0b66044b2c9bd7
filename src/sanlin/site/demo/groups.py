"""A project of the round that holds a small round of its own: 母项目 and 子项目.

It sets a head of its budget aside for three groups of neighbours; that it does so, who they are and
what they ask for is invented.
"""

from __future__ import annotations

from datetime import date, timedelta

from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.actions.children import Child
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.models import Project
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries.packs import shipped
from sanlin.kernel.budget import Line

from . import programmes
from .cast import JUDGES, World, at, the_round
from .money import paper, pay, settle
from .programmes import Bid, Programme

MOTHER, NAME = "618客堂间", "客堂间小组微资助"
YUAN = 100
EACH = 1_000  # yuan a group
PACK = "xishan"
FIRST = date(2024, 7, 10)
DAYS = {"call": 12, "screening": 4, "review": 5, "optimisation": 4, "running": 90}
VALUES: dict[str, object] = {
    "award.min_score": None,
    "award.expert": 500,
    "award.public": 500,
    **{f"windows.{part}": days for part, days in DAYS.items()},
}
GROUPS = Programme(
    PACK,
    NAME,
    FIRST,
    ("", "", "", ""),
    "",
    (),
    "team",
    tuple(
        Bid(f"客堂间{name}小组", f"客堂间{name}", 0, EACH, 18 - number)
        for number, name in enumerate(("茶话", "织补", "读报"))
    ),
)


def _mother(world: World) -> Project:
    rows = Project.objects.whole().filter(round=the_round(world))
    found: Project = rows.get(undertaking__title=MOTHER)
    return found


def _round(world: World) -> Round:
    return Round.objects.select_related("street").get(street=world.street, name=NAME)


def call(world: World) -> None:
    """The mother project sets labour money aside and calls for groups; three have asked."""
    zhou, mother = world.who["zhou"], _mother(world)
    editions = shipped()[PACK]
    pack, text = editions[max(editions)]
    asked = Child(NAME, text, "labour", EACH * len(GROUPS.bids) * YUAN, 2)
    now = at(FIRST - timedelta(days=2))
    round = projects.open_child(mother, asked, by=zhou, now=now).round
    values = {**pack.suggestions(), **VALUES, "budget": asked.amount}
    plain = {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}
    round = rounds.amend(round, name=NAME, year=round.year, values=plain, by=zhou, now=now)
    places = [mother.place]
    programmes.teams(GROUPS, world.street, places)
    round, _days = programmes.begin(round, FIRST, zhou)
    programmes.bring(round, GROUPS, places, zhou, at(FIRST + timedelta(days=4)))


def carry_out(world: World) -> None:
    """The groups are looked at, awarded, sign and have their first money."""
    zhou, qian, round = world.who["zhou"], world.who["qian"], _round(world)
    days = {
        window.stage: (window.opens.date(), (window.closes or window.opens).date())
        for window in round.windows.all()
    }
    days["review"] = (FIRST + timedelta(days=17), FIRST + timedelta(days=20))
    days["screening"] = (FIRST + timedelta(days=13), FIRST + timedelta(days=15))
    days["optimisation"] = (FIRST + timedelta(days=22), FIRST + timedelta(days=24))
    programmes.screen(round, days, zhou)
    programmes.review(round, GROUPS, days, [world.who[name] for name in JUDGES], zhou)
    end = programmes.confirm(round, programmes.enter(round, days, zhou), zhou, qian)
    programmes.sign_and_pay(round, end, zhou, qian)


def finish(world: World) -> None:
    """Receipts, both reports, the last money; then the small round ends, before its mother does."""
    zhou, round = world.who["zhou"], _round(world)
    told = Told("小组每周碰头，账目贴在客堂间门口。", 6, 40)
    now = at(date(2024, 11, 18))
    for one in Project.objects.filter(round=round).select_related(
        "round__street", "award__proposal__author"
    ):
        author = one.award.proposal.author
        head = next(iter(one.plan))
        slip = Slip(
            number=f"演示{one.pk:03d}-1",
            day=now.date(),
            payee=f"街角五金百货（演示{one.pk:03d}）",
            lines=(Line(head, "茶具、毛线和报纸", one.grant * 9 // 10, 1),),
        )
        kept = projects.hand_in(_whole(one), slip, [paper(one.pk * 10)], by=author, now=now)
        kept.project = _whole(one)
        projects.accept(kept, by=zhou, now=now)
        for kind in ("midterm", "closing"):
            report = projects.report(_whole(one), kind, told, by=author, now=now)
            report.project = _whole(one)
            projects.review(report, 85, "小而实在。", by=zhou, now=now + timedelta(hours=2))
            pay(world, one, now + timedelta(hours=3))
        settle(world, one, now + timedelta(hours=6))
    projects.close_round(_round(world), by=zhou, now=now + timedelta(days=1))


def _whole(one: Project) -> Project:
    found: Project = Project.objects.whole().get(pk=one.pk)
    return found
