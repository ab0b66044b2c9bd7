"""Every rule that a pack may lay down, in one table: `SCHEMA`. Lists of rules stand in `LISTS`.

Reading, checking, the officer's form, the page that explains a round and docs/rule-packs.md all
come from this table. Its parts lie here in the order in which a round meets them; `when` has the
conditions under which a rule applies.
"""

from __future__ import annotations

from sanlin.kernel.packs.fields import Field, ListOf
from sanlin.kernel.packs.pot import POT

from .award import AWARD, NOTICE
from .course import OPTIONAL_STAGES, ROUND, SCREENING, STAGES
from .growth import GROWTH
from .money import MONEY
from .review import REVIEW_RULES
from .vote import VOTE_RULES
from .when import REVIEW

__all__ = ["LISTS", "OPTIONAL_STAGES", "SCHEMA", "SINGLE", "STAGES", "cells"]

SCHEMA: tuple[Field, ...] = (
    *ROUND,
    *SCREENING,
    *REVIEW_RULES,
    *VOTE_RULES,
    *AWARD,
    *NOTICE,
    *MONEY,
    *POT,
    *GROWTH,
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
