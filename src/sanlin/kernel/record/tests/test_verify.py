"""The verifier against the vectors of the format page, and against every flipped bit.

The verifier is written from docs/record-format.md alone and the vectors are made by the counts of
the kernel, so each is a witness for the other.
"""

import ast
import importlib.util
import io
import json
import re
import struct
import subprocess
import sys
import tokenize
import zlib
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from sanlin.kernel.record.papers import bind

HOME = Path(__file__).parents[5]
VECTORS = HOME / "docs/record-vectors"
SCRIPT = Path(__file__).parents[1] / "verify.py"
COUNTS = SCRIPT.with_name("recount.py")
RECORDS = sorted(path.name.removesuffix(".expect.json") for path in VECTORS.glob("*.expect.json"))


def load():
    found = importlib.util.spec_from_file_location("verifier", SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


verifier = load()
verifier.learn({})
(recount,) = verifier.KNOWN


def read(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def archive(name):
    """The archive of one vector, by section 2 of the page."""
    body, heads = b"", []
    for path in sorted((VECTORS / name).iterdir(), key=lambda it: it.name.encode()):
        data, label = path.read_bytes(), path.name.encode()
        sizes = (zlib.crc32(data), len(data), len(data), len(label), 0)
        middle = struct.pack("<5H3L2H", 10, 0, 0, 0, 33, *sizes)
        tail = struct.pack("<3H2L", 0, 0, 0, 0, len(body)) + label
        heads.append(b"PK\1\2" + struct.pack("<H", 10) + middle + tail)
        body += b"PK\3\4" + middle + label + data
    end = b"".join(heads)
    last = struct.pack("<4H2LH", 0, 0, len(heads), len(heads), len(end), len(body), 0)
    return body + end + b"PK\5\6" + last


def verify(tmp_path, name, *words):
    """Exit code and the codes of the checks that failed, of the script as a stranger runs it."""
    path = tmp_path / f"{name}.zip"
    path.write_bytes(archive(name))
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, path, *words], capture_output=True, check=False
    )
    lines = done.stdout.decode().splitlines()
    return done.returncode, [line.split()[1] for line in lines if line.startswith("不通过")]


@pytest.mark.parametrize("name", RECORDS)
def test_a_true_record_passes_and_an_unknown_ballot_does_not(tmp_path, name):
    expected = read(f"{name}.expect.json")
    words = ["--root", expected["root"]]
    if expected["receipt"]:
        words += ["--receipt", expected["receipt"].lower()]
    if expected["opening"]:
        words += ["--open", expected["opening"]]
    (tmp_path / "old").write_text(expected["checkpoint"] or "")
    if expected["checkpoint"]:
        words += ["--old", str(tmp_path / "old")]
    assert verify(tmp_path, name, *words) == (0, [])
    absent = verify(tmp_path, name, "--receipt", expected["absent_receipt"])
    assert absent == (1, ["C1"])


def test_another_root_fails_and_nonsense_is_asked_wrongly(tmp_path):
    assert verify(tmp_path, "votes", "--root", "0" * 64) == (1, ["L2"])
    assert verify(tmp_path, "votes", "--root", "nonsense")[0] == 2
    assert verify(tmp_path, "votes", "--receipt", "nonsense")[0] == 2
    assert verify(tmp_path, "votes", "--old", str(tmp_path / "nowhere"))[0] == 2
    assert verify(tmp_path, "votes", "--open", "sanlin-ballot-2:7:[]:0") == (1, ["C2"])


def test_every_count_of_the_vectors_comes_out_as_the_kernel_counted_it():
    cases = read("counts.json")
    for told in cases:
        outcome = told["outcome"]
        outcome.update(rule=told["case"]["rule"], unit=told["case"]["method"])
        outcome["steps"] = [
            {"key": key, "funded": funded, "grant": grant, "left": left, "reason": {"code": code}}
            for key, funded, grant, left, code in outcome["steps"]
        ]
        recount.recount({"allocation.json": told}.__getitem__)
        if outcome["reserve"]:  # and a reserve list that is another one is noticed, by every method
            other = {"case": told["case"], "outcome": {**outcome, "reserve": []}}
            with pytest.raises(recount.Bad):
                recount.recount({"allocation.json": other}.__getitem__)
    methods = {told["case"]["method"] for told in cases}
    assert methods == {"score", "votes", "blend", "equal_shares", "phragmen", "welfare"}
    assert any(told["case"]["limits"].get("requires") for told in cases)
    floored = {told["case"]["method"] for told in cases if told["case"]["limits"]["floors"]}
    assert floored == methods


