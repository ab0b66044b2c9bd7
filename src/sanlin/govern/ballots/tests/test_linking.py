"""A linking script with the full dump, the files, backups of two moments and the journal does no
better than chance; and it is a good script: whatever leak is planted, it finds.

Over many small rounds every voter tosses a coin between two proposals. They sign in in one order and
cast in another, in groups of one to six at the same moment, each from a device that the script knows;
one of them casts twice. Afterwards the script tries every order of voters that it knows (see `attacker`)
against every order of codes and of choices.

Ballots that come together are one transaction: who held the disk while the vote was open knows which
voters and which codes belong together (docs/decisions/2026-11-22-ballots-together.md). So the script also
has these groups, and tries within each of them every order of its voters against every order of its codes.

Chance is what somebody has who knows the published totals and nothing else: an order by chance gives one
voter of a round (or of a group) her own code, and so many her own choice as the totals make likely. How often hits by
chance are so many, or so few, is counted exactly; the test fails where one of all orders together would be
so far off once in a million runs. benchmarks/README.md tells of many rounds.
"""

import json
import logging
import os
import secrets
from collections import Counter, defaultdict
from datetime import timedelta
from functools import cache
from math import comb, factorial, sqrt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection
from django.test import Client
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import queries
from sanlin.govern.ballots.actions import casting, closing
from sanlin.govern.ballots.models import Tally, Voter
from sanlin.govern.ballots.tests.attacker import look
from sanlin.govern.ballots.tests.gathering import gathered
from sanlin.govern.ballots.tests.test_races import at_once
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.ground import clock, keys, lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.pii import mark
from sanlin.kernel.ballots.code import code_of, opening

ROUNDS = int(os.getenv("SANLIN_LINKING_ROUNDS", "4"))
VOTERS = 6
IN_ONE_DATABASE = 10
FARTHEST = 40  # orders
pytestmark = pytest.mark.django_db(transaction=True)


def nothing(_vote, _who):
    """What an honest house does after each ballot."""


ALONE = (1,) * VOTERS


def sizes():
    """In how many at once they come, by chance: at least two somewhere."""
    while True:
        found = []
        while (left := VOTERS - sum(found)) > 0:
            found.append(1 + secrets.randbelow(left))
        if max(found) > 1:
            return tuple(found)


