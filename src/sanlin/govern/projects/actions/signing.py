from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.commons.undertakings.models import Undertaking
from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Agreement, Instalment, Party, Project, Scan, Signing
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require

from .copies import Paper, kept, look_over, put_back
from .drawing import draw, facts_of, first_facts
from .hold import become_due, carry, hold, reason_of, step


@deed("projects.sign")
def sign(project: Project, *, by: Account, now: datetime) -> Signing:
    """Sign the version that waits for the party that `by` stands for. With the last signature it is
    in force: see `_come_into_force`."""
    project = hold(project)
    require(rules.can_sign(by, project, now=now))
    party = str(rules.party_of(by, project, now=now))
    agreement = project.agreements.get(stage=stages.DRAWN)
    if Signing.objects.filter(agreement=agreement, account=by).exists():
        raise Refused(_("同一个人不能代表两方签约"))
    with refusing(_("这一方刚刚已经签过")):
        signing = Signing.objects.create(
            agreement=agreement,
            party=party,
            account=by,
            at=now,
            keeper=by if party == Party.STREET else None,
        )
    _complete(project, agreement, by=by, now=now)
    record(signing, by=by, now=now, project=project.pk, party=party, digest=agreement.digest)
    return signing


@deed("projects.refuse_to_sign")
def refuse(project: Project, reason: str, *, by: Account, now: datetime) -> Agreement:
    """A party does not sign the version that waits, and says why."""
    project = hold(project)
    require(rules.can_refuse(by, project, now=now))
    return _end(project, "refuse", reason, by=by, now=now)


@deed("projects.take_back_agreement")
def take_back(project: Project, reason: str, *, by: Account, now: datetime) -> Agreement:
    """The street takes back the version that waits for signatures."""
    project = hold(project)
    require(rules.can_take_back(by, project, now=now))
    return _end(project, "take_back", reason, by=by, now=now)


def _end(project: Project, verb: str, reason: str, *, by: Account, now: datetime) -> Agreement:
    agreement: Agreement = project.agreements.get(stage=stages.DRAWN)
    _move(agreement, verb, ended=reason_of(reason), ended_by=by)
    record(agreement, by=by, now=now, project=project.pk, version=agreement.version, verb=verb)
    return agreement


@deed("projects.redraw")
def redraw(project: Project, *, by: Account, now: datetime) -> Agreement:
    """Draw the first agreement up once more after it was refused or taken back."""
    project = hold(project)
    require(rules.can_redraw(by, project, now=now))
    parts = list(project.instalments.order_by("place"))
    facts = first_facts(project, project.award, parts, now=now)
    made = draw(project, facts, reason=_("重新拟定"), now=now)
    record(made, by=by, now=now, project=project.pk, version=made.version, digest=made.digest)
    return made


@deed("projects.file_scan")
def file_scan(
    agreement: Agreement, paper: Paper, parties: Sequence[str], *, by: Account, now: datetime
) -> Scan:
    """File a photo or PDF of the signed copy; somebody else checks whose signatures are on it."""
    project = hold(Project(pk=agreement.project_id))
    found = Agreement.objects.get(pk=agreement.pk)
    found.project = project
    require(rules.can_file_scan(by, found, now=now))
    known = {party.value for party in rules.parties_of(project)}
    if not parties or not known.issuperset(parties):
        raise Refused(_("请选择纸面上已签字盖章的各方"))
    with refusing(_("这份扫描件已经归档过")):
        scan = Scan.objects.create(
            agreement=found, parties=sorted(set(parties)), by=by, at=now, **kept(paper)
        )
    record(scan, by=by, now=now, digest=scan.digest, version=found.version, parties=scan.parties)
    return scan


