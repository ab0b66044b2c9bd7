from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sanlin.ground.office import word

from .models import Kind
from .queries.word.fields import SPECS, sample


class TemplateForm(forms.Form):
    """A street's own template, looked at and filled once with made-up values; clean `body` is bytes."""

    kind = forms.ChoiceField(label=_("文书"), choices=Kind.choices)
    file = forms.FileField(
        label=_("Word模板（.docx）"),
        help_text=_("在本系统的模板上改最省事：先下载，改好文字和格式，双花括号里的字段不要改。"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(
        label=_("说明"), max_length=60, required=False, help_text=_("例如：按2024年新办法修改")
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        sent, kind = said.get("file"), said.get("kind")
        if isinstance(sent, UploadedFile) and kind:
            raw = sent.read(word.MOST_BYTES + 1)
            try:
                word.look_at(raw, SPECS[kind])
                word.filled(raw, sample(SPECS[kind]), sent=True)
            except word.BadTemplate as bad:
                self.add_error("file", str(bad))
            said["body"] = raw
        return said
