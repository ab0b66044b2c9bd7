"""Sets a bare clone up, with nothing but the standard library of any Python from 3.11 on.

venv      the virtual environment in .venv with the pinned requirements (--dev: the tests' too)
assets    what is built from the sources: translation catalogues and compressed static files
system    what the tests need of the machine: Chromium, a Chinese font, Pango, PostgreSQL
office    LibreOffice, in which the tests open the papers
lock      writes requirements.lock and requirements-dev.lock anew from pyproject.toml

Every part looks first whether its work is already done, so running it again costs nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes.util
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scripts import postgres
from scripts.postgres import Missing

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
BUILD = ROOT / "build"
# Never wait at a keyboard, never be told about a newer pip in the middle of a log.
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUTF8": "1"}
# Building needs the settings, but no part of the home folder in which people's data lies.
ASIDE = {"PYTHONPATH": "src", "SANLIN_HOME": str(BUILD / "home")}


def say(words: str) -> None:
    """One line to whoever watches, at once."""
    print(f"· {words}", flush=True)


def run(*command: str | Path, **env: str) -> None:
    """Runs a command without a keyboard; raises Missing with its last words where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | QUIET | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-25:])
        raise Missing(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{tail}")


def digest(*paths: Path) -> str:
    """One hash over the names and bytes of files; a missing file counts as empty."""
    total = hashlib.sha256()
    for path in paths:
        body = path.read_bytes() if path.exists() else b""
        total.update(f"{path.relative_to(ROOT)} {len(body)}\n".encode() + body)
    return total.hexdigest()


def stamped(folder: Path) -> dict[str, str]:
    """From what this folder was last made, by part."""
    try:
        return dict(json.loads((folder / "made-from.json").read_text()))
    except (OSError, ValueError):
        return {}


def stamp(folder: Path, **parts: str) -> None:
    """Remembers in the folder itself from what these parts of it were made."""
    folder.mkdir(exist_ok=True)
    words = json.dumps(stamped(folder) | parts, indent=1, sort_keys=True)
    (folder / "made-from.json").write_text(words + "\n")


# --- the virtual environment ---------------------------------------------------------------------


def set_up_venv(*, dev: bool = False) -> None:
    """.venv with exactly the locked packages and this checkout, installed so that edits count.

    A .venv that is a link belongs to somebody else and is used as it is.
    """
    if VENV.is_symlink():
        return
    where = f"{ROOT} {sys.version_info[:2]}"
    wanted = {kind: digest(lock, ROOT / "pyproject.toml") for kind, lock in LOCKS.items()}
    kind = "dev" if dev else "run"
    begun = time.monotonic()
    if not PYTHON.exists() or stamped(VENV).get("where") != where:
        make_venv()
    elif stamped(VENV).get(kind) == wanted[kind]:
        return
    pinned = sum("==" in line for line in LOCKS[kind].read_text().splitlines())
    say(f"installing {pinned} pinned packages into .venv")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", LOCKS[kind])
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT)
    # The environment of the tests holds all that the product needs.
    stamp(VENV, where=where, **(wanted if dev else {"run": wanted["run"]}))
    say(f"environment ready after {time.monotonic() - begun:.0f} s")


def make_venv() -> None:
    """An empty environment; Debian keeps the part that makes one in a package of its own."""
    try:
        import ensurepip  # noqa: F401, PLC0415
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        apt(f"python{version}-venv", why="Python here cannot make virtual environments.")
    say(f"making .venv with Python {sys.version.split()[0]}")
    with contextlib.suppress(OSError):
        shutil.rmtree(VENV)
    run(sys.executable, "-m", "venv", VENV)


