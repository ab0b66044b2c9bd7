from __future__ import annotations

from datetime import datetime
from typing import Any

from sanlin.commons.people import rules
from sanlin.commons.people.models import Resident
from sanlin.commons.people.queries.lists import Entry, understand
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.sheets.lists import Row
from sanlin.ground.verdict import Refused, require

from .register import _account, _settle, _write


@deed("residents.import")
def import_residents(
    where: Street | Neighbourhood, parts: list[list[Row]], *, by: Any, now: datetime
) -> Street | Neighbourhood:
    """Write down the residents of a list, all or none: whoever is on it is known to live there."""
    require(rules.can_import(by, where, now=now))
    street = where.street_id if isinstance(where, Neighbourhood) else where.pk
    Street.objects.select_for_update().get(pk=street)  # one list at a time
    done = understand(parts[0], where, by=by, now=now)
    if done.plan.faults:
        raise Refused(done.plan.faults[0].sentence)
    for entry, change in zip(done.entries, done.plan.changes, strict=True):
        if change.kind != "unchanged":
            _bring(entry, now)
    counts = done.plan.counts()
    if counts["added"] or counts["updated"]:
        record(where, by=by, now=now, **counts)
    return where


def _bring(entry: Entry, now: datetime) -> None:
    today = local_day(now)
    if entry.there is None:
        account = entry.account or _account(entry.told.name, entry.told.phone or "")
        _write(_settle(account, entry.place, verified=today, now=now), entry.told)
        return
    _write(entry.there, entry.told)
    if entry.confirms:
        Resident.objects.waiting().filter(pk=entry.there.pk).update(verified_on=today)
