from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.govern.growth import rules
from sanlin.govern.growth.models import (
    Advice,
    Attendance,
    Backing,
    Came,
    Meeting,
    Snapshot,
    Visit,
    Wanted,
)
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.rounds.models import Round
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

MOST_PHOTOS = 6


@deed("growth.recommend")
def recommend(circle: Circle, leader: Account, *, by: Account, now: datetime) -> Circle:
    """The street recommends a leader; the circle's teams agree to her one by one."""
    require(rules.can_recommend(by, circle, now=now))
    Circle.objects.filter(pk=circle.pk).update(leader=leader)
    circle.leader = leader
    record(circle, by=by, now=now, leader=leader)
    return circle


@deed("growth.back")
def back(circle: Circle, team: Organisation, *, by: Account, now: datetime) -> Backing:
    """A team agrees to the recommended leader."""
    require(rules.can_back(by, circle, team, now=now))
    leader = Account.objects.get(pk=circle.leader_id or 0)
    with refusing(_("本团队已经认可")):
        made = Backing.objects.create(circle=circle, team=team, leader=leader, by=by, at=now)
    record(made, by=by, now=now, circle=circle.pk, team=team.pk)
    return made


@deed("growth.call_meeting")
def call_meeting(
    circle: Circle, title: str, at: datetime, place: str, *, by: Account, now: datetime
) -> Meeting:
    """Call a meeting of a circle."""
    require(rules.can_meet(by, circle, now=now))
    return _call(circle.round, circle, title, at, place, by, now)


@deed("growth.call_joint_meeting")
def call_joint_meeting(
    round: Round, title: str, at: datetime, place: str, *, by: Account, now: datetime
) -> Meeting:
    """Call the joint meeting of a round's partners."""
    require(rules.can_meet_jointly(by, round, now=now))
    return _call(round, None, title, at, place, by, now)


def _call(
    round: Round,
    circle: Circle | None,
    title: str,
    at: datetime,
    place: str,
    by: Account,
    now: datetime,
) -> Meeting:
    made = Meeting.objects.create(
        round=round, circle=circle, title=title.strip(), at=at, place=place.strip()
    )
    record(made, by=by, now=now, circle=circle.pk if circle else None)
    return made


@deed("growth.tell_meeting")
def tell_meeting(
    meeting: Meeting,
    notes: str,
    came: Sequence[Came],
    photos: Sequence[files.Picture] = (),
    *,
    by: Account,
    now: datetime,
) -> Meeting:
    """Write down who came and what was said."""
    require(rules.can_tell(by, meeting, now=now))
    if not notes.strip():
        raise Refused(_("请写会议记录"))
    if not came:
        raise Refused(_("请填写到会的团队和人数"))
    _few(photos)
    held = Meeting.objects.filter(pk=meeting.pk, held_at__isnull=True)
    if not held.update(notes=notes.strip(), held_at=now):
        raise Refused(_("会议已经记录"))
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, who=one.who, people=one.people) for one in came
    )
    _keep(photos, meeting=meeting)
    meeting.refresh_from_db()
    people = sum(one.people for one in came)
    record(meeting, by=by, now=now, bodies=len(came), people=people, photos=len(photos))
    return meeting


@deed("growth.visit")
def visit(
    project: Project,
    day: date,
    notes: str,
    advice: Sequence[Wanted] = (),
    photos: Sequence[files.Picture] = (),
    *,
    by: Account,
    now: datetime,
) -> Visit:
    """Keep a visit with its notes; what was agreed becomes a to-do of the visited project."""
    require(rules.can_visit(by, project, now=now))
    if day > local_day(now):
        raise Refused(_("日期不能晚于今天"))
    _few(photos)
    made = Visit.objects.create(project=project, day=day, notes=notes.strip(), by=by, at=now)
    advise(project, advice, visit=made)
    _keep(photos, visit=made)
    record(made, by=by, now=now, project=project.pk, advice=len(advice), photos=len(photos))
    return made


def advise(project: Project, advice: Sequence[Wanted], **source: object) -> None:
    """Rows for what was agreed; a day before the visit's own is refused by whoever reads the form."""
    Advice.objects.bulk_create(
        Advice(project=project, text=one.text.strip(), due=one.due, **source) for one in advice
    )


@deed("growth.do_advice")
def do_advice(advice: Advice, word: str, *, by: Account, now: datetime) -> Advice:
    """The team says how it was done."""
    require(rules.can_do(by, advice, now=now))
    word = word.strip()
    if not word:
        raise Refused(_("请写一句是怎么做的"))
    rows = Advice.objects.filter(pk=advice.pk, done_at__isnull=True)
    if not rows.update(word=word[:200], done_by=by, done_at=now):
        raise Refused(_("这条建议已经办结"))
    advice.word, advice.done_by, advice.done_at = word[:200], by, now
    record(advice, by=by, now=now, project=advice.project_id)
    return advice


def _few(photos: Sequence[files.Picture]) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Refused(_("最多%(n)s张照片") % {"n": MOST_PHOTOS})


def _keep(photos: Sequence[files.Picture], **of: object) -> None:
    for photo in photos:
        Snapshot.objects.create(
            file=files.keep(photo), width=photo.width, height=photo.height, **of
        )