@deed("projects.check_scan")
def check_scan(scan: Scan, fits: bool, note: str, *, by: Account, now: datetime) -> Scan:
    """Say whether a filed copy is the agreement and bears what it should. Where it does, the parties
    on it that have not signed in the system have signed on paper."""
    project = hold(Project(pk=scan.agreement.project_id))
    found = Scan.objects.select_related("agreement", "by").get(pk=scan.pk)
    agreement = found.agreement
    agreement.project = project
    # Who keeps the seal is asked twice below: once read, so that a duty given meanwhile cannot tell
    # two answers.
    prefetch_related_objects([project.fund], "duties")
    require(rules.can_check_scan(by, found, now=now))
    signed = set(agreement.signings.values_list("party", flat=True))
    missing = [party for party in found.parties if party not in signed]
    by_paper = fits and agreement.stage == stages.DRAWN and bool(missing)
    keeper = None
    if by_paper:
        require(rules.can_be_signed(project))
        require(rules.can_confirm_seal(by, found, now=now))
        keeper = rules.keeper_of_seal(by, found, now=now)
    look_over(found, fits, note, by=by, now=now)
    if by_paper:
        for party in missing:
            sealed_by = keeper if party == Party.STREET else None
            Signing.objects.create(
                agreement=agreement, party=party, scan=found, keeper=sealed_by, at=now
            )
        _complete(project, agreement, by=by, now=now)
    record(found, by=by, now=now, fits=fits, digest=found.digest, parties=found.parties)
    return found


@deed("projects.withdraw_scan")
def withdraw_scan(scan: Scan, *, by: Account, now: datetime) -> Scan:
    """Take a copy back that one filed by mistake, before anybody has checked it."""
    hold(Project(pk=scan.agreement.project_id))
    found = Scan.objects.select_related("agreement").get(pk=scan.pk)
    put_back(found, by=by, now=now)
    record(found, by=by, now=now, digest=found.digest, version=found.agreement.version)
    return found


def _complete(project: Project, agreement: Agreement, *, by: Account, now: datetime) -> None:
    """Bring the agreement into force once all its parties have signed."""
    if set(agreement.parties.split(",")) - set(agreement.signings.values_list("party", flat=True)):
        return
    before = project.agreements.filter(stage=stages.IN_FORCE).first()
    if before is not None:
        _move(before, "supersede")
    _move(agreement, "sign", signed_at=now)
    if before is None:
        memo = _("%(number)s协议生效") % {"number": project.number}
        if not rules.is_child(project):
            funds.promise(
                project.fund,
                project.undertaking,
                project.grant,
                cause=Cause(agreement, memo),
                by=by,
                now=now,
            )
        step(project, "sign")
        become_due(project, "signed", now=now)
        return
    _amend(project, agreement, by=by, now=now)


def _amend(project: Project, agreement: Agreement, *, by: Account, now: datetime) -> None:
    """What a later version changes: the plan by head, the days, a lower grant."""
    facts = facts_of(agreement)
    starts, ends = (date.fromisoformat(facts[name]) if facts[name] else None for name in _DAYS)
    Undertaking.objects.filter(pk=project.undertaking_id).update(starts=starts, ends=ends)
    plan = {head["key"]: head["amount"] for head in facts["heads"]}
    less = project.grant - facts["grant"]
    Project.objects.filter(pk=project.pk).update(plan=plan, grant=facts["grant"])
    if less <= 0:
        return
    parts = list(project.instalments.order_by("place"))
    amounts = rules.lowered(parts, less)
    if sum(part.amount - amounts[part.pk] for part in parts) != less:
        raise Refused(_("变更同意以后又有拨付，尚未拨付的不够减；请撤回这一版"))
    for part in parts:
        amount = amounts[part.pk]
        if amount == part.amount:
            continue
        if amount:
            Instalment.objects.filter(pk=part.pk).update(amount=amount)
        else:
            carry(part, "withhold", note=_("协议变更，减少资助"))
    if not rules.is_child(project):
        memo = _("%(number)s协议变更，减少资助") % {"number": project.number}
        funds.release(
            project.fund, project.undertaking, less, cause=Cause(agreement, memo), by=by, now=now
        )


_DAYS = ("starts", "ends")


def _move(agreement: Agreement, verb: str, **values: Any) -> None:
    taken = _("这份协议刚刚有人处理过，请刷新后再看")
    advance(agreement, stages.AGREEMENT, verb, taken, **values)
