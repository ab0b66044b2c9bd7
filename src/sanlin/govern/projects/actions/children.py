from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import ChildRequest, ChildRound, Project
from sanlin.govern.projects.rules import Answers
from sanlin.govern.rounds import actions as rounds
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, has_moved, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, require

from .hold import hold, reason_of


@deed("projects.open_child")
def open_child(project: Project, answers: Answers, *, by: Account, now: datetime) -> ChildRound:
    """A running project holds a round of its own for small groups: a draft, with the pot as its
    budget. From then on the pot is set aside on the project's spending head."""
    project = hold(project)
    require(rules.can_open_child(by, project, now=now))
    made = _open(project, answers, by=by, now=now)
    record(made, by=by, now=now, project=project.pk, **_pot(made))
    return made


def _open(project: Project, answers: Answers, *, by: Account, now: datetime) -> ChildRound:
    _require_sound(project, answers, now=now)
    drawn = rules.draft_of(project, answers, now=now)
    street, year = project.round.street, project.round.year
    round = rounds.create(street, answers.name, year, drawn.pack_text, by=by, now=now)
    round = rounds.amend(round, name=round.name, year=year, values=drawn.values, by=by, now=now)
    if drawn.spans:
        round = rounds.set_windows(round, drawn.spans, by=by, now=now)
    return ChildRound.objects.create(
        project=project,
        round=round,
        purpose=answers.purpose,
        head=answers.head,
        amount=answers.amount,
        least=answers.least,
        by=by,
        at=now,
    )


def _pot(made: ChildRound) -> dict[str, object]:
    """What the journal tells of a small round's pot."""
    return {
        "round": made.round_id,
        "head": made.head,
        "amount": made.amount,
        "least": made.least,
    }


def _require_sound(project: Project, answers: Answers, *, now: datetime) -> None:
    for words in rules.child_faults(project, answers, now=now).values():
        raise Refused(words)


@deed("projects.ask_child")
def ask_child(
    project: Project, answers: Answers, *, send: bool, by: Account, now: datetime
) -> ChildRequest:
    """The team's answers for a small round: kept as its draft, or sent to the street with `send`."""
    project = hold(project)
    request = rules.request_of(project)
    require(rules.can_ask_child(by, project, request, now=now))
    if send:
        _require_sound(project, answers, now=now)
    request = request or ChildRequest(project=project)
    request.project, request.by, request.at = project, by, now
    request.decided_by = request.decided_at = None
    for name, value in asdict(answers).items():
        setattr(request, name, value)
    request.save()
    if send:
        _carry(request, "send")
    record(request, by=by, now=now, project=project.pk, amount=request.amount, sent=send)
    return request


@deed("projects.withdraw_request")
def withdraw_request(request: ChildRequest, *, by: Account, now: datetime) -> ChildRequest:
    """Take back what the street has not answered; it is the team's draft again."""
    held = _held(request)
    require(rules.can_withdraw_request(by, held, now=now))
    _carry(held, "withdraw")
    record(held, by=by, now=now)
    return held


@deed("projects.return_request")
def return_request(
    request: ChildRequest, reason: str, *, by: Account, now: datetime
) -> ChildRequest:
    """Back to the team, with a reason."""
    held = _held(request)
    require(rules.can_decide_request(by, held, now=now))
    _carry(held, "send_back", decided_by=by, decided_at=now, note=reason_of(reason))
    record(held, by=by, now=now)
    return held


@deed("projects.open_request")
def open_request(request: ChildRequest, *, by: Account, now: datetime) -> ChildRequest:
    """The street agrees: the round that was asked for is its draft, as if an officer had begun it."""
    held = _held(request)
    require(rules.can_decide_request(by, held, now=now))
    require(rules.can_open_child(by, held.project, now=now))
    made = _open(held.project, rules.answers_of(held), by=by, now=now)
    _carry(held, "open", decided_by=by, decided_at=now, child=made)
    record(held, by=by, now=now, child=made.pk, asked_by=held.by, **_pot(made))
    return held


def _held(request: ChildRequest) -> ChildRequest:
    project = hold(Project(pk=request.project_id))
    found = ChildRequest.objects.get(pk=request.pk)
    found.project = project
    return found


def _carry(request: ChildRequest, verb: str, **values: object) -> None:
    taken = _("这份申请刚刚有人处理过，请刷新后再看")
    advance(request, stages.REQUEST, verb, taken, **values)
    has_moved(request)


@deed("projects.lower_least")
def lower_least(child: ChildRound, least: int, *, by: Account, now: datetime) -> ChildRound:
    """Fewer groups asked than were wanted, and those that did shall not lose by it: from now on
    `least` are enough. The line of the journal says from how many."""
    child = ChildRound.objects.select_for_update(of=("self",)).get(pk=child.pk)
    require(rules.can_lower_least(by, child, now=now))
    if not 1 <= least < child.least:
        raise Refused(_("请填1到%(most)s之间的数") % {"most": child.least - 1})
    was, child.least = child.least, least
    child.save(update_fields=["least"])
    record(child, by=by, now=now, was=was, least=least)
    return child
