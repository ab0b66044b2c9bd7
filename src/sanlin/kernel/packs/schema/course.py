"""How a round goes: its stages, its windows, who may apply, what is checked first."""

from __future__ import annotations

from sanlin.kernel.packs.choices import APPLICANTS
from sanlin.kernel.packs.fields import Field, When

from .when import REVIEW, VOTE

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


ROUND = [
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

SCREENING = [
    Field("screening.correction_days", "int", "补正期限", "Days to correct", "working_days", 1, 60),
    Field("screening.appeal_days", "int", "申诉期限", "Days to appeal", "working_days", 1, 60),
    Field("checks.*.text", "text", "审查事项", "What is checked", may_unset=False),
    Field("checks.*.correctable", "bool", "可补正", "May be corrected", may_unset=False),
    Field("refusals.*.text", "text", "不予受理理由", "Reason of refusal", may_unset=False),
]
