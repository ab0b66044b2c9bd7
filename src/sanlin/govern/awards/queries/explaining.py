"""One sentence for each proposal: why it is funded, or what it lacked, with the figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.awards.models import Award
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Rules
from sanlin.kernel.reason import written as figure

Figures = dict[str, Any]


@dataclass(frozen=True)
class Sentence:
    """`text` says why; `change`, where it exists, what would have been enough."""

    text: str
    change: str = ""

    def __str__(self) -> str:
        return self.text


def explain(award: Award, rules: Rules, titles: dict[int, str]) -> Sentence:
    """The sentence for this award. `titles` gives the names of rivals by proposal key."""
    reason = award.reason
    told: Figures = dict(reason["figures"])
    told["tier_name"] = _tier_name(rules, told.get("tier"))
    told["unit"] = _("票") if reason.get("unit") == "votes" else _("分")
    told["other_title"] = titles.get(told.get("other", 0), "")
    told["rules"] = rules
    write = SENTENCES.get(reason["code"], _unknown)
    return Sentence(write(told) + _reserve(told), _change(award, told))


def _tier_name(rules: Rules, key: str | None) -> str:
    names = {tier.key: tier.name for tier in rules.tiers}
    return names.get(key or "", "")


def _funded(told: Figures) -> str:
    if told["tier_name"]:
        text = _("获%(tier)s第%(seat)s名，立项%(grant)s") % {
            "tier": told["tier_name"],
            "seat": told["seat"],
            "grant": yuan(told["grant"]),
        }
    else:
        text = _("第%(seat)s名立项，金额%(grant)s") % {
            "seat": told["seat"],
            "grant": yuan(told["grant"]),
        }
    return text + _above(told)


def _above(told: Figures) -> str:
    margin = told.get("margin")
    if margin is None or Fraction(margin) <= 0:
        return ""
    return _("；高于入围线%(margin)s%(unit)s") % {
        "margin": figure(margin),
        "unit": told["unit"],
    }


def _below(told: Figures) -> str:
    margin = told.get("margin")
    if margin is None or Fraction(margin) >= 0:
        return ""
    return _("；低于入围线%(margin)s%(unit)s") % {
        "margin": figure(-Fraction(margin)),
        "unit": told["unit"],
    }


def _partly(told: Figures) -> str:
    return _("余款不足全额，部分立项%(grant)s（申请%(cost)s）") % {
        "grant": yuan(told["grant"]),
        "cost": yuan(told["cost"]),
    }


def _places(told: Figures) -> str:
    if not told["tier_name"]:
        full = _("列第%(place)s位，%(places)s个名额已满")
        return full % {"place": told["place"], "places": told["places"]} + _below(told)
    return _("列%(tier)s第%(place)s位，%(tier)s的%(places)s个名额已满") % {
        "tier": told["tier_name"],
        "place": told["place"],
        "places": told["places"],
    } + _below(told)


def _enough(told: Figures) -> str:
    """Say first that its standing was enough, where only money stopped it."""
    margin = told.get("margin")
    if margin is not None and Fraction(margin) >= 0:
        return _("票数足够，但") if told["unit"] == _("票") else _("分数足够，但")
    return ""


def _pot(sentence: Callable[[], str]) -> Callable[[Figures], str]:
    def write(told: Figures) -> str:
        return _enough(told) + sentence() % {
            "cap": yuan(told.get("cap", 0)),
            "left": yuan(told.get("left", 0)),
            "cost": yuan(told.get("cost", 0)),
            "short": yuan(told.get("short", 0)),
            "tier": told["tier_name"],
        }

    return write


def _least(told: Figures) -> str:
    return _("评审分%(own)s，未达到入围最低分%(least)s，差%(short)s分") % {
        "own": figure(told["own"]),
        "least": figure(told["least"]),
        "short": figure(told["short"]),
    }


def _few_votes(told: Figures) -> str:
    return _("得%(own)s票，未达到入围最低%(least)s票，差%(short)s票") % told


def _rival(told: Figures) -> str:
    return _("与已立项的“%(other)s”互斥，只能立项其一") % {"other": told["other_title"]}


def _team(told: Figures) -> str:
    return _("同一团队的“%(other)s”已立项") % {"other": told["other_title"]}


def _bought(told: Figures) -> str:
    if "part" in told:
        tenths = Fraction(told["part"]) * 1000 // 1
        return _("由支持它的%(payers)s张选票付清%(part)s，其余由总额补足，立项%(grant)s") % {
            "payers": told["payers"],
            "part": f"{tenths // 10}.{tenths % 10}%",
            "grant": yuan(told["grant"]),
        }
    return _("由支持它的%(payers)s张选票各出一份钱买下，立项%(grant)s") % {
        "payers": told["payers"],
        "grant": yuan(told["grant"]),
    }


def _poor(told: Figures) -> str:
    return _("支持它的选票合起来只余%(own)s，不足申请的%(cost)s，差%(short)s") % {
        "own": yuan(int(Fraction(told["own"]))),
        "cost": yuan(told["cost"]),
        "short": yuan(-int(-Fraction(told["short"]) // 1)),
    }


def _needed(told: Figures) -> str:
    return _("以“%(other)s”立项为前提，而该项目未立项") % {
        "other": told["other_title"] or _("另一项目")
    }


def _own_share(told: Figures) -> str:
    return _("自筹%(own)s，未达到要求的%(least)s，差%(short)s") % {
        "own": yuan(told["own"]),
        "least": yuan(told["least"]),
        "short": yuan(told["short"]),
    }


def _kept(told: Figures) -> str:
    """What is left is kept for a group that has not yet got what the rules promise it."""
    group = _group(told, told["rules"], {}) or _("其他社区")
    return _enough(told) + _("须先保证%(group)s的保底（%(missing)s），其余不足申请的%(cost)s") % {
        "group": group,
        "missing": _missing(told),
        "cost": yuan(told["cost"]),
    }


def _group(told: Figures, rules: Rules, communities: dict[int, str]) -> str:
    """The name of the tier, theme or community that a floor is for."""
    names: dict[Any, str] = {
        **{("tier", tier.key): tier.name for tier in rules.tiers},
        **{("theme", theme.key): theme.name for theme in rules.themes},
        **{("community", key): name for key, name in communities.items()},
    }
    return names.get((told.get("kind"), told.get("group")), "")


def _missing(told: Figures) -> str:
    if told.get("projects"):
        return _("还差%(n)s个项目") % {"n": told["projects"]}
    return _("还差%(money)s") % {"money": yuan(told.get("money", 0))}


def unmet(outcome: Figures, rules: Rules, communities: dict[int, str]) -> list[str]:
    """What groups were promised and could not get, one sentence each; `communities` are names."""
    told = [dict(reason["figures"]) for reason in outcome.get("unmet", ())]
    return [
        _("%(group)s：%(missing)s")
        % {
            "group": _group(figures, rules, communities) or _("其他社区"),
            "missing": _missing(figures),
        }
        for figures in told
    ]


def _unknown(told: Figures) -> str:
    return _("未立项")


SENTENCES: dict[str, Callable[[Figures], str]] = {
    "funded": _funded,
    "topped_up": _funded,
    "funded_partly": _partly,
    "places": _places,
    "tier_money": _pot(lambda: _("%(tier)s总额%(cap)s只余%(left)s，差%(short)s")),
    "community_cap": _pot(lambda: _("本社区%(cap)s上限只余%(left)s，差%(short)s")),
    "team_cap": _pot(lambda: _("本团队%(cap)s上限只余%(left)s，差%(short)s")),
    "theme_cap": _pot(lambda: _("本主题%(cap)s上限只余%(left)s，差%(short)s")),
    "budget": _pot(lambda: _("本轮总额只余%(left)s，不足申请的%(cost)s，差%(short)s")),
    "tier_cap": _pot(lambda: _("申请%(cost)s，超过%(tier)s单项上限%(cap)s，多%(short)s")),
    "project_cap": _pot(lambda: _("申请%(cost)s，超过单项上限%(cap)s，多%(short)s")),
    "min_score": _least,
    "min_votes": _few_votes,
    "exclusive": _rival,
    "team_taken": _team,
    "bought": _bought,
    "completed": lambda told: _("用余下的钱立项%(grant)s") % {"grant": yuan(told["grant"])},
    "poor": _poor,
    "no_support": lambda told: _("没有选票支持"),
    "outweighed": lambda told: _("与它放不进同一总额的其他提案合起来更受支持"),
    "requires": _needed,
    "own_share": _own_share,
    "floor": _kept,
    "no_score": lambda told: _("没有完整的评审分，不参加计算"),
    "no_tier": lambda told: _("没有申报类别，不参加计算"),
    "stopped": lambda told: (
        _("按办法，前面的“%(other)s”放不下即停止") % {"other": told["other_title"]}
    ),
}


def _reserve(told: Figures) -> str:
    if told.get("reserve") is None:
        return ""
    return _("；列候补第%(n)s位") % {"n": told["reserve"]}


def _change(award: Award, told: Figures) -> str:
    """What alone would have been enough; every figure was counted again when the round was
    decided."""
    ways, sure = [], True
    for change in award.reason.get("changes", ()):
        words = WAYS.get(change["what"], _no_way)(Fraction(change["by"]), award, told)
        if words:
            ways.append(words)
            sure = sure and change.get("smallest", True)
    if not ways:
        return ""
    text = _("其他不变时，只要%(ways)s，即可立项") % {"ways": _("，或").join(ways)}
    return text if sure else text + _("（已重算核实，未必是最小的变动）")


def _less_cost(by: Fraction, award: Award, told: Figures) -> str:
    """Nothing where so little could not have been asked for."""
    rules, rest = told["rules"], award.proposal.asked - int(by)
    tier = next((tier for tier in rules.tiers if tier.key == told.get("tier")), None)
    least = max(rules.project_min or 0, (tier and tier.min) or 0)
    if rest < least:
        return ""
    return _("少申请%(by)s（申请%(rest)s）") % {"by": yuan(int(by)), "rest": yuan(rest)}


def _more_votes(by: Fraction, award: Award, told: Figures) -> str:
    return _("多得%(by)s票") % {"by": int(by)}


def _higher_mark(by: Fraction, award: Award, told: Figures) -> str:
    return _("评审分高%(by)s分") % {"by": figure(by)}


def _more_budget(by: Fraction, award: Award, told: Figures) -> str:
    return _("本轮总额多%(by)s") % {"by": yuan(int(by))}


def _no_way(by: Fraction, award: Award, told: Figures) -> str:
    return ""


WAYS: dict[str, Callable[[Fraction, Award, Figures], str]] = {
    "cost": _less_cost,
    "votes": _more_votes,
    "mark": _higher_mark,
    "budget": _more_budget,
}
