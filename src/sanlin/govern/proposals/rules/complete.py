"""What a proposal still lacks, each with a sentence and the step where it is put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import rung_of
from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Content, Proposal, Why
from sanlin.govern.rounds.models import Round
from sanlin.kernel.budget import faults, most_asked
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Rules
from sanlin.kernel.packs.rules import Theme, Tier
from sanlin.kernel.reason import Reason

STANDING = (stages.SUBMITTED, stages.RETURNED, stages.APPEALED, stages.ADMITTED)


@dataclass(frozen=True)
class Missing:
    """What is missing, and at which step of the form."""

    step: str
    sentence: str


def missing(proposal: Proposal, content: Content) -> list[Missing]:
    """Everything between `content` and handing it in, in the order of the steps."""
    rules = proposal.round.rules
    found = [
        *_words(content, rules),
        *_ladder(proposal, content, rules),
        *_dates(content, proposal.round.year),
    ]
    found += [
        Missing(_STEP_OF.get(reason.code, "budget"), budget_sentence(reason))
        for reason in faults(content.budget, rules, content.tier)
    ]
    return [*found, *_team(proposal, content, rules), *_no_more(proposal, content)]


def _words(content: Content, rules: Rules) -> Iterator[Missing]:
    wanted = (
        ("title", content.title, _("还没有写名称")),
        ("title", content.summary, _("还没有写一句话介绍")),
        ("title", _known(content.tier, rules.tiers), _("还没有选申报类别")),
        ("title", _known(content.theme, rules.themes), _("还没有选主题")),
        ("need", content.need, _("还没有写需求")),
        ("goals", content.goals, _("还没有写目标")),
        ("goals", content.beneficiaries, _("还没有写谁受益")),
        ("plan", content.plan, _("还没有写计划")),
    )
    return (Missing(step, sentence) for step, there, sentence in wanted if not there)


def _known(key: str, choices: Sequence[Tier | Theme]) -> bool:
    """Whether one of the choices is taken; where there are none, nothing is missing."""
    return not choices or key in {choice.key for choice in choices}


def _ladder(proposal: Proposal, content: Content, rules: Rules) -> Iterator[Missing]:
    """Where the pack says so, a team funded before goes no higher than its grade lets it."""
    if not rules.ladder:
        return
    keys = [tier.key for tier in rules.tiers]  # from the highest to the lowest
    rung = rung_of(proposal.team_id, rules.pack.id, proposal.round.year)
    if rung is None or rung.tier not in keys or content.tier not in keys:
        return
    if keys.index(content.tier) < keys.index(rung.tier):
        yield Missing(
            "title",
            _("按%(year)s年的评估，本团队今年最高可申报“%(tier)s”")
            % {"year": rung.year, "tier": rules.tier(rung.tier).name},
        )


def _dates(content: Content, year: int) -> Iterator[Missing]:
    if not content.starts or not content.ends:
        yield Missing("plan", _("还没有填开始和结束日期"))
    elif date.fromisoformat(content.ends) < date.fromisoformat(content.starts):
        yield Missing("plan", _("结束日期早于开始日期"))
    elif date.fromisoformat(content.starts).year < year:
        yield Missing(
            "plan", _("本轮是%(year)s年的，开始日期还在以前，请核对年份") % {"year": year}
        )


_STEP_OF = {"own_share": "funds", "own_over": "funds"}


def budget_sentence(reason: Reason) -> str:
    """A kernel reason about a budget, in words and figures."""
    figures = {
        name: yuan(value) if isinstance(value, int) and name != "share" else value
        for name, value in reason.figures
    }
    if isinstance(share := reason.get("share"), int):
        figures["share"] = percent(share)
    return _sentences()[reason.code] % figures


def _sentences() -> dict[str, str]:
    return {
        "no_lines": _("还没有填预算"),
        "unknown_head": _("本轮没有“%(head)s”这个支出科目，请改选（%(amount)s）"),
        "forbidden_head": _("“%(head)s”不得列支，请去掉这%(amount)s"),
        "unit_cap": _("%(head)s“%(what)s”单价%(price)s，高于上限%(cap)s"),
        "share": _("%(head)s共%(used)s，最多占预算的%(share)s，即%(most)s"),
        "own_over": _("自筹金额%(own)s不少于预算合计%(total)s，没有需要申请的金额"),
        "own_share": _("自筹金额%(own)s，至少要占预算的%(share)s，即%(least)s"),
        "above": _("申请金额%(asked)s，高于上限%(most)s"),
        "below": _("申请金额%(asked)s，低于下限%(least)s"),
    }


def percent(permille: int) -> str:
    """Permille as people read it.

    >>> percent(500), percent(125)
    ('50%', '12.5%')
    """
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _team(proposal: Proposal, content: Content, rules: Rules) -> Iterator[Missing]:
    """All that a team asks for in one round has a limit where the pack sets one."""
    if rules.team_cap is None:
        return
    others = asked_by_team(proposal)
    if others + content.budget.asked > rules.team_cap:
        yield Missing(
            "budget",
            _("本团队在本轮已申请%(others)s，加上这份%(asked)s，超过每个团队的上限%(most)s")
            % {
                "others": yuan(others),
                "asked": yuan(content.budget.asked),
                "most": yuan(rules.team_cap),
            },
        )


def asked_by_team(proposal: Proposal) -> int:
    """What the same team asks in the round with its other proposals that stand, in fen."""
    others = Proposal.objects.filter(
        round=proposal.round_id, team=proposal.team_id, stage__in=STANDING
    ).exclude(pk=proposal.pk)
    return sum(others.values_list("asked", flat=True))


def _no_more(proposal: Proposal, content: Content) -> Iterator[Missing]:
    """After admission a team may ask for less, never for more."""
    if proposal.stage != stages.ADMITTED:
        return
    most = asked_when_admitted(proposal)
    if content.budget.asked > most:
        yield Missing(
            "budget",
            _("优化时申请金额只能减少：现在%(asked)s，通过审查时是%(most)s")
            % {"asked": yuan(content.budget.asked), "most": yuan(most)},
        )


def asked_when_admitted(proposal: Proposal) -> int:
    """What was asked when the formal checks were passed, in fen."""
    kept = proposal.revisions.exclude(why=Why.REVISED).order_by("-number").first()
    return kept.content.budget.asked if kept else proposal.asked


def limit_of(round: Round, tier: str) -> int | None:
    """The most that a proposal of this tier may ask, in fen; None for no limit."""
    return most_asked(round.rules, tier)
