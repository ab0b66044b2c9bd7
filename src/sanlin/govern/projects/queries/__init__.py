"""What is read of projects: their money, what waits for whom, what the next round takes over."""

from .growth import Carried, carried, consequence_words
from .money import (
    Head,
    Money,
    all_receipts,
    by_head,
    fund_of,
    position_of_round,
    to_pay,
    twins,
    with_money,
)
from .waiting import Next, Waiting, mine, next_of, next_steps, waiting, waiting_for_team

__all__ = [
    "Carried",
    "Head",
    "Money",
    "Next",
    "Waiting",
    "all_receipts",
    "by_head",
    "carried",
    "consequence_words",
    "fund_of",
    "mine",
    "next_of",
    "next_steps",
    "position_of_round",
    "to_pay",
    "twins",
    "waiting",
    "waiting_for_team",
    "with_money",
]
