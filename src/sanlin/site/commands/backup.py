"""Write a backup that was tried: database, files and keys in one folder, opened again and checked.

    sanlin backup /srv/backups            a new folder with today's date and time in it
    sanlin backup /srv/backups --no-keys  without the keys, which then have to be kept elsewhere

SQLite is copied by its own online backup, PostgreSQL by pg_dump; people may go on working. A backup
without its keys cannot show a single phone number: keep both, and keep them apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where backups are kept")
    parser.add_argument("--no-keys", action="store_true", help="leave the keys out")


def run(options: argparse.Namespace) -> int:
    """0 written and tried, 1 where that failed."""
    from django.conf import settings
    from django.db import connection

    from sanlin.ground import clock

    there = options.folder / f"sanlin-{clock.now():%Y%m%d-%H%M%S}"
    there.mkdir(parents=True, mode=0o700)
    try:
        name = _copy_sqlite(there) if connection.vendor == "sqlite" else _dump_postgresql(there)
    except (OSError, subprocess.CalledProcessError, sqlite3.Error) as error:
        print(f"the database could not be copied: {error}", file=sys.stderr)
        return 1
    for part in ("files",) if options.no_keys else ("files", "keys"):
        if (settings.HOME / part).is_dir():
            shutil.copytree(settings.HOME / part, there / part)
    files = sorted(path for path in there.rglob("*") if path.is_file())
    listing = {str(path.relative_to(there)): _digest(path) for path in files}
    (there / "manifest.json").write_text(json.dumps(listing, indent=1, sort_keys=True))
    tried = _try_sqlite(there / name) if name.endswith("sqlite3") else _try_dump(there / name)
    print(f"{there}: {len(listing)} files, {tried}")
    return 0


def _copy_sqlite(there: Path) -> str:
    from django.conf import settings

    source = sqlite3.connect(str(settings.DATABASES["default"]["NAME"]))
    copy = sqlite3.connect(there / "sanlin.sqlite3")
    with copy:
        source.backup(copy)
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()
    source.close()
    return "sanlin.sqlite3"


def _try_sqlite(copy: Path) -> str:
    opened = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    found = opened.execute("PRAGMA integrity_check").fetchone()[0]
    lines = opened.execute("SELECT count(*) FROM journal_entry").fetchone()[0]
    opened.close()
    return f"opened again: integrity {found}, {lines} journal lines"


def _dump_postgresql(there: Path) -> str:
    from django.conf import settings

    told = settings.DATABASES["default"]
    command = ["pg_dump", "--format=custom", f"--file={there / 'sanlin.dump'}"]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if told[key]:
            command.append(f"{flag}={told[key]}")
    env = {**os.environ, "PGPASSWORD": str(told["PASSWORD"])}
    subprocess.run([*command, str(told["NAME"])], check=True, env=env)
    return "sanlin.dump"


def _try_dump(dump: Path) -> str:
    listed = subprocess.run(
        ["pg_restore", "--list", str(dump)], check=True, capture_output=True, text=True
    )
    tables = sum("TABLE DATA" in line for line in listed.stdout.splitlines())
    return f"read again: {tables} tables"


def _digest(path: Path) -> str:
    with path.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()
