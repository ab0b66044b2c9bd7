"""The ledgers (台账) that a street keeps, each out of the rows that the house has of it.

A ledger is a name, heads and a way to read its rows; papers are Chinese whatever the screen's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Min, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanlin.commons.funds import stages as fund_stages
from sanlin.commons.funds.models import Book as Account
from sanlin.commons.funds.models import BookKind, Fund, Posting, Source
from sanlin.commons.orgs.models import Membership, Organisation
from sanlin.commons.people.models import Post, PostKind, Resident
from sanlin.commons.people.rules import can_read_journal, holds, works_for_street
from sanlin.commons.places.models import Street
from sanlin.govern.awards.models import Notice, Objection
from sanlin.govern.growth.models import Advice, Meeting, Visit
from sanlin.govern.projects.models import Circle, Instalment, Project, Receipt, Report
from sanlin.govern.projects.queries import consequence_words, with_money
from sanlin.govern.proposals.models import BudgetLine, Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.models import Unmasking
from sanlin.ground.sheets import Head
from sanlin.ground.sheets.ledger import Ledger
from sanlin.ground.sheets.writer import Kind
from sanlin.harmony.training.models import Session
from sanlin.harmony.voices.models import Voice
from sanlin.kernel.ledger import FEN, GOODS, HOURS, POINTS

from .receipts import heads_of
from .word.fields import named

MOST = 2_000  # rows that are held at a time
Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Scope:
    """Of which street, and (where given) of which year or round."""

    street: Street
    year: int | None = None
    round: Round | None = None

    def of(self, path: str) -> Q:
        """The rounds of the scope, reached by `path` (empty for rounds themselves)."""
        at = f"{path}__" if path else ""
        found = Q(**{f"{at}street": self.street.pk})
        if self.year is not None:
            found &= Q(**{f"{at}year": self.year})
        if self.round is not None:
            found &= Q(**{f"{at}pk": self.round.pk})
        return found

    def in_year(self, path: str) -> Q:
        return Q() if self.year is None else Q(**{f"{path}__year": self.year})

    @property
    def words(self) -> str:
        parts = [self.street.name]
        if self.year is not None:
            parts.append(f"{self.year}年")  # data
        if self.round is not None:
            parts.append(self.round.name)
        return " · ".join(parts)


@dataclass(frozen=True)
class Book:
    """One kind of ledger. `rule` is asked about who and the street; `by_round` says that a round can
    be chosen, `by_year` a year."""

    key: str
    words: str | Promise
    heads: tuple[Head, ...]
    read: Callable[[Scope], Rows]
    rule: Callable[..., Any] | None = None
    by_round: bool = True
    by_year: bool = True


def ledger(book: Book, scope: Scope, *, made: str) -> Ledger:
    """The ledger as it is written; `made` is the day, in words."""
    return Ledger(
        title=f"{scope.street.name}{book.words}",
        note=f"{scope.words}　制表日期：{made}",  # data
        heads=book.heads,
        rows=book.read(scope),
        total="合计",  # data
        empty="没有记录。",  # data
    )


def _chunks(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=MOST)


KINDS: dict[str, Kind] = {"¥": "money", "@": "price"}


def _heads(*told: str) -> tuple[Head, ...]:
    """`金额¥` is money, `单价@` the price of one, a number after a colon is the width."""
    heads = []
    for words in told:
        name, _colon, width = words.partition(":")
        kind = KINDS.get(name[-1], "plain")
        wide = int(width) if width else (16 if kind == "plain" else 14)
        heads.append(Head(name.rstrip("¥@"), kind, wide))
    return tuple(heads)


# --- what happened in rounds ---------------------------------------------------------------------


def _proposals(scope: Scope) -> Rows:
    rows = Proposal.objects.handed_in().filter(scope.of("round")).defer("writing")
    rows = rows.select_related("round", "team", "neighbourhood").order_by("round", "number")
    for row in _chunks(rows):
        rules = row.round.rules
        tiers = {tier.key: tier.name for tier in rules.tiers}
        themes = {theme.key: theme.name for theme in rules.themes}
        yield (
            row.round.name,
            row.code,
            row.title,
            row.team.name,
            row.neighbourhood.name,
            tiers.get(row.tier, ""),
            themes.get(row.theme, ""),
            row.need,
            row.asked,
            row.own_funds,
            row.submitted_at,
            row.stage_label,
        )


def _budgets(scope: Scope) -> Rows:
    rows = BudgetLine.objects.filter(scope.of("proposal__round"), proposal__number__isnull=False)
    rows = rows.select_related("proposal__round", "proposal__team").order_by(
        "proposal__round", "proposal__number", "place"
    )
    for row in _chunks(rows):
        names = {head.key: head.name for head in row.proposal.round.rules.heads}
        yield (
            row.proposal.round.name,
            row.proposal.code,
            row.proposal.title,
            row.proposal.team.name,
            names.get(row.head, row.head),
            row.what,
            row.unit_price,
            row.quantity,
            row.amount,
        )


def _projects(scope: Scope) -> Rows:
    rows = with_money(Project.objects.whole().filter(scope.of("round")))
    for row in _chunks(rows.order_by("number")):
        yield (
            row.number,
            row.undertaking.title,
            row.team.name,
            named(row.place),
            row.round.name,
            row.tier_name,
            row.undertaking.starts,
            row.undertaking.ends,
            row.grant,
            row.paid,
            row.spent,
            row.returned,
            row.stage_label,
            row.grade_name,
            named(row.circle),
            row.stop_reason,
        )


def _instalments(scope: Scope) -> Rows:
    rows = Instalment.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "project__fund",
        "proposed_by",
        "approved_by",
        "paid_by",
    )
    came_in = Account.objects.filter(kind=BookKind.SOURCE, unit=FEN, balance__gt=0)
    filled = Prefetch("project__fund__books", came_in.select_related("source").order_by("pk"))
    rows = rows.prefetch_related(filled)
    for row in _chunks(rows.order_by("project__number", "place")):
        one = row.project
        yield (
            one.fund.get_level_display(),
            one.fund.name,
            one.number,
            one.undertaking.title,
            one.team.name,
            named(one.place),
            row.name,
            row.amount,
            row.stage_label,
            row.due,
            row.paid_at,
            named(row.proposed_by),
            named(row.approved_by),
            named(row.paid_by),
            _where_from(one.fund) if row.paid_at else "",
            row.note,
        )


def _where_from(fund: Fund) -> str:
    """What has filled the pot, by its books: a pot is paid out as one, whoever filled it."""
    own = f"{fund.get_level_display()}拨款"  # data
    told = [
        f"{book.source.get_origin_display()}·{book.source.told}" if book.source else own
        for book in fund.books.all()
    ]
    return "、".join(dict.fromkeys(told))


def _receipts(scope: Scope) -> Rows:
    rows = Receipt.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "project__round", "by", "looked_by"
    )
    rows = rows.prefetch_related("lines").order_by("project__number", "day", "pk")
    for row in _chunks(rows):
        names = {head.key: head.name for head in row.project.round.rules.heads}
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.number,
            row.day,
            row.payee,
            "、".join(names.get(key, key) for key in heads_of(row)),
            row.what,
            row.amount,
            row.stage_label,
            row.by.name,
            named(row.looked_by),
            row.looked_at,
            row.reason,
        )


def _reports(scope: Scope) -> Rows:
    rows = Report.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "project__round", "reviewed_by"
    )
    for row in _chunks(rows.order_by("project__number", "at")):
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.project.team.name,
            row.get_kind_display(),
            row.at,
            row.activities,
            row.people,
            row.stage_label,
            row.mark,
            row.grade_name,
            consequence_words(row.consequence),
            named(row.reviewed_by),
        )


def _circles(scope: Scope) -> Rows:
    rows = Circle.objects.filter(scope.of("round")).select_related("round", "leader")
    rows = rows.prefetch_related("projects__undertaking__organisation").order_by("round", "name")
    for row in _chunks(rows):
        members = sorted(row.projects.all(), key=lambda one: one.number)
        yield (
            row.round.name,
            row.name,
            named(row.leader),
            len(members),
            "、".join(one.undertaking.title for one in members),
        )


def _meetings(scope: Scope) -> Rows:
    rows = Meeting.objects.filter(scope.of("round")).select_related("round", "circle")
    for row in _chunks(rows.prefetch_related("attendances").order_by("at", "pk")):
        came = list(row.attendances.all())
        yield (
            row.round.name,
            row.circle.name if row.circle else "联席会议",  # data
            row.title,
            row.at,
            row.place,
            sum(one.people for one in came),
            "、".join(f"{one.who}{one.people}人" for one in came),  # data
            row.notes,
        )


def _visits(scope: Scope) -> Rows:
    rows = Visit.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "by"
    )
    for row in _chunks(rows.prefetch_related("advice").order_by("day", "pk")):
        agreed: list[Advice] = list(row.advice.all())
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.project.team.name,
            row.day,
            row.notes,
            "；".join(one.text for one in agreed),
            len(agreed),
            sum(one.done_at is not None for one in agreed),
            row.by.name,
        )


def _trainings(scope: Scope) -> Rows:
    rows = Session.objects.filter(scope.in_year("opens"), street=scope.street)
    for row in _chunks(rows.prefetch_related("signups").order_by("opens", "pk")):
        signed = list(row.signups.all())
        yield (
            row.title,
            row.round_name,
            row.opens,
            row.closes,
            row.place,
            row.seats,
            len(signed),
            sum(one.came for one in signed),
        )


def _notices(scope: Scope) -> Rows:
    rows = Notice.objects.filter(scope.of("decision__round")).select_related("decision__round")
    rows = rows.prefetch_related("decision__signatures__account")
    for row in _chunks(rows.order_by("opens", "pk")):
        yield (
            row.number,
            row.decision.round.name,
            "补充公示" if row.award_id else "立项公示",  # data
            "系统公示页、居务公开栏",  # data
            row.opens,
            row.closes,
            "、".join(one.account.name for one in row.decision.signatures.all()),
            row.decision.fingerprint,
        )


def _objections(scope: Scope) -> Rows:
    rows = Objection.objects.filter(scope.of("notice__decision__round")).select_related(
        "notice__decision__round", "award__proposal", "answered_by"
    )
    for row in _chunks(rows.order_by("filed_at", "pk")):
        yield (
            f"{row.notice.number}-{row.number}",
            row.notice.decision.round.name,
            row.award.proposal.title,
            row.text,
            row.filed_at,
            row.due,
            row.stage_label,
            row.answer,
            named(row.answered_by),
            row.answered_at,
        )


# --- what a street keeps besides -----------------------------------------------------------------


def _voices(scope: Scope) -> Rows:
    rows = Voice.objects.filter(scope.in_year("said_at"), street=scope.street)
    for row in _chunks(rows.select_related("answered_by").order_by("said_at", "pk")):
        yield (
            row.receipt,
            row.get_kind_display(),
            row.said_at,
            row.page,
            row.text,
            row.stage_label,
            row.answer,
            named(row.answered_by),
            row.answered_at,
        )


def _organisations(scope: Scope) -> Rows:
    rows = Organisation.objects.filter(street=scope.street).select_related("neighbourhood")
    leading = Membership.objects.filter(
        organisation__street=scope.street, leads=True, until__isnull=True
    )
    leaders: dict[int, list[str]] = {}
    for key, name in leading.values_list("organisation", "account__name"):
        leaders.setdefault(key, []).append(name)
    for row in _chunks(rows.prefetch_related("growth").order_by("name")):
        grown = sorted(row.growth.all(), key=lambda step: step.reached)
        yield (
            row.name,
            row.get_kind_display(),
            named(row.neighbourhood),
            row.number,
            row.founded,
            row.dissolved,
            "、".join(sorted(leaders.get(row.pk, []))),
            grown[-1].get_stage_display() if grown else "",
            grown[-1].evidence if grown else "",
        )


def _social_workers(scope: Scope) -> Rows:
    inside = Q(street=scope.street) | Q(neighbourhood__street=scope.street)
    rows = Post.objects.filter(inside, kind=PostKind.SOCIAL_WORKER).select_related("account")
    for row in _chunks(rows.order_by("since", "pk")):
        yield (row.account.name, row.certificate, row.since, row.until)


def _sources(scope: Scope) -> Rows:
    rows = Source.objects.filter(scope.in_year("at"), fund__street=scope.street)
    rows = rows.select_related("fund", "giver", "organisation").order_by("fund", "pk")
    booked = Posting.objects.filter(credit__source__fund__street=scope.street).order_by()
    numbers = booked.values_list("credit__source").annotate(Min("voucher__number"))
    receipts: dict[int, int] = dict(numbers)
    for row in _chunks(rows):
        giver = row.organisation or row.giver
        shown = "匿名" if row.anonymous else named(giver)  # data
        money = row.unit == FEN
        yield (
            row.fund.name,
            row.fund.get_level_display(),
            row.get_origin_display(),
            row.name,
            shown,
            "是" if row.anonymous else "否",  # data
            row.pledged if money else None,
            row.arrived if money else None,
            "" if money else f"{row.arrived or row.pledged} {row.unit}",
            row.value,
            fund_stages.LABELS[row.stage],
            row.arrived_at,
            receipts.get(row.pk),
        )


def _booked(scope: Scope) -> QuerySet[Posting]:
    """The postings of the street's funds, in the order of booking."""
    rows = Posting.objects.filter(scope.in_year("voucher__at"), voucher__fund__street=scope.street)
    sides = (
        f"{side}__{what}" for side in ("debit", "credit") for what in ("undertaking", "source")
    )
    rows = rows.select_related("voucher__fund", "voucher__by", "voucher__reverses", *sides)
    return rows.order_by("voucher__fund", "voucher__number", "pk")


