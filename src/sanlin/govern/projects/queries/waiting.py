"""What waits for whom: one line for staff by round, one verb for a team by project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.funds import stages as fund_stages
from sanlin.commons.funds.models import Duty, Expense
from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of, works_for_street
from sanlin.commons.places.models import Street
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import (
    Agreement,
    Change,
    ChildRequest,
    Instalment,
    Party,
    Project,
    Receipt,
    Report,
    ReportKind,
    Scan,
    SignedPaper,
    Signing,
)
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import day as day_words
from sanlin.kernel.ledger import clash, terms_of
from sanlin.kernel.money import yuan
from sanlin.kernel.spending import to_return

from .money import with_money


@dataclass(frozen=True)
class Waiting:
    """One thing that a member of staff can do: words, where, until when (None: no date), why."""

    title: str
    href: str
    due: datetime | None
    why: str


def waiting(who: Any, *, now: datetime) -> list[Waiting]:
    """What waits for `who` as an officer of a street or a worker of a committee.

    The steps of the round itself (confirm, close) are said by the desk, which knows them all.
    """
    held = posts_of(who, now=now)
    streets = {p.street_id for p in held if p.kind == PostKind.STREET_OFFICER and p.street_id}
    places = {
        p.neighbourhood_id
        for p in held
        if p.kind == PostKind.COMMITTEE_WORKER and p.neighbourhood_id
    }
    counted = []
    if streets:
        hands = _hands(who, streets, local_day(now))
        counted += [
            *_to_sign(Party.STREET, Q(project__round__street__in=streets), hands.barred("seal")),
            *_payments(who, streets, hands, local_day(now)),
            *_running(who, streets, hands),
            _scans(who, Q(agreement__project__round__street__in=streets)),
            _papers(who, Q(project__round__street__in=streets)),
            _changes(who, streets),
            _child_requests(streets),
            _handed_in(Report, Q(project__round__street__in=streets)),
            _handed_in(
                Receipt,
                Q(project__round__street__in=streets),
                ~Q(project__fund__in=hands.kept_off("approve", "handle")),
            ),
            _settling(streets, hands),
        ]
    if places:
        counted += [
            *_to_sign(Party.COMMITTEE, Q(project__undertaking__neighbourhood__in=places)),
            _scans(who, Q(agreement__project__undertaking__neighbourhood__in=places)),
            _papers(who, Q(project__undertaking__neighbourhood__in=places)),
            _handed_in(Receipt, Q(project__undertaking__neighbourhood__in=places)),
        ]
    if not counted:
        return []
    order = list(WHERE)
    # Put in order here: a database that is asked to reads each part in the order of the whole.
    union = counted[0].union(*counted[1:], all=True).order_by()
    rows = sorted(union, key=lambda row: (order.index(row[0]), row[1]))
    return [
        Waiting(_words(what, n), reverse(WHERE[what], args=[pk]) + _sieve(what), _end_of(due), name)
        for what, pk, name, n, due in rows
    ]


@dataclass(frozen=True)
class _Hands:
    """Which duties are entrusted at each fund of the streets that has any (by its key), which of them
    to the one who asks, and the fund's table of those that go apart."""

    given: Mapping[int, frozenset[str]]
    mine: Mapping[int, frozenset[str]]
    apart: Mapping[int, tuple[str, ...]]

    def kept_off(self, duty: str, *besides: str) -> list[int]:
        """The funds at which she has a duty, other than those `besides`, that conflicts with `duty`."""
        return [
            fund
            for fund, held in self.mine.items()
            if clash(self.apart[fund], duty, held - {duty, *besides}) is not None
        ]

    def barred(self, duty: str) -> list[int]:
        """The same, and those at which `duty` is entrusted to somebody else."""
        taken = [
            fund
            for fund, given in self.given.items()
            if duty in given and duty not in self.mine.get(fund, ())
        ]
        return [*self.kept_off(duty), *taken]

    def at(self, duty: str, *, mine: bool) -> list[int]:
        """The funds at which `duty` is hers, or anybody's."""
        return [fund for fund, held in (self.mine if mine else self.given).items() if duty in held]


