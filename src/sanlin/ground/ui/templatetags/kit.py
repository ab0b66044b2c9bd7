"""The kit: the few parts that every page is made of. `/ui/` shows each in every state."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import segno
from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.forms import BaseForm
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sanlin.ground.ui import charts, icons, words
from sanlin.ground.verdict import Verdict
from sanlin.kernel.money import yuan as in_yuan
from sanlin.kernel.reason import written

register = template.Library()


# --- figures and dates ---------------------------------------------------------------------------


@register.simple_tag
def colon() -> str:
    """Between a name and what is said of it, as the page's language writes it."""
    return _("：")


@register.simple_tag
def comma() -> str:
    """Between two of several, as the page's language writes it."""
    return _("、")


@register.filter
def listed(several: Iterable[Any]) -> str:
    """Several in one line."""
    return _("、").join(str(one) for one in several)


@register.filter
def yuan(fen: int | None) -> str:
    """Whole fen as money: ¥12,000. A dash where there is no amount."""
    return "—" if fen is None else in_yuan(fen)


@register.filter
def day(value: date | datetime | None, full: str = "") -> str:
    """3月5日 (周三), with the year where it is not this one; `|day:"full"` always has it, and
    `|day:"born"` has the year and no weekday."""
    if full == "born" and value:
        return words.short_day(value, year=True)
    return words.day(value, full=bool(full))


@register.filter
def month(value: date) -> str:
    """2024年3月."""
    return words.month(value)


@register.filter
def moment(value: datetime | None, full: str = "") -> str:
    """3月5日 (周三) 10:32; `|moment:"full"` with the year."""
    return words.moment(value, full=bool(full))


@register.simple_tag(takes_context=True)
def dates(context: Context, opens: date | None, closes: date | None) -> str:
    """3月5日–3月11日 还剩2天: a window, and what is left of it while it is open."""
    written, now = words.span(opens, closes), context.get("now")
    running = (
        isinstance(now, datetime)
        and isinstance(closes, datetime)
        and (not isinstance(opens, datetime) or opens <= now)
    )
    gap = ", " if words.english() else " "
    return f"{written}{gap}{words.left(now, closes)}" if running else written  # type: ignore[arg-type]


@register.simple_tag
def left(now: datetime, until: datetime | None) -> str:
    """还剩2天 / 还剩3小时 / 已截止."""
    return words.left(now, until)


# --- asking --------------------------------------------------------------------------------------


DASHES = "---------"  # what Django writes for nothing chosen


@register.simple_tag
def key() -> SafeString:
    """The hidden field that makes pressing a button twice do its deed once."""
    return format_html('<input type="hidden" name="key" value="{}">', secrets.token_hex(12))


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, help, what was wrong, and the input, tied together for whoever cannot see them. A list to
    choose from that says nothing of its own for nothing chosen says so in words. A field with `later`
    may be saved empty but is asked for in the end: it is not called optional."""
    widget = bound.field.widget
    if getattr(bound.field, "empty_label", None) == DASHES:
        bound.field.empty_label = _("请选择") if bound.field.required else _("不选")  # type: ignore[attr-defined]  # it has one
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
    optional = not (bound.field.required or getattr(bound.field, "later", False))
    return {
        "field": bound,
        "grouped": grouped,
        "single": single,
        "drawn": drawn,
        "optional": optional,
    }


@register.inclusion_tag("ui/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """The summary on top: one line a fault, each a link to its field."""
    faults = [
        (form[name].id_for_label or form[name].auto_id, form[name].label, text)
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
def verb(words: str, verdict: Verdict, kind: str = "primary") -> SafeString:
    """A button as its rule sees it: ready, or greyed with the rule's sentence below."""
    if verdict:
        return button(words, kind)
    return format_html(
        '<button class="button {}" disabled>{}</button><p class="quiet">{}</p>',
        kind,
        words,
        verdict.reason,
    )


@register.simple_tag
def link_button(words: str, href: str, kind: str = "primary") -> SafeString:
    """A link that looks like what it is for: going on."""
    return format_html('<a class="button {}" href="{}">{}</a>', kind, href, words)


@register.simple_tag(takes_context=True)
def papers(context: Context, thing: Any) -> SafeString:
    """Buttons to the papers that the reader may take of a thing; nothing where there are none."""
    find = import_string(settings.PAPERS)
    found = find(context["by"], thing, now=context["now"]) if context.get("by") else []
    return format_html_join(
        " ", '<a class="button plain" href="{}">{}</a>', ((href, words) for href, words in found)
    )


@register.inclusion_tag("ui/confirm.html")
def confirm(
    what: str | Sequence[str], whom: str | Sequence[str] = "", published: str | Sequence[str] = ""
) -> dict[str, Any]:
    """Before what cannot be undone: what will happen, to whom, what will be published.

    Each is a sentence or several. Where nothing is published the part says so itself.
    """

    def several(said: str | Sequence[str]) -> list[str]:
        return ([said] if said else []) if isinstance(said, str) else list(said)

    return {"what": several(what), "whom": several(whom), "published": several(published)}


# --- saying --------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the sprite; write its word beside it. Raises KeyError for an unknown name."""
    return icons.draw(name)


@register.simple_tag
def badge(words: str, kind: str = "plain") -> SafeString:
    """A state in words; kind colours it: done, waiting, wrong, now or plain."""
    return format_html('<span class="badge {}">{}</span>', kind, words)


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


