"""Opening, closing, turnout and the roll, by the real pages; and what no page tells too early."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, auditor, officer, resident, worker
from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.models import Voter
from sanlin.govern.ballots.tests.vote import GROWN, close, count, counted, opened, ready, voter
from sanlin.govern.rounds.stages import DECISION, VOTE
from sanlin.ground import clock
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots.tally import Merged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """The clock stands at NOW until a test moves it."""
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def page(name, vote, **query):
    return reverse(f"ballots:{name}", args=[vote.round.pk], query=query or None)


def text(answer):
    return answer.content.decode()


def test_the_officer_opens_and_closes(client, time):
    vote = ready()
    client.force_login(vote.officer)
    assert "开始投票" in text(client.get(page("vote", vote)))
    assert client.post(page("vote", vote), {"verb": "open", "key": "a"}).status_code == 302
    assert vote.fresh().stage == VOTE
    answer = client.post(page("vote", vote), {"verb": "close", "key": "b"})
    assert answer.status_code == 409
    assert "在此之前谁都不能提前截止" in text(answer)
    time[0] = vote.after
    assert client.post(page("vote", vote), {"verb": "close", "key": "c"}).status_code == 302
    assert vote.fresh().stage == VOTE
    assert "票箱等您的口令" in text(client.get(page("vote", vote)))


@pytest.mark.parametrize("posted", [{}, {"verb": "x"}, {"verb": "open\x00"}, {"verb": "open"}])
def test_a_strange_press_meets_a_sentence(client, posted):
    vote = opened()
    client.force_login(vote.officer)
    assert client.post(page("vote", vote), posted).status_code == 409


def test_the_rule_says_what_is_missing():
    vote = ready(voters=0, proposals=0)
    verdict = rules.can_open_vote(vote.officer, vote.round, now=NOW)
    assert verdict.reason == "还没有通过审查的提案"
    vote = ready(voters=0, proposals=1)
    verdict = rules.can_open_vote(vote.officer, vote.round, now=NOW)
    # The author of the proposal lives here, but nobody knows her age.
    assert verdict.reason == "还没有符合条件的居民，请先导入并核实居民"
    assert not rules.can_open_vote(officer(), vote.round, now=NOW)
    assert not rules.can_open_vote(vote.officer, opened().round, now=NOW)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"born": date(2006, 4, 10)}, ""),
        ({"born": date(2006, 4, 11)}, "投票人须在2024年4月10日 (周三)年满18周岁"),
        ({"born": None}, "没有登记出生日期；请带身份证到居委补登"),
        ({"verified_on": None}, "居民身份还在等待居委核实，核实后请居委补录名册"),
        ({"moved_out": date(2024, 1, 1)}, "已登记迁出；如有误，请联系居委更正"),
        (
            {"verified_on": date(2024, 4, 11)},
            "名册在2024年4月10日 (周三)确定，当时还没有您的资料；请联系居委补录",
        ),
    ],
)
def test_who_stands_on_the_roll_and_why_not(client, fields, reason):
    vote = ready()
    who = voter(vote.places[0], **fields)
    vote.round = actions.open_vote(vote.round, by=vote.officer, now=NOW)
    assert Voter.objects.filter(account=who).exists() is not bool(reason)
    verdict = rules.is_on_roll(who, vote.fresh(), now=NOW)
    assert (bool(verdict), verdict.reason) == (not reason, reason)
    client.force_login(who)
    assert (reason or "您在本轮的选民名册上") in text(client.get(page("mine", vote)))
    assert rules.can_cast(who, vote.fresh(), now=NOW).reason == reason


def test_another_street_and_no_resident_are_told_so():
    vote = opened()
    elsewhere = voter(ready().places[0])
    assert rules.is_on_roll(elsewhere, vote.fresh(), now=NOW).reason == (
        f"本轮只由{vote.round.street}的居民投票"
    )
    assert rules.is_on_roll(vote.officer, vote.fresh(), now=NOW).reason == (
        "还没有登记为居民；请先到所在居委登记并核实"
    )


def test_where_only_the_own_neighbourhood_counts_one_without_proposals_has_no_roll():
    vote = opened(places=2, voters=2, proposals=1, vote__own_community_only=True)
    assert [v.account for v in Voter.objects.all()] == [vote.voters[0]]
    assert rules.is_on_roll(vote.voters[1], vote.fresh(), now=NOW).reason == (
        f"本轮只投本居民区的提案，而{vote.places[1]}没有参加投票的提案"
    )


def test_a_household_votes_once_by_any_of_its_grown_members():
    vote = ready(vote__unit="household", vote__revote=False)
    home = vote.voters[0].resident.home
    other = voter(vote.places[0], home=home)
    child = voter(vote.places[0], home=home, born=date(2015, 1, 1))
    homeless = voter(vote.places[0], home=None)
    vote.round = actions.open_vote(vote.round, by=vote.officer, now=NOW)
    assert [(v.home, v.account) for v in Voter.objects.all()] == [(home, None)]
    one = vote.proposals[0].pk
    with pytest.raises(Refused, match="年满18周岁"):
        actions.cast(vote.fresh(), [one], by=child, now=NOW)
    with pytest.raises(Refused, match="本轮一户一票，而住址还没有登记到户"):
        actions.cast(vote.fresh(), [one], by=homeless, now=NOW)
    actions.cast(vote.fresh(), [one], by=other, now=NOW)
    with pytest.raises(Refused, match="您家已经投过票，本轮投出后不能更改"):
        actions.cast(vote.fresh(), [one], by=vote.voters[0], now=NOW)
    assert queries.votes(count(vote))[one] == 1


def test_a_late_addition_has_a_reason_and_a_line_in_the_journal(client):
    vote = opened()
    late = voter(vote.places[0], name="李秀英", phone="19900001234")
    client.force_login(worker(vote.places[0]))
    shown = client.post(page("add", vote), {"who": "19900001234", "reason": "", "key": "a"})
    assert shown.status_code == 200
    assert "19900001234" in text(shown)
    answer = client.post(
        page("add", vote), {"who": "19900001234", "reason": "核实晚了一天", "key": "b"}
    )
    assert answer.status_code == 302
    line = Voter.objects.get(account=late)
    assert (line.late, line.reason, line.stage) == (True, "核实晚了一天", stages.WAITING)
    entry = Entry.objects.get(deed="voter.add")
    assert "核实" not in bytes(entry.body).decode()
    again = client.post(page("add", vote), {"who": late.username, "reason": "再来", "key": "c"})
    assert "名册上已经有了，不必补录" in text(again)
    assert "李*英" in text(client.get(page("roll", vote)))


@pytest.mark.parametrize(
    "who", ["", "x", "\x00", "1" * 500, "' OR 1=1", "１９９００００１２３４", "🗳"]
)
def test_nobody_is_added_by_nonsense(client, who):
    vote = opened()
    client.force_login(vote.officer)
    answer = client.post(page("add", vote), {"who": who, "reason": "核实晚了", "key": "k"})
    assert answer.status_code == 200
    assert Voter.objects.count() == 1


def test_only_staff_of_the_place_add_and_only_officers_strike(client):
    vote = opened(places=2, voters=2)
    late = voter(vote.places[0])
    for who, allowed in (
        (vote.officer, True),
        (worker(vote.places[0]), True),
        (worker(vote.places[1]), False),
        (officer(), False),
        (vote.voters[0], False),
    ):
        assert bool(rules.can_add(who, vote.fresh(), late, now=NOW)) is allowed
    line = Voter.objects.get(account=vote.voters[1])
    assert rules.can_strike(vote.officer, line, now=NOW)
    assert not rules.can_strike(worker(vote.places[1]), line, now=NOW)


def test_struck_off_with_a_reason_and_put_back(client):
    vote = opened()
    who, line = vote.voters[0], Voter.objects.get()
    client.force_login(vote.officer)
    address = reverse("ballots:strike", args=[line.pk])
    assert "不能再在本轮投票" in text(client.get(address))
    assert client.post(address, {"reason": "已迁往外地", "key": "a"}).status_code == 302
    assert queries.turnout(vote.fresh()) == (0, 0)
    with pytest.raises(Refused, match="您已被移出名册，理由：已迁往外地"):
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    assert "此人已经移出名册" in text(client.get(address))
    actions.add(vote.fresh(), who, "移出有误", by=vote.officer, now=NOW)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    with pytest.raises(Refused, match="已经投票的人不能移出名册"):
        actions.strike(Voter.objects.get(), "迟了", by=vote.officer, now=NOW)
    assert queries.votes(count(vote))[vote.proposals[0].pk] == 1


def test_the_export_is_masked_and_does_not_tell_who_has_voted(client):
    vote = ready(voters=0, proposals=1)
    who = voter(vote.places[0], name="王建国", phone="19900005678")
    voter(vote.places[0], name="=1+1")
    vote.round = actions.open_vote(vote.round, by=vote.officer, now=NOW)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    client.force_login(vote.officer)
    answer = client.get(page("roll", vote, format="xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert sorted(row[0] for row in rows) == ["=**1", "王*国"]
    assert {row[2] for row in rows} == {"在册"}
    assert not any("19900005678" in str(row) or "已投票" in str(row) for row in rows)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_pages_for_staff_are_for_staff(client):
    vote = opened()
    for who, status in (
        (vote.officer, 200),
        (worker(vote.places[0]), 200),
        (auditor(vote.round.street.district), 200),
        (vote.voters[0], 403),
        (officer(), 403),
    ):
        client.force_login(who)
        for name in ("vote", "roll"):
            assert client.get(page(name, vote)).status_code == status
    client.force_login(auditor(vote.round.street.district))
    assert client.post(page("vote", vote), {"verb": "close", "key": "a"}).status_code == 409
    assert client.get(page("add", vote)).status_code == 403
    client.logout()
    assert client.get(page("roll", vote)).status_code == 302


def readable(answer):
    """What an answer says: a page without its tokens, a workbook's cells."""
    if "spreadsheet" in answer["Content-Type"]:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return list(sheet.iter_rows(values_only=True))
    return re.sub(r'(name="(csrfmiddlewaretoken|key)" value=)"[^"]*"', r"\1", text(answer))


