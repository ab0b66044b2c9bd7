"""How funded projects are paid, what they may spend it on, how they are graded."""

from __future__ import annotations

from sanlin.kernel.packs.choices import CONDITIONS, CONSEQUENCES, PARTIES, REVIEWS
from sanlin.kernel.packs.fields import Field

MONEY = [
    Field(
        "parties",
        "choice",
        "协议签署方",
        "Parties of the agreement",
        choices=PARTIES,
        default="three",
        later=True,
    ),
    Field(
        "numbering",
        "text",
        "项目编号样式",
        "Pattern of project numbers",
        default="{street}-{year}-{number:3}",
        later=True,
        help="可用{street}街道代码、{community}社区代码、{year}年度、{number:3}三位流水号；"
        "同一前缀内连续不断号。",
        help_english="{street} and {community} are codes, {number:3} runs without gaps in three "
        "digits within what stands before and after it.",
    ),
    Field("instalments.*.name", "text", "期次", "Instalment", may_unset=False),
    Field("instalments.*.share", "share", "拨付比例", "Share", "permille", 1, 1000),
    Field(
        "instalments.*.condition",
        "choice",
        "拨付条件",
        "Condition",
        choices=CONDITIONS,
        may_unset=False,
    ),
    Field("instalments.*.within", "int", "拨付期限", "Paid within", "working_days", 1, 250),
    Field("heads.*.name", "text", "支出科目", "Spending head", may_unset=False),
    Field("heads.*.forbidden", "bool", "禁止列支", "Forbidden", may_unset=False, default=False),
    Field(
        "heads.*.max_share",
        "share",
        "比例上限",
        "Most of the budget",
        "permille",
        1,
        1000,
        optional=True,
        default=None,
    ),
    Field(
        "heads.*.unit_cap",
        "money",
        "单价上限",
        "Most a unit",
        "fen",
        1,
        optional=True,
        default=None,
    ),
    Field(
        "heads.*.long_from",
        "int",
        "从第几个单位起降低单价上限",
        "Lower cap from this unit on",
        "units",
        2,
        999,
        optional=True,
        default=None,
        later=True,
    ),
    Field(
        "heads.*.long_cap",
        "money",
        "此后的单价上限",
        "Most a unit from there on",
        "fen",
        1,
        optional=True,
        default=None,
        later=True,
    ),
    Field("heads.*.unit", "text", "计量单位", "Unit", may_unset=False, optional=True, default=None),
    Field("grades.*.name", "text", "等次", "Grade", may_unset=False),
    Field(
        "grades.*.review",
        "choice",
        "用于",
        "Used at",
        choices=REVIEWS,
        may_unset=False,
        default="closing",
    ),
    Field("grades.*.from_mark", "int", "起点分", "From this mark", "marks", 0, 100),
    Field(
        "grades.*.consequence", "keys", "后果", "Consequence", choices=CONSEQUENCES, may_unset=False
    ),
    Field(
        "ban_years", "int", "违约禁报年数", "Years barred after a breach", "years", 0, 10, default=0
    ),
]
