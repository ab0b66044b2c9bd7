from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Fund
from sanlin.commons.places.models import Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.lots import new_seed
from sanlin.ground.verdict import Refused, denied, refusing, require
from sanlin.kernel.allocation.lottery import commitment, seed_of
from sanlin.kernel.machine import NotNow
from sanlin.kernel.packs import complete, fingerprint, freeze

from . import rules, stages
from .models import Extension, Lot, Round, Window, read_pack
from .rules.book import book, draft_book
from .rules.windows import Span, later_faults, order_faults, parts, span

SHORTEST_REASON = 5


@deed("round.move")
def move(round: Round, verb: str, *, by: Account | None, now: datetime) -> Round:
    """Carry `round` along one arrow of its table, or raise NotNow.

    The update names the stage it came from, so two hands cannot both move it. Whether `by` may is
    asked by the verb that calls: each stage is left by the app that knows when it is done.
    """
    source = _step(round, verb)
    record(round, by=by, now=now, verb=verb, source=source, target=round.stage)
    return round


def _step(round: Round, verb: str, **values: object) -> str:
    """Compare and set: the stage that was left. Raises NotNow where somebody was first."""
    source, target = round.stage, stages.ROUND.after(round.stage, verb)
    if not Round.objects.filter(pk=round.pk, stage=source).update(stage=target, **values):
        raise NotNow(verb, source)
    round.stage = target
    return source


@deed("round.create")
def create(
    street: Street,
    name: str,
    year: int,
    pack_text: str,
    *,
    previous: Round | None = None,
    by: Account,
    now: datetime,
) -> Round:
    """A draft under the pack in `pack_text` (raises BadPack); from `previous` the officer's values
    are taken over, as far as this edition still leaves them open."""
    require(rules.can_create(by, street, now=now))
    if previous is not None:
        require(rules.can_follow(by, previous, now=now))
    pack = read_pack(pack_text)
    taken = dict(previous.officer_values) if previous else {}
    with refusing(_("本街道已有同名轮次")):
        round = Round.objects.create(
            street=street,
            name=name,
            year=year,
            pack_id=pack.id,
            pack_text=pack_text,
            previous=previous,
            officer_values={
                path: value
                for path, value in taken.items()
                if path in pack.values and not pack.binds(path)
            },
        )
    record(
        round,
        by=by,
        now=now,
        street=street.pk,
        year=year,
        pack=pack.id,
        previous=previous.pk if previous else None,
    )
    return round


