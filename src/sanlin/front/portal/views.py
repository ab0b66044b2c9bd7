from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import open_to_all
from sanlin.ground.http import Request


@open_to_all
def home(request: Request) -> HttpResponse:
    """What is on near me, what waits for me, what was decided."""
    rounds = Round.objects.exclude(stage="draft").select_related("street").order_by("-pk")[:5]
    return render(request, "portal/home.html", {"rounds": rounds})
