"""Wrong types, wrong sizes, wrong encodings and wrong files, put into every form of every page.

Each address of the product is opened by people of the demonstration while the round is at the stage
in which it is used. Every form found on a page is sent as a person would, with one field in turn
filled with junk. Whatever comes, nothing breaks, and where it is refused the page says why. No page that
comes of it asks the database more than twelve questions; where a verb refused, it may have asked two of
its own before.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import Resolver404, resolve
from PIL import Image

from .town import MOST_QUESTIONS, PEOPLE, Town, addresses, questions, towns

pytestmark = pytest.mark.django_db

# The stage at which the pages of an app are in use.
STAGES = {
    "call": "accounts people places orgs rounds proposals voices ui",
    "review": "reviews",
    "vote": "ballots portal",
    "notice": "awards",
    "running": "projects desk reports funds",
}
HUGE = "﷽" * 5000
JUNK: tuple[Any, ...] = (
    "",
    "好\x00好",
    HUGE,
    "1" + "0" * 40,
    "-1",
    "1e400",
    "NaN",
    "2024-02-30",
    "<script>alert(1)</script>",
    "' OR 1=1--",
    "9999-12-31",
    b"\xed\xa0\x80\xff",
    ["1", "x", "1"],
    "٣",
    "0",
)
A_FIELD = 2  # junk values for each field, another two for the next
ANYTHING = ("key", "verb", "pick", "reason", "text", "amount", "day", "token", "next", "step")
QUERIES = (
    "?page=abc&sort=;drop&format=exe",
    "?page=-1&page=99999999999999999999999999&sort=-&sort=pk__x&q=%00%25",
    "?q=%ED%A0%80%FF&stage=%00&kind=%EF%BF%BF&blank=x&faults=1-%00&format=xlsx",
    "?day=2024-02-30&page=NaN&from=9999-12-31&street=1e400&place=-1&home=" + "9" * 40,
)
HAN = re.compile(r"[\u4e00-\u9fff]{2}")
SAID = re.compile(
    r'(?:role="(?:alert|status)"|class="[^"]*\b(?:alert|error|wrong)\b)[^>]*>(.*?)</', re.S
)


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "#b3341c").save(drawn, "PNG")
    return drawn.getvalue()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>" + b" " * 8_000_000)
    return packed.getvalue()


FILES = (
    ("a.jpg", b"no picture", "image/jpeg"),
    ("\x00../../a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "image/png"),
    ("a.xlsx", bomb(), "application/zip"),
    ("a.xlsx", b"PK\x03\x04broken", "application/zip"),
    ("a.csv", b"\xff\xfe\x00\x00\xed\xa0\x80,\x00", "text/csv"),
    ("a.pdf", b"%PDF-1.4 nothing", "application/pdf"),
    ("a.png", b"", "image/png"),
    ("a.jpg", b"\xff\xd8\xff" + b"\x00" * 11 * 1024**2, "image/jpeg"),
)


REFUSED_VERB = 2  # questions: the row that it locked, and whether its key was used before


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and its fields as (name, kind, values)."""

    action: str
    method: str
    has_files: bool
    fields: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def look(self) -> tuple[str, ...]:
        """What makes it another form: the address it goes to, and what its fields are called."""
        names = {re.sub(r"\d+", "N", name) for name in self.fields}
        return (self.method, address_of(self.action), *sorted(names))


def address_of(where: str) -> str:
    try:
        return resolve(urlsplit(where).path).view_name
    except Resolver404:
        return ""


