from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from sanlin.govern.awards.models import Decision
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


def steadiness(decision: Decision, titles: dict[int, str]) -> Steadiness | None:
    """Counted again over all weights; None where marks and votes are not blended."""
    if decision.round.rules.award.method != BLEND:
        return None
    return steadiness_of(_interval(decision.fingerprint, bytes(decision.inputs)), titles)


def steadiness_of(found: Interval, titles: dict[int, str]) -> Steadiness:
    """An interval in words, with proposals by their titles."""
    low, high = int(found.low), int(found.high)
    return Steadiness(_sentence(found, titles), low, max(high - low, 1), int(found.at))


@lru_cache(maxsize=32)
def _interval(_fingerprint: str, inputs: bytes) -> Interval:
    return stable_interval(from_bytes(inputs))


def _sentence(found: Interval, titles: dict[int, str]) -> str:
    if found.whole:
        return _("评审权重无论取多少，立项的都是同样这些项目。")
    text = _("评审权重在%(low)s到%(high)s之间（现为%(at)s），立项的都是同样这些项目") % {
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
