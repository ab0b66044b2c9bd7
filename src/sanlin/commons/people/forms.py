from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Estate, Home, Neighbourhood
from sanlin.ground.accounts.forms import PhoneField

from .models import Declined, Particulars, PostKind, Resident, Term
from .queries import find_home

OLDEST = date(1900, 1, 1)


class NameField(forms.CharField):
    """A person's name: one line, no controls, no spaces at its ends."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("姓名"))
        options.setdefault("max_length", 60)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", str(super().to_python(value)))
        if any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs"} for letter in text):
            raise forms.ValidationError(_("姓名里有看不见的字符，请重新输入"))
        return " ".join(text.split())


class IdentityField(forms.CharField):
    """A resident identity number of eighteen characters (GB 11643-1999), its check digit checked."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("身份证号"))
        options.setdefault("max_length", 30)
        options.setdefault("required", False)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        typed = unicodedata.normalize("NFKC", str(super().clean(value)))
        number = re.sub(r"\s", "", typed).upper()
        if number and not is_identity(number):
            raise forms.ValidationError(_("身份证号不对：应为18位，最后一位是校验位，请对照证件"))
        return number


def is_identity(number: str) -> bool:
    """Whether this is a well-formed identity number: a real birthday and the right check digit.

    >>> is_identity("11010519491231002X"), is_identity("110105194912310021")
    (True, False)
    """
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or birthday(number) is None:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def birthday(number: str) -> date | None:
    """The day of birth in an identity number; None where it is no day.

    >>> birthday("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


class SearchForm(forms.Form):
    term = forms.CharField(
        label=_("姓名，或完整的手机号、身份证号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class HomeForm(forms.Form):
    """Where in a neighbourhood somebody lives, in the words on the door; all of it may be left out."""

    estate = forms.ModelChoiceField(
        Estate.objects.none(), label=_("小区"), required=False, empty_label=_("请选择")
    )
    building = forms.CharField(label=_("楼号"), max_length=20, required=False)
    stair = forms.CharField(label=_("单元号"), max_length=20, required=False)
    room = forms.CharField(label=_("室号"), max_length=20, required=False)

    def __init__(self, *args: Any, place: Neighbourhood, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        estates = self.fields["estate"]
        estates.queryset = Estate.objects.filter(neighbourhood=place).order_by("name")  # type: ignore[attr-defined]

    def found_home(self) -> Home | None:
        """The home that was meant; adds an error where these words mean none."""
        told = self.cleaned_data
        words = {name: told.get(name) or "" for name in ("building", "stair", "room")}
        if not any(words.values()):
            return None
        estate = told.get("estate")
        home = find_home(self.place, estate=estate and estate.pk, **words)
        if home is None:
            self.add_error(
                "room",
                now_("没有找到这一户，或不止一户，请核对小区、楼号、单元号和室号；也可以先不填"),
            )
        return home


class ResidentForm(HomeForm):
    """What a committee writes down. Over a known resident, what is masked and left empty stays."""

    name = NameField()
    phone = PhoneField(required=False)
    drop_phone = forms.BooleanField(label=_("删去已登记的手机号"), required=False)
    born = day_field(_("出生日期"), required=False)
    identity = IdentityField()
    drop_identity = forms.BooleanField(label=_("删去已登记的身份证号"), required=False)
    field_order = ["name", "phone", "drop_phone", "born", "identity", "drop_identity"]

    def __init__(
        self,
        *args: Any,
        place: Neighbourhood,
        today: date,
        known: Resident | None = None,
        **kw: Any,
    ) -> None:
        if known is not None:
            kw["initial"] = _initial(known)
        super().__init__(*args, place=place, **kw)
        self.today, self.known = today, known
        for name, kept in (
            ("phone", known and known.account.phone),
            ("identity", known and known.identity),
        ):
            if kept:
                self.fields[name].help_text = now_("已登记 %(kept)s，不改请留空") % {"kept": kept}
            else:
                del self.fields[f"drop_{name}"]

    def clean_born(self) -> date | None:
        born: date | None = self.cleaned_data["born"]
        if born is not None and not OLDEST <= born <= self.today:
            raise forms.ValidationError(_("请核对出生日期"))
        return born

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        number = told.get("identity")
        if number and "born" in told:
            day = birthday(number)
            told["born"] = told["born"] or day
            if told["born"] != day:
                self.add_error("born", now_("出生日期与身份证号不一致"))
            elif day > self.today:
                self.add_error(
                    "identity", now_("身份证号不对：应为18位，最后一位是校验位，请对照证件")
                )
        told["home"] = self.found_home()
        return told

    def particulars(self) -> Particulars:
        """The clean values; raises KeyError before `is_valid`."""
        told = self.cleaned_data
        return Particulars(
            name=told["name"],
            born=told["born"],
            home=told["home"],
            phone="" if told.get("drop_phone") else told["phone"] or None,
            identity="" if told.get("drop_identity") else told["identity"] or None,
        )


def _initial(known: Resident) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": known.account.name, "born": known.born}
    if known.home is not None:
        stair = known.home.stair
        shown |= {
            "estate": stair.building.estate_id,
            "building": stair.building.number,
            "stair": stair.number,
            "room": known.home.room,
        }
    return shown


class RegisterForm(HomeForm):
    """A newcomer introduces herself; whoever is known already gives no name."""

    name = NameField(
        help_text=_("请写真实姓名，居委核实时要看。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name"]

    def __init__(self, *args: Any, place: Neighbourhood, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, place=place, **kwargs)
        if known:
            del self.fields["name"]
        if not self.fields["estate"].queryset.exists():  # type: ignore[attr-defined]
            for name in ("estate", "building", "stair", "room"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        told["home"] = self.found_home()
        return told


class ReasonForm(forms.Form):
    """Why something is looked at, or done for somebody."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=4,
        max_length=200,
        help_text=_("至少4个字，会记下来，本人在“我的账号”里能看到。"),
        error_messages={"min_length": _("请写明理由，至少4个字")},
    )


