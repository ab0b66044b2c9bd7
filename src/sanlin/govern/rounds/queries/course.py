"""Where a round stands: its stages in order, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round, Window
from sanlin.govern.rounds.rules import next_stage
from sanlin.govern.rounds.rules.book import Book, book
from sanlin.govern.rounds.rules.windows import stage_words
from sanlin.ground.ui import words as written

MINUTE = timedelta(minutes=1)
PAST, NOW, LATER = "past", "now", "later"


@dataclass(frozen=True)
class NextStep:
    """`verb` leads from `stage` to `target`; it is due from `due` on (None: whenever it is ready).

    `words` says so in one sentence.
    """

    verb: str
    stage: str
    target: str
    due: datetime | None
    is_due: bool
    words: str


def next_step(round: Round, *, now: datetime) -> NextStep | None:
    """The next verb by the table and the pack; None where the round has ended."""
    target = next_stage(round)
    if target is None:
        return None
    prefetch_related_objects([round], "windows")
    due = deadline(round)
    if round.stage == stages.DRAFT:
        first = round.window(stages.CALL)
        due = first.opens if first else None
    is_due = due is None or due <= now
    return NextStep(
        stages.INTO[target], round.stage, target, due, is_due, _next_words(round, due, now)
    )


def _next_words(round: Round, due: datetime | None, now: datetime) -> str:
    words = {"stage": round.stage_label, "when": written.moment(due)}
    if round.stage == stages.DRAFT:
        return _("备齐数值和日期后公布办法、开始征集")
    if due is None:
        return _("%(stage)s完成后进入下一阶段") % words
    if due <= now:
        return _("%(stage)s已于%(when)s截止，可以进入下一阶段") % words
    return _("%(stage)s至%(when)s，之后进入下一阶段") % words


def deadline(round: Round) -> datetime | None:
    """When the present stage ends by its dates; None where it has none."""
    window = round.window(_last_part(round))
    return window.closes if window else None


def _last_part(round: Round) -> str:
    """The part whose end ends the present stage: the review ends with its conferral."""
    if round.stage == stages.REVIEW and round.window(stages.CONFERRAL):
        return stages.CONFERRAL
    return round.stage


def timeline(round: Round, *, now: datetime) -> list[dict[str, Any]]:
    """Every stage of this round in order, for `{% stages %}`; the draft is none of them.

    Each: `key` (the stage), `label`, `state` (past, now, later), `dates` and `words` for people,
    `opens` and `closes`, `href` "" (pages above fill it), `notes` (one a deadline put off).
    """
    prefetch_related_objects([round], "windows__extensions")
    rules = book(round)
    windows = {window.stage: window for window in round.windows.all()}
    steps = [_step(round, part, windows.get(part), rules, now) for part in _course(rules)]
    if round.stage == stages.CANCELLED:
        steps = [step for step in steps if step["opens"] and step["opens"] <= now]
        steps = [step | {"state": PAST, "words": ""} for step in steps]
        steps.append(_cancelled(round))
    return steps


def _course(rules: Book) -> list[str]:
    course: list[str] = []
    for stage in stages.COURSE[1:]:
        if stage not in stages.OPTIONAL or rules.has(stage):
            course.append(stage)
        if stage == stages.REVIEW and rules.has(stages.REVIEW) and rules.has(stages.CONFERRAL):
            course.append(stages.CONFERRAL)
    return course


def _step(
    round: Round, part: str, window: Window | None, rules: Book, now: datetime
) -> dict[str, Any]:
    state = _state(round, part, now)
    notes = [_note(extension) for extension in window.extensions.all()] if window else []
    return {
        "key": part,
        "label": stage_words(part),
        "state": state,
        "dates": _dates(window) if window else "",
        "words": _joined([_words(part, state, window, rules, now), *notes]),
        "opens": window.opens if window else None,
        "closes": window.closes if window else None,
        "href": "",
        "notes": notes,
    }


def _joined(sentences: list[str]) -> str:
    return (" " if written.english() else "").join(sentences).strip()


def _state(round: Round, part: str, now: datetime) -> str:
    if round.stage not in stages.COURSE:
        return LATER
    if {part, round.stage} <= {stages.REVIEW, stages.CONFERRAL}:
        conferral = round.window(stages.CONFERRAL)
        conferring = conferral is not None and conferral.opens <= now
        if part == stages.CONFERRAL:
            return NOW if conferring else LATER
        return PAST if conferring else NOW
    here = stages.COURSE.index(round.stage)
    place = stages.COURSE.index(stages.REVIEW if part == stages.CONFERRAL else part)
    if place == here and part != stages.CLOSED:
        return NOW
    return PAST if place <= here else LATER


def _dates(window: Window) -> str:
    """From and to; the hour of the deadline where it is not the end of that day."""
    ends = timezone.localtime(window.closes) if window.closes else None
    if ends and (ends.hour, ends.minute) == (0, 0):
        ends -= MINUTE  # midnight is the end of the day before
    said = written.span(window.opens, ends)
    if ends and (ends.hour, ends.minute) != (23, 59):
        said += f" {ends:%H:%M}"
    return said


def _note(extension: Any) -> str:
    return _("%(on)s延期：原截止%(was)s。%(reason)s") % {
        "on": written.day(extension.at),
        "was": written.day(extension.was),
        "reason": extension.reason,
    }


def _cancelled(round: Round) -> dict[str, Any]:
    return {
        "key": stages.CANCELLED,
        "label": stage_words(stages.CANCELLED),
        "state": NOW,
        "dates": "",
        "words": _("本轮已取消。%(reason)s") % {"reason": round.cancel_reason},
        "opens": None,
        "closes": None,
        "href": "",
        "notes": [],
    }


def _words(part: str, state: str, window: Window | None, rules: Book, now: datetime) -> str:
    """What can be done and until when; what came of a past stage is said by the app that knows."""
    if state == PAST:
        return _("本轮已经结束。") if part == stages.CLOSED else ""
    said = _doing(part, rules)
    if state == LATER or window is None or window.closes is None:
        return said
    if window.opens > now:
        return _("%(what)s%(opens)s开始。") % {"what": said, "opens": written.day(window.opens)}
    return _("%(what)s%(left)s。") % {"what": said, "left": written.left(now, window.closes)}


def _doing(part: str, rules: Book) -> str:
    if part == stages.NOTICE:
        return _notice(rules)
    return {
        stages.CALL: _("团队可以填写和提交提案，截止后自动关闭。"),
        stages.SCREENING: _("街道按清单做形式审查，退回的提案可以补正一次。"),
        stages.REVIEW: _("评委逐项打分，结束前分数保密。"),
        stages.CONFERRAL: _("评委开会合议，形成意见。"),
        stages.OPTIMISATION: _("团队按评审意见修改提案，改动公开。"),
        stages.VOTE: _("符合条件的居民可以投票，结束前不公布票数。"),
        stages.DECISION: _("街道按办法计算结果，由多人签署。"),
        stages.RUNNING: _("立项团队签约、实施、报账，接受中期和结项评估。"),
        stages.CLOSED: _("评定等次，结余退回。"),
    }[part]


def _notice(rules: Book) -> str:
    days = rules.values.get("notice.days")
    if not isinstance(days, int):
        return _("公示结果，居民可以提出异议。")
    words = {"days": days}
    if rules.values.get("notice.kind") == "working":
        return _("公示结果%(days)s个工作日，居民可以提出异议。") % words
    return _("公示结果%(days)s天，居民可以提出异议。") % words
