"""The falsifications, one function each; ways.toml says in words who does what."""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sanlin.kernel.record import archive
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.papers import CHECKPOINTS, LOG, MANIFEST

from .tampering import Draft, Tampering

TOLD = tomllib.loads(Path(__file__).with_name("ways.toml").read_text("utf-8"))
WAYS: list[Tampering] = []

Change = Callable[[Draft], None]


def way(raw: Callable[[bytes], bytes] | None = None) -> Callable[[Change], Change]:
    """Enter a falsification under the name of its function; `raw` then changes the archive's bytes."""

    def entered(change: Change) -> Change:
        code = change.__name__
        WAYS.append(Tampering(code=code, change=change, raw=raw, **TOLD[code]))
        return change

    return entered


# --- the archive ------------------------------------------------------------------------------


def _swap(draft: Draft, name: str, old: bytes, new: bytes) -> None:
    assert old in draft.files[name], name
    draft.files[name] = draft.files[name].replace(old, new, 1)


@way()
def a_digit(draft: Draft) -> None:
    body = bytearray(draft.files["totals.json"])
    at = next(n for n, one in enumerate(body) if chr(one) in "12345678")
    body[at] += 1
    draft.files["totals.json"] = bytes(body)


@way()
def a_digit_and_the_manifest(draft: Draft) -> None:
    a_digit(draft)


@way()
def another_file(draft: Draft) -> None:
    draft.files["note.txt"] = b"see here\n"


@way()
def another_file_sealed(draft: Draft) -> None:
    draft.files["note.txt"] = b"see here\n"


@way()
def a_file_less(draft: Draft) -> None:
    del draft.files["scores.csv"]


@way()
def another_verifier(draft: Draft) -> None:
    draft.files["verify.py"] = b"print('\xe9\x80\x9a\xe8\xbf\x87')\n"


@way()
def another_readme(draft: Draft) -> None:
    draft.files["README.zh.md"] += "只看最后一行即可。\n".encode()  # data


@way(raw=lambda body: body + b"\0")
def bytes_behind(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[:-2] + b"\x02\x00hi")
def a_comment(draft: Draft) -> None:
    pass


