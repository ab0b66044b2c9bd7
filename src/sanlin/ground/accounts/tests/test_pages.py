import re
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from sanlin.ground import clock
from sanlin.ground.accounts.models import Account, Assistance, OneTimeCode
from sanlin.ground.accounts.store import SessionStore
from sanlin.ground.journal.models import Entry

from . import gateway

PHONE, STRANGER = "19900000001", "19900000002"
PASSWORD = "sanlin-demo"
NOW = datetime(2024, 4, 10, 2, 0, tzinfo=UTC)
SIGN_IN, BY_PHONE, CODE = "/account/sign-in/", "/account/sign-in/phone/", "/account/sign-in/code/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS = gateway.KEEPS
    gateway.sent.clear()


@pytest.fixture
def moment(monkeypatch):
    """A clock in the hand: moment(minutes=5) puts it on."""
    hand = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: hand["now"])

    def on(**by):
        hand["now"] += timedelta(**by)

    return on


@pytest.fixture
def li():
    return Account.objects.create_user("li", PASSWORD, name="李秀英", phone=PHONE)


def text(answer):
    """What a page says, without its marks."""
    whole = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(whole.split())


def who(client):
    return client.session.get("_auth_user_id")


def by_code(client, phone=PHONE, there=""):
    """Both pages of signing in by code; the last answer."""
    client.post(f"{BY_PHONE}{there}", {"phone": phone})
    code = re.search(r"\d{6}", gateway.sent[-1][1])[0]
    return client.post(f"{CODE}{there}", {"code": code})


# --- by password ---


@pytest.mark.parametrize("name", ["li", PHONE, "+86 199-0000-0001"])
def test_a_name_or_a_phone_with_its_password_goes_back_to_where_one_was(client, li, name):
    answer = client.post(
        f"{SIGN_IN}?next=/desk/", {"username": name, "password": PASSWORD, "key": "k"}
    )
    assert (answer.status_code, answer.url, who(client)) == (302, "/desk/", str(li.pk))


@pytest.mark.parametrize(
    "there", ["https://elsewhere.cn/", "//elsewhere.cn/", "javascript:alert(1)", "1e400", "desk"]
)
def test_signing_in_never_leads_to_another_house(client, li, there):
    answer = client.post(f"{SIGN_IN}?next={there}", {"username": "li", "password": PASSWORD})
    assert answer.url == "/"


def test_a_wrong_password_and_an_unknown_name_read_alike(client, li):
    pages = [
        client.post(SIGN_IN, {"username": name, "password": "wrong"}).content.decode()
        for name in ("li", "nobody")
    ]
    first, second = (re.sub(r'value="[^"]*"', "", page) for page in pages)
    assert first == second
    assert "登录名或密码不对，请再试一次" in first


