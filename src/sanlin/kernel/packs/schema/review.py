"""What judges do."""

from __future__ import annotations

from sanlin.kernel.packs.choices import BLANKS, MEANS
from sanlin.kernel.packs.fields import Field

from .when import REVIEW

REVIEW_RULES = [
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
