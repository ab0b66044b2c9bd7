"""A team writes: begins, saves step by step, adds and removes photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind
from sanlin.commons.orgs.rules import forget_teams, rung_of
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.proposals import rules, stages
from sanlin.govern.proposals.models import Content, Photo, Proposal, Shown
from sanlin.govern.rounds.models import Round
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

MOST_PHOTOS = 6
PARTS: dict[str, tuple[str, ...]] = {
    "title": ("title", "summary", "tier", "theme"),
    "need": ("need",),
    "goals": ("goals", "beneficiaries"),
    "plan": ("plan", "starts", "ends"),
    "budget": ("lines",),
    "funds": ("own_funds", "partners"),
    "photos": ("photos",),
}
"""Which parts of the content each step of the form writes."""


class Overtaken(Refused):
    """Somebody else saved the same step first; `theirs` is the proposal as it now lies."""

    def __init__(self, theirs: Proposal) -> None:
        super().__init__(_("这一步刚刚在另一个窗口或被另一位负责人改过，请对照两份再保存"))
        self.theirs = theirs


@deed("proposal.begin")
def begin(
    round: Round, *, team: Organisation, place: Neighbourhood, by: Account, now: datetime
) -> Proposal:
    """An empty draft of a team for a place of the round's street."""
    require(rules.can_begin_for(by, round, team, place, now=now))
    proposal = Proposal.objects.create(
        round=round,
        team=team,
        neighbourhood=place,
        author=by,
        writing={"content": Content(tier=_tier_of(round, team)).plain(), "versions": {}},
        saved_at=now,
    )
    record(proposal, by=by, now=now, round=round.pk, team=team.pk, neighbourhood=place.pk)
    return proposal


def _tier_of(round: Round, team: Organisation) -> str:
    """The tier that an earlier year's grade lets the team apply for; empty where it is new."""
    rung = rung_of(team, round.rules.pack.id, round.year)
    known = {tier.key for tier in round.rules.tiers}
    return rung.tier if rung and rung.tier in known else ""


@deed("proposal.found_and_begin")
def found_and_begin(
    round: Round, name: str, place: Neighbourhood, *, by: Account, now: datetime
) -> Proposal:
    """A resident founds a team of the place, leads it, and begins its first proposal."""
    require(rules.can_found(by, round, place, now=now))
    with refusing(_("本街道已有叫这个名称的组织，请换一个名称")):
        team = Organisation.objects.create(
            name=name,
            kind=OrganisationKind.TEAM,
            street=round.street,
            neighbourhood=place,
            founded=local_day(now),
        )
    Membership.objects.create(organisation=team, account=by, leads=True, since=local_day(now))
    forget_teams(by)
    proposal = begin(round, team=team, place=place, by=by, now=now)
    record(proposal, by=by, now=now, team=team.pk)
    return proposal


@deed("proposal.save")
def save(
    proposal: Proposal,
    step: str,
    values: dict[str, Any],
    *,
    version: int,
    by: Account,
    now: datetime,
) -> Proposal:
    """Keep what the team wrote at one step of the form.

    `values` are the parts that `PARTS[step]` names; `version` is what `step_version` said when the
    writer began. Raises Overtaken where the step was saved since; another step may have been.
    """
    require(rules.can_write(by, proposal, now=now))
    saved = _keep(proposal.pk, step, values, version=version, now=now)
    record(saved, by=by, now=now, step=step, version=saved.version)
    return saved


def _keep(
    pk: int, step: str, values: dict[str, Any], *, version: int | None, now: datetime
) -> Proposal:
    """Compare and set on the whole row, again where only another step was saved meanwhile."""
    while True:
        stored: Proposal = Proposal.objects.select_related("round", "team").get(pk=pk)
        if version is not None and stored.step_version(step) != version:
            raise Overtaken(stored)
        content = stored.draft.but(**{name: values[name] for name in PARTS[step]})
        saves = stored.version + 1
        writing = {
            "content": content.plain(),
            "versions": {**stored.writing.get("versions", {}), step: saves},
        }
        changed = Proposal.objects.filter(pk=pk, version=stored.version, stage=stored.stage).update(
            writing=writing, version=saves, saved_at=now
        )
        if changed:
            stored.writing, stored.version, stored.saved_at = writing, saves, now
            return stored


@deed("proposal.add_photo")
def add_photo(
    proposal: Proposal, picture: files.Picture, caption: str, *, by: Account, now: datetime
) -> Proposal:
    """Keep one more photo with the draft; at most MOST_PHOTOS."""
    require(rules.can_write(by, proposal, now=now))
    held = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    shown = held.draft.photos
    if len(shown) >= MOST_PHOTOS:
        raise Refused(_("最多%(n)s张照片，请先去掉一张") % {"n": MOST_PHOTOS})
    photo = Photo.objects.create(
        proposal=held,
        file=files.keep(picture),
        width=picture.width,
        height=picture.height,
        caption=caption,
        at=now,
    )
    photos = (*shown, Shown(photo.pk, caption))
    saved = _keep(held.pk, "photos", {"photos": photos}, version=None, now=now)
    record(saved, by=by, now=now, photo=photo.pk)
    return saved


@deed("proposal.drop_photo")
def drop_photo(proposal: Proposal, photo: int, *, by: Account, now: datetime) -> Proposal:
    """Take a photo (its key) out of the draft; one that was handed in stays in its revisions."""
    require(rules.can_write(by, proposal, now=now))
    held = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    photos = tuple(shown for shown in held.draft.photos if shown.photo != photo)
    saved = _keep(held.pk, "photos", {"photos": photos}, version=None, now=now)
    record(saved, by=by, now=now, photo=photo)
    return saved


@deed("proposal.withdraw")
def withdraw(proposal: Proposal, *, by: Account, now: datetime) -> Proposal:
    """Take a proposal back; its number is not given again."""
    held = hold(proposal)
    require(rules.can_withdraw(by, held, now=now))
    source = held.stage
    step(held, "withdraw")
    record(held, by=by, now=now, source=source)
    return held


def hold(proposal: Proposal) -> Proposal:
    """The proposal as it lies, with its round held until the verb is done: numbers have no gaps, a
    team's total counts all its proposals, and the round's stage cannot be left meanwhile."""
    Round.objects.select_for_update(no_key=True).get(pk=proposal.round_id)
    rows = Proposal.objects.select_related("round__street", "team", "neighbourhood")
    held: Proposal = rows.get(pk=proposal.pk)
    return held


def step(proposal: Proposal, verb: str, **values: Any) -> Proposal:
    """Carry `proposal` along one arrow of its table and set columns with it; raises NotNow where the
    table has no such arrow, Refused where somebody else was first."""
    target = stages.PROPOSAL.after(proposal.stage, verb)
    moved = Proposal.objects.filter(
        pk=proposal.pk, stage=proposal.stage, version=proposal.version
    ).update(stage=target, **values)
    if not moved:
        raise Refused(_("这份提案刚刚有人处理过，请刷新后再看"))
    proposal.stage = target
    return proposal
