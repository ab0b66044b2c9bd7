"""The paper ballot: what stands on it, by number, and how it is laid out on A4.

Every sheet of a booth has the same order, that of the numbers, so that it is read and keyed alike;
what differs is the serial. Type is as large as two sides allow: 20 or 18 points in one column, else
two columns of smaller type. Lengths are millimetres.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Booth
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.kernel.ballots.serial import serial
from sanlin.kernel.money import yuan

from .booth import Terms, opinions_asked

POINT = 0.3528
WIDTH, HEIGHT = 186, 271  # of A4 within margins of 12, and 2 to spare
FIRST_HEAD, LATER_HEAD = 45, 15  # what stands above the proposals, with the foot
BETWEEN = 8  # two columns


@dataclass(frozen=True)
class Measure:
    """What a proposal takes besides its title: number and box beside it; below it a line of
    neighbourhood and cost, a row of opinions (a box, the type in points, what parts two), the rule."""

    mark: float
    number: float
    small: int
    rule: float
    box: float
    opinion: float
    apart: float


ONE = Measure(mark=26, number=13, small=11, rule=4.0, box=9, opinion=14, apart=8)
SEVERAL = Measure(mark=20, number=11, small=10, rule=3.6, box=6, opinion=10.5, apart=2.5)
STYLES = ((20, 1), (18, 1), (16, 2), (14, 2), (12, 2), (12, 3), (11, 3))  # type in points, columns
SIDES = 2
MANY = (14, 2)  # where two sides do not do: rather a second leaf than smaller type


@dataclass(frozen=True)
class Item:
    """One proposal on a paper ballot; `terms` says by number what its funding hangs on."""

    number: int
    title: str
    place: str
    cost: str
    terms: str = ""


@dataclass(frozen=True)
class Layout:
    """Where each proposal stands: pages of columns of items. `size` is the type in points."""

    size: int
    columns: int
    pages: tuple[tuple[tuple[Item, ...], ...], ...]


@dataclass(frozen=True)
class PaperBallot:
    """One sheet to be printed."""

    serial: str
    pages: tuple[tuple[tuple[Item, ...], ...], ...]


def slate_on_paper(booth: Booth) -> list[Item]:
    """What stands on the ballots of a booth, in the order of the numbers."""
    roll = rules.roll_of(booth.round)
    if roll is None:
        return []
    place = booth.neighbourhood_id
    bids = roll.open_to(place) if place else roll.bids
    named = Proposal.objects.select_related("neighbourhood").in_bulk([bid.key for bid in bids])
    terms = Terms.of(roll)
    return [
        Item(
            bid.sent or 0,
            named[bid.key].title,
            str(named[bid.key].neighbourhood),
            yuan(bid.cost),
            _("；").join(terms.told(bid.key)),
        )
        for bid in sorted(bids, key=lambda bid: bid.sent or 0)
    ]


def layout(items: Sequence[Item], opinions: Sequence[str] = ()) -> Layout:
    """The largest type in which all items stand on the two sides of one sheet; where nothing does, a
    readable one on as many as it takes. `opinions` are the words of each item's boxes, none for one.

    The terms of the items are left out, for all, where there is no room for them on the two sides."""
    for some in (items, [replace(item, terms="") for item in items]):
        for size, columns in STYLES:
            pages = _filled(some, size, columns, opinions)
            if len(pages) <= SIDES:
                return Layout(size, columns, pages)
    return Layout(*MANY, _filled(items, *MANY, opinions))


def _filled(
    items: Sequence[Item], size: int, columns: int, opinions: Sequence[str]
) -> tuple[tuple[tuple[Item, ...], ...], ...]:
    """The items dealt out to columns and pages in their order."""
    pages: list[list[list[Item]]] = [[[]]]
    used = 0.0
    for item in items:
        height = _height(item, size, columns, opinions)
        room = HEIGHT - (FIRST_HEAD if len(pages) == 1 else LATER_HEAD)
        if pages[-1][-1] and used + height > room:
            if len(pages[-1]) < columns:
                pages[-1].append([])
            else:
                pages.append([[]])
            used = 0.0
        pages[-1][-1].append(item)
        used += height
    return tuple(tuple(tuple(column) for column in page) for page in pages)


def _height(item: Item, size: int, columns: int, opinions: Sequence[str]) -> float:
    """How high an item stands, counted rather too high than too low."""
    of = ONE if columns == 1 else SEVERAL
    column = (WIDTH - BETWEEN * (columns - 1)) / columns
    width = column - (of.number if opinions else of.mark)
    a_line = max(int(width / (size * POINT)), 4)
    titles = max(-(-_signs(item.title) // a_line), 1)
    below = sum(
        -(-_signs(line) * of.small * POINT // width)
        for line in (f"{item.place} · {item.cost}", item.terms)
    )
    row = sum(of.box + _signs(one) * of.opinion * POINT + of.apart for one in opinions)
    rows = -(-(row - of.apart) // width) if opinions else 0
    return float(
        titles * size * POINT * 1.3 + below * of.small * POINT * 1.3 + rows * (of.box + 1) + of.rule
    )


def _signs(text: str) -> float:
    """How many Chinese signs wide a text is."""
    return sum(1 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in text)


def to_print(booth: Booth, first: int, last: int) -> tuple[Layout, list[PaperBallot]]:
    """The sheets with these numbers, in an order by chance: a stack whose order nobody knows tells
    nothing of who got which sheet."""
    made = layout(slate_on_paper(booth), opinions_on_paper(booth.round))
    numbers = list(range(first, last + 1))
    lots.shuffle(numbers)
    sheets = [
        PaperBallot(serial(booth.round_id, booth.number, number), made.pages) for number in numbers
    ]
    return made, sheets


def opinions_on_paper(round: Round) -> list[str]:
    """The words beside the boxes where opinions are asked; none where each proposal has one box."""
    asked = opinions_asked(round) if rules.form_of(round).kind == "stance" else []
    return [words for _code, words in asked]


def how_to_mark(booth: Booth) -> list[str]:
    """The sentences at the head of the sheet: what a valid ballot looks like."""
    form, vote = rules.form_of(booth.round), booth.round.rules.vote
    if form.kind == "approve":
        return [_("在方框里打“√”，最多选%(most)s项；选多了整张作废。") % {"most": form.most}]
    if form.kind == "knapsack":
        return [
            _("在方框里打“√”，所选项目合计不超过%(budget)s；超出则整张作废。")
            % {"budget": yuan(form.budget or 0)}
        ]
    if form.kind == "rank":
        return [
            _("在方框里写名次：最想要的写1，其次写2，最多写到%(most)s；同一名次不能写两次。")
            % {"most": form.most}
        ]
    if form.kind == "points":
        return [
            _("共%(points)s点，在方框里写分给这一项的点数；合计不能超过%(points)s点。")
            % {"points": form.points}
        ]
    silence = {
        "follow": _("没有表态的项目视为随多数。"),
        "refuse": _("每一项都要表态，漏一项整张作废。"),
    }
    return [
        _("每一项在一个方框里打“√”。"),
        silence.get(vote.silence, _("没有表态的项目视为弃权。")),
    ]
