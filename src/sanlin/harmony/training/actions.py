from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.places.models import Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require

from . import rules, stages
from .models import Idea, Question, Session, SignUp


@dataclass(frozen=True)
class Planned:
    """What a training is: title, programme, from, to, where, how many seats, for which round."""

    title: str
    programme: str
    opens: datetime
    closes: datetime
    place: str
    seats: int
    round_name: str = ""


@deed("training.plan")
def plan(street: Street, told: Planned, *, by: Account, now: datetime) -> Session:
    """Announce a training."""
    require(rules.can_plan(by, street, now=now))
    if told.closes <= told.opens:
        raise Refused(_("结束须在开始之后"))
    made = Session.objects.create(street=street, **vars(told))
    record(made, by=by, now=now, street=street.pk, seats=told.seats)
    return made


@deed("training.sign_up")
def sign_up(session: Session, *, by: Account, now: datetime) -> SignUp:
    """Take a seat."""
    held = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    require(rules.can_sign_up(by, held, now=now))
    with refusing(_("您已经报名")):
        made = SignUp.objects.create(session=held, account=by, at=now)
    record(made, by=by, now=now, session=held.pk)
    return made


@deed("training.come")
def come(session: Session, *, by: Account, now: datetime) -> SignUp:
    """I am here: a seat that was taken is used, or a free one is taken on the spot."""
    held = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    require(rules.can_come(by, held, now=now))
    taken = {"at": now, "came": True}
    made, new = SignUp.objects.get_or_create(session=held, account=by, defaults=taken)
    if not new:
        SignUp.objects.filter(pk=made.pk).update(came=True)
        made.came = True
    record(made, by=by, now=now, session=held.pk, walked_in=new)
    return made


@deed("training.note_who_came")
def note_who_came(
    session: Session,
    keys: Collection[int],
    not_there: Collection[int] = (),
    *,
    by: Account,
    now: datetime,
) -> Session:
    """Tick who was there, and take back who was ticked by mistake: keys of sign-ups. Whoever says so
    on the phone meanwhile stays noted."""
    require(rules.can_keep(by, session, now=now))
    if now < session.opens:
        raise Refused(_("培训还没有开始"))
    rows = SignUp.objects.filter(session=session)
    rows.filter(pk__in=keys).update(came=True)
    rows.filter(pk__in=not_there).update(came=False)
    record(session, by=by, now=now, came=rows.filter(came=True).count())
    return session


@deed("training.send_idea")
def send_idea(session: Session, text: str, *, by: Any, now: datetime) -> Idea:
    """Somebody in the room has an idea; it has no author, here and in the journal."""
    require(rules.can_speak(by, session, now=now))
    if not text.strip():
        raise Refused(_("请写下您的点子"))
    made = Idea.objects.create(session=session, text=text.strip()[:100], at=now)
    record(made, by=None, now=now, session=session.pk)
    return made


@deed("training.ask")
def ask(session: Session, text: str, *, by: Any, now: datetime) -> Question:
    """A question to the experts, without an author."""
    require(rules.can_speak(by, session, now=now))
    if not text.strip():
        raise Refused(_("请写下您的问题"))
    made = Question.objects.create(session=session, text=text.strip()[:200], at=now)
    record(made, by=None, now=now, session=session.pk)
    return made


@deed("training.move_idea")
def move_idea(idea: Idea, verb: str, *, by: Account, now: datetime) -> Idea:
    """Show it on the wall, or hide it."""
    require(rules.can_move(by, idea, verb, now=now))
    _carry(idea, verb)
    record(idea, by=by, now=now, verb=verb)
    return idea


@deed("training.take_idea")
def take_idea(idea: Idea, owner: str, due: date, *, by: Account, now: datetime) -> Idea:
    """It will be done: by whom, and by which day."""
    require(rules.can_move(by, idea, "take", now=now))
    if due <= local_day(now):
        raise Refused(_("期限须在今天以后"))
    _carry(idea, "take", owner=owner.strip(), due=due)
    record(idea, by=by, now=now, due=due.isoformat())
    return idea


@deed("training.finish_idea")
def finish_idea(idea: Idea, word: str, *, by: Account, now: datetime) -> Idea:
    """It was done, and how."""
    require(rules.can_move(by, idea, "finish", now=now))
    if not word.strip():
        raise Refused(_("请写一句是怎么落实的"))
    _carry(idea, "finish", word=word.strip()[:200])
    record(idea, by=by, now=now)
    return idea


@deed("training.advise")
def advise(question: Question, expert: str, advice: str, *, by: Account, now: datetime) -> Question:
    """Record what the expert advised."""
    require(rules.can_advise(by, question, now=now))
    rows = Question.objects.filter(pk=question.pk, answered_at__isnull=True)
    if not rows.update(expert=expert.strip(), advice=advice.strip(), answered_at=now):
        raise Refused(_("这个问题已经答复"))
    question.refresh_from_db()
    record(question, by=by, now=now, session=question.session_id)
    return question


def _carry(idea: Idea, verb: str, **values: object) -> None:
    advance(idea, stages.IDEA, verb, _("这条点子刚刚有人处理过，请刷新后再看"), **values)
