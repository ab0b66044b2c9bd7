"""The kit: the few parts that every page is made of. `/ui/` shows each in every state."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import segno
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.forms import BaseForm
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sanlin.kernel.money import yuan as in_yuan

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Whole fen as money: ¥12,000. A dash where there is no amount."""
    return "—" if fen is None else in_yuan(fen)


@register.filter
def day(value: date | datetime | None) -> str:
    """3月5日 (周三), with the year where it is not this one's page."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if get_language() == "en":
        return f"{value:%a} {value.day} {value:%b %Y}"
    week = "一二三四五六日"[value.weekday()]  # data: this branch speaks Chinese alone
    return f"{value.year}年{value.month}月{value.day}日 (周{week})"  # data


@register.filter
def moment(value: datetime | None) -> str:
    """3月5日 (周三) 10:32."""
    return "—" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


@register.simple_tag
def left(now: datetime, until: datetime | None) -> str:
    """还剩2天 / 还剩3小时 / 已截止."""
    if until is None:
        return ""
    rest = until - now
    if rest <= timedelta():
        return _("已截止")
    if rest >= timedelta(days=1):
        return ngettext("还剩%(n)s天", "还剩%(n)s天", rest.days) % {"n": rest.days}
    hours = max(1, -(-rest.seconds // 3600))
    return ngettext("还剩%(n)s小时", "还剩%(n)s小时", hours) % {"n": hours}


@register.simple_tag
def key() -> SafeString:
    """The hidden field that makes pressing a button twice do its deed once."""
    return format_html('<input type="hidden" name="key" value="{}">', secrets.token_hex(12))


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, help, what was wrong, and the input, tied together for whoever cannot see them."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single = isinstance(widget, CheckboxInput)
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {"class": "input"} if not (grouped or single) else {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    drawn = bound.as_widget(attrs=attrs)
    return {"field": bound, "grouped": grouped, "single": single, "drawn": drawn}


@register.inclusion_tag("ui/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """The summary on top: one line a fault, each a link to its field."""
    faults = [
        (form[name].auto_id if name in form.fields else "", form[name].label, text)
        for name, texts in form.errors.items()
        if name in form.fields
        for text in texts
    ]
    faults += [("", "", text) for text in form.non_field_errors()]
    return {"faults": faults}


@register.simple_tag
def button(words: str, kind: str = "primary", name: str = "", value: str = "") -> SafeString:
    """A button that submits its form; kind is primary, plain or danger."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html('<button class="button {}"{}>{}</button>', kind, named, words)


@register.simple_tag
def link_button(words: str, href: str, kind: str = "primary") -> SafeString:
    """A link that looks like what it is for: going on."""
    return format_html('<a class="button {}" href="{}">{}</a>', kind, href, words)


@register.simple_tag
def badge(words: str, kind: str = "plain") -> SafeString:
    """A state in words; kind colours it: done, waiting, wrong, now or plain."""
    return format_html('<span class="badge {}">{}</span>', kind, words)


@register.inclusion_tag("ui/cell.html")
def cell(
    title: str,
    href: str = "",
    note: str = "",
    value: str = "",
    kind: str = "plain",
    state: str = "",
) -> dict[str, str]:
    """One line of a list: what it is, a note below, a state or figure at its end."""
    return {
        "title": title,
        "href": href,
        "note": note,
        "value": value,
        "kind": kind,
        "state": state,
    }


@register.simple_block_tag
def cells(content: str, title: str = "") -> SafeString:
    """A list of cells under a small heading."""
    head = format_html('<h2 class="cells-title">{}</h2>', title) if title else ""
    return format_html('{}<div class="cells">{}</div>', head, mark_safe(content))


@register.simple_block_tag
def card(content: str, title: str = "") -> SafeString:
    """One thing in a frame of its own."""
    head = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="card">{}{}</section>', head, mark_safe(content))


@register.simple_block_tag
def alert(content: str, kind: str = "plain", title: str = "") -> SafeString:
    """A sentence that must be seen: done, waiting, wrong or plain."""
    head = format_html("<strong>{}</strong> ", title) if title else ""
    role = "alert" if kind == "wrong" else "status"
    return format_html(
        '<div class="alert {}" role="{}">{}{}</div>', kind, role, head, mark_safe(content)
    )


@register.simple_block_tag
def empty(content: str) -> SafeString:
    """Why there is nothing here, and what to do."""
    return format_html('<p class="empty">{}</p>', mark_safe(content))


@register.inclusion_tag("ui/stages.html")
def stages(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The vertical line of a round. A step: label, state (past, now, later), dates, words, href."""
    return {"steps": steps}


@register.inclusion_tag("ui/figures.html")
def figures(items: list[tuple[str, str]]) -> dict[str, Any]:
    """A strip of (words, figure)."""
    return {"items": items}


@register.inclusion_tag("ui/bars.html")
def bars(rows: list[tuple[str, int, str]], caption: str) -> dict[str, Any]:
    """Zero-based bars, each labelled with its figure, drawn as SVG: rows of (label, size, figure)."""
    most = max((size for _label, size, _figure in rows), default=0) or 1
    drawn = [
        {"label": label, "figure": figure, "width": size * 300 // most, "y": i * 28}
        for i, (label, size, figure) in enumerate(rows)
    ]
    return {"rows": drawn, "caption": caption, "height": len(rows) * 28}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Page x of y, keeping the rest of the address."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "query": query.urlencode()}


@register.simple_tag
def qr(text: str, words: str) -> SafeString:
    """A QR code as inline SVG, with its words for whoever cannot see it."""
    drawing = segno.make(text, error="m").svg_inline(scale=4, border=2, title=words)
    return format_html(
        '<figure class="qr">{}<figcaption>{}</figcaption></figure>', mark_safe(drawing), words
    )
