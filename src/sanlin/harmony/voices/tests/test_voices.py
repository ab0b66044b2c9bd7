"""Saying something, and being answered."""

from datetime import timedelta

import pytest
from django.test import Client

from sanlin.commons.people.tests import scene
from sanlin.ground.journal.models import Entry, Unmasking
from sanlin.ground.verdict import Refused
from sanlin.harmony.voices import actions, rules
from sanlin.harmony.voices.models import Voice

pytestmark = pytest.mark.django_db
NOW = scene.NOW
SAID = actions.Said("complaint", "路灯坏了", "/rounds/3/", "13900001111")


@pytest.fixture
def street():
    street = scene.street()
    scene.officer(street, name="许静", username="xu", password=scene.PASSWORD)
    return street


@pytest.fixture
def officer(street):
    return street.post_set.get().account


def speak(street, said=SAID, *, by=None, now=NOW, **more):
    return actions.speak(
        street, said, sender_mark=more.pop("sender_mark", "m"), by=by, now=now, **more
    )


def client(account=None):
    it = Client()
    if account:
        it.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return it


def test_a_voice_is_kept_and_its_contact_sealed(street):
    voice = Voice.objects.get(pk=speak(street).pk)
    assert (voice.kind, voice.text, voice.page) == ("complaint", "路灯坏了", "/rounds/3/")
    assert str(voice.contact) == "139****1111"
    line = Entry.objects.get(deed="voice.speak")
    assert b"139" not in bytes(line.body)
    assert "路灯" not in bytes(line.body).decode()


def test_anonymous_leaves_no_name_anywhere(street):
    who = scene.resident(scene.neighbourhood(street))
    assert speak(street, by=who, anonymous=True).author is None
    assert Entry.objects.get().by is None


def test_the_sixth_within_an_hour_is_refused_and_later_is_not(street):
    who = scene.person()
    for _n in range(5):
        speak(street, by=who)
    with pytest.raises(Refused, match="一小时内"):
        speak(street, by=who)
    speak(street, by=who, sender_mark="other")
    speak(street, by=who, now=NOW + timedelta(hours=1, seconds=1))
    assert Voice.objects.count() == 7


def test_an_address_may_say_twenty(street):
    for _n in range(20):
        speak(street)
    assert rules.can_speak(None, "m", now=NOW).allowed is False


def test_the_same_key_says_it_once(street):
    who = scene.person()
    first = speak(street, by=who, key="k")
    assert speak(street, by=who, key="k") == first
    assert Voice.objects.count() == 1


def test_an_answer_is_given_once_by_the_street_that_was_asked(street, officer):
    voice = speak(street)
    stranger = scene.officer()
    assert rules.can_answer(stranger, voice, now=NOW).allowed is False
    actions.answer(voice, text="已报修", by=officer, now=NOW)
    assert (voice.stage, voice.answered_by, voice.gist) == ("answered", officer, "")
    with pytest.raises(Refused, match="已经答复"):
        actions.answer(voice, text="再答", by=officer, now=NOW)
    actions.close(voice, by=officer, now=NOW)
    assert voice.stage == "closed"
    with pytest.raises(Refused, match="已经办结"):
        actions.close(voice, by=officer, now=NOW)


# --- pages ---------------------------------------------------------------------------------------

GOOD = {"kind": "question", "text": "哪里交表？", "contact": "", "page": "/rounds/3/?q=secret#x"}


def test_somebody_unknown_speaks_and_finds_the_answer(street, officer):
    visitor = client()
    page = visitor.get("/voices/?page=/rounds/3/%3Fq%3Dsecret")
    assert 'value="/rounds/3/"' in page.content.decode()
    answer = visitor.post("/voices/", {**GOOD, "street": street.pk}, follow=True)
    voice = Voice.objects.get()
    assert voice.page == "/rounds/3/"
    assert answer.redirect_chain[-1][0] == "/voices/said/"
    assert voice.receipt in answer.content.decode()
    actions.answer(voice, text="到居委会一楼", gist="在哪里交表", by=officer, now=NOW)
    found = client().post("/voices/find/", {"receipt": f" {voice.receipt.lower()} "})
    assert "到居委会一楼" in found.content.decode()
    published = client().get("/voices/answers/").content.decode()
    assert "在哪里交表" in published
    assert "哪里交表？" not in published


