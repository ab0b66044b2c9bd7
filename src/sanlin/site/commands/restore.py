"""Put a backup back into an empty home, and look it over.

    SANLIN_HOME=/srv/tried sanlin restore /srv/backups/sanlin-20240601-020000

The files are compared with the backup's list first. A home or database that holds anything is left
alone; so the same command tries a backup and saves a street.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import check


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", type=Path, help="the folder that `sanlin backup` wrote")


def prepare(options: argparse.Namespace) -> None:
    """Lay the keys before the settings are read, which would make new ones."""
    home = Path(os.environ.get("SANLIN_HOME", "var"))
    keys = options.backup / "keys"
    if keys.is_dir() and not (home / "keys").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copytree(keys, home / "keys")


def run(options: argparse.Namespace) -> int:
    """0 restored and nothing wrong; 1 something is wrong; 2 there is no backup, or no empty place."""
    from django.conf import settings
    from django.db import connection

    there: Path = options.backup
    try:
        listing = json.loads((there / "manifest.json").read_text())
    except (OSError, ValueError):
        print(f"{there} is not a backup: no manifest.json", file=sys.stderr)
        return 2
    changed = [name for name, digest in listing.items() if _digest(there / name) != digest]
    if changed:
        print(f"changed or missing since it was written: {', '.join(changed[:5])}", file=sys.stderr)
        return 1
    if "django_migrations" in connection.introspection.table_names():
        print("the database is not empty; nothing was touched", file=sys.stderr)
        return 2
    connection.close()
    if "sanlin.sqlite3" in listing:
        if connection.vendor != "sqlite":
            print("this is a backup of SQLite: unset DATABASE_URL", file=sys.stderr)
            return 2
        shutil.copy2(there / "sanlin.sqlite3", str(settings.DATABASES["default"]["NAME"]))
    else:
        _restore_postgresql(there / "sanlin.dump")
    if (there / "files").is_dir():
        shutil.copytree(there / "files", settings.MEDIA_ROOT, dirs_exist_ok=True)
    return check.run(argparse.Namespace(kept=[]))


def _restore_postgresql(dump: Path) -> None:
    from django.conf import settings

    told = settings.DATABASES["default"]
    # Another machine has other roles: whoever restores owns it all, and gives rights anew.
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"]
    command += [f"--dbname={told['NAME']}"]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if told[key]:
            command.append(f"{flag}={told[key]}")
    env = {**os.environ, "PGPASSWORD": str(told["PASSWORD"])}
    subprocess.run([*command, str(dump)], check=True, env=env)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as body:
            return hashlib.file_digest(body, "sha256").hexdigest()
    except OSError:
        return ""
