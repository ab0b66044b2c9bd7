"""A team hands in: the first time, after a correction, after advice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.proposals import queries, rules, stages
from sanlin.govern.proposals.models import (
    Advice,
    BudgetLine,
    Content,
    Proposal,
    ProposalWord,
    Revision,
    Why,
)
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import canonical, deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .writing import hold

VERBS = {
    stages.DRAFT: Why.SUBMITTED,
    stages.RETURNED: Why.CORRECTED,
    stages.ADMITTED: Why.REVISED,
}
"""Why a proposal of this stage is handed in."""


class Incomplete(Refused):
    """Something is missing; `missing` says what and at which step."""

    def __init__(self, missing: list[rules.Missing]) -> None:
        super().__init__(_("还缺：%(what)s") % {"what": "；".join(one.sentence for one in missing)})
        self.missing = missing


@deed("proposal.submit")
def submit(proposal: Proposal, *, version: int, by: Account, now: datetime) -> Proposal:
    """Hand in a draft as it stood at `version`: it gets the round's next number."""
    held = _held(proposal, stages.DRAFT, version, by, now)
    last = Proposal.objects.filter(round=held.round).aggregate(last=Max("number"))["last"] or 0
    with refusing(_("编号刚刚被占用，请再提交一次")):
        revision = _hand_in(held, Why.SUBMITTED, by, now, number=last + 1, submitted_at=now)
    _note(held, revision, by, now)
    return held


@deed("proposal.resubmit")
def resubmit(proposal: Proposal, *, version: int, by: Account, now: datetime) -> Proposal:
    """Hand in what was returned, corrected."""
    held = _held(proposal, stages.RETURNED, version, by, now)
    _note(held, _hand_in(held, Why.CORRECTED, by, now), by, now)
    return held


@deed("proposal.revise")
def revise(proposal: Proposal, *, version: int, by: Account, now: datetime) -> Proposal:
    """Hand in an admitted proposal anew; it answers the advice given so far."""
    held = _held(proposal, stages.ADMITTED, version, by, now)
    if held.draft == held.content:
        raise Refused(_("内容没有变化，不需要重新提交"))
    revision = _hand_in(held, Why.REVISED, by, now)
    Advice.objects.filter(proposal=held, answered_by__isnull=True).update(answered_by=revision)
    _note(held, revision, by, now)
    return held


def _held(proposal: Proposal, stage: str, version: int, by: Account, now: datetime) -> Proposal:
    """The proposal as it lies, held, where it may be handed in as it stood at `version`."""
    held = hold(proposal)
    if held.stage != stage or held.version != version:
        raise Refused(_("预览以后内容又有改动，请再看一遍预览后提交"))
    require(rules.can_write(by, held, now=now))
    if lacking := rules.missing(held, held.draft):
        raise Incomplete(lacking)
    return held


def _hand_in(held: Proposal, why: Why, by: Account, now: datetime, **values: Any) -> Revision:
    content = held.draft
    columns = {
        **{name: getattr(content, name) for name in _TEXTS},
        "starts": date.fromisoformat(content.starts),
        "ends": date.fromisoformat(content.ends),
        "own_funds": content.own_funds,
        "asked": content.budget.asked,
        "writing": {},
        **values,
    }
    target = held.stage if why == Why.REVISED else stages.PROPOSAL.after(held.stage, why.value)
    changed = Proposal.objects.filter(pk=held.pk, stage=held.stage, version=held.version).update(
        stage=target, version=F("version") + 1, **columns
    )
    if not changed:
        raise Refused(_("预览以后内容又有改动，请再看一遍预览后提交"))
    _place_lines(held, content)
    _place_photos(held, content)
    held.refresh_from_db(fields=["stage", "version", *columns])
    return _keep_revision(held, why, content, by, now)


_TEXTS = (
    "title",
    "summary",
    "tier",
    "theme",
    "need",
    "goals",
    "beneficiaries",
    "plan",
    "partners",
)


def _place_lines(held: Proposal, content: Content) -> None:
    BudgetLine.objects.filter(proposal=held).delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(
            proposal=held,
            place=place,
            head=line.head,
            what=line.what,
            unit_price=line.unit_price,
            quantity=line.quantity,
        )
        for place, line in enumerate(content.lines, 1)
    )


def _place_photos(held: Proposal, content: Content) -> None:
    held.photos.exclude(place=None).update(place=None)
    for place, shown in enumerate(content.photos, 1):
        held.photos.filter(pk=shown.photo).update(place=place, caption=shown.caption)


def _keep_revision(
    held: Proposal, why: Why, content: Content, by: Account, now: datetime
) -> Revision:
    body = canonical(content.plain())
    held.words.all().delete()
    lines = [(line.what, line.amount) for line in content.lines]
    ProposalWord.objects.bulk_create(
        ProposalWord(proposal=held, word=word) for word in queries.words_of(held, lines)
    )
    return Revision.objects.create(
        proposal=held,
        number=held.revisions.count() + 1,
        why=why,
        by=by,
        at=now,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
    )


def _note(held: Proposal, revision: Revision, by: Account, now: datetime) -> None:
    record(
        held,
        by=by,
        now=now,
        number=held.number,
        revision=revision.number,
        digest=revision.digest,
        asked=held.asked,
    )


@dataclass(frozen=True)
class Held:
    """A proposal of a vote that was held elsewhere: its full name, what it asked (fen), more words."""

    name: str
    asked: int
    words: str = ""


@deed("proposal.enter")
def enter(
    round: Round,
    team: Organisation,
    place: Neighbourhood,
    held: Sequence[Held],
    *,
    by: Account,
    now: datetime,
) -> Round:
    """Enter the proposals of a vote that was held elsewhere, admitted and numbered in their order."""
    longest = Proposal._meta.get_field("title").max_length or 60
    Proposal.objects.bulk_create(
        Proposal(
            round=round,
            team=team,
            neighbourhood=place,
            author=by,
            number=number,
            title=one.name if len(one.name) <= longest else one.name[: longest - 1] + "…",
            need=one.name if len(one.name) > longest else "",
            summary=one.words[:120],
            asked=one.asked,
            stage=stages.ADMITTED,
            submitted_at=now,
        )
        for number, one in enumerate(held, start=1)
    )
    record(round, by=by, now=now, proposals=len(held))
    return round
