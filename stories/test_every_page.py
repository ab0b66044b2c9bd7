"""Every page that opens while projects are carried out, looked at with axe and a ruler.

The addresses are all those of `tests/matrix.toml`; each is opened by somebody who is let in while
the round waits at its midterm, in the window in which it is used: residents hold phones, staff sit
at desks. Whatever folds is unfolded. Each page is read in both languages and in both readings, the
standard one and the one for elders; axe sees every second page in English. The error pages (403,
404, 503) are looked at in all four. Pages that open only before the midterm are looked at where the
whole round is played (`test_round`), and here those of an open vote.
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from http.cookiejar import CookieJar
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, build_opener

import pytest
from django.test import RequestFactory
from django.urls import reverse

from sanlin.ground import outage
from stories import eyes
from stories.browser import window
from stories.house import House
from tests.town import BEHIND, addresses, asked_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from playwright.sync_api import Browser, Page, Route

    from stories.conftest import Visit

MATRIX = Path(__file__).resolve().parent.parent / "tests" / "matrix.toml"
LEAST = 80  # pages a hand that open at this stage; fewer mean that the way in is broken
PEOPLE = ("zhou", "wang", "li", "sun", "chen", "fang", "shen", "qian", "zhao", "")
# What the table says of each of them.
AS = {
    "zhou": "officer",
    "qian": "officer",
    "wang": "leader",
    "zhao": "leader-elsewhere",
    "li": "resident",
    "sun": "worker",
    "chen": "judge",
    "fang": "administrator",
    "shen": "auditor",
    "": "nobody",
}
# What staff see at the desk and a team on its phone: looked at from both.
SHARED = ("projects:agreement", "projects:signed_papers", "growth:circle", "growth:closing")
TEAMS = ("wang", "zhao")
MANY = {"all", "signed-in", "posts", "street-staff", "committees"}
LANGUAGES = ("zh-hans", "en")
HANDS = 2  # the pages are shared among so many tests
AT_THE_VOTE = {
    "li": ("/rounds/1/ballot/", "/rounds/1/paper/", "/rounds/1/pass/"),
    "zhou": (
        *("/rounds/1/knock/", "/rounds/1/roll/add/", "/rounds/1/roll/ › a[href$='strike/']"),
        *("/rounds/1/booths/", "/booths/1/edit/", "/booths/1/shifts/add/"),
    ),
    "sun": (
        *("/rounds/1/knock/", "/booths/1/", "/booths/1/find/", "/booths/1/sheets/"),
        *("/booths/1/protocol/", "/rounds/1/booths/scan/"),
    ),
}
# A sheet is shown in the sizes that it has on paper, whatever the reading: axe alone looks at it.
A_SHEET = "/booths/1/sheets/print/?first=1&last=1"
MOST_DOORS = 8
WALKERS = ("zhou", "sun", "chen", "xu", "shen", "wang")
FEWEST_WAYS = 20  # kinds of pages that each of them finds; fewer mean that the way in is broken
# Not the papers that are made on the way, which take long, nor the proofs of a log.
OWN_WAY = re.compile(r'href="(/(?!static/|log/|papers/[a-z]+/[0-9]+/.)[^"#]*)')


class Caller:
    """Somebody's session at the house, kept by plain requests: a shut door needs no window."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept = CookieJar()
        answers = (HTTPCookieProcessor(self.kept), Stays(), ProxyHandler({}))
        self.opener = build_opener(*answers)

    def get(self, door: str) -> tuple[int, str, str]:
        """(status, kind of content, text)."""
        return self._ask(door)

    def sign_in(self, who: str, password: str = "sanlin-demo") -> None:
        door = reverse("accounts:sign_in")
        self._ask(door)
        token = next(one.value for one in self.kept if one.name == "csrftoken")
        said = {"username": who, "password": password, "csrfmiddlewaretoken": token}
        assert self._ask(door, urlencode(said).encode())[0] == 302, who

    def cookies(self) -> list[Any]:
        """What a window needs to be this session."""
        return [{"name": one.name, "value": one.value, "url": self.url} for one in self.kept]

    def _ask(self, door: str, sent: bytes | None = None) -> tuple[int, str, str]:
        try:
            answer = self.opener.open(urljoin(self.url, door), sent, timeout=30)
        except HTTPError as refused:
            answer = refused
        with answer:
            kind = answer.headers.get("content-type", "")
            return answer.status, kind, answer.read().decode(errors="replace")


