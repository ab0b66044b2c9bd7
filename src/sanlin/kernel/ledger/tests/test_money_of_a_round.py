"""Random histories of a round's money: whatever is done in whatever order, no invariant breaks.

Thousands of steps on the pure books; what the verbs of the database do is held against the same books
in commons/funds/tests/test_histories.py.
"""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sanlin.kernel.ledger import (
    Account,
    Books,
    Entry,
    Match,
    Overdrawn,
    Share,
    awards_within_pot,
    balances,
    balances_equal_postings,
    matched,
    paid_within_award,
    papers_agree,
    receipts_within_paid,
    to_sweep,
    units_sum_to_zero,
    unspent_returned,
)

CASH, SOURCE, GIVEN = Account("cash"), Account("source"), Account("given")
RICE, RICE_FROM = Account("stock", "goods:大米"), Account("source", "goods:大米")
MATCH = Match(ratio=1000, unlock=500, cap=2_000, total=5_000)
PROJECTS = st.integers(1, 3)
AMOUNTS = st.one_of(st.sampled_from([1, 499, 500, 2_000]), st.integers(1, 6_000))


def cost(n):
    return Account("cost", undertaking=n)


def owed(n):
    return Account("owed", undertaking=n)


class Round(RuleBasedStateMachine):
    """Papers (`shares`) as a round's rows keep them, beside the books."""

    @initialize(pot=st.integers(1, 20_000))
    def opens(self, pot):
        self.books, self.shares, self.paid_by = Books(), {}, {}
        self.pot = pot
        self.books.post([Entry(CASH, SOURCE, pot)])

    def balance(self, account):
        return self.books.balance.get(account, 0)

    def post(self, *entries):
        """Whether it was booked."""
        try:
            self.books.post(entries)
        except Overdrawn:
            return False
        return True

    @rule(n=PROJECTS, amount=AMOUNTS)
    def award(self, n, amount):
        granted = sum(share.granted for share in self.shares.values())
        if n not in self.shares and granted + amount <= self.pot:
            self.shares[n] = Share(str(n), amount)
            self.books.post([Entry(cost(n), owed(n), amount)])

    @rule(n=PROJECTS, amount=AMOUNTS)
    def pay(self, n, amount):
        if n in self.shares and self.post(Entry(owed(n), CASH, amount)):
            share = self.shares[n]
            self.shares[n] = replace(share, paid=share.paid + amount)
            self.paid_by[len(self.books.vouchers)] = (n, amount)

    @rule(which=st.integers(0, 30))
    def reverse_a_payment(self, which):
        standing = [k for k in self.paid_by if k not in self.books.reverses.values()]
        if not standing:
            return
        number = standing[which % len(standing)]
        n, amount = self.paid_by[number]
        share = self.shares[n]
        if share.paid - amount < share.returned:
            try:
                self.books.reverse(number)
            except Overdrawn:
                return
            raise AssertionError("money came back that was never paid")
        self.books.reverse(number)
        self.shares[n] = replace(share, paid=share.paid - amount)

    @rule(which=st.integers(1, 30))
    def reverse_anything_twice(self, which):
        for number in self.books.reverses.values():
            try:
                self.books.reverse(number)
            except KeyError:
                continue
            raise AssertionError("a voucher was reversed twice")
        if self.books.reverses and which % 2:
            try:
                self.books.reverse(max(self.books.reverses))
            except KeyError:
                return
            raise AssertionError("a reversal was reversed")

    @rule(n=PROJECTS, amount=AMOUNTS)
    def prove(self, n, amount):
        share = self.shares.get(n)
        if share and share.proved + amount <= share.granted:
            self.shares[n] = replace(share, proved=share.proved + amount)

    @rule(n=PROJECTS, amount=AMOUNTS)
    def give_back(self, n, amount):
        if n in self.shares and self.post(Entry(CASH, cost(n), amount)):
            share = self.shares[n]
            self.shares[n] = replace(share, returned=share.returned + amount)

    @rule(n=PROJECTS)
    def close(self, n):
        """What is owed is released, what is neither proved nor returned comes back."""
        share = self.shares.get(n)
        if share is None:
            return
        if left := self.balance(owed(n)):
            self.books.post([Entry(owed(n), cost(n), left)])
        if share.open:
            self.books.post([Entry(CASH, cost(n), share.open)])
        self.shares[n] = replace(share, returned=share.returned + share.open, ended=True)

    @rule(amount=AMOUNTS)
    def raise_and_match(self, amount):
        found = matched(MATCH, amount, self.balance(Account("source", source=2)))
        self.books.post([Entry(CASH, Account("source", source=1), amount)])
        self.pot += amount
        if found.amount:
            self.books.post([Entry(CASH, Account("source", source=2), found.amount)])
            self.pot += found.amount
        assert self.balance(Account("source", source=2)) <= MATCH.total

    @rule(amount=AMOUNTS)
    def sweep(self, amount):
        debts = sum(self.balance(owed(n)) for n in self.shares)
        unspent = to_sweep(self.balance(CASH), debts)
        granted = sum(share.granted for share in self.shares.values())
        swept = min(unspent, self.pot - granted)
        if swept > 0:
            assert self.post(Entry(GIVEN, CASH, swept))
            self.pot -= swept
        too_much = self.balance(CASH) + amount
        assert not self.post(Entry(GIVEN, CASH, too_much))

    @rule(amount=AMOUNTS)
    def goods_come_and_go(self, amount):
        self.books.post([Entry(RICE, RICE_FROM, amount)])
        half = amount // 2
        if half:
            assert self.post(Entry(Account("cost", RICE.unit), RICE, half))
        assert not self.post(
            Entry(Account("cost", RICE.unit), RICE, self.balance(RICE) + 1),
        )

    @invariant()
    def everything_holds(self):
        if not hasattr(self, "books"):
            return
        entries = [entry for voucher in self.books.vouchers for entry in voucher]
        shares = [
            replace(share, booked=self.balance(cost(n)) - self.balance(owed(n)))
            for n, share in self.shares.items()
        ]
        kept = {account.code: amount for account, amount in self.books.balance.items()}
        right = {account.code: amount for account, amount in balances(entries).items()}
        findings = [
            awards_within_pot(self.pot, shares),
            paid_within_award(shares),
            receipts_within_paid(shares),
            unspent_returned(shares),
            papers_agree(shares),
            units_sum_to_zero(entries),
            balances_equal_postings(kept, right),
        ]
        for found in findings:
            assert found.holds, found
        assert all(amount >= 0 for a, amount in self.books.balance.items() if a.kind == "cash")
        money = {
            k: sum(v for a, v in self.books.balance.items() if a.kind == k and a.unit == "fen")
            for k in ("cash", "cost", "given", "source", "owed")
        }
        assert money["cash"] + money["cost"] + money["given"] == money["source"] + money["owed"]


Round.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestRound = Round.TestCase
