from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanlin.commons.people.models import Post, PostKind
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.kernel import scoring
from sanlin.kernel.packs import Rules


class AppointForm(forms.Form):
    judge: forms.ModelChoiceField[Account] = forms.ModelChoiceField(None, label=_("评委"))

    def __init__(self, *args: Any, round: Round, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.on(local_day(now)).filter(kind=PostKind.JUDGE)
        here = posts.filter(street=round.street) | posts.filter(district=round.street.district_id)
        seated = round.seats.filter(left_at__isnull=True).values("account")
        rows = Account.objects.filter(pk__in=here.values("account")).exclude(pk__in=seated)
        self.fields["judge"].queryset = rows.order_by("name", "pk")  # type: ignore[attr-defined]


class RecuseForm(forms.Form):
    reason = forms.CharField(label=_("回避理由"), max_length=200, min_length=2)


class AboutForm(forms.Form):
    """About one of the round's `proposals`, which whoever draws the form has read already."""

    def __init__(
        self, *args: Any, round: Round, proposals: Iterable[Proposal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["proposal"]
        field.queryset = admitted(round)
        field.choices = [("", field.empty_label), *((one.pk, str(one)) for one in proposals)]


class ImposeForm(AboutForm, RecuseForm):
    proposal: forms.ModelChoiceField[Proposal] = forms.ModelChoiceField(None, label=_("提案"))
    field_order = ("proposal", "reason")


class ConferForm(AboutForm):
    proposal: forms.ModelChoiceField[Proposal] = forms.ModelChoiceField(
        None, label=_("关于哪件提案"), required=False, help_text=_("不选即为整轮的纪要。")
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
            self.fields[criterion.key] = forms.CharField(
                label=criterion.name,
                help_text=told,
                required=False,
                max_length=8,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
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
