"""Messages to those who have not cast: to whom, when, how often, and what is kept of it."""

import json
import logging
from datetime import date, timedelta

import pytest
from django.db import connection

from sanlin.commons.people.models import Resident
from sanlin.commons.people.tests.scene import NOW, at, at_the_desk, phone, worker
from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.jobs import remind_voters
from sanlin.govern.ballots.models import OptOut, Reminder
from sanlin.govern.ballots.tests.vote import booth, close, opened, voter
from sanlin.ground.accounts.models import Account
from sanlin.ground.accounts.tests import gateway
from sanlin.ground.journal.models import Entry
from sanlin.ground.pii import mark
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
# The vote of the scene opens on the 10th and closes at the end of the 18th.
THREE, ONE = at(9, 5, day=date(2024, 4, 15)), at(12, 0, day=date(2024, 4, 17))
BY_HAND = at(15, 0, day=date(2024, 4, 14))


@pytest.fixture(autouse=True)
def sent(settings):
    settings.SMS, settings.ALLOWED_HOSTS = gateway.KEEPS, ["sanlin.example.gov.cn"]
    gateway.sent.clear()
    return gateway.sent


def reached(who):
    """Give somebody a phone; its eleven digits."""
    number = phone()
    Account.objects.filter(pk=who.pk).update(phone=number, phone_mark=mark(number))
    return number


def asked(voters=1, *, own=True, **wanted):
    """An open vote, and the phones of its voters."""
    vote = opened(voters=voters, **wanted)
    return vote, [reached(who) for who in vote.voters] if own else []


def phones(sent):
    return sorted(number for number, _text in sent)


def counts(**wanted):
    row = Reminder.objects.get(**wanted)
    return row.sent, row.failed, row.no_phone, row.declined, row.done_at is not None


def test_the_message_says_what_when_where_and_how_to_stop(sent):
    vote, (number,) = asked()
    assert remind_voters(now=THREE) == 1
    street, round = vote.round.street, vote.round
    assert sent == [
        (
            number,
            f"{street}：“{round.name}”正在投票，4月18日截止，还没投的请到 "
            f"http://sanlin.example.gov.cn/rounds/{round.pk}/ballot/ 投。已投的不必理会。"
            "不想再收，登录后在“我的账号”里退订，或告诉居委。",
        )
    ]


def test_it_names_the_booth_of_the_place_and_of_several_only_that_there_are(sent):
    vote, _numbers = asked(2, places=2)
    stand = booth(vote)
    text = queries.message(vote.fresh())
    assert f"，或到{stand.row.name}（潍坊二村居委会一楼）投纸质票。" in text(vote.places[0].pk)
    own = booth(vote).row
    own.neighbourhood = vote.places[1]
    own.save()
    text = queries.message(vote.fresh())
    assert stand.row.name in text(vote.places[0].pk)
    assert "，或到投票站投纸质票（地点见网页）。" in text(vote.places[1].pk)


def test_once_a_day_to_everybody_who_has_not_cast_and_none_on_other_days(sent):
    vote, numbers = asked(3)
    for day in range(10, 20):
        for hour in (8, 9, 10, 19, 20, 23):
            remind_voters(now=at(hour, 30, day=date(2024, 4, day)))
    assert phones(sent) == sorted(numbers * 2)
    assert [(row.day.day, row.planned, row.sent) for row in Reminder.objects.all()] == [
        (15, True, 3),
        (17, True, 3),
    ]
    assert vote.round.pk


@pytest.mark.parametrize(
    ("hour", "minute", "went"), [(8, 59, 0), (9, 0, 1), (19, 59, 1), (20, 0, 0)]
)
def test_nothing_goes_at_night(sent, hour, minute, went):
    asked()
    assert remind_voters(now=at(hour, minute, day=THREE.date())) == went
    assert Reminder.objects.count() == went == len(sent)


def test_whoever_has_cast_online_or_on_paper_has_none(sent):
    vote, numbers = asked(3)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    booth(vote).mark(vote.voters[1])
    remind_voters(now=THREE)
    assert phones(sent) == [numbers[2]]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[2], now=THREE)
    assert remind_voters(now=ONE) == 0
    assert counts(day=ONE.date()) == (0, 0, 0, 0, True)


def test_whoever_casts_while_messages_go_has_none(sent, settings):
    vote, numbers = asked(2)
    gateway.casts = lambda: actions.cast(
        vote.fresh(), [vote.proposals[0].pk], by=vote.voters[1], now=THREE
    )
    settings.SMS = f"{__name__}.cast_and_keep"
    assert remind_voters(now=THREE) == 1
    assert phones(sent) == [numbers[0]]
    assert counts() == (1, 0, 0, 0, True)


def cast_and_keep(number, text):
    gateway.casts()
    gateway.keep(number, text)


