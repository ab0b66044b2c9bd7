"""What can happen to a fund's money. Apps above call these inside their own verbs."""

from .checking import inspect, rebuild
from .closing import close_month
from .founding import found_community_fund, keep_along, open_fund, seat, unseat
from .moving import (
    fill,
    give_out,
    pay,
    promise,
    receive,
    release,
    spend_running,
    take_back,
)
from .people import end_duty, entrust, entrust_all
from .posting import Cause, book
from .pots import arrive, match, pledge, withdraw
from .reversing import reverse, reverse_own
from .running import approve_running, ask_running, pay_running, refuse_running
from .sweeping import POOL, plan_sweep, sweep

__all__ = [
    "POOL",
    "Cause",
    "approve_running",
    "arrive",
    "ask_running",
    "book",
    "close_month",
    "end_duty",
    "entrust",
    "entrust_all",
    "fill",
    "found_community_fund",
    "give_out",
    "inspect",
    "keep_along",
    "match",
    "open_fund",
    "pay",
    "pay_running",
    "plan_sweep",
    "pledge",
    "promise",
    "rebuild",
    "receive",
    "refuse_running",
    "release",
    "reverse",
    "reverse_own",
    "seat",
    "spend_running",
    "sweep",
    "take_back",
    "unseat",
    "withdraw",
]