def test_no_page_and_no_export_tells_a_vote_before_the_close(client):
    """Whatever has been chosen, every page says the same to everybody while the vote is open."""
    vote = opened(voters=2, proposals=2)
    readers = [None, vote.voters[1], vote.officer, auditor(vote.round.street.district)]
    names = ("booth", "review", "turnout", "vote", "roll", "receipts", "mine")
    queried = ({}, {"format": "xlsx"}, {"sort": "votes"}, {"results": "1"})
    asked = [(name, query) for name in names for query in queried]
    seen = []
    for chosen in vote.proposals:
        actions.cast(vote.fresh(), [chosen.pk], by=vote.voters[0], now=NOW)
        pages = []
        for who in readers:
            client.logout()
            if who:
                client.force_login(who)
            pages += [readable(client.get(page(name, vote, **query))) for name, query in asked]
        seen.append(pages)
        for ask in (queries.votes, queries.ballots, queries.results, queries.channels):
            with pytest.raises(Refused, match="开箱计票以前，谁都看不到票数"):
                ask(vote.fresh())
    assert seen[0] == seen[1]


def test_turnout_and_after_the_close_the_count(client):
    vote = opened(places=2, voters=3, proposals=2)
    one, two = vote.proposals
    for who in vote.voters[:2]:
        actions.cast(vote.fresh(), [two.pk], by=who, now=NOW)
    shown = client.get(page("turnout", vote))
    assert (shown.context["cast"], shown.context["size"], shown.context["share"]) == (2, 3, "66.6%")
    close(vote)
    assert client.get(page("turnout", vote)).context["results"] == []
    counted(vote.fresh(), vote.after)
    shown = client.get(page("turnout", vote))
    no = {"opinions": (), "carried": True}
    assert shown.context["results"] == [
        {"number": two.number, "title": two.title, "place": vote.places[1].name, "votes": 2, **no},
        {"number": one.number, "title": one.title, "place": vote.places[0].name, "votes": 0, **no},
    ]
    assert shown.context["channels"] == [("网上", 2)]


