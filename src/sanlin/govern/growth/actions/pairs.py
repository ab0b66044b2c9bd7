from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.govern.growth import rules
from sanlin.govern.growth.models import Pair, PairEntry
from sanlin.govern.projects.models import Project
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require


@deed("growth.pair")
def pair(
    round: Round,
    mentor: Organisation,
    novice: Organisation,
    goals: str,
    *,
    by: Account,
    now: datetime,
) -> Pair:
    """An old team takes a new one of this round by the hand."""
    require(rules.can_pair(by, round, now=now))
    if mentor.pk == novice.pk:
        raise Refused(_("不能和自己结对"))
    if mentor.street_id != round.street_id:
        raise Refused(_("老团队须是本街道的团队"))
    if not Project.objects.filter(round=round, undertaking__organisation=novice).exists():
        raise Refused(_("新团队在本轮没有项目"))
    with refusing(_("这个新团队已有老团队带")):
        made = Pair.objects.create(
            round=round, mentor=mentor, novice=novice, goals=goals.strip(), since=local_day(now)
        )
    record(made, by=by, now=now, mentor=mentor.pk, novice=novice.pk)
    return made


@deed("growth.log_entry")
def log_entry(pair: Pair, day: date, text: str, *, by: Account, now: datetime) -> PairEntry:
    """What one of the two did with the other."""
    require(rules.can_log(by, pair, now=now))
    if day > local_day(now):
        raise Refused(_("日期不能晚于今天"))
    team = rules.part_in(by, pair, now=now)
    mine = pair.mentor if team == pair.mentor_id else pair.novice
    made = PairEntry.objects.create(pair=pair, team=mine, day=day, text=text.strip(), by=by, at=now)
    record(made, by=by, now=now, pair=pair.pk, team=team)
    return made


@deed("growth.end_pair")
def end(pair: Pair, word: str, *, by: Account, now: datetime) -> Pair:
    """One team's last word; with both the pair has ended."""
    held = Pair.objects.select_for_update(of=("self",)).select_related("round__street")
    found: Pair = held.get(pk=pair.pk)
    require(rules.can_end(by, found, now=now))
    if not word.strip():
        raise Refused(_("请写一句结束语"))
    team = rules.part_in(by, found, now=now)
    if team == found.mentor_id:
        found.mentor_word = word.strip()[:300]
    else:
        found.novice_word = word.strip()[:300]
    if found.mentor_word and found.novice_word:
        found.ended_at = now
    found.save(update_fields=["mentor_word", "novice_word", "ended_at"])
    record(found, by=by, now=now, team=team, ended=found.ended_at is not None)
    return found