@register.inclusion_tag("ui/progress.html")
def progress(done: int, of: int, words: str) -> dict[str, Any]:
    """How far something is, in words with numbers and a line: 3 of 5."""
    return {"words": words, "done": done, "of": of, "length": done * charts.FULL // max(of, 1)}


# --- showing -------------------------------------------------------------------------------------


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
def stick(content: str) -> SafeString:
    """The bar that stays at the bottom of a phone: what is chosen, and the next step."""
    return format_html('<div class="stick">{}</div>', mark_safe(content))


@register.simple_tag
def facts(items: Sequence[tuple[str, Any]]) -> SafeString:
    """Pairs of (words, value), one a line."""
    lines = format_html_join("", "<dt>{}</dt><dd>{}</dd>", items)
    return format_html('<dl class="facts">{}</dl>', lines)


@register.inclusion_tag("ui/stages.html")
def stages(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The vertical line of a round.

    A step has label, state (past, now, later) and may have dates, words, href, and for the verb
    that one can do now: verb_words and verb_href.
    """
    return {"steps": steps}


@register.simple_tag
def back(href: str, words: str) -> SafeString:
    """The way up, above the heading: the block `crumbs` is its place."""
    return format_html(
        '<nav class="crumbs" aria-label="{}"><a href="{}">‹ {}</a></nav>', _("上一级"), href, words
    )


@register.simple_tag(takes_context=True)
def up(context: Context, thing: Any) -> SafeString:
    """The way up to the page of a thing that lies in a higher room: the frame knows where it is."""
    where: Callable[[Any, Any], str] = import_string(settings.UP)
    return back(where(context["request"], thing), str(thing))


@register.simple_tag
def qr(text: str, words: str) -> SafeString:
    """A QR code as inline SVG, with its words for whoever cannot see it."""
    drawing = segno.make(text, error="m").svg_inline(border=2, omitsize=True, title=words)
    return format_html(
        '<figure class="qr">{}<figcaption>{}</figcaption></figure>', mark_safe(drawing), words
    )


@register.inclusion_tag("ui/paper.html")
def paper(number: str, day: date | datetime | None, code: str = "") -> dict[str, Any]:
    """The head of what is printed: number, date, root code. The printer adds page x of y."""
    return {"number": number, "day": day, "code": code}


# --- counting ------------------------------------------------------------------------------------


@register.inclusion_tag("ui/figures.html")
def figures(items: list[tuple[str, str]]) -> dict[str, Any]:
    """A strip of (words, figure)."""
    return {"items": items}


@register.inclusion_tag("ui/bars.html")
def bars(rows: Sequence[tuple[str, int, str]], caption: str, whole: int = 0) -> dict[str, Any]:
    """Zero-based bars, each labelled with its figure: rows of (label, size, figure).

    A bar of the size `whole` is full (a mark of its best, a share of 100); without it the largest
    is. It is a table to whoever reads it, and a chart to whoever sees it.
    """
    return {"rows": charts.lengths(rows, whole), "caption": caption, "full": charts.FULL}


@register.inclusion_tag("ui/strip.html")
def strip(asked: int, approved: int, paid: int, caption: str, over: bool = False) -> dict[str, Any]:
    """A round's money in one strip, in fen: asked, of that approved, of that paid, and left; of a
    round that is `over`, what was used in the end, and what came back or was not paid."""
    return {
        "over": over,
        "strip": charts.Strip(asked, approved, paid),
        "caption": caption,
        "full": charts.FULL,
    }


@register.inclusion_tag("ui/heat.html")
def heat(grid: charts.Heat, caption: str, corner: str, money: bool = False) -> dict[str, Any]:
    """A table of whole numbers, darker where there is more, with its sums."""
    return {"grid": grid, "caption": caption, "corner": corner, "money": money}


@register.inclusion_tag("ui/pairs.html")
def pairs(
    rows: Sequence[tuple[str, int, int, str, str]], caption: str, first: str, second: str
) -> dict[str, Any]:
    """Two bars a line on one scale, before and after: rows of (label, size, size, figure, figure)."""
    made = charts.pairs(rows)
    return {"rows": made, "caption": caption, "first": first, "second": second, "full": charts.FULL}


@register.inclusion_tag("ui/stacks.html")
def stacks(rows: Sequence[charts.Stack], caption: str) -> dict[str, Any]:
    """Bars made of pieces, the longest pieces named below: what `charts.stacks` made."""
    return {"rows": rows, "caption": caption, "full": charts.FULL}


@register.inclusion_tag("ui/path.html")
def path(rows: Sequence[charts.Stride], caption: str) -> dict[str, Any]:
    """A count step by step: what was left, what each took of it, what did not fit."""
    return {"rows": rows, "caption": caption, "full": charts.FULL}


@register.inclusion_tag("ui/overlap.html")
def overlap(grid: charts.Overlap, caption: str) -> dict[str, Any]:
    """How much sets have in common, each with each."""
    return {"grid": grid, "caption": caption}


@register.inclusion_tag("ui/table.html", takes_context=True)
def table(context: Context, listing: Any) -> dict[str, Any]:
    """A staff list that `ui.tables.Table` has read: sieve, sort, pick, pages, keys, Excel."""
    return {
        "listing": listing,
        "csrf_token": context.get("csrf_token"),
        "request": listing.request,
    }


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Page x of y, keeping the rest of the address."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "query": query.urlencode()}


@register.simple_tag
def htmx() -> SafeString:
    """htmx, for the block `head` of the few pages where it saves a wait."""
    return format_html(
        '<meta name="htmx-config" content="{}"><script src="{}" defer></script>',
        '{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}',
        static("django_htmx/htmx-2.min.js"),
    )


@register.filter
def last_day(closes: datetime | None) -> str:
    """The last day that a window is open: one that closes at midnight ends on the day before."""
    return "—" if closes is None else day(closes - timedelta(seconds=1))


@register.filter
def mark(value: Fraction | str | None) -> str:
    """A mark with at most two decimals."""
    return written(value)
