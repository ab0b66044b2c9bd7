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
from django.db import connection

from . import running

SRC = Path(__file__).parents[1] / "src"
URL = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def databases():
    """Two addresses, "" for SQLite: a database whose owner is nobody special, and one that is still to be
    made; and what ends the first with its roles, as if the machine were lost."""
    if not URL:
        yield "", "", lambda: None
        return
    first, owner, web, second = (f"sanlin_{uuid.uuid4().hex[:12]}" for _ in range(4))
    parts = urlsplit(URL)
    with psycopg.connect(URL, autocommit=True) as server:

        def lost():
            server.execute(f'DROP DATABASE IF EXISTS "{first}" WITH (FORCE)')
            server.execute(f"DROP ROLE IF EXISTS {owner}, {web}")

        server.execute(f"CREATE ROLE {owner} LOGIN PASSWORD '{owner}'")
        server.execute(f"CREATE ROLE {web}")
        server.execute(f'CREATE DATABASE "{first}" OWNER {owner}')
        door = f"{owner}:{owner}@{parts.hostname}:{parts.port}"
        theirs = urlunsplit(parts._replace(netloc=door, path=f"/{first}"))
        with psycopg.connect(theirs, autocommit=True) as inside:
            inside.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {web}")
        yield theirs, urlunsplit(parts._replace(path=f"/{second}")), lost
        lost()
        server.execute(f'DROP DATABASE IF EXISTS "{second}" WITH (FORCE)')


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


# Every table, index and trigger of ours, by name.
OBJECTS = {
    "sqlite": "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
    "postgresql": "SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = "
    "'public'::regnamespace UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal "
    "UNION SELECT 'constraint ' || conname FROM pg_constraint WHERE connamespace = "
    "'public'::regnamespace",
}
SETUP = f"""
import json
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sanlin.commons.places.actions import load_territory
from sanlin.ground import clock
load_territory(by=None, now=clock.now())
from sanlin.site.cli import main
main(["install", "310115", "--username", "fang", "--name", "方华", "--phone", "19900001001"])
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({OBJECTS}[connection.vendor])
    print(json.dumps(sorted(name for (name,) in cursor.fetchall())))
"""


