"""Every page of rounds by the browser's way: who may, what it shows, what bad input gets."""

import hashlib
import json
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanlin.commons.people.tests.scene import (
    NOW,
    auditor,
    district_admin,
    officer,
    resident,
    street,
    worker,
)
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.rounds import actions, rules
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import packs
from sanlin.govern.rounds.rules.windows import spans_of
from sanlin.govern.rounds.tests.scene import (
    draft,
    open_round,
    pack_text,
    spans_around,
)
from sanlin.ground import clock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OFFICER_PAGES = ("draft", "windows", "open", "cancel")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def at(name, round=None):
    return reverse(f"rounds:{name}", args=[round.pk] if round else [])


def signed_in(client, who):
    client.force_login(who)
    return client


def dates_of(round, **changes):
    told = {}
    for part, (opens, closes) in spans_of(round).items():
        told[f"{part}_first"] = clock.local_day(opens).isoformat()
        told[f"{part}_last"] = clock.local_day(closes).isoformat()
    return {**told, **changes}


def test_a_draft_is_played_from_new_to_open(client):
    me = officer(street())
    signed_in(client, me)
    assert "潍坊新村街道居民自治金" in client.get(at("new")).content.decode()
    made = client.post(
        at("new"),
        {
            "street": me.posts.get().street_id,
            "pack": "weifang",
            "name": "2024年自治金",
            "year": 2024,
        },
    )
    round = Round.objects.get()
    assert made.url == at("draft", round)
    page = client.get(at("draft", round))
    assert "来源未公布，须由街道确定" in page.content.decode()
    waiting = {rule.path for rule in page.context["form"].open}
    assert {"budget", "award.expert", "vote.k"} <= waiting
    assert "notice.days" not in waiting
    assert ("id_budget", "本轮总额") in page.context["form"].waiting()

    wrong = client.post(
        at("draft", round),
        {
            "name": "2024年自治金",
            "year": 2024,
            "budget": "很多",
            "vote.k": "0",
            "award.expert": "六成",
        },
    )
    assert wrong.status_code == 200
    assert wrong.context["form"].errors == {
        "budget": ["请填金额，例如“12000”或“1.2万”"],
        "vote.k": ["应在1个项目到99个项目之间"],
        "award.expert": ["请填比例，例如“60%”"],
    }
    assert 'value="很多"' in wrong.content.decode()

    told = {
        "name": "2024年自治金",
        "year": 2024,
        "adopt": "1",
        "budget": "100万",
        "award.expert": "60%",
        "award.public": "40%",
        "award.min_score": "不限",
        "project_cap": "3万",
    }
    for tier, money, cap in (("shifan", 24, 3), ("pinpai", 42, 2), ("yumiao", 26, 1)):
        told |= {f"tiers.{tier}.money": f"{money}万", f"tiers.{tier}.cap": f"{cap}万"}
    saved = client.post(at("draft", round), told)
    assert saved.url == at("draft", round)
    round = Round.objects.get()
    assert round.officer_values["budget"] == 1_000_000_00
    assert round.officer_values["award.min_score"] is None
    assert round.officer_values["vote.k"] == 3

    page = client.get(at("windows", round))
    form = page.context["form"]
    assert form.initial["call_first"] == date(2024, 4, 11)
    assert form.initial["call_last"] == date(2024, 5, 10)
    suggested = {name: day.isoformat() for name, day in form.initial.items()}
    assert client.post(at("windows", round), suggested).url == at("windows", round)
    assert "公布办法，开始征集" in client.get(at("open", round)).content.decode()
    assert client.post(at("open", round), {"key": "k1"}).url == at("rules", round)
    assert client.post(at("open", round), {"key": "k1"}).status_code in {302, 403}
    round = Round.objects.get()
    assert round.stage == "call"
    client.logout()
    page = client.get(at("rules", round)).content.decode()
    assert round.fingerprint in page
    assert "¥1,000,000" in page
    file = client.get(at("rules_file", round))
    assert hashlib.sha256(file.content).hexdigest() == round.fingerprint
    assert json.loads(file.content)["budget"] == 1_000_000_00


