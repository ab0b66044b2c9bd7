from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.ballots.queries import Draft, Line
from sanlin.ground.accounts.models import Account
from sanlin.ground.keys import plain_passphrase
from sanlin.ground.pii import mark
from sanlin.kernel.ballots.form import OPINIONS, Form

MOVES = ("add", "drop", "up", "down", "more", "less", *OPINIONS)


def read_move(posted: Any) -> tuple[str, int] | None:
    """The button of the ballot that was pressed, and its proposal; None where none was."""
    for verb in MOVES:
        text = posted.get(verb, "")
        if text.isascii() and text.isdigit() and len(text) < 19:
            return verb, int(text)
    return None


def moved(draft: Draft, verb: str, key: int, form: Form) -> Draft:
    """The draft after one press. A press that means nothing here changes nothing.

    >>> moved({7: 1, 8: 1}, "up", 8, Form("rank", most=3))
    {8: 1, 7: 1}
    >>> moved({7: 2}, "less", 7, Form("points", points=5))
    {7: 1}
    >>> moved({7: 2}, "support", 7, Form("stance", may=("support", "against")))
    {7: 1}
    """
    if form.kind == "stance":
        said = {k: o for k, o in draft.items() if k != key}
        return said if verb not in form.may else {**said, key: OPINIONS[verb]}
    if verb in OPINIONS:
        return dict(draft)
    if verb == "add":
        return {**draft, key: draft.get(key, 1)}
    if key not in draft:
        return dict(draft)
    if verb in ("up", "down"):
        return _shifted(draft, key, -1 if verb == "up" else 1)
    points = 0 if verb == "drop" else draft[key]
    if form.kind == "points":
        points += {"more": 1, "less": -1}.get(verb, 0)
    return {k: points if k == key else p for k, p in draft.items() if k != key or points > 0}


def _shifted(draft: Draft, key: int, step: int) -> Draft:
    keys = list(draft)
    at = keys.index(key)
    to = at + step
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
    return {key: draft[key] for key in keys}


class ReasonForm(forms.Form):
    """Why something is done to the roll; it is shown to whom it concerns."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=2,
        max_length=200,
        help_text=_("本人可以看到这条理由；请不要写证件号和电话。"),
    )


class VoidForm(forms.Form):
    """Why a vote is given up; whoever voted reads it."""

    reason = forms.CharField(
        label=_("作废的理由"),
        min_length=10,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("向全体居民公开：口令怎样丢的、怎样找过。请不要写姓名、证件号和电话。"),
    )


class PassphraseForm(forms.Form):
    """A passphrase, as a keeper reads it from paper. It is never shown again."""

    passphrase = forms.CharField(
        label=_("口令"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("不分大小写，空格和短横不计。"),
    )


class NewPassphraseForm(PassphraseForm):
    """A new passphrase twice, and that its keeper has understood what losing it means."""

    again = forms.CharField(
        label=_("再输一遍"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    sure = forms.BooleanField(
        label=_("我已把口令写在纸上封好。我明白：系统不保存口令，谁都不能找回"),
        error_messages={"required": _("请先写下口令，再勾选确认")},
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        one, two = told.get("passphrase"), told.get("again")
        if one and two and plain_passphrase(one) != plain_passphrase(two):
            self.add_error("again", _now("两遍口令不一样"))
        return told


class WhoForm(forms.Form):
    """A person by her phone or her sign-in name."""

    who = forms.CharField(
        label=_("手机号或登录名"),
        max_length=60,
        help_text=_("请填本人登记的完整手机号；没有手机号的填登录名。"),
    )

    def clean_who(self) -> Account:
        return find_account(self.cleaned_data["who"].strip())


class MandateForm(WhoForm):
    """Whom a voter asks, and that she does so of her own will."""

    who = forms.CharField(
        label=_("亲友的手机号或登录名"),
        max_length=60,
        help_text=_("请填亲友登记的完整手机号；没有手机号的填登录名。"),
    )
    sure = forms.BooleanField(
        label=_("本人自愿请这位亲友在本轮代投一票，截止时自动失效，随时可以取消"),
        error_messages={"required": _("请本人确认自愿，再勾选")},
    )


def find_account(text: str) -> Account:
    """Whom a whole phone number or a sign-in name stands for; raises ValidationError."""
    accounts = Account.objects.filter(is_active=True)
    found = accounts.filter(phone_mark=mark(text)).first() or accounts.filter(username=text).first()
    if found is None:
        raise forms.ValidationError(_now("没有找到这个人；请核对号码，或先到“居民”里登记并核实"))
    return found


class AddForm(WhoForm, ReasonForm):
    """Whom to put on the roll after it was fixed."""

    field_order = ["who", "reason"]


# --- paper after the close ------------------------------------------------------------------------


class BatchForm(forms.Form):
    """How many sheets lie in a stack."""

    sheets = forms.IntegerField(label=_("张数"), min_value=1, max_value=500)


class ExplainForm(forms.Form):
    """Why box and batches differ; published."""

    reason = forms.CharField(
        label=_("差异的原因"),
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公开。请写清经过，不要写姓名、电话和证件号。"),
    )


def read_marks(posted: Any, lines: Iterable[Line]) -> dict[int, int]:
    """The marks of a sheet as its form was filled in; what is no number is no mark."""
    found = {}
    for line in lines:
        text = posted.get(line.name, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 7 and int(text):
            found[line.key] = int(text)
    return found
