"""Workers are killed in the middle of a storm of votes: what was acknowledged is there, once.

First processes that call the verb are killed, then the workers of the real server, all at once, while
voters press its button and the server starts new workers.
"""

import hashlib
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

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.actions.casting import code_behind
from sanlin.govern.ballots.models import Ballot, Booth, KeyedSheet, Sheet, Tally, Voter
from sanlin.govern.ballots.tests.paper import batch, fresh, hands, papers
from sanlin.govern.ballots.tests.vote import booth, close, counted, opened, settled
from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import now
from sanlin.ground.journal.models import Entry, Log
from sanlin.kernel.ballots.code import code_of, opening
from sanlin.kernel.record import tree

KILLS = int(os.getenv("SANLIN_KILLS", "30"))
SERVER_KILLS = int(os.getenv("SANLIN_SERVER_KILLS", "3"))  # each starts a server anew
VOTERS, WORKERS = 8, 2


def seed(life, step):
    """The seed of one attempt: known to whoever looks afterwards."""
    return hashlib.sha256(f"{life}:{step}".encode()).hexdigest()


def vote_on_and_on(vote, life, told):
    """One worker: ballots of its voters by chance, again and again. It tells `told` (a pipe) which line
    it tries, and when the ballot was acknowledged."""
    step = 0
    while True:
        who = Account.objects.get(pk=secrets.choice(vote.voters[life % WORKERS :: WORKERS]).pk)
        picked = secrets.choice(vote.proposals).pk
        os.write(told, f"try {who.pk} {picked} {seed(life, step)}\n".encode())
        ballot = actions.cast(vote.fresh(), [picked], by=who, now=NOW, seed=seed(life, step))
        os.write(told, f"ack {who.pk} {picked} {ballot.code}\n".encode())
        step += 1


def start(vote, life):
    """(process, the end of the pipe on which it tells)."""
    connections.close_all()
    heard, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, heard
    os.close(heard)
    try:
        vote_on_and_on(vote, life, told)
    except BaseException as error:  # the parent has to hear of it
        os.write(told, f"died {error!r}\n".encode())
    finally:
        os._exit(1)


def killed_after(child, heard, acks):
    """Let a worker acknowledge so many ballots, kill it at once, and return all that it told."""
    found = b""
    while found.count(b"ack ") < acks and b"died" not in found:
        found += os.read(heard, 65_536)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while rest := os.read(heard, 65_536):
        found += rest
    os.close(heard)
    return found.decode().splitlines()


@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_ballot_is_lost_changed_or_doubled():
    vote = opened(voters=VOTERS)
    lives, may_stand = 0, {}
    while lives < KILLS:
        batch = [start(vote, lives + n) for n in range(WORKERS)]
        lives += WORKERS
        told = [killed_after(*one, acks=secrets.randbelow(6)) for one in batch]
        assert not [line for lines in told for line in lines if line.startswith("died")]
        for lines in told:
            remember(vote, lines, may_stand)
        check(told, may_stand)
    the_count_is_true(vote, may_stand)


def the_count_is_true(vote, may_stand):
    """The log is whole, and closing and counting give what was acknowledged."""
    truth = Counter(
        picked
        for line in Voter.objects.filter(stage="cast")
        for code, picked in may_stand[line.account_id].items()
        if code == code_behind(line)
    )
    the_log_is_whole(vote)
    close(vote)
    counted(vote.fresh(), vote.after)
    cast = Voter.objects.filter(stage="cast").count()
    assert sum(row.ballots for row in Tally.objects.all()) == cast
    assert queries.turnout(vote.fresh()) == (cast, len(vote.voters))
    assert vote.fresh().roll.broken == 0
    assert {key: n for key, n in queries.votes(vote.fresh()).items() if n} == dict(truth)


def remember(vote, lines, may_stand):
    """By voter, the codes that may stand now with what they hold: the last one that was acknowledged,
    and one that was tried after it and not answered."""
    for line in lines:
        said, who, picked, word = line.split()
        kept = ((int(picked), 1),)
        if said == "try":
            code = code_of(opening(vote.round.pk, kept, word))
            may_stand.setdefault(int(who), {})[code] = int(picked)
        else:
            may_stand[int(who)] = {word: int(picked)}