def test_an_own_pack_is_uploaded_and_its_faults_point_to_the_line(client):
    me = officer(street())
    signed_in(client, me)

    def upload(content, name="办法.toml"):
        told = {
            "street": me.posts.get().street_id,
            "pack": "own",
            "name": "自己的办法",
            "year": 2024,
            "file": SimpleUploadedFile(name, content),
        }
        return client.post(at("new"), told)

    text = pack_text().replace("days = { value = 5,", "days = { value = 500,", 1)
    line = text[: text.index("value = 500")].count("\n") + 1
    for content, words in (
        (text.encode(), f"第{line}行 notice.days：应在1天到60天之间"),
        (b"\xff\xfe\x00bad", "不是UTF-8文本，请用文本编辑器另存为UTF-8"),
        (b"id = 'a'\nb = \n", "第2行：不是有效的TOML"),
        (b"id = 'a\x00b'\n", "第1行：不是有效的TOML"),
        (b"", "这个文件是空的，请另选一个"),
        (b"x" * 500_000, "文件太大，办法文件不超过400KB"),
        (b"#" * 300_000, "第1行：全文有300000个字符，最多200000个"),
        (b"[" * 5_000, None),
        (
            pack_text().replace("2024-01-01", "2030-01-01", 1).encode(),
            "这份办法今天不在有效期内，请核对生效和失效日期",
        ),
    ):
        answer = upload(content)
        assert answer.status_code == 200
        errors = answer.context["form"].errors["file"]
        assert words is None or any(error.startswith(words) for error in errors), errors
    assert Round.objects.count() == 0
    assert upload(pack_text().encode()).context["form"].errors["file"] == [
        "代号“weifang”已有自带的办法，请换一个 id"
    ]
    small = pack_text("zixiangmu").replace('id = "zixiangmu"', 'id = "own_small"', 1)
    form = upload(small.encode()).context["form"]
    assert form.errors["file"] == ["这是子项目的办法，请到母项目的页面开设子项目"]
    assert "zixiangmu" not in dict(form.fields["pack"].choices)
    own = pack_text().replace('id = "weifang"', 'id = "own_street"', 1)
    assert upload(b"\xef\xbb\xbf" + own.replace("\n", "\r\n").encode()).status_code == 302
    round = Round.objects.get()
    assert (round.pack_id, round.pack_text) == ("own_street", own)


@pytest.mark.parametrize(
    "bad",
    ["\x00", "x" * 10_000, "٣", "-1", "1e999", "<b>", "９９９９９９９９９９９９９"],
)
def test_hostile_values_get_a_sentence(client, bad):
    round = open_round("draft")
    running = open_round("call", on=round.street)
    signed_in(client, officer(round.street))
    for page, thing in (
        ("draft", round),
        ("windows", round),
        ("cancel", round),
        ("extend", running),
    ):
        form = client.get(at(page, thing)).context["form"]
        answer = client.post(at(page, thing), dict.fromkeys(form.fields, bad))
        assert answer.status_code in {200, 302}
        assert answer.status_code == 302 or answer.context["form"].errors
    new = client.post(at("new"), dict.fromkeys(("street", "pack", "name", "year"), bad))
    assert (new.status_code, set(new.context["form"].errors)) >= (200, {"street", "pack"})
    asked = dict.fromkeys(("stage", "year", "sort", "page", "q"), bad)
    assert client.get(at("list"), asked).status_code == 200


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("2024-13-01", "请填日期，例如 2024-03-05"),
        ("", "请填日期"),
        ("9999-12-31", "年份应在2000到2100之间，最后一天不早于第一天"),
        ("2024-04-01", "征集的截止早于开始"),
    ],
)
def test_wrong_dates_get_a_sentence_and_stay(client, bad, words):
    round = open_round("draft")
    signed_in(client, officer(round.street))
    answer = client.post(at("windows", round), dates_of(round, call_last=bad))
    assert answer.context["form"].errors == {"call_last": [words]}
    assert f'value="{bad}"' in answer.content.decode() or not bad
    assert spans_of(Round.objects.get(pk=round.pk)) == spans_of(round)


