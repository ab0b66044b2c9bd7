"""The vote opens: its slate, its roll and the key of its box are fixed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Roll, Share, Voter
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round, Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground import keys, lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import require

BATCH = 2_000


@deed("vote.open", checkpoint=_lazy("投票开始"))
def open_vote(round: Round, *, by: Account, now: datetime) -> Round:
    """Fix the slate and the roll, make the key of the box, and take ballots until the window ends.

    The private key is sealed to every two keepers and then forgotten: it is written nowhere.
    A round without a window for its vote gets the days of its pack, from this moment on.
    """
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)  # or a keeper changes beside us
    require(rules.can_open_vote(by, round, now=now))
    move(round, "open_vote", by=by, now=now)
    private, public = keys.new_box()
    Window.objects.get_or_create(
        round=round,
        stage=VOTE,
        defaults={
            "opens": now,
            "closes": now + timedelta(days=round.rules.windows[VOTE].days),
        },
    )
    roll = Roll.objects.create(
        round=round,
        day=local_day(now),
        seed=lots.new_seed(),
        slate=[
            [proposal.pk, proposal.number, proposal.asked, proposal.neighbourhood_id]
            for proposal in admitted(round)
        ],
        opened_at=now,
        key=public,
    )
    holders = {one.pk: bytes(one.public) for one in rules.keepers(round)}
    Share.objects.bulk_create(
        Share(roll=roll, first_id=first, second_id=second, sealed=sealed)
        for first, second, sealed in keys.share(private, holders)
    )
    size = _enrol(roll)
    forget(round)
    record(
        roll,
        by=by,
        now=now,
        slate=len(roll.slate),
        size=size,
        seed=roll.seed,
        key=public.hex(),
        keepers=sorted(holders),
    )
    return round


def _enrol(roll: Roll) -> int:
    """Put everybody on the roll whom the pack lets vote; how many lines that made."""
    people = rules.eligible(roll.round, roll.day)
    if rules.by_household(roll.round):
        homes = people.order_by("home").values_list(
            "home", "home__stair__building__estate__neighbourhood"
        )
        lines = [
            Voter(roll=roll, home_id=home, neighbourhood_id=place)
            for home, place in homes.distinct()
        ]
    else:
        lines = [
            Voter(roll=roll, account_id=account, neighbourhood_id=place)
            for account, place in people.order_by("pk").values_list("account", "neighbourhood")
        ]
    Voter.objects.bulk_create(lines, batch_size=BATCH)
    return len(lines)


def forget(round: Round) -> None:
    """Let the round read its roll again."""
    round._state.fields_cache.pop("roll", None)