def _entry(row: Posting, *between: Any) -> tuple[Any, ...]:
    """A posting as both kinds of ledgers write it; `between` stands after the words."""
    told = row.voucher
    return (
        told.fund.name,
        told.number,
        told.at,
        told.memo,
        *between,
        str(row.debit),
        str(row.credit),
        row.amount,
        named(told.by) or "系统",  # data
        f"冲销第{told.reverses.number}号" if told.reverses else "",  # data
    )


def _postings(scope: Scope) -> Rows:
    rows = _booked(scope).filter(debit__unit=FEN)
    if scope.round is not None:
        rows = rows.filter(voucher__fund__name=scope.round.name)
    for row in _chunks(rows):
        yield (row.voucher.fund.get_level_display(), *_entry(row))


def _things(unit: str) -> Callable[[Scope], Rows]:
    """What came in and went out that is not money: goods (which have a name), points, minutes."""

    def read(scope: Scope) -> Rows:
        for row in _chunks(_booked(scope).filter(debit__unit__startswith=unit)):
            yield _entry(row, *row.debit.unit.split(":")[1:])

    return read


def _unmaskings(scope: Scope) -> Rows:
    """Looks at masked values of the street's residents and voices: the only sealed columns there are."""
    names = {Resident._meta.label, Voice._meta.label}
    rows = Unmasking.objects.filter(scope.in_year("at")).select_related("by").order_by("at", "pk")
    residents = set(
        Resident.objects.filter(neighbourhood__street=scope.street).values_list("pk", flat=True)
    )
    voices = set(Voice.objects.filter(street=scope.street).values_list("pk", flat=True))
    for row in _chunks(rows):
        label, _colon, key = row.subject.partition(":")
        inside = residents if label == Resident._meta.label else voices
        if label not in names or not key.isdecimal() or int(key) not in inside:
            continue
        what = apps.get_model(label)._meta.verbose_name
        yield (row.at, row.by.name, f"{what} {key}", row.field_label, row.reason)


