"""The officer's card about reminders, and one's own switch."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, at, worker
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.jobs import remind_voters
from sanlin.govern.ballots.models import OptOut, Reminder
from sanlin.govern.ballots.tests.test_booth import page, text
from sanlin.govern.ballots.tests.test_reminding import BY_HAND, ONE, THREE, asked
from sanlin.govern.ballots.tests.vote import close, opened
from sanlin.ground import clock
from sanlin.ground.accounts import sms
from sanlin.ground.accounts.tests import gateway
from sanlin.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
SWITCH = "/reminders/"


@pytest.fixture(autouse=True)
def sent(settings):
    settings.SMS = gateway.KEEPS
    gateway.sent.clear()
    return gateway.sent


@pytest.fixture(autouse=True)
def time(monkeypatch):
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def days(shown):
    return [
        (one["day"].day, one["state"], one["row"] and one["row"].sent)
        for one in shown.context["reminders"]["days"]
    ]


def test_the_card_says_what_is_planned_what_went_and_what_did_not(client, time):
    vote, _numbers = asked(2)
    client.force_login(vote.officer)
    shown = client.get(page("vote", vote))
    assert days(shown) == [(15, "到时发", None), (17, "到时发", None)]
    assert "正在投票，4月18日截止" in text(shown)
    actions.remind(vote.fresh(), by=vote.officer, now=BY_HAND)
    time[0] = BY_HAND
    assert days(client.get(page("vote", vote)))[0] == (14, "正在发", 0)
    remind_voters(now=BY_HAND)
    remind_voters(now=THREE)
    time[0] = THREE
    shown = client.get(page("vote", vote))
    assert days(shown) == [(14, "发完", 2), (15, "发完", 2), (17, "到时发", None)]
    assert "（人工）" in text(shown)
    time[0] = at(10, 0, day=date(2024, 4, 18))
    assert days(client.get(page("vote", vote)))[2] == (17, "没有发", None)


def test_what_was_not_finished_and_a_gateway_that_fails_are_said(client, time, settings):
    vote, _numbers = asked(1)
    settings.SMS = gateway.FAILS
    remind_voters(now=THREE)
    client.force_login(vote.officer)
    time[0] = THREE
    assert days(client.get(page("vote", vote)))[0] == (15, "网关不通，稍后再试", 0)
    time[0] = ONE
    assert days(client.get(page("vote", vote)))[0] == (15, "没有发完", 0)
    close(vote)
    time[0] = vote.after
    shown = client.get(page("vote", vote))
    assert days(shown) == [(15, "没有发完", 0), (17, "没有发", None)]
    assert "现在就提醒" not in text(shown)


def test_a_closed_vote_of_which_nobody_was_reminded_says_only_that(client, time):
    vote, _numbers = asked(1)
    close(vote)
    time[0] = vote.after
    client.force_login(vote.officer)
    shown = client.get(page("vote", vote))
    assert days(shown) == []
    assert "本轮没有发过短信提醒。" in text(shown)
    assert "短信这样写" not in text(shown)


def test_the_button_begins_once_and_says_why_not(client, time):
    vote, _numbers = asked(1)
    client.force_login(vote.officer)
    time[0] = BY_HAND
    posted = {"verb": "remind", "key": "a"}
    assert client.post(page("vote", vote), posted).status_code == 302
    assert "已安排提醒" in text(client.get(page("vote", vote)))
    again = client.post(page("vote", vote), {"verb": "remind", "key": "b"})
    assert again.status_code == 409
    assert "今天已经发过提醒，一天只发一次" in text(again)
    assert Reminder.objects.count() == 1
    time[0] = BY_HAND + timedelta(hours=7)
    assert "提醒短信只在9点到20点之间发" in text(client.get(page("vote", vote)))


def test_a_committee_sees_the_figures_and_cannot_press(client):
    vote, _numbers = asked(1)
    client.force_login(worker(vote.places[0]))
    shown = client.get(page("vote", vote))
    assert "短信这样写" in text(shown)
    assert not shown.context["reminders"]["can"]
    assert client.post(page("vote", vote), {"verb": "remind", "key": "a"}).status_code == 409


def test_without_a_gateway_the_page_says_so_and_nothing_breaks(client, settings):
    settings.SMS = ""
    vote, _numbers = asked(1)
    client.force_login(vote.officer)
    assert "这里还没有接通短信，提醒发不出去" in text(client.get(page("vote", vote)))
    client.force_login(vote.voters[0])
    assert "这里还没有接通短信，现在谁都收不到" in text(client.get(SWITCH))


def test_a_pack_that_never_reminds_says_so(client):
    vote, _numbers = asked(1, vote__remind=None)
    client.force_login(vote.officer)
    shown = text(client.get(page("vote", vote)))
    assert "本轮办法定为不发短信提醒；没投票的居民" in shown
    assert "现在就提醒" not in shown


def test_a_demonstration_says_that_it_only_prints(client, settings):
    settings.SMS, settings.DEMO = sms.ON_SCREEN, True
    vote, _numbers = asked(1)
    client.force_login(vote.officer)
    assert "演示中短信不真的发出" in text(client.get(page("vote", vote)))


# --- the switch -----------------------------------------------------------------------------------


def test_one_opts_out_and_in_again_on_ones_own_page(client):
    vote, (number,) = asked(1)
    client.force_login(vote.voters[0])
    shown = text(client.get(SWITCH))
    assert f"{number[:3]}****{number[-4:]}" in shown
    assert number not in shown
    client.post(SWITCH, {"want": "no", "key": "a"})
    client.post(SWITCH, {"want": "no", "key": "b"})
    assert [row.account for row in OptOut.objects.all()] == [vote.voters[0]]
    assert "已退订" in text(client.get(SWITCH))
    assert "不接收" in text(client.get(reverse("accounts:me")))
    client.post(SWITCH, {"want": "yes", "key": "c"})
    assert not OptOut.objects.exists()
    shown = text(client.get(reverse("accounts:me")))
    assert "更改短信提醒" in shown
    deeds = Entry.objects.filter(deed__startswith="reminders.").values_list("deed", flat=True)
    assert list(deeds) == ["reminders.stop", "reminders.stop", "reminders.take"]


def test_a_worker_opts_an_old_resident_out_at_the_desk(client):
    vote, _numbers = asked(1)
    clerk, old = worker(vote.places[0]), vote.voters[0]
    client.force_login(clerk)
    client.post(
        reverse("people:act", args=[old.resident.pk]),
        {"reason": "本人到居委办理", "present": "on", "key": "a"},
    )
    shown = text(client.get(SWITCH))
    assert f"正在为{old.name}代办" in shown
    assert "更换手机号" not in shown
    client.post(SWITCH, {"want": "no", "key": "b"})
    assert [row.account for row in OptOut.objects.all()] == [old]
    entry = Entry.objects.get(deed="reminders.stop")
    assert (entry.by, entry.hand) == (old, clerk)


def test_a_stranger_signs_in_first(client):
    opened()
    assert client.get(SWITCH).status_code == 302
    assert client.post(SWITCH, {"want": "no"}).status_code == 302
    assert not OptOut.objects.exists()