def check(told, may_stand):
    """Every acknowledged code is a ballot, and every voter's standing ballot is her last, and one."""
    codes = {ballot.code: ballot for ballot in Ballot.objects.all()}
    acked = [line.split()[3] for lines in told for line in lines if line.startswith("ack ")]
    assert set(acked) <= set(codes)
    standing = {ballot.code for ballot in codes.values() if ballot.fate == "standing"}
    lines = {line.account_id: line for line in Voter.objects.filter(stage="cast")}
    assert {code_behind(line) for line in lines.values()} == standing
    assert len(standing) == len(lines)
    for who, line in lines.items():
        assert code_behind(line) in may_stand[who]
    assert all(bytes(codes[code].box) for code in standing)


def the_log_is_whole(vote):
    """Every ballot stands in the journal once, the log has no gap, and its tree is the one of its
    lines; the file of the database is sound."""
    log = Log.objects.get(pk=f"round/{vote.round.pk}")
    entries = list(Entry.objects.filter(log=log.pk).order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(log.size))
    frontier = []
    for entry in entries:
        leaf = tree.leaf(bytes(entry.body))
        assert leaf == bytes(entry.leaf)
        frontier = tree.append(frontier, entry.seq, leaf)
    assert tree.pack(frontier) == bytes(log.frontier)
    taken = [e.told["data"] for e in entries if e.deed in ("ballot.cast", "ballot.recast")]
    assert Counter(data["code"] for data in taken) == Counter(
        Ballot.objects.values_list("code", flat=True)
    )
    replaced = Counter(data["replaces"] for data in taken if "replaces" in data)
    gone = Ballot.objects.filter(fate="replaced").values_list("code", flat=True)
    assert replaced == Counter(gone)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
        assert Path(connection.settings_dict["NAME"]).exists()


# --- the real server ------------------------------------------------------------------------------


