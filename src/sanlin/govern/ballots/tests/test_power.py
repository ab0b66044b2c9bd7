"""The power fails: whatever SQLite had not asked the disk to keep is lost, and no vote with it.

A thin layer between SQLite and the operating system notes what every fsync has made durable. A power
cut is then replayed in its worst form: of each file only what was durable is left, or that and a torn
piece of what was written after it. The same votes with synchronous=NORMAL lose acknowledged ballots,
which shows that the layer sees what it should.
"""

import ctypes
import secrets
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.tests.vote import opened

CASTS = 24
# Of sqlite3.h: xOpen in a sqlite3_vfs; the methods of a file, and among them xSync.
XOPEN = 40
METHODS, XSYNC = 8 + 18 * 8, 8 + 4 * 8
Open = ctypes.CFUNCTYPE(
    *(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ctypes.c_void_p,
)
Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


def library():
    """The very SQLite that Python has loaded."""
    maps = Path("/proc/self/maps").read_text().split()
    names = [name for name in maps if "libsqlite3" in name or "/_sqlite3." in name]
    return ctypes.CDLL(sorted(names, key=lambda name: "libsqlite3" not in name)[0])


def pointer(address):
    return ctypes.c_void_p.from_address(address)


class Disk:
    """What is durable of every file of a database, and every moment at which the power might fail."""

    def __init__(self, file):
        self.file = file
        self.durable = {name: self.now(name) for name in (file, f"{file}-wal")}
        self.acked = []
        self.cuts = []  # (how many were acknowledged, durable files, files as they were written)
        self.kept = []  # what C points at

    @staticmethod
    def now(name):
        return Path(name).read_bytes() if Path(name).exists() else b""

    def might_fail(self):
        written = {name: self.now(name) for name in self.durable}
        self.cuts.append((len(self.acked), dict(self.durable), written))

    def opening(self, real):
        def opened_(vfs, name, file, flags, out):
            code = real(vfs, name, file, flags, out)
            # The very pointer goes on: SQLite keeps it, and names the file beside it by it.
            path = ctypes.string_at(name).decode() if name else ""
            if code == 0 and path in self.durable:
                self._watch(file, path)
            return code

        return Open(opened_)

    def _watch(self, file, path):
        theirs = pointer(file).value
        ours = ctypes.create_string_buffer(ctypes.string_at(theirs, METHODS), METHODS)
        real = Sync(pointer(theirs + XSYNC).value)

        def sync(asked, flags):
            self.might_fail()
            code = real(asked, flags)
            self.durable[path] = self.now(path)
            return code

        hook = Sync(sync)
        pointer(ctypes.addressof(ours) + XSYNC).value = ctypes.cast(hook, ctypes.c_void_p).value
        pointer(file).value = ctypes.addressof(ours)
        self.kept += [ours, hook, real]


@contextmanager
def watched():
    """Let every file of the test's database be opened through a Disk."""
    connection.close()
    sqlite = library()
    sqlite.sqlite3_vfs_find.restype = ctypes.c_void_p
    field = pointer(sqlite.sqlite3_vfs_find(None) + XOPEN)
    real, disk = field.value, Disk(str(connection.settings_dict["NAME"]))
    hook = disk.opening(Open(real))
    field.value = ctypes.cast(hook, ctypes.c_void_p).value
    try:
        yield disk
    finally:
        connection.close()
        field.value = real


def storm(vote, synchronous):
    """Votes, each acknowledged when its verb returns; the disk on which they were cast."""
    with watched() as disk:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA wal_autocheckpoint=40")
        for step in range(CASTS):
            who = vote.voters[step % len(vote.voters)]
            picked = secrets.choice(vote.proposals).pk
            ballot = actions.cast(vote.fresh(), [picked], by=who, now=NOW)
            disk.acked.append(ballot.code)
            disk.might_fail()
    return disk


def after(cut, folder, *, torn):
    """(codes, sound) of the database that is found when the power is back."""
    _acked, durable, written = cut
    name = folder / "found.sqlite3"
    for path, kept in durable.items():
        left = kept
        if torn and path.endswith("-wal") and written[path].startswith(kept):
            left = written[path][
                : len(kept) + secrets.randbelow(len(written[path]) - len(kept) + 1)
            ]
        (folder / f"{name.name}{'-wal' if path.endswith('-wal') else ''}").write_bytes(left)
    Path(f"{name}-shm").unlink(missing_ok=True)
    db = sqlite3.connect(name)
    codes = {code for (code,) in db.execute("SELECT code FROM ballots_ballot")}
    lines = db.execute("SELECT count(*) FROM journal_entry WHERE deed LIKE 'ballot.%'").fetchone()[
        0
    ]
    sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and lines == len(codes)
    db.close()
    return codes, sound


def lost(disk, folder, *, torn):
    """At how many cuts an acknowledged ballot was missing. Whatever is found is sound."""
    found = 0
    for cut in disk.cuts:
        codes, sound = after(cut, folder, torn=torn)
        assert sound
        found += not set(disk.acked[: cut[0]]) <= codes
    return found


@pytest.mark.django_db(transaction=True)
def test_a_power_cut_loses_no_acknowledged_ballot(tmp_path):
    if connection.vendor != "sqlite":
        return
    disk = storm(opened(voters=6), "FULL")
    assert len(disk.cuts) > 2 * CASTS
    assert lost(disk, tmp_path, torn=False) == 0
    assert lost(disk, tmp_path, torn=True) == 0


@pytest.mark.django_db(transaction=True)
def test_with_synchronous_normal_the_same_cuts_would_lose_ballots(tmp_path):
    if connection.vendor != "sqlite":
        return
    disk = storm(opened(voters=6), "NORMAL")
    assert lost(disk, tmp_path, torn=False) > CASTS / 2


@pytest.mark.django_db(transaction=True)
def test_the_product_asks_for_full():
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
