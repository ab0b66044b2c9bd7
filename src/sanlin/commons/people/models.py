from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Home
from sanlin.ground.pii import SealedField


class Residents(models.QuerySet[Any]):
    def living(self) -> Residents:
        """Those who have not moved out."""
        return self.filter(moved_out__isnull=True)

    def verified(self) -> Residents:
        """Those whom the committee knows to live here: they may vote, propose and sign."""
        return self.living().filter(verified_on__isnull=False)

    def waiting(self) -> Residents:
        """Those who registered themselves and whom nobody has confirmed yet."""
        return self.living().filter(verified_on__isnull=True)


class Resident(models.Model):
    """Somebody who lives in a neighbourhood. Name and phone are the account's."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="resident", verbose_name=_("账号")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood", models.PROTECT, related_name="residents", verbose_name=_("居民区")
    )
    home = models.ForeignKey(
        "places.Home",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name=_("户"),
    )
    born = models.DateField(_("出生日期"), null=True, blank=True)
    identity = SealedField(_("身份证号"), blank=True, default="")
    identity_mark = models.CharField(max_length=40, null=True, unique=True, editable=False)
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)
    moved_out = models.DateField(_("迁出日期"), null=True, blank=True)

    objects = Residents.as_manager()

    class Meta:
        verbose_name = _("居民")

    def __str__(self) -> str:
        return str(self.account)

    @property
    def address(self) -> str:
        """Estate, building, stair and room in one line; empty where no home is known."""
        if self.home is None:
            return ""
        stair = self.home.stair
        where = stair.building
        return " ".join(map(str, (where.estate, where, stair, self.home)))

    def left(self, day: date) -> bool:
        """Whether this person had moved out on `day`."""
        return self.moved_out is not None and self.moved_out <= day


class Declined(models.TextChoices):
    """Why somebody who registered herself is not confirmed."""

    ELSEWHERE = "elsewhere", _("不住在本居民区")
    DUPLICATE = "duplicate", _("已登记在册，重复登记")
    UNTRUE = "untrue", _("信息不实")


@dataclass(frozen=True)
class Particulars:
    """What a committee writes down about a resident. `phone` (eleven digits) and `identity`
    (eighteen characters) stay as they are where None, and are taken away where empty."""

    name: str
    born: date | None = None
    home: Home | None = None
    phone: str | None = None
    identity: str | None = None


class PostKind(models.TextChoices):
    COMMITTEE_WORKER = "committee_worker", _("居委工作人员")
    STREET_OFFICER = "street_officer", _("街道工作人员")
    JUDGE = "judge", _("评委")
    SOCIAL_WORKER = "social_worker", _("社工")
    MERCHANT = "merchant", _("商家")
    AUDITOR = "auditor", _("审计员")
    DISTRICT_ADMIN = "district_admin", _("区管理员")


# Where a post of each kind is held: the name of the column.
HELD_AT = {
    PostKind.COMMITTEE_WORKER: "neighbourhood",
    PostKind.STREET_OFFICER: "street",
    PostKind.JUDGE: "street",
    PostKind.SOCIAL_WORKER: "street",
    PostKind.MERCHANT: "street",
    PostKind.AUDITOR: "district",
    PostKind.DISTRICT_ADMIN: "district",
}


class Posts(models.QuerySet[Any]):
    def on(self, day: date) -> Posts:
        """Posts held on that day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def coming(self, day: date) -> Posts:
        """Posts that begin after that day."""
        return self.filter(since__gt=day)


class Post(models.Model):
    """A post held somewhere from a day to a day: the only source of a member of staff's powers."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("账号")
    )
    kind = models.CharField(_("职务"), max_length=20, choices=PostKind.choices)
    district = models.ForeignKey(
        "places.District", models.PROTECT, null=True, blank=True, verbose_name=_("区县")
    )
    street = models.ForeignKey(
        "places.Street", models.PROTECT, null=True, blank=True, verbose_name=_("街道")
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood", models.PROTECT, null=True, blank=True, verbose_name=_("居民区")
    )
    certificate = models.CharField(_("证书编号"), max_length=40, blank=True)
    since = models.DateField(_("任职日期"))
    until = models.DateField(_("卸任日期"), null=True, blank=True)

    objects = Posts.as_manager()

    class Meta:
        verbose_name = _("任职")
        constraints = [
            *(
                models.UniqueConstraint(
                    name=f"one_open_post_a_{place}",
                    fields=["account", "kind", place],
                    condition=Q(**{"until__isnull": True, f"{place}__isnull": False}),
                )
                for place in ("district", "street", "neighbourhood")
            ),
            models.CheckConstraint(
                name="post_in_exactly_one_place",
                condition=(
                    Q(district__isnull=False, street__isnull=True, neighbourhood__isnull=True)
                    | Q(district__isnull=True, street__isnull=False, neighbourhood__isnull=True)
                    | Q(district__isnull=True, street__isnull=True, neighbourhood__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"

    @property
    def place(self) -> models.Model:
        """Where it is held: a district, a street or a neighbourhood."""
        return self.neighbourhood or self.street or self.district  # type: ignore[return-value]  # one is set: a constraint

    def ended(self, day: date) -> bool:
        """Whether it is over on `day`."""
        return self.until is not None and self.until <= day


@dataclass(frozen=True)
class Term:
    """From a day, until a day on which the post is over (None: open), with a certificate's number
    where the post wants one."""

    since: date
    until: date | None = None
    certificate: str = ""
