"""Paper after the close: a batch is registered, keyed by two persons apart, and where they differ
settled by a third who looks at the paper."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sanlin.govern.ballots import queries, rules, stages
from sanlin.govern.ballots.models import (
    CLIENT_LENGTH,
    NO_CHOICE,
    Batch,
    Booth,
    Discrepancy,
    KeyedSheet,
    Keying,
    Look,
    Roll,
    Settlement,
    Sheet,
)
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, has_moved, record
from sanlin.ground.pii import mark
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ballots.form import canonical
from sanlin.kernel.ballots.keyed import STRANGE, Keyed
from sanlin.kernel.ballots.sheet import BLANK, FOREIGN, INVALID, VALID
from sanlin.kernel.ballots.sheet import Sheet as Judged

from .opening import forget

MOST_SHEETS = 500  # in one batch: what one person keys in one sitting


@dataclass(frozen=True)
class Paper:
    """A sheet as somebody reads it. `serial` is "" for what is no ballot of this vote; `marks` as
    `kernel.ballots.sheet` takes them."""

    serial: str
    marks: Mapping[int, int]
    flag: str = ""


def _hold(round: Round) -> Roll:
    """The roll, held until the transaction ends: paper of one round is agreed on in turn, and never beside the
    opening of its box."""
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    forget(round)
    return roll


@deed("batch.register")
def register(booth: Booth, sheets: int, *, by: Account, now: datetime) -> Batch:
    """Take a stack out of the box of a closed booth as its next batch of so many sheets."""
    _hold(booth.round)
    require(rules.can_register(by, booth, now=now))
    if not 0 < sheets <= MOST_SHEETS:
        raise Refused(_("一批至少1张，至多%(n)s张") % {"n": MOST_SHEETS})
    last = Batch.objects.filter(booth=booth).aggregate(n=Max("number"))["n"] or 0
    with refusing(_("这一批刚刚由别人登记，请刷新后再看")):
        batch = Batch.objects.create(booth=booth, number=last + 1, sheets=sheets)
    record(batch, by=by, now=now, booth=booth.number, batch=batch.number, sheets=sheets)
    return batch


@deed("batch.drop")
def drop_batch(batch: Batch, *, by: Account, now: datetime) -> Booth:
    """Take back a batch that nobody has begun to key; its booth is told."""
    _hold(batch.booth.round)
    require(rules.can_drop_batch(by, batch, now=now))
    booth, number = batch.booth, batch.number
    batch.delete()
    record(booth, by=by, now=now, booth=booth.number, batch=number)
    return booth


# --- keying -----------------------------------------------------------------------------------


def key_sheet(batch: Batch, client: str, paper: Paper, *, by: Account, now: datetime) -> KeyedSheet:
    """Keep one sheet of one's own keying, before it is handed in. What is returned is stored.

    `client` is the number that the page gave the sheet: sent again, it is the one that is there, also where
    it was dropped meanwhile. This is a draft and writes no line: the act is `hand_in`, and
    nobody's pace of keying is anybody's business. Raises Refused.
    """
    with transaction.atomic():
        keying = _own_keying(batch, by=by, now=now)
        client = client.strip()[:CLIENT_LENGTH]
        if there := KeyedSheet.objects.filter(keying=keying, client=client).first():
            return there
        if KeyedSheet.objects.filter(keying=keying, dropped=False).count() >= MOST_SHEETS:
            raise Refused(_("一批至多%(n)s张") % {"n": MOST_SHEETS})
        with refusing(_("票号%(serial)s您已经录过一张，请核对") % {"serial": paper.serial}):
            return KeyedSheet.objects.create(
                keying=keying,
                client=client,
                serial=paper.serial or None,
                flag=paper.flag if paper.serial else FOREIGN,
                marks=sorted([key, n] for key, n in paper.marks.items() if n),
            )


def drop_sheet(batch: Batch, client: str, *, by: Account, now: datetime) -> KeyedSheet:
    """Take a sheet of one's own keying back; its number stays, so that a late copy of it is not
    taken for a new one."""
    with transaction.atomic():
        keying = _own_keying(batch, by=by, now=now)
        sheet, _new = KeyedSheet.objects.get_or_create(
            keying=keying, client=client.strip()[:CLIENT_LENGTH]
        )
        sheet.serial, sheet.flag, sheet.marks, sheet.dropped = None, "", [], True
        sheet.save(update_fields=["serial", "flag", "marks", "dropped"])
        return sheet


def _own_keying(batch: Batch, *, by: Account, now: datetime) -> Keying:
    """The keying of `by`, held; begun where a place is free. A batch is begun by one after the other."""
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    require(rules.can_key(by, batch, now=now))
    taken = {one.place: one for one in Keying.objects.filter(batch=batch)}
    for one in taken.values():
        if one.hand_id == by.pk:
            return one
    post = rules.post_for_paper(by, batch.booth.round, now=now)
    with refusing(_("这一批已经有两个人录")):
        return Keying.objects.create(
            batch=batch, place=1 if 1 not in taken else 2, hand=by, post=post
        )


@deed("batch.release")
def release(keying: Keying, *, by: Account, now: datetime) -> Batch:
    """Give a place that was not handed in to somebody else; what was keyed in it is deleted."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=keying.batch_id)
    keying.refresh_from_db(fields=["handed_in_at"])
    require(rules.can_release(by, keying, now=now))
    place = keying.place
    keying.delete()
    record(batch, by=by, now=now, booth=batch.booth.number, batch=batch.number, place=place)
    return batch


