"""Proposals out of a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.proposals import actions, rules
from sanlin.govern.proposals.queries.bringing import list_of, plan_proposals
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.sheets.uploads import Import


@gate(rules.can_bring, Round, having=("street",))
def bring(request: Request, round: Round) -> HttpResponse:
    one = Import(list_of(round), plan_proposals, actions.import_proposals)
    title = _("导入%(round)s的提案") % {"round": round}
    return one.answer(request, round, title=title, back=reverse("proposals:watch", args=[round.pk]))
