"""Rules, marks and the count."""

from __future__ import annotations

import hashlib
from typing import Any

from sanlin.kernel.record.canonical import canonical
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


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
    draft.forget_objections()


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
    draft.forget_objections()


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
    draft.forget_objections()


@way()
def votes_of_the_case(draft: Draft) -> None:
    draft.recount(lambda it: it["bids"][0].update(votes=it["bids"][0]["votes"] + 3))
    draft.forget_objections()


@way()
def other_shares(draft: Draft) -> None:
    draft.edit("allocation.json", lambda it: it["outcome"]["funded"].reverse())
    _refinger(draft)


def _unpaired(draft: Draft) -> None:
    """Count as if no bid depended on another."""
    draft.recount(lambda it: it["limits"].update(requires=[]))
    draft.forget_objections()


@way()
def pairs_forgotten(draft: Draft) -> None:
    _unpaired(draft)


@way()
def pairs_never_named(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it.pop("requires"))
    _unpaired(draft)


@way()
def pairs_in_a_circle(draft: Draft) -> None:
    key = draft.read("round.json")["requires"][0][0]
    draft.edit("round.json", lambda it: it.update(requires=[[key, key]]))
    draft.edit("allocation.json", lambda it: it["case"]["limits"].update(requires=[[key, key]]))
    _refinger(draft)


@way()
def one_public(draft: Draft) -> None:
    """Ballots on paper and online are counted as one public."""

    def change(case: Any) -> None:
        case.update(onsite=None, ballots_onsite=0)
        for bid in case["bids"]:
            bid.update(onsite=0)

    draft.recount(change)
    draft.forget_objections()


@way()
def another_weight(draft: Draft) -> None:
    draft.recount(lambda it: it.update(onsite=it["onsite"] + 100))
    draft.forget_objections()


@way()
def votes_between_the_publics(draft: Draft) -> None:
    """A vote of the first bid on paper is told as one more."""

    def change(case: Any) -> None:
        bid = next(bid for bid in case["bids"] if bid["votes"] > bid["onsite"])
        bid["onsite"] += 1

    draft.recount(change)
    draft.forget_objections()


@way()
def a_floor_from_nowhere(draft: Draft) -> None:
    """The case has another floor than the rules."""
    floor = {"kind": "community", "money": 0, "name": 1, "projects": 1}
    draft.edit("allocation.json", lambda it: it["case"]["limits"].update(floors=[floor]))
    _refinger(draft)


@way()
def another_reserve(draft: Draft) -> None:
    """Equal Shares: somebody stands on the reserve list who does not."""

    def change(told: Any) -> None:
        outcome = told["outcome"]
        keys = [bid["key"] for bid in told["case"]["bids"]]
        others = [k for k in keys if k not in outcome["funded"] and k not in outcome["reserve"]]
        outcome["reserve"] = [*outcome["reserve"], *others][:1] if not outcome["reserve"] else []

    draft.edit("allocation.json", change)
    _refinger(draft)
