"""The midterm session: its desk, a juror's phone, the projector."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.growth import actions, queries, rules, stages
from sanlin.govern.growth.forms import (
    AsideForm,
    ConditionsForm,
    FindingsForm,
    JurorForm,
    MarkForm,
    PitchingForm,
    ScoreForm,
    SlotForm,
)
from sanlin.govern.growth.models import Aside, Juror, Pitching, Score, Slot
from sanlin.govern.projects.queries import consequence_words
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

from .acting import Deed, asked, through, turn

FULL_BAR = 1000  # a line of the projector at its full mark
SLOT = ("pitching__round__street", "report", *through("report__project"))


@gate(rules.can_see_plans, Round, having=("street",))
def pitchings(request: Request, round: Round) -> HttpResponse:
    """The sessions of a round, what is found most often, and a form for one more."""
    may = rules.can_plan(request.by, round, now=request.now)
    form = PitchingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = (said["title"], said["at"], said["place"])
        if made := done(request, form, actions.plan, round, *words):
            messages.success(request, _("评议会已安排"))
            return redirect("growth:pitching", pk=made.pk)
    found = queries.findings_of(round)
    of = found[0][2] if found else 0
    page = {
        "round": round,
        "pitchings": Pitching.objects.filter(round=round).annotate(n=Count("slots")),
        "bars": [
            (one.text, n, _("%(n)s个（%(share)s%%）") % {"n": n, "share": n * 100 // of})
            for one, n, _all in found
            if n and of
        ],
        "heard": of,
        "minutes": round.rules.pitch_minutes,
        "jurors": round.rules.pitch_jurors,
        "form": form,
        "may": may,
        "staff": rules.can_see_pitching(request.by, Pitching(round=round), now=request.now),
    }
    return render(request, "growth/pitchings.html", page)


@gate(rules.can_see_pitching, Pitching, having=("round__street",))
def pitching(request: Request, pitching: Pitching) -> HttpResponse:
    """The desk of a session: jurors, order, and the next step with what is missing before it."""
    here = reverse("growth:pitching", args=[pitching.pk])
    if asked(request, "open"):
        return press(request, here, _("评议会开始"), actions.open_pitching, pitching)
    if asked(request, "close"):
        return press(request, here, _("评议会结束"), actions.close, pitching)
    juror = JurorForm(asked(request, "juror"), pitching=pitching, now=request.now)
    entry = SlotForm(asked(request, "slot"), pitching=pitching)
    deeds = (
        Deed(
            juror,
            actions.invite,
            lambda: (pitching, juror.cleaned_data["account"], juror.cleaned_data["part"]),
            _("评委已加入"),
        ),
        Deed(
            entry,
            actions.enter_all,
            lambda: (pitching, list(entry.cleaned_data["reports"]), entry.cleaned_data["kind"]),
            _("已排入顺序"),
        ),
    )
    if answer := turn(request, deeds, here):
        return answer
    marked = Q(Exists(Score.objects.filter(juror=OuterRef("pk")))) | Q(
        Exists(Aside.objects.filter(juror=OuterRef("pk")))
    )
    jurors = list(pitching.jurors.select_related("account").annotate(marked=marked))
    page = {
        "pitching": pitching,
        "round": pitching.round,
        "heard": queries.heard(pitching, len(jurors)),
        "jurors": jurors,
        "removable": [one for one in jurors if not one.marked],
        "juror": juror,
        "entry": entry,
        "can_keep": rules.can_keep(request.by, pitching, now=request.now),
        "can_open": rules.can_open(request.by, pitching, now=request.now),
        "can_close": rules.can_close(request.by, pitching, now=request.now),
        "officer": bool(can_run(request.by, pitching.round, now=request.now)),
    }
    return render(request, "growth/pitching.html", page)


@gate(rules.can_dismiss, Juror, having=("pitching__round__street", "account"))
@require_POST
def dismiss(request: Request, juror: Juror) -> HttpResponse:
    """Take a chair away."""
    here = reverse("growth:pitching", args=[juror.pitching_id])
    return press(request, here, _("已移除"), actions.dismiss, juror)


@gate(rules.can_see_slot, Slot, having=SLOT)
def slot(request: Request, slot: Slot) -> HttpResponse:
    """One pitch as the officer runs it: call, wait for the sheets, mark, tick, lay down."""
    here = reverse("growth:slot", args=[slot.pk])
    if asked(request, "call"):
        return press(request, here, _("开始汇报，评委可以打分"), actions.call, slot)
    if asked(request, "put_back"):
        return press(request, here, _("已退回等候"), actions.put_back, slot)
    if asked(request, "leave_out"):
        where = reverse("growth:pitching", args=[slot.pitching_id])
        return press(request, where, _("已移出顺序"), actions.leave_out, slot)
    mark = MarkForm(asked(request, "mark"))
    ticks = FindingsForm(
        asked(request, "tick"),
        rules=slot.pitching.round.rules,
        initial={"findings": slot.findings},
    )
    advice = ConditionsForm(asked(request, "lay_down"))
    deeds = (
        Deed(
            mark,
            actions.make_mark,
            lambda: (slot, mark.cleaned_data["note"]),
            _("已评定，结果已用于拨款"),
        ),
        Deed(
            ticks,
            actions.tick,
            lambda: (slot, ticks.cleaned_data["findings"]),
            _("已记录问题"),
        ),
        Deed(
            advice,
            actions.lay_down,
            lambda: (slot, advice.wanted()),
            _("整改要求已列为项目待办"),
        ),
    )
    if answer := turn(request, deeds, here):
        return answer
    prefetch_related_objects(
        [slot], Prefetch("scores", Score.objects.select_related("juror__account"))
    )
    given = list(slot.scores.all())
    lines, mean = queries.tally(slot)
    page = {
        "slot": slot,
        "pitching": slot.pitching,
        "project": slot.report.project,
        "kind": slot.get_kind_display(),
        "given": given,
        "asides": Aside.objects.filter(slot=slot).select_related("juror__account"),
        "expected": slot.pitching.jurors.count() if slot.stage == stages.CALLED else 0,
        "lines": lines,
        "mean": mean,
        "mark": mark,
        "ticks": ticks,
        "advice": advice,
        "advised": [(advice[f"advice{n}"], advice[f"due{n}"]) for n in (1, 2, 3)],
        "laid_down": slot.advice.all(),
        "can_call": rules.can_call(request.by, slot, now=request.now),
        "can_put_back": rules.can_put_back(request.by, slot, now=request.now),
        "can_leave_out": rules.can_leave_out(request.by, slot, now=request.now),
        "next": queries.next_of(slot) if slot.stage == stages.MARKED else None,
        "consequence": consequence_words(slot.report.consequence or []),
        "money": queries.money_after(slot.report.project) if slot.stage == stages.MARKED else [],
        "can_mark": rules.can_mark(request.by, slot, now=request.now),
        "can_note": rules.can_note(request.by, slot, now=request.now),
        **_clock(slot, request),
    }
    return render(request, "growth/slot.html", page)


def _clock(slot: Slot | None, request: Request) -> dict[str, object]:
    """When a pitch's time is over, and what is left of it; nothing while nobody is heard."""
    if slot is None or slot.called_at is None:
        return {}
    until = slot.called_at + timedelta(minutes=slot.pitching.minutes)
    seconds = max(int((until - request.now).total_seconds()), 0)
    return {"until": until, "seconds": seconds, "left": f"{seconds // 60}:{seconds % 60:02d}"}