def _officers(who: Any, street: Street, *, now: datetime) -> Any:
    return works_for_street(who, street, now=now)


def _overseers(who: Any, street: Street, *, now: datetime) -> Any:
    """Who looked at what: auditors and district administrators of this very district."""
    verdict = can_read_journal(who, now=now)
    if not verdict:
        return verdict
    return holds(who, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN, street=street, now=now)


def _entry_heads(*figures: str) -> tuple[Head, ...]:
    """The heads of `_entry`; what stands between, and how its amount is called."""
    where = ("资金池:24", "凭证号:8", "时间:17", "摘要:40")  # data
    *between, figure = figures
    sides, whose = ("借方:30", "贷方:30"), ("经办人:12", "冲销:14")  # data
    return _heads(*where, *between, *sides, figure, *whose)


BOOKS: tuple[Book, ...] = (  # data
    Book(
        "proposals",
        _("议题和提案台账"),
        _heads(
            "轮次:20",
            "编号:10",
            "名称:26",
            "团队:22",
            "居民区:20",
            "类别:12",
            "主题:14",
            "需求:40",
            "申请金额（元）¥",
            "自筹（元）¥",
            "提交时间:17",
            "状态:12",
        ),
        _proposals,
    ),
    Book(
        "budgets",
        _("预算明细表"),
        _heads(
            "轮次:20",
            "编号:10",
            "提案:26",
            "团队:22",
            "支出科目:18",
            "用途:26",
            "单价（元）@",
            "数量:8",
            "金额（元）¥",
        ),
        _budgets,
    ),
    Book(
        "projects",
        _("项目台账"),
        _heads(
            "项目编号:22",
            "项目:26",
            "团队:22",
            "居民区:20",
            "轮次:18",
            "类别:10",
            "开始:12",
            "结束:12",
            "立项金额（元）¥",
            "已拨付（元）¥",
            "已通过票据（元）¥",
            "已退回（元）¥",
            "阶段:10",
            "等次:8",
            "小组:12",
            "终止原因:20",
        ),
        _projects,
    ),
    Book(
        "instalments",
        _("拨款台账"),
        _heads(
            "级次:10",
            "资金池:20",
            "项目编号:22",
            "项目:26",
            "团队:22",
            "居民区:20",
            "期次:8",
            "金额（元）¥",
            "状态:12",
            "应拨日期:12",
            "拨付时间:17",
            "申请人:10",
            "审批人:10",
            "付款人:10",
            "资金来源:30",
            "说明:20",
        ),
        _instalments,
    ),
    Book(
        "receipts",
        _("票据台账"),
        _heads(
            "项目编号:22",
            "项目:26",
            "票据号码:20",
            "开票日期:12",
            "收款方:22",
            "支出科目:18",
            "用途:22",
            "金额（元）¥",
            "状态:10",
            "上传人:10",
            "审核人:10",
            "审核时间:17",
            "退回理由:22",
        ),
        _receipts,
    ),
    Book(
        "reports",
        _("中期和结项台账"),
        _heads(
            "项目编号:22",
            "项目:26",
            "团队:22",
            "类型:12",
            "提交时间:17",
            "活动次数:9",
            "参与人次:9",
            "状态:10",
            "评分:8",
            "等次:10",
            "结果运用:24",
            "评估人:10",
        ),
        _reports,
    ),
    Book(
        "circles",
        _("小组台账"),
        _heads("轮次:20", "小组:16", "组长:12", "项目数:8", "项目:80"),
        _circles,
    ),
    Book(
        "meetings",
        _("会议台账"),
        _heads(
            "轮次:20",
            "小组:16",
            "议题:30",
            "时间:17",
            "地点:20",
            "到会人数:10",
            "到会:40",
            "记录:60",
        ),
        _meetings,
    ),
    Book(
        "visits",
        _("走访台账"),
        _heads(
            "项目编号:22",
            "项目:26",
            "团队:22",
            "日期:12",
            "看到了什么:50",
            "改进建议:40",
            "建议数:8",
            "已办结:8",
            "记录人:10",
        ),
        _visits,
    ),
    Book(
        "trainings",
        _("培训台账"),
        _heads("题目:30", "轮次:20", "开始:17", "结束:17", "地点:20", "名额:8", "报名:8", "到场:8"),
        _trainings,
        by_round=False,
    ),
    Book(
        "notices",
        _("公示台账"),
        _heads(
            "编号:16",
            "轮次:20",
            "公示内容:14",
            "公示地点:26",
            "起:17",
            "止:17",
            "签署人:20",
            "决定指纹:68",
        ),
        _notices,
    ),
    Book(
        "objections",
        _("异议台账"),
        _heads(
            "编号:16",
            "轮次:20",
            "项目:26",
            "异议内容:40",
            "提出时间:17",
            "答复期限:17",
            "状态:10",
            "答复:40",
            "答复人:10",
            "答复时间:17",
        ),
        _objections,
    ),
    Book(
        "voices",
        _("投诉和意见台账"),
        _heads(
            "回执号:14",
            "类型:14",
            "提出时间:17",
            "页面:18",
            "内容:44",
            "状态:10",
            "答复:44",
            "答复人:10",
            "答复时间:17",
        ),
        _voices,
        _officers,
        by_round=False,
    ),
    Book(
        "organisations",
        _("社会组织台账"),
        _heads(
            "名称:28",
            "类型:20",
            "居民区:20",
            "登记或备案号:22",
            "成立日期:12",
            "注销日期:12",
            "负责人:14",
            "成长阶段:14",
            "依据:30",
        ),
        _organisations,
        by_round=False,
        by_year=False,
    ),
    Book(
        "social_workers",
        _("社工证书台账"),
        _heads("姓名:14", "证书编号:26", "任职日期:14", "卸任日期:14"),
        _social_workers,
        by_round=False,
        by_year=False,
    ),
    Book(
        "sources",
        _("捐赠和资金来源台账"),
        _heads(
            "资金池:24",
            "级次:10",
            "来源:14",
            "名称:24",
            "捐赠人:18",
            "匿名:8",
            "认捐（元）¥",
            "到账（元）¥",
            "实物:16",
            "实物作价（元）¥",
            "状态:10",
            "到账时间:17",
            "入账凭证号:10",
        ),
        _sources,
        _officers,
        by_round=False,
    ),
    Book(
        "postings",
        _("资金收支台账"),
        (*_heads("级次:10"), *_entry_heads("金额（元）¥")),
        _postings,
    ),
    Book(
        "goods",
        _("物资台账"),
        _entry_heads("品名:18", "数量（件）:10"),
        _things(f"{GOODS}:"),
        by_round=False,
    ),
    Book(
        "hours",
        _("志愿服务时长台账"),
        _entry_heads("时长（分钟）:12"),
        _things(HOURS),
        by_round=False,
    ),
    Book(
        "points",
        _("积分台账"),
        _entry_heads("积分:10"),
        _things(POINTS),
        by_round=False,
    ),
    Book(
        "unmaskings",
        _("敏感信息查看台账"),
        _heads("时间:17", "查看人:12", "对象:20", "字段:14", "理由:50"),
        _unmaskings,
        _overseers,
        by_round=False,
    ),
)


def books_for(who: Any, street: Street, *, now: datetime) -> list[Book]:
    """The ledgers that somebody who keeps a street's ledgers may see; some have a rule of their own."""
    return [one for one in BOOKS if one.rule is None or one.rule(who, street, now=now)]


def book(key: str) -> Book | None:
    return next((one for one in BOOKS if one.key == key), None)
