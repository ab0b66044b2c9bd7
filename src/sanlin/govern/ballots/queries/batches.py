"""Batches of paper: what was keyed by whom, where two keyings differ, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Batch, Booth, KeyedSheet, Keying, Roll, Sheet
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.kernel.ballots import keyed
from sanlin.kernel.ballots.form import OPINIONS
from sanlin.kernel.ballots.keyed import STRANGE, Keyed
from sanlin.kernel.ballots.sheet import BLANK, INVALID, NAMED, UNCLEAR
from sanlin.kernel.ballots.sheet import Sheet as Judged

from .booth import opinion_words, opinions_asked


def read_keying(keying: Keying, roll: Roll) -> Keyed:
    """What one hand has keyed, judged by the rules of a ballot. For verbs: who may see it, and when, is a
    rule (`can_see_keyed`)."""
    booth = keying.batch.booth
    sheets, strange = {}, 0
    for row in KeyedSheet.objects.filter(keying=keying, dropped=False):
        if row.serial is None:
            strange += 1
        else:
            sheets[row.serial] = rules.judged(dict(row.marks), row.flag, booth, roll)
    return Keyed(sheets, strange)


@dataclass(frozen=True)
class Pair:
    """The two keyings of a batch, both handed in, with the keys of their `hands`; `taken` are serials that
    another batch has already."""

    first: Keyed
    second: Keyed
    hands: tuple[int, int]
    taken: frozenset[str]

    @property
    def apart(self) -> tuple[str, ...]:
        return keyed.differing(self.first, self.second, taken=self.taken)

    @property
    def agreed(self) -> Keyed:
        return keyed.agreed(self.first, self.second, taken=self.taken)


def pair(batch: Batch, roll: Roll) -> Pair | None:
    """Both keyings of a batch; None until both are handed in, so that nobody sees one of them before."""
    done = Keying.objects.filter(batch=batch, handed_in_at__isnull=False)
    both = list(done.select_related("batch__booth").order_by("place"))
    if len(both) != 2:
        return None
    first, second = (read_keying(one, roll) for one in both)
    serials = {*first.sheets, *second.sheets}
    elsewhere = Sheet.objects.filter(roll=roll, serial__in=serials).exclude(batch=batch)
    taken = frozenset(str(serial) for serial in elsewhere.values_list("serial", flat=True))
    return Pair(first, second, (both[0].hand_id, both[1].hand_id), taken)


# --- pages ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One proposal on the form of a sheet: its field `name`, number and title, and what is in it."""

    key: int
    number: int
    title: str
    name: str
    mark: int = 0


def lines(booth: Booth, marks: Mapping[int, int] | None = None, prefix: str = "") -> list[Line]:
    """The proposals on a sheet of this booth by their numbers, with the marks that are keyed so far."""
    roll = booth.round.roll
    bids = roll.bids if booth.neighbourhood_id is None else roll.open_to(booth.neighbourhood_id)
    titles = dict(Proposal.objects.filter(pk__in=[b.key for b in bids]).values_list("pk", "title"))
    found = [
        Line(
            bid.key,
            bid.sent or 0,
            titles.get(bid.key, ""),
            f"{prefix}m{bid.key}",
            (marks or {}).get(bid.key, 0),
        )
        for bid in bids
    ]
    return sorted(found, key=lambda line: line.number)


def reason_words() -> dict[str, str]:
    """Why a sheet is invalid, in words."""
    return {
        "unclear": _("看不清选了什么"),
        "named": _("写了姓名或记号"),
        "foreign": _("不是本站选票"),
        "missing": _("找不到这张票"),
        "same_place": _("两项写了同一名次"),
        "too_many": _("选得太多"),
        "too_few": _("选得太少"),
        "over_budget": _("合计超出预算"),
        "over_points": _("点数合计超了"),
        "over_each": _("一项分的点数太多"),
        "no_points": _("点数不对"),
        "no_opinion": _("意见不在选票上"),
        "unsaid": _("有的项没有表态"),
        "unknown": _("选了这张票上没有的项"),
        "twice": _("同一项选了两次"),
    }


def flag_words() -> list[tuple[str, str]]:
    """(code, words) of what only eyes can tell of a sheet that has a serial."""
    words = reason_words()
    return [(code, words[code]) for code in (UNCLEAR, NAMED)]


def sheet_words(sheet: Judged | None, roll: Roll) -> str:
    """What a sheet amounts to, as the page says it; None is one that is not there."""
    if sheet is None:
        return _("没有这张")
    if sheet.state == BLANK:
        return _("空白")
    if sheet.state == INVALID:
        return _("无效：%(why)s") % {"why": reason_words().get(sheet.reason, sheet.reason)}
    numbers = {bid.key: bid.sent for bid in roll.bids}
    form = rules.form_of(roll.round)
    opinions = opinion_words()
    chosen = [(key, weight) for key, weight in sheet.choices if weight]
    if form.kind == "rank":
        chosen.sort(key=lambda it: -it[1])
    said = []
    for key, weight in chosen:
        told = _("第%(n)s号") % {"n": numbers.get(key)}
        if form.kind == "points":
            told += _("%(n)s点") % {"n": weight}
        if form.kind == "stance":
            told += opinions.get(weight, "")
        said.append(told)
    return (" → " if form.kind == "rank" else _("、")).join(said)


