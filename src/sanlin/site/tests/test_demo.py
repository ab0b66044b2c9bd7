"""The folder of a demonstration, from the first build on."""

import os
import subprocess
import sys
from argparse import Namespace

import pytest

from sanlin.site import demo
from sanlin.site.commands import demo as command


def asked(**more):
    return Namespace(
        **{"stage": "draft", "programme": None, "fresh": False, "no_serve": True, **more}
    )


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "kept").touch()
    monkeypatch.setenv("SANLIN_HOME", str(folder))
    monkeypatch.setenv("SANLIN_DEMO", "")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return folder


def ended():
    """A process that is no more."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.mark.parametrize("fresh", [False, True])
def test_a_build_that_broke_off_begins_anew(home, fresh, capsys):
    (home / command.BEGUN).write_text(str(ended()))
    command.prepare(asked(fresh=fresh))
    assert not home.exists()
    assert "没有建完" in capsys.readouterr().out


def test_a_street_that_is_being_built_is_left_alone(home):
    (home / command.BEGUN).write_text(str(os.getpid()))
    with pytest.raises(SystemExit, match="另一个进程正在建"):
        command.prepare(asked(fresh=True))
    assert (home / "kept").exists()


def test_only_a_demonstration_is_begun_anew(home):
    command.prepare(asked(fresh=True))
    assert (home / "kept").exists()
    (home / "demo-clock").touch()
    command.prepare(asked())
    assert (home / "kept").exists()
    command.prepare(asked(fresh=True))
    assert not home.exists()


@pytest.mark.django_db
def test_the_folder_says_that_a_build_has_not_ended(tmp_path, settings, monkeypatch):
    settings.HOME = tmp_path

    def breaks(stage, tell):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "build", breaks)
    with pytest.raises(KeyboardInterrupt):
        command.run(asked())
    assert (tmp_path / command.BEGUN).read_text() == str(os.getpid())
    monkeypatch.setattr(demo, "build", lambda stage, tell: None)
    monkeypatch.setattr(command, "_say_who", lambda options: None)
    assert command.run(asked()) == 0
    assert not (tmp_path / command.BEGUN).exists()