def test_every_margin_of_the_vectors_comes_out_as_the_kernel_found_it():
    told = read("margins.json")
    assert [one["margin"] for one in told[:5]] == [4, 10, 7, 6, 5]  # the examples of the page
    for one in told:
        error = recount.Error(one["case"])
        assert [error.changes(wrong) for wrong in range(1, one["most"] + 1)] == [
            wrong >= one["margin"] for wrong in range(1, one["most"] + 1)
        ]
    found = {(one["case"]["method"], one["margin"] <= one["most"]) for one in told}
    assert found == {(method, some) for method in ("votes", "score", "blend") for some in (0, 1)}
    blends = [one["case"] for one in told if one["case"]["method"] == "blend"]
    assert len({(it["normaliser"], it["onsite"] is None) for it in blends}) == 8


def test_every_mark_of_the_vectors_comes_out_as_the_kernel_marked_it():
    ways = {
        "normalised": lambda sheets: recount.evened(sheets, recount.distance),
        "zscore": lambda sheets: recount.evened(sheets, recount.deviation),
        "borda": recount.from_ranks,
        "severity": recount.without_mildness,
    }
    means = {"trimmed": recount.trimmed, "normalised": recount.trimmed, "median": recount.median}
    for panel in read("marks.json"):
        sheets = {
            (int(proposal), int(juror)): Fraction(mark)
            for juror, row in panel["sheets"].items()
            for proposal, mark in row.items()
        }
        for way, expected in panel["marks"].items():
            if expected is None:
                with pytest.raises(recount.Bad):
                    ways[way](sheets)
                continue
            by = {}
            for (proposal, _), mark in ways.get(way, lambda it: it)(sheets).items():
                by.setdefault(str(proposal), []).append(mark)
            mean = means.get(way, recount.mean)
            assert {key: recount.show(mean(it)) for key, it in by.items()} == expected, way


def test_canonical_documents_trees_and_codes():
    for told in read("canonical.json"):
        try:
            verifier.canonical(told["text"])
        except Exception:
            assert not told["canonical"], told["text"]
        else:
            assert told["canonical"], told["text"]
    tree = read("tree.json")
    sizes = range(len(tree["roots"]))
    log = "".join(f"{line}\n" for line in tree["lines"]).encode()
    record = verifier.Record(verifier.pack({"log.jsonl": log}))
    assert [record.root(size) for size in sizes] == tree["roots"]
    for told in read("code.json"):
        assert verifier.sha(told["opening"].encode()) == told["code"]
        assert verifier.receipt(told["code"]) == told["receipt"]


def unnoticed(data, root, flips):
    """Of these flipped bits those that no check notices; the costly checks only if need be."""
    ask = SimpleNamespace(root=root, old=None, receipt=None, open=None)
    missed = []
    for bit in flips:
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        record = verifier.Record(bytes(changed), ask)
        if not any(fails(code, record) for code in verifier.ORDER):
            missed.append(bit)
    return missed


def fails(code, record):
    try:
        verifier.run(code, record)
    except Exception:
        return True
    return False


def test_not_one_flipped_bit_of_a_small_record_goes_unnoticed():
    data, root = archive("entered"), read("entered.expect.json")["root"]
    assert unnoticed(data, root, range(len(data) * 8)) == []


def test_no_flipped_bit_of_a_larger_one_goes_unnoticed():
    data, root = archive("votes"), read("votes.expect.json")["root"]
    bits = len(data) * 8
    step = bits // 4_000 | 1  # odd, so that every place in a byte comes up
    flips = [*range(0, bits, step), *range(400), *range(bits - 176, bits)]
    assert unnoticed(data, root, flips) == []