def _hands(who: Any, streets: set[int], today: date) -> _Hands:
    """In one question."""
    rows = Duty.objects.on(today).filter(fund__street__in=streets).order_by("fund", "pk")
    given: dict[int, set[str]] = {}
    mine: dict[int, set[str]] = {}
    apart: dict[int, tuple[str, ...]] = {}
    for fund, account, kind, kept in rows.values_list(
        "fund", "account", "kind", "fund__kept_terms"
    ):
        given.setdefault(fund, set()).add(kind)
        if fund not in apart:
            apart[fund] = terms_of(kept).apart
        if account == who.pk:
            mine.setdefault(fund, set()).add(kind)
    return _Hands(
        {fund: frozenset(held) for fund, held in given.items()},
        {fund: frozenset(held) for fund, held in mine.items()},
        apart,
    )


def verbs_at(who: Any, street: Street, *, now: datetime) -> set[str]:
    """What `who` may be asked to do with payments of a street: what she is entrusted with at one of
    its funds; an officer who is entrusted with nothing asks for them and approves them."""
    if not works_for_street(who, street, now=now):
        return set()
    hands = _hands(who, {street.pk}, local_day(now))
    mine = {kind for held in hands.mine.values() for kind in held}
    verbs = {"handle": "propose", "approve": "approve", "pay": "pay"}
    return {verbs[kind] for kind in mine & verbs.keys()} if mine else {"propose", "approve"}


TO_PAY, NOBODY_PAYS = "to_pay", "nobody_pays"
TO_SIGN, PROPOSED, DUE, REPORTS, RECEIPTS = "to_sign", "proposed", "due", "reports", "receipts"
LATE, AMENDED, SCANS, CHANGES = "late", "amended", "scans", "changes"
PAPERS, SMALL = "papers", "small"
COSTS_ASKED, COSTS_TO_PAY = "costs_asked", "costs_to_pay"
SETTLING, OWED = "settling", "owed"
WHERE = {
    LATE: "projects:payments",
    TO_SIGN: "projects:list",
    AMENDED: "projects:agreements",
    SCANS: "projects:agreements",
    CHANGES: "projects:changes",
    SMALL: "projects:child_request",
    PROPOSED: "projects:payments",
    TO_PAY: "projects:street_payments",
    NOBODY_PAYS: "funds:duties",
    COSTS_ASKED: "funds:running",
    COSTS_TO_PAY: "funds:running",
    DUE: "projects:payments",
    REPORTS: "projects:round_reports",
    RECEIPTS: "projects:round_receipts",
    PAPERS: "projects:round_papers",
    SETTLING: "projects:desk",
    OWED: "projects:desk",
}
SIEVES = {
    LATE: stages.DUE,
    TO_SIGN: stages.TO_SIGN,
    AMENDED: stages.DRAWN,
    CHANGES: stages.ASKED,
    PROPOSED: stages.PROPOSED,
    TO_PAY: stages.TO_PAY,
    DUE: stages.DUE,
    PAPERS: stages.FILED,
}


def _sieve(what: str) -> str:
    if what == SCANS:
        return "?scan=filed"
    if what in (SETTLING, OWED, SMALL, NOBODY_PAYS, COSTS_ASKED, COSTS_TO_PAY):
        return ""
    return f"?stage={SIEVES.get(what, stages.HANDED_IN)}"


