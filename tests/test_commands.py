"""The operator's command, run as an operator runs it: a process of its own, a home of its own."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

SRC = Path(__file__).parents[1] / "src"
URL = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def databases():
    """Two empty databases of the engine that this run tests: addresses, or "" for SQLite."""
    if not URL:
        yield ["", ""]
        return
    names = [f"sanlin_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with psycopg.connect(URL, autocommit=True) as server:
        for name in names:
            server.execute(f'CREATE DATABASE "{name}"')
            # A throwaway server may be hasty; these two are looked over as a street's own.
            server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
        yield [urlunsplit(urlsplit(URL)._replace(path=f"/{name}")) for name in names]
        for name in names:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def sanlin(home, url, *words, code=0, **more):
    env = {**os.environ, "PYTHONPATH": str(SRC), "SANLIN_HOME": str(home), "DATABASE_URL": url}
    told = subprocess.run(
        [sys.executable, "-m", "sanlin.site.cli", *words],
        check=False,
        env={**env, **more},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == code, told.stdout + told.stderr
    return told.stdout + told.stderr


SETUP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sanlin.commons.places.actions import load_territory
from sanlin.ground import clock
load_territory(by=None, now=clock.now())
"""


def test_a_backup_comes_back_whole(tmp_path, databases):
    home, again = tmp_path / "home", tmp_path / "again"
    first, second = databases
    env = {
        **os.environ,
        "PYTHONPATH": str(SRC),
        "SANLIN_HOME": str(home),
        "DATABASE_URL": first,
        "DJANGO_SETTINGS_MODULE": "sanlin.site.settings",
    }
    subprocess.run([sys.executable, "-c", SETUP], env=env, check=True)
    sanlin(
        home,
        first,
        *("install", "310115", "--username", "fang", "--name", "方华", "--phone", "19900001001"),
        SANLIN_PASSWORD="sanlin-test-1",
    )
    assert "nothing wrong" in sanlin(home, first, "check")
    said = sanlin(home, first, "backup", str(tmp_path / "kept"))
    (kept,) = (tmp_path / "kept").iterdir()
    assert str(kept) in said
    assert kept.stat().st_mode & 0o077 == 0
    said = sanlin(again, second, "restore", str(kept))
    assert "keys: 1 sealed phone numbers open" in said
    assert "nothing wrong" in said
    assert "not empty" in sanlin(again, second, "restore", str(kept), code=2)
    listed = json.loads((kept / "manifest.json").read_text())
    (kept / sorted(listed)[0]).write_bytes(b"changed")
    said = sanlin(tmp_path / "third", "", "restore", str(kept), code=1)
    assert "changed or missing" in said


def test_wrong_words_are_answered_with_two(tmp_path):
    assert "usage:" in sanlin(tmp_path, "", "dance", code=2)
    assert "not a backup" in sanlin(tmp_path, "", "restore", str(tmp_path), code=2)


def test_help_names_every_command(tmp_path):
    said = sanlin(tmp_path, "", "--help")
    for word in ("serve", "demo", "import", "export", "install", "check", "backup", "restore"):
        assert f"\n    {word}" in said


def test_settings_fail_loudly(tmp_path):
    said = sanlin(tmp_path, "", "check", code=1, SANLIN_DEBUG="maybe")
    assert "SANLIN_DEBUG must be yes or no" in said
    said = sanlin(tmp_path, "mysql://x/y", "check", code=1)
    assert "DATABASE_URL must read" in said
