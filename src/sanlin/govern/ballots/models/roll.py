"""Who may vote, and what stands to vote: fixed on the day the vote opens."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.govern.ballots import stages
from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.journal.models import told_in
from sanlin.ground.prepared import Given, Read
from sanlin.kernel.allocation.outcome import Bid

NOTHING = b""


CLOSES = Read(lambda: Window.objects.filter(round=Given("round"), stage=VOTE).values_list("closes"))


class Roll(models.Model):
    """The roll of one round: fixed on the day the vote opens, together with what stands to vote.

    `slate` is a list of [proposal, number on the ballot, cost in fen, neighbourhood]. `seed` is
    published and settles in which order each voter reads it. `size` and `cast` are the turnout of
    a closed vote; while it is open they are 0 and the turnout is counted from the voters. `key` is
    the public key to which ballots are sealed, None for a vote that was held elsewhere; `broken`
    counts ballots that were in the box and did not open to their code.
    """

    round = models.OneToOneField(
        "rounds.Round", models.PROTECT, related_name="roll", verbose_name=_("轮次")
    )
    day = models.DateField(_("基准日"))
    seed = models.CharField(_("排序种子"), max_length=32)
    slate = models.JSONField(_("选项"))
    opened_at = models.DateTimeField(_("开始时间"))
    closed_at = models.DateTimeField(_("截止时间"), null=True)
    counted_at = models.DateTimeField(_("开箱时间"), null=True)
    key = models.BinaryField(_("票箱公钥"), null=True)
    keys_gone_at = models.DateTimeField(_("钥匙销毁时间"), null=True)
    broken = models.PositiveIntegerField(_("打不开的票数"), default=0)
    size = models.PositiveIntegerField(_("名册人数"), default=0)
    cast = models.PositiveIntegerField(_("已投票数"), default=0)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("选民名册")
        constraints = [
            models.CheckConstraint(
                condition=Q(cast__lte=models.F("size")), name="turnout_within_the_roll"
            ),
            models.CheckConstraint(
                condition=Q(counted_at__isnull=True) | Q(closed_at__isnull=False),
                name="counted_after_the_close",
            ),
        ]

    def __str__(self) -> str:
        return str(self.round)

    @property
    def fingerprint(self) -> str:
        """The first sixteen hexadecimal digits of the public key, in fours."""
        digits = bytes(self.key or NOTHING).hex()[:16]
        return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    @cached_property
    def closes(self) -> datetime | None:
        """When the window of the vote ends; None where it has no end."""
        found = CLOSES.one(round=self.round_id)
        return found[0] if found else None

    @cached_property
    def bids(self) -> tuple[Bid, ...]:
        """What stands to vote, by number on the ballot; `sent` is that number."""
        return tuple(
            Bid(key=key, cost=cost, community=place, sent=number)
            for key, number, cost, place in self.slate
        )

    @cached_property
    def begun(self) -> list[Any]:
        """The days on which this vote was reminded of, the first one first."""
        return list(self.reminders.all())

    def open_to(self, neighbourhood: int) -> tuple[Bid, ...]:
        """What a voter of this neighbourhood may choose among."""
        if not self.round.rules.vote.own_community_only:
            return self.bids
        return tuple(bid for bid in self.bids if bid.community == neighbourhood)


class Voter(models.Model):
    """One line of a roll: a person, or a home where the pack counts households.

    `link` is the code of the standing ballot, sealed by a key outside the database; it exists only
    where the ballot may still be replaced, and only until the close. `open` says on the line itself
    that the vote is open, so that marking it and closing the vote can never both succeed. `hand` is
    who helped, at the desk or as a relative. `shift` and `marker` tell where a sheet was handed out and
    by whom, so that a wrong mark can be taken back; they are emptied at the close.
    """

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="voters", verbose_name=_("选民名册")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="votes",
        verbose_name=_("账号"),
    )
    home = models.ForeignKey(
        "places.Home", models.PROTECT, null=True, related_name="votes", verbose_name=_("户")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood", models.PROTECT, related_name="voters", verbose_name=_("居民区")
    )
    stage = models.CharField(_("状态"), max_length=10, default=stages.WAITING)
    open = models.BooleanField(_("可投票"), default=True)
    link = models.BinaryField(default=NOTHING)
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("代办人"),
    )
    shift = models.ForeignKey(
        "ballots.Shift", models.PROTECT, null=True, related_name="+", verbose_name=_("班次")
    )
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("发票人"),
    )
    shown = models.PositiveSmallIntegerField(_("抽检次数"), default=0)
    late = models.BooleanField(_("补录"), default=False)
    reason = models.CharField(_("补录或移出的理由"), max_length=200, blank=True)

    log = told_in("round", "roll.round_id")

    class Meta:
        verbose_name = _("选民")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=stages.VOTER.stages()), name="voter_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False, home__isnull=True)
                | Q(account__isnull=True, home__isnull=False),
                name="a_voter_is_a_person_or_a_home",
            ),
            models.CheckConstraint(
                condition=Q(link=NOTHING) | Q(open=True), name="no_link_after_the_close"
            ),
            models.CheckConstraint(
                condition=Q(shift__isnull=True, marker__isnull=True)
                | Q(shift__isnull=False, marker__isnull=False, open=True, stage=stages.PAPER),
                name="no_booth_after_the_close",
            ),
            models.UniqueConstraint(fields=["roll", "account"], name="one_line_a_person"),
            models.UniqueConstraint(fields=["roll", "home"], name="one_line_a_home"),
        ]

    def __str__(self) -> str:
        return str(self.account or self.home)

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))