def test_eight_wrong_passwords_lock_that_account_at_that_address_alone(client, li):
    Account.objects.create_user("wang", PASSWORD, name="王建国")
    wrong = {"username": "li", "password": "wrong"}
    answers = [client.post(SIGN_IN, wrong) for _try in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 7 + [429]
    locked = client.post(SIGN_IN, {"username": PHONE, "password": PASSWORD})
    assert locked.status_code == 429
    assert "密码输错多次。为了保护账号，请15分钟后再试，或用手机验证码登录。" in text(locked)
    assert who(client) is None
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(SIGN_IN, {"username": "li", "password": PASSWORD}).status_code == 302
    neighbour = Client().post(SIGN_IN, {"username": "wang", "password": PASSWORD})
    assert neighbour.status_code == 302


def test_a_locked_account_still_opens_by_code(client, li):
    for _try in range(8):
        client.post(SIGN_IN, {"username": "li", "password": "wrong"})
    assert by_code(client).status_code == 302
    assert who(client) == str(li.pk)


def test_the_log_of_failures_holds_no_phone(client, li):
    for name in (PHONE, STRANGER):
        client.post(SIGN_IN, {"username": name, "password": "wrong"})
    kept = str(list(AccessAttempt.objects.values_list("username", "get_data", "post_data")))
    assert (PHONE in kept, STRANGER in kept, "wrong" in kept) == (False, False, False)


def test_behind_our_proxy_the_last_forwarded_address_counts(settings, client, li):
    settings.HTTPS = True
    wrong = {"username": "li", "password": "wrong"}
    for number in range(3):
        client.post(SIGN_IN, wrong, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 198.51.100.4")
    client.post(SIGN_IN, wrong, HTTP_X_FORWARDED_FOR="no address")
    assert dict(AccessAttempt.objects.values_list("ip_address", "failures_since_start")) == {
        "198.51.100.4": 3,
        "127.0.0.1": 1,
    }


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"username": "li\x00", "password": "x"},
        {"username": "李" * 61, "password": "x"},
        {"username": "li", "password": "x" * 5000},
        {"username": "\ud83d", "password": "\udcff"},
    ],
)
def test_hostile_names_get_a_page(client, li, typed):
    raw = "&".join(f"{k}={v}" for k, v in typed.items()).encode("utf-8", "surrogatepass")
    answer = client.post(SIGN_IN, raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert who(client) is None


# --- by code ---


def test_a_known_phone_signs_in_and_goes_back(client, li):
    answer = by_code(client, there="?next=%2Fdesk%2F%3Fa%3D1")
    assert (answer.status_code, answer.url, who(client)) == (302, "/desk/?a=1", str(li.pk))
    assert client.get(CODE).url == "/"


def test_the_answer_is_the_same_for_known_and_unknown_phones(li):
    pages = []
    for phone in (PHONE, STRANGER):
        one = Client()
        first = one.post(BY_PHONE, {"phone": phone})
        second = one.get(CODE).content.decode().replace(phone[-4:], "NNNN")
        pages.append((first.status_code, first.url, re.sub(r'value="[^"]*"', "", second)))
    assert pages[0] == pages[1]
    assert [phone for phone, _text in gateway.sent] == [PHONE, STRANGER]


def test_a_newcomer_goes_on_to_introduce_herself(client):
    answer = by_code(client, STRANGER)
    assert (answer.status_code, answer.url, who(client)) == (302, "/people/register/", None)


def test_the_session_holds_no_plain_phone(client):
    client.post(BY_PHONE, {"phone": STRANGER})
    assert STRANGER not in str(dict(client.session))
    by_code(Client(), PHONE)
    assert PHONE not in str(dict(client.session))


def test_a_closed_account_is_told_so(client, li):
    Account.objects.update(is_active=False)
    assert by_code(client).url == SIGN_IN
    assert who(client) is None
    assert "这个账号已停用，请联系居委" in text(client.get(SIGN_IN))


def test_a_wrong_code_is_told_at_its_field_and_what_was_typed_stays(client, li):
    client.post(BY_PHONE, {"phone": PHONE})
    for typed in ("12345", "abcdef", "１２３４５６"):
        page = client.post(CODE, {"code": typed}).content.decode()
        assert 'href="#id_code"' in page
        assert typed in page
    assert OneTimeCode.objects.get().tries_left == 4  # full-width digits are digits
    assert who(client) is None


def test_full_width_digits_of_a_chinese_keyboard_are_digits(client, li):
    client.post(BY_PHONE, {"phone": PHONE})
    code = re.search(r"\d{6}", gateway.sent[-1][1])[0]
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    assert client.post(CODE, {"code": f" {wide} "}).status_code == 302
    assert who(client) == str(li.pk)


def test_again_within_a_minute_is_told_and_after_it_sends(client, li, moment):
    client.post(BY_PHONE, {"phone": PHONE})
    early = client.post(CODE, {"again": "1"})
    assert "验证码刚刚发过，请1分钟后再试" in text(early)
    moment(minutes=1)
    assert client.post(CODE, {"again": "1"}).url == CODE
    assert len(gateway.sent) == 2


@pytest.mark.parametrize("typed", ["", "021-58781234", "12900000001", "1" * 40, "李秀英", "\x00"])
def test_no_mobile_number_is_told_and_sends_nothing(client, typed):
    answer = client.post(BY_PHONE, {"phone": typed})
    assert (answer.status_code, gateway.sent) == (200, [])
    assert 'href="#id_phone"' in answer.content.decode()


def test_without_a_gateway_the_page_says_so(client, settings):
    settings.SMS = ""
    assert "这里还不能用验证码登录" in text(client.get(BY_PHONE))
    page = client.post(BY_PHONE, {"phone": PHONE})
    assert "这里还不能用验证码登录" in text(page)
    assert OneTimeCode.objects.count() == 0


def test_a_demonstration_prints_the_code_and_shows_it(client, settings, li, capsys, tmp_path):
    settings.DEMO, settings.HOME = True, tmp_path
    settings.SMS = "sanlin.ground.accounts.sms.on_screen"
    client.post(BY_PHONE, {"phone": PHONE})
    printed = re.fullmatch(r"SMS 19900000001: 验证码(\d{6})，.*\n", capsys.readouterr().out)
    assert f"这是演示，不发短信。验证码是 {printed[1]}" in text(client.get(CODE))
    assert client.post(CODE, {"code": printed[1]}).status_code == 302
    assert printed[1] not in str(dict(client.session))


def test_outside_a_demonstration_no_code_is_shown_even_by_its_gateway(client, settings, li):
    settings.SMS = "sanlin.ground.accounts.sms.on_screen"
    page = client.post(BY_PHONE, {"phone": PHONE})
    assert "短信没有发出，请1分钟后再试，或用密码登录" in text(page)


def test_fields_say_to_phones_what_they_are(client, li):
    sign_in, phone = client.get(SIGN_IN).content.decode(), client.get(BY_PHONE).content.decode()
    client.post(BY_PHONE, {"phone": PHONE})
    code = client.get(CODE).content.decode()
    told = [re.findall(r'autocomplete="([^"]+)"', page) for page in (sign_in, phone, code)]
    assert told == [["username", "current-password"], ["tel"], ["one-time-code"]]


# --- my account ---


def test_the_account_page_masks_and_is_not_cached(client, li):
    client.force_login(li)
    page = client.get("/account/")
    assert "199****0001" in text(page)
    assert PHONE not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "没有人查看过。" in text(page)


def test_a_new_password_keeps_this_session_and_ends_the_others(client, li):
    client.force_login(li)
    other = Client()
    other.force_login(li)
    typed = {"old": PASSWORD, "new": "guihua-kaile", "again": "guihua-kaile", "key": "k"}
    assert client.post("/account/password/", typed).url == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").url == f"{SIGN_IN}?next=/account/"
    li.refresh_from_db()
    assert li.check_password("guihua-kaile")
    assert Entry.objects.get().deed == "account.change_password"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"old": "wrong", "new": "guihua-kaile", "again": "guihua-kaile"}, "id_old"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "id_new"),
        ({"old": PASSWORD, "new": "83947261950", "again": "83947261950"}, "id_new"),
        ({"old": PASSWORD, "new": "guihua-kaile", "again": "guihua"}, "id_again"),
    ],
)
def test_a_new_password_is_checked(client, li, typed, field):
    client.force_login(li)
    page = client.post("/account/password/", typed).content.decode()
    assert re.findall(r'<li><a href="#(\w+)"', page) == [field]
    li.refresh_from_db()
    assert li.check_password(PASSWORD)


