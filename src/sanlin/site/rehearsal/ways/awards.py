"""Awards, objections and the books."""

from __future__ import annotations

from typing import Any

from sanlin.kernel.record.papers import LOG, MANIFEST
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


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
