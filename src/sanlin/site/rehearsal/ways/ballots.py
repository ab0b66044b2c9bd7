"""Ballots: vanished, stuffed, exchanged, miscounted."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sanlin.kernel.record.canonical import canonical
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


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
    draft.forget_objections()


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
    draft.forget_objections()


@way()
def another_ballot(draft: Draft) -> None:
    rows = draft.rows("ballots.jsonl")
    rows[-1]["times"] += 1
    draft.put_rows("ballots.jsonl", rows)
