"""Who holds which post, the filling and the ending of posts, and the auditor's journal."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.people import actions, queries, rules
from sanlin.commons.people.forms import AppointForm, DayForm
from sanlin.commons.people.models import Post, PostKind
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.journal.actions import DEEDS
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused

PLACES = ("account", "district", "street", "neighbourhood")
STATES = {
    "now": gettext_lazy("在任"),
    "coming": gettext_lazy("将任"),
    "over": gettext_lazy("已卸任"),
}
POSTS = Table(
    "posts",
    gettext_lazy("任职名单"),
    (
        Column("kind", gettext_lazy("职务"), lambda row: row.get_kind_display(), sort="kind"),
        Column(
            "name",
            gettext_lazy("姓名"),
            lambda row: row.account.name,
            sort="account__name",
            href=lambda row: reverse("people:post", args=[row.pk]),
        ),
        Column("place", gettext_lazy("任职地"), lambda row: str(row.place)),
        Column("since", gettext_lazy("任职日期"), lambda row: row.since, "day", sort="since"),
        Column("until", gettext_lazy("卸任日期"), lambda row: row.until, "day", sort="until"),
        Column("certificate", gettext_lazy("证书编号"), lambda row: row.certificate),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: str(STATES[row.state]),
            "state",
            sort="state",
            tone=lambda row: "done" if row.state == "now" else "plain",
        ),
    ),
    sieves=(
        Sieve("kind", gettext_lazy("职务"), PostKind.choices, "kind"),
        Sieve("state", gettext_lazy("状态"), tuple(STATES.items()), "state"),
    ),
    order="kind",
    empty=gettext_lazy("还没有任职。"),
)
JOURNAL = Table(
    "journal",
    gettext_lazy("操作台账"),
    (
        Column("number", gettext_lazy("编号"), lambda row: row.number),
        Column("at", gettext_lazy("时间"), lambda row: row.at, "moment", sort="at"),
        Column("deed", gettext_lazy("事项"), lambda row: row.deed, sort="deed"),
        Column(
            "by",
            gettext_lazy("以谁的名义"),
            lambda row: str(row.by) if row.by else _("系统按时办理"),
        ),
        Column("hand", gettext_lazy("代办人"), lambda row: str(row.hand) if row.hand else ""),
        Column("subject", gettext_lazy("对象"), lambda row: row.subject_label),
        Column("codes", gettext_lazy("内容"), lambda row: row.codes, "long"),
    ),
    sieves=(
        Sieve(
            "deed",
            gettext_lazy("事项"),
            lambda rows: [(deed, deed) for deed in sorted(DEEDS)],
            "deed",
        ),
    ),
    order="-at",
    empty=gettext_lazy("没有这样的记录。"),
)


@gate(rules.can_see_posts)
def posts(request: Request) -> HttpResponse:
    """Everybody who holds a post under me; those that are over are kept."""
    rows = queries.posts_under(request.by, now=request.now)
    shown = {"fills": rules.kinds_of(request.by, now=request.now)}
    return POSTS.answer(request, rows, "people/posts.html", shown)


@gate(rules.can_see_post, Post, having=PLACES)
def post(request: Request, post: Post) -> HttpResponse:
    """One post, from when to when, and its end where that is mine to give."""
    verdict = rules.can_end_post(request.by, post, now=request.now)
    return render(request, "people/post.html", {"post": post, "can_end": verdict})


@gate(rules.can_fill_posts)
def appoint(request: Request, kind: str) -> HttpResponse:
    """Give somebody a post of one kind."""
    if kind not in rules.kinds_of(request.by, now=request.now):
        raise Http404
    wanted = PostKind(kind)
    places = queries.places_to_fill(request.by, wanted, now=request.now)
    initial = {"since": local_day(request.now)}
    form = AppointForm(request.POST or None, kind=wanted, places=places, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        if done(
            request,
            form,
            actions.appoint,
            kind,
            form.places[told["place"]],
            told["name"],
            told["phone"],
            form.term(),
        ):
            messages.success(request, _("已任命"))
            return redirect("people:posts")
    return render(request, "people/appoint.html", {"form": form, "kind": wanted})


@gate(rules.can_end_post, Post, having=PLACES)
def end_post(request: Request, post: Post) -> HttpResponse:
    """From which day on the post is over."""
    initial = {"day": local_day(request.now)}
    form = DayForm(request.POST or None, label=_("卸任日期"), initial=initial)
    if form.is_valid():
        try:
            day = form.cleaned_data["day"]
            actions.end_post(post, day=day, by=request.by, now=request.now, key=request.key)
            messages.success(request, _("已卸任"))
            return redirect("people:posts")
        except Refused as no:
            form.add_error("day", str(no))
    return render(request, "people/end_post.html", {"form": form, "post": post})


@gate(rules.can_read_journal)
def journal(request: Request, day: str = "") -> HttpResponse:
    """Who did what, newest first; by deed, and of one day where the address names one."""
    rows = queries.journal_of(request.by, now=request.now)
    if wanted := request.GET.get("day"):
        known = _day(wanted)
        return (
            redirect("people:journal_of_day", day=f"{known:%F}")
            if known
            else redirect("people:journal")
        )
    if day:
        start = _day(day)
        if start is None:
            raise Http404
        end = start + timedelta(days=1)
        rows = rows.filter(at__gte=timezone.make_aware(start), at__lt=timezone.make_aware(end))
    return JOURNAL.answer(request, rows, "people/journal.html", {"day": day})


def _day(text: str) -> datetime | None:
    """Midnight of a day written as 2024-04-10; None where it is none of this or the next century."""
    try:
        start = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # made aware by whoever asks
    except ValueError:
        return None
    return start if 1949 <= start.year <= 2999 else None
