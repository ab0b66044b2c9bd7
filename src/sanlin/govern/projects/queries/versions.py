"""Two versions of an agreement side by side: only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sanlin.ground.ui.words import day
from sanlin.kernel.money import yuan


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
