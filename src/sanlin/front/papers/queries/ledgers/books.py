"""Every ledger (台账) that a street keeps: its name, its heads, whose it is and how its rows are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import can_read_journal, holds, works_for_street
from sanlin.commons.places.models import Street
from sanlin.ground.sheets import Head
from sanlin.kernel.ledger import GOODS, HOURS, POINTS

from . import rounds
from . import street as kept
from .scope import Book, heads


def _officers(who: Any, street: Street, *, now: datetime) -> Any:
    return works_for_street(who, street, now=now)


def _overseers(who: Any, street: Street, *, now: datetime) -> Any:
    """Who looked at what: auditors and district administrators of this very district."""
    verdict = can_read_journal(who, now=now)
    if not verdict:
        return verdict
    return holds(who, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN, street=street, now=now)


def _entry_heads(*figures: str) -> tuple[Head, ...]:
    """The heads of an entry (`street.py`); what stands between, and how its amount is called."""
    where = ("资金池:24", "凭证号:8", "时间:17", "摘要:40")  # data
    *between, figure = figures
    sides, whose = ("借方:30", "贷方:30"), ("经办人:12", "冲销:14")  # data
    return heads(*where, *between, *sides, figure, *whose)


BOOKS: tuple[Book, ...] = (  # data
    Book(
        "proposals",
        _("议题和提案台账"),
        heads(
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
        rounds.proposals,
    ),
    Book(
        "budgets",
        _("预算明细表"),
        heads(
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
        rounds.budgets,
    ),
    Book(
        "projects",
        _("项目台账"),
        heads(
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
        rounds.projects,
    ),
    Book(
        "instalments",
        _("拨款台账"),
        heads(
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
        rounds.instalments,
    ),
    Book(
        "receipts",
        _("票据台账"),
        heads(
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
        rounds.receipts,
    ),
    Book(
        "reports",
        _("中期和结项台账"),
        heads(
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
        rounds.reports,
    ),
    Book(
        "circles",
        _("小组台账"),
        heads("轮次:20", "小组:16", "组长:12", "项目数:8", "项目:80"),
        rounds.circles,
    ),
    Book(
        "meetings",
        _("会议台账"),
        heads(
            "轮次:20",
            "小组:16",
            "议题:30",
            "时间:17",
            "地点:20",
            "到会人数:10",
            "到会:40",
            "记录:60",
        ),
        rounds.meetings,
    ),
    Book(
        "visits",
        _("走访台账"),
        heads(
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
        rounds.visits,
    ),
    Book(
        "trainings",
        _("培训台账"),
        heads("题目:30", "轮次:20", "开始:17", "结束:17", "地点:20", "名额:8", "报名:8", "到场:8"),
        rounds.trainings,
        by_round=False,
    ),
    Book(
        "notices",
        _("公示台账"),
        heads(
            "编号:16",
            "轮次:20",
            "公示内容:14",
            "公示地点:26",
            "起:17",
            "止:17",
            "签署人:20",
            "决定指纹:68",
        ),
        rounds.notices,
    ),
    Book(
        "objections",
        _("异议台账"),
        heads(
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
        rounds.objections,
    ),
    Book(
        "voices",
        _("投诉和意见台账"),
        heads(
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
        kept.voices,
        _officers,
        by_round=False,
    ),
    Book(
        "organisations",
        _("社会组织台账"),
        heads(
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
        kept.organisations,
        by_round=False,
        by_year=False,
    ),
    Book(
        "social_workers",
        _("社工证书台账"),
        heads("姓名:14", "证书编号:26", "任职日期:14", "卸任日期:14"),
        kept.social_workers,
        by_round=False,
        by_year=False,
    ),
    Book(
        "sources",
        _("捐赠和资金来源台账"),
        heads(
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
        kept.sources,
        _officers,
        by_round=False,
    ),
    Book(
        "postings",
        _("资金收支台账"),
        (*heads("级次:10"), *_entry_heads("金额（元）¥")),
        kept.postings,
    ),
    Book(
        "goods",
        _("物资台账"),
        _entry_heads("品名:18", "数量（件）:10"),
        kept.things(f"{GOODS}:"),
        by_round=False,
    ),
    Book(
        "hours",
        _("志愿服务时长台账"),
        _entry_heads("时长（分钟）:12"),
        kept.things(HOURS),
        by_round=False,
    ),
    Book(
        "points",
        _("积分台账"),
        _entry_heads("积分:10"),
        kept.things(POINTS),
        by_round=False,
    ),
    Book(
        "unmaskings",
        _("敏感信息查看台账"),
        heads("时间:17", "查看人:12", "对象:20", "字段:14", "理由:50"),
        kept.unmaskings,
        _overseers,
        by_round=False,
    ),
)


def books_for(who: Any, street: Street, *, now: datetime) -> list[Book]:
    """The ledgers that somebody who keeps a street's ledgers may see; some have a rule of their own."""
    return [one for one in BOOKS if one.rule is None or one.rule(who, street, now=now)]


def book(key: str) -> Book | None:
    return next((one for one in BOOKS if one.key == key), None)
