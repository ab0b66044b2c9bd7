"""The database is locked, full or away: 503 with a time to come again, and nothing half done.

Real trouble on real connections: another connection holds the lock, the file may grow no further,
nobody listens at the address. Each engine in its own way.
"""

import contextlib
import logging
import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from sanlin.commons.people.tests import scene
from sanlin.ground.accounts.store import SessionStore
from sanlin.ground.outage import is_outage
from sanlin.ground.ui import context
from sanlin.harmony.voices.models import Voice
from scripts.postgres import free_port

pytestmark = pytest.mark.django_db(transaction=True)
SQLITE = "sqlite" in connection.settings_dict["ENGINE"]
LONG = "楼道灯坏了，晚上老人看不见台阶。" * 100


@pytest.fixture
def street():
    street = scene.street()
    scene.officer(street)
    return street


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    for name in ("django.request", "sanlin.outage"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


def visitor(**cookies):
    it = Client(raise_request_exception=False)
    for name, value in cookies.items():
        it.cookies[name] = value
    return it


def speak(client, street):
    said = {
        "kind": "complaint",
        "text": LONG,
        "street": street.pk,
        "contact": "13900001111",
        "key": "k1",
    }
    return client.post("/voices/", said)


@contextlib.contextmanager
def locked():
    """Somebody else writes and does not end; we wait a twentieth of a second at most."""
    connection.ensure_connection()
    if SQLITE:
        connection.connection.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        other = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None})
        other.execute("LOCK TABLE voices_voice IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        connection.close()  # with its short patience


@contextlib.contextmanager
def full():
    """The file may not grow by a page."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    yield
    connection.close()


@contextlib.contextmanager
def away():
    """Nobody listens where the database should be."""
    connection.close()
    kept = dict(connection.settings_dict)
    nowhere = {"NAME": "/nowhere/at/all.sqlite3"} if SQLITE else {"PORT": free_port()}
    connection.settings_dict.update(nowhere)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


TROUBLES = (locked, full, away) if SQLITE else (locked, away)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_what_was_sent_is_not_kept_and_the_page_says_so(street, trouble):
    client = visitor()
    with trouble():
        answer = speak(client, street)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    page = answer.content.decode()
    assert "没有办完的都没有保存" in page
    assert "请等30秒再试" in page
    assert Voice.objects.count() == 0
    assert speak(client, street).status_code == 302
    assert speak(client, street).status_code == 302
    assert Voice.objects.count() == 1


def test_the_reader_is_told_in_her_language_and_size(street):
    with away():
        page = visitor(django_language="en", elder="1").get("/").content.decode()
    assert "Nothing was changed" in page
    assert 'lang="en" class="elder"' in page


def test_somebody_signed_in_is_answered_too(street):
    """Her session cannot be read: the trouble comes before any view."""
    client = visitor()
    client.force_login(scene.person(), backend="django.contrib.auth.backends.ModelBackend")
    with away():
        answer = client.get("/mine/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert client.get("/mine/").status_code == 200


def test_trouble_after_the_deed_does_not_claim_that_nothing_was_kept(street, monkeypatch):
    """The voice is kept; then the session with its message cannot be."""

    def cannot(self, must_create=False):
        with away(), connection.cursor():
            pass

    client = visitor()
    client.force_login(scene.person(), backend="django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr(SessionStore, "save", cannot)
    answer = speak(client, street)
    assert answer.status_code == 503
    assert "可能已经办好" in answer.content.decode()
    assert Voice.objects.count() == 1


def test_a_part_of_a_page_asks_for_the_whole(street):
    with away():
        answer = visitor().get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (503, "true")


def hurry():
    """A question that is cut short: by a limit on its time, or by a lock that is not given back."""
    if not SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")
    with locked(), connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")


def test_a_question_that_takes_too_long_is_an_outage():
    with pytest.raises(DatabaseError) as caught:
        hurry()
    connection.close()
    assert is_outage(caught.value)


def test_a_mistake_of_ours_is_none():
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as caught:
        cursor.execute("SELECT * FROM no_such_table")
    assert not is_outage(caught.value)
    assert not is_outage(ValueError("no"))


def test_the_cookie_of_the_large_reading_is_the_frames():
    assert context.ELDER == "elder"
