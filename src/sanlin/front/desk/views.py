from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanlin.ground.gate import gate
from sanlin.ground.http import Request

from . import rules


@gate(rules.can_open_desk)
def home(request: Request) -> HttpResponse:
    """What waits for me today."""
    return render(request, "desk/home.html")
