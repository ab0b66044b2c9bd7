"""The real server is killed in the middle of a storm: what was acknowledged is there, once.

Over HTTP voters cast and change their ballots, officers of a booth hand out sheets to voters of whom some
have voted online, and two clerks key the sheets of another round, all at once. At moments by chance every
process of the server is killed (`kill -9`) and another one started. Whoever was not answered sends the same
again, as a browser does.

What is imported before is shared: every life of the server is forked from one process that has loaded the
product and opened nothing, so that a new one stands in a tenth of a second.
"""

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.actions.casting import code_behind
from sanlin.govern.ballots.models import (
    Ballot,
    Batch,
    Booth,
    KeyedSheet,
    Sheet,
    Shift,
    Tally,
    Voter,
)
from sanlin.govern.ballots.tests.paper import batch, hands, key, number, on_paper, papers
from sanlin.govern.ballots.tests.vote import booth, close, counted, opened, settled
from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.clock import now
from sanlin.ground.journal.models import Entry, Log
from sanlin.kernel.ballots.code import code_of, opening
from sanlin.kernel.record import tree

KILLS = int(os.getenv("SANLIN_KILLS", "15"))  # on each engine
CROWD = 8  # at once; their first ballots are written together
EACH = 4 + KILLS // 3  # voters at one browser of the crowd, one after the other, and again
VOTERS = CROWD * EACH
AT_THE_BOOTH = KILLS  # of whom each gets one sheet, and every other one has voted online before
SHEETS = 10  # in a batch
BATCHES = max(1, KILLS // SHEETS)
ACKS = 24  # at most so many answers between two kills
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
TOKEN = "a" * 32

# Loads the product once; then forks one server for every line that it reads, and tells its number.
WARM = """
import os, signal, sys
from django.urls import get_resolver
from sanlin.site.wsgi import application
get_resolver().url_patterns
from granian import cli
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _line in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        cli.entrypoint()
    print(child, flush=True)
"""


class Server:
    """The product's own server on the database of this test, which can be killed and started anew."""

    def __init__(self, home):
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        env = os.environ | {
            "SANLIN_HOME": str(home),
            "SANLIN_SECRET_KEY": settings.SECRET_KEY,
            "SANLIN_PII_KEY": settings.PII_KEY.decode(),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        fleeting = Path(settings.HOME) / "fleeting"
        fleeting.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "fleeting").symlink_to(fleeting)
        kept = connection.settings_dict
        if connection.vendor == "sqlite":
            (home / "sanlin.sqlite3").symlink_to(kept["NAME"])
            env.pop("DATABASE_URL", None)
        else:
            url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}"
            env["DATABASE_URL"] = url.format(**kept)
        command = [sys.executable, "-c", WARM, "--interface", "wsgi", "--no-ws"]
        command += ["--workers", "2", "--blocking-threads", "16"]  # as `sanlin serve`
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--log-level", "critical", "sanlin.site.wsgi:application"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.warm = subprocess.Popen(command, env=env, text=True, **pipes)
        self.start()

    def start(self):
        self.warm.stdin.write("\n")
        self.warm.stdin.flush()
        self.life = int(self.warm.stdout.readline())

    def kill(self):
        """Workers and what watches them, in one stroke; returns when all are gone."""
        while True:
            with suppress(ProcessLookupError):
                os.killpg(self.life, signal.SIGKILL)
                time.sleep(0.001)
                continue
            return

    def end(self):
        self.kill()
        self.warm.stdin.close()
        self.warm.wait()
        self.warm.stdout.close()