@pytest.fixture
def bare_frame(settings):
    settings.MENU = settings.SIDE = settings.FOOT = "sanlin.govern.ballots.tests.vote.no_doors"


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_lists_do_not_grow(client, django_assert_num_queries, bare_frame, n):
    vote = opened(places=n, voters=n, proposals=n)
    client.force_login(vote.officer)
    with django_assert_num_queries(9):
        client.get(page("roll", vote))
    with django_assert_num_queries(10):
        client.get(page("vote", vote))
    count(vote)
    client.logout()
    with django_assert_num_queries(6):
        client.get(page("turnout", vote))


def test_a_vote_held_elsewhere_is_entered_as_closed():
    vote = ready(voters=0, proposals=2)
    one, two = vote.proposals
    merged = Merged(((((one.pk, 1),), 3), (((one.pk, 1), (two.pk, 1)), 2)))
    round = actions.enter(vote.round, merged, 40, by=vote.officer, now=NOW)
    assert round.stage == DECISION
    assert queries.votes(round) == {one.pk: 5, two.pk: 2}
    assert queries.turnout(round) == (5, 40)
    assert queries.ballots(round) == merged
    with pytest.raises(ValueError, match="not admitted"):
        actions.enter(ready().round, Merged(((((-1, 1),), 1),)), 1, by=vote.officer, now=NOW)


def test_my_vote_tells_where_i_stand():
    vote = opened(voters=1)
    who = vote.voters[0]

    def mine(now=NOW, cookies=None):
        return queries.my_vote(who, vote.fresh(), cookies=cookies or {}, now=now)

    assert mine() == {"state": "waiting", "sentence": "您还没有投票", "chosen": 0}
    kept = {
        queries.cookie_name(vote.round): queries.pack_draft(
            who, vote.round, {vote.proposals[0].pk: 1}
        )
    }
    assert mine(cookies=kept) == {
        "state": "draft",
        "sentence": "您选了1项，还没有投出",
        "chosen": 1,
    }
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    assert mine()["state"] == "again"
    assert mine(now=vote.after)["state"] == "closed"
    stranger = resident(born=GROWN)
    assert queries.my_vote(stranger, vote.fresh(), cookies={}, now=NOW)["state"] == "out"