@deed("batch.key")
def hand_in(batch: Batch, *, by: Account, now: datetime, sure: bool = False) -> Keying:
    """Hand in one's keying of a batch. With the second one it is known what both agree on.

    `sure` says that the number of sheets is meant, where it is not that of the batch.
    """
    round = batch.booth.round
    roll = _hold(round)
    batch.refresh_from_db(fields=["stage", "sheets"])
    mine = Keying.objects.filter(batch=batch, hand=by).first()
    if mine is not None and mine.handed_in_at is not None:
        return mine
    require(rules.can_key(by, batch, now=now))
    if mine is None:
        raise Refused(_("这一批您还一张都没有录"))
    keyed = queries.read_keying(mine, roll)
    if not keyed.size:
        raise Refused(_("这一批您还一张都没有录"))
    if keyed.size != batch.sheets and not sure:
        raise Refused(
            _("这一批登记了%(n)s张，您录了%(own)s张。请清点；数目确实如此的，请勾选后再交")
            % {"n": batch.sheets, "own": keyed.size}
        )
    mine.handed_in_at, mine.digest = now, _digest(mine)
    mine.save(update_fields=["handed_in_at", "digest"])
    told = {
        "booth": batch.booth.number,
        "batch": batch.number,
        "place": mine.place,
        "hand": by,
        "post": mine.post,
        "sheets": keyed.size,
        "digest": mine.digest,
    }
    record(mine, by=by, now=now, **told, **_compare(batch, roll))
    return mine


def _compare(batch: Batch, roll: Roll) -> dict[str, int]:
    """Carry a batch on after a keying was handed in; what that makes known of it."""
    both = queries.pair(batch, roll)
    if both is None:
        _move(batch, "key")
        return {}
    if both.apart or both.first.size != batch.sheets:
        _move(batch, "differ")
        return {"differences": max(1, len(both.apart))}
    _write(batch, roll, both.first)
    _move(batch, "agree")
    return {"differences": 0, **_figures(batch)}


def _digest(keying: Keying) -> str:
    """A keyed hash of what is handed in: it fixes the content, and nobody can guess it back."""
    rows = KeyedSheet.objects.filter(keying=keying, dropped=False)
    told = sorted([row.serial or "", row.flag, row.marks] for row in rows)
    return mark(json.dumps(told, separators=(",", ":")))


def _write(batch: Batch, roll: Roll, keyed: Keyed) -> None:
    """The sheets of a batch as they count, and the figures of the batch."""
    found = [*sorted(keyed.sheets.items()), *[("", STRANGE)] * keyed.strange]
    with refusing(_("有一张票已经计在别的批次里，请刷新后再看")):
        Sheet.objects.bulk_create(
            Sheet(
                roll=roll,
                batch=batch,
                serial=serial or None,
                state=it.state,
                reason=it.reason,
                choices=written(it),
            )
            for serial, it in found
        )
    states = Counter(it.state for _serial, it in found)
    batch.sheets = len(found)
    batch.valid, batch.blank, batch.invalid = (states[s] for s in (VALID, BLANK, INVALID))


def written(sheet: Judged) -> str:
    """The choices of a sheet in canonical form; empty where it is invalid."""
    return "" if sheet.state == INVALID else canonical(sheet.choices).decode()


def _figures(batch: Batch) -> dict[str, int]:
    return {name: getattr(batch, name) for name in ("valid", "blank", "invalid")}


