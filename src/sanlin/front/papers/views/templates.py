"""A street's own Word templates: the house's to begin with, upload, versions, back to the house's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanlin.commons.places.models import Street
from sanlin.front.papers import actions, rules
from sanlin.front.papers.forms import TemplateForm
from sanlin.front.papers.models import Kind, Template
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

from .papers import DOCX


@gate(rules.can_keep_templates, Street)
def templates(request: Request, street: Street) -> HttpResponse:
    """Which template each kind of paper uses, and a form for one's own."""
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(
            request, form, actions.add_template, street, said["kind"], said["body"], said["note"]
        ):
            messages.success(request, _("模板已启用，以后的文书用它"))
            return redirect("papers:templates", pk=street.pk)
    rows = list(Template.objects.filter(street=street).select_related("by").defer("body"))
    page = {
        "street": street,
        "form": form,
        "kinds": [_kind(kind, rows) for kind in Kind],
    }
    return render(request, "papers/templates.html", page)


def _kind(kind: Kind, rows: list[Template]) -> dict[str, Any]:
    from sanlin.front.papers.queries.word.fields import SPECS, names  # noqa: PLC0415

    own = [row for row in rows if row.kind == kind]
    return {
        "kind": kind,
        "used": next((row for row in own if row.withdrawn_at is None), None),
        "rows": own,
        "fields": names(SPECS[kind]),
    }


@gate(rules.can_keep_templates, Street)
@require_safe
def house(request: Request, street: Street, kind: str) -> HttpResponse:
    """The house's own template, to be changed in Word."""
    if kind not in Kind.values:
        raise Http404
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    return _file(word.house(kind), kind)


@gate(rules.can_see_template, Template, having=("street",))
@require_safe
def template(request: Request, template: Template) -> HttpResponse:
    """A street's template as it was sent."""
    return _file(bytes(template.body), f"{template.kind}-{template.version}")


def _file(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@gate(rules.can_see_template, Template, having=("street",))
@require_POST
def withdraw(request: Request, template: Template) -> HttpResponse:
    """Use it no more."""
    where = reverse("papers:templates", args=[template.street_id])
    return press(request, where, _("已停用，改用上一份模板"), actions.withdraw_template, template)