class Forms(HTMLParser):
    """Every form of a page, with a valid-looking value wherever nothing is filled in."""

    PLAIN = {
        "number": "1",
        "date": "2024-07-20",
        "datetime-local": "2024-07-20T09:00",
        "tel": "19900009876",
    }

    def __init__(self, where: str, text: str) -> None:
        super().__init__()
        self.where, self.forms, self._area, self._select = where, [], "", ""
        self.feed(text)

    def _add(self, name: str, kind: str, value: str) -> None:
        if self.forms and name and self.forms[-1] is not None:
            self.forms[-1].fields.setdefault(name, []).append((kind, value))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            action = urljoin(self.where, given.get("action", ""))
            files = given.get("enctype", "").startswith("multipart")
            self.forms.append(Form(action, given.get("method", "get").lower(), files))
        elif tag == "input":
            kind = given.get("type", "text")
            chosen = kind not in {"radio", "checkbox"} or "checked" in given
            plain = self.PLAIN.get(kind, "好") if kind not in {"hidden", "file"} else ""
            self._add(name, kind if chosen else f"{kind} off", value or plain)
        elif tag == "textarea":
            self._area = name
            self._add(name, "text", "好的，已经和大家商量过，请予办理。" * 3)
        elif tag == "select":
            self._select = name
        elif tag == "option" and (value or "selected" in given):
            self._add(self._select, "option" if "selected" in given else "option off", value)
        elif tag == "button" and name:
            self._add(name, "button", value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.forms.append(None)
        elif tag == "select":
            self._select = ""

    @property
    def found(self) -> list[Form]:
        return [form for form in self.forms if form]


def filled(form: Form) -> dict[str, Any]:
    """The form as somebody sends it who changes nothing."""
    sent: dict[str, Any] = {}
    for name, options in form.fields.items():
        on = [value for kind, value in options if not kind.endswith("off")]
        values = on or [value for _kind, value in options if value][:1] or [""]
        if options[0][0] == "file":
            sent[name] = SimpleUploadedFile("a.png", photo(), "image/png")
        else:
            sent[name] = values[0] if len(options) == 1 or len(values) == 1 else values
    return sent


@dataclass
class Hand:
    """Somebody's browser, which takes back what it has done."""

    town: Town
    wrong: list[str] = field(default_factory=list)
    looks: set[tuple[str, ...]] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    taken: int = 0
    junk: Any = field(default_factory=lambda: cycle(JUNK))
    files: Any = field(default_factory=lambda: cycle(FILES))

    def get(self, who: str, where: str) -> Any:
        return self._sent(who, "get", where, {}, "")

    def _sent(self, who: str, method: str, where: str, data: dict[str, Any], what: str) -> Any:
        client = self.town.clients[who]
        with transaction.atomic():
            with questions() as asked:
                answer = getattr(client, method)(where, data)
            text = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        client.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)  # junk may have switched it
        answer.page = text.decode("utf-8", "replace")
        told = f"{answer.status_code} {who} {method} {where[:90]} {what[:60]}"
        if answer.status_code >= 500:
            self.wrong.append(told)
        done = any(sql.startswith(("INSERT", "UPDATE")) for sql in asked)
        # What a refused verb had to lock and look up comes before the page that says so.
        most = MOST_QUESTIONS + (REFUSED_VERB if method == "post" else 0)
        if answer.status_code == 200 and not done and len(asked) > most:
            self.wrong.append(f"{len(asked)} questions: {told}")
        return answer

    def post(self, who: str, where: str, data: dict[str, Any], what: str) -> None:
        answer = self._sent(who, "post", where, data, what)
        self.posted.add(address_of(where))
        self.taken += answer.status_code == 302
        refused = answer.status_code in range(400, 500) and answer.status_code != 405
        if refused and not any(HAN.search(said) for said in SAID.findall(answer.page)):
            self.wrong.append(f"{answer.status_code} says nothing: {who} {where} {what[:60]}")

    def enter(self, who: str, doors: list[str]) -> str:
        """The first of these addresses that lets `who` in, looked at; "" where none does."""
        for where in doors:
            answer = self.get(who, where)
            if answer.status_code == 405:
                for junk in islice(self.junk, 2):
                    self.post(who, where, dict.fromkeys(ANYTHING, junk), f"anything={junk!r}")
            if answer.status_code == 200:
                self.look_at(who, where, answer.page)
            if answer.status_code in {200, 405}:
                return where
        return ""

    def look_at(self, who: str, where: str, text: str) -> None:
        for form in Forms(where, text).found:
            if form.look in self.looks or address_of(form.action) == "accounts:sign_out":
                continue
            self.looks.add(form.look)
            self.send(who, form)

    def send(self, who: str, form: Form) -> None:
        good = filled(form)
        if form.method == "get":
            for name in form.fields:
                for junk in islice(self.junk, A_FIELD):
                    self._sent(who, "get", form.action, {**good, name: junk}, f"{name}={junk!r}")
            return
        self.post(who, form.action, good, "as it stands")
        names = {re.sub(r"\d+", "N", name): name for name in form.fields}.values()
        for name in names:
            kind = form.fields[name][0][0]
            for junk in islice(self.files, 3) if kind == "file" else islice(self.junk, A_FIELD):
                sent = SimpleUploadedFile(*junk) if kind == "file" else junk
                what = f"{name}={junk!r}"
                self.post(who, form.action, {**filled(form), name: sent}, what)
            less = {key: value for key, value in filled(form).items() if key != name}
            self.post(who, form.action, less, f"no {name}")


def walk(town: Town, apps: str) -> Hand:
    """Open every address of these apps as up to two people who are let in, and send what is there."""
    hand = Hand(town)
    for name, pattern in addresses():
        if name.split(":")[0] in apps.split():
            doors = town.asks(name, pattern)
            inside = islice(((w, a) for w in PEOPLE if (a := hand.enter(w, doors))), 2)
            people = list(inside)
            for who, where in people[:1]:
                for query in QUERIES:
                    hand.get(who, where + query)
            if not people:
                hand.post("zhou", doors[0], dict.fromkeys(ANYTHING, HUGE), "anything")
    return hand


def test_nothing_that_is_sent_breaks_a_page(monkeypatch, tmp_path):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    wrong: list[str] = []
    posted: set[str] = set()
    for town in towns(STAGES, monkeypatch, tmp_path):
        hand = walk(town, STAGES[town.stage])
        wrong += hand.wrong
        posted |= hand.posted
    assert "\n".join(wrong) == ""
    assert {"proposals:write", "ballots:booth", "people:import_street"} <= posted