def _words(what: str, n: int) -> str:
    words = {
        LATE: ngettext("%(n)s笔拨款已逾期", "%(n)s笔拨款已逾期", n),
        AMENDED: ngettext("签署%(n)s份变更协议", "签署%(n)s份变更协议", n),
        SCANS: ngettext("核对%(n)s份协议签字件", "核对%(n)s份协议签字件", n),
        CHANGES: ngettext("审批%(n)s份变更申请", "审批%(n)s份变更申请", n),
        TO_SIGN: ngettext("签署%(n)s份协议", "签署%(n)s份协议", n),
        PROPOSED: ngettext("审批%(n)s笔拨款", "审批%(n)s笔拨款", n),
        TO_PAY: ngettext("付款%(n)s笔", "付款%(n)s笔", n),
        NOBODY_PAYS: ngettext(
            "安排出纳：%(n)s笔拨款还没有人付款", "安排出纳：%(n)s笔拨款还没有人付款", n
        ),
        COSTS_ASKED: ngettext("审批%(n)s笔运行经费", "审批%(n)s笔运行经费", n),
        COSTS_TO_PAY: ngettext("付款%(n)s笔运行经费", "付款%(n)s笔运行经费", n),
        DUE: ngettext("申请拨付%(n)s笔", "申请拨付%(n)s笔", n),
        REPORTS: ngettext("评估%(n)s份报告", "评估%(n)s份报告", n),
        PAPERS: ngettext("核对%(n)s份纸质材料", "核对%(n)s份纸质材料", n),
        RECEIPTS: ngettext("审核%(n)s张票据", "审核%(n)s张票据", n),
        SETTLING: _("结算并结项"),
        OWED: _("登记退款"),
        SMALL: _("办理子项目申请"),
    }
    return words[what] % {"n": n}


def _counted(what: str, rows: QuerySet[Any], round: str, until: Any = None) -> Any:
    """(what, key and name of a round, a street or a fund, how many of `rows` are of it, the earliest
    `until`)."""
    named = rows.order_by().annotate(
        kind_of=Value(what, CharField()), round_key=F(round), round_name=F(f"{round}__name")
    )
    counted = named.values("kind_of", "round_key", "round_name").annotate(
        n=Count("pk"), until=until or Cast(Value(None), DateField())
    )
    return counted.values_list("kind_of", "round_key", "round_name", "n", "until")


def _to_sign(party: Party, mine: Q, barred: Sequence[int] = ()) -> list[Any]:
    """First agreements, and changed ones, that wait for this party, but for those of some funds."""
    signed = Signing.objects.filter(agreement=OuterRef("pk"), party=party)
    rows = Agreement.objects.filter(
        mine, ~Exists(signed), stage=stages.DRAWN, parties__contains=party.value
    ).exclude(Q(project__stage__in=stages.ENDED) | Q(project__fund__in=barred))
    first = Q(project__stage=stages.TO_SIGN)
    return [
        _counted(TO_SIGN, rows.filter(first), "project__round"),
        _counted(AMENDED, rows.exclude(first), "project__round"),
    ]


def _scans(who: Any, mine: Q) -> Any:
    rows = Scan.objects.filter(mine, stage=stages.FILED).exclude(by=who)
    return _counted(SCANS, rows, "agreement__project__round")


def _papers(who: Any, mine: Q) -> Any:
    rows = SignedPaper.objects.filter(mine, stage=stages.FILED).exclude(by=who)
    return _counted(PAPERS, rows, "project__round")


def _changes(who: Any, streets: set[int]) -> Any:
    rows = Change.objects.filter(project__round__street__in=streets, stage=stages.ASKED)
    return _counted(CHANGES, rows.exclude(by=who), "project__round")


def _payments(who: Any, streets: set[int], hands: _Hands, today: date) -> list[Any]:
    rows = Instalment.objects.filter(project__round__street__in=streets)
    proposed = rows.filter(stage=stages.PROPOSED).exclude(
        Q(proposed_by=who) | Q(project__fund__in=hands.barred("approve"))
    )
    to_pay = rows.filter(stage=stages.TO_PAY, project__fund__in=hands.at("pay", mine=True))
    due = rows.filter(stage=stages.DUE).exclude(project__fund__in=hands.barred("handle"))
    stuck = rows.filter(stage__in=stages.ON_THE_WAY).exclude(
        project__fund__in=hands.at("pay", mine=False)
    )
    return [
        _counted(what, some, where, Min("due"))
        for what, some, where in (
            (PROPOSED, proposed, "project__round"),
            (TO_PAY, to_pay, "project__round__street"),
            (NOBODY_PAYS, stuck, "project__fund"),
            (LATE, due.filter(due__lt=today), "project__round"),
            (DUE, due.filter(due__gte=today), "project__round"),
        )
    ]