def own_sheets(batch: Batch, who: Any) -> list[dict[str, Any]]:
    """{client, serial, words} of what `who` has keyed and not handed in, the newest first."""
    rows = KeyedSheet.objects.filter(
        keying__batch=batch,
        keying__hand_id=who.pk,
        keying__handed_in_at__isnull=True,
        dropped=False,
    ).order_by("-pk")
    return [
        {"client": row.client, "serial": row.serial or "", "words": keyed_words(row, batch)}
        for row in rows
    ]


def keyed_words(row: KeyedSheet, batch: Batch) -> str:
    """What one keyed sheet amounts to."""
    if row.serial is None:
        return sheet_words(STRANGE, batch.booth.round.roll)
    roll = batch.booth.round.roll
    return sheet_words(rules.judged(dict(row.marks), row.flag, batch.booth, roll), roll)


def differences(batch: Batch) -> list[dict[str, Any]]:
    """Where the two keyings of a batch differ: {serial, first, second (words), marks of the first,
    taken}; the number of strange papers has the serial "". Only once both are in."""
    roll = batch.booth.round.roll
    both = pair(batch, roll)
    if both is None:
        return []
    return [
        {
            "at": at,
            "prefix": f"s{at}-",
            "serial": serial,
            "taken": serial in both.taken,
            "first": sheet_words(both.first.sheets.get(serial), roll)
            if serial
            else str(both.first.strange),
            "second": sheet_words(both.second.sheets.get(serial), roll)
            if serial
            else str(both.second.strange),
            "has_first": serial in both.first.sheets,
            "has_second": serial in both.second.sheets,
            "lines": lines(batch.booth, prefix=f"s{at}-") if serial else [],
        }
        for at, serial in enumerate(both.apart)
    ]


def keyed_papers(batch: Batch) -> dict[str, dict[str, KeyedSheet]]:
    """{"first", "second"}: what each of the two keyed, by serial. For the third person."""
    rows = KeyedSheet.objects.filter(
        keying__batch=batch, keying__handed_in_at__isnull=False, serial__isnull=False
    ).select_related("keying")
    found: dict[str, dict[str, KeyedSheet]] = {"first": {}, "second": {}}
    for row in rows:
        found["first" if row.keying.place == 1 else "second"][str(row.serial)] = row
    return found


def opinions_by_number(round: Round) -> list[tuple[int, str]]:
    """(number, words) of the opinions that a ballot of this round may hold."""
    return [(OPINIONS[code], words) for code, words in opinions_asked(round)]


def paper_told(round: Round) -> list[dict[str, Any]]:
    """What everybody reads of the paper of each booth: {booth, sheets, valid, blank, invalid, batches, settled, told}."""
    found: dict[int, dict[str, Any]] = {}
    rows = Batch.objects.filter(booth__round=round).select_related("booth__discrepancy")
    for batch in rows.order_by("booth__number", "number"):
        line = found.setdefault(
            batch.booth_id,
            {
                "booth": batch.booth,
                "told": getattr(batch.booth, "discrepancy", None),
                **dict.fromkeys(("sheets", "valid", "blank", "invalid", "batches", "settled"), 0),
            },
        )
        for name in ("sheets", "valid", "blank", "invalid"):
            line[name] += getattr(batch, name)
        line["batches"] += 1
        line["settled"] += batch.stage == stages.SETTLED
    return list(found.values())


def batch_table(round: Round) -> QuerySet[Batch]:
    """All batches of a round with what a list of them shows."""
    return (
        Batch.objects.filter(booth__round=round)
        .select_related("booth", "settlement__hand")
        .prefetch_related(Prefetch("keyings", Keying.objects.select_related("hand")))
    )


def hand_words(batch: Batch, place: int) -> str:
    """Who keys a batch for the first or second time, and whether it is handed in."""
    for keying in batch.keyings.all():
        if keying.place == place:
            state = _("已交") if keying.handed_in_at else _("正在录")
            return _("%(who)s（%(state)s）") % {"who": keying.hand, "state": state}
    return ""


def next_act(batch: Batch, who: Any, *, can_work: bool) -> tuple[str, str]:
    """(address, words) of what `who` can do with a batch of the list; empty where nothing."""
    mine = next((k for k in batch.keyings.all() if k.hand_id == who.pk), None)
    if not can_work or batch.done or (mine and mine.handed_in_at):
        return "", ""
    if batch.stage == stages.DIFFERING:
        return ("", "") if mine else ("ballots:settle", _("裁定"))
    if mine:
        return "ballots:key", _("接着录")
    return ("", "") if len(batch.keyings.all()) > 1 else ("ballots:key", _("录票"))


def box_accounts(
    boxes: list[rules.Box], who: Any, round: Round, *, now: datetime
) -> list[dict[str, Any]]:
    """Per box: {box, booth, gap (0 while it is open), can_register, can_explain}."""
    may = rules.may_work_on_paper(who, round, now=now)
    officer = can_run(who, round, now=now)
    return [
        {
            "box": box,
            "booth": box.booth,
            "gap": box.gap if box.booth.stage in (stages.CLOSED, stages.SIGNED) else 0,
            "can_register": bool(may) and box.booth.stage in (stages.CLOSED, stages.SIGNED),
            "can_explain": bool(may and officer and box.done and box.gap)
            and box.booth.stage == stages.SIGNED,
        }
        for box in boxes
    ]
