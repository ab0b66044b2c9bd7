"""The verifier in the browser agrees with the vectors, and says which check a falsified record fails."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from sanlin.site.rehearsal.making import make
from sanlin.site.rehearsal.twisting import twisted
from stories import eyes
from stories.browser import switch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from stories.conftest import Visit

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "docs" / "record-vectors"
SCRIPT = ROOT / "src/sanlin/front/records/static/records/verify.js"
OTHER = ROOT / "src/sanlin/kernel/record/verify.py"
RECORDS = sorted(found.name.removesuffix(".expect.json") for found in VECTORS.glob("*.expect.json"))

Files = dict[str, bytes]
Options = dict[str, Any]


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def files_of(name: str) -> Files:
    return {found.name: found.read_bytes() for found in (VECTORS / name).iterdir()}


def pack(files: Files) -> bytes:
    """The archive that section 2 of docs/record-format.md makes of files."""
    first, second = b"", b""
    for name in sorted(files, key=str.encode):
        content, written = files[name], name.encode()
        size = len(content)
        about = (10, 0, 0, 0, 33, zlib.crc32(content), size, size, len(written), 0)
        packed = struct.pack("<HHHHHIIIHH", *about)
        where = struct.pack("<HHHII", 0, 0, 0, 0, len(first))
        second += b"PK\1\2" + struct.pack("<H", 10) + packed + where + written
        first += b"PK\3\4" + packed + written + content
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(second), len(first), 0)
    return first + second + b"PK\5\6" + end


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page without any server that has read the script."""
    page = browser.new_page()
    page.goto("about:blank")
    page.add_script_tag(path=str(SCRIPT))
    page.evaluate(
        """() => {
          window.V = SanlinVerifier;
          window.bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
        }"""
    )
    yield page
    page.close()


def failed(page: Page, archive: bytes, options: Options | None = None) -> set[str]:
    """The codes of the checks that an archive fails."""
    given = {**(options or {}), "archive": base64.b64encode(archive).decode()}
    lines = page.evaluate(
        """async given => {
          const old = given.old ? bytes(given.old) : null;
          const found = await V.verify(bytes(given.archive), {...given, old});
          return found.lines;
        }""",
        given,
    )
    assert all(line["zh"] and line["en"] for line in lines)
    return {line["code"] for line in lines if not line["ok"]}


