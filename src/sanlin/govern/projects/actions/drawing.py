"""What an agreement says: the data that its page shows and its Word file is filled with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import cn2an

from sanlin.govern.awards.models import Award
from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Agreement, Change, Instalment, Project
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import canonical


def in_words(fen: int) -> str:
    """An amount in the characters that cannot be altered: 12,000 yuan is 壹万贰仟元整."""
    whole, rest = divmod(fen, 100)
    return str(cn2an.an2cn(f"{whole}.{rest:02d}", "rmb"))


def first_facts(
    project: Project, award: Award, parts: Sequence[Instalment], *, now: datetime
) -> dict[str, Any]:
    """Everything that the parties agree on at first. Money is fen, dates are ISO text."""
    round, proposal = project.round, award.proposal
    return {
        "number": project.number,
        "version": 1,
        "parties": [party.value for party in rules.parties_of(project)],
        "round": round.name,
        "street": round.street.name,
        "committee": proposal.neighbourhood.name,
        "team": proposal.team.name,
        "title": proposal.title,
        "tier": project.tier_name,
        "grant": project.grant,
        "words": in_words(project.grant),
        "own_funds": proposal.own_funds,
        "goals": proposal.goals,
        "starts": project.undertaking.starts.isoformat(),
        "ends": project.undertaking.ends.isoformat() if project.undertaking.ends else "",
        "instalments": [_part(part, part.amount) for part in parts],
        "heads": _heads(project, project.plan),
        "midterm": "midterm" in round.rules.stages,
        "drawn": local_day(now).isoformat(),
        "reason": "",
        "rules": round.fingerprint,
        "decision": award.decision.fingerprint,
    }


def changed_facts(
    old: Mapping[str, Any], change: Change, parts: Sequence[Instalment], *, now: datetime
) -> dict[str, Any]:
    """The agreement in force with what was asked; `parts` are all instalments as they lie."""
    facts = dict(old)
    if change.moves:
        plan = {head["key"]: head["amount"] for head in old["heads"]}
        facts["heads"] = _heads(change.project, moved(plan, change.moves))
    if change.starts:
        facts["starts"] = change.starts.isoformat()
    if change.ends:
        facts["ends"] = change.ends.isoformat()
    if change.third:
        facts["committee"] = change.third
    if change.grant is not None:
        amounts = rules.lowered(parts, old["grant"] - change.grant)
        facts |= {"grant": change.grant, "words": in_words(change.grant)}
        facts["instalments"] = [_part(part, amounts[part.pk]) for part in parts if amounts[part.pk]]
    return {**facts, "drawn": local_day(now).isoformat(), "reason": change.reason}


def moved(plan: Mapping[str, int], moves: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The plan by head after these moves; a head that is left with nothing is left out.

    >>> moved({"materials": 7_00, "labour": 3_00}, [{"from": "labour", "to": "venue", "amount": 3_00}])
    {'materials': 700, 'venue': 300}
    """
    after = dict(plan)
    for one in moves:
        after[one["from"]] = after.get(one["from"], 0) - one["amount"]
        after[one["to"]] = after.get(one["to"], 0) + one["amount"]
    return {head: amount for head, amount in after.items() if amount}


def draw(project: Project, facts: dict[str, Any], *, reason: str, now: datetime) -> Agreement:
    """The next version, to be signed."""
    last = project.agreements.order_by("-version").values_list("version", flat=True).first() or 0
    body = canonical({**facts, "version": last + 1})
    made: Agreement = Agreement.objects.create(
        project=project,
        version=last + 1,
        stage=stages.DRAWN,
        parties=",".join(facts["parties"]),
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        drawn_at=now,
        reason=reason[:200],
    )
    return made


def facts_of(agreement: Agreement) -> dict[str, Any]:
    """What an agreement says, as it was drawn."""
    told: dict[str, Any] = json.loads(bytes(agreement.body))
    return told


def _heads(project: Project, plan: Mapping[str, int]) -> list[dict[str, Any]]:
    names = {head.key: head.name for head in project.round.rules.heads}
    return [
        {"key": key, "name": names.get(key, key), "amount": amount} for key, amount in plan.items()
    ]


def _part(part: Instalment, amount: int) -> dict[str, Any]:
    return {
        "key": part.key,
        "name": part.name,
        "condition": part.condition,
        "share": part.share,
        "amount": amount,
        "words": in_words(amount),
        "within": part.within,
    }