def test_it_is_short_plain_and_runs_on_an_old_python():
    for path, most in ((SCRIPT, 400), (COUNTS, 1_200)):
        text = path.read_text(encoding="utf-8")
        ast.parse(text, feature_version=(3, 9))
        imported = re.search(r"^import (.*)$", text, re.M)[1].split(", ")
        imported += re.findall(r"^from (\w+) import", text, re.M)
        assert set(imported) <= sys.stdlib_module_names
        assert len(text.splitlines()) < most
        assert max(map(len, text.replace(recount.TYPES, "").splitlines())) <= 140
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        assert ";" not in {token.string for token in tokens}  # one statement a line
    assert sorted(verifier.CHECKS) == sorted(verifier.ORDER)


def test_it_names_the_count_that_lies_beside_it():
    text = SCRIPT.read_text(encoding="utf-8")
    named = re.findall(r'^RECOUNT = "([0-9a-f]{64})"$', text, re.M)
    assert named == [verifier.sha(COUNTS.read_bytes())], "python -m scripts.recount_digest"


def alone(folder, program):
    """The lines of failed checks, by code, where a stranger has but verify.py and a record in which
    this recount.py was sealed."""
    files = {path.name: path.read_bytes() for path in (VECTORS / "votes").iterdir()}
    told = {"verify.py": SCRIPT.read_bytes(), "recount.py": program}
    kept = {
        n: body for n, body in (files | told).items() if n not in {"log.jsonl", "manifest.json"}
    }
    lines, points = files["log.jsonl"].splitlines()[:-1], kept.pop("checkpoints.txt")
    kept = {n: body for n, body in kept.items() if body or n != "recount.py"}
    whole = bind(kept, lines, points, 7)
    (folder / "verify.py").write_bytes(told["verify.py"])
    (folder / "r.zip").write_bytes(verifier.pack(whole))
    asked = [sys.executable, "-I", folder / "verify.py", folder / "r.zip"]
    done = subprocess.run(asked, capture_output=True, check=False, cwd=folder)
    *found, last = done.stdout.decode().splitlines()
    assert (done.returncode, last) in {(0, "总计 通过"), (1, "总计 不通过")}
    assert [line.split()[1] for line in found] == verifier.ORDER
    return {line.split()[1]: line for line in found if line.startswith("不通过")}


def test_who_holds_the_one_file_needs_nothing_else(tmp_path):
    assert alone(tmp_path, COUNTS.read_bytes()) == {}


def test_it_never_runs_a_count_that_it_does_not_know(tmp_path):
    spy = b"open('ran', 'w').close()\nCHECKS = {}\n" + COUNTS.read_bytes()
    elsewhere = set(recount.CHECKS) - {"C2"} | {"F1", "B4"}  # C2 was not asked for
    found = alone(tmp_path, spy)
    assert set(found) == elsewhere | {"V1"}
    assert {code for code in elsewhere if verifier.UNKNOWN in found[code]} == elsewhere
    assert set(alone(tmp_path, b"")) == elsewhere | {"V1", "Z2"}  # none there at all
    (tmp_path / "recount.py").write_bytes(spy)
    assert set(alone(tmp_path, spy)) == elsewhere | {"V1"}
    assert not (tmp_path / "ran").exists()
    (tmp_path / "recount.py").write_bytes(COUNTS.read_bytes())
    assert set(alone(tmp_path, spy)) == {"V1"}  # the true one beside it does


def test_the_types_and_needs_of_the_page_are_those_of_the_verifier():
    page = (HOME / "docs/record-format.md").read_text(encoding="utf-8")
    assert f"```types{recount.TYPES}```" in page
    rows = dict(re.findall(r"^\| ([A-Z]\d) \| ([a-z.\- ]*) \|", page, re.M))
    assert rows == {code: " ".join(verifier.CHECKS[code][2]) or "-" for code in verifier.ORDER}


def test_a_value_of_another_type_fails_the_form(tmp_path):
    files = dict(verifier.unpack(archive("votes")))
    for old, new in ((b'"year":2026', b'"year":true'), (b'"year":2026', b'"year":"2026"')):
        other = {**files, "round.json": files["round.json"].replace(old, new)}
        record = verifier.Record(verifier.pack(other))
        assert fails("F1", record)
        assert fails("Z2", record)  # which needs the file


def test_a_document_is_not_nested_without_end():
    def nested(levels):
        return "[" * levels + "]" * levels

    verifier.canonical(nested(64))
    with pytest.raises(verifier.Bad):
        verifier.canonical(nested(65))