def _running(who: Any, streets: set[int], hands: _Hands) -> list[Any]:
    """Running costs of the streets' funds, which somebody else has asked for or approved."""
    rows = Expense.objects.filter(fund__street__in=streets)
    asked = rows.filter(stage=fund_stages.ASKED).exclude(
        Q(asked_by=who) | Q(fund__in=hands.barred("approve"))
    )
    to_pay = rows.filter(stage=fund_stages.TO_PAY, fund__in=hands.at("pay", mine=True))
    return [_counted(COSTS_ASKED, asked, "fund"), _counted(COSTS_TO_PAY, to_pay, "fund")]


def _handed_in(model: type[Report | Receipt], *mine: Q) -> Any:
    rows = model._default_manager.filter(*mine, stage=stages.HANDED_IN)
    return _counted(REPORTS if model is Report else RECEIPTS, rows, "project__round")


def _end_of(day: Any) -> datetime | None:
    return day and timezone.make_aware(datetime.combine(day, time(23, 59)))


def _settling(streets: set[int], hands: _Hands) -> Any:
    """The same line for each project that is being settled, or was stopped and still owes once its
    receipts were looked at. Who pays or keeps the seal there has no part in the first; who may not
    book has none in the second."""
    others = [*hands.at("pay", mine=True), *hands.at("seal", mine=True)]
    spent = Case(When(owes_all=True, then=Value(0)), default=F("spent"))
    settling = Q(stage=stages.SETTLING) & ~Q(fund__in=others)
    owing = ~_unseen() & Q(stage=stages.STOPPED, paid__gt=F("returned") + spent)
    ending = Project.objects.filter(round__street__in=streets, stage__in=stages.SETTLED_UP)
    rows = with_money(ending).filter(settling | owing & ~Q(fund__in=hands.barred("book")))
    stopped = When(stage=stages.STOPPED, then=Value(OWED))
    kind = Case(stopped, default=Value(SETTLING), output_field=CharField())
    return _each(kind, rows, "undertaking__title")


def _child_requests(streets: set[int]) -> Any:
    """The same line for each small round that a team asks for."""
    rows = ChildRequest.objects.filter(project__round__street__in=streets, stage=stages.ASKED)
    alive = rows.filter(project__stage__in=stages.ALIVE)
    return _each(Value(SMALL, CharField()), alive, "project__undertaking__title")


def _each(kind: Any, rows: QuerySet[Any], title: str) -> Any:
    """A line of this kind for each of `rows`: its own key, and its title."""
    named = rows.order_by().annotate(
        kind_of=kind,
        round_key=F("pk"),
        round_name=F(title),
        n=Value(1),
        until=Cast(Value(None), DateField()),
    )
    return named.values_list("kind_of", "round_key", "round_name", "n", "until")


@dataclass(frozen=True)
class Next:
    """What a team does next with its project: words, where, and why; `waits` where it is asked for."""

    project: Project
    words: str
    href: str
    why: str
    waits: bool = True


def mine(who: Any, *, now: datetime) -> QuerySet[Project]:
    """The projects of the teams that `who` is in today, the latest first, ready for `next_of`."""
    signed = Signing.objects.filter(agreement=OuterRef("pk"), party=Party.TEAM)
    drawn = Agreement.objects.filter(~Exists(signed), project=OuterRef("pk"), stage=stages.DRAWN)
    reports = Report.objects.filter(project=OuterRef("pk"))
    midterms = reports.filter(kind=ReportKind.MIDTERM, stage=stages.REVIEWED)
    sent_back = Receipt.objects.filter(
        project=OuterRef("pk"), stage=stages.RETURNED, replaced_by__isnull=True
    )
    rows = Project.objects.whole().filter(undertaking__organisation__in=teams_of(who, now=now))
    back = ChildRequest.objects.filter(project=OuterRef("pk"), stage=stages.RETURNED)
    return with_money(
        rows.annotate(
            small_back=Exists(back),
            to_sign=Exists(drawn),
            midterm_done=Exists(midterms),
            receipt_back=Exists(sent_back),
            unseen=_unseen(),
            last_report=Subquery(reports.order_by("-at", "-pk").values("stage")[:1]),
        )
    ).order_by("-pk")


