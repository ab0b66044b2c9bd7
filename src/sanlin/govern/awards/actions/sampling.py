"""Drawing a sample of paper that finds whatever could change who is funded."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.awards.queries import margin_of
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.models import Sample
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.verdict import Refused


def draw_sample(
    round: Round, digits: str, margin: int, limit: int, *, by: Account, now: datetime, key: str = ""
) -> Sample:
    """Draw sheets by dice, to find an error of `margin` votes at a risk of `limit` permille. Raises
    Refused where a smaller error might change who is funded under the round's own rule."""
    most = margin_of(round).votes
    if margin > most:
        raise Refused(_("票差至多%(most)s票：错这么多票，就可能改变谁入选") % {"most": most})
    return ballots.draw_sample(round, digits, margin, limit, by=by, now=now, key=key)
