from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.ground.ui.fields import FenField
from sanlin.kernel.allocation import Floor, TierLimit

from .queries import Base, Trial, of_case
from .queries.trial import completions, possible, utilities

MOST_PERCENT, STEP = 300, 5
KNOBS = ("_places", "_money", "_cap", "_least")  # of a tier; the first three as TierLimit has them


def _cap(label: Any) -> FenField:
    """An amount in yuan, or nothing for no limit."""
    return FenField(label=label, required=False, zero=True)


def _range(low: int, high: int, step: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"type": "range", "min": low, "max": high, "step": step})


def _whole(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=10**6, required=False, **kwargs)


class TrialForm(forms.Form):
    """The knobs, set as the round has them; what an address does not name stays as it is."""

    method = forms.ChoiceField(label=gettext_lazy("立项依据"))
    utility = forms.ChoiceField(label=gettext_lazy("满意度怎样算"))
    completion = forms.ChoiceField(label=gettext_lazy("余款怎样补"))
    rule = forms.ChoiceField(
        label=gettext_lazy("资金不足时"),
        choices=[
            ("skip", gettext_lazy("跳过放不下的")),
            ("stop", gettext_lazy("放不下即停止")),
            ("topup", gettext_lazy("最后一项差两成以内则补足")),
        ],
    )
    expert = forms.IntegerField(
        label=gettext_lazy("评审权重"), min_value=0, max_value=100, widget=_range(0, 100, 1)
    )
    normaliser = forms.ChoiceField(
        label=gettext_lazy("得票折算"),
        choices=[
            ("share_of_ballots", gettext_lazy("得票占有效选票之比")),
            ("share_of_leader", gettext_lazy("得票与最高票之比")),
            ("min_max", gettext_lazy("从最低票到最高票按比例")),
            ("rank", gettext_lazy("按名次")),
        ],
    )
    onsite = forms.ChoiceField(label=gettext_lazy("公众部分中纸质票的权重"), required=False)
    pairs = forms.ChoiceField(
        label=gettext_lazy("互斥项目和前提项目"),
        choices=[("yes", gettext_lazy("照本轮指定的")), ("no", gettext_lazy("都不计"))],
    )
    budget = forms.IntegerField(
        label=gettext_lazy("本轮总额"),
        min_value=0,
        max_value=MOST_PERCENT,
        widget=_range(0, MOST_PERCENT, STEP),
    )
    project_cap = _cap(gettext_lazy("单项上限（元）"))
    community_cap = _cap(gettext_lazy("单个社区上限（元）"))
    team_cap = _cap(gettext_lazy("单个团队上限（元）"))
    min_score = _whole(label=gettext_lazy("入围最低分"))
    min_votes = _whole(label=gettext_lazy("入围最低票数"))
    one_per_team = forms.ChoiceField(
        label=gettext_lazy("每个团队至多立一项"),
        choices=[("no", gettext_lazy("否")), ("yes", gettext_lazy("是"))],
    )

    def __init__(self, given: Mapping[str, str], base: Base) -> None:
        own = of_case(base.case)
        begin = _begin(own)
        worth = [key for key, _words in utilities(base.case, base.box)]
        filled = completions(base.case, base.box)
        if own.completion not in dict(filled):
            begin["completion"] = "utilitarian"
        if worth and own.utility not in worth:
            begin["utility"] = worth[0]
        known = {name: given.get(name, value) for name, value in begin.items()}
        super().__init__(known, auto_id="id_%s")
        self.base = base
        methods = possible(base.case, base.box)
        self.fields["completion"].choices = filled  # type: ignore[attr-defined]
        self.fields["utility"].choices = utilities(base.case, base.box)  # type: ignore[attr-defined]
        self.fields["method"].choices = [(it.key, it.words()) for it in methods]  # type: ignore[attr-defined]
        keys = {it.key for it in methods}
        self._leave_out(own, keys)
        self._add_tiers(own)

    def _leave_out(self, own: Trial, keys: set[str]) -> None:
        """Take away the knobs of what this round does not have."""
        base = self.base
        if "blend" not in keys:
            del self.fields["expert"], self.fields["normaliser"]
        if "blend" not in keys or base.paper is None:
            del self.fields["onsite"]
        else:
            self.fields["onsite"].choices = _weights(own.onsite)  # type: ignore[attr-defined]
        if not (base.case.limits.exclusive or base.case.limits.requires):
            del self.fields["pairs"]
        if not any(bid.score is not None for bid in base.case.bids):
            del self.fields["min_score"]
        if base.box is None:
            del self.fields["min_votes"], self.fields["completion"]

    def _add_tiers(self, own: Trial) -> None:
        """The knobs of every tier."""
        base = self.base
        for tier in own.tiers:
            named = base.tiers.get(tier.key, tier.key)
            self.fields[f"{tier.key}_places"] = _whole(label=_("%(tier)s名额") % {"tier": named})
            self.fields[f"{tier.key}_money"] = _cap(_("%(tier)s总额（元）") % {"tier": named})
            self.fields[f"{tier.key}_cap"] = _cap(_("%(tier)s单项上限（元）") % {"tier": named})
            self.fields[f"{tier.key}_least"] = _whole(
                label=_("%(tier)s至少立几项") % {"tier": named}
            )

    def tier_fields(self) -> list[Any]:
        """The fields of tiers, in their order."""
        names = [f"{tier.key}{knob}" for tier in self.base.case.limits.tiers for knob in KNOBS]
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        least = any(told.get(f"{tier.key}_least") for tier in self.base.case.limits.tiers)
        others = any(floor.kind != "tier" for floor in self.base.case.limits.floors)
        if (least or others) and told.get("rule") not in {None, "skip"}:
            self.add_error("rule", _("有保底的时候，放不下的只能跳过"))
        return told

    def trial(self) -> Trial:
        """The knobs as they were set; the form has to be valid."""
        own, told = of_case(self.base.case), self.cleaned_data
        welfare = told["method"] == "welfare"
        floored = {it.name: it.money for it in own.floors if it.kind == "tier"}
        percent = told.get("expert", own.expert // 10)
        return Trial(
            method=told["method"],
            utility=told["utility"] if told["utility"] != "score" or welfare else "cost",
            completion=told.get("completion", own.completion),
            rule=told["rule"],
            expert=own.expert if percent == own.expert // 10 else percent * 10,
            normaliser=told.get("normaliser", own.normaliser),
            budget=own.budget * told["budget"] // 100,
            project_cap=told["project_cap"],
            community_cap=told["community_cap"],
            team_cap=told["team_cap"],
            min_votes=told.get("min_votes", own.min_votes),
            min_score=told.get("min_score", own.min_score),
            one_per_team=told["one_per_team"] == "yes",
            onsite=int(told["onsite"]) if told.get("onsite") else None,
            pairs=told.get("pairs") != "no",
            tiers=tuple(
                TierLimit(tier.key, *(told[f"{tier.key}{knob}"] for knob in KNOBS[:3]))
                for tier in own.tiers
            ),
            floors=(
                *(
                    Floor(
                        "tier", tier.key, told[f"{tier.key}_least"] or 0, floored.get(tier.key, 0)
                    )
                    for tier in own.tiers
                    if told[f"{tier.key}_least"] or floored.get(tier.key)
                ),
                *(floor for floor in own.floors if floor.kind != "tier"),
            ),
        )


def _weights(own: int | None) -> list[tuple[str, str]]:
    """What ballots on paper may weigh: nothing of their own, tenths, and what the round has."""
    tenths = sorted({*range(0, 1001, 100), *([] if own is None else [own])})
    return [("", _("同网上票合并计算")), *((str(it), f"{it // 10}%") for it in tenths)]


def _begin(own: Trial) -> dict[str, str]:
    """What every knob says before anybody touches it."""
    begin = {
        "method": own.method,
        "utility": own.utility,
        "completion": own.completion,
        "rule": own.rule if own.rule != "threshold" else "skip",
        "expert": str(own.expert // 10),
        "normaliser": own.normaliser,
        "onsite": "" if own.onsite is None else str(own.onsite),
        "pairs": "yes",
        "budget": "100",
        "project_cap": _yuan(own.project_cap),
        "community_cap": _yuan(own.community_cap),
        "team_cap": _yuan(own.team_cap),
        "min_votes": "" if own.min_votes is None else str(own.min_votes),
        "min_score": "" if own.min_score is None else str(own.min_score),
        "one_per_team": "yes" if own.one_per_team else "no",
    }
    for tier in own.tiers:
        begin[f"{tier.key}_places"] = "" if tier.places is None else str(tier.places)
        begin[f"{tier.key}_money"] = _yuan(tier.money)
        begin[f"{tier.key}_cap"] = _yuan(tier.cap)
        least = [it.projects for it in own.floors if (it.kind, it.name) == ("tier", tier.key)]
        begin[f"{tier.key}_least"] = str(least[0]) if least and least[0] else ""
    return begin


def _yuan(amount: int | None) -> str:
    """Fen as one types yuan."""
    if amount is None:
        return ""
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
