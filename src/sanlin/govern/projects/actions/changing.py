from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Change, Project
from sanlin.govern.projects.rules import Asked, Move
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import refusing, require

from .drawing import changed_facts, draw, facts_of
from .hold import hold, reason_of

__all__ = ["Asked", "Move", "approve_change", "ask_change", "refuse_change", "withdraw_change"]


@deed("projects.ask_change")
def ask_change(project: Project, asked: Asked, *, by: Account, now: datetime) -> Change:
    """Ask for a change of the agreement in force; somebody else approves it."""
    project = hold(project)
    require(rules.can_ask_change(by, project, now=now))
    reason = reason_of(asked.reason, most=500)
    require(rules.fits_change(project, asked))
    with refusing(_("已有一份变更申请在等待审批")):
        change = Change.objects.create(
            project=project,
            moves=[{"from": m.source, "to": m.target, "amount": m.amount} for m in asked.moves],
            starts=asked.starts,
            ends=asked.ends,
            grant=asked.grant,
            third=asked.third,
            reason=reason,
            by=by,
            at=now,
        )
    record(
        change,
        by=by,
        now=now,
        project=project.pk,
        moves=change.moves,
        grant=asked.grant,
        days=bool(asked.starts or asked.ends),
        third=bool(asked.third),
    )
    return change


@deed("projects.withdraw_change")
def withdraw_change(change: Change, *, by: Account, now: datetime) -> Change:
    """Take back what nobody has decided."""
    held = _held(change)
    require(rules.can_withdraw_change(by, held, now=now))
    _carry(held, "withdraw")
    record(held, by=by, now=now)
    return held


@deed("projects.approve_change")
def approve_change(change: Change, note: str, *, by: Account, now: datetime) -> Change:
    """Agree to a change: it becomes a new version of the agreement, which all parties sign again."""
    held = _held(change)
    require(rules.can_decide_change(by, held, now=now))
    project = held.project
    require(rules.still_fits(project, held))
    old = project.agreements.get(stage=stages.IN_FORCE)
    parts = list(project.instalments.order_by("place"))
    facts = changed_facts(facts_of(old), held, parts, now=now)
    made = draw(project, facts, reason=held.reason, now=now)
    _carry(held, "approve", decided_by=by, decided_at=now, note=note.strip()[:200], agreement=made)
    record(held, by=by, now=now, version=made.version, digest=made.digest, asked_by=held.by)
    return held


@deed("projects.refuse_change")
def refuse_change(change: Change, note: str, *, by: Account, now: datetime) -> Change:
    """Do not agree, with a reason."""
    held = _held(change)
    require(rules.can_decide_change(by, held, now=now))
    _carry(held, "refuse", decided_by=by, decided_at=now, note=reason_of(note))
    record(held, by=by, now=now)
    return held


def _held(change: Change) -> Change:
    project = hold(Project(pk=change.project_id))
    found = Change.objects.get(pk=change.pk)
    found.project = project
    return found


def _carry(change: Change, verb: str, **values: object) -> None:
    taken = _("这份变更申请刚刚有人处理过，请刷新后再看")
    advance(change, stages.CHANGE, verb, taken, **values)
