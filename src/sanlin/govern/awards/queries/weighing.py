from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from sanlin.govern.awards.models import Decision
from sanlin.govern.ballots.queries import APART
from sanlin.kernel.allocation import Interval, Shift, from_bytes, stable_interval
from sanlin.kernel.reason import written

BLEND = "blend"


@dataclass(frozen=True)
class Steadiness:
    """How far the weight of the marks could move with the same projects funded: in words, and as
    lengths of a thousand for a picture."""

    sentence: str
    low: int
    width: int
    at: int


def steadiness(
    decision: Decision, titles: dict[int, str], weight: str = "expert"
) -> Steadiness | None:
    """Counted again over all weights; None where marks and votes are not blended.

    `weight` is that of the marks (expert) or of the ballots on paper (onsite); None, too, where a
    round does not weigh the latter.
    """
    if decision.round.rules.award.method != BLEND:
        return None
    if weight == "onsite" and decision.round.rules.award.onsite is None:
        return None
    found = _interval(decision.fingerprint, bytes(decision.inputs), weight)
    return None if found is None else steadiness_of(found, titles)


def publics(decision: Decision) -> str:
    """How ballots online and on paper were put together, in a sentence; nothing where the rules of
    the round do not weigh them."""
    permille = decision.round.rules.award.onsite
    if decision.round.rules.award.method != BLEND or permille is None:
        return ""
    case = from_bytes(bytes(decision.inputs))
    if case.onsite is None:
        return _("网上票或纸质票不足%(n)s张，按办法两种票合并计算，不分别加权。") % {"n": APART}
    return _(
        "公众部分：纸质票（%(paper)s人）占%(near)s，网上票（%(web)s人）占%(far)s，各自折算后相加。"
    ) % {
        "paper": case.ballots_onsite,
        "near": _percent(Fraction(permille)),
        "web": case.ballots - case.ballots_onsite,
        "far": _percent(Fraction(1000 - permille)),
    }


def steadiness_of(found: Interval, titles: dict[int, str]) -> Steadiness:
    """An interval in words, with proposals by their titles."""
    low, high = int(found.low), int(found.high)
    return Steadiness(_sentence(found, titles), low, max(high - low, 1), int(found.at))


@lru_cache(maxsize=32)
def _interval(_fingerprint: str, inputs: bytes, weight: str) -> Interval | None:
    case = from_bytes(inputs)
    return None if weight == "onsite" and case.onsite is None else stable_interval(case, weight)


def _sentence(found: Interval, titles: dict[int, str]) -> str:
    weight = _("纸质票权重") if found.name == "onsite" else _("评审权重")
    if found.whole:
        return _("%(weight)s无论取多少，立项的都是同样这些项目。") % {"weight": weight}
    text = _("%(weight)s在%(low)s到%(high)s之间（现为%(at)s），立项的都是同样这些项目") % {
        "weight": weight,
        "low": _percent(found.low),
        "high": _percent(found.high),
        "at": _percent(found.at),
    }
    for shift, words in ((found.below, _("；再低")), (found.above, _("；再高"))):
        if shift is not None:
            text += words + _("，") + _change(shift, titles)
    return text + _("。")


def _change(shift: Shift, titles: dict[int, str]) -> str:
    parts = []
    if shift.enters:
        parts.append(_("%(titles)s入选") % {"titles": _quoted(shift.enters, titles)})
    if shift.leaves:
        parts.append(_("%(titles)s落选") % {"titles": _quoted(shift.leaves, titles)})
    return _("、").join(parts)


def _quoted(keys: Sequence[int], titles: dict[int, str]) -> str:
    return "".join(_("“%(title)s”") % {"title": titles[key]} for key in keys)


def _percent(permille: Fraction) -> str:
    return f"{written(permille / 10)}%"
