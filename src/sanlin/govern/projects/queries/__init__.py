"""What is read of projects: their money, what waits for whom, what the next round takes over."""

from .growth import Carried, carried, consequence_words
from .money import (
    Head,
    Money,
    all_receipts,
    by_head,
    confirmed,
    fund_of,
    late,
    position_of_round,
    to_pay,
    with_money,
)
from .twins import Alike, alike, doubtful, twins_of, words_of
from .versions import compared
from .waiting import Next, Waiting, mine, next_of, next_steps, waiting, waiting_for_team

__all__ = [
    "Alike",
    "Carried",
    "Head",
    "Money",
    "Next",
    "Waiting",
    "alike",
    "all_receipts",
    "by_head",
    "carried",
    "compared",
    "confirmed",
    "consequence_words",
    "doubtful",
    "fund_of",
    "late",
    "mine",
    "next_of",
    "next_steps",
    "position_of_round",
    "to_pay",
    "twins_of",
    "waiting",
    "waiting_for_team",
    "with_money",
    "words_of",
]