class Stays(HTTPRedirectHandler):
    """Follows no redirect: that a door leads on is an answer."""

    def redirect_request(self, *_asked: Any) -> None:
        return None


@dataclass
class Street:
    """A served street and everybody's windows onto it."""

    house: House
    browser: Browser
    windows: ExitStack
    opened: dict[tuple[str, str], Page] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)

    def caller(self, who: str) -> Caller:
        """This person's session, without a window."""
        if who not in self.callers:
            self.callers[who] = Caller(self.house.url)
            if who:
                self.callers[who].sign_in(who)
        return self.callers[who]

    def page(self, who: str, size: str) -> Page:
        """A window of this size in which this person has signed in."""
        if (who, size) not in self.opened:
            page = self.windows.enter_context(window(self.browser, self.house, size))
            page.context.add_cookies(self.caller(who).cookies())
            # No page asks for itself again while it is looked at, nor while it is being left.
            page.route("**/ui/again*.js", lambda route: route.abort())
            self.opened[who, size] = page
        return self.opened[who, size]

    def doors(self, name: str, pattern: Any, *, every: bool = False) -> Iterator[str]:
        """Addresses to try for one pattern: of every row; else of the first, of the last and of two
        rows between."""
        model = getattr(pattern.callback, "guards", None) or BEHIND.get(name)
        rows = self._keys(model._meta.db_table) if model else [1]
        rows = rows if every else picked(rows)
        keys = list(pattern.pattern.converters)
        most = None if every else MOST_DOORS
        for values in islice(product(*(asked_at(name, key) or rows for key in keys)), most):
            given = dict(zip(keys, values, strict=True))
            yield reverse(name, kwargs=given | {k: v for k, v in self._log().items() if k in given})

    def _log(self) -> dict[str, Any]:
        """A log of the journal and how long it was at a checkpoint, as addresses name them."""
        asked = "SELECT log_id, size FROM journal_checkpoint ORDER BY id LIMIT 1"
        with sqlite3.connect(self.house.home / "sanlin.sqlite3") as database:
            row = database.execute(asked).fetchone()
        log, size = row or ("", 1)
        return {"log": log, "lines": size, "old": size, "new": size} if row else {}

    def _keys(self, table: str) -> list[int]:
        with sqlite3.connect(self.house.home / "sanlin.sqlite3") as database:
            found = [row[0] for row in database.execute(f"SELECT id FROM {table} ORDER BY id")]
        return found or [1]

    def enter(
        self, name: str, pattern: Any, let_in: Collection[str], people: Sequence[str] = PEOPLE
    ) -> tuple[str, str, str]:
        """(who, address, size) of a page that opens; or ("", "", why not). Who is not let in by the
        table does not try: that she is turned away is shown by `tests/test_matrix.py`."""
        why = "shut"
        doors = list(self.doors(name, pattern, every=people is TEAMS))
        for who in people:
            for door in doors if MANY.union((AS[who],)).intersection(let_in) else ():
                status, kind, text = self.caller(who).get(door)
                assert status < 500, f"{status} from {door} for {who or 'a stranger'}"
                if status == 405:
                    return "", "", "takes forms only"
                if status == 200:
                    if "text/html" not in kind:
                        return "", "", "hands out a file"
                    if "<html" not in text:
                        return "", "", "is a part of another page"
                    return who, door, "desk" if '<body class="desk' in text else "phone"
                why = "leads on" if status == 302 and who else why
        return "", "", why


