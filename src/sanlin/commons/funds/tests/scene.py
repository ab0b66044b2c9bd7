"""Funds with people around them, for the tests of this floor and of those above."""

from dataclasses import asdict
from itertools import count

from sanlin.commons.funds import actions
from sanlin.commons.funds.actions import Cause
from sanlin.commons.funds.models import Fund, Gift
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, street
from sanlin.commons.undertakings.models import Undertaking

_numbers = count(1)


def undertaking(on):
    """Something to pay for, of a team in a place of its own."""
    place = neighbourhood(on)
    team = Organisation.objects.create(name=f"队{place.pk}", kind="team", street=on)
    return Undertaking.objects.create(
        title="楼道花园", organisation=team, street=on, neighbourhood=place, starts=NOW.date()
    )


def cause(memo="拨款"):
    """A row that causes a voucher, another one each time."""
    row = Organisation(pk=10_000 + next(_numbers))
    return Cause(row, memo)


def fund_with(amount=0, on=None, *, terms=None, name="2024年自治金", now=NOW):
    """(a street's fund holding `amount` fen, an officer of the street, the street)."""
    on = on or street()
    by = officer(on)
    fund = actions.open_fund(on, name, terms=terms, by=by, now=now)
    if amount:
        actions.receive(fund, amount, cause=Cause(fund, "拨款"), by=by, now=now)
    return Fund.objects.get(pk=fund.pk), by, on


def under(fund, terms):
    """The same fund under other terms."""
    Fund.objects.filter(pk=fund.pk).update(kept_terms=asdict(terms))
    fund.kept_terms = asdict(terms)
    return fund


def raised(fund, amount, *, by, origin="residents", name="3号楼", now=NOW, **more):
    """A source whose money has arrived."""
    source = actions.pledge(fund, Gift(origin, name, amount, **more), by=by, now=now)
    return actions.arrive(source, amount, by=by, now=now)
