from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanlin.commons.people.models import Post, PostKind
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.kernel import scoring
from sanlin.kernel.packs import Rules

from .queries import named

LONGEST_TITLE = 120
MOST_NAMED = 8
SAID = 3  # of them in the sentence that asks for a number


class AppointForm(forms.Form):
    judge: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        None, label=_("评委"), empty_label=_("请选择")
    )

    def __init__(self, *args: Any, round: Round, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.on(local_day(now)).filter(kind=PostKind.JUDGE)
        here = posts.filter(street=round.street) | posts.filter(district=round.street.district_id)
        seated = round.seats.filter(left_at__isnull=True).values("account")
        rows = Account.objects.filter(pk__in=here.values("account")).exclude(pk__in=seated)
        self.fields["judge"].queryset = rows.order_by("name", "pk")  # type: ignore[attr-defined]


class RecuseForm(forms.Form):
    reason = forms.CharField(label=_("回避理由"), max_length=200, min_length=2)


class ProposalField(forms.CharField):
    """One of the round's admitted proposals, named by its number or by words of its title; the
    page offers some by request, so that a thousand cost no more than ten."""

    round: Round

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_TITLE, **kwargs)

    def belong_to(self, round: Round) -> None:
        """Ask among the proposals of this round."""
        where = reverse("reviews:named", args=[round.pk])
        self.round = round
        self.widget.attrs |= {
            "list": "named",
            "autocomplete": "off",
            "hx-get": where,
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#named",
            "hx-sync": "this:replace",
        }

    def clean(self, value: Any) -> Proposal | None:
        """The proposal; None where nothing was typed and nothing has to be."""
        text = super().clean(value)
        if not text:
            return None
        found = named(self.round, text, MOST_NAMED + 1)
        if not found:
            raise forms.ValidationError(
                gettext("没有这件提案：请填编号（例如 %(code)s）或标题里的字")
                % {"code": f"{self.round.year}-07"}
            )
        if len(found) > 1:
            shown = gettext("、").join(f"{one.code} {one.title}" for one in found[:SAID])
            more = gettext("等") if len(found) > SAID else ""
            raise forms.ValidationError(
                gettext("有几件都含这些字，请填编号：%(shown)s%(more)s")
                % {"shown": shown, "more": more}
            )
        return found[0]


class AboutForm(forms.Form):
    """About one of the round's proposals."""

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposal"].belong_to(round)  # type: ignore[attr-defined]


class ImposeForm(AboutForm, RecuseForm):
    proposal = ProposalField(label=_("提案"), help_text=_("填编号，或标题里的几个字。"))
    field_order = ("proposal", "reason")


class ConferForm(AboutForm):
    proposal = ProposalField(
        label=_("关于哪件提案"),
        required=False,
        help_text=_("填编号，或标题里的几个字；空着即为整轮的纪要。"),
    )
    minutes = forms.CharField(label=_("纪要"), max_length=4000, min_length=4, widget=forms.Textarea)


class SheetForm(forms.Form):
    """One field a criterion, whole or half marks; an empty one is a blank and not a zero."""

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = rules.criteria
        for criterion in rules.criteria:
            told = gettext("%(anchor)s（0–%(max)s分，可打半分；占%(weight)s%%）") % {
                "anchor": criterion.anchor,
                "max": criterion.max,
                "weight": f"{criterion.weight / 10:g}",
            }
            mark: Any = forms.CharField(
                label=criterion.name,
                help_text=told,
                required=False,
                max_length=8,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            mark.later = True  # a sheet may be saved half filled, and is sealed whole
            self.fields[criterion.key] = mark
        self.fields["comment"] = forms.CharField(
            label=_("评分理由"),
            help_text=_("写给团队看的意见，不署名。"),
            required=False,
            max_length=1000,
            widget=forms.Textarea,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for criterion in self.criteria:
            text = cleaned.get(criterion.key, "")
            cleaned[criterion.key] = self._mark(criterion.key, criterion.max, text)
        return cleaned

    def _mark(self, key: str, most: int, text: str) -> Fraction | None:
        try:
            mark = scoring.read_mark(text)
        except ValueError:
            mark = None
            self.add_error(
                key, gettext("请填0到%(max)s之间的整数或半分，例如 7 或 7.5") % {"max": most}
            )
        if mark is not None and not 0 <= mark <= most:
            self.add_error(
                key, gettext("请填0到%(max)s之间的整数或半分，例如 7 或 7.5") % {"max": most}
            )
        return mark

    def marks(self) -> dict[str, Fraction | None]:
        """The marks by criterion, blanks as None."""
        return {c.key: self.cleaned_data[c.key] for c in self.criteria}