def test_dates_that_overlap_or_are_short_are_named(client):
    round = open_round("draft")
    signed_in(client, officer(round.street))
    spans = spans_of(round)
    overlap = clock.local_day(spans["screening"][1]).isoformat()
    answer = client.post(at("windows", round), dates_of(round, review_first=overlap))
    assert answer.context["form"].errors == {"review_last": ["评审开始日期早于形式审查截止"]}
    short = clock.local_day(spans["vote"][1] - 2 * DAY).isoformat()
    answer = client.post(at("windows", round), dates_of(round, vote_last=short))
    assert answer.context["form"].errors == {"vote_last": ["投票只有8天，办法规定10天"]}


def test_a_year_without_known_holidays_is_warned_of(client):
    round = draft()
    me = officer(round.street)
    spans = {
        part: (opens.replace(year=opens.year + 40), closes.replace(year=closes.year + 40))
        for part, (opens, closes) in spans_around(round, "call").items()
    }
    actions.set_windows(round, spans, by=me, now=NOW)
    said = signed_in(client, me).get(at("windows", round)).context["warnings"]
    assert said == ["有日期超出已公布的节假日安排，那时的工作日只按周末推算，公布后请再核对"]


def test_a_deadline_is_put_off_in_public(client):
    round = open_round("vote")
    me = officer(round.street)
    signed_in(client, me)
    last = clock.local_day(spans_of(round)["vote"][1]) + 3 * DAY
    run = {
        "running_first": (clock.local_day(spans_of(round)["running"][0]) + 3 * DAY).isoformat(),
        "running_last": (clock.local_day(spans_of(round)["running"][1]) + 3 * DAY).isoformat(),
    }
    told = dates_of(round, vote_last=last.isoformat(), reason="部分楼组停电", **run)
    earlier = {**told, "vote_last": (last - 5 * DAY).isoformat()}
    answer = client.post(at("extend", round), earlier)
    assert answer.context["form"].errors == {"vote_last": ["投票的截止只能延后，不能提前"]}
    nothing = client.post(at("extend", round), dates_of(round, reason="部分楼组停电"))
    assert nothing.context["form"].non_field_errors() == ["没有改动任何日期"]
    assert client.post(at("extend", round), told).url == at("manage", round)
    client.logout()
    page = client.get(at("rules", round)).content.decode()
    assert "原因：部分楼组停电" in page
    assert "延期说明" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_few_questions(client, count, django_assert_num_queries):
    place = street()
    for _each in range(count):
        open_round("call", on=place)
        open_round("draft", on=place)
    signed_in(client, officer(place))
    client.get(at("list"))
    with django_assert_num_queries(8):
        page = client.get(at("list"))
    assert len(page.context["table"].page.object_list) == 2 * count
    only = client.get(at("list"), {"stage": "draft", "sort": "-name"})
    assert {round.stage for round in only.context["table"].page} == {"draft"}
    assert client.get(at("list"), {"format": "xlsx"}).status_code == 200


@pytest.mark.parametrize(("name", "questions"), [("rules", 6), ("manage", 7)])
def test_the_pages_of_a_round_ask_few_questions(client, name, questions, django_assert_num_queries):
    round = open_round("vote")
    signed_in(client, officer(round.street))
    client.get(at(name, round))
    with django_assert_num_queries(questions):
        client.get(at(name, round))


def test_who_sees_and_does_what(client):
    place = street()
    round, shut = open_round("call", on=place), open_round("draft", on=place)
    neighbours = Neighbourhood.objects.create(code="n1", name="潍坊二村", street=place)
    ours = [worker(neighbours), auditor(place.district), district_admin(place.district)]
    theirs = [resident(), resident(neighbours), officer(street(name="塘桥街道"))]
    for who, may in [*((who, True) for who in ours), *((who, False) for who in theirs)]:
        signed_in(client, who)
        assert client.get(at("rules", round)).status_code == 200
        assert client.get(at("rules", shut)).status_code == (200 if may else 403)
        assert client.get(at("manage", round)).status_code == (200 if may else 403)
        assert client.get(at("rules_file", shut)).status_code == (404 if may else 403)
        for page in OFFICER_PAGES:
            assert client.post(at(page, shut), {}).status_code == 403
        assert client.post(at("extend", round), {}).status_code == 403
    client.logout()
    assert client.get(at("rules", round)).status_code == 200
    assert client.get(at("rules", shut)).status_code == 302
    assert client.get(at("list")).status_code == 302


