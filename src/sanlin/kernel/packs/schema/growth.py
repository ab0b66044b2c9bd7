"""How projects grow: the ladder, the midterm session, acceptance."""

from __future__ import annotations

from sanlin.kernel.packs.choices import PROJECT_KINDS
from sanlin.kernel.packs.fields import Field

GROWTH = [
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
