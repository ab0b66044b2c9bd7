from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.rules import is_staff, works_for_street
from sanlin.commons.places.models import Street
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from . import stages
from .models import Idea, Question, Session, SignUp

A_WHILE = timedelta(hours=12)  # ideas come in during a session and on the way home
AT_THE_DOOR = timedelta(hours=1)
MOST_IDEAS = 300


def can_plan(who: Any, street: Street, *, now: datetime) -> Verdict:
    """An officer of the street."""
    return works_for_street(who, street, now=now)


def can_list(who: Any, street: Street, *, now: datetime) -> Verdict:
    """The trainings of a street are public."""
    return ALLOWED


def can_see(who: Any, session: Session, *, now: datetime) -> Verdict:
    """When, where and what is public; who signed up is not."""
    return ALLOWED


def can_keep(who: Any, session: Session, *, now: datetime) -> Verdict:
    """Attendance, moderation, answers: an officer of the street."""
    return works_for_street(who, session.street, now=now)


def can_look(who: Any, session: Session, *, now: datetime) -> Verdict:
    """The desk of a session: the street's staff."""
    return is_staff(who, session.street, now=now)


def can_sign_up(who: Any, session: Session, *, now: datetime) -> Verdict:
    """Anybody known, while there are seats and it has not begun."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    if now >= session.opens:
        return denied(_("培训已经开始，不能再报名"))
    if SignUp.objects.filter(session=session, account_id=who.pk).exists():
        return denied(_("您已经报名"))
    if SignUp.objects.filter(session=session).count() >= session.seats:
        return denied(_("名额已满"))
    return ALLOWED


def can_come(who: Any, session: Session, *, now: datetime) -> Verdict:
    """Whoever stands at the door says so on the phone: with a seat, or while one is left."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    if not session.opens - AT_THE_DOOR <= now <= session.closes:
        return denied(_("培训开始前一小时到结束时可以签到"))
    mine = SignUp.objects.filter(session=session, account_id=who.pk).first()
    if mine is not None and mine.came:
        return denied(_("您已经签到"))
    if mine is None and SignUp.objects.filter(session=session).count() >= session.seats:
        return denied(_("名额已满"))
    return ALLOWED


def can_speak(who: Any, session: Session, *, now: datetime) -> Verdict:
    """Whoever is in the room has the address; ideas and questions come in while it lasts."""
    if now < session.opens:
        return denied(_("培训还没有开始"))
    if now > session.closes + A_WHILE:
        return denied(_("收集已经结束"))
    if Idea.objects.filter(session=session).count() >= MOST_IDEAS:
        return denied(_("点子已经很多了，请当面说"))
    return ALLOWED


def can_move(who: Any, idea: Idea, verb: str, *, now: datetime) -> Verdict:
    """What an officer does next with an idea."""
    if not (verdict := can_keep(who, idea.session, now=now)):
        return verdict
    if verb not in stages.IDEA.verbs(idea.stage):
        return denied(_("这条点子现在不能这样办"))
    return ALLOWED


def can_keep_idea(who: Any, idea: Idea, *, now: datetime) -> Verdict:
    return can_keep(who, idea.session, now=now)


def can_advise(who: Any, question: Question, *, now: datetime) -> Verdict:
    """An officer records the expert's advice, once."""
    if not (verdict := can_keep(who, question.session, now=now)):
        return verdict
    if question.answered_at is not None:
        return denied(_("这个问题已经答复"))
    return ALLOWED
