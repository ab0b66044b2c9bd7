"""Workers are killed in the middle of a storm of votes: what was acknowledged is there, once."""

import hashlib
import os
import secrets
import signal
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, connections

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.actions.casting import code_behind
from sanlin.govern.ballots.models import Ballot, Tally, Voter
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry, Log
from sanlin.kernel.ballots.code import code_of, opening
from sanlin.kernel.record import tree

KILLS = int(os.getenv("SANLIN_KILLS", "30"))
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
    assert queries.turnout(vote.fresh()) == (cast, VOTERS)
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
