"""What a round leaves behind for a team: a bar, a rung of the ladder."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs import rules
from sanlin.commons.orgs.models import Bar, Organisation, Rung
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require

SHORTEST_REASON = 4


@deed("organisation.bar")
def bar(one: Organisation, until: date, reason: str, *, by: Any, now: datetime) -> Bar:
    """The organisation may not apply before `until`; the reason is read by everybody."""
    require(rules.can_bar(by, one, now=now))
    if until <= local_day(now):
        raise Refused(_("解除日期须在今天以后"))
    made = Bar.objects.create(
        organisation=one, since=local_day(now), until=until, reason=_reason(reason)
    )
    record(made, by=by, now=now, organisation=one.pk, until=until.isoformat())
    return made


@deed("organisation.ask_to_lift")
def ask_to_lift(made: Bar, reason: str, *, by: Any, now: datetime) -> Bar:
    """An officer asks to lift a bar before its end, and says why."""
    held = Bar.objects.select_for_update(of=("self",)).select_related("organisation__street")
    found: Bar = held.get(pk=made.pk)
    require(rules.can_ask_to_lift(by, found, now=now))
    if found.asked_by_id is not None:
        raise Refused(_("已经有人提请，等待批准"))
    found.lift_reason, found.asked_by = _reason(reason), by
    found.save(update_fields=["lift_reason", "asked_by"])
    record(found, by=by, now=now, organisation=found.organisation_id)
    return found


@deed("organisation.lift_bar")
def lift_bar(made: Bar, *, by: Any, now: datetime) -> Bar:
    """A second officer agrees: the organisation may apply from now on."""
    held = Bar.objects.select_for_update(of=("self",)).select_related("organisation__street")
    found: Bar = held.get(pk=made.pk)
    require(rules.can_lift(by, found, now=now))
    found.lifted_by, found.lifted_at = by, now
    found.save(update_fields=["lifted_by", "lifted_at"])
    record(found, by=by, now=now, organisation=found.organisation_id, asked_by=found.asked_by)
    return found


@deed("organisation.refuse_lift")
def refuse_lift(made: Bar, reason: str, *, by: Any, now: datetime) -> Bar:
    """A second officer does not agree, and says why: the bar stands, and may be asked about anew."""
    held = Bar.objects.select_for_update(of=("self",)).select_related("organisation__street")
    found: Bar = held.get(pk=made.pk)
    require(rules.can_lift(by, found, now=now))
    asked_by = found.asked_by_id
    found.refusal, found.refused_by, found.refused_at = _reason(reason), by, now
    found.asked_by, found.lift_reason = None, ""
    found.save()
    record(found, by=by, now=now, organisation=found.organisation_id, asked_by=asked_by)
    return found


@deed("organisation.set_rung")
def set_rung(
    one: Organisation,
    programme: str,
    year: int,
    tier: tuple[str, str],
    *,
    risen: bool,
    by: Any,
    now: datetime,
) -> Rung:
    """For which tier (key, name) the organisation may apply under a programme after this year."""
    require(rules.can_bar(by, one, now=now))
    key, name = tier
    rung, _new = Rung.objects.update_or_create(
        organisation=one,
        programme=programme,
        year=year,
        defaults={"tier": key, "name": name, "risen": risen},
    )
    record(rung, by=by, now=now, organisation=one.pk, year=year, tier=key, risen=risen)
    return rung


def _reason(text: str) -> str:
    text = text.strip()
    if len(text) < SHORTEST_REASON:
        raise Refused(_("请写明理由，至少%(n)s个字") % {"n": SHORTEST_REASON})
    return text[:200]