def test_whoever_came_by_code_needs_no_old_password(client):
    fresh = Account.objects.create_user("zhao", name="赵晨", phone=PHONE)
    by_code(client)
    typed = {"new": "guihua-kaile", "again": "guihua-kaile"}
    assert client.post("/account/password/", typed).url == "/account/"
    fresh.refresh_from_db()
    assert fresh.check_password("guihua-kaile")


def test_a_new_phone_wants_the_password_and_its_own_code(client, li):
    client.force_login(li)
    wrong = client.post("/account/phone/", {"phone": STRANGER, "old": "wrong"})
    assert ("现在的密码不对" in text(wrong), gateway.sent) == (True, [])
    sent = client.post("/account/phone/", {"phone": STRANGER, "old": PASSWORD})
    assert sent.url == "/account/phone/code/"
    (phone, _words), code = gateway.sent[0], re.search(r"\d{6}", gateway.sent[0][1])[0]
    assert phone == STRANGER
    miss = client.post("/account/phone/code/", {"code": f"{(int(code) + 1) % 10**6:06}"})
    assert "验证码不对" in text(miss)
    assert client.post("/account/phone/code/", {"code": code}).url == "/account/"
    li.refresh_from_db()
    assert li.phone.reveal() == STRANGER
    assert Entry.objects.get().deed == "account.change_phone"
    assert by_code(Client(), PHONE).url == "/people/register/"


def test_a_phone_of_another_account_is_refused_after_its_code_alone(client, li):
    wang = Account.objects.create_user("wang", name="王建国", phone=STRANGER)
    client.force_login(li)
    assert client.post("/account/phone/", {"phone": STRANGER, "old": PASSWORD}).status_code == 302
    code = re.search(r"\d{6}", gateway.sent[-1][1])[0]
    page = client.post("/account/phone/code/", {"code": code})
    assert "这个手机号已用于另一个账号，请到居委办理" in text(page)
    for account, phone in ((li, PHONE), (wang, STRANGER)):
        account.refresh_from_db()
        assert account.phone.reveal() == phone


