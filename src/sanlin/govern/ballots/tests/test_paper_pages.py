"""A booth by its real pages: planned at a desk, worked on a phone, printed, signed; and who is shut out."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, auditor, home, officer, resident, street, worker
from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.models import Booth, BoothLine, Shift, What
from sanlin.govern.ballots.tests.vote import GROWN, booth, close, opened, settled, voter
from sanlin.govern.proposals.models import Premise, Rivals
from sanlin.ground import clock
from sanlin.ground.journal.models import Entry
from sanlin.kernel.ballots.serial import read_serial

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """The clock stands at NOW until a test moves it."""
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def go(name, thing, **query):
    return reverse(f"ballots:{name}", args=[thing.pk], query=query or None)


def text(answer):
    return answer.content.decode()


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(answer)))


# --- the desk -------------------------------------------------------------------------------------


def test_the_officer_plans_a_booth_and_its_shifts(client):
    vote = opened()
    pair = [worker(vote.places[0], name="孙洁"), worker(vote.places[0], name="徐慧")]
    client.force_login(vote.officer)
    assert "还没有设投票站" in text(client.get(go("booths", vote.round)))
    sent = {"name": "一站", "place": "居委会一楼", "neighbourhood": "", "key": "a"}
    assert client.post(go("add_booth", vote.round), sent).status_code == 302
    row = Booth.objects.get()
    assert (row.name, row.number, row.neighbourhood) == ("一站", 1, None)
    again = client.post(go("add_booth", vote.round), {**sent, "key": "b"})
    assert again.status_code == 422
    assert "已有同名的投票站" in text(again)
    assert "居委会一楼" in text(again)
    page = text(client.get(go("add_shift", row)))
    assert f"孙洁（{vote.places[0]}）" in page
    shift = {
        "day": "2024-04-10",
        "starts": "09:00",
        "ends": "17:00",
        "officers": [one.pk for one in pair],
    }
    early = client.post(go("add_shift", row), {**shift, "day": "2023-04-10"})
    assert early.status_code == 422
    assert "班次应当在投票期内" in text(early)
    assert client.post(go("add_shift", row), {**shift, "starts": "11:00"}).status_code == 302
    made = Shift.objects.get()
    assert (
        client.post(
            go("shift", made), {**shift, "starts": "12:00", "officers": [pair[0].pk]}
        ).status_code
        == 422
    )
    assert client.post(go("shift", made), {**shift, "starts": "12:00"}).status_code == 302
    assert "孙洁、徐慧" in text(client.get(go("edit_booth", row)))
    assert client.post(go("shift", made), {"verb": "drop"}).status_code == 302
    edited = client.post(go("edit_booth", row), {**sent, "place": "二楼"}, follow=True)
    assert "已保存" in text(edited)
    assert client.post(go("edit_booth", row), {"verb": "drop"}).status_code == 302
    assert not Booth.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_booths_asks_the_same_however_many(client, django_assert_num_queries, many):
    vote = opened()
    for _n in range(many):
        booth(vote)
    client.force_login(vote.officer)
    client.get(go("booths", vote.round))
    with django_assert_num_queries(10):
        page = client.get(go("booths", vote.round))
    assert text(page).count("潍坊二村居委会一楼") == many
    with django_assert_num_queries(11):
        assert text(client.get(go("vote", vote.round))).count("发出0 / 领到10") == many


def test_the_list_of_booths_goes_to_excel(client):
    vote = opened()
    booth(vote)
    client.force_login(vote.officer)
    answer = client.get(go("booths", vote.round, format="xlsx"))
    assert answer["Content-Type"].endswith("sheet")


@pytest.mark.parametrize("many", [1, 3])
def test_everybody_reads_where_one_votes_on_paper(client, django_assert_num_queries, many):
    vote = opened()
    stands = [booth(vote) for _n in range(many)]
    with django_assert_num_queries(4):
        page = client.get(go("where", vote.round))
    assert text(page).count("潍坊二村居委会一楼") == many
    assert '4月10日 (周三) <span class="when">10:00–12:00</span>' in page.content.decode()
    assert str(stands[0].first) not in text(page)
    client.force_login(vote.voters[0])
    assert "出示我的投票码" in text(client.get(go("where", vote.round)))
    assert "到投票站投纸质票" in text(client.get(go("booth", vote.round)))


def test_a_pack_without_paper_says_so(client):
    vote = opened(vote__paper=False)
    client.force_login(vote.officer)
    for name in ("where", "booths", "add_booth", "scan", "my_pass"):
        answer = client.get(go(name, vote.round))
        assert answer.status_code == 403
        assert "本轮办法没有纸质投票" in text(answer)
    assert "投票站" not in words(client.get(go("vote", vote.round)))


# --- the booth ------------------------------------------------------------------------------------


def test_a_booth_day_on_a_phone(client, time):
    vote = opened(voters=3)
    stand = booth(vote, sheets=0, is_open=False)
    client.force_login(stand.first)
    page = go("booth_day", stand.row)
    assert "还没有领到选票" in text(client.get(page))
    assert client.post(go("sheets", stand.row), {"sheets": "201"}).status_code == 422
    assert client.post(go("sheets", stand.row), {"sheets": "5", "key": "s"}).status_code == 302
    bad = client.post(page, {"verb": "open", "seal": "封条一号"})
    assert bad.status_code == 422
    assert "封条编号只写字母、数字和短横" in text(bad)
    assert "投票站已开放" in text(client.post(page, {"verb": "open", "seal": "A-1"}, follow=True))
    who = vote.voters[0]
    found = client.post(go("find", stand.row), {"name": who.name, "clue": who.resident.home.room})
    assert "请看证件核对是本人" in text(found)
    number = re.search(r'name="voter" value="(\d+)"', text(found)).group(1)
    done = client.post(go("hand_out", stand.row), {"voter": number, "key": "h"}, follow=True)
    assert "已登记" in text(done)
    assert who.name not in text(done)
    assert "领到5 ＝ 发出1 ＋ 剩余4" in text(done)
    again = client.post(go("find", stand.row), {"name": who.name, "clue": who.resident.home.room})
    assert "已领过纸质票，每人一票" in text(again)
    assert "撤回" not in text(again)
    assert "作废换发" in text(client.post(page, {"verb": "spoil", "key": "x"}, follow=True))
    assert stand.account() == (5, 2, 1, 0, 0)
    assert client.post(page, {"verb": "incident", "words": "停"}).status_code == 422
    client.post(page, {"verb": "incident", "words": "十点停电十分钟"})
    client.post(page, {"verb": "seal", "seal": "A-2"})
    time[0] = vote.after
    close(vote)
    wrong = client.post(go("close_booth", stand.row), {"unused": 4, "in_box": 1, "seal": "A-3"})
    assert wrong.status_code == 422
    assert "最多剩3张" in text(wrong)
    assert 'value="4"' in text(wrong)
    right = {"unused": 3, "in_box": 1, "seal": "A-3"}
    assert client.post(go("close_booth", stand.row), right).status_code == 302
    protocol = go("protocol", stand.row)
    client.post(protocol, {"key": "1"})
    client.force_login(stand.second)
    client.post(protocol, {"key": "2"})
    told = words(client.get(protocol))
    assert "领到5 ＝ 发出2 ＋ 未用3" in told
    assert "发出2 ＝ 箱内1 ＋ 作废1 ＋ 带走未投0" in told
    assert "十点停电十分钟" in told
    assert all(seal in told for seal in ("A-1", "A-2", "A-3"))
    assert told.count("已在系统签字") == 2
    assert "记录已经签字，不能再改" in told
    assert "领到5 ＝ 发出2 ＋ 未用3" in text(client.get(go("where", vote.round)))
    assert "投票站已经关闭" in text(client.get(go("sheets", stand.row)))
    assert [line.note for line in BoothLine.objects.filter(what=What.SEAL)] == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize(
    ("clue", "hit"),
    [
        ("30177", True),
        ("30177室", True),
        (" 30177 ", True),
        ("0042", True),
        ("19800501", True),
        ("1980-05-01", True),
        ("3017", False),
        ("042", False),
        ("室", False),
        ("9999", False),
        ("30177\x00", False),
    ],
)
def test_a_voter_is_found_by_her_name_and_one_more_thing(client, clue, hit):
    vote = opened()  # other homes have small numbers
    place = vote.places[0]
    who = voter(place, name="李秀英", home=home(place, "30177室"), phone="19900000042")
    voter(place, name="李秀英", home=home(place, "40577室"))
    actions.add(vote.fresh(), who, "漏录", by=vote.officer, now=NOW)
    stand = booth(vote)
    client.force_login(stand.first)
    found = client.post(go("find", stand.row), {"name": "李秀英", "clue": clue})
    assert ("30177室" in words(found).split("再找一位")[0]) is hit
    assert found.status_code in (200, 422)
    assert ("40577室" in text(found)) is (hit and clue.startswith("19"))
    assert "19900000042" not in text(found)


def test_one_who_is_not_on_the_roll_is_told_why(client):
    vote = opened()
    place = vote.places[0]
    voter(place, name="赵小", home=home(place, "11室"), born=GROWN.replace(year=2010))
    voter(place, name="赵晚", home=home(place, "12室"))
    stand = booth(vote)
    client.force_login(stand.first)

    def look(name, room):
        return text(client.post(go("find", stand.row), {"name": name, "clue": room}))

    assert "年满18周岁" in look("赵小", "11")
    assert "不在名册上，符合条件的可以先补录" in look("赵晚", "12")
    nobody = look("无此人", "12")
    assert "没有找到" in nobody
    assert go("add", vote.round) in nobody


def test_the_page_does_not_tell_whether_she_voted_online(client):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    client.force_login(stand.first)
    asked = {"name": who.name, "clue": who.resident.home.room}

    def seen():
        page = text(client.post(go("find", stand.row), asked))
        return re.sub(r'value="[0-9a-zA-Z]{24,}"', "", page)

    before = seen()
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    assert seen() == before


def test_the_code_on_her_phone_finds_her_for_fifteen_minutes(client, time):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    client.force_login(who)
    shown = client.get(go("my_pass", vote.round))
    assert shown["Cache-Control"] == "no-store"
    code = queries.pack_pass(who, vote.round, now=NOW)
    client.force_login(stand.first)
    assert stand.row.name in text(client.get(go("scan", vote.round)))
    found = client.post(go("find", stand.row), {"code": f"http://x/#{code}"})
    assert who.name in text(found)
    strange = queries.pack_pass(who, opened().round, now=NOW)
    for wrong in ("", "x", code[:-4], "💥", strange):
        answer = client.post(go("find", stand.row), {"code": wrong})
        assert who.name not in text(answer)
    time[0] = NOW + timedelta(minutes=16)
    assert "已超过15分钟" in text(client.post(go("find", stand.row), {"code": code}))


def test_a_second_officer_takes_a_wrong_mark_back(client):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    stand.mark(who)
    line = stand.line(who)
    client.force_login(stand.first)
    assert client.get(go("unmark", line)).status_code == 403
    client.force_login(stand.second)
    found = client.post(go("find", stand.row), {"name": who.name, "clue": who.resident.home.room})
    assert go("unmark", line) in text(found)
    assert client.post(go("unmark", line), {"reason": ""}).status_code == 422
    assert client.post(go("unmark", line), {"reason": "同名记错"}).status_code == 302
    assert stand.line(who).stage == "waiting"


@pytest.mark.parametrize(
    "posted", [{}, {"voter": ""}, {"voter": "9" * 25}, {"voter": "x"}, {"voter": "²"}]
)
def test_a_strange_voter_is_not_found(client, posted):
    stand = booth(opened())
    client.force_login(stand.first)
    assert client.post(go("hand_out", stand.row), posted).status_code == 404
    assert client.post(go("booth_day", stand.row), {"verb": "x"}).status_code == 422


def test_who_is_shut_out(client):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    line = stand.line(who)
    elsewhere = officer(street())
    for account in (who, elsewhere, worker(opened().places[0])):
        client.force_login(account)
        for name in ("booth_day", "find", "sheets", "print_sheets", "close_booth", "protocol"):
            assert client.get(go(name, stand.row)).status_code == 403, name
        assert client.post(go("hand_out", stand.row), {"voter": line.pk}).status_code == 403
        assert client.get(go("booths", vote.round)).status_code == 403
    client.force_login(worker(vote.places[0]))  # of the street, and not on duty
    assert client.get(go("booth_day", stand.row)).status_code == 200
    assert client.get(go("find", stand.row)).status_code == 403
    assert client.post(go("hand_out", stand.row), {"voter": line.pk}).status_code == 403
    client.force_login(auditor(vote.round.street.district))
    assert client.get(go("protocol", stand.row)).status_code == 200
    assert client.post(go("protocol", stand.row)).status_code == 302
    assert not stand.row.signings.exists()
    assert stand.account() == (10, 0, 0, 0, 0)


# --- sheets ---------------------------------------------------------------------------------------


def test_sheets_are_printed_with_numbers_that_check(client):
    vote = opened(proposals=3)
    stand = booth(vote)
    client.force_login(stand.first)
    page = text(client.get(go("print_sheets", stand.row, first=3, last=9)))
    serials = re.findall(r'ballot-serial">([\d-]+)<', page)
    assert sorted(map(read_serial, serials)) == [
        (vote.round.pk, stand.row.number, n) for n in range(3, 10)
    ]
    titles = re.findall(r'ballot-item">([^<]+)<', page)
    assert titles == [one.title for one in vote.proposals] * 7
    most = rules.form_of(vote.round).most
    assert f"最多选{most}项" in page
    for first, last in ((0, 3), (5, 4), (1, 11), ("x", 3), ("1" * 30, 3)):
        answer = client.get(go("print_sheets", stand.row, first=first, last=last))
        assert answer.status_code == 409


def test_a_stack_has_no_order(monkeypatch):
    stand = booth(opened(), sheets=60)
    _layout, sheets = queries.to_print(stand.fresh(), 1, 60)
    numbers = [read_serial(sheet.serial)[2] for sheet in sheets]
    assert sorted(numbers) == list(range(1, 61))
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(
    ("values", "words_", "boxes"),
    [
        ({"vote__kind": "knapsack"}, "所选项目合计不超过", 3),
        ({"vote__kind": "rank", "vote__k": 2}, "最多写到2", 3),
        ({"vote__kind": "points", "vote__points": 5}, "共5点", 3),
        ({"vote__kind": "stance"}, "每一项在一个方框里打", 0),
    ],
)
def test_every_kind_of_ballot_has_its_sheet(client, values, words_, boxes):
    vote = opened(**values)
    stand = booth(vote)
    client.force_login(stand.first)
    page = text(client.get(go("print_sheets", stand.row, first=1, last=1)))
    assert words_ in page
    assert page.count('class="ballot-box"') == boxes
    if not boxes:
        asked = [one for _code, one in queries.opinions_asked(vote.round)]
        assert re.findall(r"<i></i>([^<]+)<", page) == asked * 3


@pytest.mark.parametrize(
    ("many", "size", "columns", "pages"),
    [(3, 20, 1, 1), (12, 20, 1, 1), (30, 16, 2, 2), (55, 12, 2, 2), (90, 14, 2, 4)],
)
def test_type_is_as_large_as_two_sides_allow(many, size, columns, pages):
    items = [
        queries.Item(n, f"第{n}村楼道美化和花园养护项目", "潍坊二村居委会", "¥20,000")
        for n in range(1, many + 1)
    ]
    made = queries.layout(items)
    assert (made.size, made.columns, len(made.pages)) == (size, columns, pages)
    assert [one for page in made.pages for column in page for one in column] == items


def test_the_printed_sheet_says_by_number_what_excludes_and_needs_what(client):
    vote = opened(proposals=3)
    one, two, three = vote.proposals
    Rivals.objects.create(round=vote.round, reason="同一块空地").proposals.set([one, two])
    Premise.objects.create(round=vote.round, proposal=two, needs=three, reason="先通水")
    stand = booth(vote)
    client.force_login(stand.first)
    page = text(client.get(go("print_sheets", stand.row, first=1, last=1)))
    assert re.findall(r'ballot-small">([^<¥]+)<', page) == [
        "与2号最多入选一项",
        "与1号最多入选一项；以3号入选为前提",
    ]


def test_where_two_sides_have_no_room_for_terms_they_are_left_out():
    plain = [
        queries.Item(n, f"第{n}村楼道美化和花园养护项目", "潍坊二村居委会", "¥20,000")
        for n in range(1, 56)
    ]
    said = [replace(item, terms="与1号、2号、3号最多入选一项；以4号入选为前提") for item in plain]
    some = queries.layout([*said[:1], *plain[1:]])
    assert some.pages[0][0][0].terms
    assert queries.layout(said) == queries.layout(plain)


def test_where_each_place_has_its_own_ballot_the_sheet_has_its_own_slate(client):
    vote = opened(places=2, voters=2, proposals=4, vote__own_community_only=True)
    where = actions.Where("站", "处", vote.places[1])
    row = actions.add_booth(vote.fresh(), where, by=vote.officer, now=NOW)
    row = actions.receive(row, 1, by=vote.officer, now=NOW)
    client.force_login(vote.officer)
    page = text(client.get(go("print_sheets", row, first=1, last=1)))
    assert re.findall(r'ballot-item">([^<]+)<', page) == [
        one.title for one in vote.proposals if one.neighbourhood == vote.places[1]
    ]


# --- nothing of a voter in what is kept -----------------------------------------------------------


def test_the_journal_and_the_book_name_no_voter(client):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    stand.mark(who, now=NOW + timedelta(minutes=17))
    line = stand.line(who)
    for entry in Entry.objects.filter(deed__in=("vote.paper", "ballot.override")):
        assert entry.at == NOW
        assert who.pk not in (entry.by_id, entry.hand_id)
        assert f"Voter:{line.pk}" not in entry.body.decode()
    assert BoothLine.objects.get(what=What.ISSUED).at == NOW
    close(vote)
    settled(stand)
    line = stand.line(who)
    assert (line.shift, line.marker, bytes(line.link)) == (None, None, b"")


@pytest.mark.parametrize("many", [1, 3])
def test_a_booth_asks_the_same_however_many(client, django_assert_num_queries, many):
    vote = opened(voters=many)
    stand = booth(vote)
    people = vote.voters
    for one in people:
        type(one).objects.filter(pk=one.pk).update(name="同名人")
        one.resident.born = GROWN
    for one in people[1:]:
        stand.mark(one)
    client.force_login(stand.second)
    client.get(go("booth_day", stand.row))
    with django_assert_num_queries(11):
        client.get(go("booth_day", stand.row))
    with django_assert_num_queries(11):
        found = client.post(go("find", stand.row), {"name": "同名人", "clue": "19800501"})
    assert text(found).count("<section") == many
    with django_assert_num_queries(11):
        client.get(go("protocol", stand.row))
    with django_assert_num_queries(9):
        client.get(go("sheets", stand.row))
    with django_assert_num_queries(9):
        client.get(go("print_sheets", stand.row, first=1, last=1 + many))


def test_somebody_without_account_or_phone_votes_on_paper(client):
    vote = opened()
    place = vote.places[0]
    who = resident(place, "张奶奶", born=GROWN, home=home(place, "702室"))
    actions.add(vote.fresh(), who, "没有手机", by=vote.officer, now=NOW)
    stand = booth(vote)
    client.force_login(stand.first)
    found = text(client.post(go("find", stand.row), {"name": "张奶奶", "clue": "702"}))
    number = re.search(r'name="voter" value="(\d+)"', found).group(1)
    client.post(go("hand_out", stand.row), {"voter": number})
    assert stand.line(who).stage == "paper"


def test_the_protocol_is_handed_out_as_pdf(client):
    vote = opened()
    stand = booth(vote)
    stand.mark(vote.voters[0])
    close(vote)
    settled(stand)
    client.force_login(vote.officer)
    answer = client.get(go("protocol", stand.row, format="pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    name = f"booth-{vote.round.pk}-{stand.row.number}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_voter_reads_of_her_own_booth_first_and_of_others_folded(client):
    vote = opened(places=2)
    here, there = vote.places[:2]
    mine, other = booth(vote), booth(vote, name="别处的投票站")
    Booth.objects.filter(pk=mine.row.pk).update(neighbourhood=here)
    Booth.objects.filter(pk=other.row.pk).update(neighbourhood=there)

    def parts(who):
        client.force_login(who)
        own, _fold, folded = text(client.get(go("where", vote.round))).partition(
            "<details><summary>其他"
        )
        return [
            name for name in (mine.row.name, "别处的投票站") if name in own
        ], "别处的投票站" in folded

    assert parts(voter(here)) == ([mine.row.name], True)
    assert parts(voter(there)) == (["别处的投票站"], False)
    assert parts(vote.officer) == ([mine.row.name, "别处的投票站"], False)
    Booth.objects.filter(pk=mine.row.pk).update(neighbourhood=there)
    client.force_login(voter(here))
    page = words(client.get(go("where", vote.round)))
    assert f"{here}没有投票站" in page
    assert "其他居民区的投票站（2个）" in page
