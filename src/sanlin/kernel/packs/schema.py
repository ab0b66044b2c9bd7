"""Every rule that a pack may lay down, in one table: `SCHEMA`. Lists of rules stand in `LISTS`.

Reading, checking, the officer's form, the page that explains a round and docs/rule-packs.md all
come from this table.
"""

from __future__ import annotations

from .choices import (
    ANONYMITY,
    APPLICANTS,
    BALLOTS,
    BLANKS,
    CARRIED,
    COMPLETIONS,
    CONDITIONS,
    CONSEQUENCES,
    DAYS,
    KEYS,
    MEANS,
    METHODS,
    NORMALISERS,
    OPTIONS,
    OVERFLOWS,
    PARTIALS,
    PARTIES,
    PROJECT_KINDS,
    REVIEWS,
    SILENCE,
    TIES,
    UNCOOPERATIVE,
    UNIT,
    UPHELD,
    UTILITIES,
)
from .fields import Field, ListOf, When
from .pot import POT

REVIEW = (When("stages.review", (True,)),)
VOTE = (When("stages.vote", (True,)),)
CHOOSE = (*VOTE, When("vote.kind", ("approve_k", "rank")))
STANCE = (*VOTE, When("vote.kind", ("stance",)))
POINTS = (*VOTE, When("vote.kind", ("points",)))
BLEND = (When("award.method", ("blend",)),)
PUBLIC = (When("award.method", ("blend", "votes")),)
SHARES = (When("award.method", ("equal_shares",)),)
UTILITY = (When("award.method", ("equal_shares", "welfare")),)
CHANNELS = (
    *BLEND,
    When("stages.vote", (True,)),
    When("vote.kind", ("approve_k", "knapsack", "rank", "points")),
    When("vote.paper", (True,)),
)
COUNTED = (When("award.method", ("blend", "votes", "equal_shares", "phragmen", "welfare")),)
PARTIAL = (When("award.partial", ("remainder",)),)

STAGES = {
    "review": ("专家评审", "review"),
    "conferral": ("合议", "conferral"),
    "optimisation": ("优化", "optimisation"),
    "vote": ("居民投票", "vote"),
    "midterm": ("中期评估", "midterm review"),
}
OPTIONAL_STAGES = tuple(STAGES)
"""The stages that a round may leave out, in the order in which they come."""

WINDOWS = {
    "call": ("征集", "call", ()),
    "screening": ("形式审查", "screening", ()),
    "review": ("专家评审", "review", REVIEW),
    "conferral": ("合议", "conferral", (When("stages.conferral", (True,)),)),
    "optimisation": ("优化", "optimisation", (When("stages.optimisation", (True,)),)),
    "vote": ("居民投票", "vote", VOTE),
    "running": ("实施", "carrying out", ()),
}


def _stages() -> list[Field]:
    return [
        Field(f"stages.{key}", "bool", f"设{label}环节", f"Has the stage: {english}", default=False)
        for key, (label, english) in STAGES.items()
    ]


def _windows() -> list[Field]:
    return [
        Field(
            f"windows.{key}", "int", f"{label}天数", f"Days of {english}", "days", 1, 730, when=when
        )
        for key, (label, english, when) in WINDOWS.items()
    ]


