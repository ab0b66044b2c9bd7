"""Paper: boxes that lose or gain sheets, clerks who were one, samples that somebody chose."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sanlin.kernel.allocation import from_bytes, lottery
from sanlin.kernel.allocation.margin import margin
from sanlin.kernel.ballots import sample as sampling
from sanlin.kernel.ballots.serial import serial
from sanlin.kernel.record.canonical import canonical
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


def _booth(draft: Draft, change: Any) -> None:
    draft.edit("paper.json", lambda it: change(it["booths"][0]))


def _batch(draft: Draft, change: Any) -> None:
    _booth(draft, lambda it: change(it["batches"][0]))


@way()
def one_paper_more(draft: Draft) -> None:
    _batch(draft, lambda it: it.update(valid=it["valid"] + 1, invalid=it["invalid"] - 1))


@way()
def one_clerk(draft: Draft) -> None:
    _batch(draft, lambda it: it.update(clerks=[it["clerks"][0]] * 2))


@way()
def papers_lost(draft: Draft) -> None:
    _booth(draft, lambda it: it.update(received=it["received"] + 3))


@way()
def a_batch_vanishes(draft: Draft) -> None:
    def change(it: Any) -> None:
        gone = it["batches"].pop()
        it["discrepancy"] -= gone["valid"] + gone["blank"] + gone["invalid"]

    _booth(draft, change)


@way()
def papers_added(draft: Draft) -> None:
    def change(it: Any) -> None:
        last = it["batches"][-1]
        numbers = {one for batch in it["batches"] for one in batch["serials"]}
        free = next(s for n in range(1, 99) if (s := serial(7, 1, n)) not in numbers)
        last["serials"] = sorted([*last["serials"], free])
        last["valid"] += 1
        it["discrepancy"] += 1

    _booth(draft, change)


@way()
def papers_added_and_accounted(draft: Draft) -> None:
    """As above, with the account of the booth, the lines of the log, the totals and the count."""

    def change(it: Any) -> None:
        numbers = {one for batch in it["batches"] for one in batch["serials"]}
        free = next(s for n in range(1, 99) if (s := serial(7, 1, n)) not in numbers)
        last = it["batches"][-1]
        last["serials"] = sorted([*last["serials"], free])
        last["valid"] += 1
        it.update(in_box=it["in_box"] + 1, issued=it["issued"] + 1)

    _booth(draft, change)
    more = {"in_box": 1, "issued": 1}
    draft.tell(
        draft.line("booth.close"), lambda it: it.update({k: it[k] + n for k, n in more.items()})
    )
    draft.tell(draft.line("batch.key", last=True), lambda it: it.update(valid=it["valid"] + 1))
    draft.tell(draft.line("box.open"), lambda it: it.update(paper=it["paper"] + 1))
    draft.tell(draft.line("vote.close"), lambda it: it.update(cast=it["cast"] + 1))
    draft.edit("round.json", lambda it: it["roll"].update(cast=it["roll"]["cast"] + 1))

    def counted(told: Any) -> None:
        paper = next(one for one in told["channels"] if one["name"] == "paper")
        for one in (told, paper):
            one["ballots"] += 1
            one["votes"][0][1] += 1

    draft.edit("totals.json", counted)
    votes = dict(map(tuple, draft.read("totals.json")["votes"]))

    def recount(case: Any) -> None:
        case["ballots"] += 1
        for bid in case["bids"]:
            bid["votes"] = votes[bid["key"]]

    draft.recount(recount)
    draft.forget_objections()


@way()
def another_account(draft: Draft) -> None:
    _booth(draft, lambda it: it.update(in_box=it["in_box"] - 1, discrepancy=it["discrepancy"] + 1))
    draft.tell(draft.line("booth.close"), lambda it: it.update(in_box=it["in_box"] - 1))


@way()
def a_serial_twice(draft: Draft) -> None:
    def change(it: Any) -> None:
        one, two = it["batches"][0]["serials"], it["batches"][1]["serials"]
        two[0] = one[0]
        two.sort()

    _booth(draft, change)


@way()
def a_forged_serial(draft: Draft) -> None:
    def change(it: Any) -> None:
        it["serials"][-1] = it["serials"][-1][:-2] + "00"

    _batch(draft, change)


@way()
def no_third_person(draft: Draft) -> None:
    _batch(draft, lambda it: it.update(third=None, differences=0))


@way()
def a_clerk_settles(draft: Draft) -> None:
    hand = draft.read("paper.json")["booths"][0]["batches"][0]["clerks"][0]
    _batch(draft, lambda it: it.update(third=hand))
    draft.tell(draft.line("batch.settle"), lambda it: it.update(hand))


@way()
def keyed_after_the_opening(draft: Draft) -> None:
    settled, opened = draft.line("batch.settle"), draft.line("box.open")
    draft.lines.insert(opened, draft.lines.pop(settled))


@way()
def online_and_on_paper(draft: Draft) -> None:
    """A voter's ballot online counts again, although she voted on paper."""
    told = json.loads(draft.lines[draft.line("ballot.override")])
    code = told["data"]["code"]
    del draft.lines[draft.line("ballot.override")]
    codes = [*draft.files["receipts.txt"].decode().split(), code]
    draft.files["receipts.txt"] = "".join(f"{one}\n" for one in sorted(codes)).encode()
    draft.tell(draft.line("box.open"), lambda it: it.update(counted=it["counted"] + 1))
    draft.edit("totals.json", _one_more_online)


