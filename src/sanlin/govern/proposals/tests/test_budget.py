"""Where a budget leaves the town's rules: each with its sentence and figures."""

import pytest

from sanlin.govern.proposals.rules import budget_sentence
from sanlin.kernel.budget import Budget, Line, Room, faults, least_asked, most_asked, share_room
from sanlin.kernel.packs import thaw

from .town import frozen

RULES = thaw(frozen())


def sentences(budget, tier="big"):
    return [budget_sentence(reason) for reason in faults(budget, RULES, tier)]


def goods(amount, own=None):
    return Budget((Line("materials", "花盆", amount, 1),), amount // 10 if own is None else own)


@pytest.mark.parametrize(
    ("budget", "tier", "expected"),
    [
        (goods(10_000_00), "big", []),
        (Budget(), "big", ["还没有填预算"]),
        (goods(25_000_00), "big", ["申请金额¥22,500，高于上限¥20,000"]),
        (goods(22_222_22, 2_222_23), "big", []),
        (goods(6_000_00), "small", ["申请金额¥5,400，高于上限¥5,000"]),
        (goods(1_000_00), "big", ["申请金额¥900，低于下限¥1,000"]),
        (goods(10_000_00, 999_99), "big", ["自筹金额¥999.99，至少要占预算的10%，即¥1,000"]),
        (
            goods(10_000_00, 10_000_00),
            "big",
            ["自筹金额¥10,000不少于预算合计¥10,000，没有需要申请的金额"],
        ),
        (
            Budget((Line("pay", "工资", 100_00, 2), Line("materials", "花", 5_000_00, 1)), 600_00),
            "big",
            ["“工资”不得列支，请去掉这¥200"],
        ),
        (
            Budget((Line("car", "车", 5_000_00, 1),), 600_00),
            "big",
            ["本轮没有“car”这个支出科目，请改选（¥5,000）"],
        ),
        (
            Budget((Line("expert", "讲师", 300_01, 20),), 700_00),
            "big",
            ["专家费“讲师”单价¥300.01，高于上限¥300"],
        ),
        (
            Budget(
                (Line("labour", "志愿者", 50_00, 51), Line("materials", "花", 2_500_00, 1)), 600_00
            ),
            "big",
            ["劳务补贴共¥2,550，最多占预算的50%，即¥2,525"],
        ),
    ],
)
def test_every_limit_has_a_sentence_with_its_figures(budget, tier, expected):
    assert sentences(budget, tier) == expected


def test_the_narrower_of_two_limits_counts():
    assert (most_asked(RULES, "big"), most_asked(RULES, "small")) == (20_000_00, 5_000_00)
    assert (least_asked(RULES, "big"), least_asked(RULES, "small")) == (1_000_00, 1_000_00)


def test_what_a_share_still_leaves_is_floored():
    budget = Budget((Line("labour", "志愿者", 1, 1), Line("materials", "花", 2, 1)))
    assert share_room(budget, RULES.head("labour")) == Room(used=1, most=1)
    assert share_room(budget, RULES.head("materials")) is None
