import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from sanlin.ground.accounts.actions import send_code, take_code
from sanlin.ground.accounts.models import OneTimeCode
from sanlin.ground.verdict import Refused

from . import gateway

PHONE, OTHER = "19900000001", "19900000002"
NOW = datetime(2024, 4, 10, 2, 0, tzinfo=UTC)  # ten in the morning in the street


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS = gateway.KEEPS
    gateway.sent.clear()


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.django_db
def test_a_code_is_six_digits_and_goes_to_its_phone():
    code = send_code(PHONE, now=NOW)
    assert re.fullmatch(r"\d{6}", code)
    assert gateway.sent == [(PHONE, f"验证码{code}，5分钟内有效。请勿告诉他人。")]


@pytest.mark.django_db
def test_neither_phone_nor_code_lies_in_the_database():
    code = send_code(PHONE, now=NOW)
    row = OneTimeCode.objects.values().get()
    kept = " ".join(str(value) for value in row.values())
    assert PHONE not in kept
    assert f" {code} " not in f" {kept} "
    assert (len(row["phone_mark"]), len(row["code_mark"])) == (40, 40)


@pytest.mark.django_db
def test_a_code_is_good_once_for_its_phone_alone():
    code = send_code(PHONE, now=NOW)
    assert take_code(OTHER, code, now=NOW) is False
    assert take_code(PHONE, code, now=NOW) is True
    assert take_code(PHONE, code, now=NOW) is False


@pytest.mark.django_db
def test_a_code_dies_after_five_minutes_to_the_second():
    code = send_code(PHONE, now=NOW)
    assert take_code(PHONE, code, now=NOW + timedelta(minutes=5)) is False
    assert take_code(PHONE, code, now=NOW + timedelta(minutes=4, seconds=59)) is True


@pytest.mark.django_db
def test_the_fifth_try_still_counts_and_the_sixth_does_not():
    code = send_code(PHONE, now=NOW)
    assert [take_code(PHONE, wrong(code), now=NOW) for _try in range(4)] == [False] * 4
    assert take_code(PHONE, code, now=NOW) is True

    code = send_code(OTHER, now=NOW)
    assert [take_code(OTHER, wrong(code), now=NOW) for _try in range(5)] == [False] * 5
    assert take_code(OTHER, code, now=NOW) is False


@pytest.mark.django_db
def test_one_code_a_minute_and_a_new_one_replaces_the_old():
    first = send_code(PHONE, now=NOW)
    with pytest.raises(Refused, match=r"^验证码刚刚发过，请1分钟后再试$"):
        send_code(PHONE, now=NOW + timedelta(seconds=59))
    send_code(OTHER, now=NOW + timedelta(seconds=59))
    second = send_code(PHONE, now=NOW + timedelta(seconds=60))
    if first != second:
        assert take_code(PHONE, first, now=NOW + timedelta(seconds=61)) is False
    assert take_code(PHONE, second, now=NOW + timedelta(seconds=61)) is True
    assert [phone for phone, _text in gateway.sent] == [PHONE, OTHER, PHONE]


@pytest.mark.django_db
def test_ten_codes_a_day_of_the_street_and_more_the_next():
    for minute in range(10):
        send_code(PHONE, now=NOW + timedelta(minutes=minute))
    with pytest.raises(Refused, match=r"^今天发送的验证码太多，请明天再试，或用密码登录$"):
        send_code(PHONE, now=NOW + timedelta(hours=13, minutes=59))
    send_code(PHONE, now=NOW + timedelta(hours=14))  # midnight in Shanghai
    assert len(gateway.sent) == 11
    assert OneTimeCode.objects.get().sent == 1


@pytest.mark.django_db
def test_a_failing_gateway_is_a_sentence_and_its_log_holds_no_number(settings, caplog):
    settings.SMS = gateway.FAILS
    with pytest.raises(Refused, match=r"^短信没有发出，请1分钟后再试，或用密码登录$"):
        send_code(PHONE, now=NOW)
    assert [record.getMessage() for record in caplog.records] == [
        "the SMS gateway failed: ConnectionError"
    ]


@pytest.mark.django_db
def test_without_a_gateway_nothing_is_kept(settings):
    settings.SMS = ""
    with pytest.raises(Refused, match=r"^这里还没有接通短信，请用密码登录，或到居委办理$"):
        send_code(PHONE, now=NOW)
    assert OneTimeCode.objects.count() == 0


def at_once(question, hands):
    """Ask `question` from so many threads at the same moment; their answers."""
    answers, gate = [], threading.Barrier(hands)

    def hand():
        gate.wait()
        try:
            answers.append(question())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand) for _hand in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_one_code_used_by_eight_at_once_lets_one_in():
    code = send_code(PHONE, now=NOW)
    answers = at_once(lambda: take_code(PHONE, code, now=NOW), 8)
    assert sorted(answers) == [False] * 7 + [True], connection.vendor


@pytest.mark.django_db(transaction=True)
def test_eight_guesses_at_once_cost_no_more_than_five_tries():
    code = send_code(PHONE, now=NOW)
    assert at_once(lambda: take_code(PHONE, wrong(code), now=NOW), 8) == [False] * 8
    assert OneTimeCode.objects.get().tries_left == 0
    assert take_code(PHONE, code, now=NOW) is False


@pytest.mark.django_db(transaction=True)
def test_eight_requests_at_once_send_one_code():
    def ask():
        try:
            return len(send_code(PHONE, now=NOW))
        except Refused as no:
            return str(no)

    answers = at_once(ask, 8)
    assert sorted(answers, key=str) == [6] + ["验证码刚刚发过，请1分钟后再试"] * 7
    assert len(gateway.sent) == 1
