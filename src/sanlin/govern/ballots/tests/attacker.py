"""Somebody who has everything: every table, the order and place of every row, and on SQLite the files.

`look` takes down what the database tells at one moment. Of every table that names voters it makes an
order of voters for each thing by which its rows can be sorted (where they lie, their transaction, every
column); of every table that holds codes, an order of codes. Two things tell without any order: a voter
and a code in one row (`rows`), or in one commit of the write-ahead log (`pairs`). Of ballots that were
written together the transaction tells several voters and several codes (`groups`): who knows them needs an
order within a group only. `remains` counts what lies on of deleted rows in the file.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection

from sanlin.govern.ballots.models import Voter
from sanlin.govern.ballots.stages import VOTER
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import pseudonym
from sanlin.ground.journal.models import HOUSE

CODE = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass
class Look:
    """What is seen at one moment: orders by name, and pairs (voter, code). Voters by account."""

    voters: dict[str, list[int]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    rows: set[tuple[int, str]] = field(default_factory=set)
    pairs: set[tuple[int, str]] = field(default_factory=set)
    groups: list[tuple[set[int], set[str]]] = field(default_factory=list)
    remains: int = 0
    cells: list[bytes] = field(default_factory=list)


def look(vote, chains, folder, known=()):
    """Everything that tells of these voters and their codes now; files are copied to `folder`.

    `chains` leads from every code to the last that replaced it, as the journal tells. `known` are words of
    which the attacker knows whose they are: (word, account).
    """
    codes = sorted(set(chains.values()))
    seen = Look()
    people = [who.pk for who in vote.voters]
    lines = dict(Voter.objects.filter(roll__round=vote.round).values_list("pk", "account"))
    words = {
        pseudonym(log, who).encode(): who
        for who in people
        for log in (HOUSE, f"round/{vote.round.pk}")
    } | {word.encode(): who for word, who in known}
    for model in apps.get_models():
        columns, rows = _rows(model)
        if not rows:
            continue
        named = [_named(model, dict(zip(columns, row, strict=True)), lines, words) for row in rows]
        texts = [_text(row) for row in rows]
        held = [list(dict.fromkeys(last for c, last in chains.items() if c in t)) for t in texts]
        seen.cells += [_bytes(cell) for row in rows for cell in row]
        for who, found in zip(named, held, strict=True):
            seen.rows |= {(one, code) for one in who for code in found if one in people}
        if not any(named) and not any(held):
            continue
        for at, column in enumerate(columns):
            order = _sorted(rows, at)
            if order is None:
                continue
            name = f"{model._meta.db_table}.{column}"
            _keep(seen.voters, name, [w for n in order for w in named[n]], people)
            _keep(seen.codes, name, [code for n in order for code in held[n]], codes)
    if connection.vendor == "sqlite":
        _files(seen, lines, codes, people, folder)
    else:
        seen.groups = _transactions(vote, codes)
    return seen


def _transactions(vote, codes):
    """(voters, codes) whose rows bear one transaction."""
    groups = defaultdict(lambda: (set(), set()))
    for table, column, at in (("voter", "account_id", 0), ("ballot", "code", 1)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT xmin::text, {column} FROM ballots_{table} WHERE roll_id = %s",
                [vote.fresh().roll.pk],
            )
            for transaction, told in cursor.fetchall():
                if at == 0 or told in codes:
                    groups[transaction][at].add(told)
    return [(who, what) for who, what in groups.values() if who and what]


def _rows(model):
    """(names, rows) of a table: first where each row lies, on PostgreSQL its transaction, its columns."""
    place = "ctid, xmin::text::bigint, " if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {place}* FROM "{model._meta.db_table}"')
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    return ["place", *names], [(n, *row) for n, row in enumerate(rows)]


def _named(model, row, lines, words):
    """The accounts of which a row speaks."""
    found = []
    for one in model._meta.concrete_fields:
        value = row.get(one.column)
        if one.related_model is Account or (model is Account and one.primary_key):
            found.append(value)
        elif one.related_model is Voter or (model is Voter and one.primary_key):
            found.append(lines.get(value))
    if model is Session:
        kept = Session.objects.get(pk=row["session_key"]).get_decoded()
        found.append(int(kept.get("_auth_user_id", 0)))
    text = _text(row.values())
    found += [who for word, who in words.items() if word.decode() in text]
    return [who for who in found if who]


def _bytes(cell):
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell)
    return str(cell).encode()


def _text(row):
    """A row as text; bytes as they are and as hexadecimal digits."""
    return "\0".join(
        f"{_bytes(cell).decode('utf-8', 'replace')}\0{_bytes(cell).hex()}"
        if not isinstance(cell, str)
        else cell
        for cell in row
    )


def _sorted(rows, at):
    """The numbers of the rows in the order of one column; None where it has none."""
    cells = [row[at] for row in rows]
    if at and len({_bytes(cell) for cell in cells}) < 2:
        return None
    try:
        return sorted(range(len(rows)), key=lambda n: (cells[n] is not None, cells[n]))
    except TypeError:
        return sorted(range(len(rows)), key=lambda n: _bytes(cells[n]))


def _keep(orders, name, found, whole):
    """Note an order that tells of all, in the order of their first and of their last mention."""
    for word, told in (("first", found), ("last", found[::-1])):
        once = [one for one in dict.fromkeys(told) if one in set(whole)]
        if len(once) == len(whole):
            orders[f"{name} {word}"] = once


# --- the files of SQLite --------------------------------------------------------------------------


def _files(seen, lines, codes, people, folder):
    """Where the cells of the roll lie on their pages, and what the write-ahead log still holds."""
    name = Path(connection.settings_dict["NAME"])
    log = Path(f"{name}-wal")
    log = log.read_bytes() if log.exists() else b""
    copy = folder / "stolen.sqlite3"
    copyfile(name, copy)
    Path(f"{copy}-wal").write_bytes(log)
    stolen = sqlite3.connect(copy)
    stolen.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = stolen.execute("PRAGMA page_size").fetchone()[0]
    root = stolen.execute("SELECT rootpage FROM sqlite_master WHERE name='ballots_voter'")
    pages = _leaves(copy.read_bytes(), size, root.fetchone()[0])
    stolen.close()
    cells = sorted(
        (number, -at, row)
        for number, page in pages.items()
        for row, (at, _cell) in _cells(page).items()
    )
    order = [lines[row] for _page, _at, row in cells if row in lines]
    _keep(seen.voters, "place on the page", order, people)
    told = [
        ({lines[row] for row in changed if row in lines}, came)
        for changed, came in _commits(log, size, set(pages), set(codes))
    ]
    seen.remains = _remains(copy.read_bytes(), size, pages.values())
    # Who changed her ballot is told of by a later commit as well: her last code is there.
    cast = [(changed & set(people), came) for changed, came in told if came]
    last = {who: at for at, (changed, _came) in enumerate(cast) for who in changed}
    for at, (changed, came) in enumerate(cast):
        if voters := {who for who in changed if last[who] == at}:
            seen.groups.append((voters, came))
    seen.pairs |= {(*who, *code) for who, code in seen.groups if len(who) == len(code) == 1}


def _remains(file, size, leaves):
    """How many bytes lie on free pages, and how many lines of the roll between the cells of these ones."""
    trunk, found = int.from_bytes(file[32:36], "big"), 0
    while trunk:
        page = file[(trunk - 1) * size : trunk * size]
        many = int.from_bytes(page[4:8], "big")
        free = [int.from_bytes(page[8 + 4 * n : 12 + 4 * n], "big") for n in range(many)]
        found += sum(size - file[(one - 1) * size : one * size].count(0) for one in free)
        # Numbers of pages that were free once may lie behind: they say nothing of what was on them.
        rest = page[8 + 4 * many :]
        words = [int.from_bytes(rest[n : n + 4], "big") for n in range(0, len(rest), 4)]
        found += sum(word > len(file) // size for word in words)
        trunk = int.from_bytes(page[:4], "big")
    # Between the rows there are places and sizes of former rows, of two bytes each, and nothing of the rows:
    # every line of the roll holds the word of its stage.
    for page in leaves:
        many, begin = (int.from_bytes(page[at : at + 2], "big") for at in (3, 5))
        free = [page[8 + 2 * many : begin]]
        block = int.from_bytes(page[1:3], "big")
        while block:
            length = int.from_bytes(page[block + 2 : block + 4], "big")
            free.append(page[block + 4 : block + length])
            block = int.from_bytes(page[block : block + 2], "big")
        found += sum(part.count(stage.encode()) for part in free for stage in VOTER.stages())
    return found


def _leaves(file, size, root):
    """The leaf pages of a table, by number, as they stand in the file."""
    page = file[(root - 1) * size : root * size]
    at = 100 if root == 1 else 0
    if page[at] == 0x0D:
        return {root: page}
    many = int.from_bytes(page[at + 3 : at + 5], "big")
    below = [int.from_bytes(page[at + 8 : at + 12], "big")]
    for n in range(many):
        cell = int.from_bytes(page[at + 12 + 2 * n : at + 14 + 2 * n], "big")
        below.append(int.from_bytes(page[cell : cell + 4], "big"))
    return {number: leaf for one in below for number, leaf in _leaves(file, size, one).items()}


def _cells(page):
    """{row: (where it lies, its bytes)} of a leaf page of a table."""
    found = {}
    for n in range(int.from_bytes(page[3:5], "big")):
        at = int.from_bytes(page[8 + 2 * n : 10 + 2 * n], "big")
        length, begin = _varint(page, at)
        row, begin = _varint(page, begin)
        found[row] = (at, page[begin : begin + length])
    return found


def _varint(page, at):
    value = 0
    for _n in range(9):
        value = value << 7 | page[at] & 0x7F
        at += 1
        if page[at - 1] < 0x80:
            break
    return value, at


def _commits(log, size, pages, codes):
    """(lines of the roll that changed, codes that came) in every commit of a write-ahead log; whatever
    the file still holds is read, overwritten or not."""
    before, known = defaultdict(dict), set()
    changed, came = set(), set()
    for at in range(32, len(log) - size - 23, 24 + size):
        number = int.from_bytes(log[at : at + 4], "big")
        page = log[at + 24 : at + 24 + size]
        if number in pages and page[0] == 0x0D:
            now = {row: cell for row, (_at, cell) in _cells(page).items()}
            old = before[number]
            changed |= {row for row, cell in now.items() if old and old.get(row) != cell}
            before[number] = now
        came |= {found.decode() for found in CODE.findall(page)} & codes - known
        if log[at + 4 : at + 8] != bytes(4):  # the last frame of its commit
            yield changed, came
            known |= came
            changed, came = set(), set()
