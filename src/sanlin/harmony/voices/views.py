from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sanlin.commons.places.models import Street
from sanlin.ground.accounts.addresses import of_client
from sanlin.ground.clock import local_day
from sanlin.ground.gate import can_be_known, gate, open_to_all
from sanlin.ground.http import Request, done
from sanlin.ground.journal.actions import unmask
from sanlin.ground.pii import mark
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused

from . import actions, rules, stages
from .forms import AnswerForm, ReasonForm, ReceiptForm, SpeakForm, page_path
from .models import Voice, VoiceKind

SAID = "said_receipt"  # session key: the receipt of what this visitor has just said
TONES = {stages.NEW: "waiting", stages.ANSWERED: "done", stages.CLOSED: "plain"}

VOICES = Table(
    "voices",
    gettext_lazy("意见"),
    (
        Column(
            "receipt",
            gettext_lazy("回执号"),
            lambda row: row.receipt,
            sort="receipt",
            href=lambda row: reverse("voices:voice", args=[row.pk]),
        ),
        Column("kind", gettext_lazy("类型"), lambda row: row.get_kind_display(), sort="kind"),
        Column("text", gettext_lazy("内容"), lambda row: row.text[:80], "long"),
        Column("page", gettext_lazy("所在页面"), lambda row: row.page),
        Column("said", gettext_lazy("提出时间"), lambda row: row.said_at, "moment", sort="said_at"),
        Column(
            "stage",
            gettext_lazy("阶段"),
            lambda row: row.stage_label,
            "state",
            sort="stage",
            tone=lambda row: TONES[row.stage],
        ),
    ),
    sieves=(
        Sieve(
            "stage",
            gettext_lazy("阶段"),
            tuple((value, gettext_lazy(words)) for value, words in stages.LABELS.items()),
            "stage",
        ),
        Sieve("kind", gettext_lazy("类型"), VoiceKind.choices, "kind"),
    ),
    search=("text", "receipt"),
    order="-said_at",
    empty=gettext_lazy("还没有人提意见。每个页面底部都有入口。"),
)


def _sender_mark(request: Request) -> str:
    """Who sends, for this day only, in a form that says nothing without the key."""
    who = request.user.pk if request.user.is_authenticated else of_client(request)
    return mark(f"voice:{local_day(request.now)}:{who}")


@open_to_all
def speak(request: Request) -> HttpResponse:
    """Complain, suggest or ask, signed in or not."""
    first = {"page": page_path(request.GET.get("page", ""))}
    form = SpeakForm(request.POST or None, initial=first, who=request.by)
    if form.is_valid():
        cleaned = form.cleaned_data
        words = actions.Said(*(cleaned[name] for name in ("kind", "text", "page", "contact")))
        try:
            voice = actions.speak(
                form.chosen_street,
                words,
                anonymous=cleaned.get("anonymous", False),
                sender_mark=_sender_mark(request),
                by=request.by if request.by.is_authenticated else None,
                now=request.now,
                key=request.key,
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            request.session[SAID] = voice.receipt
            return redirect("voices:said")
    return render(request, "voices/speak.html", {"form": form})


@open_to_all
def said(request: Request) -> HttpResponse:
    """The receipt of what was just said, and how to find the answer."""
    receipt = request.session.get(SAID)
    return (
        render(request, "voices/said.html", {"receipt": receipt})
        if receipt
        else redirect("voices:speak")
    )


@open_to_all
def find(request: Request) -> HttpResponse:
    """The answer to a receipt; asked by POST, so that no receipt stands in an address."""
    form = ReceiptForm(request.POST or None)
    voice = None
    if form.is_valid():
        voice = Voice.objects.filter(receipt=form.cleaned_data["receipt"]).first()
        if voice is None:
            form.add_error("receipt", _("没有这个回执号，请核对后再查"))
    return render(request, "voices/find.html", {"form": form, "voice": voice})


@gate(can_be_known)
def mine(request: Request) -> HttpResponse:
    """What I have said under my name."""
    voices = Voice.objects.filter(author_id=request.by.pk).order_by("-said_at")[:50]
    return render(request, "voices/mine.html", {"voices": voices})


@open_to_all
def answers(request: Request) -> HttpResponse:
    """Published answers, the newest first."""
    published = Voice.objects.exclude(gist="").select_related("street").order_by("-answered_at")
    return render(request, "voices/answers.html", {"voices": published[:50]})


@gate(rules.can_read_all, Street)
def street(request: Request, street: Street) -> HttpResponse:
    """Everything that was said to a street."""
    return VOICES.answer(
        request, Voice.objects.filter(street=street), "voices/street.html", {"street": street}
    )


@gate(rules.can_read, Voice, having=("street", "answered_by", "author"))
def voice(request: Request, voice: Voice) -> HttpResponse:
    """One voice, and the answer to it."""
    form = AnswerForm(request.POST or None)
    if form.is_valid() and done(
        request,
        form,
        actions.answer,
        voice,
        text=form.cleaned_data["text"],
        gist=form.cleaned_data["gist"],
    ):
        messages.success(request, _("已答复"))
        return redirect("voices:voice", pk=voice.pk)
    return _show(request, voice, form=form)


def _show(
    request: Request,
    voice: Voice,
    *,
    form: AnswerForm,
    reason: ReasonForm | None = None,
    contact: str = "",
) -> HttpResponse:
    context = {
        "voice": voice,
        "form": form,
        "reason": reason or ReasonForm(),
        "contact": contact,
        "tone": TONES[voice.stage],
        "can_answer": rules.can_answer(request.by, voice, now=request.now),
        "can_close": rules.can_close(request.by, voice, now=request.now),
    }
    return render(request, "voices/voice.html", context)


@gate(rules.can_read, Voice, having=("street", "answered_by", "author"))
@require_POST
def contact(request: Request, voice: Voice) -> HttpResponse:
    """Show the contact once, for a reason that is kept."""
    reason = ReasonForm(request.POST)
    shown = ""
    if reason.is_valid() and voice.contact:
        try:
            shown = unmask(
                voice,
                "contact",
                allowed=rules.can_read(request.by, voice, now=request.now),
                reason=reason.cleaned_data["reason"],
                by=request.by,
                now=request.now,
            )
        except Refused as no:
            reason.add_error(None, str(no))
    return _show(request, voice, form=AnswerForm(), reason=reason, contact=shown)


@gate(rules.can_read, Voice, having=("street",))
@require_POST
def close(request: Request, voice: Voice) -> HttpResponse:
    """Put it away."""
    actions.close(voice, by=request.by, now=request.now, key=request.key)
    messages.success(request, _("已办结"))
    return redirect("voices:street", pk=voice.street_id)