class Hand(threading.Thread):
    """Somebody at a browser, who sends again what was not answered."""

    def __init__(self, who, port):
        super().__init__(daemon=True)
        self.who, self.port = who, port
        self.acks, self.fault, self.over = 0, "", threading.Event()
        self.signs_in(who)

    def signs_in(self, who):
        client = Client()
        client.force_login(who)
        session = client.cookies["sessionid"].value
        self.headers = {**FORM, "Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
        return self.headers

    def run(self):
        try:
            self.work()
        except Exception as error:  # the test has to hear of it
            self.fault = repr(error)

    def sent(self, page, data):
        """(status, body) of one attempt; None where the server died over it."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **data})
        door = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            door.request("POST", page, body, self.headers)
            answer = door.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            time.sleep(0.005)
            return None
        finally:
            door.close()

    def told(self, page, data, *good):
        """Sent until it is answered; whether it was lost on the way once, and what came of it."""
        lost = False
        while (answer := self.sent(page, data)) is None:
            lost = True
            if self.over.is_set():
                raise RuntimeError("the server is gone and there was work left")
        if answer[0] not in good and not (lost and answer[0] == 403):
            raise RuntimeError(f"{page}: {answer[0]}: {answer[1][:300]!r}")
        self.acks += 1
        return answer


class Voting(Hand):
    """Casts for one voter after the other, and changes the ballots of those who have cast.

    `may_stand` has by voter the codes that may stand now with what they hold: the last one that was
    acknowledged, and those tried after it and not answered.
    """

    def __init__(self, vote, people, port):
        super().__init__(people[0], port)
        self.vote, self.people, self.acked = vote, people, []
        self.may_stand = {who.pk: {} for who in people}
        self.doors = {who.pk: self.signs_in(who) for who in people}
        self.page = reverse("ballots:review", args=[vote.round.pk])

    def work(self):
        step, new = 0, list(self.people)
        while not self.over.is_set():
            step += 1
            first = new and (step == 1 or secrets.randbelow(2))
            tried = [who for who in self.people if self.may_stand[who.pk]]
            self.cast(new.pop() if first else secrets.choice(tried), step)

    def cast(self, who, step):
        picked = secrets.choice(self.vote.proposals).pk
        seed = hashlib.sha256(f"{who.pk}:{step}".encode()).hexdigest()
        ready = queries.Ready({picked: 1}, seed)
        code = code_of(opening(self.vote.round.pk, ((picked, 1),), seed))
        self.may_stand[who.pk][code] = picked
        self.headers = self.doors[who.pk]
        data = {"ready": queries.pack_ready(who, self.vote.round, ready)}
        answer = self.sent(self.page, data)
        if answer is None and step % 2:  # every other time she thinks again
            return
        while answer is None and not self.over.is_set():
            answer = self.sent(self.page, data)
        if answer is not None:
            assert answer[0] == 302, answer
            self.acked.append(code)
            self.may_stand[who.pk] = {code: picked}
            self.acks += 1


class AtTheTable(Hand):
    """Hands out one sheet to one voter after the other."""

    def __init__(self, stand, lines, port):
        super().__init__(stand.first, port)
        self.page, self.lines = reverse("ballots:hand_out", args=[stand.row.pk]), lines

    def work(self):
        for line in self.lines:
            self.told(self.page, {"voter": line, "key": f"sheet-{line}"}, 302)


class Keying(Hand):
    """Keys every batch sheet by sheet, and hands it in."""

    def __init__(self, vote, made, who, port):
        super().__init__(who, port)
        self.vote, self.made = vote, made

    def work(self):
        for one, sheets in self.made:
            page = reverse("ballots:key", args=[one.pk])
            for n, place in sheets:
                marks = {f"m{self.vote.proposals[place].pk}": "1"}
                data = {"verb": "save", "client": f"c{n}", "serial": number(self.vote, n), **marks}
                _status, body = self.told(page, data, 200)
                assert json.loads(body)["stored"] == f"c{n}", body
            self.told(page, {"verb": "hand", "key": f"handed-{one.pk}"}, 302)


class Storm:
    """Everybody at work at once: on one round that is open, and on another one's paper."""

    def __init__(self):
        self.vote = vote = opened(voters=VOTERS + AT_THE_BOOTH, vote__revote=True)
        self.stand = booth(vote, sheets=AT_THE_BOOTH + 5)
        self.before = [
            actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW).code
            for who in vote.voters[VOTERS::2]
        ]
        # The server's clock is that of the machine.
        Window.objects.filter(round=vote.round, stage=VOTE).update(closes=now() + timedelta(days=9))
        Shift.objects.update(ends=now() + timedelta(days=9))
        served = Voter.objects.filter(account__in=vote.voters[VOTERS:])
        self.lines = list(served.order_by("pk").values_list("pk", flat=True))
        many = BATCHES * SHEETS
        self.other = on_paper(voters=many, sheets=many)
        self.chosen = {n: secrets.randbelow(3) for n in range(1, many + 1)}
        self.made = [
            (batch(self.other, SHEETS), [(n, self.chosen[n]) for n in range(at, at + SHEETS)])
            for at in range(1, many, SHEETS)
        ]
        self.clerks = hands(self.other, 2)

    def blow(self, server):
        """Let everybody work, kill the server KILLS times, and let the work be ended."""
        vote, port = self.vote, server.port
        self.crowd = [Voting(vote, vote.voters[n:VOTERS:CROWD], port) for n in range(CROWD)]
        table = AtTheTable(self.stand, self.lines, port)
        ends = [table, *(Keying(self.other, self.made, who, port) for who in self.clerks)]
        self.everybody = [*self.crowd, *ends]
        for hand in self.everybody:
            hand.start()
        try:
            for _kill in range(KILLS):
                wanted = self.acks() + 1 + secrets.randbelow(ACKS)
                self.until(lambda wanted=wanted: self.acks() >= wanted)
                time.sleep(secrets.randbelow(1000) / 100_000)
                server.kill()
                server.start()
            self.until(lambda: not any(hand.is_alive() for hand in ends))
        finally:
            for hand in self.everybody:
                hand.over.set()
            for hand in self.everybody:
                hand.join()
        assert [hand.fault for hand in self.everybody if hand.fault] == []

    def acks(self):
        return sum(hand.acks for hand in self.everybody)

    def until(self, done):
        while not done():
            assert [hand.fault for hand in self.everybody if hand.fault] == []
            time.sleep(0.001)


