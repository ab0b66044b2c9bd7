"""What is read of projects: their money, what waits for whom, what the next round takes over."""

from .children import children_of
from .growth import Carried, carried, consequence_words
from .money import (
    Head,
    Money,
    all_receipts,
    by_head,
    confirmed,
    fund_of,
    late,
    on_the_way,
    position_of_round,
    stops,
    to_pay,
    with_money,
)
from .twins import Alike, alike, doubtful, twins_of, words_of
from .versions import Hand, compared, versions_of
from .waiting import (
    Next,
    Waiting,
    mine,
    next_of,
    next_steps,
    report_is_due,
    verbs_at,
    waiting,
    waiting_for_team,
)

__all__ = [
    "Alike",
    "Carried",
    "Hand",
    "Head",
    "Money",
    "Next",
    "Waiting",
    "alike",
    "all_receipts",
    "by_head",
    "carried",
    "children_of",
    "compared",
    "confirmed",
    "consequence_words",
    "doubtful",
    "fund_of",
    "late",
    "mine",
    "next_of",
    "next_steps",
    "on_the_way",
    "position_of_round",
    "report_is_due",
    "stops",
    "to_pay",
    "twins_of",
    "verbs_at",
    "versions_of",
    "waiting",
    "waiting_for_team",
    "with_money",
    "words_of",
]
