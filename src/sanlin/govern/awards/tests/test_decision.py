"""Counting, signing and publishing a decision."""

import json

import pytest

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Gift
from sanlin.commons.funds.tests.scene import raised
from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.tests.scene import (
    LONG_AGO,
    NOW,
    neighbourhood,
    officer,
    resident,
    street,
)
from sanlin.govern.awards import actions, rules
from sanlin.govern.awards.models import Award, Decision, Notice, Signature
from sanlin.govern.awards.queries import drawn, explain, recount
from sanlin.govern.rounds.actions import open_pot
from sanlin.govern.rounds.models import Lot, Round
from sanlin.ground import lots
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation import lottery

from .scene import in_threads, to_decide

pytestmark = pytest.mark.django_db


def why(case, which):
    award = case.award(which)
    titles = {one.pk: one.title for one in case.proposals}
    return explain(award, case.round.rules, titles).text


def test_by_score_within_places_and_money():
    case = to_decide(["1", "9/10", "4/5"], 20_000, tiers__shifan__money=50_000_00)
    case.decide()
    assert case.results() == [("standing", 20_000), ("standing", 20_000), ("reserve", 0)]
    assert why(case, 0) == "获示范类第1名，立项¥20,000；高于入围线20分"
    assert why(case, 1) == "获示范类第2名，立项¥20,000；高于入围线10分"
    assert why(case, 2) == "示范类总额¥50,000只余¥10,000，差¥10,000；列候补第1位"


def test_the_cap_of_a_community_is_told_with_what_was_missing():
    case = to_decide(
        ["1", "9/10", "4/5"],
        25_000,
        places=[],
        community_cap=60_000_00,
        award__reserve=0,
    )
    case.decide()
    assert case.results() == [("standing", 25_000), ("standing", 25_000), ("out", 0)]
    assert why(case, 2) == "本社区¥60,000上限只余¥10,000，差¥15,000"
    changes = case.award(2).reason["changes"]
    assert changes[0] == {"what": "cost", "by": 15_000_00, "smallest": True}


def test_a_minimum_score_is_told_in_marks():
    case = to_decide(["1", "1/2"], 10_000, award__min_score=60)
    case.decide()
    assert case.results() == [("standing", 10_000), ("out", 0)]
    assert why(case, 1) == "评审分50，未达到入围最低分60，差10分"


def test_rivals_are_funded_once():
    case = to_decide(["1", "9/10"], 10_000)
    Round.objects.filter(pk=case.round.pk).update(stage="review")
    before = Round.objects.get(pk=case.round.pk)
    actions.name_rivals(before, case.proposals, "同一块空地", by=case.first, now=NOW)
    with pytest.raises(Refused, match="两个或更多"):
        actions.name_rivals(before, case.proposals[:1], "同一块空地", by=case.first, now=NOW)
    Round.objects.filter(pk=case.round.pk).update(stage="decision")
    case.decide()
    assert [stage for stage, _ in case.results()] == ["standing", "reserve"]
    assert why(case, 1).startswith(f"与已立项的“{case.proposals[0].title}”互斥")


def test_a_tie_is_settled_by_the_lot_of_a_published_seed():
    case = to_decide(["9/10"] * 3, 20_000, tiers__shifan__money=40_000_00)
    decision = case.decide()
    told = json.loads(bytes(decision.inputs))
    seed = case.round.lot.seed
    assert told["seed"] == seed
    first_two = set(told["lot"][:2])
    funded = Award.objects.filter(stage="standing").values_list("proposal_id", flat=True)
    assert set(funded) == first_two
    actions.drop(decision, "再算一次看看", by=case.first, now=NOW)
    again = case.decide()
    assert bytes(again.inputs) == bytes(decision.inputs)
    assert again.fingerprint == decision.fingerprint
    assert again.number == 2


def test_the_lot_is_committed_to_when_the_call_opens():
    case = to_decide(["9/10"] * 3, 20_000, tiers__shifan__money=40_000_00)
    lot = case.round.lot
    opened = json.loads(Entry.objects.get(deed="round.open_call").body)["data"]
    assert opened["lot"] == lot.commitment == lottery.commitment(lot.secret.reveal())
    assert lot.secret.reveal() not in Lot.objects.filter(pk=lot.pk).values_list("pk", "secret")
    decision = case.decide()
    found = drawn(decision)
    assert (found.seed, found.fault) == (lot.seed, "")
    assert [row[1] for row in found.rows] == lots.draw(lot.seed, [p.pk for p in case.proposals])
    assert len(found.used) == 1
    told = json.loads(Entry.objects.get(deed="awards.decide").body)["data"]
    assert told["seed"] == lot.seed