def picked(keys: list[int]) -> list[int]:
    """The first, the last and two between."""
    some = [keys[len(keys) * n // 3] for n in range(3)] + keys[-1:]
    return list(dict.fromkeys(some))


def read_in(page: Page, url: str, language: str) -> None:
    """The language in which this window asks from now on, in the whole house."""
    asked: Any = {"name": "django_language", "value": language, "url": urljoin(url, "/")}
    page.context.add_cookies([asked])


def visit(page: Page, name: str, where: str, axe_in: str) -> list[str]:
    """What is found on one page in both languages and readings."""
    found = []
    for language in LANGUAGES:
        read_in(page, where, language)
        page.goto(where)
        assert page.locator("main h1").count() == 1, page.url
        if language == LANGUAGES[0]:
            eyes.shot(page, name.replace(":", "-"))
        found += eyes.look_closely(page, with_axe=language == axe_in)
    return found


@pytest.mark.stage("midterm")
@pytest.mark.parametrize("hand", range(HANDS))
def test_every_page_can_be_read_by_everybody(house: House, browser: Browser, hand: int):
    declared = tomllib.loads(MATRIX.read_text(encoding="utf-8"))["let_in"]
    found: list[str] = []
    looked_at: list[str] = []
    with ExitStack() as stack:
        street = Street(house, browser, stack)
        for name, pattern in islice(addresses(), hand, None, HANDS):
            if name not in declared:
                continue
            who, door, size = street.enter(name, pattern, declared[name])
            if door:
                axe_in = LANGUAGES[len(looked_at) % 2]
                found += visit(street.page(who, size), name, house.url + door, axe_in)
                looked_at.append(name)
            if name in SHARED:
                who, door, size = street.enter(name, pattern, declared[name], TEAMS)
                assert size == "phone", f"no team opens {name}: {size}"
                found += visit(street.page(who, size), f"{name}-team", house.url + door, "")
        if not hand:
            found += look_at_errors(street)
    assert not found, "\n".join(dict.fromkeys(found))
    assert len(looked_at) >= LEAST


@pytest.mark.stage("midterm")
def test_no_way_from_any_page_is_shut_to_whoever_finds_it(house: House, browser: Browser):
    """What a page offers opens: everybody goes every way that she finds, one of each kind."""
    shut = {}
    with ExitStack() as stack:
        street = Street(house, browser, stack)
        for who in WALKERS:
            ways, kinds = {"/": "", "/desk/": ""} if who else {"/": ""}, set()
            waiting = deque(ways)
            while waiting:
                way = waiting.popleft()
                if (kind := re.sub(r"[0-9]+|\?.*", "", way)) in kinds:
                    continue
                kinds.add(kind)
                status, content, text = street.caller(who).get(way)
                if status >= 400 and ways[way]:
                    shut[who, way] = f"{status}, from {ways[way]}"
                if "text/html" in content:
                    found = [unescape(one) for one in OWN_WAY.findall(text)]
                    new = [one for one in found if one not in ways]
                    ways.update(dict.fromkeys(new, way))
                    waiting += new
            assert len(kinds) >= FEWEST_WAYS, who
    assert not shut


@pytest.mark.stage("vote")
def test_an_open_vote_can_be_read_by_everybody(visit: Visit):
    found = []
    for who, ways in AT_THE_VOTE.items():
        page = visit("phone" if who == "li" else "desk", who=who)
        for language in LANGUAGES:
            read_in(page, page.url, language)
            for way in ways:
                address, *links = way.split(" › ")
                page.goto(address)
                for link in links:
                    page.locator(f"main {link}").first.click()
                found += eyes.look_closely(page)
                for choose in page.locator("button[name=add]").all()[:1]:
                    choose.click()
                    page.locator("button[name=drop]").first.wait_for()
                    found += eyes.look_closely(page)
                    page.locator("button[name=drop]").first.click()
                    page.locator("button[name=drop]").first.wait_for(state="detached")
            if who == "sun":
                page.goto(A_SHEET)
                found += eyes.axe(page)
    assert not found, "\n".join(dict.fromkeys(found))


def look_at_errors(street: Street) -> list[str]:
    """No permission, no page, no database: in each language and reading."""
    found = []
    page = street.page("li", "phone")
    for language in LANGUAGES:
        read_in(page, street.house.url, language)
        for door, title in (("/desk/", 403), ("/nowhere/", 404)):
            answer = page.goto(door)
            assert answer, door
            assert answer.status == title
            found += eyes.look_closely(page)
        request = RequestFactory().post("/", HTTP_COOKIE=f"django_language={language}")
        page.route("**/away/", partial(fulfil, outage.page(request).content.decode()))
        page.goto("/away/")
        found += eyes.look_closely(page)
        page.unroute("**/away/")
    return found


def fulfil(text: str, route: Route) -> None:
    """Answer with this page instead of asking the server."""
    route.fulfill(body=text, content_type="text/html; charset=utf-8")