def _compressed(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(archive.unpack(body).items()):
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@way(raw=_compressed)
def packed_anew(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[:12] + b"\x22" + body[13:])
def another_date(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[: len(body) // 2])
def cut_short(draft: Draft) -> None:
    pass


# --- spellings --------------------------------------------------------------------------------


@way()
def a_space(draft: Draft) -> None:
    _swap(draft, "awards.json", b'":', b'": ')


@way()
def other_line_ends(draft: Draft) -> None:
    draft.files["receipts.txt"] = draft.files["receipts.txt"].replace(b"\n", b"\r\n")


@way()
def a_float(draft: Draft) -> None:
    _swap(draft, "round.json", b'"year":2026', b'"year":2026.0')


@way()
def a_key_twice(draft: Draft) -> None:
    _swap(draft, "round.json", b'"year":2026', b'"year":2025,"year":2026')


@way()
def another_spelling(draft: Draft) -> None:
    text = draft.files["proposals.json"].decode()
    draft.files["proposals.json"] = unicodedata.normalize("NFD", text).encode()


@way()
def another_key(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it.update(note="1"))


# --- the log ----------------------------------------------------------------------------------


@way()
def a_line_less(draft: Draft) -> None:
    del draft.lines[3]


@way()
def a_line_less_rebuilt(draft: Draft) -> None:
    del draft.lines[0]


@way()
def two_lines_exchanged(draft: Draft) -> None:
    at = draft.line("vote.open")
    draft.lines[at - 1], draft.lines[at] = draft.lines[at], draft.lines[at - 1]


@way()
def another_time(draft: Draft) -> None:
    told = json.loads(draft.lines[0])
    told["at"] = "2026-04-30T00:00:00Z"
    draft.lines[0] = canonical(told)


@way()
def another_hand(draft: Draft) -> None:
    told = json.loads(draft.lines[0])
    told["by"] = "0123456789ab"
    draft.lines[0] = canonical(told)


@way()
def a_checkpoint_less(draft: Draft) -> None:
    draft.files[CHECKPOINTS] = b"\n\n".join(draft.files[CHECKPOINTS].split(b"\n\n")[1:])


@way()
def another_checkpoint(draft: Draft) -> None:
    first, size, _root, rest = draft.files[CHECKPOINTS].split(b"\n", 3)
    draft.files[CHECKPOINTS] = b"\n".join([first, size, b"A" * 43 + b"=", rest])


@way()
def another_origin(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it.update(origin="elsewhere/round/7"))


@way()
def an_old_record(draft: Draft) -> None:
    assert draft.made.earlier is not None
    draft.files = dict(draft.made.earlier)


@way()
def no_seal(draft: Draft) -> None:
    del draft.lines[-1]


# --- ballots ----------------------------------------------------------------------------------


def _forget_ballot(draft: Draft, code: str) -> None:
    """A ballot that never was, with every number beside it."""
    codes = draft.files["receipts.txt"].splitlines()
    draft.files["receipts.txt"] = b"".join(c + b"\n" for c in codes if c.decode() != code)
    at = next(n for n, line in enumerate(draft.lines) if code.encode() in line)
    del draft.lines[at]
    draft.edit("proposals.json", lambda it: [p.update(events=_moved(p["events"], at)) for p in it])
    _fewer(draft, -1)


def _moved(events: list[Any], at: int) -> list[Any]:
    return [[n - (n > at), deed] for n, deed in events]


def _fewer(draft: Draft, by: int) -> None:
    """`by` more ballots for the first proposal, in all figures and in the count."""
    draft.edit("round.json", lambda it: it["roll"].update(cast=it["roll"]["cast"] + by))
    draft.tell(draft.line("vote.close"), lambda it: it.update(cast=it["cast"] + by))
    draft.tell(draft.line("box.open"), lambda it: it.update(counted=it["counted"] + by))

    def change(told: Any) -> None:
        web = next(one for one in told["channels"] if one["name"] == "web")
        row = next(n for n, (_k, v) in enumerate(web["votes"]) if v + by >= 0)
        for one in (told, web):
            one["ballots"] += by
            one["votes"][row][1] += by

    draft.edit("totals.json", change)
    votes = dict(map(tuple, draft.read("totals.json")["votes"]))

    def recount(case: Any) -> None:
        case["ballots"] += by
        for bid in case["bids"]:
            bid["votes"] = votes[bid["key"]]

    draft.recount(recount)
    _forget_objections(draft)


def _forget_objections(draft: Draft) -> None:
    draft.write("objections.json", [])
    draft.lines = [
        line
        for line in draft.lines
        if json.loads(line)["deed"] not in {"awards.object", "awards.uphold", "awards.reject"}
    ]


@way()
def a_ballot_vanishes(draft: Draft) -> None:
    _forget_ballot(draft, draft.made.victim)


@way()
def a_ballot_more(draft: Draft) -> None:
    code = hashlib.sha256(b"stuffed").hexdigest()
    told = json.loads(draft.lines[draft.line("ballot.cast")])
    told["data"]["code"] = code
    at = draft.line("vote.close")
    draft.lines.insert(at, canonical(told))
    codes = [*draft.files["receipts.txt"].decode().split(), code]
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()
    _fewer(draft, 1)


@way()
def a_ballot_exchanged(draft: Draft) -> None:
    old, new = draft.made.victim, hashlib.sha256(b"exchanged").hexdigest()
    at = next(n for n, line in enumerate(draft.lines) if old.encode() in line)
    draft.lines[at] = draft.lines[at].replace(old.encode(), new.encode())
    codes = draft.files["receipts.txt"].decode().replace(old, new).split()
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()


@way()
def a_receipt_less(draft: Draft) -> None:
    draft.files["receipts.txt"] = draft.files["receipts.txt"].replace(
        draft.made.victim.encode() + b"\n", b""
    )


@way()
def a_receipt_more(draft: Draft) -> None:
    codes = [*draft.files["receipts.txt"].decode().split(), "ab" * 32]
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()


@way()
def a_receipt_twice(draft: Draft) -> None:
    draft.files["receipts.txt"] = (
        draft.files["receipts.txt"].split(b"\n")[0] + b"\n" + draft.files["receipts.txt"]
    )


@way()
def a_late_ballot(draft: Draft) -> None:
    cast, close = draft.line("ballot.cast"), draft.line("vote.close")
    draft.lines.insert(close, draft.lines.pop(cast))


@way()
def a_replaced_ballot_counts(draft: Draft) -> None:
    codes = [*draft.files["receipts.txt"].decode().split(), draft.made.replaced[0]]
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()


@way()
def a_spoiled_ballot_counts(draft: Draft) -> None:
    at = draft.line("ballot.spoil")
    code = json.loads(draft.lines[at])["data"]["code"]
    draft.lines[at] = (
        draft.lines[at]
        .replace(b"ballot.spoil", b"ballot.cast")
        .replace(b'"data":{', b'"data":{"channel":"web",')
    )
    codes = [*draft.files["receipts.txt"].decode().split(), code]
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()


@way()
def more_voters(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it["roll"].update(cast=it["roll"]["cast"] + 1))


@way()
def one_more_broken(draft: Draft) -> None:
    draft.tell(draft.line("box.open"), lambda it: it.update(broken=it["broken"] + 1))


@way()
def more_votes(draft: Draft) -> None:
    def change(told: Any) -> None:
        told["votes"][0][1] += 5
        told["channels"][-1]["votes"][0][1] += 5

    draft.edit("totals.json", change)


@way()
def votes_moved(draft: Draft) -> None:
    def change(told: Any) -> None:
        web = next(one for one in told["channels"] if one["name"] == "web")
        ranked = sorted(range(len(web["votes"])), key=lambda n: web["votes"][n][1])
        for one in (told, web):
            one["votes"][ranked[-1]][1] -= 1
            one["votes"][ranked[0]][1] += 1

    draft.edit("totals.json", change)
    votes = dict(map(tuple, draft.read("totals.json")["votes"]))
    draft.recount(lambda it: [bid.update(votes=votes[bid["key"]]) for bid in it["bids"]])
    _forget_objections(draft)


@way()
def another_ballot(draft: Draft) -> None:
    rows = draft.rows("ballots.jsonl")
    rows[-1]["times"] += 1
    draft.put_rows("ballots.jsonl", rows)


@way()
def one_paper_more(draft: Draft) -> None:
    draft.edit(
        "paper.json", lambda it: it["stations"][0].update(counted=it["stations"][0]["counted"] + 1)
    )


@way()
def one_clerk(draft: Draft) -> None:
    draft.edit("paper.json", lambda it: it["stations"][0]["batches"][0].update(clerks=["a", "a"]))


@way()
def papers_lost(draft: Draft) -> None:
    draft.edit(
        "paper.json", lambda it: it["stations"][0].update(issued=it["stations"][0]["issued"] + 3)
    )


# --- rules, marks, the count ------------------------------------------------------------------


@way()
def other_rules(draft: Draft) -> None:
    draft.edit("rules.json", lambda it: it.update(budget=it["budget"] + 100_000))


@way()
def other_rules_everywhere(draft: Draft) -> None:
    draft.edit("rules.json", lambda it: it.update(budget=it["budget"] + 100_000))
    digest = hashlib.sha256(draft.files["rules.json"][:-1]).hexdigest()
    draft.tell(draft.line("round.open_call"), lambda it: it.update(fingerprint=digest))

    def change(case: Any) -> None:
        case["rules"] = digest
        case["limits"]["budget"] += 100_000

    draft.recount(change)
    _forget_objections(draft)


@way()
def another_mark(draft: Draft) -> None:
    rows = draft.files["scores.csv"].decode().splitlines()
    at = next(n for n, row in enumerate(rows) if row.split(",")[3] in {"2", "3", "4", "5"})
    *head, halves = rows[at].split(",")
    rows[at] = ",".join([*head, str(int(halves) + 1)])
    draft.files["scores.csv"] = ("\n".join(rows) + "\n").encode()


@way()
def no_recusal(draft: Draft) -> None:
    rows = draft.files["scores.csv"].decode().splitlines()
    at = next(n for n, row in enumerate(rows) if row.endswith(",-,"))
    rows[at] = rows[at].replace(",-,", ",need,20") + "\n" + rows[at].replace(",-,", ",plan,10")
    draft.files["scores.csv"] = ("\n".join(rows) + "\n").encode()


@way()
def another_cost(draft: Draft) -> None:
    draft.edit("proposals.json", lambda it: it[0].update(cost=it[0]["cost"] + 100))


@way()
def another_title(draft: Draft) -> None:
    draft.edit("proposals.json", lambda it: it[0].update(title="别的提案"))  # data


@way()
def another_winner(draft: Draft) -> None:
    def change(told: Any) -> None:
        outcome = told["outcome"]
        loser = next(s["key"] for s in outcome["steps"] if not s["funded"])
        outcome["funded"][-1] = outcome["grants"][-1][0] = loser

    draft.edit("allocation.json", change)
    _refinger(draft)


def _refinger(draft: Draft) -> None:
    told = draft.read("allocation.json")
    digest = hashlib.sha256(canonical(told["case"]) + canonical(told["outcome"])).hexdigest()
    draft.edit("allocation.json", lambda it: it.update(fingerprint=digest))
    for deed in ("awards.decide", "awards.publish"):
        draft.tell(draft.line(deed, last=True), lambda it: it.update(fingerprint=digest))


@way()
def a_larger_grant(draft: Draft) -> None:
    def change(told: Any) -> None:
        told["outcome"]["grants"][0][1] += 100
        told["outcome"]["left"] -= 100

    draft.edit("allocation.json", change)
    _refinger(draft)


@way()
def another_figure(draft: Draft) -> None:
    def change(told: Any) -> None:
        step = next(s for s in told["outcome"]["steps"] if s["reason"]["figures"])
        step["reason"]["figures"][0][1] = 1

    draft.edit("allocation.json", change)
    _refinger(draft)


@way()
def another_lot(draft: Draft) -> None:
    draft.recount(lambda it: it["lot"].reverse())
    _forget_objections(draft)


@way()
def another_seed(draft: Draft) -> None:
    _draw_again(draft)


@way()
def another_seed_and_commitment(draft: Draft) -> None:
    _draw_again(draft)
    digest = hashlib.sha256(b"0" * 32).hexdigest()
    draft.tell(draft.line("round.open_call"), lambda it: it.update(lot=digest))


def _draw_again(draft: Draft) -> None:
    def change(case: Any) -> None:
        case["seed"] = "0" * 32 + case["seed"][32:]
        case["lot"].sort(key=lambda k: hashlib.sha256(f"{case['seed']}:{k}".encode()).hexdigest())

    draft.recount(change)
    _forget_objections(draft)


@way()
def votes_of_the_case(draft: Draft) -> None:
    draft.recount(lambda it: it["bids"][0].update(votes=it["bids"][0]["votes"] + 3))
    _forget_objections(draft)


@way()
def other_shares(draft: Draft) -> None:
    draft.edit("allocation.json", lambda it: it["outcome"]["funded"].reverse())
    _refinger(draft)


# --- afterwards -------------------------------------------------------------------------------


@way()
def an_objection_less(draft: Draft) -> None:
    draft.write("objections.json", draft.read("objections.json")[1:])


@way()
def an_objection_turned(draft: Draft) -> None:
    def change(rows: Any) -> None:
        next(row for row in rows if row["stage"] == "upheld").update(stage="rejected")

    draft.edit("objections.json", change)


@way()
def a_change_less(draft: Draft) -> None:
    draft.edit("awards.json", lambda it: it["changes"].pop())


@way()
def a_raised_award(draft: Draft) -> None:
    def change(told: Any) -> None:
        next(row for row in told["awards"] if row["stage"] == "standing")["grant"] += 100

    draft.edit("awards.json", change)


@way()
def an_award_from_nowhere(draft: Draft) -> None:
    def change(told: Any) -> None:
        next(row for row in told["awards"] if row["stage"] == "out").update(
            stage="standing", grant=100
        )

    draft.edit("awards.json", change)


@way()
def a_voucher_less(draft: Draft) -> None:
    draft.put_rows("ledger.jsonl", [r for r in draft.rows("ledger.jsonl") if r["number"] != 2])


@way()
def an_uneven_voucher(draft: Draft) -> None:
    rows = draft.rows("ledger.jsonl")
    rows[1]["postings"][0][1] += 1
    draft.put_rows("ledger.jsonl", rows)


@way()
def paid_twice(draft: Draft) -> None:
    rows = draft.rows("ledger.jsonl")
    again = [
        r for r in rows if r["postings"][0][0].startswith("owed/") and r["postings"][1][0] == "cash"
    ]
    key = again[0]["postings"][0][0].split("/")[1]
    grant = next(r["grant"] for r in draft.read("awards.json")["awards"] if r["key"] == int(key))
    for ways, amount in (((f"cost/{key}", f"owed/{key}"), grant), ((f"owed/{key}", "cash"), 1)):
        rows.append(
            {
                "at": rows[-1]["at"],
                "number": len(rows) + 1,
                "postings": [[ways[0], amount], [ways[1], -amount]],
                "reverses": None,
            }
        )
    draft.put_rows("ledger.jsonl", rows)


@way()
def paid_to_a_stranger(draft: Draft) -> None:
    rows = draft.rows("ledger.jsonl")
    stands = {r["key"] for r in draft.read("awards.json")["awards"] if r["stage"] == "standing"}
    other = next(r["key"] for r in draft.read("awards.json")["awards"] if r["key"] not in stands)
    for ways in ((f"cost/{other}", f"owed/{other}"), (f"owed/{other}", "cash")):
        rows.append(
            {
                "at": rows[-1]["at"],
                "number": len(rows) + 1,
                "postings": [[ways[0], 100], [ways[1], -100]],
                "reverses": None,
            }
        )
    draft.put_rows("ledger.jsonl", rows)


@way()
def dated_back(draft: Draft) -> None:
    rows = draft.rows("ledger.jsonl")
    rows[-1]["at"] = "2026-01-01"
    draft.put_rows("ledger.jsonl", rows)


@way()
def another_length(draft: Draft) -> None:
    draft.edit(MANIFEST, lambda it: it["files"][0].update(bytes=1))


@way()
def another_root(draft: Draft) -> None:
    draft.edit(MANIFEST, lambda it: it.update(root="00" * 32))


@way()
def a_line_more(draft: Draft) -> None:
    draft.files[LOG] += draft.lines[0] + b"\n"
