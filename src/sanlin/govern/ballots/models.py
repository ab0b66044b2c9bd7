"""Who may vote, what lies in the box, and who keeps its keys: no foreign key joins voter and ballot.

A choice lies sealed to the key of its vote in `Ballot.box`. At the close every `Voter.link` is
emptied. Two keepers open the box: equal choices are counted together into `Tally`. When the keys
are destroyed the boxes are emptied. The reasons stand in docs/decisions/2026-11-22-roll-and-ballot.md
and docs/decisions/2026-11-22-sealed-box.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.journal.models import told_in
from sanlin.ground.keys import Lock
from sanlin.ground.prepared import Given, Read
from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.ballots.code import in_groups, receipt_of

from . import stages

CODE_LENGTH = 64
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
    who helped, at the desk or as a relative.
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
    PAPER = "paper", _("纸质")


class Fate(models.TextChoices):
    """What became of a ballot. Only a standing one has a box."""

    STANDING = "standing", _("有效")
    REPLACED = "replaced", _("已被后来的一票替换")
    SPOILED = "spoiled", _("已抽检作废")
    OVERRIDDEN = "overridden", _("已被纸质票取代")


class Ballot(models.Model):
    """What was put into the box: a code, and what the key of the vote alone opens.

    The box holds the seed (32 bytes) and the choices in canonical form, filled up to one length. It
    has no time, no sequence and no voter; it does not tell who helped either.
    """

    code = models.CharField(_("选票码"), max_length=CODE_LENGTH, primary_key=True)
    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="ballots", verbose_name=_("选民名册")
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    fate = models.CharField(_("状态"), max_length=10, choices=Fate.choices, default=Fate.STANDING)
    box = models.BinaryField(default=NOTHING)

    class Meta:
        verbose_name = _("选票")
        constraints = [
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="ballot_fate_known"),
            models.CheckConstraint(
                condition=Q(fate=Fate.STANDING) | Q(box=NOTHING),
                name="only_a_standing_ballot_has_a_box",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """The code as the voter keeps it: four groups of four."""
        return in_groups(receipt_of(self.code))


class Tally(models.Model):
    """After the count: one choice, in canonical form, and how many ballots of a channel made it."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="tallies", verbose_name=_("选民名册")
    )
    channel = models.CharField(
        _("渠道"), max_length=10, choices=Channel.choices, default=Channel.WEB
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


# --- who keeps the keys ---------------------------------------------------------------------------


class Office(models.TextChoices):
    """In whose place somebody keeps a key."""

    STREET = "street", _("街道")
    COUNTERSIGN = "countersign", _("街道（复核）")
    COMMITTEE = "committee", _("居委")
    SUPERVISOR = "supervisor", _("居民监督")


class Keeper(models.Model):
    """Somebody who keeps one key of a vote: named, and once a passphrase is set, with a lock.

    `public` belongs to a private key that exists only while the passphrase is being entered.
    """

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="keepers", verbose_name=_("轮次")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号")
    )
    office = models.CharField(_("身份"), max_length=12, choices=Office.choices)
    salt = models.BinaryField(default=NOTHING)
    passes = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    public = models.BinaryField(default=NOTHING)
    set_at = models.DateTimeField(_("设置口令的时间"), null=True)

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("钥匙保管人")
        constraints = [
            models.UniqueConstraint(fields=["round", "account"], name="one_key_a_keeper"),
            models.UniqueConstraint(fields=["round", "office"], name="one_keeper_an_office"),
        ]

    def __str__(self) -> str:
        return f"{self.account}（{self.get_office_display()}）"

    @property
    def lock(self) -> Lock:
        return Lock(bytes(self.salt), self.passes, self.memory, bytes(self.public))


class Share(models.Model):
    """The private key of a box, sealed to `second` and that again to `first`; there is one for every
    two keepers in either order. `opened` is what remains when `first` has taken off its layer."""

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="shares", verbose_name=_("选民名册")
    )
    first = models.ForeignKey(Keeper, models.PROTECT, related_name="+", verbose_name=_("先到"))
    second = models.ForeignKey(Keeper, models.PROTECT, related_name="+", verbose_name=_("后到"))
    sealed = models.BinaryField()
    opened = models.BinaryField(default=NOTHING)

    class Meta:
        verbose_name = _("钥匙份额")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_share_two_keepers"),
        ]

    def __str__(self) -> str:
        return f"{self.first} + {self.second}"


class Trace(models.Model):
    """How many ballots were cast in one hour from one address or one device, by keyed hashes.

    A count and no list: it names neither voter nor ballot. What is fewer than a cluster is deleted
    at the close, the rest with the keys.
    """

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="traces", verbose_name=_("选民名册")
    )
    hour = models.DateTimeField(_("小时"))
    kind = models.CharField(_("类别"), max_length=7)
    mark = models.CharField(max_length=40)
    casts = models.PositiveIntegerField(_("票数"))
    helped = models.PositiveIntegerField(_("其中代办"), default=0)

    class Meta:
        verbose_name = _("投票痕迹")
        constraints = [
            models.UniqueConstraint(
                fields=["roll", "hour", "kind", "mark"], name="one_trace_an_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.kind} × {self.casts}"


class Mandate(models.Model):
    """A voter asks somebody to cast for her: in one vote, until it closes or she ends it.

    `witness` is the worker at whose desk she said so; None where she did it herself. It lends a name
    for the pages of this ballot alone, and the ballot stays one: it is her line of the roll.
    """

    LIFE = timedelta(minutes=30)  # how long a name is lent at a time

    roll = models.ForeignKey(
        Roll, models.PROTECT, related_name="mandates", verbose_name=_("选民名册")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("委托人")
    )
    hand = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("受托人")
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    given_at = models.DateTimeField(_("委托时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("代投委托")
        constraints = [
            models.UniqueConstraint(
                fields=["roll", "person"],
                condition=Q(ended_at__isnull=True),
                name="one_standing_mandate_a_voter",
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("hand")), name="nobody_has_a_mandate_of_her_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.hand}"