def test_no_phone_no_account_moved_out_struck_off_or_opted_out(sent):
    vote, _none = asked(6, own=False)
    _dumb, off, gone, struck, out, fine = vote.voters
    numbers = {who.pk: reached(who) for who in vote.voters[1:]}
    Account.objects.filter(pk=off.pk).update(is_active=False)
    Resident.objects.filter(account=gone).update(moved_out=NOW.date())
    line = vote.round.roll.voters.select_related("roll__round__street").get(account=struck)
    actions.strike(line, "已搬走", by=vote.officer, now=NOW)
    actions.stop_reminders(by=out, now=NOW)
    remind_voters(now=THREE)
    assert phones(sent) == [numbers[fine.pk]]
    assert counts() == (1, 0, 1, 1, True)
    actions.take_reminders(by=out, now=THREE)
    remind_voters(now=ONE)
    assert counts(day=ONE.date()) == (2, 0, 1, 0, True)


def test_where_households_vote_everybody_who_may_cast_is_told(sent):
    vote, (first,) = asked(vote__unit="household")
    near = voter(vote.places[0], home=vote.voters[0].resident.home)
    child = voter(vote.places[0], home=vote.voters[0].resident.home, born=date(2015, 1, 1))
    second, _childs = reached(near), reached(child)
    remind_voters(now=THREE)
    assert phones(sent) == sorted([first, second])
    assert "家里还没投的请到" in sent[0][1]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=near, now=THREE)
    assert remind_voters(now=ONE) == 0


def test_a_pack_that_never_reminds_and_a_house_without_a_gateway(sent, settings):
    vote, _numbers = asked(vote__remind=None)
    assert remind_voters(now=THREE) == 0
    said = rules.can_remind(vote.officer, vote.fresh(), now=THREE)
    assert said.reason == "本轮办法定为不发短信提醒"
    settings.SMS = ""
    other, _numbers = asked()
    assert remind_voters(now=THREE) == 0
    said = rules.can_remind(other.officer, other.fresh(), now=THREE)
    assert said.reason == "这里还没有接通短信，可以上门提醒"
    assert not Reminder.objects.exists()


def test_other_days_and_hours_and_never_on_the_day_on_which_it_opens(sent):
    vote, _numbers = asked(vote__remind=[8, 2], vote__remind_from=18, vote__remind_until=19)
    assert rules.reminder_days(vote.fresh()) == [date(2024, 4, 16)]
    assert remind_voters(now=at(17, 0, day=date(2024, 4, 16))) == 0
    assert remind_voters(now=at(18, 0, day=date(2024, 4, 16))) == 1


# --- the officer's button -------------------------------------------------------------------------


def test_an_officer_reminds_once_a_day_and_never_beside_a_planned_one(sent):
    vote, (number,) = asked()
    actions.remind(vote.fresh(), by=vote.officer, now=BY_HAND, key="a")
    actions.remind(vote.fresh(), by=vote.officer, now=BY_HAND, key="a")
    assert not sent  # the clock's hand sends
    with pytest.raises(Refused, match="今天已经发过提醒，一天只发一次"):
        actions.remind(vote.fresh(), by=vote.officer, now=BY_HAND)
    assert remind_voters(now=BY_HAND) == 1
    assert phones(sent) == [number]
    remind_voters(now=THREE)
    with pytest.raises(Refused, match="今天已经发过提醒"):
        actions.remind(vote.fresh(), by=vote.officer, now=THREE)
    assert [row.planned for row in Reminder.objects.all()] == [False, True]


def test_who_may_not_and_when(sent):
    vote, _numbers = asked()
    clerk = worker(vote.places[0])
    for who, now, why in (
        (vote.voters[0], BY_HAND, "的工作人员可以办理"),
        (clerk, BY_HAND, "的工作人员可以办理"),
        (vote.officer, at(21, 0, day=BY_HAND.date()), "提醒短信只在9点到20点之间发"),
        (vote.officer, at(9, 0, day=date(2024, 4, 19)), "投票已经截止，不再接受选票"),
    ):
        with pytest.raises(Refused, match=why):
            actions.remind(vote.fresh(), by=who, now=now)
    assert not Reminder.objects.exists()


def test_a_day_that_was_not_finished_is_not_gone_on_with_after_the_close(sent):
    vote, _numbers = asked(2)
    actions.remind(vote.fresh(), by=vote.officer, now=THREE)
    close(vote)
    assert remind_voters(now=THREE) == 0
    assert not sent


# --- the gateway fails ----------------------------------------------------------------------------


