"""A round with small round figures, open for proposals on NOW's day."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sanlin.commons.people.tests.scene import NOW, street
from sanlin.commons.places.models import Street
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round, Window
from sanlin.kernel.packs import complete, fingerprint, freeze, read

PACK = """
id = "town"
title = "镇上的办法"
jurisdiction = "某街道"
effective_from = 2024-01-01
budget = { value = "50万", source = "own" }
project_min = { value = 1000, source = "own" }
project_cap = { value = "2万", source = "own" }
community_cap = { value = "none", source = "own" }
team_cap = { value = "3万", source = "own" }
own_funds_min = { value = "10%", source = "own" }
applicants = { value = ["team", "filed"], source = "own" }

[sources]

[stages]
review = { value = true, source = "own" }
conferral = { value = false, source = "own" }
optimisation = { value = true, source = "own" }
vote = { value = false, source = "own" }
midterm = { value = false, source = "own" }

[windows]
call = { value = 30, source = "own" }
screening = { value = 10, source = "own" }
review = { value = 10, source = "own" }
optimisation = { value = 10, source = "own" }
running = { value = 180, source = "own" }

[screening]
correction_days = { value = 5, source = "own" }
appeal_days = { value = 3, source = "own" }

[scoring]
min_judges = { value = 3, source = "own" }

[award]
min_score = { value = "none", source = "own" }
method = { value = "score", source = "own" }

[notice]
days = { value = 5, source = "own" }
kind = { value = "working", source = "own" }

[objection]
answer_days = { value = 5, source = "own" }
upheld = { value = "cancel", source = "own" }
uncooperative = { value = "cancel", source = "own" }

[[tiers]]
key = "big"
name = "品牌类"
aim = "有特色"
source = "own"
places = 5
money = "none"
cap = "none"

[[tiers]]
key = "small"
name = "育苗类"
aim = "培育人"
source = "own"
places = 9
money = "none"
cap = 5000
min = 500

[[themes]]
key = "stairs"
name = "楼道美化"
source = "own"

[[themes]]
key = "garden"
name = "社区小花园"
source = "own"

[[checks]]
code = "heard"
text = "附有听取居民意见的记录"
correctable = true
source = "own"

[[checks]]
code = "applicant"
text = "申报主体属于可申报的主体"
correctable = false
source = "own"

[[refusals]]
code = "private_matter"
text = "属于个人或单户自己的事务"
source = "own"

[[refusals]]
code = "double_funded"
text = "同一内容已获其他资金资助"
source = "own"

[[criteria]]
key = "need"
name = "需求"
anchor = "说得清"
source = "own"
weight = "100%"

[[instalments]]
key = "first"
name = "一次"
condition = "signed"
source = "own"
share = "100%"
within = 15

[[heads]]
key = "materials"
name = "活动物资"
source = "own"

[[heads]]
key = "labour"
name = "劳务补贴"
source = "own"
max_share = "50%"

[[heads]]
key = "expert"
name = "专家费"
source = "own"
unit_cap = 300
unit = "人天"

[[heads]]
key = "pay"
name = "工资"
source = "own"
forbidden = true

[[grades]]
key = "pass"
name = "合格"
source = "own"
from_mark = 0
consequence = ["pass"]
"""


@lru_cache
def frozen(pack: str = PACK) -> bytes:
    return freeze(complete(read(pack), {}))


def open_round(stage: str = stages.CALL, *, on: Street | None = None, **fields: Any) -> Round:
    """A round of the town's pack at a stage, whose window opened two days before NOW for ten."""
    fields.setdefault("name", "2024年自治金")
    fields.setdefault("year", 2024)
    rules = frozen(fields.pop("pack", PACK))
    made = Round.objects.create(
        street=on or street(),
        stage=stage,
        pack_id="town",
        frozen=rules,
        fingerprint=fingerprint(rules),
        **fields,
    )
    for open_stage in (stages.CALL, stages.SCREENING, stages.OPTIMISATION):
        Window.objects.create(
            round=made,
            stage=open_stage,
            opens=NOW - timedelta(days=2),
            closes=NOW + timedelta(days=8),
        )
    return made