def lock() -> None:
    """Both lock files from what pip would choose today; the smaller is a part of the larger.

    Lock with the oldest Python supported: what only old Pythons need does no harm to new ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", folder)
        pip = Path(folder) / "bin" / "python"
        everything = resolve(pip, ".[dev]", Path(folder))
        write_lock(LOCKS["dev"], everything, "make test")
        pins = Path(folder) / "pins.txt"
        pins.write_text("\n".join(everything))
        write_lock(LOCKS["run"], resolve(pip, ".", Path(folder), pins), "make demo")


def resolve(pip: Path, what: str, folder: Path, pins: Path | None = None) -> list[str]:
    """The pinned lines `name==version` that pip would install for `what`."""
    report = folder / "report.json"
    bound: list[str | Path] = ["--constraint", pins] if pins else []
    run(
        *(pip, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"),
        *("--report", report, "setuptools>=77", what, *bound),
    )
    named = (one["metadata"] for one in json.loads(report.read_text())["install"])
    return sorted(
        f"{re.sub(r'[-_.]+', '-', meta['name']).lower()}=={meta['version']}"
        for meta in named
        if meta["name"] != "sanlin"
    )


def write_lock(path: Path, lines: list[str], purpose: str) -> None:
    """One package a line, in the order of their names."""
    head = (
        f"# What `{purpose}` installs. Written by `make lock`; change pyproject.toml, not this.\n"
    )
    path.write_text(head + "\n".join(lines) + "\n")
    say(f"{path.name}: {len(lines)} packages")


# --- built from the sources ----------------------------------------------------------------------


def set_up_assets() -> None:
    """Compiled catalogues and collected, compressed static files, when their sources changed."""
    catalogues = sorted(ROOT.glob("src/sanlin/**/*.po"))
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    mark = digest(*catalogues)
    if not compiled or stamped(BUILD).get("catalogues") != mark:
        say(f"compiling {len(catalogues)} translation catalogues")
        run(PYTHON, "-m", "scripts.messages", "--compile")
        stamp(BUILD, catalogues=mark)
    statics = sorted(p for p in ROOT.glob("src/sanlin/**/static/**/*") if p.is_file())
    mark = digest(*statics, ROOT / "requirements.lock", ROOT / "src/sanlin/site/settings.py")
    if stamped(BUILD).get("statics") != mark or not (BUILD / "static").exists():
        say("collecting and compressing static files")
        run(PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", **ASIDE)
        stamp(BUILD, statics=mark)


# --- of the machine ------------------------------------------------------------------------------


def apt(*packages: str, why: str) -> None:
    """Installs Debian packages where this may be done; a clear sentence where not."""
    names = " ".join(packages)
    if os.geteuid() or not shutil.which("apt-get"):
        raise Missing(f"{why}\nAsk whoever may install packages here for: apt install {names}")
    say(f"installing by apt: {names}")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run("apt-get", "update", "-q")
    run("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages)


def chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine; SANLIN_CHROMIUM goes first."""
    named = os.environ.get("SANLIN_CHROMIUM")
    known = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next(filter(None, map(shutil.which, known)), None)


def chinese_font() -> bool:
    """Whether anything here can draw Chinese characters."""
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


def driver() -> bool:
    """Whether the program between the tests and Chromium starts; it links to one library more."""
    found = sorted(VENV.glob("lib/python*/site-packages/playwright/driver/node"))
    return all(
        subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0
        for node in found
    )


def pango() -> bool:
    """The library with which PDF is set."""
    return all(map(ctypes.util.find_library, ("pango-1.0", "pangoft2-1.0")))


def libreoffice() -> str | None:
    """The path of LibreOffice on this machine."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def office_parts() -> bool:
    """Whether LibreOffice can open texts, tables and slides here."""
    where = libreoffice()
    if where is None:
        return False
    folder = Path(where).resolve().parent
    return all((folder / f"lib{part}lo.so").exists() for part in ("sw", "sc", "sd"))


def poppler() -> str | None:
    """The program that turns PDF into pictures."""
    return shutil.which("pdftoppm")


Needs = dict[str, tuple[Callable[[], object], tuple[str, ...]]]
TESTS: Needs = {
    "a Chromium browser": (chromium, ("chromium",)),
    "a library of the browser's driver": (driver, ("libatomic1",)),
    "a Chinese font": (chinese_font, ("fontconfig", "fonts-noto-cjk")),
    "Pango": (pango, ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")),
    "the PostgreSQL server": (postgres.programs, ("postgresql",)),
}
OFFICE: Needs = {
    "LibreOffice": (
        office_parts,
        ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-impress-nogui"),
    ),
    "poppler": (poppler, ("poppler-utils",)),
}


def set_up_system() -> None:
    """Chromium and its driver, a Chinese font, Pango and PostgreSQL, by apt where they are missing."""
    provide(TESTS)


def set_up_office() -> None:
    """LibreOffice without a screen, and what turns its pages into pictures."""
    provide(OFFICE)


def provide(needs: Needs) -> None:
    """Installs what is missing; raises Missing where that cannot be done."""
    missing = [thing for thing, (find, _) in needs.items() if not find()]
    if not missing:
        return
    packages = [package for thing in missing for package in needs[thing][1]]
    apt(*packages, why=f"The tests need what this machine lacks: {', '.join(missing)}.")
    if still := [thing for thing in missing if not needs[thing][0]()]:
        raise Missing(f"apt has run, yet this machine still lacks {', '.join(still)}.")


def parser() -> argparse.ArgumentParser:
    """The words that may stand on the command line."""
    top = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = top.add_subparsers(dest="part", required=True)
    parts.add_parser("venv").add_argument("--dev", action="store_true")
    for name in ("assets", "system", "office", "lock"):
        parts.add_parser(name)
    return top


def main(words: list[str] | None = None) -> int:
    """Does one part; 0 done, 2 cannot be done here, and why."""
    told = parser().parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        parts = {
            "assets": set_up_assets,
            "system": set_up_system,
            "office": set_up_office,
            "lock": lock,
        }
        if told.part == "venv":
            set_up_venv(dev=told.dev)
        else:
            parts[told.part]()
    except Missing as missing:
        print(f"\n{missing}\n", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