def test_a_gateway_that_is_down_is_tried_again_later_and_then_given_up(sent, settings):
    asked(2)
    settings.SMS = gateway.FAILS
    for n in range(3):
        assert remind_voters(now=THREE + n * timedelta(minutes=15)) == 0
        assert remind_voters(now=THREE + n * timedelta(minutes=15, seconds=1)) == 0
        row = Reminder.objects.get()
        assert (row.cursor, row.tries, row.failed) == (0, n + 1, 0)
    remind_voters(now=THREE + timedelta(minutes=45))
    assert counts() == (0, 2, 0, 0, False)
    settings.SMS = gateway.KEEPS
    remind_voters(now=THREE + timedelta(minutes=46))
    assert counts() == (0, 2, 0, 0, True)
    assert not sent


def test_a_gateway_that_comes_back_leaves_nobody_out_and_tells_nobody_twice(sent, settings):
    vote, numbers = asked(6)
    Account.objects.filter(pk=vote.voters[2].pk).update(phone="", phone_mark=None)
    settings.SMS = f"{__name__}.one_and_then_none"
    assert remind_voters(now=THREE) == 1
    row = Reminder.objects.get()
    assert (row.cursor, row.tries, row.sent, row.no_phone) == (vote.voters[0].pk, 1, 1, 0)
    settings.SMS = gateway.KEEPS
    assert remind_voters(now=THREE + timedelta(minutes=14)) == 0
    assert remind_voters(now=THREE + timedelta(minutes=15)) == 4
    assert phones(sent) == sorted(numbers[:2] + numbers[3:])
    assert counts() == (5, 0, 1, 0, True)


def one_and_then_none(number, text):
    if gateway.sent:
        gateway.fail(number, text)
    gateway.keep(number, text)


def test_one_number_that_fails_holds_up_nobody(sent, settings):
    vote, numbers = asked(4)
    gateway.bad = numbers[1]
    settings.SMS = f"{__name__}.all_but_one"
    remind_voters(now=THREE)
    assert phones(sent) == sorted(numbers[:1] + numbers[2:])
    assert counts() == (3, 1, 0, 0, True)
    assert vote.round.pk


def all_but_one(number, text):
    if number == gateway.bad:
        gateway.fail(number, text)
    gateway.keep(number, text)


def test_a_crash_while_a_message_goes_loses_it_and_sends_none_twice(sent, settings):
    _vote, numbers = asked(3)
    settings.SMS = f"{__name__}.killed_at_the_second"
    with pytest.raises(KeyboardInterrupt):
        remind_voters(now=THREE)
    settings.SMS = gateway.KEEPS
    remind_voters(now=THREE + timedelta(minutes=1))
    assert [number for number, _text in sent] == numbers
    assert counts() == (2, 0, 0, 0, True)


def killed_at_the_second(number, text):
    gateway.keep(number, text)
    if len(gateway.sent) == 2:
        raise KeyboardInterrupt


def test_batch_after_batch(sent, monkeypatch):
    monkeypatch.setattr("sanlin.govern.ballots.actions.reminding.BATCH", 2)
    _vote, numbers = asked(5)
    assert [remind_voters(now=THREE) for _n in range(4)] == [2, 2, 1, 0]
    assert phones(sent) == sorted(numbers)
    assert counts() == (5, 0, 0, 0, True)


# --- what is kept ---------------------------------------------------------------------------------


def test_the_journal_holds_counts_and_neither_it_nor_the_log_a_person(sent, settings, caplog):
    vote, numbers = asked(3)
    actions.stop_reminders(by=at_the_desk(vote.voters[2], worker(vote.places[0])), now=NOW)
    gateway.bad = numbers[0]
    settings.SMS = f"{__name__}.all_but_one"
    with caplog.at_level(logging.DEBUG):
        remind_voters(now=THREE)
    told = [entry.told for entry in Entry.objects.filter(deed__startswith="vote.remind")]
    assert [(line["deed"], line["by"], line["data"]) for line in told] == [
        ("vote.remind", None, {}),
        ("vote.reminded", None, {"sent": 1, "failed": 1, "no_phone": 0, "declined": 1}),
    ]
    said = caplog.text + json.dumps([entry.told for entry in Entry.objects.all()])
    for who, number in zip(vote.voters, numbers, strict=True):
        assert number not in said
        assert who.name not in said
    assert Entry.objects.get(deed="reminders.stop").told["hand"]


def test_what_is_kept_of_a_day_is_the_same_whoever_was_reminded(sent):
    """No table joins a person and a reminder, so none tells by its rows who had cast that day."""
    asked(2)
    remind_voters(now=THREE)
    names = connection.introspection.table_names()
    mine = [name for name in names if "remind" in name]
    assert mine == ["ballots_reminder"]
    fields = {field.name for field in Reminder._meta.get_fields()}
    assert not fields & {"account", "voter", "phone", "person"}
    assert OptOut.objects.count() == 0


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_a_batch(sent, django_assert_num_queries, n):
    asked(n)
    # 23: the votes, the rule, the day's row, the booths, and two deeds; 3: taken, still waits, sent
    with django_assert_num_queries(23 + 3 * n):
        remind_voters(now=THREE)