class LookForm(ReasonForm):
    field = forms.ChoiceField(
        label=_("要看什么"),
        choices=[("phone", _("手机号")), ("identity", _("身份证号"))],
        widget=forms.RadioSelect,
    )
    field_order = ["field", "reason"]


class ActForm(ReasonForm):
    present = forms.BooleanField(
        label=_("居民本人在场，并同意由我代办"),
        error_messages={"required": _("居民本人不在场时不能代办")},
    )
    field_order = ["reason", "present"]


class DeclineForm(forms.Form):
    why = forms.ChoiceField(
        label=_("为什么不予核实"),
        choices=Declined.choices,
        widget=forms.RadioSelect,
    )


class DayForm(forms.Form):
    """A day of an end: moving out, a post that is over."""

    day = day_field(_("日期"))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = label


class AppointForm(forms.Form):
    """Who gets a post, where, and from when to when."""

    place = forms.ChoiceField(label=_("任职地"))
    name = NameField()
    phone = PhoneField(help_text=_("本人用这个手机号收验证码登录。"))
    certificate = forms.CharField(label=_("证书编号"), max_length=40)
    since = day_field(_("任职日期"))
    until = day_field(_("卸任日期"), required=False, help_text=_("没有期限就留空。"))

    def __init__(self, *args: Any, kind: PostKind, places: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(place.pk): place for place in places}
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (pk, str(place)) for pk, place in self.places.items()
        ]
        if kind != PostKind.SOCIAL_WORKER:
            del self.fields["certificate"]

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since < OLDEST:
            raise forms.ValidationError(_("请核对任职日期"))
        return since

    def term(self) -> Term:
        """The clean dates and certificate; raises KeyError before `is_valid`."""
        told = self.cleaned_data
        return Term(told["since"], told["until"], told.get("certificate", ""))
