"""From ballots to an outcome: the voters' spending, its raises, and its completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sanlin.kernel.allocation.constraints import Books
from sanlin.kernel.allocation.greedy import allocate
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Shares
from sanlin.kernel.allocation.ranking import by_votes
from sanlin.kernel.allocation.shares import fast, plain
from sanlin.kernel.allocation.shares.entrants import Entrants, Open
from sanlin.kernel.allocation.shares.field import Spent
from sanlin.kernel.allocation.shares.raising import raised
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.profile import Profile

COMPLETIONS = ("none", "add1", "add1-exhaustive", "add1u", "utilitarian", "comparison")
RAISING = {"add1", "add1-exhaustive", "add1u", "comparison"}
COMPLETING = {"utilitarian", "add1u", "comparison"}


def equal_shares(  # noqa: PLR0913  # the options of one count, all by name
    profile: Profile,
    bids: Sequence[Bid],
    limits: Limits,
    ties: TieOrder,
    *,
    utility: str = "cost",
    completion: str = "none",
    step: int = 100,
    opened: Open = Books,
    core: str = "fast",
) -> Outcome:
    """Fund bids by the Method of Equal Shares: every voter has the same part of the budget.

    `profile` holds the ballots; a bid that is no key of it has no supporters. `utility` is cost,
    cardinality (or approval), points or borda, see `Field.of`. Completions:

    - "none": what the voters' money buys, and no more.
    - "add1": every voter's money is raised by `step` fen, and all is counted anew, as long as what
      is bought costs no more than the budget.
    - "add1-exhaustive": the same, but raised no further once no bid would fit what is left.
    - "utilitarian": what is left of the budget goes to bids by their utility per cost, greedily.
    - "add1u": add1, then utilitarian.
    - "comparison": add1u, unless more voters have more utility from the greedy outcome (by votes);
      then that one, whose `rule` is skip.

    Every limit holds: bids are screened as in the greedy count, and `opened(limits)` opens the books
    that are asked before every purchase (any subclass of Books will do; a refusal of it is final, but
    for `requires` and `floor`). Bids are funded in full or
    not at all. The order of bids, rows and voters has no influence; a tie is settled by `ties` and
    reported. `Outcome.shares` has the purchases with exact prices, and what each voter had.

    Steps: bids set aside first, by key; then those bought (`bought`: price, payers, emptied, cost),
    then those of the completion (`completed`), then the others by key: `no_support`, `poor` (own:
    what the supporters have left, short: what they lack) or the limit that refused it.

    Raises UnsettledTie where `ties` do not part bids of one price, ValueError for an unknown name,
    two bids with one key, amounts below zero, or a step that is not above zero.
    """
    if completion not in COMPLETIONS:
        raise ValueError(f"no completion is called {completion}")
    if step <= 0:
        raise ValueError("a step of Add1 must be above zero")
    entrants = Entrants(profile, bids, limits, ties, utility, opened)
    run = _decisive(entrants, completion, step, core)
    extra, met, reasons = entrants.complete(run.spent) if completion in COMPLETING else ([], [], {})
    shares = Shares(
        utility,
        completion,
        profile.voters,
        run.each,
        run.spent.purchases,
        step if completion in RAISING else 0,
        run.raises,
        run.stopped,
        tuple(bid.key for bid in extra),
    )
    outcome = entrants.outcome(
        run.spent, extra, reasons, (*run.spent.ties, *met), shares, "equal-shares"
    )
    return _compared(entrants, outcome) if completion == "comparison" else outcome


@dataclass(frozen=True)
class _Run:
    """The spending that decides, what each voter had for it, and why there was no further one."""

    each: Fraction
    spent: Spent
    raises: int = 0
    stopped: str = ""


def _decisive(entrants: Entrants, completion: str, step: int, core: str) -> _Run:
    """The first spending, or that of the last raise of Add1 that keeps within the budget."""
    voters, budget = entrants.profile.voters, entrants.limits.budget
    each = Fraction(budget, voters) if voters else Fraction(0)
    raises, stopped = 0, ""
    market: plain.Market | fast.Market = plain.Market(entrants.field, entrants.ties)
    if core == "fast" and fast.fits(entrants.field):
        market = fast.Market(entrants.field, entrants.ties)
    if completion in RAISING:
        raises, stopped = raised(
            entrants, market, each, step, until_full=completion == "add1-exhaustive"
        )
        each += raises * step
    return _Run(each, market.spend(each, entrants.gate(each)), raises, stopped)


def _compared(entrants: Entrants, outcome: Outcome) -> Outcome:
    """The same, or the greedy outcome where more voters have more utility from that."""
    bids = list(entrants.bids.values())
    greedy = allocate(bids, entrants.limits, by_votes(bids), entrants.ties)
    mine, theirs = entrants.worth(outcome.funded), entrants.worth(greedy.funded)
    times = entrants.field.times
    better, worse = int(times[mine > theirs].sum()), int(times[mine < theirs].sum())
    shares = outcome.shares and replace(outcome.shares, preferred=(better, worse))
    if worse <= better:
        return replace(outcome, shares=shares)
    aside = tuple(step for step in outcome.steps if step.key in entrants.aside)
    return replace(greedy, steps=(*aside, *greedy.steps), shares=shares)