def _move(batch: Batch, verb: str) -> None:
    """Carry a batch along its arrow with its figures. Its round's roll is held, so nobody else does."""
    batch.stage = stages.BATCH.after(batch.stage, verb)
    batch.save(update_fields=["stage", "sheets", "valid", "blank", "invalid"])
    has_moved(batch)


# --- the third act ------------------------------------------------------------------------------


@deed("batch.settle")
def settle(
    batch: Batch,
    rulings: Mapping[str, Paper | None],
    strange: int | None,
    reason: str,
    *,
    by: Account,
    now: datetime,
) -> Settlement:
    """A third person says what the paper shows wherever the two keyings differ.

    `rulings` has every differing serial: the sheet as it is, or None where there is no such sheet in
    this batch; `strange` the number of other papers where the two differ in it, otherwise None. The batch has then as
    many sheets as are in it. Raises Refused.
    """
    round = batch.booth.round
    roll = _hold(round)
    batch.refresh_from_db(fields=["stage", "sheets"])
    require(rules.can_settle(by, batch, now=now))
    if not reason.strip():
        raise Refused(_("请写明理由，例如“第二遍看错一格”"))
    both = queries.pair(batch, roll)
    assert both is not None  # noqa: S101  # the two differ
    whole = _ruled(both, rulings, strange, batch.booth, roll)
    _write(batch, roll, whole)
    _move(batch, "settle")
    post = rules.post_for_paper(by, round, now=now)
    with refusing(_("录过这一批的人不能裁定；请由第三个人对着纸票裁定")):
        done = Settlement.objects.create(
            batch=batch,
            first_id=both.hands[0],
            second_id=both.hands[1],
            hand=by,
            post=post,
            differences=max(1, len(both.apart)),
            reason=reason.strip()[:200],
            settled_at=now,
        )
    record(
        batch,
        by=by,
        now=now,
        booth=batch.booth.number,
        batch=batch.number,
        hand=by,
        post=post,
        sheets=batch.sheets,
        differences=done.differences,
        **_figures(batch),
    )
    return done


def _ruled(
    both: queries.Pair,
    rulings: Mapping[str, Paper | None],
    strange: int | None,
    booth: Booth,
    roll: Roll,
) -> Keyed:
    """What the two agree on, with what a third person says of the rest."""
    sheets = dict(both.agreed.sheets)
    for serial in filter(None, both.apart):
        if serial not in rulings:
            raise Refused(_("票号%(serial)s还没有裁定") % {"serial": serial})
        if (paper := rulings[serial]) is None:
            continue
        if serial in both.taken:
            raise Refused(
                _("票号%(serial)s已经计在别的批次里，一个票号只计一次") % {"serial": serial}
            )
        sheets[serial] = rules.judged(paper.marks, paper.flag, booth, roll)
    if "" in both.apart and strange is None:
        raise Refused(_("请写明有几张不是本站选票的纸"))
    whole = Keyed(sheets, both.agreed.strange if "" not in both.apart else strange or 0)
    if not whole.size:
        raise Refused(_("一批至少要有1张"))
    return whole


@deed("paper.explain")
def explain(booth: Booth, reason: str, *, by: Account, now: datetime) -> Discrepancy:
    """Say in writing why the batches of a booth hold more or fewer sheets than its box."""
    _hold(booth.round)
    require(rules.can_explain(by, booth, now=now))
    if not reason.strip():
        raise Refused(_("请写明差异的原因"))
    told, _new = Discrepancy.objects.update_or_create(
        booth=booth,
        defaults={
            "sheets": rules.gap(booth),
            "reason": reason.strip()[:200],
            "by": by,
            "explained_at": now,
        },
    )
    record(booth, by=by, now=now, booth=booth.number, sheets=told.sheets)
    return told


def paper_counted(roll: Roll) -> Counter[str]:
    """How often each choice was made on paper, over the valid and blank sheets of all batches."""
    rows = Sheet.objects.filter(roll=roll).exclude(state=INVALID)
    return Counter(rows.values_list("choices", flat=True))


def forget_sheets(roll: Roll) -> None:
    """When the keys of a vote are destroyed nobody can tell any more what a numbered sheet said."""
    KeyedSheet.objects.filter(keying__batch__booth__round=roll.round_id).delete()
    Sheet.objects.filter(roll=roll).update(choices=NO_CHOICE)
    Look.objects.filter(sample__roll=roll).update(choices=NO_CHOICE)