def next_steps(who: Any, *, now: datetime) -> list[Next]:
    """One line a project of my teams: the one verb that is mine now. What asks for something comes
    first, what is over comes last; of like ones the latest first."""
    found = [next_of(project, now=now) for project in mine(who, now=now)]
    return sorted(found, key=lambda it: (not it.waits, it.project.stage in stages.ENDED))


def _unseen() -> Exists:
    """A receipt of a project that nobody has looked at."""
    return Exists(Receipt.objects.filter(project=OuterRef("pk"), stage=stages.HANDED_IN))


def waiting_for_team(who: Any, *, now: datetime) -> list[Next]:
    """Everything that is asked of the teams that `who` leads."""
    led = teams_of(who, now=now)
    if not any(led.values()):
        return []
    own = (one for one in mine(who, now=now) if led[one.undertaking.organisation_id])
    return [step for project in own for step in asked_of(project, now=now)]


def next_of(project: Any, *, now: datetime) -> Next:
    """The next verb of a project that `mine` has read."""
    if asked := asked_of(project, now=now):
        return asked[0]
    if project.stage == stages.TO_SIGN:
        where = _at("agreement", project)
        return Next(project, _("看协议"), where, _("等待街道和居委签署"), waits=False)
    if project.stage == stages.RUNNING:
        left = _("立项资金还有%(left)s没有票据") % {"left": yuan(project.grant - project.spent)}
        return Next(project, _("上传票据"), _at("hand_in", project), left, waits=False)
    return Next(project, _("看项目"), _at("project", project), _state_of(project), waits=False)


def asked_of(project: Any, *, now: datetime) -> list[Next]:
    """What the team is asked for, the most pressing first."""
    if project.to_sign and project.stage == stages.TO_SIGN:
        why = _("立项%(sum)s，签署后才能拨款") % {"sum": yuan(project.grant)}
        return [Next(project, _("签署协议"), _at("agreement", project), why)]
    if owed := _owed(project):
        why = _("请把%(owed)s退回街道，街道登记后即可结项") % {"owed": yuan(owed)}
        return [Next(project, _("看项目"), _at("project", project), why)]
    if project.stage != stages.RUNNING:
        return []
    back = {
        "agreement": (project.to_sign, _("签署变更协议"), _("变更已获同意，签署后生效")),
        "receipts": (project.receipt_back, _("补正退回的票据"), _("有票据被退回")),
        "ask_child": (project.small_back, _("改好子项目申请"), _("街道退回了子项目申请")),
    }
    found = [
        Next(project, words, _at(page, project), why)
        for page, (asked, words, why) in back.items()
        if asked
    ]
    last, done = project.last_report, project.midterm_done
    if why := report_is_due(project, local_day(now), last=last, midterm_done=done):
        has_midterm = "midterm" in project.round.rules.stages
        kind = ReportKind.CLOSING
        words = _("提交结项报告")
        if has_midterm and not project.midterm_done:
            kind, words = ReportKind.MIDTERM, _("提交中期报告")
        found.append(Next(project, words, _at("report", project, kind.value), why))
    return found


def _at(name: str, project: Project, *more: str) -> str:
    return reverse(f"projects:{name}", args=[project.pk, *more])


def report_is_due(project: Project, today: date, *, last: str | None, midterm_done: bool) -> str:
    """Why the team should report now, by the dates of its own plan; empty where it need not yet.
    `last` is the stage of its latest report."""
    if last == stages.RETURNED:
        return _("报告被退回，请改好后再交")
    starts, ends = project.undertaking.starts, project.undertaking.ends
    if starts is None or ends is None:
        return ""
    if today > ends:
        return _("项目已于%(day)s到期") % {"day": day_words(ends)}
    has_midterm = "midterm" in project.round.rules.stages and not midterm_done
    half = starts + (ends - starts) / 2
    return _("项目时间已经过半") if has_midterm and today >= half else ""


def _owed(project: Any) -> int:
    """What the team has to give back, once that is settled."""
    if project.stage not in stages.SETTLED_UP or project.unseen:
        return 0
    return to_return(project.paid, project.spent, project.returned, everything=project.owes_all)


def _state_of(project: Any) -> str:
    if project.stage in (stages.MIDTERM, stages.CLOSING):
        return _("报告已提交，等待评估")
    return str(project.stage_label)
