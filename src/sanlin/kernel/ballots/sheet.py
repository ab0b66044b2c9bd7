"""A sheet of paper, read by somebody: valid, blank or invalid, by the same form as a ballot online.

What is on the paper comes in as marks: a mapping from proposal to 1 (approvals, a basket), to a place
from 1 (a ranking), to points, or to the number of an opinion. What only eyes can tell comes as a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sanlin.kernel.allocation.outcome import Bid

from .form import Choices, Chosen, Form, check, choices

VALID, BLANK, INVALID = "valid", "blank", "invalid"
STATES = (VALID, BLANK, INVALID)
UNCLEAR, NAMED, FOREIGN = "unclear", "named", "foreign"
FLAGS = (UNCLEAR, NAMED, FOREIGN)  # cannot be made out; tells whose it is; no ballot of this vote
SAME_PLACE = "same_place"


@dataclass(frozen=True)
class Sheet:
    """What a sheet amounts to. `reason` is "" unless it is invalid: a flag, `same_place` (two
    proposals of a ranking have one place), or the code of `form.check` that comes first."""

    state: str
    reason: str = ""
    choices: Choices = ()


def judge(marks: Mapping[int, int], form: Form, bids: Iterable[Bid], flag: str = "") -> Sheet:
    """What these marks amount to by this form. A sheet without any mark is blank and counts as a
    ballot that names nothing. Marks of 0 are none. Raises ValueError for an unknown flag.

    >>> bids = [Bid(3, 60), Bid(7, 50)]
    >>> judge({7: 1}, Form("approve", most=1), bids)
    Sheet(state='valid', reason='', choices=((7, 1),))
    >>> judge({3: 1, 7: 1}, Form("approve", most=1), bids).reason
    'too_many'
    >>> judge({7: 1, 3: 2}, Form("rank", most=2), bids).choices
    ((3, 1), (7, 2))
    >>> judge({7: 1, 3: 1}, Form("rank", most=2), bids).reason
    'same_place'
    >>> judge({}, Form("approve", most=1), bids).state
    'blank'
    """
    if flag and flag not in FLAGS:
        raise ValueError(f"no sheet is flagged {flag}")
    offered = list(bids)
    if flag:
        return Sheet(INVALID, flag)
    made = {key: mark for key, mark in marks.items() if mark}
    if not made:
        return Sheet(BLANK, choices=choices({}, form, [bid.key for bid in offered]))
    if form.kind == "rank" and len(set(made.values())) < len(made):
        return Sheet(INVALID, SAME_PLACE)
    chosen = as_chosen(made, form)
    for fault in check(chosen, form, offered):
        return Sheet(INVALID, fault.code)
    return Sheet(VALID, choices=choices(chosen, form, [bid.key for bid in offered]))


def as_chosen(marks: Mapping[int, int], form: Form) -> Chosen:
    """Marks as a voter online would have made these choices.

    >>> as_chosen({7: 1, 3: 2}, Form("rank", most=2))
    [7, 3]
    """
    if form.kind in ("points", "stance"):
        return dict(marks)
    if form.kind == "rank":
        return sorted(marks, key=lambda key: (marks[key], key))
    return sorted(marks)