@pytest.mark.django_db(transaction=True)
def test_the_server_is_killed_and_nothing_is_lost_changed_or_doubled(tmp_path):
    storm = Storm()
    connections.close_all()
    server = Server(tmp_path)
    try:
        storm.blow(server)
    finally:
        server.end()
    nobody_else_is_there()
    vote, other = storm.vote, storm.other
    ballots_are_there(vote, storm.crowd, storm.before)
    sheets_are_there(storm.stand, storm.lines)
    keyed_are_there(other, storm.made, storm.clerks)
    for one in (vote, other):
        the_log_is_whole(one)
    the_file_is_sound()
    counted(other.fresh(), other.after)
    found = Counter(other.proposals[place].pk for place in storm.chosen.values())
    assert {pk: n for pk, n in queries.votes(other.fresh()).items() if n} == found
    assert Sheet.objects.count() == len(storm.chosen)
    the_count_is_true(vote, storm.crowd, storm.stand)


def nobody_else_is_there():
    """PostgreSQL ends what a killed worker had asked for; it has seen that nobody is there any more."""
    if connection.vendor == "postgresql":
        others = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with connection.cursor() as cursor:
            cursor.execute(others)
            while cursor.fetchone() != (0,):
                time.sleep(0.01)
                cursor.execute(others)


def the_file_is_sound():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]


