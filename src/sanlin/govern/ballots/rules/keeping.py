"""Who may keep a key of the box, when it may be opened, and when its keys may be destroyed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, posts_of, residence, works_for_street
from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import NOTHING, Booth, Keeper, Office, Roll, Share
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.govern.rounds.stages import CLOSED, RUNNING, VOTE
from sanlin.ground import keys
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .accounts import boxes, paper_missing

OFFICES = {
    "two_officers": (Office.STREET, Office.COUNTERSIGN),
    "two_of_three": (Office.STREET, Office.COMMITTEE, Office.SUPERVISOR),
}


def offices(round: Round) -> tuple[Office, ...]:
    """In whose places the keys of this round are kept, by its pack."""
    return OFFICES[round.rules.vote.keys]


def keepers(round: Round) -> list[Keeper]:
    """The keepers of this round in the order of their offices."""
    found = list(Keeper.objects.filter(round=round).select_related("account"))
    order = list(Office)
    for one in found:
        one.round = round
    return sorted(found, key=lambda one: order.index(Office(one.office)))


def keeper_of(who: Any, round: Round) -> Keeper | None:
    """The key that `who` keeps in this round, as it stands now."""
    if not who.is_authenticated or who.hand is not None:
        return None
    return Keeper.objects.filter(round=round, account_id=who.pk).first()


def keys_missing(round: Round) -> list[str]:
    """What is missing before the box may get its key, in sentences."""
    ready = sum(one.set_at is not None for one in Keeper.objects.filter(round=round))
    due = len(offices(round))
    if ready >= due:
        return []
    return [_("票箱还差%(n)s位钥匙保管人设置口令（共%(due)s位）") % {"n": due - ready, "due": due}]


def _may_take(who: Any, office: Office, round: Round, *, now: datetime) -> bool:
    if office in (Office.STREET, Office.COUNTERSIGN):
        return bool(works_for_street(who, round.street, now=now))
    if office == Office.COMMITTEE:
        return holds(who, PostKind.COMMITTEE_WORKER, street=round.street, now=now)
    return False


def free_office(who: Any, round: Round, *, now: datetime) -> Office | None:
    """The office in which `who` could still take a key; None where there is none."""
    taken = set(Keeper.objects.filter(round=round).values_list("office", flat=True))
    free = (office for office in offices(round) if office not in taken)
    return next((office for office in free if _may_take(who, office, round, now=now)), None)


def _before_the_vote(round: Round) -> Verdict:
    if not round.frozen or VOTE not in round.rules.stages:
        return denied(_("本轮办法没有居民投票这一环节"))
    if getattr(round, "roll", None) is not None:
        return denied(_("投票已经开始，钥匙不能再换"))
    return ALLOWED


def can_see_keys(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Who keeps the keys, and whether they are there: everybody who is signed in."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    if not round.frozen or VOTE not in round.rules.stages:
        return denied(_("本轮办法没有居民投票这一环节"))
    return ALLOWED


def can_keep_key(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Take a free key of one's own office, or set one's passphrase anew; before the vote opens."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    if who.hand is not None:
        return denied(_("钥匙口令只能由保管人本人设置，不能代办"))
    if not (early := _before_the_vote(round)):
        return early
    if keeper_of(who, round) or free_office(who, round, now=now):
        return ALLOWED
    return denied(_("钥匙由办法规定的保管人设置口令；没有空着的、该由您保管的钥匙"))


def is_fit(passphrase: str) -> Verdict:
    """Whether a passphrase is long and varied enough to be the key of a box."""
    plain = keys.plain_passphrase(passphrase)
    if len(plain) < keys.SHORTEST:
        return denied(
            _("口令至少%(n)s个字符（空格和短横不计），建议用系统随机给出的一组")
            % {"n": keys.SHORTEST}
        )
    if len(set(plain)) < keys.SHORTEST // 2:
        return denied(_("口令里重复的字符太多，请换一个"))
    return ALLOWED


def can_name_supervisor(who: Any, round: Round, account: Any, *, now: datetime) -> Verdict:
    """An officer names a resident without any post as the third keeper; before the vote opens."""
    if not (officer := can_name(who, round, now=now)):
        return officer
    person = residence(account)
    if (
        person is None
        or person.neighbourhood.street_id != round.street_id
        or person.verified_on is None
        or person.left(local_day(now))
    ):
        return denied(_("居民监督须是%(street)s已经核实的居民") % {"street": round.street})
    if posts_of(account, now=now):
        return denied(_("居民监督不能是工作人员、评委或其他任职人员"))
    return ALLOWED


def can_name(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whether a supervisor may be named at all."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    if not (early := _before_the_vote(round)):
        return early
    if Office.SUPERVISOR not in offices(round):
        return denied(_("本轮办法没有居民监督保管的钥匙"))
    return ALLOWED


def can_drop_keeper(who: Any, keeper: Keeper, *, now: datetime) -> Verdict:
    """An officer, before the vote opens."""
    if not (officer := can_run(who, keeper.round, now=now)):
        return officer
    return _before_the_vote(keeper.round)


def _given(round: Round) -> set[int]:
    """The keepers who have taken their layer off."""
    rows = Share.objects.filter(roll__round=round).exclude(opened=NOTHING)
    return set(rows.values_list("first", flat=True))


def booths_are_signed(round: Round) -> Verdict:
    """Whether every booth of a round is settled, which comes before any count."""
    waited = list(
        Booth.objects.filter(round=round)
        .exclude(stage=stages.SIGNED)
        .order_by("number")
        .values_list("name", flat=True)
    )
    if waited:
        return denied(
            _("投票站还没有关闭并由两人签字：%(names)s") % {"names": _("、").join(waited)}
        )
    return ALLOWED


def paper_is_done(round: Round) -> Verdict:
    """Whether every booth is signed and every sheet of every box is keyed and accounted for."""
    if not (signed := booths_are_signed(round)):
        return signed
    if missing := paper_missing(boxes(round)):
        return denied(_("纸质票还没有办完：%(what)s") % {"what": _("；").join(missing)})
    return ALLOWED


def can_give_key(who: Any, round: Round, *, now: datetime) -> Verdict:
    """A keeper, after the close and before the count, once; or who is waited for."""
    roll: Roll | None = getattr(round, "roll", None)
    if roll is None or roll.closed_at is None:
        return denied(_("投票截止以前，谁都不能打开票箱"))
    if roll.counted_at or roll.keys_gone_at:
        words = _("票箱已经打开并计票") if roll.counted_at else _("投票已经作废")
        return denied(words)
    if not (paper := paper_is_done(round)):
        return paper
    given, held = _given(round), keepers(round)
    mine = {one.pk for one in held if one.account_id == who.pk and who.hand is None}
    if mine - given:
        return ALLOWED
    waited = [str(one) for one in held if one.pk not in given]
    if mine:
        return denied(_("您的口令已经输入，等待%(who)s") % {"who": _("或").join(waited)})
    return denied(_("等待钥匙保管人输入口令：%(who)s") % {"who": _("、").join(waited)})


def can_destroy_keys(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer, once the awards are confirmed and so no objection is open."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    roll: Roll | None = getattr(round, "roll", None)
    if roll is None or roll.key is None or roll.counted_at is None:
        return denied(_("票箱还没有打开计票"))
    if roll.keys_gone_at is not None:
        return denied(_("钥匙已经销毁"))
    if round.stage not in (RUNNING, CLOSED):
        return denied(_("公示和异议结束、确认立项以后才能销毁钥匙"))
    return ALLOWED
