from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanlin.kernel.ledger import EMPTY, Terms, terms_of


class Level(models.TextChoices):
    DISTRICT = "district", _("区级")
    STREET = "street", _("街道级")
    COMMUNITY = "community", _("社区级")


class FundKind(models.TextChoices):
    POT = "pot", _("专项资金")
    COMMUNITY = "community", _("社区基金")


class Funds(models.QuerySet[Any]):
    def of_round(self, street: int, name: str) -> Funds:
        """The fund that pays the projects of a round of this name; none before it was opened."""
        return self.filter(street=street, name=name)


class Fund(models.Model):
    """A pot of money for one purpose and year, with books of its own.

    It belongs to a district, a street of it or a community of that. `last_number` is the number of
    its last voucher and `digest` the end of its chain; `closed_before` is the first moment of the
    first month that is still open. A community fund (社区基金) is no legal person: a charity hosts
    it, and its money lies in that charity's account.
    """

    level = models.CharField(_("级次"), max_length=10, choices=Level.choices)
    kind = models.CharField(
        _("类型"), max_length=10, choices=FundKind.choices, default=FundKind.POT
    )
    district = models.ForeignKey(
        "places.District", models.PROTECT, related_name="funds", verbose_name=_("区县")
    )
    street = models.ForeignKey(
        "places.Street",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funds",
        verbose_name=_("街道"),
    )
    neighbourhood = models.ForeignKey(
        "places.Neighbourhood",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funds",
        verbose_name=_("居民区"),
    )
    host = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_funds",
        verbose_name=_("依托慈善组织"),
    )
    name = models.CharField(_("名称"), max_length=80)
    kept_terms = models.JSONField(_("资金规则"), default=dict)
    sweep_on = models.DateField(_("结余清缴日"), null=True)
    last_number = models.PositiveBigIntegerField(default=0, editable=False)
    digest = models.CharField(max_length=64, default=EMPTY, editable=False)
    closed_before = models.DateTimeField(null=True, editable=False)

    objects = Funds.as_manager()

    class Meta:
        verbose_name = _("资金池")
        constraints = [
            models.UniqueConstraint(
                fields=["street", "name"],
                condition=Q(street__isnull=False),
                name="one_fund_a_name",
            ),
            models.UniqueConstraint(
                fields=["district", "name"],
                condition=Q(street__isnull=True),
                name="one_fund_a_name_in_a_district",
            ),
            models.CheckConstraint(
                name="a_fund_lies_at_its_level",
                condition=(
                    Q(level=Level.DISTRICT, street__isnull=True, neighbourhood__isnull=True)
                    | Q(level=Level.STREET, street__isnull=False, neighbourhood__isnull=True)
                    | Q(level=Level.COMMUNITY, street__isnull=False, neighbourhood__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="a_community_fund_has_a_host",
                condition=Q(kind=FundKind.POT, host__isnull=True)
                | Q(kind=FundKind.COMMUNITY, host__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> Terms:
        """What the fund goes by: matching, running costs, sweep, duties that go apart."""
        return terms_of(self.kept_terms)

    @property
    def place(self) -> Any:
        """The community, street or district that it belongs to."""
        return self.neighbourhood or self.street or self.district