def ballots_are_there(vote, crowd, before):
    """Every acknowledged code is a ballot, and every voter's standing ballot is her last, and one."""
    ballots = {ballot.code: ballot for ballot in Ballot.objects.filter(roll=vote.fresh().roll)}
    acked = [code for hand in crowd for code in hand.acked]
    assert set(acked) <= set(ballots)
    assert len(set(acked)) == len(acked) > KILLS
    standing = {code for code, ballot in ballots.items() if ballot.fate == "standing"}
    mine = {line.account_id: line for line in Voter.objects.filter(stage="cast")}
    assert {code_behind(line) for line in mine.values()} == standing
    assert len(standing) == len(mine)
    answered = set(acked)
    for hand in crowd:
        for who, codes in hand.may_stand.items():
            if who in mine:
                assert code_behind(mine[who]) in codes
            else:  # whoever was answered once has cast
                assert not answered & set(codes)
    assert all(bytes(ballots[code].box) for code in standing)
    # Who got a sheet does not vote online as well.
    assert {code for code, one in ballots.items() if one.fate == "overridden"} == set(before)


def sheets_are_there(stand, lines):
    """Everybody got one sheet, and the booth has counted so many."""
    marked = Voter.objects.filter(stage="paper", pk__in=lines)
    assert marked.count() == len(lines) == stand.fresh().issued
    assert Entry.objects.filter(deed="vote.paper").count() == len(lines)


def keyed_are_there(vote, made, clerks):
    """Two have keyed every sheet of every batch once, as it lay before them."""
    serials = [number(vote, n) for _one, sheets in made for n, _place in sheets]
    for who in clerks:
        own = KeyedSheet.objects.filter(keying__hand=who, dropped=False)
        assert Counter(own.values_list("serial", flat=True)) == dict.fromkeys(serials, 1)
    assert {one.stage for one in Batch.objects.all()} == {"agreed"}
    assert Entry.objects.filter(deed="batch.key").count() == 2 * len(made)


def the_count_is_true(vote, crowd, stand):
    """Closing and counting give what was acknowledged, on paper what lay in the box."""
    picked = {
        code: kept
        for hand in crowd
        for may in hand.may_stand.values()
        for code, kept in may.items()
    }
    cast = Voter.objects.filter(roll__round=vote.round, stage="cast")
    truth = Counter(picked[code_behind(line)] for line in cast)
    close(vote)
    row = settled(stand)
    one, two = hands(vote, 2)
    sheets = papers(vote, *[[n % 3] for n in range(row.in_box)])
    whole = batch(vote, row.in_box, Booth.objects.select_related("round__street").get(pk=row.pk))
    for who in (one, two):
        key(whole, sheets, by=who, now=vote.after)
    counted(vote.fresh(), vote.after)
    truth += Counter(vote.proposals[n % 3].pk for n in range(row.in_box))
    assert vote.fresh().roll.broken == 0
    many = truth.total()
    assert queries.turnout(vote.fresh()) == (many, len(vote.voters))
    assert sum(row.ballots for row in Tally.objects.filter(roll__round=vote.round)) == many
    assert {pk: n for pk, n in queries.votes(vote.fresh()).items() if n} == truth


def the_log_is_whole(vote):
    """Every ballot stands in the journal once, the log has no gap, and its tree is the one of its
    lines."""
    log = Log.objects.get(pk=f"round/{vote.round.pk}")
    entries = list(Entry.objects.filter(log=log.pk).order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(log.size))
    frontier = []
    for entry in entries:
        leaf = tree.leaf(bytes(entry.body))
        assert leaf == bytes(entry.leaf)
        frontier = tree.append(frontier, entry.seq, leaf)
    assert tree.pack(frontier) == bytes(log.frontier)
    ballots = Ballot.objects.filter(roll__round=vote.round)
    taken = [e.told["data"] for e in entries if e.deed in ("ballot.cast", "ballot.recast")]
    assert Counter(data["code"] for data in taken) == Counter(
        ballots.values_list("code", flat=True)
    )
    replaced = Counter(data["replaces"] for data in taken if "replaces" in data)
    gone = ballots.filter(fate="replaced").values_list("code", flat=True)
    assert replaced == Counter(gone)
