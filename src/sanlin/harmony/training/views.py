"""Trainings: the list of a street, a session on the phone, its desk, its wall."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Street
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

from . import actions, rules, stages
from .forms import AdviceForm, CameForm, FinishForm, IdeaForm, PlanForm, QuestionForm, TakeForm
from .models import Idea, Question, Session, SignUp


@gate(rules.can_list, Street)
def street(request: Request, street: Street) -> HttpResponse:
    """The trainings of a street, the latest first."""
    page = {
        "street": street,
        "sessions": street.trainings.annotate(n=Count("signups"))[:50],
        "may": rules.can_plan(request.by, street, now=request.now),
    }
    return render(request, "training/street.html", page)


@gate(rules.can_plan, Street)
def plan(request: Request, street: Street) -> HttpResponse:
    """Announce a training."""
    form = PlanForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and (
            made := done(request, form, actions.plan, street, actions.Planned(**form.cleaned_data))
        )
    ):
        messages.success(request, _("培训已公布"))
        return redirect("training:session", pk=made.pk)
    return render(request, "training/plan.html", {"street": street, "form": form})


@gate(rules.can_see, Session, having=("street",))
def session(request: Request, session: Session) -> HttpResponse:
    """A session on the phone: programme and seat before it, ideas and questions in it."""
    here = reverse("training:session", args=[session.pk])
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    if verb in {"sign_up", "come"}:
        if not request.by.is_authenticated:
            return redirect(f"{reverse('accounts:sign_in')}?next={here}")
        if verb == "come":
            return press(request, here, _("已签到"), actions.come, session)
        return press(request, here, _("已报名"), actions.sign_up, session)
    idea = IdeaForm(request.POST if verb == "idea" else None, auto_id="idea_%s")
    asked = QuestionForm(request.POST if verb == "ask" else None, auto_id="ask_%s")
    if idea.is_bound and idea.is_valid():
        words = _("收到，审看后上墙")
        return press(request, here, words, actions.send_idea, session, idea.cleaned_data["text"])
    if asked.is_bound and asked.is_valid():
        words = _("问题已交给专家")
        return press(request, here, words, actions.ask, session, asked.cleaned_data["text"])
    who, now = request.by, request.now
    mine = SignUp.objects.filter(session=session, account_id=who.pk or 0).first()
    at_the_door = session.opens - rules.AT_THE_DOOR <= now <= session.closes
    page = {
        "session": session,
        "taken": session.signups.count(),
        "mine": mine,
        "before": now < session.opens and not at_the_door,
        "at_the_door": at_the_door,
        "can_come": rules.can_come(who, session, now=now) if at_the_door else None,
        "can_sign_up": rules.can_sign_up(who, session, now=now),
        "can_speak": rules.can_speak(who, session, now=now),
        "idea": idea,
        "asked": asked,
        "ideas": session.ideas.filter(stage__in=stages.ON_THE_WALL),
        "questions": session.questions.filter(answered_at__isnull=False),
        "staff": rules.can_look(who, session, now=now),
    }
    return render(request, "training/session.html", page)


@gate(rules.can_look, Session, having=("street",))
def desk(request: Request, session: Session) -> HttpResponse:
    """Who came, which ideas go on the wall and what became of them, what experts advised."""
    may = rules.can_keep(request.by, session, now=request.now)
    here = reverse("training:desk", args=[session.pk])
    form = CameForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        things = (session, form.keys("came"), form.keys("not_there"))
        if not any(things[1:]):
            messages.warning(request, _("请先勾选到场的人"))
            return redirect(here)
        return press(request, here, _("到场已记录"), actions.note_who_came, *things)
    ideas = list(session.ideas.order_by("pk"))
    page = {
        "session": session,
        "form": form,
        "may": may,
        "signed": form.signed,
        "came": form.there,
        "ideas": ideas,
        "waiting": sum(one.stage == stages.SENT for one in ideas),
        "questions": session.questions.all(),
        "begun": request.now >= session.opens,
    }
    return render(request, "training/desk.html", page)


@gate(rules.can_see, Session, having=("street",))
def wall(request: Request, session: Session) -> HttpResponse:
    """The projector: the ideas that an officer has read, in large letters."""
    rows = session.ideas.filter(stage__in=stages.ON_THE_WALL).order_by("-pk")
    page = {
        "session": session,
        "ideas": rows[:12],
        "n": rows.count(),
        "address": request.build_absolute_uri(reverse("training:session", args=[session.pk])),
    }
    return render(request, "training/wall.html", page)


@gate(rules.can_keep_idea, Idea, having=("session__street",))
def idea(request: Request, idea: Idea) -> HttpResponse:
    """One idea: show, hide, take up, say how it was done."""
    back = reverse("training:desk", args=[idea.session_id])
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    if verb in {"show", "hide"}:
        return press(request, back, _("已办理"), actions.move_idea, idea, verb)
    take = TakeForm(request.POST if verb == "take" else None)
    finish = FinishForm(request.POST if verb == "finish" else None)
    if take.is_bound and take.is_valid():
        said = take.cleaned_data
        things = (idea, said["owner"], said["due"])
        return press(request, back, _("已采纳"), actions.take_idea, *things)
    if finish.is_bound and finish.is_valid():
        word = finish.cleaned_data["word"]
        return press(request, back, _("已落实"), actions.finish_idea, idea, word)
    verbs = stages.IDEA.verbs(idea.stage)
    page = {"idea": idea, "session": idea.session, "verbs": verbs, "take": take, "finish": finish}
    return render(request, "training/idea.html", page)


@gate(rules.can_advise, Question, having=("session__street",))
def question(request: Request, question: Question) -> HttpResponse:
    """Record the advice of an expert."""
    form = AdviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        things = (question, said["expert"], said["advice"])
        back = reverse("training:desk", args=[question.session_id])
        return press(request, back, _("建议已记录"), actions.advise, *things)
    page = {"question": question, "session": question.session, "form": form}
    return render(request, "training/question.html", page)