def test_another_seed_than_the_committed_one_is_noticed():
    case = to_decide(["9/10"] * 2, 20_000)
    decision = case.decide()
    Lot.objects.update(commitment=lottery.commitment("0" * 32))
    assert drawn(Decision.objects.get(pk=decision.pk)).fault == "commitment"


def test_a_public_number_joins_the_seed(client):
    case = to_decide(["9/10"] * 3, 20_000, tiers__shifan__money=40_000_00)
    page = f"/rounds/{case.round.pk}/lot/"
    client.force_login(case.first)
    told = client.post(page, {"source": "6月1日公布的开奖号码"}, follow=True)
    assert "公开号码的来源须在投票和决定之前指定" not in told.content.decode()
    assert case.round.lot.source == ""  # too late: it is being decided already
    Round.objects.filter(pk=case.round.pk).update(stage="review")
    assert client.post(page, {"source": "6月1日公布的开奖号码"}).status_code == 302
    assert client.post(page, {"source": "另外一个更好的号码"}).status_code == 302
    assert Lot.objects.get().source == "6月1日公布的开奖号码"
    Round.objects.filter(pk=case.round.pk).update(stage="decision")
    round = Round.objects.get(pk=case.round.pk)
    with pytest.raises(Refused, match="公开号码还没有填写"):
        actions.decide(round, by=case.first, now=NOW)
    assert "只能写数字、字母和连字符" in client.post(page, {"number": "三、十一"}).content.decode()
    assert client.post(page, {"number": "03-11-17"}).status_code == 302
    decision = actions.decide(Round.objects.get(pk=round.pk), by=case.first, now=NOW)
    found = drawn(decision)
    assert found.seed.endswith("/03-11-17")
    assert found.fault == ""


def test_nobody_reads_the_seed_before_the_decision_is_published(client):
    case = to_decide(["9/10"] * 3, 20_000)
    page = f"/rounds/{case.round.pk}/lot/"
    seed = case.round.lot.seed
    assert seed not in client.get(page).content.decode()
    assert case.round.lot.commitment in client.get(page).content.decode()
    notice = case.noticed()
    body = client.get(page).content.decode()
    assert f"{seed}:{drawn(notice.decision).rows[0][1]}" in body
    assert "已重算" in body


def test_anybody_can_count_the_bytes_again():
    case = to_decide(["1", "9/10", "4/5"], 20_000, tiers__shifan__money=50_000_00)
    decision = case.decide()
    told = json.loads(bytes(decision.outcome))
    assert list(recount(decision).funded) == told["funded"]
    assert told["left"] == case.round.rules.budget - 40_000_00


def test_two_officers_sign_before_anybody_sees():
    case = to_decide(["1"], 10_000)
    decision = case.decide()
    with pytest.raises(Refused, match="还差2人签署"):
        actions.publish(decision, by=case.first, now=NOW)
    actions.sign(decision, by=case.first, now=NOW)
    with pytest.raises(Refused, match="您已经签过了"):
        actions.sign(decision, by=case.first, now=NOW)
    actions.sign(decision, by=case.second, now=NOW)
    decision.refresh_from_db()
    assert decision.stage == "signed"
    notice = actions.publish(decision, by=case.first, now=NOW)
    assert Round.objects.get(pk=case.round.pk).stage == "notice"
    assert notice.snapshot["awards"][0]["grant"] == 10_000_00
    # Five working days from Wednesday 10 April 2024, the day of posting not counted.
    assert notice.closes.astimezone(NOW.tzinfo).isoformat() == "2024-04-18T00:00:00+08:00"


def test_a_member_of_a_team_does_not_sign():
    case = to_decide(["1"], 10_000)
    decision = case.decide()
    team = case.proposals[0].team
    Membership.objects.create(organisation=team, account=case.second, since=LONG_AGO)
    verdict = rules.can_sign(case.second, decision, now=NOW)
    assert verdict.reason == "您是申报团队的成员，须由其他工作人员签署"


def test_strangers_do_not_decide():
    case = to_decide(["1"], 10_000)
    for who in (officer(), resident(case.proposals[0].neighbourhood)):
        with pytest.raises(Refused, match="只有潍坊新村街道的工作人员可以办理"):
            actions.decide(case.round, by=who, now=NOW)
    assert Decision.objects.count() == 0


def test_nothing_of_an_unpublished_decision_leaks(client):
    case = to_decide(["1", "9/10"], 10_000)
    decision = case.decide()
    award = case.award(0)
    pages = [
        f"/rounds/{case.round.pk}/notice/",
        f"/awards/{award.pk}/",
        f"/decisions/{decision.pk}/case.json",
        f"/rounds/{case.round.pk}/decision/",
    ]
    client.force_login(resident(case.proposals[0].neighbourhood))
    assert [client.get(page).status_code for page in pages] == [404, 403, 403, 403]
    client.force_login(case.second)
    assert [client.get(page).status_code for page in pages] == [404, 200, 200, 200]