@gate(rules.can_see_seat, Pitching, having=("round__street",))
def seat(request: Request, pitching: Pitching) -> HttpResponse:
    """A juror's own list: what is heard now, and what she has marked."""
    chair = rules.own_chair(request.by, pitching)
    given = set(Score.objects.filter(juror=chair).values_list("slot_id", flat=True))
    aside = set(Aside.objects.filter(juror=chair).values_list("slot_id", flat=True))
    rows = list(pitching.slots.select_related("report__project__undertaking__organisation"))
    heard = next((one for one in rows if one.stage == stages.CALLED), None)
    page = {
        "pitching": pitching,
        "rows": [(one, one.pk in given, one.pk in aside) for one in rows],
        "now_heard": heard,
        "waits": pitching.stage != stages.CLOSED and (heard is None or heard.pk in given | aside),
    }
    return render(request, "growth/seat.html", page)


@gate(rules.can_see_score, Slot, having=SLOT)
def score(request: Request, slot: Slot) -> HttpResponse:
    """A juror's sheet on her phone."""
    lines = rules.sheet_of(slot.pitching.round.rules, slot.kind)
    seat = reverse("growth:seat", args=[slot.pitching_id])
    form = ScoreForm(asked(request, "score"), lines=lines)
    aside = AsideForm(asked(request, "aside"))
    deeds = (
        Deed(form, actions.score, lambda: (slot, form.marks()), _("打分已提交")),
        Deed(
            aside,
            actions.step_aside,
            lambda: (slot, aside.cleaned_data["reason"]),
            _("已回避这一项"),
        ),
    )
    if answer := turn(request, deeds, seat):
        return answer
    page = {
        "slot": slot,
        "pitching": slot.pitching,
        "project": slot.report.project,
        "report": slot.report,
        "form": form,
        "aside": aside,
        "may": rules.can_score(request.by, slot, now=request.now),
        "can_step_aside": rules.can_step_aside(request.by, slot, now=request.now),
        "kind": slot.get_kind_display(),
        **(_clock(slot, request) if slot.stage == stages.CALLED else {}),
    }
    return render(request, "growth/score.html", page)


@gate(rules.can_see_wall, Pitching, having=("round__street",))
def wall(request: Request, pitching: Pitching) -> HttpResponse:
    """The projector: who pitches, the time that is left, how many sheets are in; once a pitch is
    marked, its tally. Nobody is ranked, and no juror's sheet is shown."""
    rows = queries.heard(pitching)
    current = next((one for one in rows if one.slot.stage == stages.CALLED), None)
    marked = [one.slot for one in rows if one.slot.stage == stages.MARKED]
    last = max(marked, key=lambda one: (one.marked_at, one.place), default=None)
    coming = [one.slot for one in rows if one.slot.stage == stages.WAITING]
    lines, mean = queries.tally(last) if last and current is None else ([], None)
    page = {
        "pitching": pitching,
        "current": current,
        **_clock(current.slot if current else None, request),
        "last": None if current else last,
        "bars": [
            (
                line.rule.name,
                int((line.mean or 0) * FULL_BAR / line.rule.max),
                f"{float(line.mean or 0):.1f} / {line.rule.max}",
            )
            for line in lines
        ],
        "mean": mean,
        "full_bar": FULL_BAR,
        "coming": coming[:3],
        "done": len(marked),
        "all": len(rows),
        "polls": pitching.stage != stages.CLOSED,
    }
    return render(request, "growth/wall.html", page)
