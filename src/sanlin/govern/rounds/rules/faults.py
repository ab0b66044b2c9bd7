"""A sentence for every code of the kernel that says what is wrong with a pack or with a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanlin.ground.ui.words import short_day
from sanlin.kernel.packs import SCHEMA, Fault, Field
from sanlin.kernel.packs.schema import STAGES
from sanlin.kernel.packs.values import Misfit

from .book import Book, in_english, said

SENTENCES = {
    "too_long": _("全文有%(length)s个字符，最多%(most)s个"),
    "syntax": _("不是有效的TOML：%(why)s"),
    "frozen": _("不是冻结的办法：%(why)s"),
    "missing": _("缺少；请写一个值，或写 unset = true 并在 note 里说明"),
    "missing_identity": _("缺少"),
    "not_set": _("来源未公布，须由街道确定"),
    "unknown": _("没有这一项"),
    "fixed": _("来源已有规定，不能改动"),
    "bare": _('缺少来源；请写成 { value = …, source = "…" }'),
    "cell": _('请写成 { value = …, source = "…" } 或 { unset = true, note = "…" }'),
    "both": _("既有值又写了 unset，二者只能取一"),
    "no_note": _("写了 unset，须在 note 里说明原因"),
    "cannot_unset": _("这里必须有值，不能留给街道确定"),
    "no_source": _("没有写来源"),
    "source": _("来源“%(given)s”不在 [sources] 里"),
    "source_table": _('请写成文字，或 { text = "…", elsewhere = true }'),
    "kind": _("应是%(wanted)s"),
    "float": _("引号外不能有小数；金额可写成文字，比例写千分数或“60%%”"),
    "range": _("应在%(low)s到%(high)s之间"),
    "amount": _("金额看不懂；请写成“12000”或“1.2万”"),
    "choice": _("请从这些里选：%(choices)s"),
    "repeated": _("“%(given)s”写了两次"),
    "duplicate": _("代号“%(given)s”用了两次"),
    "key": _("代号只能用小写字母、数字和下划线，字母开头，最多30个"),
    "text": _("应是1到%(most)s个字，不能有控制字符"),
    "empty": _("至少要有一项"),
    "too_many": _("有%(count)s项，最多%(most)s项"),
    "falling": _("先写%(above)s再写%(given)s；数字要从大到小，各写一次"),
    "hours": _("（%(given)s点）须晚于%(other)s（%(limit)s点）"),
    "period": _("失效日期早于生效日期"),
    "weights": _("合计%(total)s，应为100%%"),
    "shares": _("合计%(total)s，应为100%%"),
    "above": _("%(given)s 高于%(other)s的 %(limit)s"),
    "tier_money": _("合计 %(total)s，超过本轮总额 %(budget)s"),
    "tier_short": _("%(money)s 不够%(places)s个项目，每个至少 %(least)s"),
    "floor_stop": _("遇到放不下的即停止时，无法保证至少立项的数量或金额"),
    "needs_stage": _("需要“%(stage)s”环节，而本轮没有"),
    "needs_ballots": _("这种选票看不出这样的满意度"),
    "no_measure": _("评审和投票至少要有一项"),
    "ties": _("每个依据写一次，最后一项必须是抽签"),
    "grades": _("起点分须由高到低，最后一等从0分起"),
    "order": _("顺序须是：协议签订、中期评估通过、验收通过"),
    "caps_on_forbidden": _("已禁止列支，不能再写上限"),
    "pair": _("须同时写明%(other)s"),
    "pattern": _("编号样式须含{year}和一个{number}，其余只用字母、数字和-_./"),
    "overlap": _("与%(other)s起生效的版本日期重叠"),
    "family": _("属于“%(given)s”，不是“%(wanted)s”"),
    "trim": _("两端共去掉%(dropped)s个分数，而评委只有%(judges)s位，没有剩下的了"),
}

# What the kernel calls a kind of value, in its own English.
WANTED = {
    "a whole number": _("整数"),
    "yuan as a whole number or a string": _("金额，例如 12000 或“1.2万”"),
    "permille as a whole number, or a string such as “60%”": _("比例，例如“60%”"),
    "true or false": _("true 或 false"),
    "one of the choices": _("选项之一"),
    "a list of choices": _("若干选项的列表"),
    "a list of whole numbers": _("若干整数，例如 [3, 1]"),
    "a string": _("文字"),
    "a table": _("一个表"),
    "a date without quotes, such as 2024-05-01": _("日期，不加引号，例如 2024-05-01"),
}
_FIELDS = {field.path: field for field in SCHEMA}


def sentence(fault: Fault, book: Book | None = None) -> str:
    """The fault in one line: where (the line of the file, or the name of the rule) and what."""
    what = spoken(fault.code, fault.figures, _field_of(fault.path), book)
    named = book.title(fault.path) if book and fault.path else fault.path
    if fault.line:
        named = (gettext("第%(line)s行 %(path)s") % {"line": fault.line, "path": named}).strip()
    return gettext("%(where)s：%(what)s") % {"where": named, "what": what} if named else what


def misread(rule: Field, misfit: Misfit) -> str:
    """What an officer typed does not fit the rule: what to type instead."""
    if misfit.code in {"kind", "amount", "float"}:
        return {
            "int": gettext("请填整数"),
            "money": gettext("请填金额，例如“12000”或“1.2万”"),
            "share": gettext("请填比例，例如“60%”"),
            "numbers": gettext("请填几个整数，从大到小，例如“3、1”；不要就填“不提醒”"),
        }.get(rule.kind, gettext("请从选项中选择"))
    if misfit.code == "choice":
        return gettext("请从选项中选择")
    return spoken(misfit.code, misfit.figures, rule)


def spoken(
    code: str, figures: Mapping[str, object], field: Field | None = None, book: Book | None = None
) -> str:
    """What is wrong, without where; `field` gives a figure its unit."""
    told = {name: _figure(name, value, field, book) for name, value in figures.items()}
    if code in {"weights", "shares"}:
        told["total"] = _permille(int(str(figures["total"])))
    if code == "overlap":
        told["other"] = short_day(date.fromisoformat(str(figures["other"])), year=True)
    words = str(SENTENCES[code]) % told
    if hint := figures.get("hint"):
        words += gettext("（是不是想写“%(hint)s”？）") % {"hint": hint}
    return words


def _figure(name: str, value: object, field: Field | None, book: Book | None) -> object:
    if name == "wanted":
        return WANTED.get(str(value), value)
    if name == "stage":
        return STAGES[str(value)][in_english()]
    if name == "other" and book and isinstance(value, str):
        return book.title(value)
    if name in {"low", "high"} and field is not None and field.kind in {"int", "money", "share"}:
        return said(field, value)
    return value


def _permille(total: int) -> str:
    whole, tenth = divmod(total, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _field_of(path: str) -> Field | None:
    if path in _FIELDS:
        return _FIELDS[path]
    first, _dot, rest = path.partition(".")
    return _FIELDS.get(f"{first}.*.{rest.rpartition('.')[2]}")
