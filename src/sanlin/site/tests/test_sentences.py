"""Every form of the house says what is wrong in the house's own words."""

import sys

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils.translation import override

NEVER = {"contradiction"}  # needs a file that one may clear away: no form of ours has one


def fields():
    """(form.field, field) of every form that some page imports."""
    assert get_resolver().url_patterns
    for name, module in sorted(sys.modules.items()):
        if name.startswith("sanlin.") and ".tests" not in name:
            for form in vars(module).values():
                if isinstance(form, type) and issubclass(form, forms.BaseForm):
                    for label, field in getattr(form, "base_fields", {}).items():
                        yield f"{form.__name__}.{label}", field


def test_no_field_of_any_form_speaks_the_frameworks_words():
    found = list(fields())
    assert len(found) > 150
    with override("zh-hans"):
        spoken = {
            f"{where}.{code}: {sentence}"
            for where, field in found
            for code, sentence in field.error_messages.items()
            if code not in NEVER
            and any(mark in str(sentence) for mark in ("字段", "输入", "提交", "有效的"))
        }
    assert spoken == set()


@pytest.mark.parametrize(
    ("field", "typed", "chinese", "english"),
    [
        (forms.CharField(), "", "请填写这一项", "Please fill this in"),
        (
            forms.CharField(max_length=2),
            "三个字",
            "最多2个字，现在有3个",
            "At most 2 characters; there are 3 now",
        ),
        (
            forms.CharField(min_length=2),
            "一",
            "至少2个字，现在有1个",
            "At least 2 characters; there are 1 now",
        ),
        (forms.BooleanField(), "", "请先勾选这一项", "Please tick this first"),
        (forms.ChoiceField(choices=["a"]), "", "请选一项", "Please choose one"),
        (
            forms.ChoiceField(),
            "x",
            "这里没有您选的这一项，请重新选",
            "What you chose is not among these; please choose again",
        ),
        (forms.MultipleChoiceField(), [], "请至少选一项", "Please choose at least one"),
        (
            forms.IntegerField(),
            "1.5",
            "请填整数，例如 12",
            "Please write a whole number, such as 12",
        ),
        (forms.IntegerField(max_value=9), "10", "不能大于9", "Not more than 9"),
        (
            forms.DateField(),
            "2024-02-30",
            "没有这一天；请按年-月-日填写，例如 2024-05-20",
            "There is no such day; write year-month-day, such as 2024-05-20",
        ),
        (forms.FileField(), None, "请选一个文件", "Please choose a file"),
    ],
)
def test_what_was_typed_wrong_is_said_in_the_readers_language(field, typed, chinese, english):
    for language, sentence in (("zh-hans", chinese), ("en", english)):
        with override(language):
            with pytest.raises(ValidationError) as no:
                field.clean(typed)
            assert no.value.messages == [sentence]
