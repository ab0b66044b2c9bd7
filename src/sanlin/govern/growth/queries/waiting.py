"""What waits: for staff and jurors in one question, for a team's leader in another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.orgs.models import Bar
from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.govern.growth import stages
from sanlin.govern.growth.models import Advice, Aside, Juror, Meeting, Score, Slot
from sanlin.govern.projects.models import Project
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.clock import local_day
from sanlin.ground.ui import words

MOST = 30
FOLLOWERS = (PostKind.STREET_OFFICER, PostKind.SOCIAL_WORKER)  # who see that advice is done
SCORE, LIFT, LATE, ADVICE, MINUTES = "score", "lift", "late", "advice", "minutes"
COMING = "coming"
WHERE = {
    SCORE: "growth:score",
    LIFT: "growth:dossier",
    LATE: "growth:round",
    ADVICE: "growth:advice",
    MINUTES: "growth:meeting",
    COMING: "growth:meeting",
}


@dataclass(frozen=True)
class Waiting:
    """One thing to do: words, where, until when (None: no date), and why."""

    title: str
    href: str
    due: datetime | None
    why: str


def waiting(who: Any, *, now: datetime) -> list[Waiting]:
    """For staff and jurors: sheets to give, bars that another asks to lift, advice that is late."""
    posts = posts_of(who, now=now)
    if not posts:
        return []
    today = local_day(now)
    streets = {p.street_id for p in posts if p.kind == PostKind.STREET_OFFICER and p.street_id}
    parts = [_to_score(who)]
    if streets:
        bars = Bar.objects.on(today).filter(
            organisation__street__in=streets, asked_by__isnull=False
        )
        parts.append(
            _line(LIFT, bars.exclude(asked_by=who.pk), "organisation", "organisation__name")
        )
    if follows := {p.street_id for p in posts if p.kind in FOLLOWERS and p.street_id}:
        late = Advice.objects.late(today).filter(
            project__round__street__in=follows, project__round__stage=round_stages.RUNNING
        )
        parts.append(_line(LATE, late, "project__round", "project__round__name"))
    return _read(parts)


def _to_score(who: Any) -> QuerySet[Any, Any]:
    mine = Juror.objects.filter(account_id=who.pk).values("pitching")
    given = Score.objects.filter(slot=OuterRef("pk"), juror__account_id=who.pk)
    aside = Aside.objects.filter(slot=OuterRef("pk"), juror__account_id=who.pk)
    rows = Slot.objects.filter(
        ~Exists(given), ~Exists(aside), pitching__in=mine, stage=stages.CALLED
    )
    return _line(SCORE, rows, "pk", "report__project__undertaking__title")


def open_advice(teams: list[int]) -> list[Advice]:
    """What was agreed with the projects of these teams and is not done, the nearest first."""
    rows = Advice.objects.open().filter(project__undertaking__organisation__in=teams)
    return list(rows.select_related("project__undertaking").order_by("due", "pk")[:MOST])


def waiting_for_team(who: Any, *, now: datetime) -> list[Waiting]:
    """For a leader: advice to carry out, and meetings of her circle to come; for a circle's leader: a
    meeting to record."""
    led = [team for team, leads in teams_of(who, now=now).items() if leads]
    if not led:
        return []
    mine = Q(project__undertaking__organisation__in=led)
    advice = Advice.objects.open().filter(mine)
    meetings = Meeting.objects.filter(circle__leader_id=who.pk, held_at__isnull=True, at__lte=now)
    circles = Project.objects.filter(undertaking__organisation__in=led).values("circle")
    coming = Meeting.objects.filter(circle__in=circles, held_at__isnull=True, at__gt=now)
    return _read(
        [
            _line(ADVICE, advice, "pk", "project__undertaking__title", "text", "due"),
            _line(MINUTES, meetings, "pk", "circle__name"),
            _line(COMING, coming.annotate(day=TruncDate("at")), "pk", "place", "title", "day"),
        ]
    )


def _line(
    kind: str, rows: QuerySet[Any], key: str, why: str, text: str = "", due: str = ""
) -> QuerySet[Any, Any]:
    """(kind, key, why, text, until, how many) of `rows`, counted by the columns before."""
    named = rows.order_by().annotate(
        w_kind=Value(kind, CharField()),
        w_key=F(key),
        w_why=F(why),
        w_text=F(text) if text else Value("", CharField()),
        w_due=F(due) if due else Cast(Value(None), DateField()),
    )
    told = ("w_kind", "w_key", "w_why", "w_text", "w_due")
    counted = named.values(*told).annotate(w_n=Count("pk", output_field=IntegerField()))
    lines: QuerySet[Any, Any] = counted.values_list(*told, "w_n")
    return lines


def _read(parts: list[QuerySet[Any, Any]]) -> list[Waiting]:
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    order = list(WHERE)
    found = sorted(rows, key=lambda row: (order.index(row[0]), row[4] or date.max, row[1]))
    return [
        Waiting(_words(kind, text, n), reverse(WHERE[kind], args=[key]), _until(kind, due), said)
        for kind, key, why, text, due, n in found[:MOST]
        for said in (f"{words.day(due)} · {why}" if kind == COMING else why,)
    ]


def _until(kind: str, due: date | None) -> datetime | None:
    return None if kind == COMING else _end_of(due)


def _words(kind: str, text: str, n: int) -> str:
    if kind == COMING:
        return _("小组会议：%(title)s") % {"title": text}
    if kind == LATE:
        return ngettext("%(n)s条改进建议逾期", "%(n)s条改进建议逾期", n) % {"n": n}
    said = {
        SCORE: _("给正在汇报的项目打分"),
        LIFT: _("批准或驳回提前解除禁报"),
        MINUTES: _("补写会议记录"),
    }
    return said.get(kind, text)


def _end_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None