def test_the_second_page_without_the_first_goes_back(client, li):
    client.force_login(li)
    assert client.get("/account/phone/code/").url == "/account/phone/"


# --- at the desk ---


@pytest.fixture
def desk(client, li):
    """A worker who is acting for li; as the desk's verb leaves it."""
    sun = Account.objects.create_user("sun", PASSWORD, name="孙洁")
    client.force_login(sun)
    begun = Assistance.objects.create(
        person=li, hand=sun, reason="本人到场办理", started_at=clock.now()
    )
    session = client.session
    session["acting"] = begun.pk
    session.save()
    return begun


def test_every_page_says_for_whom_one_acts_until_it_is_ended(client, moment, desk):
    assert "孙洁正在为李秀英代办" in text(client.get("/"))
    assert client.post("/account/stop-acting/").status_code == 302
    assert "正在为" not in text(client.get("/"))
    desk.refresh_from_db()
    assert desk.ended_at == NOW
    line = Entry.objects.get()
    assert (line.deed, line.by, line.hand) == ("account.stop_acting", desk.person, desk.hand)


def test_the_resident_s_account_stays_closed(client, moment, desk):
    for page in ("/account/", "/account/password/", "/account/phone/", "/account/phone/code/"):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "代办期间不能打开账号页面，请先结束代办" in text(answer)
    typed = {"new": "guihua-kaile", "again": "guihua-kaile", "old": PASSWORD}
    assert client.post("/account/password/", typed).status_code == 403
    desk.person.refresh_from_db()
    assert desk.person.check_password(PASSWORD)


def test_signing_out_ends_it_too(client, moment, desk):
    client.post("/account/sign-out/")
    desk.refresh_from_db()
    assert desk.ended_at == NOW
    assert who(client) is None


def test_after_thirty_minutes_it_ends_by_itself(client, moment, desk):
    moment(minutes=29, seconds=59)
    assert "孙洁正在为李秀英代办" in text(client.get("/"))
    moment(seconds=1)
    page = text(client.get("/"))
    assert "正在为李秀英代办" not in page
    assert "代办已满30分钟，自动结束。没有以居民名义再办理任何事项。" in page
    assert "acting" not in client.session


def test_what_was_sent_too_late_is_done_in_nobody_s_name(client, moment, desk):
    moment(minutes=30)
    typed = {"old": PASSWORD, "new": "guihua-kaile", "again": "guihua-kaile"}
    answer = client.post("/account/password/", typed)
    assert answer.status_code == 409
    for one in (desk.person, desk.hand):
        one.refresh_from_db()
        assert one.check_password(PASSWORD)
    assert client.post("/account/password/", typed).status_code == 302  # now in her own name


def test_a_form_left_open_in_another_tab_dies_when_acting_ends(moment, li):
    client = Client(enforce_csrf_checks=True)
    sun = Account.objects.create_user("sun", PASSWORD, name="孙洁")
    client.force_login(sun)
    begun = Assistance.objects.create(person=li, hand=sun, reason="本人到场", started_at=NOW)
    session = client.session
    session["acting"] = begun.pk
    session.save()
    page = client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert client.post("/account/stop-acting/", {"csrfmiddlewaretoken": token}).status_code == 302
    old = client.post("/account/password/", {"csrfmiddlewaretoken": token})
    assert (old.status_code, "页面停留太久" in text(old)) == (403, True)


def test_another_s_assistance_is_nobody_s(client, moment, desk):
    thief = Client()
    thief.force_login(Account.objects.create_user("qian", name="钱立"))
    session = thief.session
    session["acting"] = desk.pk
    session.save()
    assert "正在为李秀英代办" not in text(thief.get("/"))


def test_a_kept_session_is_written_by_one_statement(li, django_assert_num_queries):
    session = SessionStore()
    session["seen"] = 1
    session.create()
    again = SessionStore(session.session_key)
    again["seen"] = 2
    with django_assert_num_queries(1):
        again.save()
    assert SessionStore(session.session_key)["seen"] == 2
    SessionStore(session.session_key).delete()
    with pytest.raises(UpdateError):
        again.save()
