from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import OrganisationKind
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import keeps, posts_of
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import month as month_words
from sanlin.ground.ui.words import short_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.ledger import clash, committee_faults, matched
from sanlin.kernel.money import yuan
from sanlin.kernel.reason import Reason

from . import stages
from .models import Duty, DutyKind, Expense, Fund, FundKind, Origin, Seat, SeatKind, Source, Voucher

# --- who ----------------------------------------------------------------------------------------


def can_see(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """The books are open to everybody; they name undertakings, never persons."""
    return ALLOWED


def can_see_voucher(who: Any, voucher: Voucher, *, now: datetime) -> Verdict:
    """As open as the books."""
    return ALLOWED


def can_see_street(who: Any, street: Any, *, now: datetime) -> Verdict:
    """Which funds a street has is open to everybody, as their books are."""
    return ALLOWED


def works_for(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """An officer of the fund's street (a worker of its community), or the administrator of its
    district."""
    for post in posts_of(who, now=now):
        street = post.kind == PostKind.STREET_OFFICER and post.street_id == fund.street_id
        place = (
            post.kind == PostKind.COMMITTEE_WORKER
            and fund.neighbourhood_id is not None
            and post.neighbourhood_id == fund.neighbourhood_id
        )
        district = post.kind == PostKind.DISTRICT_ADMIN and post.district_id == fund.district_id
        if (street and fund.street_id) or place or district:
            return ALLOWED
    return denied(_("只有%(place)s的工作人员可以办理") % {"place": fund.place})


def duties_of(who: Any, fund: Fund, *, now: datetime) -> set[str]:
    """The duties that `who` has at the fund today."""
    return {kind for account, kind in _duties(fund, now) if account == who.pk}


def _duties(fund: Fund, now: datetime) -> list[tuple[int, str]]:
    today = local_day(now)
    return [
        (duty.account_id, duty.kind)
        for duty in fund.duties.all()
        if duty.since <= today and (duty.until is None or duty.until > today)
    ]


def may_act(
    who: Any, fund: Fund, duty: str, *, now: datetime, did: Collection[str] = ()
) -> Verdict:
    """Whether `who` may do what belongs to `duty`: where somebody was entrusted with it, nobody else
    may; nobody may who has a duty that conflicts with it, or `did` one with the same money; and
    nobody pays who was not entrusted with it."""
    held = _duties(fund, now)
    mine = {kind for account, kind in held if account == who.pk}
    if (other := clash(fund.terms.apart, duty, set(did) - {duty})) is not None:
        return denied(
            _("这笔钱您已经办过%(other)s，按不相容岗位规定，%(duty)s须由另一位工作人员办理")
            % {"other": DutyKind(other).label, "duty": DutyKind(duty).label}
        )
    has_hand = any(kind == duty for _account, kind in held)
    if has_hand and duty not in mine:
        return denied(
            _("这个资金池的%(duty)s已有专人，请由其办理") % {"duty": DutyKind(duty).label}
        )
    if duty == DutyKind.PAY and not has_hand:
        return denied(_("还没有人负责出纳，付不了款：请先在“岗位分工”里安排一位"))
    return _kept_off(fund, duty, mine)


def keeps_off(
    who: Any, fund: Fund, duty: str, *, now: datetime, besides: Collection[str] = ()
) -> Verdict:
    """Refuses whoever has a duty at the fund that conflicts with `duty`, whoever else may do it;
    the duties `besides` are let pass."""
    return _kept_off(fund, duty, duties_of(who, fund, now=now) - {*besides})


def _kept_off(fund: Fund, duty: str, mine: set[str]) -> Verdict:
    other = clash(fund.terms.apart, duty, mine - {duty})
    if other is None:
        return ALLOWED
    return denied(
        _("您在这个资金池负责%(other)s，按不相容岗位规定不能同时%(duty)s")
        % {"other": DutyKind(other).label, "duty": DutyKind(duty).label}
    )


def is_entrusted(fund: Fund, duty: str, now: datetime) -> bool:
    """Whether somebody has this duty at the fund today."""
    return any(kind == duty for _account, kind in _duties(fund, now))


def can_keep_duties(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """Entrust duties: an officer of the fund's place; the administrator of the district."""
    return works_for(who, fund, now=now)


def can_entrust(who: Any, fund: Fund, account: Any, kind: str, *, now: datetime) -> Verdict:
    """Refuses what conflicts with a duty that the person has already."""
    if not (verdict := can_keep_duties(who, fund, now=now)):
        return verdict
    if not works_for(account, fund, now=now):
        return denied(_("此人不是这个资金池所属单位的工作人员"))
    other = clash(fund.terms.apart, kind, duties_of(account, fund, now=now))
    if other is not None:
        return denied(
            _("此人已负责%(other)s，按不相容岗位规定不能再负责%(duty)s")
            % {"other": DutyKind(other).label, "duty": DutyKind(kind).label}
        )
    return ALLOWED


def can_end_duty(who: Any, duty: Duty, *, now: datetime) -> Verdict:
    return can_keep_duties(who, duty.fund, now=now)


# --- community funds ----------------------------------------------------------------------------


def can_found(who: Any, place: Any, *, now: datetime) -> Verdict:
    """A street or a community founds a community fund: its officers and workers."""
    return keeps(who, place, now=now)


def may_host(host: Any, *, now: datetime) -> Verdict:
    """The host is a registered organisation that still exists; whether it holds a charity's
    certificate is on its number."""
    registered = host.kind == OrganisationKind.REGISTERED and host.number
    if not registered:
        return denied(_("依托机构须是有登记号的登记社会组织"))
    if host.dissolved is not None and host.dissolved <= local_day(now):
        return denied(_("依托机构已注销"))
    return ALLOWED


def can_seat(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    if fund.kind != FundKind.COMMUNITY:
        return denied(_("只有社区基金设管委会"))
    return works_for(who, fund, now=now)


def can_unseat(who: Any, seat: Seat, *, now: datetime) -> Verdict:
    return can_seat(who, seat.fund, now=now)


def is_governed(fund: Fund, *, now: datetime) -> Verdict:
    """Whether a community fund's committee is complete; other funds need none."""
    if fund.kind != FundKind.COMMUNITY:
        return ALLOWED
    rows = Seat.objects.filter(fund=fund).on(local_day(now))
    kinds = list(rows.values_list("kind", flat=True))
    faults = committee_faults(kinds.count(SeatKind.MEMBER), kinds.count(SeatKind.SUPERVISOR))
    return denied(sentence(faults[0])) if faults else ALLOWED


# --- sources ------------------------------------------------------------------------------------


def can_keep_sources(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """Register pledges: whoever works for the fund's place."""
    return works_for(who, fund, now=now)


def can_see_sources(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """The public sees where money came from on the open book; who pledged what is for the staff."""
    return works_for(who, fund, now=now)


def can_see_source(who: Any, source: Source, *, now: datetime) -> Verdict:
    """A donor sees his own gift, the staff every one."""
    if who.is_authenticated and source.giver_id == who.pk:
        return ALLOWED
    return works_for(who, source.fund, now=now)


def can_confirm_arrival(who: Any, source: Source, *, now: datetime) -> Verdict:
    """Whoever keeps the books says that money has arrived."""
    if not (verdict := works_for(who, source.fund, now=now)):
        return verdict
    if source.stage != stages.PLEDGED:
        return denied(_("这笔来源已经处理过"))
    if not (verdict := is_governed(source.fund, now=now)):
        return verdict
    return may_act(who, source.fund, "book", now=now)


def can_withdraw(who: Any, source: Source, *, now: datetime) -> Verdict:
    if source.stage != stages.PLEDGED:
        return denied(_("已到账的来源不能撤回；记错了请冲销凭证"))
    return works_for(who, source.fund, now=now)


def can_match(who: Any, source: Source, *, now: datetime) -> Verdict:
    """Money that residents or donors raised, once, where the terms add something to it."""
    if not (verdict := works_for(who, source.fund, now=now)):
        return verdict
    if source.stage != stages.ARRIVED or not source.is_money:
        none, later = _("实物、积分和服务时长不配捐"), _("资金到账以后才能配捐")
        return denied(later if source.is_money else none)
    if source.origin not in {Origin.RESIDENTS, Origin.DONATION}:
        return denied(_("只有居民自筹和社会捐赠可以配捐"))
    if Source.objects.filter(matches=source).exists():
        return denied(_("这笔资金已经配过"))
    found = matched(source.fund.terms.match, source.arrived or 0)
    if not found.amount:
        return denied(sentence(found.reason))
    return may_act(who, source.fund, "book", now=now)


def sentence(reason: Reason) -> str:
    """A kernel's reason in words."""
    told = {
        name: yuan(value) if isinstance(value, int) and name not in _COUNTS else value
        for name, value in reason.figures
    }
    words = {
        "none": lambda: _("本资金池没有配捐规则"),
        "locked": lambda: _("筹到%(unlock)s才能配捐，还差%(short)s"),
        "full": lambda: _("按比例配捐"),
        "cap": lambda: _("按单笔上限%(cap)s配捐"),
        "total": lambda: _("配捐总额%(total)s，只余%(left)s"),
        "few": lambda: _("管委会至少%(least)s人，现有%(members)s人"),
        "even": lambda: _("管委会人数须为单数，现有%(members)s人"),
        "unsupervised": lambda: _("至少要有一名监督员"),
    }
    return words[reason.code]() % told


_COUNTS = {"members", "least", "supervisors", "ratio"}


# --- months -------------------------------------------------------------------------------------


def month_start(month: date) -> datetime:
    """The first moment of a month, in the zone of the house."""
    return timezone.make_aware(datetime.combine(month.replace(day=1), time.min))


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def next_to_close(fund: Fund) -> date | None:
    """The first month that is not closed yet; None for a fund without vouchers."""
    if fund.closed_before is not None:
        return timezone.localtime(fund.closed_before).date()
    first = vars(fund).get("first_voucher")  # it never changes once it is there
    if first is None:
        first = Voucher.objects.filter(fund=fund).order_by("number").first()
        vars(fund)["first_voucher"] = first
    return None if first is None else timezone.localtime(first.at).date().replace(day=1)


# --- reversal, months, checks -------------------------------------------------------------------


def can_take_back(who: Any, voucher: Voucher, *, now: datetime) -> Verdict:
    """What holds of every reversal: a whole voucher, once, none that is a reversal itself, and by
    another person than the one whose act it was where the terms keep approving and booking apart."""
    if not (verdict := stands(voucher)):
        return verdict
    if voucher.by_id is not None and voucher.by_id == who.pk and _apart(voucher.fund):
        return denied(
            _(
                "冲销须由另一位工作人员办理，不能冲销自己经办的凭证；可在“岗位分工”里再安排一位记账的人"
            )
        )
    return may_act(who, voucher.fund, "book", now=now)


def stands(voucher: Voucher) -> Verdict:
    """Neither taken back nor itself a taking back."""
    if voucher.reverses_id is not None:
        return denied(_("冲销凭证不能再冲销"))
    if Voucher.objects.filter(reverses=voucher).exists():
        return denied(_("这张凭证已经冲销过"))
    return ALLOWED


def _apart(fund: Fund) -> bool:
    return clash(fund.terms.apart, "book", ["approve"]) is not None


def can_reverse(who: Any, voucher: Voucher, *, now: datetime) -> Verdict:
    """At the books' own page: only what the fund itself booked; what a project caused is taken back
    where the project is."""
    if not (verdict := works_for(who, voucher.fund, now=now) and stands(voucher)):
        return verdict
    if not voucher.subject.startswith(
        tuple(f"{kind._meta.label}:" for kind in (Source, Fund, Expense))
    ):
        return denied(_("这张凭证由项目产生，请在项目里更正"))
    source = _source_of(voucher)
    if source is not None and source.origin in {Origin.SWEEP, Origin.MATCH}:
        return denied(_("配捐和结余上缴涉及两处，不能单独冲销"))
    if source is not None and Source.objects.filter(matches=source).exists():
        return denied(_("这笔资金已经配捐，不能冲销"))
    return can_take_back(who, voucher, now=now)


def _source_of(voucher: Voucher) -> Source | None:
    label, key, _way = voucher.subject.split(":", 2)
    return Source.objects.filter(pk=key).first() if label == Source._meta.label else None


def can_close(who: Any, fund: Fund, month: date, *, now: datetime) -> Verdict:
    """The next month in turn, once it is over, by whoever keeps the books; where nobody is entrusted
    with that, by somebody whose acts are not among those of the month."""
    if not (verdict := works_for(who, fund, now=now)):
        return verdict
    turn = next_to_close(fund)
    if turn is None:
        return denied(_("还没有凭证，不需要结账"))
    if month != turn:
        return denied(_("请先结%(month)s的账") % {"month": month_words(turn)})
    if now < month_start(month_after(month)):
        return denied(_("这个月还没有过完，月末以后才能结账"))
    ends = month_start(month_after(month))
    mine = Voucher.objects.filter(fund=fund, by=who.pk, at__gte=month_start(month), at__lt=ends)
    keeps = DutyKind.BOOK in duties_of(who, fund, now=now)
    if _apart(fund) and not keeps and mine.exists():
        return denied(_("您经办过这个月的凭证，结账须由另一位工作人员办理"))
    return may_act(who, fund, "book", now=now)


def can_close_next(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """The same of the month whose turn it is."""
    turn = next_to_close(fund)
    if turn is None:
        return denied(_("还没有凭证，不需要结账"))
    return can_close(who, fund, turn, now=now)


def can_inspect(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """Have every voucher read again: whoever works for the fund's place, or audits its district."""
    for post in posts_of(who, now=now):
        if post.kind == PostKind.AUDITOR and post.district_id == fund.district_id:
            return ALLOWED
    return works_for(who, fund, now=now)


def can_ask_running(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """Running costs are asked for by whoever handles payments at the fund."""
    if not (verdict := works_for(who, fund, now=now) and is_governed(fund, now=now)):
        return verdict
    return may_act(who, fund, "handle", now=now)


def can_approve_running(who: Any, expense: Expense, *, now: datetime) -> Verdict:
    """Another person than the one who asked."""
    if not (verdict := works_for(who, expense.fund, now=now)):
        return verdict
    if expense.stage != stages.ASKED:
        return denied(_("这笔运行经费已经处理过"))
    if expense.asked_by_id == who.pk:
        return denied(_("申请和审批须由两位工作人员分别办理"))
    return may_act(who, expense.fund, "approve", now=now)


def can_pay_running(who: Any, expense: Expense, *, now: datetime) -> Verdict:
    """A cashier, who neither asked for it nor approved it where the table keeps that apart."""
    if not (
        verdict := works_for(who, expense.fund, now=now) and is_governed(expense.fund, now=now)
    ):
        return verdict
    if expense.stage != stages.TO_PAY:
        return denied(
            _("审批以后才能付款") if expense.stage == stages.ASKED else _("这笔运行经费已经处理过")
        )
    hands = {"handle": expense.asked_by_id, "approve": expense.approved_by_id}
    did = {duty for duty, hand in hands.items() if hand == who.pk}
    return may_act(who, expense.fund, "pay", now=now, did=did)


def can_refuse_running(who: Any, expense: Expense, *, now: datetime) -> Verdict:
    """Whoever works for the fund's place, as long as nothing is paid."""
    if not (verdict := works_for(who, expense.fund, now=now)):
        return verdict
    if expense.stage not in (stages.ASKED, stages.TO_PAY):
        return denied(_("这笔运行经费已经处理过"))
    return ALLOWED


def can_rebuild(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """Put caches right: the administrator of the district."""
    for post in posts_of(who, now=now):
        if post.kind == PostKind.DISTRICT_ADMIN and post.district_id == fund.district_id:
            return ALLOWED
    return denied(_("余额由区管理员重算"))


def can_sweep(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """On its day or later, by the clock's hand or by whoever keeps the books."""
    if fund.sweep_on is None:
        return denied(_("这个资金池没有清缴日期"))
    if timezone.localtime(now).date() < fund.sweep_on:
        told = {"day": short_day(fund.sweep_on, year=True)}
        return denied(_("%(day)s以后才能清缴结余") % told)
    if who is None:
        return ALLOWED
    if not (verdict := works_for(who, fund, now=now)):
        return verdict
    return may_act(who, fund, "book", now=now)