@pytest.mark.django_db
def test_a_backup_comes_back_whole_by_the_lines_of_the_page(tmp_path, databases):
    first, second, lost = databases
    home, kept, tried = (tmp_path / name for name in ("home", "kept", "tried"))
    service = {
        "SANLIN_HOME": str(home),
        "DATABASE_URL": first,
        "SANLIN_SECRET_KEY": "5" * 64,
        "SANLIN_PII_KEY": "7" * 64,
    }
    env = {**os.environ, **service, "PYTHONPATH": str(SRC), "SANLIN_PASSWORD": "sanlin-test-1"}
    env["DJANGO_SETTINGS_MODULE"] = "sanlin.site.settings"
    done = subprocess.run(
        [sys.executable, "-c", SETUP], env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with connection.cursor() as cursor:  # every other test's tables are made without migrations
        cursor.execute(OBJECTS[connection.vendor])
        here = sorted(name for (name,) in cursor.fetchall())
    assert json.loads(done.stdout.splitlines()[-1]) == here
    (home / "files").mkdir(parents=True, exist_ok=True)
    (home / "files" / "photo.jpg").write_bytes(b"a photo")
    code, said = running.run("--no-keys", {"/srv/backups": str(kept)}, service)
    assert code == 0, said
    (made,) = kept.iterdir()
    assert str(made) in said
    assert made.stat().st_mode & 0o077 == 0
    assert not (made / "keys").exists()
    lost()
    instead = {"/srv/backups/sanlin-20240601-180000": str(made), "/tmp/tried": str(tried)}
    server = urlsplit(URL)
    instead |= {"postgresql:///tried": second, "tried": urlsplit(second).path[1:]}
    if not URL:  # as the page says of SQLite
        instead = {**instead, "createdb tried": ":", "DATABASE_URL=postgresql:///tried ": ""}
    names = {"PGHOST": server.hostname, "PGPORT": server.port}
    names |= {"PGUSER": server.username, "PGPASSWORD": server.password}
    service |= {"DATABASE_URL": "", **{k: str(v) for k, v in names.items() if v}}
    # A throwaway server may be hasty; here it is looked over as a street's own.
    service["PGOPTIONS"] = "-c synchronous_commit=on"
    code, said = running.run("sanlin restore", instead, service)
    assert code == 0, said
    assert "keys: 1 sealed phone numbers open" in said
    assert "nothing wrong" in said
    assert (tried / "files" / "photo.jpg").read_bytes() == b"a photo"
    assert "not empty" in sanlin(tried, second, "restore", str(made), code=2)
    listed = json.loads((made / "manifest.json").read_text())
    (made / sorted(listed)[0]).write_bytes(b"changed")
    said = sanlin(tmp_path / "third", "", "restore", str(made), code=1)
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


GARDEN = """META
key;value
instance;2024
budget;100
vote_type;approval
PROJECTS
project_id;cost;name
11;60;Garden
12;50;Stairs
13;40;Lamp
VOTES
voter_id;vote
1;11,12
2;12,11
3;11
4;13
"""


def test_an_election_is_counted_without_django(tmp_path):
    file = tmp_path / "garden.pb"
    file.write_text(GARDEN)
    told = json.loads(sanlin(tmp_path, "nonsense://", "count", str(file), "--json"))
    assert told["winners"] == ["11", "13"]
    assert (told["cost"], told["budget"], told["ties"]) == (100, 100, [])
    assert [(it["project"], it["funded"], it["reason"]) for it in told["steps"]] == [
        ("11", True, "funded"),
        ("12", False, "budget"),
        ("13", True, "funded"),
    ]
    assert not (tmp_path / "keys").exists()
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sanlin.site.cli", "count", str(file)],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "django" not in loaded.stderr


def test_a_count_is_told_in_two_languages(tmp_path):
    file = tmp_path / "garden.pb"
    file.write_text(GARDEN)
    said = sanlin(tmp_path, "", "count", str(file), "--explain", "--lang", "zh")
    assert "立项2个，共3个" in said
    assert "余款40，差10" in said
    said = sanlin(tmp_path, "", "count", str(file), "--explain", LC_ALL="", LANG="en_US.UTF-8")
    assert "2 of 3 funded" in said
    assert "40 left, 10 too little" in said


def test_a_tie_is_parted_by_a_lot_that_can_be_drawn_again(tmp_path):
    file = tmp_path / "level.pb"
    file.write_text(GARDEN.replace("3;11\n4;13", "3;13\n4;13").replace("13;40", "13;60"))
    words = ("count", str(file), "--json", "--ties", "lot", "--seed")
    found = [json.loads(sanlin(tmp_path, "", *words, seed)) for seed in ("a", "a", "b", "c")]
    assert found[0] == found[1]
    assert {tie["settled_by"] for told in found for tie in told["ties"]} == {"lot"}
    said = sanlin(tmp_path, "", "count", str(file), "--ties", "votes", "--lang", "en", code=2)
    assert "leaves these level: 11, 12, 13" in said


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        (("3;11", "3;14"), 15, "a ballot names the unknown project 14"),
        (("12;50", "12;fifty"), 9, "cost must be an amount: fifty"),
        (("budget;100\n", ""), 5, "META lacks budget"),
        (("VOTES\n", ""), 11, "3 fields expected, 2 found"),
    ],
)
def test_a_bad_file_is_answered_with_its_line(tmp_path, broken, line, words):
    file = tmp_path / "bad.pb"
    file.write_text(GARDEN.replace(*broken))
    said = sanlin(tmp_path, "", "count", str(file), "--lang", "en", code=2)
    assert said.startswith(f"{file}:{line}: ")
    assert words in said


@pytest.mark.parametrize(
    ("words", "winners"),
    [
        (("--method", "greedy", "--rule", "stop"), ["11"]),
        (("--method", "equal-shares"), ["11"]),
        (("--method", "equal-shares", "--completion", "add1u"), ["11", "13"]),
        (("--method", "equal-shares", "--utility", "cardinality"), ["11"]),
        (("--method", "overspending"), ["11", "13"]),
        (("--method", "phragmen"), ["11", "13"]),
        (("--method", "phragmen", "--rule", "skip"), ["11", "13"]),
        (("--method", "welfare"), ["11", "13"]),
        (("--method", "welfare", "--utility", "cardinality", "--budget", "90"), ["11"]),
    ],
)
def test_every_method_counts_and_certifies(tmp_path, words, winners):
    file = tmp_path / "garden.pb"
    file.write_text(GARDEN)
    told = json.loads(sanlin(tmp_path, "", "count", str(file), *words, "--json", "--certify"))
    assert told["winners"] == winners
    held = {it["name"]: it["holds"] for it in told["certificates"]}
    assert held["limits"]
    assert all(held.get(name, True) for name in ("prices", "loads", "optimal"))


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ((), {"12": {"cost": 10, "votes": 1, "budget": 10}}),
        (
            ("--method", "equal-shares"),
            {"12": {"cost": 40, "votes": 1}, "13": {"cost": 15, "votes": 2}},
        ),
        (("--method", "welfare"), {"12": {"cost": 10, "votes": 2}}),
    ],
)
def test_every_method_says_what_would_have_funded_a_project(tmp_path, words, changes):
    file = tmp_path / "garden.pb"
    file.write_text(GARDEN)
    told = json.loads(sanlin(tmp_path, "", "count", str(file), *words, "--json", "--explain"))
    assert told["changes"] == changes
