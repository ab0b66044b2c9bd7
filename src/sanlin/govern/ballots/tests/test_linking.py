"""A linking script with the full dump, the files, backups of two moments and the journal does no
better than chance; and it is a good script: whatever leak is planted, it finds.

Over many small rounds every voter tosses a coin between two proposals. They sign in in one order and
cast in another, one of them twice. Afterwards the script tries every order of voters that it knows (see
`attacker`) against every order of codes and of choices.

Chance is what somebody has who knows the published totals and nothing else: an order by chance gives one
voter of a round her own code, and so many her own choice as the totals make likely. How often hits by
chance are so many, or so few, is counted exactly; the test fails where one of all orders together would be
so far off once in a million runs. benchmarks/README.md tells of many rounds.
"""

import json
import os
import secrets
from collections import Counter, defaultdict
from datetime import timedelta
from functools import cache
from math import comb

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
from sanlin.govern.ballots.models import Ballot, Tally, Voter
from sanlin.govern.ballots.tests.attacker import look
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.ground import clock, keys, lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record

ROUNDS = int(os.getenv("SANLIN_LINKING_ROUNDS", "4"))
VOTERS = 6
IN_ONE_DATABASE = 10
pytestmark = pytest.mark.django_db(transaction=True)


def nothing(_vote, _who):
    """What an honest house does after each ballot."""


class Stolen:
    """One round as the attacker has it, and the truth to hold his guesses against."""

    def __init__(self, monkeypatch, folder, after_each=nothing, count=True):
        self.vote = vote = opened(voters=VOTERS, proposals=2, vote__k=1, vote__revote=True)
        self.choice, self.code, self.chains = {}, {}, {}
        clients = self._signed_in(vote)
        came = list(vote.voters)
        lots.shuffle(came)
        looks = []
        for step, who in enumerate([*came, came[0]]):
            moment = NOW + timedelta(minutes=step)
            monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
            self._cast(clients[who.pk], who)
            after_each(vote, who)
            if step in (VOTERS // 2, VOTERS):
                looks.append(look(vote, self.chains, folder))
        self.halfway, self.backup = looks
        close(vote)
        self.closed = look(vote, self.chains, folder)
        self.later = None
        if count:
            counted(vote.fresh(), vote.after)
            self.later = look(vote, self.chains, folder)

    def _signed_in(self, vote):
        people = list(vote.voters)
        lots.shuffle(people)
        clients = {who.pk: Client() for who in people}
        for who in people:
            clients[who.pk].force_login(who)
        return clients

    def _cast(self, client, who):
        had = set(Ballot.objects.values_list("code", flat=True))
        self.choice[who.pk] = picked = secrets.choice(self.vote.proposals).pk
        ready = queries.Ready({picked: 1}, lots.new_secret())
        sealed = queries.pack_ready(who, self.vote.round, ready)
        page = reverse("ballots:review", args=[self.vote.round.pk])
        answer = client.post(page, {"ready": sealed})
        assert answer.status_code == 302, answer.content.decode()
        (new,) = set(Ballot.objects.values_list("code", flat=True)) - had
        old, self.code[who.pk] = self.code.get(who.pk), new
        self.chains |= {new: new, **({old: new} if old else {})}

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

OWN_CODE = {0: 265 / 720, 1: 264 / 720, 2: 135 / 720, 3: 40 / 720, 4: 15 / 720, 6: 1 / 720}


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
        grown = Counter()
        for hits, before in likely.items():
            for more, chance in chances:
                grown[hits + more] += before * chance
        likely = grown
    return likely


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

    def summary(self):
        """(orders tried, the strangest of them, its hits, hits by chance, in how many of all runs one of
        them all is so far off by chance)."""
        name = min(self.hits, key=self.rarity)
        rare = min(1.0, self.rarity(name) * len(self.hits))
        return len(self.hits), name, self.hits[name], round(self.expected(name), 1), rare


def test_guessing_from_everything_is_tossing_a_coin(
    monkeypatch, tmp_path, record_testsuite_property
):
    codes, choices = Guesses(), Guesses()
    for done in range(ROUNDS):
        if done % IN_ONE_DATABASE == 0:
            emptied()
        stolen = Stolen(monkeypatch, tmp_path)
        assert stolen.told_outright() == set()
        assert stolen.choices_readable() == []
        codes.add(stolen.codes_told(), OWN_CODE)
        choices.add(stolen.choices_told(), own_choice(stolen.first_chosen()))
    for what, guesses in (("codes", codes), ("choices", choices)):
        record_testsuite_property(what, guesses.summary())
        assert guesses.summary()[-1] > 1e-6, guesses.summary()
    assert len(codes.hits) > 50
    assert len(choices.hits) > 20


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


# --- the script finds what is planted -------------------------------------------------------------


def an_order_of_rows(monkeypatch):
    """The lines of the roll are written anew as they came to cast."""
    came, cast, anew = [], casting._mark, closing._written_anew

    def marked(voter, *told):
        came.append(voter.pk)
        return cast(voter, *told)

    def written(table, order, roll):
        whens = " ".join(f"WHEN {pk} THEN {n}" for n, pk in enumerate(dict.fromkeys(came)))
        anew(table, f"CASE id {whens} END" if table == Voter._meta.db_table else order, roll)

    monkeypatch.setattr(casting, "_mark", marked)
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
