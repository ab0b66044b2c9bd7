from __future__ import annotations

from datetime import datetime
from typing import Any

from sanlin.commons.orgs import rules
from sanlin.commons.orgs.models import Membership
from sanlin.commons.orgs.queries.lists import Team, understand
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.sheets.lists import Row
from sanlin.ground.verdict import Refused, require

from .keeping import _create, _lead, _write


@deed("teams.import")
def import_teams(
    where: Street | Neighbourhood, parts: list[list[Row]], *, by: Any, now: datetime
) -> Street | Neighbourhood:
    """Bring organisations, leaders and members to what a list says, all or none."""
    require(rules.can_found(by, where, now=now))
    street = where.street if isinstance(where, Neighbourhood) else where
    Street.objects.select_for_update().get(pk=street.pk)  # one list at a time
    done = understand(parts, where, now=now)
    if done.plan.faults:
        raise Refused(done.plan.faults[0].sentence)
    for team, change in zip(done.teams, done.plan.changes, strict=True):
        if change.kind != "unchanged":
            _bring(team, street, now)
    counts = done.plan.counts()
    if counts["added"] or counts["updated"]:
        record(where, by=by, now=now, **counts)
    return where


def _bring(team: Team, street: Street, now: datetime) -> None:
    one, today = team.there, local_day(now)
    if one is None:
        one = _create(street, team.told, now)
        since = team.told.founded or today
    else:
        _write(one, team.told, now)
        since = today
    if team.new_leader:
        _lead(one, team.leader, since)
    Membership.objects.bulk_create(
        Membership(organisation=one, account=account, since=since) for account in team.members
    )
