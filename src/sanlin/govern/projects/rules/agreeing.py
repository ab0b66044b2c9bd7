from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from sanlin.commons.funds.rules import may_act
from sanlin.commons.orgs.rules import leads
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of, works_for_street
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Objection
from sanlin.govern.awards.rules import notices_are_over
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Agreement, Change, Instalment, Party, Project, Scan
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run, covers
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.money import yuan

from .asking import Asked
from .copies import may_check
from .flows import flows
from .who import can_handle, can_look_into, did, in_team

CHANGING = (stages.RUNNING, stages.MIDTERM)


def can_confirm(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer, once every notice has run out and every objection is answered."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.NOTICE:
        return denied(_("公示期间才能确认立项"))
    if not (verdict := notices_are_over(round, now=now)):
        return verdict
    return covers(round)


def parties_of(project: Project) -> tuple[Party, ...]:
    """Who has to sign, by the rules of the round."""
    three = project.round.rules.parties == "three"
    return tuple(Party) if three else (Party.STREET, Party.TEAM)


def party_of(who: Any, project: Project, *, now: datetime) -> Party | None:
    """For which party `who` would sign: the team's leader, the committee's worker, an officer."""
    if not who.is_authenticated:
        return None
    if leads(who, project.team, now=now):
        return Party.TEAM
    for post in posts_of(who, now=now):
        if post.kind == PostKind.COMMITTEE_WORKER and post.neighbourhood_id == project.place.pk:
            return Party.COMMITTEE
    return Party.STREET if works_for_street(who, project.round.street, now=now) else None


def can_see_agreement(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The three parties and whoever audits them; the public reads amounts and dates elsewhere."""
    return can_look_into(who, project, now=now)


@dataclass(frozen=True)
class Paper:
    """How a project's agreement lies: the stage of its last version, who has signed that (party, name
    or nothing where it was on paper, when), who has set the street's seal under any version, and the
    keys or numbers of what is open: the change that is asked for, the objection to the award."""

    stage: str = ""
    signings: tuple[tuple[Party, str, datetime], ...] = ()
    keepers: frozenset[int] = frozenset()
    change: int | None = None
    objection: int | None = None

    @property
    def waits(self) -> bool:
        """Whether a version waits for signatures; it is always the last."""
        return self.stage == stages.DRAWN


def open_objection(award: str) -> Subquery:
    """The number of the first open objection to the award that a row knows by this name."""
    rows = Objection.objects.open().filter(award=OuterRef(award)).order_by("pk")
    return Subquery(rows.values("number")[:1])


def paper_of(project: Project) -> Paper:
    """In one question; a rule that needs it asks itself where nobody has."""
    asked = Change.objects.filter(project=OuterRef("pk"), stage=stages.ASKED).order_by("pk")
    rows = list(
        Project.objects.filter(pk=project.pk)
        .order_by("-agreements__version", "agreements__signings__at", "agreements__signings__pk")
        .values(
            change=Subquery(asked.values("pk")[:1]),
            objection=open_objection("award"),
            version=F("agreements__version"),
            paper=F("agreements__stage"),
            party=F("agreements__signings__party"),
            name=F("agreements__signings__account__name"),
            login=F("agreements__signings__account__username"),
            at=F("agreements__signings__at"),
            keeper=F("agreements__signings__keeper"),
        )
    )
    last = rows[0]
    signings = tuple(
        (Party(row["party"]), row["name"] or row["login"] or "", row["at"])
        for row in rows
        if row["version"] == last["version"] and row["party"]
    )
    keepers = frozenset(row["keeper"] for row in rows if row["keeper"])
    return Paper(last["paper"] or "", signings, keepers, last["change"], last["objection"])


def can_sign(who: Any, project: Project, *, now: datetime, paper: Paper | None = None) -> Verdict:
    """Each party once. An open objection to the award blocks signing.

    `paper` is `paper_of` where somebody has read it already, here and below.
    """
    party = party_of(who, project, now=now)
    if not (verdict := _stands_for(who, party, project, now=now)) or party is None:
        return verdict
    paper = paper or paper_of(project)
    if not (verdict := _may_answer(party, project, paper)):
        return verdict
    return _can_be_signed(project, paper.objection)


def can_refuse(who: Any, project: Project, *, now: datetime, paper: Paper | None = None) -> Verdict:
    """Each party as long as it has not signed."""
    party = party_of(who, project, now=now)
    if not (verdict := _stands_for(who, party, project, now=now)) or party is None:
        return verdict
    return _may_answer(party, project, paper or paper_of(project))


def _may_answer(party: Party, project: Project, paper: Paper) -> Verdict:
    if project.stage in stages.ENDED:
        return denied(_("项目已经结束"))
    if not paper.waits:
        return denied(_("没有待签署的协议"))
    if party in {signed for signed, _name, _at in paper.signings}:
        return denied(_("%(party)s已经签过") % {"party": party.label})
    return ALLOWED


def _stands_for(who: Any, party: Party | None, project: Project, *, now: datetime) -> Verdict:
    if party is None:
        return denied(_("只有团队负责人、街道和居委工作人员可以签约"))
    if party not in parties_of(project):
        return denied(_("本轮协议由街道和团队两方签署"))
    if party != Party.TEAM and in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    if party == Party.STREET:
        return may_act(who, project.fund, "seal", now=now, did=did(who, project))
    return ALLOWED


def can_be_signed(project: Project) -> Verdict:
    """Whether nothing is in the way of the agreement that waits for signatures."""
    return _can_be_signed(project, paper_of(project).objection)


def _can_be_signed(project: Project, objection: int | None) -> Verdict:
    award = project.award
    first = project.stage == stages.TO_SIGN
    if award.stage != award_stages.STANDING or (first and award.grant != project.grant):
        return denied(_("立项结果已变更，不能按原协议签约"))
    if objection is not None:
        return denied(_("对这个项目的第%(n)s号异议还没有答复，暂不能签约") % {"n": objection})
    return ALLOWED


def can_take_back(
    who: Any, project: Project, *, now: datetime, paper: Paper | None = None
) -> Verdict:
    """The street, while a version waits for signatures."""
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if not (paper or paper_of(project)).waits:
        return denied(_("没有待签署的协议"))
    return ALLOWED


def can_redraw(who: Any, project: Project, *, now: datetime, paper: Paper | None = None) -> Verdict:
    """The street, where the first agreement was refused or taken back."""
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if project.stage != stages.TO_SIGN:
        return denied(_("协议已经签订，要改请提出变更申请"))
    if (paper or paper_of(project)).waits:
        return denied(_("已有一版协议待签署"))
    return ALLOWED


def can_file_scan(who: Any, agreement: Agreement, *, now: datetime) -> Verdict:
    """Any of the parties, of a version that waits or is in force."""
    project = agreement.project
    if party_of(who, project, now=now) is None:
        return denied(_("只有团队负责人、街道和居委工作人员可以归档"))
    if agreement.stage not in (stages.DRAWN, stages.IN_FORCE):
        return denied(_("这一版协议已经失效"))
    return ALLOWED


def can_check_scan(who: Any, scan: Scan, *, now: datetime) -> Verdict:
    """A worker of the committee or an officer of the street: not who filed it, nor of the team."""
    project = scan.agreement.project
    if not (verdict := may_check(who, project, scan, now=now)):
        return verdict
    if scan.agreement.stage not in (stages.DRAWN, stages.IN_FORCE):
        return denied(_("这一版协议已经失效"))
    return ALLOWED


def can_confirm_seal(who: Any, scan: Scan, *, now: datetime) -> Verdict:
    """Whether the street's seal on a paper counts as its signature, where that is still missing: who
    filed the copy or who checks it is the one who keeps the seal, by the same rule as on screen."""
    made, project = scan.agreement, scan.agreement.project
    if Party.STREET not in scan.parties or made.stage != stages.DRAWN:
        return ALLOWED
    if made.signings.filter(party=Party.STREET).exists():
        return ALLOWED
    if keeper_of_seal(who, scan, now=now) is not None:
        return ALLOWED
    return denied(
        _("纸面上有街道的印章，归档或核对须有一人是这个资金池的印鉴保管人：%(why)s")
        % {"why": _keeps_seal(who, project, now=now).reason}
    )


def keeper_of_seal(who: Any, scan: Scan, *, now: datetime) -> Any:
    """Who vouches for the street's seal on a paper: who filed it, else `who` checks it; None where
    neither keeps the seal."""
    project = scan.agreement.project
    if _keeps_seal(scan.by, project, now=scan.at):
        return scan.by
    return who if _keeps_seal(who, project, now=now) else None


def _keeps_seal(who: Any, project: Project, *, now: datetime) -> Verdict:
    if not (verdict := works_for_street(who, project.round.street, now=now)):
        return verdict
    return _stands_for(who, Party.STREET, project, now=now)


def can_ask_change(
    who: Any, project: Project, *, now: datetime, paper: Paper | None = None
) -> Verdict:
    """The team's leader, while the project runs and nothing else is being changed."""
    if not (verdict := leads(who, project.team, now=now)):
        return verdict
    if project.stage not in CHANGING:
        return denied(_("协议生效以后、结项报告以前才能申请变更"))
    paper = paper or paper_of(project)
    if paper.waits:
        return denied(_("已有一版协议待签署"))
    if paper.change is not None:
        return denied(_("已有一份变更申请在等待审批"))
    return ALLOWED


def can_withdraw_change(who: Any, change: Change, *, now: datetime) -> Verdict:
    """The team's leader, as long as nobody has decided."""
    if not (verdict := leads(who, change.project.team, now=now)):
        return verdict
    return ALLOWED if change.stage == stages.ASKED else denied(_("这份变更申请已经处理"))


def can_decide_change(who: Any, change: Change, *, now: datetime) -> Verdict:
    """An officer who did not ask for it and is not of the team."""
    if not (verdict := can_handle(who, change.project, now=now)):
        return verdict
    if change.by_id == who.pk:
        return denied(_("不能审批自己提出的变更"))
    if change.stage != stages.ASKED:
        return denied(_("这份变更申请已经处理"))
    return ALLOWED


def can_see_change(who: Any, change: Change, *, now: datetime) -> Verdict:
    """As the agreement."""
    return can_look_into(who, change.project, now=now)


def fits_change(project: Project, asked: Asked) -> Verdict:
    """Whether what is asked can be: heads that may be spent on, no more than they have left, days in
    order, money never above the grant in force and never below what was paid."""
    moves = [(move.source, move.target, move.amount) for move in asked.moves]
    return _fits(project, moves, (asked.starts, asked.ends), asked.grant, asked.third)


def still_fits(project: Project, change: Change) -> Verdict:
    """The same for a change that was asked for some time ago."""
    moves = [(move["from"], move["to"], move["amount"]) for move in change.moves]
    return _fits(project, moves, (change.starts, change.ends), change.grant, change.third)


def _fits(
    project: Project,
    moves: Sequence[tuple[str, str, int]],
    days: tuple[Any, Any],
    grant: int | None,
    third: str,
) -> Verdict:
    starts = days[0] or project.undertaking.starts
    ends = days[1] or project.undertaking.ends
    if not (moves or any(days) or grant is not None or third):
        return denied(_("请至少写一项要变更的内容"))
    if starts and ends and ends < starts:
        return denied(_("结束日期不能早于开始日期"))
    if third and Party.COMMITTEE not in parties_of(project):
        return denied(_("本轮协议由街道和团队两方签署"))
    if moves and not (verdict := _fit_moves(project, moves)):
        return verdict
    return ALLOWED if grant is None else _fits_grant(project, grant)


def _fit_moves(project: Project, moves: Sequence[tuple[str, str, int]]) -> Verdict:
    names = {head.key: head.name for head in project.round.rules.heads if not head.forbidden}
    money = flows(project)
    left = {head: amount - money.bound.get(head, 0) for head, amount in money.planned.items()}
    for source, target, amount in moves:
        if target not in names:
            return denied(_("这个科目不得列支"))
        if source == target or amount <= 0:
            return denied(_("请写明从哪个科目调到哪个科目、多少钱"))
        left[source] = left.get(source, 0) - amount
        left[target] = left.get(target, 0) + amount
        if left[source] < 0:
            words = {"head": names.get(source, source), "left": yuan(left[source] + amount)}
            return denied(_("“%(head)s”只剩%(left)s可以调出") % words)
    return ALLOWED


def _fits_grant(project: Project, grant: int) -> Verdict:
    if not 0 < grant < project.grant:
        return denied(_("资助金额只能减少，须低于%(grant)s") % {"grant": yuan(project.grant)})
    unpaid = [part.amount for part in project.instalments.all() if part.stage in LOWERED]
    if project.grant - grant > sum(unpaid):
        return denied(_("尚未拨付的只有%(sum)s，不能减这么多") % {"sum": yuan(sum(unpaid))})
    return ALLOWED


LOWERED = (stages.WAITING, stages.DUE, stages.HELD)


def lowered(parts: Sequence[Instalment], less: int) -> dict[int, int]:
    """By key: what is left of each instalment where the grant falls by `less` fen, the last first."""
    amounts = {part.pk: part.amount for part in parts}
    for part in sorted(parts, key=lambda one: -one.place):
        if part.stage in LOWERED:
            cut = min(less, part.amount)
            amounts[part.pk] -= cut
            less -= cut
    return amounts
