"""Circles, their meetings and visits, and what was agreed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.orgs.rules import leads, teams_of
from sanlin.govern.growth import actions, rules, stages
from sanlin.govern.growth.forms import LeaderForm, MeetingForm, NotesForm, VisitForm, WordForm
from sanlin.govern.growth.models import Advice, Meeting, Snapshot, Visit
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.projects.stages import ENDED, TO_SIGN
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage, can_run
from sanlin.ground import files
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

from .acting import PROJECT, Deed, asked, through, turn


@gate(rules.can_see_round, Round, having=("street",))
def round(request: Request, round: Round) -> HttpResponse:
    """How a round's projects grow: circles, visits, pairs, midterm, closing."""
    today = local_day(request.now)
    circles = Circle.objects.filter(round=round).annotate(
        n=Count("projects", distinct=True), met=Count("meetings", distinct=True)
    )
    advice = Advice.objects.filter(project__round=round).aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        late=Count("pk", filter=Q(done_at__isnull=True, due__lt=today)),
    )
    projects = Project.objects.filter(round=round).aggregate(
        n=Count("pk", distinct=True),
        visited=Count("visits__project", distinct=True),
        accepted=Count("acceptance", distinct=True),
        asked=Count("survey", distinct=True),
    )
    page = {
        "round": round,
        "circles": circles,
        "advice": advice,
        "projects": projects,
        "joint": Meeting.objects.filter(round=round, circle__isnull=True)[:10],
        "late": Advice.objects.late(today)
        .filter(project__round=round)
        .select_related("project__undertaking")[:20],
        "has_midterm": bool(round.rules.pitch) and "midterm" in round.rules.stages,
        "can_meet_jointly": rules.can_meet_jointly(request.by, round, now=request.now),
        "staff": bool(can_manage(request.by, round, now=request.now)),
    }
    return render(request, "growth/round.html", page)


@gate(rules.can_meet_jointly, Round, having=("street",))
def joint(request: Request, round: Round) -> HttpResponse:
    """Call the joint meeting of community, social workers, organisations, volunteers and charity."""
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = (said["title"], said["at"], said["place"])
        if made := done(request, form, actions.call_joint_meeting, round, *words):
            messages.success(request, _("会议已通知"))
            return redirect("growth:meeting", pk=made.pk)
    back = reverse("growth:round", args=[round.pk])
    page = {
        "form": form,
        "title": _("五社联席会议"),
        "intro": _(
            "社区、社会工作者、社会组织、社区志愿者、社会慈善资源一起开，共享组织、信息和服务，商量要解决的问题。"
        ),
        "back": back,
        "words": round.name,
    }
    return render(request, "growth/meet.html", page)


@gate(rules.can_see_circle, Circle, having=("round__street", "leader"))
def circle(request: Request, circle: Circle) -> HttpResponse:
    """One circle: its leader and who agrees, its projects, meetings, visits, and what is open."""
    who, now = request.by, request.now
    here = reverse("growth:circle", args=[circle.pk])
    form = LeaderForm(asked(request, "recommend"), circle=circle)
    if asked(request, "back"):
        mine = rules.teams_in(circle).filter(pk__in=teams_of(who, now=now)).first()
        return press(request, here, _("已认可组长"), actions.back, circle, mine or Organisation())
    deed = Deed(
        form,
        actions.recommend,
        lambda: (circle, form.cleaned_data["leader"]),
        _("已推荐，等待组内团队认可"),
    )
    if answer := turn(request, (deed,), here):
        return answer
    agrees = circle.backings.filter(
        leader=circle.leader_id, team=OuterRef("undertaking__organisation")
    )
    projects = list(
        circle.projects.annotate(agrees=Exists(agrees))
        .select_related("undertaking__organisation", "undertaking__neighbourhood", "round__street")
        .order_by("number")
    )
    backings = {one.team.pk for one in projects if one.agrees}
    teams = {one.team.pk: one.team for one in projects}
    own = [team for pk, team in teams.items() if pk in teams_of(who, now=now)]
    staff = bool(can_manage(who, circle.round, now=now))
    guides = who.is_authenticated and circle.leader_id == who.pk
    visits = guides or bool(can_run(who, circle.round, now=now))

    def may_be_visited(one: Project) -> bool:
        ours = one.team.pk in teams_of(who, now=now)
        return not ours and one.stage not in (TO_SIGN, *ENDED)

    page = {
        "circle": circle,
        "round": circle.round,
        "projects": [(one, visits and may_be_visited(one)) for one in projects],
        "agreed": len(backings),
        "teams": len(teams),
        "confirmed": len(backings) * 2 > len(teams),
        "named": bool(own) or staff,
        "can_back": bool(own and circle.leader_id and own[0].pk not in backings)
        and bool(leads(who, own[0], now=now)),
        "can_recommend": rules.can_recommend(who, circle, now=now),
        "can_meet": rules.can_meet(who, circle, now=now),
        "meetings": circle.meetings.annotate(people=Count("attendances"))[:20],
        "visits": Visit.objects.filter(project__circle=circle).select_related(
            "project__undertaking"
        )[:20],
        "advice": Advice.objects.open()
        .filter(project__circle=circle)
        .select_related("project__undertaking")[:20],
        "today": local_day(now),
        "form": form,
        "staff": staff,
    }
    return render(request, "growth/circle.html", page)


