"""A proposal in words: for the page, the preview, two windows side by side, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Content, Photo, Proposal, Revision
from sanlin.govern.proposals.rules import last_screening
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.ui import words
from sanlin.kernel.budget import Line, least_own, most_asked, share_room
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Rules
from sanlin.kernel.packs.rules import Head
from sanlin.kernel.wording import Piece, changes


@dataclass(frozen=True)
class HeadUse:
    """One spending head in a budget: what is used, its limits in fen, and what is left."""

    name: str
    used: int
    most: int | None
    unit_cap: int | None
    unit: str

    @property
    def left(self) -> int | None:
        return None if self.most is None else self.most - self.used


def heads_used(content: Content, rules: Rules) -> list[HeadUse]:
    """Every head that has lines or a limit, in the order of the pack."""
    budget = content.budget
    uses = []
    for head in rules.heads:
        room = share_room(budget, head)
        used = budget.on(head.key)
        if not head.forbidden and (used or room or head.unit_cap is not None):
            uses.append(
                HeadUse(
                    head.name, used, room.most if room else None, head.unit_cap, head.unit or ""
                )
            )
    return uses


def sums(content: Content, rules: Rules) -> dict[str, Any]:
    """The figures beside the budget form: total, own funds, asked, and what the limits leave."""
    budget = content.budget
    most = most_asked(rules, content.tier)
    return {
        "total": budget.total,
        "own_funds": budget.own_funds,
        "least_own": least_own(budget, rules),
        "asked": budget.asked,
        "most": most,
        "left": None if most is None else most - budget.asked,
        "heads": heads_used(content, rules),
    }


def shown(proposal: Proposal, content: Content) -> dict[str, Any]:
    """What the page of a proposal needs beside its texts."""
    rules = proposal.round.rules
    heads = {head.key: head for head in rules.heads}
    photos = {photo.pk: photo for photo in proposal.photos.all()} if content.photos else {}
    return {
        "content": content,
        "tier": _name(content.tier, rules.tiers),
        "theme": _name(content.theme, rules.themes),
        "lines": [(_head_name(line, heads), line) for line in content.lines],
        "photos": _photos(content, photos),
        "budget": content.budget,
        "dates": dates_words(content),
    }


def _photos(content: Content, photos: dict[int, Photo]) -> list[tuple[Photo, str]]:
    return [(photos[one.photo], one.caption) for one in content.photos if one.photo in photos]


def _name(key: str, choices: Any) -> str:
    return next((choice.name for choice in choices if choice.key == key), key)


def _head_name(line: Line, heads: dict[str, Head]) -> str:
    return heads[line.head].name if line.head in heads else line.head


LABELS = {
    "title": gettext_lazy("名称"),
    "summary": gettext_lazy("一句话介绍"),
    "tier": gettext_lazy("申报类别"),
    "theme": gettext_lazy("主题"),
    "need": gettext_lazy("需求"),
    "goals": gettext_lazy("目标"),
    "beneficiaries": gettext_lazy("谁受益"),
    "plan": gettext_lazy("计划"),
    "starts": gettext_lazy("开始日期"),
    "ends": gettext_lazy("结束日期"),
    "lines": gettext_lazy("预算明细"),
    "own_funds": gettext_lazy("自筹金额"),
    "partners": gettext_lazy("合作伙伴"),
    "photos": gettext_lazy("照片"),
}


def told(content: Content, part: str, rules: Rules) -> str:
    """One part of the content in words."""
    value = getattr(content, part)
    said = _TELL.get(part)
    return said(value, rules) if said else str(value)


def line_words(line: Line, rules: Rules) -> str:
    """One line of a budget in words: 活动物资 花盆 ¥12 × 10 = ¥120."""
    name = _head_name(line, {head.key: head for head in rules.heads})
    price, amount = yuan(line.unit_price), yuan(line.amount)
    return f"{name} {line.what} {price} × {line.quantity} = {amount}"


_TELL: dict[str, Callable[[Any, Rules], str]] = {
    "tier": lambda value, rules: _name(value, rules.tiers),
    "theme": lambda value, rules: _name(value, rules.themes),
    "lines": lambda value, rules: "\n".join(line_words(line, rules) for line in value),
    "own_funds": lambda value, rules: yuan(value),
    "photos": lambda value, rules: "\n".join(
        _("照片%(n)s %(words)s") % {"n": place, "words": one.caption}
        for place, one in enumerate(value, 1)
    ),
}


@dataclass(frozen=True)
class Change:
    """One part that differs between two revisions, as pieces; `rows` of lines for the budget."""

    label: str
    pieces: list[Piece]
    rows: list[Piece]


@dataclass(frozen=True)
class Step:
    """One revision, and what changed from the one before (nothing for the first)."""

    revision: Revision
    changes: list[Change]
    asked_before: int | None
    asked: int


def history(revisions: list[Revision], rules: Rules) -> list[Step]:
    """The revisions from the latest to the first, each with what changed."""
    steps = []
    before: Content | None = None
    for revision in revisions:
        after = revision.content
        steps.append(
            Step(
                revision,
                compared(before, after, rules) if before else [],
                before.budget.asked if before else None,
                after.budget.asked,
            )
        )
        before = after
    return steps[::-1]


def compared(before: Content, after: Content, rules: Rules) -> list[Change]:
    """Every part that differs, in the order of the form."""
    found = []
    for part, label in LABELS.items():
        if getattr(before, part) == getattr(after, part):
            continue
        old, new = told(before, part, rules), told(after, part, rules)
        if part in {"lines", "photos"}:
            found.append(Change(str(label), [], _rows(old.split("\n"), new.split("\n"))))
        else:
            found.append(Change(str(label), changes(old, new), []))
    return found


def _rows(old: list[str], new: list[str]) -> list[Piece]:
    """Whole lines that stayed, went out or came in."""
    rows: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Piece("same", text) for text in old[a:b] if text]
        else:
            rows += [Piece("out", text) for text in old[a:b] if text]
            rows += [Piece("in", text) for text in new[c:d] if text]
    return rows


def deadline(proposal: Proposal, *, now: datetime) -> str:
    """Until when the team may hand in what it is writing, in words; empty where there is no end."""
    if proposal.stage == stages.RETURNED:
        last = last_screening(proposal)
        return _("截止%(when)s") % {"when": words.day(last.until)} if last else ""
    part = round_stages.CALL if proposal.stage == stages.DRAFT else round_stages.OPTIMISATION
    window = proposal.round.window(part)
    if window is None or window.closes is None:
        return ""
    return _("截止%(when)s，%(left)s") % {
        "when": words.moment(window.closes),
        "left": words.left(now, window.closes),
    }


def dates_words(content: Content) -> str:
    """From and to, as people write them; empty where not given."""
    ends = [date.fromisoformat(text) if text else None for text in (content.starts, content.ends)]
    return words.span(*ends)
