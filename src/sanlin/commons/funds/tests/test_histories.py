"""Random histories through the verbs: the database keeps the same books as the pure ones, and every
check of the ledger holds after each step. The pure books run thousands of steps on their own in
kernel/ledger/tests/test_money_of_a_round.py."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanlin.commons.funds import actions
from sanlin.commons.funds.models import Book, Fund, Voucher
from sanlin.commons.funds.queries import ledger_findings
from sanlin.commons.funds.rules import next_to_close
from sanlin.commons.funds.tests.scene import cause, raised, undertaking
from sanlin.commons.people.tests.scene import SHANGHAI, officer, street
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import Account, Books, Entry, Match, Overdrawn, Sweep, Terms, matched

START = datetime(2024, 4, 28, 9, 0, tzinfo=SHANGHAI)
TERMS = Terms(Match(1000, 500, 2_000, 4_000), sweep=Sweep(6, 1, "区级统筹资金"))
VERBS = ("receive", "promise", "pay", "release", "take_back", "reverse", "match", "close", "sweep")
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 1), st.integers(1, 4_000)),
    min_size=8,
    max_size=30,
)


class Play:
    """One street's fund, twice: as rows, and as pure books."""

    def __init__(self):
        self.on = street()
        self.by, self.other = officer(self.on), officer(self.on)
        self.keeper = officer(self.on)
        self.fund = actions.open_fund(self.on, "自治金", terms=TERMS, by=self.by, now=START)
        self.whats = [undertaking(self.on), undertaking(self.on)]
        self.now, self.books, self.matches = START, Books(), 0

    def both(self, entries, verb, *args, **kw):
        """The verb is refused exactly where the pure books are overdrawn."""
        try:
            self.books.post(entries)
        except Overdrawn:
            with pytest.raises(Refused):
                verb(*args, by=self.by, now=self.now, **kw)
        else:
            verb(*args, by=self.by, now=self.now, **kw)

    def step(self, verb, which, amount):
        self.now += timedelta(days=2)
        what = self.whats[which]
        cash, source = Account("cash"), Account("source")
        cost, owed = (Account(kind, undertaking=what.pk) for kind in ("cost", "owed"))
        told = {"cause": cause()}
        simple = {
            "receive": (actions.receive, (self.fund, amount), Entry(cash, source, amount)),
            "promise": (actions.promise, (self.fund, what, amount), Entry(cost, owed, amount)),
            "pay": (actions.pay, (self.fund, what, amount), Entry(owed, cash, amount)),
            "release": (actions.release, (self.fund, what, amount), Entry(owed, cost, amount)),
            "take_back": (actions.take_back, (self.fund, what, amount), Entry(cash, cost, amount)),
        }
        if verb in simple:
            act, args, entry = simple[verb]
            self.both([entry], act, *args, **told)
        else:
            getattr(self, verb)(amount)

    def reverse(self, amount):
        number = amount % (len(self.books.vouchers) + 1)
        if not number:
            return
        voucher = Voucher.objects.get(fund=self.fund, number=number)
        try:
            self.books.reverse(number)
        except (KeyError, Overdrawn):
            with pytest.raises(Refused):
                actions.reverse(voucher, "记错了金额", by=self.other, now=self.now)
        else:
            actions.reverse(voucher, "记错了金额", by=self.other, now=self.now)

    def match(self, amount):
        source = raised(self.fund, amount, by=self.by, now=self.now)
        cash = Account("cash")
        self.books.post([Entry(cash, Account("source", source=source.pk), amount)])
        found = matched(TERMS.match, amount, self.matches)
        if not found.amount:
            with pytest.raises(Refused):
                actions.match(source, by=self.by, now=self.now)
            return
        added = actions.match(source, by=self.by, now=self.now)
        self.books.post([Entry(cash, Account("source", source=added.pk), found.amount)])
        self.matches += found.amount

    def close(self, _amount):
        month = next_to_close(Fund.objects.get(pk=self.fund.pk))
        if month and (month.year, month.month) < (self.now.year, self.now.month):
            actions.close_month(self.fund, month, by=self.keeper, now=self.now)

    def sweep(self, _amount):
        debts = sum(a for k, a in self.books.balance.items() if k.kind == "owed")
        unspent = self.books.balance.get(Account("cash"), 0) - debts
        due = self.now.date() >= TERMS.sweep.on(START.date())
        fund = Fund.objects.get(pk=self.fund.pk)
        if fund.sweep_on and due and unspent > 0:
            self.books.post([Entry(Account("given"), Account("cash"), unspent)])
            actions.sweep(fund, by=self.by, now=self.now)
        else:
            with pytest.raises(Refused):
                actions.sweep(fund, by=self.by, now=self.now)

    def agree(self):
        fund = Fund.objects.get(pk=self.fund.pk)
        wrong = [one for one in ledger_findings(fund) if not one.holds]
        assert wrong == []
        rows = dict(Book.objects.filter(fund=fund).values_list("code", "balance"))
        pure = {account.code: amount for account, amount in self.books.balance.items()}
        assert {k: v for k, v in rows.items() if v} == {k: v for k, v in pure.items() if v}
        assert fund.last_number == len(self.books.vouchers)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_history_keeps_the_books(steps):
    play = Play()
    for verb, which, amount in [("receive", 0, 5_000), ("promise", 0, 3_000), *steps]:
        play.step(verb, which, amount)
        play.agree()
    whole = ledger_findings(Fund.objects.get(pk=play.fund.pk), whole=True)
    assert [one.code for one in whole if not one.holds] == []