@gate(rules.can_meet, Circle, having=("round__street", "leader"))
def meet(request: Request, circle: Circle) -> HttpResponse:
    """Call a meeting of a circle."""
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = (said["title"], said["at"], said["place"])
        if made := done(request, form, actions.call_meeting, circle, *words):
            messages.success(request, _("会议已通知"))
            return redirect("growth:meeting", pk=made.pk)
    back = reverse("growth:circle", args=[circle.pk])
    page = {"form": form, "title": _("小组会议"), "back": back, "words": circle.name}
    return render(request, "growth/meet.html", page)


@gate(rules.can_see_meeting, Meeting, having=("round__street", "circle__round__street"))
def meeting(request: Request, meeting: Meeting) -> HttpResponse:
    """One meeting: when and where; then who came, what was said, photos."""
    may = rules.can_tell(request.by, meeting, now=request.now)
    bodies = (
        [team.name for team in rules.teams_in(meeting.circle).order_by("name")]
        if meeting.circle
        else list(stages.PARTNERS)
    )
    joint = meeting.circle is None
    form = NotesForm(request.POST or None, request.FILES or None, bodies=bodies, joint=joint)
    if request.method == "POST" and form.is_valid():
        said = (form.cleaned_data["notes"], form.came(), form.photos())
        if done(request, form, actions.tell_meeting, meeting, *said):
            messages.success(request, _("会议记录已保存"))
            return redirect("growth:meeting", pk=meeting.pk)
    came = list(meeting.attendances.all())
    page = {
        "meeting": meeting,
        "round": meeting.round,
        "came": [(_(one.who) if joint else one.who, one.people) for one in came],
        "people": sum(one.people for one in came),
        "photos": meeting.photos.all(),
        "form": form,
        "may": may,
    }
    return render(request, "growth/meeting.html", page)


@gate(rules.can_visit, Project, having=PROJECT)
def visit(request: Request, project: Project) -> HttpResponse:
    """Write a visit down, on the phone, where one stands."""
    form = VisitForm(
        request.POST or None,
        request.FILES or None,
        initial={"day": local_day(request.now)},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = (said["day"], said["notes"], form.wanted(), form.photos())
        if made := done(request, form, actions.visit, project, *words):
            agreed = _("走访已记录，建议已列为项目待办")
            messages.success(request, agreed if words[2] else _("走访已记录"))
            return redirect("growth:visited", pk=made.pk)
    advised = [(form[f"advice{n}"], form[f"due{n}"]) for n in (1, 2, 3)]
    photos = [form[name] for name in form.fields if name.startswith("photo")]
    page = {"project": project, "form": form, "advised": advised, "photos": photos}
    return render(request, "growth/visit.html", page)


@gate(rules.can_see_visit, Visit, having=through("project"))
def visited(request: Request, visit: Visit) -> HttpResponse:
    """One visit: what was seen, what was agreed."""
    page = {
        "visit": visit,
        "project": visit.project,
        "advice": visit.advice.all(),
        "photos": visit.photos.all(),
        "today": local_day(request.now),
    }
    return render(request, "growth/visited.html", page)


@gate(rules.can_see_advice, Advice, having=(*through("project"), "visit", "slot__pitching"))
def advice(request: Request, advice: Advice) -> HttpResponse:
    """One piece of advice: the team says how it was done."""
    form = WordForm(request.POST or None)
    deed = Deed(form, actions.do_advice, lambda: (advice, form.cleaned_data["word"]), _("已办结"))
    if answer := turn(request, (deed,), reverse("growth:advice", args=[advice.pk])):
        return answer
    page = {
        "advice": advice,
        "project": advice.project,
        "form": form,
        "may": rules.can_do(request.by, advice, now=request.now),
        "today": local_day(request.now),
    }
    return render(request, "growth/advice.html", page)


@gate(
    rules.can_see_snapshot,
    Snapshot,
    having=("meeting__round__street", "visit__project__round__street"),
)
def photo(request: Request, photo: Snapshot, size: str) -> Any:
    """A photo of a meeting or a visit."""
    return files.shown(photo.file, size)
