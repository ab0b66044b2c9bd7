"""The demonstration at each of its moments, in the database of a test, and a browser for everybody.

It is played by the product's own verbs inside the transaction of the test that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.models import Post, Resident
from sanlin.commons.people.tests.scene import resident
from sanlin.commons.places.models import District, Estate, Neighbourhood, Street
from sanlin.govern.ballots.models import Voter
from sanlin.govern.growth.models import Survey
from sanlin.govern.proposals.models import Photo, Proposal
from sanlin.govern.reviews.models import Seat
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.harmony.voices.models import Voice
from sanlin.site import demo
from sanlin.site.demo.cast import ER_CUN, at, settle
from sanlin.site.demo.story import CHAPTERS

NOBODY = "nobody"
PEOPLE = ("zhou", "wang", "li", "sun", "chen", "fang", "shen", "qian", "newcomer", NOBODY)
MOST_QUESTIONS = 12  # of any page to the database, whoever asks and however many rows there are
NO_ROW = 999_999_999  # no row has this key
# What the keys of an address name, where its gate does not say.
BEHIND: dict[str, type[Model]] = {
    "growth:answer": Survey,
    "places:district": District,
    "places:street": Street,
    "places:neighbourhood": Neighbourhood,
    "places:estate": Estate,
    "people:register_in": Neighbourhood,
    "proposals:photo": Photo,
}
ASKED: dict[str, tuple[object, ...]] = {
    "code": ("0" * 8,),
    "number": (1,),
    "day": ("2024-06-12",),
    "kind": ("midterm", "final", "judge", "street_officer"),
    "photo": (NO_ROW,),
    "size": ("small",),
    "step": ("title", "budget", "photos"),
    "verb": ("approve", "send-back"),
}
# What is asked for at one address alone: a paper is made of the things that have it.
ASKED_AT: dict[tuple[str, str], tuple[object, ...]] = {
    ("papers:ledger", "key"): ("projects",),
    ("papers:house", "kind"): ("agreement",),
    ("papers:of_kind", "kind"): ("change",),
    ("papers:of_project", "work"): ("archive",),
    ("papers:of_round", "work"): ("deck",),
    ("papers:of_circle", "work"): ("circle",),
    ("papers:of_notice", "work"): ("notice",),
    ("papers:of_street", "work"): ("ledgers",),
}


def asked_at(name: str, key: str) -> tuple[object, ...]:
    """The values to try for one key of an address; none where its rows are meant."""
    return ASKED_AT.get((name, key)) or ASKED.get(key, ())


@contextmanager
def questions() -> Iterator[list[str]]:
    """The statements that are put to the database inside; the marks of a nested transaction are none."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if "SAVEPOINT" not in sql:
            asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield asked


def addresses(patterns: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(name, pattern) of every address, the name as `reverse` wants it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, str(pattern.name)]), pattern
        else:
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from addresses(pattern.url_patterns, inner)


def towns(stages: Iterable[str], patch: Any, folder: Path) -> Iterator[Town]:
    """The town at each of these stages, in the order in which they come; files go to `folder`.

    What is done to a town is gone when the next one is asked for.
    """
    patch.setattr(settings, "MEDIA_ROOT", folder / "files")
    patch.setattr(settings, "HOME", folder)
    patch.setattr(settings, "DEMO", True)
    patch.setattr(clock, "set_demo_time", lambda moment: None)
    wanted = set(stages)
    world = settle(at(date(2024, 2, 19)))
    for stage, chapter in CHAPTERS.items():
        if stage in wanted:
            patch.setattr(clock, "now", lambda stage=stage: demo.MOMENTS[stage])
            with transaction.atomic():
                chapter(world, True)
                yield Town(stage)
                transaction.set_rollback(True)
            wanted.remove(stage)
        if not wanted:
            break
        chapter(world, False)


class Town:
    """潍坊新村街道 at `stage` of its round."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        home = Neighbourhood.objects.get(name=ER_CUN)
        self.accounts = {a.username: a for a in Account.objects.filter(username__in=PEOPLE)}
        self.accounts["newcomer"] = resident(home, verified_on=None)
        Voice.objects.create(
            receipt="V1",
            kind="question",
            text="灯坏了",
            street=home.street,
            author=self.accounts["li"],
            said_at=demo.MOMENTS[stage],
        )
        self.rows = self._rows(home)
        self.clients = {who: self._client(who) for who in PEOPLE}

    def _client(self, who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who != NOBODY:
            client.force_login(
                self.accounts[who], backend="django.contrib.auth.backends.ModelBackend"
            )
        return client

    def _rows(self, home: Neighbourhood) -> dict[type[Model], list[Any]]:
        """Whose row to ask for first, where it matters."""
        mine = {
            District: [home.street.district_id],
            Street: [home.street_id],
            Neighbourhood: [home.pk],
            Organisation: Organisation.objects.filter(name="益路同行"),
            Resident: Resident.objects.filter(account__username__in=("li",)),
            Post: Post.objects.filter(account__username="sun"),
            Proposal: Proposal.objects.filter(title="活力二村益路同行"),
            Seat: Seat.objects.filter(account__username="chen"),
            Voter: Voter.objects.filter(account__username="li"),
        }
        return {m: [getattr(row, "pk", row) for row in rows] for m, rows in mine.items()}

    def keys_of(self, model: type[Model]) -> list[int]:
        """Keys of up to three rows that differ: ours, the first and the last."""
        every = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        keys = [*self.rows.get(model, []), *every[:1], *every[-1:]]
        return list(dict.fromkeys(keys)) or [NO_ROW]

    def asks(self, name: str, pattern: Any) -> list[str]:
        """The addresses to try for one pattern, each with other keys."""
        found: list[dict[str, Any]] = [{}]
        for key in pattern.pattern.converters:
            model = getattr(pattern.callback, "guards", None) or BEHIND.get(name)
            values: Any = ASKED.get(key) or (self.keys_of(model) if model else [NO_ROW])
            found = [{**one, key: value} for one in found for value in values]
        return [reverse(name, kwargs=one) for one in found]