class Server:
    """The product's own server on the database of this test, which can be killed and started anew."""

    def __init__(self, home):
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        self.env = os.environ | {
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
            self.env.pop("DATABASE_URL", None)
        else:
            url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}"
            self.env["DATABASE_URL"] = url.format(**kept)
        self.start()

    def start(self):
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--workers", "2", "--blocking-threads", "8"]  # as `sanlin serve`
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--log-level", "critical", "sanlin.site.wsgi:application"]
        self.process = subprocess.Popen(command, env=self.env)

    def kill(self):
        """The workers first and then what watches them; returns when all are gone."""
        for process in (*workers_of(self.process), self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()


def workers_of(server):
    """The processes that the server has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == server.pid:
                found.append(int(stat.parent.name))
    return found


class Voting(threading.Thread):
    """A voter who presses the button on and on; `told` is as `vote_on_and_on` tells."""

    def __init__(self, vote, who, port):
        super().__init__(daemon=True)
        self.vote, self.who, self.port = vote, who, port
        self.told, self.acks, self.over = [], 0, threading.Event()
        client = Client()
        client.force_login(who)
        session = client.cookies["sessionid"].value
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={'a' * 32}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def run(self):
        step = 0
        while not self.over.is_set():
            picked = secrets.choice(self.vote.proposals).pk
            one = seed(self.who.pk, step)
            ready = queries.pack_ready(self.who, self.vote.round, queries.Ready({picked: 1}, one))
            self.told.append(f"try {self.who.pk} {picked} {one}")
            if self.answered(ready):
                code = code_of(opening(self.vote.round.pk, ((picked, 1),), one))
                self.told.append(f"ack {self.who.pk} {picked} {code}")
                self.acks += 1
            step += 1

    def answered(self, ready):
        """Whether the server has said that the ballot is in; False where it died over it."""
        body = urlencode({"csrfmiddlewaretoken": "a" * 32, "ready": ready})
        door = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            door.request("POST", f"/rounds/{self.vote.round.pk}/ballot/review/", body, self.headers)
            answer = door.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.01)
            return False
        finally:
            door.close()
        if answer.status != 302:
            self.told.append(f"died {answer.status}")
            self.over.set()
        return answer.status == 302


@pytest.mark.django_db(transaction=True)
def test_workers_of_the_real_server_are_killed_and_no_ballot_is_lost(tmp_path):
    vote = opened(voters=4, vote__revote=True)
    # The server's clock is that of the machine.
    Window.objects.filter(round=vote.round, stage=VOTE).update(closes=now() + timedelta(days=9))
    connections.close_all()
    may_stand = {}
    server = Server(tmp_path)
    crowd = [Voting(vote, who, server.port) for who in vote.voters]
    try:
        for voter in crowd:
            voter.start()
        for _kill in range(SERVER_KILLS):
            wanted = sum(voter.acks for voter in crowd) + 1 + secrets.randbelow(40)
            while sum(voter.acks for voter in crowd) < wanted:
                assert not any(voter.over.is_set() for voter in crowd), [v.told[-1] for v in crowd]
                time.sleep(0.001)
            server.kill()
            server.start()
    finally:
        server.kill()
        for voter in crowd:
            voter.over.set()
            voter.join()
    told = [voter.told for voter in crowd]
    assert not [line for lines in told for line in lines if line.startswith("died")]
    for lines in told:
        remember(vote, lines, may_stand)
    check(told, may_stand)
    the_count_is_true(vote, may_stand)


# --- paper ----------------------------------------------------------------------------------------

SHEETS = 8


def mark_on_and_on(stand, lines, told):
    """One officer at the table: hands out a sheet to one voter after the other."""
    for pk in lines:
        voter = Voter.objects.select_related("roll__round__street").get(pk=pk)
        if voter.stage == "paper":
            continue
        os.write(told, f"try {pk}\n".encode())
        actions.mark_paper(stand.fresh(), voter, by=Account.objects.get(pk=stand.first.pk), now=NOW)
        os.write(told, f"ack {pk}\n".encode())
    os.write(told, b"done\n")
    signal.pause()


def key_on_and_on(made, who, sheets, now, told):
    """One clerk: goes on where the server stopped, sends the last sheet once more, and hands in."""
    by = Account.objects.get(pk=who)
    there = KeyedSheet.objects.filter(keying__hand=by).count()
    for n in range(max(there - 1, 0), len(sheets)):  # the last one is sent once more
        actions.key_sheet(fresh(made), f"client-{n}", sheets[n], by=by, now=now)
        os.write(told, f"ack {n}\n".encode())
    actions.hand_in(fresh(made), by=by, now=now, key="handed")
    os.write(told, b"done\n")
    signal.pause()


def forked(work, *given):
    """(process, the end of the pipe on which it tells)."""
    connections.close_all()
    heard, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, heard
    os.close(heard)
    try:
        work(*given, told)
    except BaseException as error:  # the parent has to hear of it
        os.write(told, f"died {error!r}\n".encode())
    finally:
        os._exit(1)


def killed_by_chance(child, heard):
    """Kill a worker after a few answers, or when it is done; what it told."""
    acks, found = 1 + secrets.randbelow(4), b""
    while found.count(b"ack ") < acks and b"died" not in found and b"done" not in found:
        found += os.read(heard, 65_536)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while rest := os.read(heard, 65_536):
        found += rest
    os.close(heard)
    lines = found.decode().splitlines()
    assert not [line for line in lines if line.startswith("died")]
    return lines


@pytest.mark.django_db(transaction=True)
def test_no_sheet_is_handed_out_keyed_or_counted_twice():
    """Officers are killed while they hand out sheets, then clerks while they key them."""
    vote = opened(voters=SHEETS)
    stand = booth(vote, sheets=SHEETS + 5)
    lines = list(Voter.objects.order_by("pk").values_list("pk", flat=True))
    acked, told = set(), []
    while "done" not in told:
        told = killed_by_chance(*forked(mark_on_and_on, stand, lines))
        acked |= {int(line.split()[1]) for line in told if line.startswith("ack ")}
        marked = set(Voter.objects.filter(stage="paper").values_list("pk", flat=True))
        assert acked <= marked
        assert stand.fresh().issued == len(marked)
        assert Entry.objects.filter(deed="vote.paper").count() == len(marked)
    close(vote)
    settled(stand)
    made = batch(vote, SHEETS, Booth.objects.select_related("round__street").get())
    sheets = papers(vote, *[[n % 3] for n in range(SHEETS)])
    for who in hands(vote, 2):
        told = []
        while "done" not in told:
            told = killed_by_chance(*forked(key_on_and_on, made, who.pk, sheets, vote.after))
            own = KeyedSheet.objects.filter(keying__hand=who)
            kept = list(own.values_list("client", flat=True))
            said = {f"client-{line.split()[1]}" for line in told if line.startswith("ack ")}
            assert said <= set(kept)
            assert len(set(own.values_list("serial", flat=True))) == len(kept)
    assert fresh(made).stage == "agreed"
    assert Entry.objects.filter(deed="batch.key").count() == 2
    the_log_is_whole(vote)
    counted(vote.fresh(), vote.after)
    assert Sheet.objects.count() == sum(queries.votes(vote.fresh()).values()) == SHEETS
