"""docs/systems.md names packs and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")


def rows():
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def test_every_row_names_a_shipped_pack_and_a_test_or_says_that_it_is_not_built():
    named = set()
    for system, _part, pack, played in rows():
        tests = re.findall(r"`(\S+)::(\w+)`", played)
        if pack == "–":
            assert (system, played) == (system, "not built")
            continue
        assert (ROOT / "src/sanlin/packs" / pack.strip("`")).is_dir(), pack
        assert tests, system
        named.add(pack.strip("`"))
        for path, name in tests:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (path, name)
    assert named == {path.name for path in (ROOT / "src/sanlin/packs").iterdir() if path.is_dir()}
