from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from sanlin.commons.people import rules
from sanlin.commons.people.models import Resident
from sanlin.commons.people.queries.lists import Entry, understand
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.pii import mark
from sanlin.ground.sheets.lists import Row
from sanlin.ground.verdict import Refused, refusing, require

from .register import _settle, _write

A_BATCH = 1_000


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
    fresh = []
    for entry, change in zip(done.entries, done.plan.changes, strict=True):
        if entry.there is None and entry.account is None:
            fresh.append(entry)
        elif change.kind != "unchanged":
            _bring(entry, now)
    _add(fresh, now)
    counts = done.plan.counts()
    if counts["added"] or counts["updated"]:
        record(where, by=by, now=now, **counts)
    return where


def _add(entries: list[Entry], now: datetime) -> None:
    """People who have no account yet, many in one statement: a long list must not hold up others."""
    told = [entry.told for entry in entries]
    accounts = [
        Account(
            username=f"u-{secrets.token_hex(6)}",
            name=one.name,
            phone=one.phone or "",
            phone_mark=mark(one.phone) if one.phone else None,
            password=make_password(None),
        )
        for one in told
    ]
    with refusing(_("这个手机号或身份证号已登记在另一位名下，请核对")):
        Account.objects.bulk_create(accounts, batch_size=A_BATCH)
        Resident.objects.bulk_create(
            (
                Resident(
                    account=account,
                    neighbourhood=entry.place,
                    home=entry.told.home,
                    born=entry.told.born,
                    identity=entry.told.identity or "",
                    identity_mark=mark(entry.told.identity) if entry.told.identity else None,
                    verified_on=local_day(now),
                )
                for account, entry in zip(accounts, entries, strict=True)
            ),
            batch_size=A_BATCH,
        )


def _bring(entry: Entry, now: datetime) -> None:
    today = local_day(now)
    if entry.there is None and entry.account is not None:
        _write(_settle(entry.account, entry.place, verified=today, now=now), entry.told)
    elif entry.there is not None:
        _write(entry.there, entry.told)
        if entry.confirms:
            Resident.objects.waiting().filter(pk=entry.there.pk).update(verified_on=today)
