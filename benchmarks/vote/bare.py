"""The floor: the least that still is a vote, by hand, on the same tables and the same server.

It checks a signature, reads the form, and in one transaction marks the line of the roll, inserts a
ballot, counts its hour for address and device, takes the next number of the round's log from its
row and inserts the line. No session, no rules, no sealing, no tree, no templates.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

URL = os.getenv("DATABASE_URL", "")
KEY = b"bench"
BOX = b"x" * 120  # as long as a sealed box of three choices
MARK = "UPDATE ballots_voter SET stage='cast' WHERE id=? AND stage='waiting' AND open"
BALLOT = "INSERT INTO ballots_ballot (code, roll_id, channel, fate, box) VALUES (?,?,?,?,?)"
TRACE = (
    "INSERT INTO ballots_trace (roll_id, hour, kind, mark, casts, helped) "
    "VALUES (?,?,'address',?,1,0), (?,?,'device',?,1,0) "
    "ON CONFLICT (roll_id, hour, kind, mark) DO UPDATE SET casts = ballots_trace.casts + 1"
)
NEXT = "UPDATE journal_log SET size = size + 1 WHERE name = ? RETURNING size"
LINE = (
    "INSERT INTO journal_entry (log, seq, deed, subject, stage, at, body, leaf) "
    "VALUES (?,?,?,?,?,?,?,?)"
)
_local = threading.local()


def connect():
    """A connection as the product sets it up: WAL, FULL, IMMEDIATE; or PostgreSQL."""
    if URL:
        parts = urlsplit(URL)
        return psycopg.connect(
            host=parts.hostname,
            port=parts.port,
            user=parts.username,
            password=parts.password,
            dbname=parts.path.strip("/"),
            autocommit=True,
        )
    path = Path(os.environ["SANLIN_HOME"]) / "sanlin.sqlite3"
    db = sqlite3.connect(path, isolation_level=None, timeout=20)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


def write(db, line: int, roll: int, log: str) -> bool:
    """The six rows of one vote, durable when this returns."""
    body = b'{"at":"2024-04-10T06:00:00Z","by":null,"data":{"channel":"web"},"deed":"ballot.cast"}'
    at = time.strftime("%Y-%m-%d %H:00:00+00:00", time.gmtime())
    sql = (lambda text: text.replace("?", "%s")) if URL else (lambda text: text)
    cursor = db.cursor()
    cursor.execute("BEGIN" if URL else "BEGIN IMMEDIATE")
    cursor.execute(sql(MARK), (line,))
    if cursor.rowcount != 1:
        cursor.execute("ROLLBACK")
        return False
    code = secrets.token_hex(32)
    cursor.execute(sql(BALLOT), (code, roll, "web", "standing", BOX))
    cursor.execute(sql(TRACE), (roll, at, "a" * 40, roll, at, code[:40]))
    seq = cursor.execute(sql(NEXT), (log,)).fetchone()[0] - 1
    leaf = hashlib.sha256(b"\0" + body).digest()
    told = (log, seq, "ballot.cast", f"ballots.Roll:{roll}", "", at, body, leaf)
    cursor.execute(sql(LINE), told)
    cursor.execute("COMMIT")
    return True


def sign(line: int) -> str:
    return hmac.new(KEY, str(line).encode(), hashlib.sha256).hexdigest()


def application(environ, start_response):
    """POST line=…&roll=…&log=…, signed by a cookie; 302 when it is in, 409 when the line was cast."""
    if environ["REQUEST_METHOD"] == "GET":
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    size = int(environ.get("CONTENT_LENGTH") or 0)
    form = parse_qs(environ["wsgi.input"].read(size).decode())
    line, roll = int(form["line"][0]), int(form["roll"][0])
    if not hmac.compare_digest(environ.get("HTTP_COOKIE", "")[2:], sign(line)):
        start_response("403 Forbidden", [("Content-Length", "0")])
        return [b""]
    if not hasattr(_local, "db"):
        _local.db = connect()
    status = "302 Found" if write(_local.db, line, roll, form["log"][0]) else "409 Conflict"
    start_response(status, [("Location", "/"), ("Content-Length", "0")])
    return [b""]


def nothing(environ, start_response):
    """What the server costs by itself, and the hands: an answer without a question."""
    if environ["REQUEST_METHOD"] == "GET":
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("302 Found", [("Location", "/"), ("Content-Length", "0")])
    return [b""]
