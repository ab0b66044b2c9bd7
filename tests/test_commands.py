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
