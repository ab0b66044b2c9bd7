"""The versions of an agreement with whose hands are under them; two side by side: only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Agreement, Party, Project
from sanlin.ground.ui.words import day
from sanlin.kernel.money import yuan


@dataclass(frozen=True)
class Hand:
    """One party's signature: `name` signed on screen, else it stands on the paper of the scan with this
    key. `keeper` is the key of who set the street's seal."""

    party: Party
    name: str
    at: datetime
    scan: int | None
    keeper: int | None


def versions_of(project: Project) -> dict[Agreement, list[Hand]]:
    """Every version of a project's agreement, the last first, with its signatures in their order and
    the number of the first open objection to the award as `objection`. One question."""
    found: dict[Agreement, list[Hand]] = {}
    rows = project.agreements.annotate(
        objection=rules.open_objection("project__award"),
        party=F("signings__party"),
        name=F("signings__account__name"),
        at=F("signings__at"),
        scan=F("signings__scan"),
        keeper=F("signings__keeper"),
    ).select_related("ended_by")
    for row in rows.order_by("-version", "signings__at", "signings__pk"):
        hands = found.setdefault(row, [])
        if row.party:
            hands.append(Hand(Party(row.party), row.name or "", row.at, row.scan, row.keeper))
    return found


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) in words, in the order of the agreement."""
    found = [
        (_("资助金额"), yuan(before["grant"]), yuan(after["grant"])),
        (_("开始日期"), _day(before["starts"]), _day(after["starts"])),
        (_("结束日期"), _day(before["ends"]), _day(after["ends"])),
        (_("丙方"), before["committee"], after["committee"]),
    ]
    old = {head["key"]: head for head in before["heads"]}
    new = {head["key"]: head for head in after["heads"]}
    for key in dict.fromkeys((*old, *new)):
        name = (new.get(key) or old[key])["name"]
        what = _("科目：%(head)s") % {"head": name}
        found.append((what, _amount(old, key), _amount(new, key)))
    parts = [{part["key"]: part for part in told["instalments"]} for told in (before, after)]
    for key in dict.fromkeys((*parts[0], *parts[1])):
        name = (parts[1].get(key) or parts[0][key])["name"]
        what = _("拨款：%(part)s") % {"part": name}
        found.append((what, _amount(parts[0], key), _amount(parts[1], key)))
    return [line for line in found if line[1] != line[2]]


def _amount(rows: Mapping[str, Any], key: str) -> str:
    return yuan(rows[key]["amount"]) if key in rows else "—"


def _day(text: str) -> str:
    return day(date.fromisoformat(text), full=True) if text else "—"
