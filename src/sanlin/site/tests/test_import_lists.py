import argparse

import pytest

from sanlin.commons.people.models import Resident
from sanlin.commons.people.tests.scene import neighbourhood, resident, worker
from sanlin.commons.places.models import Home
from sanlin.site.commands import import_

pytestmark = pytest.mark.django_db
HOMES = "居民区,小区,楼号,单元,室号\n甲,花园,1号,,101\n甲,花园,1号,,102\n"
PEOPLE = "居民区,姓名,手机号\n甲,李秀英,19900000004\n"


@pytest.fixture
def place():
    return neighbourhood(name="甲居委会", code="310115004001")


def typed(*words):
    parser = argparse.ArgumentParser()
    import_.arguments(parser)
    return import_.run(parser.parse_args(words))


def said(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_homes_and_residents_come_in_by_command(place, tmp_path, capsys):
    worker(place, username="sun")
    homes = ("homes", said(tmp_path, HOMES), "--place", place.code, "--as", "sun")
    assert typed(*homes, "--check") == 0
    assert (capsys.readouterr().out, Home.objects.count()) == (
        "would be: 2 added, 0 updated, 0 unchanged\n",
        0,
    )
    assert typed(*homes) == 0
    assert capsys.readouterr().out == "done: 2 added, 0 updated, 0 unchanged\n"
    assert typed(*homes) == 0
    assert capsys.readouterr().out == "done: 0 added, 0 updated, 2 unchanged\n"
    people = ("residents", said(tmp_path, PEOPLE), "--place", place.code, "--as", "sun")
    assert typed(*people) == 0
    assert Resident.objects.get().account.name == "李秀英"


def test_what_is_wrong_is_said_with_its_cell_and_nothing_is_written(place, tmp_path, capsys):
    worker(place, username="sun")
    path = said(tmp_path, HOMES + "甲,,1号,,103\n")
    assert typed("homes", path, "--place", place.code, "--as", "sun") == 1
    assert capsys.readouterr().err.splitlines() == [
        "CSV B4 小区: 不能空着，请填写",
        "1 cells to correct, nothing written",
    ]
    assert not Home.objects.exists()


@pytest.mark.parametrize("missing", ["place", "account", "file", "round"])
def test_what_is_not_there_is_named(place, tmp_path, capsys, missing):
    worker(place, username="sun")
    path = str(tmp_path / "no") if missing == "file" else said(tmp_path, HOMES)
    code = "9" if missing == "place" else place.code
    who = "nobody" if missing == "account" else "sun"
    if missing == "round":
        assert typed("proposals", path, "--round", "1", "--as", who) == 2
    else:
        assert typed("teams", path, "--place", code, "--as", who) == 2
    assert capsys.readouterr().err.startswith(f"there is no such {missing}")


def test_somebody_without_the_post_is_refused(place, tmp_path, capsys):
    resident(place, username="li")
    path = said(tmp_path, HOMES)
    assert typed("homes", path, "--place", place.code, "--as", "li") == 1
    assert "只有" in capsys.readouterr().err