def failed_at_home(archive: Path, *words: str) -> tuple[set[str], int]:
    """The codes of the checks that an archive fails by the verifier in Python, and how it exits."""
    command = [sys.executable, str(OTHER), str(archive), *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return set(re.findall(r"^不通过 (\w\d)", done.stdout, re.M)), done.returncode


def sent(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_the_vectors_passes(blank: Page, name: str) -> None:
    expected, archive = vectors(f"{name}.expect.json"), pack(files_of(name))
    assert hashlib.sha256(archive).hexdigest() == expected["zip_sha256"]
    options = {one: expected[one] for one in ("root", "receipt", "opening")}
    options["old"] = sent(expected["checkpoint"].encode())
    assert failed(blank, archive, options) == set()
    assert failed(blank, archive, {"old": sent(archive)}) == set()
    assert failed(blank, archive, {"receipt": expected["absent_receipt"]}) == {"C1"}
    assert failed(blank, archive, {"root": "0" * 64}) == {"L2"}
    if expected["replaced_receipt"]:
        assert failed(blank, archive, {"receipt": expected["replaced_receipt"]}) == {"C1"}


def test_the_small_vectors(blank: Page) -> None:
    for one in vectors("canonical.json"):
        assert blank.evaluate("text => V.isCanonical(text)", one["text"]) is one["canonical"], one
    tree = vectors("tree.json")
    sizes = list(range(len(tree["roots"])))
    found = blank.evaluate(
        """async ([lines, sizes]) => {
          const record = new V.Record(new Uint8Array());
          record.lines = lines.map(V.utf8);
          const out = [];
          for (const size of sizes) out.push(await record.root(size));
          return out;
        }""",
        [tree["lines"], sizes],
    )
    assert found == tree["roots"]
    for one in vectors("code.json"):
        assert blank.evaluate("text => V.digest(text)", one["opening"]) == one["code"]
        assert blank.evaluate("code => V.receiptOf(code)", one["code"]) == one["receipt"]
    for one in vectors("lot.json"):
        assert blank.evaluate("one => V.lot(one.seed, one.keys)", one) == one["lot"]


def test_the_marks_of_the_vectors(blank: Page) -> None:
    for one in vectors("marks.json"):
        found = blank.evaluate(
            """async ({sheets, marks}) => {
              const rows = of => new Map(Object.entries(of).map(([p, x]) => [p, V.fraction(x)]));
              const table = new Map(Object.entries(sheets).map(([j, of]) => [j, rows(of)]));
              const out = {};
              for (const method of Object.keys(marks)) {
                const found = await V.marks(table, method);
                out[method] = Object.fromEntries([...found].map(([p, x]) => [p, V.show(x)]));
              }
              return out;
            }""",
            one,
        )
        assert found == one["marks"]


COUNT = """async ({case: kase, outcome}) => {
  try { await V.count(kase, outcome); return true; }
  catch (no) { if (no instanceof V.Wrong) return false; throw no; }
}"""


def test_the_counts_of_the_vectors(blank: Page) -> None:
    for one in vectors("counts.json"):
        case, outcome = one["case"], one["outcome"]
        names = ("key", "funded", "grant", "left")
        steps = [
            dict(zip(names, step, strict=False)) | {"reason": {"code": step[4]}}
            for step in outcome["steps"]
        ]
        whole = {"rule": case["rule"], "unit": case["method"], **outcome, "steps": steps}
        assert blank.evaluate(COUNT, {**one, "outcome": whole}) is True, case
        for name, other in (("left", outcome["left"] + 1), ("reserve", [*outcome["reserve"], 1])):
            assert blank.evaluate(COUNT, {**one, "outcome": {**whole, name: other}}) is False


def test_the_margins_of_the_vectors(blank: Page) -> None:
    for one in vectors("margins.json"):
        found = blank.evaluate(
            """async ({case: kase, most}) => {
              const changes = await V.errors(kase);
              for (let wrong = 1; wrong <= most; wrong++) if (await changes(BigInt(wrong))) return wrong;
              return most + 1;
            }""",
            one,
        )
        assert found == one["margin"], one


def test_the_types_of_the_page_are_those_of_the_script(blank: Page) -> None:
    page = (ROOT / "docs/record-format.md").read_text(encoding="utf-8")
    assert f"```types{blank.evaluate('V.TYPES')}```" in page
    rows = dict(re.findall(r"^\| ([A-Z]\d) \| ([a-z.\- ]*) \|", page, re.M))
    assert rows == dict(blank.evaluate("V.CHECKS.map(one => [one[0], one[3] || '-'])"))


def changed(name: str, file: str, change: Callable[[Any], Any]) -> Files:
    """The files of a record, one of them changed and written in its one form."""
    files = files_of(name)
    value = change(json.loads(files[file]))
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**files, file: text.encode() + b"\n"}


def more_ballots(totals: Any) -> Any:
    return {**totals, "ballots": totals["ballots"] + 1}


def swapped_lot(allocation: Any) -> Any:
    allocation["case"]["lot"].reverse()
    return allocation


def more_money(awards: Any) -> Any:
    next(one for one in awards["awards"] if one["stage"] == "standing")["grant"] += 1
    return awards


def marked_beside(name: str) -> Files:
    """The first sheet of a record with a mark more, for a criterion that there is not."""
    files = files_of(name)
    head, first, *rest = files["scores.csv"].decode().splitlines(keepends=True)
    beside = ",".join([*first.split(",")[:2], "A", "1"])
    return {**files, "scores.csv": "".join([head, beside + "\n", first, *rest]).encode()}


TAMPERED = {
    # what is wrong with the mark S1 says; the case is what the known marks make it
    "a mark of no criterion": (marked_beside("score"), {"M1", "L4", "S1"}),
    "a changed name": (
        changed("votes", "round.json", lambda whole: {**whole, "name": "别的"}),
        {"M1", "L4"},
    ),
    "one ballot more": (changed("votes", "totals.json", more_ballots), {"M1", "L4", "B2"}),
    "another lot": (changed("votes", "allocation.json", swapped_lot), {"M1", "L4", "A2", "A4"}),
    "a larger grant": (changed("votes", "awards.json", more_money), {"M1", "L4", "N1"}),
    "a foreign format": (
        changed("votes", "round.json", lambda whole: {**whole, "format": 2}),
        # what cannot be read fails every check that needs it
        {"Z2", "M1", "F1", "L3", "L4", "R1", "B2", "B4", "P1", "P3", "A1", "A2", "A4"},
    ),
    "a number that is none": (
        changed("votes", "totals.json", lambda whole: {**whole, "ballots": True}),
        {"M1", "F1", "L4", "B2", "B4", "P3", "A1"},
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_falsified_record_fails(blank: Page, tmp_path: Path, name: str) -> None:
    files, expected = TAMPERED[name]
    archive = tmp_path / "record.zip"
    archive.write_bytes(pack(files))
    assert failed(blank, archive.read_bytes()) == expected
    assert failed_at_home(archive) == (expected, 1)


def test_what_is_no_record_fails_and_ends(blank: Page) -> None:
    archive = pack(files_of("votes"))
    for junk in (b"", b"PK", b"\0" * 5000, archive[:-1], archive[100:], archive[:9000]):
        assert "Z1" in failed(blank, junk)
    deep = {**files_of("votes"), "rules.json": b"[" * 200_000 + b"]" * 200_000 + b"\n"}
    assert {"F1", "R1"} <= failed(blank, pack(deep))
    packed = archive[:8] + b"\x08" + archive[9:]  # as if the first file were compressed
    assert failed(blank, packed) == {"Z1"}


def without_a_line(files: Files, name: str, which: int) -> Files:
    lines = files[name].splitlines(keepends=True)
    return {**files, name: b"".join(lines[:which] + lines[which + 1 :])}


def one_more(files: Files, name: str, before: str) -> Files:
    """The first number behind `before`, made one larger."""
    pattern = re.compile(re.escape(before.encode()) + rb"(\d+)")
    more = pattern.sub(lambda found: before.encode() + b"%d" % (int(found[1]) + 1), files[name], 1)
    return {**files, name: more}


@pytest.mark.parametrize("number", range(12))
def test_both_verifiers_say_the_same_of_a_made_up_record(
    blank: Page, tmp_path: Path, number: int
) -> None:
    """Two programs that were written apart, from the page of the format alone."""
    made = make(number)
    options: Options = {"root": made.root, "old": sent(made.old.encode())}
    words = ["--root", made.root, "--old", str(tmp_path / "old")]
    (tmp_path / "old").write_text(made.old, encoding="utf-8")
    if made.receipts:
        options["receipt"] = made.receipts[0]
        words += ["--receipt", made.receipts[0]]
    falsified = [
        without_a_line(made.files, "log.jsonl", number),
        one_more(made.files, "allocation.json", '"left":'),
        one_more(made.files, "proposals.json", '"cost":'),
        one_more(made.files, "round.json", '"round":'),
    ]
    chance = Random(number)
    falsified += [twisted(made.files, chance) for _ in range(3)]
    for which, files in enumerate([made.files, *falsified]):
        archive = tmp_path / "record.zip"
        archive.write_bytes(pack(files))
        other, code = failed_at_home(archive, *words)
        assert failed(blank, archive.read_bytes(), options) == other
        assert (code, bool(other)) == ((1, True) if which else (0, False))


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_somebody_checks_a_record_on_the_page(visit: Visit, size: str) -> None:
    expected, archive = vectors("votes.expect.json"), pack(files_of("votes"))
    page = visit(size)
    page.goto("/records/check/")
    page.set_input_files(
        "[name=archive]", {"name": "r.zip", "mimeType": "application/zip", "buffer": archive}
    )
    page.fill("[name=root]", expected["root"])
    page.fill("[name=receipt]", "too short")
    page.click("[data-go]")
    page.wait_for_function("document.activeElement.name === 'receipt'")
    page.fill("[name=receipt]", expected["receipt"])
    page.click("[data-go]")
    page.wait_for_selector("[data-total][data-ok=yes]")
    assert page.locator("[data-total] strong").text_content() == "总计 通过"
    assert page.locator("[data-found] [data-ok=yes]").count() == 27
    assert page.locator("[data-found] [data-ok=no]").count() == 0
    page.fill("[name=receipt]", expected["absent_receipt"])
    page.focus("[name=receipt]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-total][data-ok=no]")
    codes = page.locator("[data-found] [data-ok=no]").evaluate_all(
        "all => all.map(one => one.dataset.code)"
    )
    assert codes == ["C1"]
    page.fill("[name=root]", "")
    page.fill("[name=receipt]", "")
    page.click("[data-go]")
    page.wait_for_selector("[data-total][data-ok=yes]")
    assert "没有填公示上的指纹" in str(page.locator("[data-total]").text_content())
    eyes.shot(page, f"verifier-{size}")
    troubles = eyes.axe(page) + eyes.geometry(page)
    switch(page, "elder")
    eyes.shot(page, f"verifier-{size}-elder")
    assert troubles + eyes.axe(page) + eyes.geometry(page) == []