def _one_more_online(told: Any) -> None:
    web = next(one for one in told["channels"] if one["name"] == "web")
    for one in (told, web):
        one["ballots"] += 1


@way()
def a_mark_too_many(draft: Draft) -> None:
    at = draft.line("vote.paper")
    draft.lines.insert(at, draft.lines[at])


@way()
def no_sample(draft: Draft) -> None:
    draft.edit("paper.json", lambda it: it.update(sample=None))
    deeds = {"sample.draw", "sample.look", "sample.finish"}
    draft.lines = [line for line in draft.lines if json.loads(line)["deed"] not in deeds]


@way()
def another_sample(draft: Draft) -> None:
    """Other sheets were looked at than those that came up."""
    told = draft.read("paper.json")
    serials = [one for it in told["booths"][0]["batches"] for one in it["serials"]]
    looked = {look[0] for look in told["sample"]["looks"]}
    old, new = min(looked), next(one for one in serials if one not in looked)
    told["sample"]["looks"] = sorted(
        [new if look[0] == old else look[0], *look[1:]] for look in told["sample"]["looks"]
    )
    draft.write("paper.json", told)
    at = next(
        n
        for n, line in enumerate(draft.lines)
        if json.loads(line)["deed"] == "sample.look" and old.encode() in line
    )
    draft.lines[at] = draft.lines[at].replace(old.encode(), new.encode())


@way()
def other_dice(draft: Draft) -> None:
    draft.edit("paper.json", lambda it: it["sample"].update(digits="111111"))
    draft.tell(draft.line("sample.draw"), lambda it: it.update(digits="111111"))


@way()
def a_smaller_risk(draft: Draft) -> None:
    draft.edit("paper.json", lambda it: it["sample"].update(risk=it["sample"]["risk"] // 2))
    draft.tell(draft.line("sample.finish"), lambda it: it.update(risk=it["risk"] // 2))


@way()
def a_difference_forgotten(draft: Draft) -> None:
    """What the sample found is written as agreeing, in every place but the risk."""
    at = draft.line("sample.look")
    line = json.loads(draft.lines[at])["data"]
    draft.tell(at, lambda it: it.update(differs=not it["differs"]))

    def change(it: Any) -> None:
        for look in it["sample"]["looks"]:
            if look[0] == line["serial"]:
                look[1] = not look[1]

    draft.edit("paper.json", change)


def _with_margin(draft: Draft, margin: int) -> None:
    """The sample as if this margin had been stated, with the risk that follows from it."""
    told = draft.read("paper.json")
    sample, serials = (
        told["sample"],
        [s for b in told["booths"][0]["batches"] for s in b["serials"]],
    )
    looks = {serial: over for serial, _differs, over in sample["looks"]}
    drawn = sampling.draw(
        sampling.seed_of(sample["root"], sample["digits"]), sample["draws"], serials
    )
    risk = sampling.risk([looks[serial] for serial in drawn], len(serials), margin, 1)
    sample.update(margin=margin, risk=sampling.permille(risk))
    draft.write("paper.json", told)
    draft.tell(draft.line("sample.draw"), lambda it: it.update(margin=margin))
    draft.tell(draft.line("sample.finish"), lambda it: it.update(risk=sample["risk"]))


@way()
def a_larger_margin(draft: Draft) -> None:
    """One vote more than what may change who is funded: then fewer sheets would have had to come up."""
    case = from_bytes(canonical(draft.read("allocation.json")["case"]))
    before = replace(case, seed="", lot=lottery.order("", case.lot))
    _with_margin(draft, (margin(before, 1000) or 0) + 1)


@way()
def a_margin_that_paper_never_reaches(draft: Draft) -> None:
    """Twice the sheets and one vote more: no sheet would have had to come up at all."""
    booths = draft.read("paper.json")["booths"]
    sheets = sum(len(batch["serials"]) for batch in booths[0]["batches"])
    _with_margin(draft, 2 * sheets + 1)


@way()
def no_word_on_the_difference(draft: Draft) -> None:
    _booth(draft, lambda it: it.update(in_box=it["in_box"] + 1, discrepancy=it["discrepancy"] - 1))
    at = draft.line("booth.close")
    told = json.loads(draft.lines[at])
    told["data"]["in_box"] += 1
    draft.lines[at] = canonical(told)