def test_a_new_round_from_a_former_one_by_its_page(client):
    round = open_round("closed")
    me = officer(round.street)
    signed_in(client, me)
    taken = client.post(at("follow", round), {"name": round.name, "year": 2025})
    assert taken.context["form"].non_field_errors() == ["本街道已有同名轮次"]
    made = client.post(at("follow", round), {"name": "下一轮", "year": 2025})
    new = Round.objects.get(name="下一轮")
    assert made.url == at("draft", new)
    assert (new.previous, new.officer_values) == (round, round.officer_values)


def test_an_expired_pack_opens_no_round(client):
    text = pack_text().replace('id = "weifang"', 'id = "own"', 1)
    text = text.replace("effective_from", "effective_to = 2024-12-31\neffective_from", 1)
    me = officer(street())
    signed_in(client, me)
    place = me.posts.get().street
    former = actions.create(place, "自办一轮", 2024, text, by=me, now=NOW)
    then = NOW + 365 * DAY
    assert rules.lacking(former, now=NOW)[0] == "还有46项数值未定"
    assert rules.lacking(former, now=then)[0] == "这份办法已经失效，请用有效的办法另建一轮"
    Round.objects.filter(pk=former.pk).update(
        stage="closed", frozen=open_round("call").frozen, fingerprint="f" * 64
    )
    assert client.get(at("follow", former)).context["expired"] is False
    with pytest.MonkeyPatch.context() as later:
        later.setattr(clock, "now", lambda: then)
        answer = client.post(at("follow", former), {"name": "下一轮", "year": 2025})
    assert answer.context["expired"] is True
    assert Round.objects.filter(name="下一轮").count() == 0


def test_what_a_pack_says_is_text_and_never_markup(client):
    evil = "<script>alert(1)</script>"
    text = pack_text().replace('id = "weifang"', 'id = "own"', 1)
    text = text.replace('name = "示范类"', f'name = "{evil}"', 1)
    text = text.replace("公开材料没有公布本轮资金总额", evil, 1)
    text = re.sub(r'^title = ".*"', f'title = "{evil}"', text, count=1, flags=re.MULTILINE)
    me = officer(street())
    place = me.posts.get().street
    round = actions.create(place, evil, 2024, text, by=me, now=NOW)
    signed_in(client, me)
    for page in ("draft", "windows", "open", "manage", "rules", "cancel"):
        told = client.get(at(page, round)).content.decode()
        assert "<script>alert" not in told
        assert "&lt;script&gt;alert" in told


def test_a_cancelled_round_says_why(client):
    round = open_round("call")
    signed_in(client, officer(round.street))
    assert client.post(at("cancel", round), {"reason": ""}).context["form"].errors
    assert client.post(at("cancel", round), {"reason": "上级经费调整"}).status_code == 302
    assert client.post(at("cancel", round), {"reason": "上级经费调整"}).status_code == 403
    client.logout()
    assert "上级经费调整" in client.get(at("rules", round)).content.decode()


def test_the_pages_speak_english(client):
    round, shut = open_round("vote"), open_round("draft")
    signed_in(client, officer(shut.street))
    client.cookies["django_language"] = "en"
    page = client.get(at("rules", round)).content.decode()
    for words in ("Choices on a ballot", "3 projects", "Kind of ballot"):
        assert words in page
    page = client.get(at("draft", shut)).content.decode()
    assert "Budget of the round" in page


def test_two_editions_that_hold_at_once_are_a_sentence_and_no_error(client, monkeypatch):
    (pack, text), *_rest = packs.shipped()["weifang"].values()
    twins = {"weifang": {date(2024, 1, 1): (pack, text), date(2024, 2, 1): (pack, text)}}
    monkeypatch.setattr(packs, "shipped", lambda: twins)
    client.force_login(officer())
    for answer in (client.get(at("new")), client.post(at("new"), {"pack": "weifang"})):
        assert answer.status_code == 409
        assert "办法“weifang”的几个版本有效期重叠" in answer.content.decode()
