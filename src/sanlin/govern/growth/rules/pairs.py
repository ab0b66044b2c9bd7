from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import teams_of
from sanlin.govern.growth.models import Pair
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .circles import can_see_round


def can_pair(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer brings an old team and a new one together."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.RUNNING:
        return denied(_("实施阶段才能结对"))
    return ALLOWED


def can_see_pair(who: Any, pair: Pair, *, now: datetime) -> Verdict:
    return can_see_round(who, pair.round, now=now)


def part_in(who: Any, pair: Pair, *, now: datetime) -> int | None:
    """The team of the pair that `who` is in: its key; None for anybody else."""
    mine = teams_of(who, now=now)
    return next((team for team in (pair.mentor_id, pair.novice_id) if team in mine), None)


def can_log(who: Any, pair: Pair, *, now: datetime) -> Verdict:
    """Members of both teams write down what they did together."""
    if part_in(who, pair, now=now) is None:
        return denied(_("只有结对的两个团队可以记录"))
    if pair.ended_at is not None:
        return denied(_("结对已经结束"))
    return ALLOWED


def can_end(who: Any, pair: Pair, *, now: datetime) -> Verdict:
    """Each team's leader adds its word; with both words the pair ends."""
    if not (verdict := can_log(who, pair, now=now)):
        return verdict
    team = part_in(who, pair, now=now)
    if not teams_of(who, now=now).get(team or 0):
        return denied(_("只有团队负责人可以写结束语"))
    if pair.mentor_word if team == pair.mentor_id else pair.novice_word:
        return denied(_("本团队已经写过结束语"))
    return ALLOWED
