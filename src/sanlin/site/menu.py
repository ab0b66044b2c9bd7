"""What the frame of a page offers to whom. Pages below do not know it; the kit asks by setting."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import can_list_some as can_list_organisations
from sanlin.commons.people import rules
from sanlin.commons.people.rules import posts_of
from sanlin.front.desk.queries import my_rounds
from sanlin.front.desk.rules import can_look
from sanlin.front.papers.rules import can_open as can_open_papers
from sanlin.front.reports.rules import can_look_back
from sanlin.front.whatif.rules import can_open as can_try
from sanlin.govern.projects.rules import can_see_late
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_list as can_list_rounds
from sanlin.ground.http import Request

Door = tuple[str, str]  # address, words


def menu(request: Request) -> list[Door]:
    """The header: the doors that this person may use."""
    doors = [(reverse("portal:home"), _("首页"))]
    if posts_of(request.by, now=request.now):
        doors.append((reverse("desk:home"), _("工作台")))
    return doors


def side(request: Request) -> list[tuple[str, list[Door]]]:
    """The left of the desk: what waits, and the rounds of my streets; nothing without a post."""
    if not posts_of(request.by, now=request.now):
        return []
    groups = [(_("今天"), [(reverse("desk:home"), _("等我办理"))])]
    rounds = my_rounds(request.by, now=request.now)
    many = len({one.street_id for one in rounds}) > 1
    doors = [
        (up(request, one), f"{one.street} · {one.name}" if many else one.name) for one in rounds
    ]
    inside = re.match(r"/rounds/([0-9]{1,9})/", request.path)
    if inside and int(inside[1]) in {one.pk for one in rounds}:
        mine = next(one for one in rounds if one.pk == int(inside[1]))
        request.here = up(request, mine)
    if can_list_rounds(request.by, now=request.now):
        doors.append((reverse("rounds:list"), _("全部轮次")))
    if can_try(request.by, now=request.now):
        doors.append((reverse("whatif:home"), _("推演")))
    if doors:
        groups.append((_("轮次"), doors))
    return [*groups, *_people(request), *_places(request)]


def _people(request: Request) -> list[tuple[str, list[Door]]]:
    """Lists of people, and what is looked up and made of everything; each for whom its rule lets in."""
    groups = (
        (
            _("人员"),
            (
                ("people:residents", _("居民名单"), rules.can_list),
                ("people:posts", _("任职名单"), rules.can_see_posts),
            ),
        ),
        (
            _("查账和文书"),
            (
                ("people:journal", _("操作台账"), rules.can_read_journal),
                ("reports:past", _("往日状态"), can_look_back),
                ("papers:home", _("台账和文书"), can_open_papers),
            ),
        ),
    )
    found = []
    for title, offered in groups:
        doors = [
            (reverse(name), words)
            for name, words, rule in offered
            if rule(request.by, now=request.now)
        ]
        found += [(title, doors)] * bool(doors)
    return found


def _places(request: Request) -> list[tuple[str, list[Door]]]:
    """What the streets consist of, for whoever works in one."""
    doors = [(reverse("places:home"), _("区划"))]
    if can_list_organisations(request.by, now=request.now):
        doors.insert(0, (reverse("orgs:organisations"), _("组织")))
    streets = {
        post.street_id: str(post.street)
        for post in posts_of(request.by, now=request.now)
        if post.street_id
    }
    doors += [
        (reverse("training:street", args=[pk]), _("培训") if len(streets) == 1 else name)
        for pk, name in streets.items()
    ]
    paid = {
        post.street_id
        for post in posts_of(request.by, now=request.now)
        if post.street and can_see_late(request.by, post.street, now=request.now)
    }
    doors += [
        (
            reverse("projects:street_payments", args=[pk]),
            _("拨款办理") if len(streets) == 1 else _("%(street)s拨款办理") % {"street": name},
        )
        for pk, name in streets.items()
        if pk in paid
    ]
    doors += [
        (
            reverse("funds:street", args=[pk]),
            _("资金池") if len(streets) == 1 else _("%(street)s资金池") % {"street": name},
        )
        for pk, name in streets.items()
    ]
    return [(_("街区"), doors)]


def up(request: Request, round: Round) -> str:
    """The page of a round: at the desk for whoever may look at it there, else the residents' own."""
    at_desk = can_look(request.by, round, now=request.now)
    return reverse("desk:round" if at_desk else "portal:round", args=[round.pk])


def foot(request: Request) -> list[Door]:
    """The footer: how to complain or ask, knowing the page but nothing that was asked on it."""
    where = urlencode({"page": request.path})
    return [(f"{reverse('voices:speak')}?{where}", _("提意见、投诉或求助"))]