def test_a_resident_speaks_to_her_own_street(street):
    other = scene.street("洋泾街道")
    scene.officer(other)
    who = scene.resident(scene.neighbourhood(street))
    client(who).post("/voices/", {**GOOD, "street": other.pk})
    voice = Voice.objects.get()
    assert (voice.street, voice.author) == (street, who)
    assert "哪里交表" in client(who).get("/voices/mine/").content.decode()


HOSTILE = [
    {"kind": "zzz"},
    {"text": ""},
    {"text": "x" * 2001},
    {"text": "a\x00b"},
    {"street": "999999"},
    {"street": "x'; drop"},
    {"street": ""},
    {"contact": "1" * 61},
    {"kind": ["complaint", "question"], "text": "\ud7ff" * 3000},
    {"page": "x" * 2001},
]


@pytest.mark.parametrize("wrong", HOSTILE)
def test_hostile_input_is_answered_by_a_sentence_and_kept(street, wrong):
    answer = client().post("/voices/", {**GOOD, "street": street.pk, **wrong})
    assert answer.status_code == 200
    assert Voice.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example/x", "http://[", "x", "/a\x00"]
)
def test_an_address_that_is_not_ours_is_dropped(street, address):
    client().post("/voices/", {**GOOD, "street": street.pk, "page": address})
    assert [voice.page for voice in Voice.objects.all()] in ([""], [])


def test_behind_our_proxy_each_client_has_an_hour_of_its_own(settings, street):
    settings.HTTPS = True

    def say(address):
        said = {**GOOD, "street": street.pk}
        return client().post(
            "/voices/", said, secure=True, HTTP_X_FORWARDED_FOR=f"1.1.1.1, {address}"
        )

    assert [say("198.51.100.4").status_code for _n in range(21)] == [302] * 20 + [200]
    assert say("198.51.100.5").status_code == 302


def test_a_script_stays_text(street, officer):
    speak(street, actions.Said("question", "<script>alert(1)</script>"))
    for address in (f"/voices/street/{street.pk}/", f"/voices/{Voice.objects.get().pk}/"):
        page = client(officer).get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_whoever_is_not_of_the_street_sees_nothing(street):
    voice = speak(street)
    stranger = scene.officer()
    for address in (f"/voices/street/{street.pk}/", f"/voices/{voice.pk}/"):
        assert client(stranger).get(address).status_code == 403
        assert client().get(address).status_code == 302
    for address in (f"/voices/{voice.pk}/close/", f"/voices/{voice.pk}/contact/"):
        assert client(stranger).post(address, {"reason": "x"}).status_code == 403


def test_the_contact_is_shown_for_a_reason_that_is_kept(street, officer):
    voice = speak(street)
    page = client(officer)
    assert "13900001111" not in page.get(f"/voices/{voice.pk}/").content.decode()
    refused = page.post(f"/voices/{voice.pk}/contact/", {"reason": ""})
    assert "13900001111" not in refused.content.decode()
    shown = page.post(f"/voices/{voice.pk}/contact/", {"reason": "回电核实地点"})
    assert "13900001111" in shown.content.decode()
    assert [(row.by, row.reason) for row in Unmasking.objects.all()] == [(officer, "回电核实地点")]


def test_a_public_answer_needs_a_gist(street, officer):
    voice = speak(street)
    page = client(officer).post(f"/voices/{voice.pk}/", {"text": "好", "public": "on", "gist": ""})
    assert "要公开，请先写一句问题摘要" in page.content.decode()
    client(officer).post(f"/voices/{voice.pk}/", {"text": "好", "public": "on", "gist": "路灯"})
    voice.refresh_from_db()
    assert (voice.stage, voice.gist) == ("answered", "路灯")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    street, officer, rows, django_assert_num_queries
):
    for _n in range(rows):
        speak(street)
    page = client(officer)
    page.get("/voices/answers/")
    with django_assert_num_queries(7):
        page.get(f"/voices/street/{street.pk}/")