_ROUND = [
    *_stages(),
    *_windows(),
    Field("budget", "money", "本轮总额", "Budget of the round", "fen", 1),
    Field(
        "project_min",
        "money",
        "单项下限",
        "Least for a project",
        "fen",
        optional=True,
        default=None,
    ),
    Field("project_cap", "money", "单项上限", "Most for a project", "fen", 1, optional=True),
    Field(
        "community_cap", "money", "单个社区上限", "Most for a community", "fen", 1, optional=True
    ),
    Field(
        "team_cap",
        "money",
        "单个团队上限",
        "Most for a team",
        "fen",
        1,
        optional=True,
        default=None,
    ),
    Field(
        "community_least",
        "int",
        "每个社区至少立项",
        "Least projects of each community",
        "projects",
        0,
        99,
        default=0,
        later=True,
        help="只算有提案参加计算的社区；凑不齐时降到能做到的数。",
        help_english="Of communities with a proposal in the count; lowered to what can be done.",
    ),
    Field(
        "community_floor",
        "money",
        "每个社区至少金额",
        "Least money of each community",
        "fen",
        1,
        optional=True,
        default=None,
        later=True,
    ),
    Field(
        "own_funds_min",
        "share",
        "自筹比例下限",
        "Least share of own funds",
        "permille",
        0,
        1000,
        default=0,
    ),
    Field("applicants", "keys", "可申报主体", "Who may apply", choices=APPLICANTS),
    Field(
        "signatures",
        "int",
        "立项决定签署人数",
        "Officers who sign the decision",
        "people",
        2,
        5,
        default=2,
    ),
]
_SCREENING = [
    Field("screening.correction_days", "int", "补正期限", "Days to correct", "working_days", 1, 60),
    Field("screening.appeal_days", "int", "申诉期限", "Days to appeal", "working_days", 1, 60),
    Field("checks.*.text", "text", "审查事项", "What is checked", may_unset=False),
    Field("checks.*.correctable", "bool", "可补正", "May be corrected", may_unset=False),
    Field("refusals.*.text", "text", "不予受理理由", "Reason of refusal", may_unset=False),
]
_REVIEW = [
    Field(
        "scoring.min_judges",
        "int",
        "每件最少评委数",
        "Judges a proposal needs",
        "people",
        1,
        99,
        when=REVIEW,
    ),
    Field(
        "scoring.mean",
        "choice",
        "计分方法",
        "How marks are averaged",
        choices=MEANS,
        default="mean",
        when=REVIEW,
    ),
    Field(
        "scoring.blank",
        "choice",
        "空缺的分项",
        "A blank mark",
        choices=BLANKS,
        default="leave_out",
        when=REVIEW,
    ),
    Field(
        "scoring.reasons",
        "bool",
        "评分须写理由",
        "A mark needs a reason",
        default=True,
        when=REVIEW,
    ),
    Field("criteria.*.name", "text", "评分项", "Criterion", may_unset=False),
    Field("criteria.*.weight", "share", "权重", "Weight", "permille", 1, 1000, when=REVIEW),
    Field("criteria.*.max", "int", "满分", "Highest mark", "mark", 1, 100, default=10),
    Field("criteria.*.anchor", "text", "评分说明", "What a high mark means", may_unset=False),
]
_VOTE = [
    Field("vote.unit", "choice", "投票单位", "Who has a ballot", choices=UNIT, when=VOTE),
    Field("vote.min_age", "int", "最低年龄", "Least age", "age", 6, 99, when=VOTE),
    Field("vote.kind", "choice", "选票形式", "Kind of ballot", choices=BALLOTS, when=VOTE),
    Field("vote.k", "int", "至多选几项", "Choices on a ballot", "projects", 1, 99, when=CHOOSE),
    Field("vote.points", "int", "每票点数", "Points on a ballot", "points", 1, 1000, when=POINTS),
    Field(
        "vote.options",
        "keys",
        "可表示的意见",
        "What may be said of a project",
        choices=OPTIONS,
        default=("support", "against", "abstain"),
        when=STANCE,
    ),
    Field(
        "vote.silence",
        "choice",
        "没有表态的",
        "What silence means",
        choices=SILENCE,
        default="abstain",
        when=STANCE,
    ),
    Field(
        "vote.carried",
        "choice",
        "通过门槛",
        "When a proposal is carried",
        choices=CARRIED,
        default="more_for",
        when=STANCE,
    ),
    Field(
        "vote.revote", "bool", "截止前可改票", "May be changed until close", default=True, when=VOTE
    ),
    Field(
        "vote.own_community_only",
        "bool",
        "仅投本社区项目",
        "Own community's projects only",
        when=VOTE,
    ),
    Field("vote.paper", "bool", "可投纸质票", "Paper ballots are taken", default=True, when=VOTE),
    Field(
        "vote.remind",
        "numbers",
        "截止前几天短信提醒",
        "Days before the close on which a message reminds",
        "days",
        0,
        30,
        optional=True,
        default=None,
        when=VOTE,
        later=True,
        none=("不提醒", "never"),
        help="按自然日，从最后一天往前数，如“3、1”；只发给名册上还没投、留了手机又没有退订的人，投票开始那天不发；不要就填“不提醒”。",
        help_english="Calendar days counted back from the last one, such as 3, 1; only to those on the roll who have not cast, have a phone and have not opted out, and not on the day on which the vote opens; none where nobody is to be reminded.",
    ),
    Field(
        "vote.remind_from",
        "int",
        "提醒短信最早几点发",
        "Reminders go from",
        "hour",
        7,
        21,
        default=9,
        when=VOTE,
        later=True,
    ),
    Field(
        "vote.remind_until",
        "int",
        "提醒短信最晚几点前发",
        "Reminders go until",
        "hour",
        8,
        22,
        default=20,
        when=VOTE,
        later=True,
    ),
    Field(
        "vote.open_ballots",
        "bool",
        "公开匿名选票",
        "Whole ballots are published",
        default=False,
        when=VOTE,
        help="否则只公布每项得票；等额分配和均衡负担要靠整张选票才能重算，选票随计算数据公开。",
        help_english="Otherwise only totals are; equal shares and Phragmén are counted again out of whole ballots, which their published case holds.",
    ),
    Field(
        "vote.anonymity",
        "choice",
        "记名方式",
        "Secret or by name",
        choices=ANONYMITY,
        default="secret",
        when=VOTE,
    ),
    Field(
        "vote.keys",
        "choice",
        "票箱钥匙",
        "Who keeps the keys of the box",
        choices=KEYS,
        default="two_officers",
        when=VOTE,
    ),
]
_AWARD = [
    Field("award.method", "choice", "立项依据", "What decides", choices=METHODS),
    Field(
        "award.utility",
        "choice",
        "满意度怎样算",
        "What a funded choice is worth",
        choices=UTILITIES,
        default="cost",
        when=UTILITY,
    ),
    Field(
        "award.completion",
        "choice",
        "余款怎样补",
        "How what is left is used",
        choices=COMPLETIONS,
        default="add1u",
        when=SHARES,
    ),
    Field(
        "award.expert", "share", "评审权重", "Weight of the review", "permille", 0, 1000, when=BLEND
    ),
    Field(
        "award.public", "share", "投票权重", "Weight of the vote", "permille", 0, 1000, when=BLEND
    ),
    Field(
        "award.normaliser",
        "choice",
        "得票折算",
        "How votes become marks",
        choices=NORMALISERS,
        default="share_of_ballots",
        when=PUBLIC,
    ),
    Field(
        "award.onsite",
        "share",
        "公众部分中纸质票的权重",
        "Weight of ballots on paper in the public part",
        "permille",
        0,
        1000,
        optional=True,
        default=None,
        when=CHANNELS,
        later=True,
        help="其余为网上票的权重，例如40%对60%；填“不限”即两种票合并计算。任一种不足10张时也合并计算。",
        help_english="Ballots online have the rest; without it all are counted as one, and so where "
        "there are fewer than ten of either.",
        none=("合并计算", "counted as one"),
    ),
    Field(
        "award.min_score",
        "int",
        "入围最低分",
        "Least score",
        "marks",
        0,
        100,
        optional=True,
        when=REVIEW,
    ),
    Field(
        "award.min_votes",
        "int",
        "入围最低票数",
        "Least votes",
        "votes",
        0,
        10**6,
        optional=True,
        default=None,
        when=COUNTED,
    ),
    Field(
        "award.overflow",
        "choice",
        "资金不足时",
        "What does not fit",
        choices=OVERFLOWS,
        default="skip",
    ),
    Field("award.partial", "choice", "部分资助", "Partial award", choices=PARTIALS, default="none"),
    Field(
        "award.partial_min",
        "share",
        "部分资助最低比例",
        "Least share of a partial award",
        "permille",
        1,
        1000,
        when=PARTIAL,
    ),
    Field(
        "award.one_per_team",
        "bool",
        "每个团队至多立一项",
        "One award a team at most",
        default=False,
    ),
    Field(
        "award.reserve",
        "int",
        "每类候补名额",
        "Places on the reserve list of each tier",
        "projects",
        0,
        99,
        default=0,
    ),
    Field(
        "award.ties",
        "keys",
        "同分处理顺序",
        "Order in ties",
        choices=TIES,
        default=("score", "votes", "lot"),
        help="依次比较；本轮没有的依据略过；最后必须是抽签。",
        help_english="Compared in turn; what a round lacks is passed over; the lot comes last.",
    ),
    Field("tiers.*.name", "text", "类别", "Tier", may_unset=False),
    Field("tiers.*.aim", "text", "类别定位", "What the tier is for", may_unset=False),
    Field("tiers.*.places", "int", "名额", "Places", "projects", 1, 9999, optional=True),
    Field("tiers.*.money", "money", "类别总额", "Money of the tier", "fen", 1, optional=True),
    Field(
        "tiers.*.cap",
        "money",
        "类别单项上限",
        "Most for a project of the tier",
        "fen",
        1,
        optional=True,
    ),
    Field(
        "tiers.*.min",
        "money",
        "类别单项下限",
        "Least for a project of the tier",
        "fen",
        optional=True,
        default=None,
    ),
    Field(
        "tiers.*.least",
        "int",
        "类别至少立项",
        "Least projects of the tier",
        "projects",
        0,
        999,
        default=0,
        later=True,
    ),
    Field(
        "tiers.*.floor",
        "money",
        "类别至少金额",
        "Least money of the tier",
        "fen",
        1,
        optional=True,
        default=None,
        later=True,
    ),
    Field("themes.*.name", "text", "主题", "Theme", may_unset=False),
    Field(
        "themes.*.cap",
        "money",
        "主题总额上限",
        "Most for a theme",
        "fen",
        1,
        optional=True,
        default=None,
    ),
    Field(
        "themes.*.least",
        "int",
        "主题至少立项",
        "Least projects of the theme",
        "projects",
        0,
        999,
        default=0,
        later=True,
    ),
    Field(
        "themes.*.floor",
        "money",
        "主题至少金额",
        "Least money of the theme",
        "fen",
        1,
        optional=True,
        default=None,
        later=True,
    ),
]
_NOTICE = [
    Field("notice.days", "int", "公示天数", "Days of the notice", "days", 1, 60),
    Field("notice.kind", "choice", "公示天数计法", "How days are counted", choices=DAYS),
    Field("notice.jurors", "bool", "公布评委名单", "Judges' names are published", default=True),
    Field(
        "objection.answer_days",
        "int",
        "异议答复期限",
        "Days to answer an objection",
        "working_days",
        1,
        60,
    ),
    Field("objection.upheld", "choice", "异议成立", "An objection upheld", choices=UPHELD),
    Field(
        "objection.uncooperative",
        "choice",
        "申报方不配合核查",
        "An applicant who does not cooperate",
        choices=UNCOOPERATIVE,
    ),
]
_MONEY = [
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
_GROWTH = [
    Field(
        "ladder",
        "bool",
        "逐级申报",
        "One tier up at a time",
        default=False,
        later=True,
        help="上一轮立过项的团队，评为可升级的才可申报更高一类。",
        help_english="A team funded before goes for a higher tier only where its grade lets it.",
    ),
    Field(
        "pitch_minutes",
        "int",
        "中期汇报时长",
        "Length of a midterm pitch",
        "minutes",
        1,
        60,
        default=7,
        later=True,
    ),
    Field(
        "pitch_jurors",
        "int",
        "中期评议最少评委数",
        "Jurors a midterm pitch needs",
        "people",
        1,
        99,
        default=3,
        later=True,
    ),
    Field("pitch.*.name", "text", "中期评分项", "Line of the midterm sheet", may_unset=False),
    Field(
        "pitch.*.kind",
        "choice",
        "适用项目类型",
        "Kind of project",
        choices=PROJECT_KINDS,
        may_unset=False,
    ),
    Field("pitch.*.weight", "share", "权重", "Weight", "permille", 1, 1000),
    Field("pitch.*.max", "int", "满分", "Highest mark", "mark", 1, 100, default=10),
    Field("pitch.*.anchor", "text", "评分说明", "What a high mark means", may_unset=False),
    Field("findings.*.text", "text", "中期常见问题", "Typical finding", may_unset=False),
    Field(
        "acceptance.*.text", "text", "验收清单", "Point of the acceptance sheet", may_unset=False
    ),
]

SCHEMA: tuple[Field, ...] = (
    *_ROUND,
    *_SCREENING,
    *_REVIEW,
    *_VOTE,
    *_AWARD,
    *_NOTICE,
    *_MONEY,
    *POT,
    *_GROWTH,
)
"""Every rule, in the order in which a round meets them."""

LISTS: tuple[ListOf, ...] = (
    ListOf("checks", "形式审查清单", "Formal checks", "code", 1),
    ListOf("refusals", "不予受理理由", "Reasons of refusal", "code", 1),
    ListOf("criteria", "评分表", "Criteria", least=1, when=REVIEW),
    ListOf("tiers", "项目类别", "Tiers"),
    ListOf("themes", "主题", "Themes"),
    ListOf("instalments", "分期拨付", "Instalments", least=1, most=9),
    ListOf("heads", "支出科目", "Spending heads", least=1),
    ListOf("grades", "评估等次", "Grades", least=1),
    ListOf("pitch", "中期评分表", "Midterm sheet", later=True),
    ListOf("findings", "中期常见问题", "Typical findings", later=True),
    ListOf("acceptance", "验收清单", "Acceptance sheet", later=True),
)
"""Every list of rules that a pack may hold."""

SINGLE: tuple[Field, ...] = tuple(field for field in SCHEMA if ".*." not in field.path)


def cells(name: str) -> tuple[Field, ...]:
    """The fields of one list, in order.

    >>> [field.cell for field in cells("refusals")]
    ['text']
    """
    return tuple(field for field in SCHEMA if field.path.startswith(f"{name}.*."))