class Stolen:
    """One round as the attacker has it, and the truth to hold his guesses against."""

    def __init__(self, monkeypatch, folder, after_each=nothing, count=True, come=ALONE):
        self.vote = vote = opened(voters=VOTERS, proposals=2, vote__k=1, vote__revote=True)
        self.choice, self.code, self.chains = {}, {}, {}
        self.come, self.groups = come, gathered(monkeypatch)
        self.clients = clients = self._signed_in(vote)
        devices = {who.pk: client.cookies[self._device].value for who, client in clients.items()}
        name = f"{vote.fresh().roll.pk}:device:"
        known = [(mark(name + device), who) for who, device in devices.items()]
        came = list(vote.voters)
        lots.shuffle(came)
        turns, looks = [], []
        for size in come:
            turns.append([came[sum(map(len, turns)) + n] for n in range(size)])
        for step, people in enumerate([*turns, [secrets.choice(came)]]):
            moment = NOW + timedelta(minutes=step)
            monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
            self._cast(people, again=step == len(turns))
            for who in people:
                after_each(vote, who)
            if step in (len(turns) // 2, len(turns)):
                looks.append(look(vote, self.chains, folder, known))
        assert [len(group) for group in self.groups] == list(come)
        self.turns = turns
        self.halfway, self.backup = looks
        close(vote)
        self.closed = look(vote, self.chains, folder, known)
        self.later = None
        if count:
            counted(vote.fresh(), vote.after)
            self.later = look(vote, self.chains, folder, known)

    @property
    def _device(self):
        return f"device-{self.vote.round.pk}"

    def _signed_in(self, vote):
        people = list(vote.voters)
        lots.shuffle(people)
        clients = {who: Client() for who in people}
        for who in people:
            clients[who].force_login(who)
            clients[who].cookies[self._device] = secrets.token_hex(8)
        return clients

    def _cast(self, people, *, again):
        """All of them at the same moment, each by a thread of the server's."""
        self.groups.wait_for(0 if again else len(people))
        posts = [self._filled(who) for who in people]
        assert [answer.status_code for answer in at_once(*posts)] == [302] * len(people)

    def _filled(self, who):
        """One ballot ready to be put in, and noted what it holds."""
        self.choice[who.pk] = picked = secrets.choice(self.vote.proposals).pk
        ready = queries.Ready({picked: 1}, lots.new_secret())
        new = code_of(opening(self.vote.round.pk, ((picked, 1),), ready.seed))
        old, self.code[who.pk] = self.code.get(who.pk), new
        self.chains |= {new: new, **({old: new} if old else {})}
        page = reverse("ballots:review", args=[self.vote.round.pk])
        data = {"ready": queries.pack_ready(who, self.vote.round, ready)}
        return lambda: self.clients[who].post(page, data)

    def together(self):
        """The true groups of whose ballots stand as they were put in together."""
        last = {who.pk: at for at, turn in enumerate(self.turns) for who in turn}
        for at, (voters, codes) in enumerate(self.backup.groups):
            assert {self.code[who] for who in voters} == codes, (at, last)
        return sorted(len(voters) for voters, _codes in self.backup.groups)

    def told_in_groups(self):
        """(how many voters each pair of orders gives their own code within the groups, what chance
        gives)."""
        right, chances = Counter(), {0: 1.0}
        groups = [group for group in self.backup.groups if len(group[0]) == len(group[1]) > 1]
        for voters, _codes in groups:
            chances = convolved(chances, own_code(len(voters)).items())
        for when in ("backup", "closed", "later"):
            if (seen := getattr(self, when)) is None:
                continue
            for name, mine in seen.voters.items():
                for other, theirs in seen.codes.items():
                    for way in (1, -1):
                        found = sum(
                            self.code[who] == code
                            for voters, codes in groups
                            for who, code in zip(
                                [who for who in mine if who in voters],
                                [code for code in theirs[::way] if code in codes],
                                strict=True,
                            )
                        )
                        right[f"{when}: {name} × {other} {way}"] += found
        return right, chances

    def codes_told(self):
        """How many voters each pair of orders gives their own code, once the vote has closed."""
        return self._codes_in(closed=self.closed, later=self.later)

    def codes_told_while_open(self):
        """As `codes_told`, of a backup of the last minute of the vote."""
        return self._codes_in(open=self.backup)

    def _codes_in(self, **looks):
        right = Counter()
        for when, seen in looks.items():
            for voters, mine in seen.voters.items() if seen else ():
                for codes, theirs in seen.codes.items():
                    for way in (1, -1):
                        pairs = zip(mine, theirs[::way], strict=True)
                        found = sum(self.code[who] == code for who, code in pairs)
                        right[f"{when}: {voters} × {codes} {way}"] += found
        return right

    def choices_told(self):
        """How many voters each pair of orders gives their own choice, with all that was ever seen."""
        right = Counter()
        rows = Tally.objects.filter(roll__round=self.vote.round).order_by("pk")
        told = [kept for kept, n in rows.values_list("choices", "ballots") for _ in range(n)]
        looks = {"half": self.halfway, "open": self.backup, "closed": self.closed}
        for when, seen in {**looks, "later": self.later}.items():
            for voters, mine in seen.voters.items():
                for way in (1, -1):
                    pairs = zip(mine, told[::way], strict=True)
                    found = sum(json.loads(kept)[0][0] == self.choice[who] for who, kept in pairs)
                    right[f"{when}: {voters} {way}"] += found
        return right

    def first_chosen(self):
        """How many chose the first of the two proposals."""
        return sum(picked == self.vote.proposals[0].pk for picked in self.choice.values())

    def told_outright(self):
        """Voters whose code stands beside them in one row of a dump, or in one commit of a file that
        is left after the close."""
        truth = set(self.code.items())
        rows = self.halfway.rows | self.backup.rows
        return truth & (rows | self.closed.rows | self.closed.pairs)

    def choices_readable(self):
        """The choices that stand somewhere in a dump while nobody may know any."""
        written = [json.dumps([[p.pk, 1]], separators=(",", ":")) for p in self.vote.proposals]
        cells = b"\0".join(self.halfway.cells + self.backup.cells + self.closed.cells)
        return [text for text in written if text.encode() in cells]


def caught(rounds):
    """Whether two rounds tell the attacker what chance tells of hundreds of orders once in a thousand
    times: everybody's code by the same orders, or a code outright, or a choice."""
    told = sum((one.codes_told() for one in rounds), Counter())
    return (
        max(told.values(), default=0) == VOTERS * len(rounds)
        or any(one.told_outright() for one in rounds)
        or any(one.choices_readable() for one in rounds)
    )


# --- chance -----------------------------------------------------------------------------------------


@cache
def own_code(size):
    """How likely so many of this many voters get their own code by an order by chance."""
    nobody = [1, 0]  # orders in which nobody does
    for n in range(2, size + 1):
        nobody.append((n - 1) * (nobody[n - 1] + nobody[n - 2]))
    return {n: comb(size, n) * nobody[size - n] / factorial(size) for n in range(size + 1)}


def own_choice(first):
    """How likely so many of VOTERS get their own choice, where `first` of them chose the first."""
    most, others = comb(VOTERS, first), VOTERS - first
    return {
        2 * hit + others - first: comb(first, hit) * comb(others, first - hit) / most
        for hit in range(max(0, first - others), first + 1)
    }


@cache
def all_together(rounds):
    """How likely so many hits are over independent rounds, of which each tells its own chances."""
    likely = {0: 1.0}
    for chances in rounds:
        likely = convolved(likely, chances)
    return likely


def convolved(likely, chances):
    grown = Counter()
    for hits, before in likely.items():
        for more, chance in chances:
            grown[hits + more] += before * chance
    return grown


def emptied():
    """The rounds that were looked through are gone: another one need not be searched for among them."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    made = connection.ops.sql_flush(no_style(), tables)
    connection.ops.execute_sql_flush(made)
    ContentType.objects.clear_cache()
    if connection.vendor == "sqlite":  # it writes the same bytes, and waits for no disk
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


class Guesses:
    """Hits by order, and how far off from chance they are."""

    def __init__(self):
        self.hits, self.chances = Counter(), defaultdict(tuple)

    def add(self, told, chances):
        self.hits += told
        for name in told:
            self.chances[name] += (tuple(sorted(chances.items())),)

    def expected(self, name):
        return sum(hits * chance for one in self.chances[name] for hits, chance in one)

    def rarity(self, name):
        """How likely chance is as far off as this order, on the one side or the other."""
        likely = all_together(self.chances[name])
        more = sum(chance for hits, chance in likely.items() if hits >= self.hits[name])
        less = sum(chance for hits, chance in likely.items() if hits <= self.hits[name])
        return min(1.0, 2 * min(more, less))

    def distance(self, name):
        """How many standard deviations an order lies from chance."""
        spread = sum(
            sum(hits * hits * p for hits, p in one) - sum(hits * p for hits, p in one) ** 2
            for one in self.chances[name]
        )
        return abs(self.hits[name] - self.expected(name)) / sqrt(spread) if spread else 0.0

    def summary(self):
        """(orders tried, the strangest of them, its hits, hits by chance, in how many of all runs one of
        them all is so far off by chance). Only of the farthest is counted exactly how strange they are."""
        far = sorted(self.hits, key=self.distance)[-FARTHEST:]
        name = min(far, key=self.rarity)
        rare = min(1.0, self.rarity(name) * len(self.hits))
        return len(self.hits), name, self.hits[name], round(self.expected(name), 1), rare


def test_guessing_from_everything_is_tossing_a_coin(
    monkeypatch, tmp_path, caplog, record_testsuite_property
):
    caplog.set_level(logging.DEBUG)
    codes, choices, within = Guesses(), Guesses(), Guesses()
    many = Counter()
    for done in range(ROUNDS):
        if done % IN_ONE_DATABASE == 0:
            emptied()
        stolen = Stolen(monkeypatch, tmp_path, come=sizes())
        many.update(stolen.come)
        assert stolen.told_outright() == set()
        assert stolen.choices_readable() == []
        assert (stolen.closed.remains, stolen.later.remains) == (0, 0)
        assert not [
            code for code in stolen.chains if code in caplog.text or code[:20] in caplog.text
        ]
        caplog.clear()
        codes.add(stolen.codes_told(), own_code(VOTERS))
        choices.add(stolen.choices_told(), own_choice(stolen.first_chosen()))
        within.add(*stolen.told_in_groups())
    record_testsuite_property("ballots by size of their group", sorted(many.items()))
    for what, guesses in (("codes", codes), ("choices", choices), ("codes in groups", within)):
        record_testsuite_property(what, guesses.summary())
        assert guesses.summary()[-1] > 1e-6, guesses.summary()
    assert len(codes.hits) > 50
    assert len(choices.hits) > 20
    assert len(within.hits) > 50


def test_whoever_holds_the_disk_while_the_vote_is_open_pairs_voters_with_codes(
    monkeypatch, tmp_path
):
    # What docs/decisions/2026-11-22-sealed-box.md admits, and that the script knows where to look.
    rounds = [Stolen(monkeypatch, tmp_path) for _round in "12"]
    if connection.vendor == "postgresql":
        told = sum((one.codes_told_while_open() for one in rounds), Counter())
        assert max(told.values()) == 2 * VOTERS
    else:
        pairs = [one.backup.pairs & set(one.code.items()) for one in rounds]
        assert [len(found) for found in pairs] == [VOTERS, VOTERS]
    assert not caught(rounds)


def test_of_ballots_that_came_together_the_disk_tells_the_group_and_who_changed_hers(
    monkeypatch, tmp_path
):
    """One transaction for all of a group, and another one for her who cast again: no more is told."""
    whole = Stolen(monkeypatch, tmp_path, come=(VOTERS,))
    assert whole.together() == [1, VOTERS - 1]
    parts = Stolen(monkeypatch, tmp_path, come=(4, 2))
    assert parts.together() in ([1, 2, 3], [1, 1, 4])
    assert not caught([whole, parts])


# --- the script finds what is planted -------------------------------------------------------------


def an_order_of_rows(monkeypatch):
    """The lines of the roll are written anew as they came to cast."""
    came, cast, anew = [], casting._marking, closing._written_anew

    def marked(voter, *told):
        came.append(voter.pk)
        return cast(voter, *told)

    def written(table, order, roll):
        whens = " ".join(f"WHEN {pk} THEN {n}" for n, pk in enumerate(dict.fromkeys(came)))
        anew(table, f"CASE id {whens} END" if table == Voter._meta.db_table else order, roll)

    monkeypatch.setattr(casting, "_marking", marked)
    monkeypatch.setattr(closing, "_written_anew", written)


def a_file_left(monkeypatch):
    monkeypatch.setattr(closing, "_swept", lambda *_asked: None)


def a_time(_vote, who):
    Account.objects.filter(pk=who.pk).update(last_login=clock.now())


def a_session(_vote, who):
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(who.pk):
            session.expire_date += clock.now() - NOW
            session.save()


@deed("test.planted")
def _line(roll, *, by, now):
    record(roll, by=by, now=now)


def a_line(vote, who):
    _line(vote.fresh().roll, by=who, now=NOW)


def a_bare_link(monkeypatch):
    monkeypatch.setattr(keys, "hide", lambda plain, _key: plain)
    monkeypatch.setattr(keys, "show", lambda hidden, _key: hidden)


def an_open_box(monkeypatch):
    monkeypatch.setattr(casting.keys, "seal", lambda plain, _key: plain)


LEAKS = {
    "rows lie as they came": (an_order_of_rows, nothing),
    "the write-ahead log is left": (a_file_left, nothing),
    "the time of a ballot": (None, a_time),
    "the session is written at the ballot": (None, a_session),
    "a line of the log names the voter": (None, a_line),
    "the link is not hidden": (a_bare_link, nothing),
    "the box is not sealed": (an_open_box, nothing),
}


OUTRIGHT = {
    "the write-ahead log is left",
    "the link is not hidden",
    "the box is not sealed",
}  # the others tell an order


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(monkeypatch, tmp_path, leak):
    plant, after_each = LEAKS[leak]
    if connection.vendor != "sqlite" and plant is a_file_left:
        return  # the files of that server are not ours to read
    if plant:
        plant(monkeypatch)
    count = plant is not an_open_box
    rounds = 1 if leak in OUTRIGHT else 2
    made = [Stolen(monkeypatch, tmp_path, after_each, count=count) for _round in range(rounds)]
    assert caught(made)
    assert bool(made[0].told_outright() or made[0].choices_readable()) == (leak in OUTRIGHT)


@pytest.mark.parametrize("planted", [True, False])
def test_an_order_within_a_group_is_found(monkeypatch, tmp_path, planted):
    """Ballots of one transaction that lie in the order of their voters, and not in that of their codes."""
    if planted:
        monkeypatch.setattr(casting, "attrgetter", lambda _name: lambda paper: paper.voter.pk)
    made = [Stolen(monkeypatch, tmp_path, come=(VOTERS,)) for _round in "12"]
    told = sum((one.told_in_groups()[0] for one in made), Counter())
    assert (max(told.values()) == 2 * (VOTERS - 1)) == planted
