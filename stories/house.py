"""A living street for each story: built once by the product's own command, copied, served."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.postgres import free_port
from stories.streets import BUILT, ENDED, LOG

ROOT = Path(__file__).resolve().parent.parent
USUAL = "vote"  # the stage of a demonstration that is asked for none
SANLIN = (sys.executable, "-m", "sanlin.site.cli")


@dataclass(frozen=True)
class House:
    """A served street: its address, its home folder and what its server prints."""

    url: str
    home: Path
    log: Path

    def printed(self) -> str:
        """What the server has written so far, such as one-time codes in a demonstration."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def code(self, phone: str) -> str:
        """The last one-time code that was sent to a phone."""
        return re.findall(rf"SMS {phone}:.*?(\d{{6}})", self.printed())[-1]


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a demonstration that lives in `home`, on the embedded database."""
    ours = {"SANLIN_HOME": home, "SANLIN_DEMO": "yes", "PYTHONPATH": ROOT / "src"}
    theirs = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return theirs | {name: str(value) for name, value in ours.items()} | {"PYTHONUTF8": "1"}


def sanlin(home: Path, *words: str | Path) -> str:
    """What the operator's command prints in that home, such as "tick"; raises if it fails."""
    return run(home, *SANLIN, *words)


def shell(home: Path, code: str) -> str:
    """What a few lines of Python print that run among the models of that home; raises if they fail."""
    return run(home, sys.executable, "manage.py", "shell", "--no-imports", "-c", code)


def run(home: Path, *command: str | Path) -> str:
    there = surroundings(home)
    done = subprocess.run(command, cwd=ROOT, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def stage_of(item: pytest.Item) -> str:
    """How far the round of a story is: as its mark says, else as in a demonstration."""
    marker = item.get_closest_marker("stage")
    return str(marker.args[0]) if marker else USUAL


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where the streets stand that stories are copied from; workers of one run share it."""
    base = tmp_path_factory.getbasetemp()
    shelf = (base if worker_id == "master" else base.parent) / "streets"
    shelf.mkdir(exist_ok=True)
    return shelf


@pytest.fixture(scope="session")
def streets(request: pytest.FixtureRequest) -> set[str]:
    """The stages at which the stories of this run are played."""
    played = [one for one in request.session.items if "shelf" in getattr(one, "fixturenames", ())]
    return {stage_of(one) for one in played}


def build(stage: str, shelf: Path, others: Collection[str] = ()) -> Path:
    """The home folder of a street at `stage`, made the first time that one is asked for.

    Whoever asks first, of several processes, has `others` built in the same go; all wait for their own.
    """
    home = shelf / (stage or USUAL)
    with (shelf / "lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not (shelf / "begun").exists():
            (shelf / "begun").touch()
            with (shelf / LOG).open("wb") as log:
                subprocess.Popen(
                    [sys.executable, "-m", "stories.streets", shelf, *{home.name, *others}],
                    cwd=ROOT,
                    env=surroundings(shelf),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
    while not (home / BUILT).exists():
        if (shelf / ENDED).exists():
            raise RuntimeError(f"no street at {home.name}:\n{(shelf / LOG).read_text()[-3000:]}")
        time.sleep(0.1)
    return home


@contextmanager
def serve(world: Path, home: Path) -> Iterator[House]:
    """A copy of `world` in `home`, served by the real server on a free port until the end."""
    shutil.copytree(world, home)
    port = free_port()
    house = House(f"http://127.0.0.1:{port}", home, home / "server.log")
    with house.log.open("wb") as log:
        server = subprocess.Popen(
            [*SANLIN, "serve", "--port", str(port)],
            cwd=ROOT,
            env=surroundings(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_open(house, server)
        yield house
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_open(house: House, server: subprocess.Popen[bytes]) -> None:
    """Returns when the front page answers; raises with the server's last words if it never does."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(house.url, timeout=10):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the server did not open its door:\n{house.printed()[-3000:]}")