@deed("round.amend")
def amend(
    round: Round,
    *,
    name: str,
    year: int,
    values: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Round:
    """Set name, year and the officer's values of a draft; values in the units of the kernel."""
    round = _locked(round)
    require(rules.can_edit_draft(by, round, now=now))
    changed = sorted(
        path
        for path in {*values, *round.officer_values}
        if (path in values) != (path in round.officer_values)
        or values.get(path) != round.officer_values.get(path)
    )
    kept = Fund.objects.of_round(round.street_id, round.name).first()
    round.name, round.year, round.officer_values = name, year, dict(values)
    with refusing(_("本街道已有同名轮次")):
        round.save(update_fields=["name", "year", "officer_values"])
    if kept is not None:
        funds.keep_along(kept, name, rules.terms_of_pot(round), by=by, now=now)
    record(round, by=by, now=now, changed=changed)
    return round


@deed("round.open_pot")
def open_pot(round: Round, *, by: Account, now: datetime) -> Fund:
    """Open the fund that keeps the round's sources, under the terms of its rules so far."""
    require(rules.can_keep_pot(by, round, now=now))
    terms = rules.terms_of_pot(round)
    fund: Fund = funds.open_fund(round.street, round.name, terms=terms, by=by, now=now)
    record(round, by=by, now=now, fund=fund.pk)
    return fund


@deed("round.take_budget")
def take_budget(round: Round, *, by: Account, now: datetime) -> Round:
    """What the sources have brought becomes the budget of the draft."""
    round = _locked(round)
    pot = rules.pot_of(round)
    require(rules.can_take_budget(by, round, pot, now=now))
    values = {**round.officer_values, "budget": pot.came_in}
    round = amend(round, name=round.name, year=round.year, values=values, by=by, now=now)
    record(round, by=by, now=now, budget=pot.came_in)
    return round


@deed("round.set_windows")
def set_windows(round: Round, spans: Mapping[str, Span], *, by: Account, now: datetime) -> Round:
    """Set the dates of a draft; parts that are not in `spans` have none."""
    round = _locked(round)
    require(rules.can_edit_draft(by, round, now=now))
    _require_none(order_faults(spans))
    round.windows.exclude(stage__in=spans).delete()
    for part, (opens, closes) in spans.items():
        Window.objects.update_or_create(
            round=round, stage=part, defaults={"opens": opens, "closes": closes}
        )
    record(round, by=by, now=now, windows=_written(spans))
    return _fresh(round)


@deed("round.open_call", checkpoint=_lazy("公布办法，开始征集"))
def open_call(round: Round, *, by: Account, now: datetime) -> Round:
    """Publish a draft: freeze its rules into canonical bytes, hash them, open the call."""
    round = _locked(round)
    if round.stage != stages.DRAFT:
        require(rules.can_run(by, round, now=now))
        raise NotNow("open_call", round.stage)
    require(rules.can_open_call(by, round, now=now))
    pack = round.pack
    counted = draft_book(pack, round.officer_values).origins
    values = {path: value for path, value in round.officer_values.items() if path in counted}
    frozen = freeze(complete(pack, values))
    source = _step(round, "open_call", frozen=frozen, fingerprint=fingerprint(frozen))
    round = _fresh(round)
    lot = _commit(round, now)
    round.windows.exclude(stage__in=parts(book(round))).delete()
    record(
        round,
        by=by,
        now=now,
        verb="open_call",
        source=source,
        target=round.stage,
        fingerprint=round.fingerprint,
        lot=lot.commitment,
        windows=_written({w.stage: (w.opens, w.closes) for w in round.windows.all() if w.closes}),
    )
    return round


def _commit(round: Round, now: datetime) -> Lot:
    """Draw the secret of the round's lot, long before anybody stands level."""
    secret = new_seed()
    return Lot.objects.create(
        round=round, secret=secret, commitment=commitment(secret), committed_at=now
    )


@deed("round.state_source")
def state_source(round: Round, source: str, *, by: Account, now: datetime) -> Lot:
    """Say which public number, that nobody can foresee, will join the seed of the lot."""
    require(rules.can_state_source(by, round, now=now))
    if not Lot.objects.filter(round=round, source="").update(source=source):
        raise Refused(_("已经指定，不能更改"))
    record(round, by=by, now=now, source=hashlib.sha256(source.encode()).hexdigest())
    return Lot.objects.get(round=round)


@deed("round.enter_number")
def enter_number(round: Round, number: str, *, by: Account, now: datetime) -> Lot:
    """Enter what the public number came to. Raises ValueError where it is not plain."""
    require(rules.can_enter_number(by, round, now=now))
    seed_of("", number)
    if not Lot.objects.filter(round=round, number="").update(number=number):
        raise Refused(_("公开号码已经填写，不能更改"))
    record(round, by=by, now=now, number=number)
    return Lot.objects.get(round=round)


@deed("round.close_call")
def close_call(round: Round, *, by: Account | None, now: datetime) -> Round:
    """End the call once its deadline has passed; `by` is nobody where the clock's hand does it."""
    if by is not None:
        require(rules.can_run(by, round, now=now))
    window = Window.objects.filter(round=round, stage=stages.CALL).first()
    if round.stage == stages.CALL and window and window.closes and now < window.closes:
        raise Refused(_("征集尚未截止"))
    source = _step(round, "close_call")
    record(round, by=by, now=now, verb="close_call", source=source, target=round.stage)
    return round


@deed("round.extend")
def extend(
    round: Round, spans: Mapping[str, Span], *, reason: str, by: Account, now: datetime
) -> Round:
    """Put off deadlines of an opened round, with a reason that everybody reads. Only later."""
    round = _locked(round)
    prefetch_related_objects([round], "windows")
    require(rules.can_extend(by, round, now=now))
    before = {window.stage: window for window in round.windows.all()}
    spans = {
        part: dates
        for part, dates in spans.items()
        if part not in before or dates != (before[part].opens, before[part].closes)
    }
    if not spans:
        raise Refused(_("没有改动任何日期"))
    if fixed := set(spans) - set(rules.movable(round, now=now)):
        raise Refused(_("已经结束的阶段不能再延期") if fixed & set(before) else _("没有这一阶段"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明延期原因，至少%(n)s个字") % {"n": SHORTEST_REASON})
    _require_none(later_faults(round, spans, now))
    for part, (opens, closes) in spans.items():
        window = before[part]
        if window.closes and closes != window.closes:
            Extension.objects.create(
                window=window, was=window.closes, closes=closes, reason=reason, at=now, by=by
            )
        Window.objects.filter(pk=window.pk).update(opens=opens, closes=closes)
    record(round, by=by, now=now, windows=_written(spans))
    return _fresh(round)


@deed("round.date_stage")
def date_stage(
    round: Round,
    stage: str,
    *,
    opens: datetime,
    closes: datetime,
    by: Account | None,
    now: datetime,
) -> Round:
    """Write down the dates of a stage that has none from the pack (the notice), or shift one that
    begins otherwise than planned (carrying out). The verb above has asked whether `by` may."""
    if stage not in {stages.NOTICE, stages.RUNNING}:
        raise ValueError(f"{stage} has its dates from the draft")
    Window.objects.update_or_create(
        round=round, stage=stage, defaults={"opens": opens, "closes": closes}
    )
    record(round, by=by, now=now, windows=_written({stage: (opens, closes)}))
    round.refresh_from_db()  # forgets dates that were read before
    return round


@deed("round.cancel", checkpoint=_lazy("取消本轮"))
def cancel(round: Round, *, reason: str, by: Account, now: datetime) -> Round:
    """Call a round off before anything has been decided, with a reason that everybody reads."""
    round = _locked(round)
    require(rules.can_cancel(by, round, now=now))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明取消原因，至少%(n)s个字") % {"n": SHORTEST_REASON})
    source = _step(round, "cancel", cancel_reason=reason.strip())
    record(round, by=by, now=now, verb="cancel", source=source, target=round.stage)
    return _fresh(round)


@deed("round.void")
def void(round: Round, *, reason: str, by: Account, now: datetime) -> Round:
    """End a round whose vote is void. The verb above has asked whether `by` may."""
    source = _step(round, "void", cancel_reason=reason)
    record(round, by=by, now=now, verb="void", source=source, target=round.stage)
    return _fresh(round)


def _locked(round: Round) -> Round:
    """The row as it stands now, held until the end of the transaction."""
    return Round.objects.select_for_update(of=("self",)).select_related("street").get(pk=round.pk)


def _fresh(round: Round) -> Round:
    return Round.objects.select_related("street").get(pk=round.pk)


def _require_none(faults: Mapping[str, str]) -> None:
    for words in faults.values():
        require(denied(words))


def _written(spans: Mapping[str, Span]) -> dict[str, list[str]]:
    return {
        part: [opens.isoformat(), closes.isoformat()] for part, (opens, closes) in spans.items()
    }


@deed("round.end_review")
def end_review(round: Round, *, by: Account, now: datetime) -> Round:
    """Note that the review is over, where the next stage does not begin with it. The verb above has
    asked whether it is."""
    rows = Round.objects.filter(pk=round.pk, stage=stages.REVIEW, review_closed_at__isnull=True)
    if not rows.update(review_closed_at=now):
        raise NotNow("end_review", round.stage)
    round.review_closed_at = now
    record(round, by=by, now=now)
    return round


# --- votes held elsewhere ---------------------------------------------------------------------


@deed("round.enter")
def enter(
    street: Street,
    name: str,
    held: date,
    pack_text: str,
    values: Mapping[str, object],
    *,
    by: Account | None,
    now: datetime,
) -> Round:
    """A round that was held elsewhere on the day `held`, with its rules frozen, at the end of its
    call. Its rules are those of `pack_text` (raises BadPack) completed by `values`. Refused where
    the street has a round of this name."""
    pack = read_pack(pack_text)
    frozen = freeze(complete(pack, values))
    with refusing(_("这个街道已有同名的轮次，请换一个名称")):
        round = Round.objects.create(
            street=street,
            name=name,
            year=held.year,
            pack_id=pack.id,
            pack_text=pack_text,
            officer_values=dict(values),
            stage=stages.CALL,
            frozen=frozen,
            fingerprint=fingerprint(frozen),
        )
    opens, closes = span(held, held)
    Window.objects.create(round=round, stage=stages.VOTE, opens=opens, closes=closes)
    move(round, "close_call", by=by, now=now)
    lot = _commit(round, now)
    record(round, by=by, now=now, rules=round.fingerprint, lot=lot.commitment)
    return round
