"""Who may vote, and what lies in the box: two tables that no key joins.

While a vote is open a choice lies sealed in `Ballot.box`. At the close the boxes are opened, equal
choices are counted together into `Tally`, and the boxes and every `Voter.link` are emptied. The
reasons stand in docs/decisions/2026-11-22-roll-and-ballot.md.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground import lots, pii
from sanlin.ground.journal.models import told_in
from sanlin.ground.pii import SealedField
from sanlin.kernel.allocation.outcome import Bid

from . import stages

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which people misread
CODE_LENGTH = 16


class Roll(models.Model):
    """The roll of one round: fixed on the day the vote opens, together with what stands to vote.

    `slate` is a list of [proposal, number on the ballot, cost in fen, neighbourhood]. `seed` is
    published and settles in which order each voter reads it. `size` and `cast` are the turnout of
    a closed vote; while it is open they are 0 and the turnout is counted from the voters.
    """

    round = models.OneToOneField(
        "rounds.Round", models.PROTECT, related_name="roll", verbose_name=_("轮次")
    )
    day = models.DateField(_("基准日"))
    seed = models.CharField(_("排序种子"), max_length=32)
    slate = models.JSONField(_("选项"))
    opened_at = models.DateTimeField(_("开始时间"))
    closed_at = models.DateTimeField(_("截止时间"), null=True)
    size = models.PositiveIntegerField(_("名册人数"), default=0)
    cast = models.PositiveIntegerField(_("已投票数"), default=0)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("选民名册")
        constraints = [
            models.CheckConstraint(
                condition=Q(cast__lte=models.F("size")), name="turnout_within_the_roll"
            )
        ]

    def __str__(self) -> str:
        return str(self.round)

    @cached_property
    def closes(self) -> datetime | None:
        """When the window of the vote ends; None where it has no end."""
        window = Window.objects.filter(round_id=self.round_id, stage=VOTE)
        return window.values_list("closes", flat=True).first()

    @cached_property
    def bids(self) -> tuple[Bid, ...]:
        """What stands to vote, by number on the ballot; `sent` is that number."""
        return tuple(
            Bid(key=key, cost=cost, community=place, sent=number)
            for key, number, cost, place in self.slate
        )

    def open_to(self, neighbourhood: int) -> tuple[Bid, ...]:
        """What a voter of this neighbourhood may choose among."""
        if not self.round.rules.vote.own_community_only:
            return self.bids
        return tuple(bid for bid in self.bids if bid.community == neighbourhood)


class Voter(models.Model):
    """One line of a roll: a person, or a home where the pack counts households.

    `link` is the receipt code of the standing ballot, sealed; it exists only where the pack allows
    a change, and only until the close. `open` says on the line itself that the vote is open, so
    that marking it and closing the vote can never both succeed.
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
    link = SealedField(blank=True, default="")
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
                condition=Q(link="") | Q(open=True), name="no_link_after_the_close"
            ),
            models.UniqueConstraint(fields=["roll", "account"], name="one_line_a_person"),
            models.UniqueConstraint(fields=["roll", "home"], name="one_line_a_home"),
        ]

    def __str__(self) -> str:
        return str(self.account or self.home)

    @property
    def stage_label(self) -> str:
        return str(_(stages.LABELS[self.stage]))


class Channel(models.TextChoices):
    WEB = "web", _("网上")
    DESK = "desk", _("服务台代办")


class Ballot(models.Model):
    """What was put into the box: a receipt code, and until the close a sealed choice.

    A ballot that a later one has replaced stays as a code without a box, so that accepted less
    replaced is what was counted. It has no time, no sequence and no voter.
    """

    code = models.CharField(_("回执码"), max_length=CODE_LENGTH, primary_key=True)
    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="ballots", verbose_name=_("选民名册")
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    box = SealedField(blank=True, default="")
    standing = models.BooleanField(_("有效"), default=True)

    class Meta:
        verbose_name = _("选票")
        constraints = [
            models.CheckConstraint(
                condition=Q(standing=True) | Q(box=""), name="a_replaced_ballot_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.grouped

    @property
    def grouped(self) -> str:
        return in_groups(self.code)


class Tally(models.Model):
    """After the close: one choice, in canonical form, and how many ballots made it."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="tallies", verbose_name=_("选民名册")
    )
    choices = models.TextField(_("选择"))
    ballots = models.PositiveIntegerField(_("票数"))

    class Meta:
        verbose_name = _("计票")
        constraints = [
            models.CheckConstraint(condition=Q(ballots__gt=0), name="a_tally_counts_at_least_one")
        ]

    def __str__(self) -> str:
        return f"{self.choices} × {self.ballots}"


def receipt_code(roll: int, token: str) -> str:
    """Sixteen letters and digits (80 bits) that stand for one ballot and tell nothing about it.

    >>> receipt_code(7, "a" * 32)
    'YR77XMRD56CRE25M'
    """
    digest = hashlib.sha256(f"sanlin-ballot-1:{roll}:{token}".encode()).digest()
    bits = int.from_bytes(digest[:10], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))


def token(voter: Voter, key: str) -> str:
    """The secret of a ballot: by chance, or the same again for the same key of the same voter.

    The key comes from the voter's own form and is kept nowhere; without it nobody can make the
    token again, whatever else he holds.
    """
    return pii.mark(f"ballot:{voter.pk}:{key}") if key else lots.new_seed()


def in_groups(code: str) -> str:
    """Four groups of four, to be read aloud.

    >>> in_groups("0123456789ABCDEF")
    '0123-4567-89AB-CDEF'
    """
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(written: str) -> str:
    """A receipt code as people type it, brought to its one form; empty where it is none.

    >>> read_code(" 0123-4567 89ab-cdef "), read_code("oI23456789ABCDEF"), read_code("hello")
    ('0123456789ABCDEF', '0123456789ABCDEF', '')
    """
    plain = "".join(written.upper().split()).replace("-", "").replace("－", "")
    plain = plain.translate(str.maketrans("OIL", "011"))
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(ALPHABET) else ""
