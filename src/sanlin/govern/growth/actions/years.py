from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.growth import rules
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require


@deed("growth.take_over")
def take_over(
    draft: Round,
    proposed: Mapping[str, object],
    typed: Mapping[str, object],
    *,
    by: Account,
    now: datetime,
) -> Round:
    """Put figures into the draft's own values: those that last year's book proposes, and those that
    the officer typed in their stead. Paths to values in the units of the kernel."""
    require(rules.can_take_over(by, draft, now=now))
    pack, values = draft.pack, {**proposed, **typed}
    if any(path not in pack.values or pack.binds(path) for path in values):
        raise Refused(_("办法已经规定的数值不能改"))
    if not values:
        raise Refused(_("没有选择要采用的数值"))
    if faults := rules.contradictions(draft, values):
        raise Refused(_("；").join(words for _path, words in faults))
    merged = {**draft.officer_values, **values}
    changed = rounds.amend(draft, name=draft.name, year=draft.year, values=merged, by=by, now=now)
    typed = {path: value for path, value in typed.items() if proposed.get(path) != value}
    taken = {path: value for path, value in proposed.items() if path not in typed}
    record(changed, by=by, now=now, proposed=taken, typed=typed)
    return changed
