from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_edit_draft, can_manage
from sanlin.govern.rounds.rules.book import draft_book
from sanlin.govern.rounds.rules.faults import sentence
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.packs.crosscheck import crosscheck


def can_see_dossier(who: Any, team: Organisation, *, now: datetime) -> Verdict:
    """What a team did over the years is public; bars and their lifting are shown to it and to staff."""
    return ALLOWED


def can_see_year(who: Any, round: Round, *, now: datetime) -> Verdict:
    """What last year's book says: staff of the street, once projects run."""
    if not (verdict := can_manage(who, round, now=now)):
        return verdict
    if round.stage not in (round_stages.RUNNING, round_stages.CLOSED):
        return denied(_("立项以后才有上一年的账"))
    return ALLOWED


def can_take_over(who: Any, draft: Round, *, now: datetime) -> Verdict:
    """An officer takes figures of the year before into the draft that follows it."""
    if not (verdict := can_edit_draft(who, draft, now=now)):
        return verdict
    if draft.previous_id is None:
        return denied(_("这份草稿没有接续上一轮"))
    return ALLOWED


def contradictions(draft: Round, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """What `values` would make contradict itself in the draft: path and sentence; what
    contradicts itself there already is for the draft's own page to say."""
    pack = draft.pack
    before = draft_book(pack, draft.officer_values)
    after = draft_book(pack, {**draft.officer_values, **values})
    known = crosscheck(before.values, pack.lists, {})
    found = [one for one in crosscheck(after.values, pack.lists, {}) if one not in known]
    return [(one.path, sentence(one, after)) for one in found]