def test_the_notice_names_nobody_who_wrote(client):
    case = to_decide(["1", "9/10"], 10_000)
    notice = case.noticed()
    page = client.get(f"/rounds/{case.round.pk}/notice/")
    text = page.content.decode()
    assert page.status_code == 200
    for one in case.proposals:
        assert one.title in text
        assert one.team.name in text
        assert one.author.name not in text
    assert notice.number in text
    assert notice.snapshot["judges"] == [f"评委{n}" for n in range(5)]


def test_a_resident_reads_of_her_own_neighbourhood_first(client):
    on = street()
    east, west = (neighbourhood(on, name) for name in ("东村", "西村"))
    case = to_decide(["1", "9/10"], 10_000, places=[east, west])
    case.noticed()
    page = f"/rounds/{case.round.pk}/notice/"

    def read():
        groups = client.get(page).context["groups"]
        return [(one["name"], len(one["rows"])) for one in groups if one["rows"]]

    assert read() == [("示范类", 2)]
    client.force_login(resident(west))
    assert read() == [("我的居民区：西村", 1), ("示范类", 2)]


def test_a_decision_without_its_own_notice_has_no_notice_page(client):
    case = to_decide(["1"], 10_000)
    case.noticed().delete()
    assert client.get(f"/rounds/{case.round.pk}/notice/").status_code == 404


@pytest.mark.parametrize("proposals", [1, 3])
def test_the_notice_asks_the_same_number_of_questions(client, django_assert_num_queries, proposals):
    case = to_decide(["9/10"] * proposals, 10_000)
    case.noticed()
    page = f"/rounds/{case.round.pk}/notice/"
    client.get(page)
    with django_assert_num_queries(7):
        client.get(page)


@pytest.mark.parametrize("proposals", [1, 3])
def test_the_desk_asks_the_same_number_of_questions(client, django_assert_num_queries, proposals):
    case = to_decide(["9/10"] * proposals, 10_000)
    case.decide()
    client.force_login(case.first)
    page = f"/rounds/{case.round.pk}/decision/"
    client.get(page)
    with django_assert_num_queries(12):
        client.get(page)


def test_a_decision_goes_out_as_a_workbook(client):
    case = to_decide(["9/10"], 10_000)
    case.decide()
    client.force_login(case.first)
    answer = client.get(f"/rounds/{case.round.pk}/decision/?format=xlsx")
    assert (
        answer["Content-Disposition"] == f'attachment; filename="decision-{case.round.pk}-1.xlsx"'
    )


def test_the_whole_way_by_the_pages(client):
    case = to_decide(["9/10"], 10_000)
    desk = f"/rounds/{case.round.pk}/decision/"
    client.force_login(case.first)
    client.post(desk + "count/", {"key": "a"})
    client.post(desk + "count/", {"key": "a"})
    decision = Decision.objects.get()
    client.post(f"/decisions/{decision.pk}/sign/", {"key": "b"})
    client.post(f"/decisions/{decision.pk}/publish/", {"key": "c"})
    assert Notice.objects.count() == 0
    client.force_login(case.second)
    client.post(f"/decisions/{decision.pk}/sign/", {"key": "d"})
    client.post(f"/decisions/{decision.pk}/publish/", {"key": "e"})
    assert Notice.objects.count() == 1
    deeds = Entry.objects.filter(deed__startswith="awards").order_by("pk")
    assert list(deeds.values_list("deed", flat=True)) == [
        "awards.decide",
        "awards.sign",
        "awards.sign",
        "awards.publish",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_round_is_decided_once_by_many_hands():
    case = to_decide(["1", "9/10"], 10_000)

    def decide(n):
        try:
            actions.decide(Round.objects.get(pk=case.round.pk), by=case.first, now=NOW)
        except Refused:
            return "refused"
        return "decided"

    assert in_threads(4, decide) == ["decided", "refused", "refused", "refused"]
    assert Award.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_published_once_by_many_hands():
    case = to_decide(["1"], 10_000)
    decision = case.signed()

    def publish(n):
        try:
            actions.publish(Decision.objects.get(pk=decision.pk), by=case.first, now=NOW)
        except Exception as no:
            return type(no).__name__
        return "published"

    outcomes = in_threads(4, publish)
    assert outcomes.count("published") == 1
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_officer_signs_once_with_many_hands():
    case = to_decide(["1"], 10_000)
    decision = case.decide()

    def sign(n):
        try:
            actions.sign(Decision.objects.get(pk=decision.pk), by=case.first, now=NOW)
        except Refused:
            return "refused"
        return "signed"

    assert in_threads(4, sign) == ["refused", "refused", "refused", "signed"]
    assert Signature.objects.count() == 1
    assert Decision.objects.get().stage == "drafted"


def test_places_of_two_communities_do_not_share_a_cap():
    on = to_decide(["1"], 10_000).round.street
    places = [neighbourhood(on), neighbourhood(on)]
    case = to_decide(["1", "9/10"], 25_000, places=places, community_cap=30_000_00)
    case.decide()
    assert [stage for stage, _ in case.results()] == ["standing", "standing"]


def test_money_is_kept_for_a_community_and_the_reason_says_so():
    one, two = neighbourhood(), neighbourhood()
    case = to_decide(
        ["1", "9/10", "4/5"],
        25_000,
        places=[one, one, two],
        tiers__shifan__money=60_000_00,
        community_least=1,
        award__reserve=0,
    )
    case.decide()
    assert case.results() == [("standing", 25_000), ("out", 0), ("standing", 25_000)]
    assert (
        why(case, 1) == "分数足够，但须先保证其他社区的保底（还差1个项目），其余不足申请的¥25,000"
    )


def test_a_promise_that_cannot_be_kept_stands_on_the_desk_and_on_the_notice(client):
    one, two = neighbourhood(), neighbourhood()
    case = to_decide(["1", "9/10"], 10_000, places=[one, two], community_least=2)
    case.noticed()
    notice = client.get(f"/rounds/{case.round.pk}/notice/").content.decode()
    client.force_login(case.first)
    for page in (notice, client.get(f"/rounds/{case.round.pk}/decision/").content.decode()):
        assert "没有达到的保底" in page
        for place in (one, two):
            assert f"<li>{place.name}：还差1个项目</li>" in page


def test_own_funds_below_their_share_are_told():
    case = to_decide(["1", "9/10"], 10_000, own_funds_min=100)
    for which, own in enumerate((1_200_00, 1_000_00)):
        case.proposals[which].own_funds = own
        case.proposals[which].save(update_fields=["own_funds"])
    case.decide()
    assert case.results() == [("standing", 10_000), ("out", 0)]
    assert why(case, 1) == "自筹¥1,000，未达到要求的¥1,100，差¥100"


@pytest.mark.parametrize(
    ("code", "figures", "said"),
    [
        ("requires", {"other": 7}, "以“凉亭”立项为前提，而该项目未立项"),
        (
            "floor",
            {"kind": "tier", "group": "shifan", "money": 5_000_00, "cost": 9_000_00},
            "须先保证示范类的保底（还差¥5,000），其余不足申请的¥9,000",
        ),
    ],
)
def test_refusals_of_pairs_floors_and_the_best_set_in_words(code, figures, said):
    rules_of_round = to_decide(["1"], 10_000).round.rules
    reason = {"code": code, "figures": figures, "unit": "votes"}
    assert explain(Award(reason=reason), rules_of_round, {7: "凉亭"}).text == said


def test_a_round_with_sources_is_decided_once_they_have_brought_its_budget(client, monkeypatch):
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)
    case = to_decide(["1", "9/10"], 10_000)
    fund = open_pot(case.round, by=case.first, now=NOW)
    raised(fund, case.round.rules.budget - 8_000_00, origin="street", name="街道", by=case.first)
    late = funds.pledge(fund, Gift("residents", "居民自筹", 8_000_00), by=case.first, now=NOW)
    with pytest.raises(Refused, match="还差¥8,000；尚未到账：居民自筹¥8,000"):
        case.decide()
    client.force_login(case.first)
    page = client.get(f"/rounds/{case.round.pk}/decision/").content.decode()
    assert "尚未到账：居民自筹¥8,000" in page
    funds.arrive(late, 8_000_00, by=case.first, now=NOW)
    notice = case.noticed()
    told = {"street": case.round.rules.budget - 8_000_00, "residents": 8_000_00}
    assert notice.snapshot["sources"] == told
    line = json.loads(bytes(Entry.objects.get(deed="awards.decide").body))
    assert line["data"]["sources"] == told
    client.logout()
    shown = client.get(f"/rounds/{case.round.pk}/notice/").content.decode()
    assert "本轮的钱从哪里来" in shown
    assert "居民自筹" in shown


def test_a_round_without_sources_tells_none():
    assert "sources" not in json.loads(bytes(_line(to_decide(["1"], 10_000)).body))["data"]


def _line(case):
    case.decide()
    return Entry.objects.get(deed="awards.decide")
