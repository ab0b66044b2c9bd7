"""Judges mark apart, step aside where they have an interest, and see each other's marks late."""

import io
import threading
from fractions import Fraction

import pytest
from django.db import connection
from openpyxl import load_workbook

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.tests.scene import (
    LONG_AGO,
    NOW,
    auditor,
    judge,
    officer,
    resident,
    worker,
)
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.reviews import actions, rules
from sanlin.govern.reviews.models import Conferral, Mark, Recusal, Review, Seat
from sanlin.govern.reviews.queries import agreement, interests, marks, named
from sanlin.govern.reviews.rules import sheets
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

from .scene import marks_of, panel, pledged, sealed

pytestmark = pytest.mark.django_db


def under_review(proposals=1, judges=5, **values):
    round = open_round("review", **values)
    made = [proposal(round) for _ in range(proposals)]
    return round, made, pledged(round, panel(round, judges))


def test_the_mark_is_the_mean_of_sealed_sheets():
    round, (one,), judges = under_review(scoring__mean="mean")
    for share, who in zip(["1/2", "1", "1", "1", "1"], judges, strict=True):
        sealed(one, who, share)
    assert marks(round) == {one.pk: Fraction(90)}


def test_a_draft_counts_nothing():
    round, (one,), judges = under_review()
    actions.save(one, marks_of(round, 1), "很好", by=judges[0], now=NOW)
    assert marks(round) == {one.pk: None}


@pytest.mark.parametrize(("blank", "total"), [("leave_out", None), ("scale", Fraction(100))])
def test_a_blank_is_not_a_zero(blank, total):
    round, (one,), judges = under_review(scoring__blank=blank)
    first = round.rules.criteria[0].key
    given = {**marks_of(round, 1), first: None}
    review = actions.save(one, given, "首项无法判断", by=judges[0], now=NOW)
    actions.seal(review, by=judges[0], now=NOW)
    assert list(sheets(round).values()) == [{one.pk: total}]
    assert not Mark.objects.filter(criterion=first).exists()


def test_a_sheet_that_does_not_count_is_missing():
    round, (one,), judges = under_review(scoring__blank="leave_out", stages__conferral=False)
    given = {**marks_of(round, 1), round.rules.criteria[0].key: None}
    review = actions.save(one, given, "首项无法判断", by=judges[0], now=NOW)
    actions.seal(review, by=judges[0], now=NOW)
    for who in judges[1:]:
        sealed(one, who)
    assert rules.reviews_are_done(round).reason == f"“{one.title}”只有4份评分，少于5份"


MEANS = {
    "mean": (Fraction(70), Fraction(76)),
    "trimmed": (Fraction(70), Fraction(80)),
    "median": (Fraction(70), Fraction(80)),
    "borda": (Fraction(20), Fraction(80)),
    "severity": (Fraction(70), Fraction(76)),
}


@pytest.mark.parametrize("mean", MEANS)
def test_the_pack_names_the_mean(mean):
    round, (one, two), judges = under_review(proposals=2, scoring__mean=mean)
    for first, second, who in zip("77777", "97888", judges, strict=True):
        sealed(one, who, f"{first}/10")
        sealed(two, who, f"{second}/10" if who != judges[1] else "1/2")
    assert marks(round) == {one.pk: MEANS[mean][0], two.pk: MEANS[mean][1]}


@pytest.mark.parametrize("mean", ["normalised", "zscore"])
def test_a_mean_freed_from_strict_judges_leaves_their_number_out_of_it(mean):
    round, (one, two), judges = under_review(proposals=2, scoring__mean=mean)
    for who, (low, high) in zip(judges, [(3, 5), (5, 7), (7, 9), (8, 10), (2, 4)], strict=True):
        sealed(one, who, f"{low}/10")
        sealed(two, who, f"{high}/10")
    first, second = marks(round).values()
    assert first < Fraction(60) < second
    assert first + second == 120


def test_judges_who_share_no_proposal_cannot_end_a_review_by_severity():
    values = {"scoring__mean": "severity", "scoring__min_judges": 1, "stages__conferral": False}
    round, (one, two), judges = under_review(proposals=2, judges=2, **values)
    actions.recuse(two, "邻居", by=judges[0], now=NOW)
    actions.recuse(one, "邻居", by=judges[1], now=NOW)
    sealed(one, judges[0])
    sealed(two, judges[1])
    assert "评委分成了2组" in rules.reviews_are_done(round).reason
    with pytest.raises(Refused, match="无法比较宽严"):
        actions.open_optimisation(round, by=officer(round.street), now=NOW)


def test_the_panel_page_says_how_far_judges_agree(client):
    round, (one, two), judges = under_review(proposals=2, stages__conferral=False)
    for who in judges:
        sealed(one, who, "7/10")
        sealed(two, who, "9/10")
    client.force_login(officer(round.street))
    page = f"/rounds/{round.pk}/panel/"
    assert "评委之间的一致性" not in client.get(page).content.decode()
    actions.open_optimisation(round, by=officer(round.street), now=NOW)
    found = agreement(sheets(round))
    assert (found.interval, found.ordinal, found.words) == (1, 1, "reliable")
    body = client.get(page).content.decode()
    assert "各评委打分相当一致" in body
    assert body.count("<dd>1.000</dd>") == 2


def test_the_grid_says_which_column_decides(client):
    round, (one,), judges = under_review(stages__conferral=False, scoring__mean="median")
    for who, share in zip(judges, ["1", "7/10", "6/10", "1/10", "8/10"], strict=True):
        sealed(one, who, share)
    client.force_login(officer(round.street))
    actions.open_optimisation(round, by=officer(round.street), now=NOW)
    page = client.get(f"/rounds/{round.pk}/grid/").content.decode()
    assert "本轮按“中位数”定评审分" in page
    assert "<strong>70</strong>" in page
    assert page.count(">本轮采用<") == 1


def test_a_blank_is_refused_where_the_pack_says_so():
    round, (one,), judges = under_review(scoring__blank="refuse")
    first = round.rules.criteria[0]
    review = actions.save(one, {**marks_of(round, 1), first.key: None}, "好", by=judges[0], now=NOW)
    with pytest.raises(Refused, match=first.name):
        actions.seal(review, by=judges[0], now=NOW)
    assert Review.objects.get().stage == "draft"


def test_a_sheet_needs_its_reason():
    round, (one,), judges = under_review()
    review = actions.save(one, marks_of(round, 1), " ", by=judges[0], now=NOW)
    with pytest.raises(Refused, match="理由"):
        actions.seal(review, by=judges[0], now=NOW)


@pytest.mark.parametrize("mark", [Fraction(-1, 2), Fraction(21, 2), Fraction(1, 3), Fraction(1000)])
def test_marks_outside_the_rubric_are_refused(mark):
    round, (one,), judges = under_review()
    key = round.rules.criteria[0].key
    with pytest.raises(Refused, match="超出范围"):
        actions.save(one, {key: mark}, "好", by=judges[0], now=NOW)
    assert Review.objects.count() == 0


def test_a_sealed_sheet_stays_until_its_judge_opens_it():
    round, (one,), judges = under_review()
    review = sealed(one, judges[0])
    with pytest.raises(Refused, match="封存"):
        actions.save(one, marks_of(round, 1), "改", by=judges[0], now=NOW)
    with pytest.raises(Refused, match="自己"):
        actions.unseal(review, by=judges[1], now=NOW)
    actions.unseal(review, by=judges[0], now=NOW)
    assert Review.objects.get().sealed_at is None


def test_a_member_of_the_team_cannot_mark_it():
    _round, (one,), judges = under_review()
    Membership.objects.create(organisation=one.team, account=judges[0], since=LONG_AGO)
    assert rules.can_mark(judges[0], one, now=NOW).reason == "您是这个团队的成员，须回避"


def test_interests_that_the_records_show():
    round, (one,), _judges = under_review()
    neighbour = judge(round.street, account=resident(one.neighbourhood))
    member = judge(round.street)
    Membership.objects.create(organisation=one.team, account=member, since=LONG_AGO)
    posted = judge(round.street, account=worker(one.neighbourhood))
    found = []
    for who in (neighbour, member, posted):
        seat = actions.appoint(round, who, by=officer(round.street), now=NOW)
        found.append([interest.code for interest in interests(seat, [one])])
    assert found == [["neighbour"], ["member"], ["post"]]


def test_stepping_aside_drops_the_draft_and_nothing_is_missing():
    round, (one,), judges = under_review(judges=6)
    actions.save(one, marks_of(round, 1), "好", by=judges[0], now=NOW)
    actions.recuse(one, "邻居", by=judges[0], now=NOW)
    for who in judges[1:]:
        sealed(one, who)
    assert Review.objects.filter(seat__account=judges[0]).count() == 0
    assert rules.can_mark(judges[0], one, now=NOW).reason == "您已回避这件提案"
    assert rules.progress(round).missing == 0
    with pytest.raises(Refused, match="已经回避"):
        actions.recuse(one, "邻居", by=judges[0], now=NOW)


def test_what_is_missing_is_said_in_numbers():
    round, (one, _two), judges = under_review(proposals=2)
    for who in judges[:3]:
        sealed(one, who)
    assert rules.reviews_are_done(round).reason == "还差7份评分"


def test_too_few_sheets_for_one_proposal():
    round, (one,), judges = under_review(judges=5)
    actions.recuse(one, "邻居", by=judges[0], now=NOW)
    for who in judges[1:]:
        sealed(one, who)
    assert rules.reviews_are_done(round).reason == f"“{one.title}”只有4份评分，少于5份"


def test_minutes_are_asked_for_where_the_pack_has_a_conferral():
    round, (one,), judges = under_review(stages__conferral=True)
    for who in judges:
        sealed(one, who)
    assert rules.reviews_are_done(round).reason == "还没有合议纪要"
    actions.confer(round, None, "一致同意进入优化。", by=officer(round.street), now=NOW)
    assert rules.reviews_are_done(round)


def test_the_review_ends_into_optimisation():
    round, (one,), judges = under_review(stages__conferral=False)
    by = officer(round.street)
    with pytest.raises(Refused, match="还差5份评分"):
        actions.open_optimisation(round, by=by, now=NOW)
    for who in judges:
        sealed(one, who)
    assert not rules.marks_are_open(round)
    actions.open_optimisation(round, by=by, now=NOW)
    round = Round.objects.get(pk=round.pk)
    assert round.stage == "optimisation"
    assert rules.marks_are_open(round)
    with pytest.raises(Refused, match="现在不是评审阶段"):
        actions.save(one, marks_of(round, 0), "改", by=judges[0], now=NOW)


def test_a_review_begins_with_enough_judges():
    round = open_round("screening")
    proposal(round)
    by = officer(round.street)
    panel(round, 4)
    with pytest.raises(Refused, match="还差1位评委"):
        actions.open_review(round, by=by, now=NOW)
    panel(round, 1)
    assert actions.open_review(round, by=by, now=NOW).stage == "review"


def test_only_judges_by_post_sit():
    round = open_round("call")
    with pytest.raises(Refused, match="没有本街道的评委任职"):
        actions.appoint(round, resident(), by=officer(round.street), now=NOW)


def test_the_same_button_twice_saves_once():
    round, (one,), judges = under_review()
    for _ in range(2):
        actions.save(one, marks_of(round, 1), "好", by=judges[0], now=NOW, key="k")
    assert Entry.objects.filter(deed="reviews.save").count() == 1


def test_pages_by_post(client):
    round, (one,), judges = under_review()
    sealed(one, judges[0])
    pages = [f"/rounds/{round.pk}/panel/", f"/rounds/{round.pk}/grid/"]
    sheet = f"/proposals/{one.pk}/sheet/"
    expected = {
        officer(round.street): ([200, 200], 403),
        auditor(round.street.district): ([200, 200], 403),
        judges[1]: ([200, 200], 200),
        resident(one.neighbourhood): ([403, 403], 403),
        officer(): ([403, 403], 403),
    }
    for who, (of_pages, of_sheet) in expected.items():
        client.force_login(who)
        assert [client.get(page).status_code for page in pages] == of_pages
        assert client.get(sheet).status_code == of_sheet


def test_the_grid_hides_marks_until_the_end(client):
    round, (one,), judges = under_review(stages__conferral=False)
    for who in judges:
        sealed(one, who, "7/10")
    client.force_login(officer(round.street))
    page = f"/rounds/{round.pk}/grid/"
    assert ">70<" not in client.get(page).content.decode()
    assert "spreadsheet" not in client.get(page + "?format=xlsx")["Content-Type"]
    actions.open_optimisation(round, by=officer(round.street), now=NOW)
    assert client.get(page).content.decode().count(">70<") == 5 + 3


@pytest.mark.parametrize("proposals", [1, 3])
def test_the_grid_asks_the_same_number_of_questions(client, django_assert_num_queries, proposals):
    round, made, judges = under_review(proposals=proposals)
    for one in made:
        sealed(one, judges[0])
    client.force_login(judges[1])
    page = f"/rounds/{round.pk}/grid/"
    client.get(page)
    with django_assert_num_queries(11):
        client.get(page)


def test_the_grid_and_a_judges_list_are_shown_in_pages_and_exported_whole(client, monkeypatch):
    monkeypatch.setattr("sanlin.govern.reviews.views.A_PAGE", 2)
    round, made, judges = under_review(proposals=3, stages__conferral=False)
    for one in made:
        for who in judges:
            sealed(one, who, "7/10")
    client.force_login(judges[0])
    listed = f"/rounds/{round.pk}/review/"
    assert "还有 0 件要评" in client.get(listed).content.decode()
    by = officer(round.street)
    actions.open_optimisation(round, by=by, now=NOW)
    grid = f"/rounds/{round.pk}/grid/"
    for page, who in ((grid, by), (listed, judges[0])):
        client.force_login(who)
        told = [client.get(f"{page}?page={n}").content.decode() for n in (1, 2)]
        shown = [[one.title in text for one in made] for text in told]
        assert shown == [[True, True, False], [False, False, True]], page
    client.force_login(by)
    answer = client.get(grid + "?format=xlsx")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    names = {row[0].value for row in load_workbook(io.BytesIO(body)).active.rows}
    assert {one.title for one in made} <= names


def test_a_sheet_keeps_what_was_typed(client):
    round, (one,), judges = under_review()
    client.force_login(judges[0])
    key = round.rules.criteria[0].key
    told = {key: "十分\x00", "comment": "写" * 5000, "keep": "1"}
    answer = client.post(f"/proposals/{one.pk}/sheet/", told)
    assert answer.status_code == 200
    assert "有一个看不见的字符存不下来，请删掉重写" in answer.content.decode()
    assert Review.objects.count() == 0
    told = {key: "7.5", "comment": "步骤清楚", "keep": "1"}
    assert client.post(f"/proposals/{one.pk}/sheet/", told).status_code == 302
    assert list(Mark.objects.values_list("criterion", "halves")) == [(key, 15)]
    page = client.get(f"/proposals/{one.pk}/sheet/").content.decode()
    assert page.count("（选填）") == 1  # the comment: marks may wait, but are asked for in the end


@pytest.mark.django_db(transaction=True)
def test_two_hands_seal_one_sheet_once():
    round, (one,), judges = under_review()
    review = actions.save(one, marks_of(round, 1), "好", by=judges[0], now=NOW)
    outcomes = []

    def seal():
        try:
            actions.seal(Review.objects.get(pk=review.pk), by=judges[0], now=NOW)
            outcomes.append("sealed")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    hands = [threading.Thread(target=seal) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["sealed"]


def test_dismissed_judges_keep_what_they_sealed():
    round, (one, two), judges = under_review(proposals=2, judges=6)
    sealed(one, judges[0])
    seat = Seat.objects.get(account=judges[0])
    actions.dismiss(seat, by=officer(round.street), now=NOW)
    state = rules.progress(round)
    assert (state.sealed, state.missing) == (1, 10)
    assert Recusal.objects.count() == 0
    assert two.pk not in state.by_proposal


def test_a_round_without_optimisation_ends_its_review_by_a_word():
    round, (one,), judges = under_review(pack="wenhua", **WENHUA)
    by = officer(round.street)
    with pytest.raises(Refused, match="还差5份评分"):
        actions.end_review(round, by=by, now=NOW)
    for who in judges:
        sealed(one, who)
    actions.end_review(round, by=by, now=NOW)
    assert rules.marks_are_open(round)
    assert rules.can_judge(judges[0], round, now=NOW).reason == "评审已经结束"
    with pytest.raises(Refused, match="评审已经结束"):
        actions.end_review(round, by=by, now=NOW)


WENHUA = {
    "budget": 50_000_00,
    "award__expert": 600,
    "award__public": 400,
    "award__min_score": None,
    "project_cap": 30_000_00,
    "stages__conferral": False,
    "stages__optimisation": False,
}


def test_a_proposal_is_named_by_its_number_or_by_words_of_its_title():
    round, made, _judges = under_review(proposals=3)
    for n, title in enumerate(("楼道美化", "楼道花箱", "12号楼的长椅")):
        type(made[n]).objects.filter(pk=made[n].pk).update(title=title, number=n + 11)

    def found(text):
        return [one.title for one in named(round, text, 8)]

    assert [found(text) for text in ("11", " 2024-12 ", "2024-12 楼道花箱", "0013")] == [
        ["楼道美化"],
        ["楼道花箱"],
        ["楼道花箱"],
        ["12号楼的长椅"],
    ]
    assert found("楼道") == ["楼道美化", "楼道花箱"]
    assert found("12号") == ["12号楼的长椅"]
    assert [found(text) for text in ("", "99", "2025-77", "9" * 40, "没有的")] == [[]] * 5
    assert len(named(round, "楼道", 1)) == 1


def test_minutes_name_their_proposal_and_what_was_typed_stays(client):
    round, made, _judges = under_review(proposals=3)
    for n, title in enumerate(("楼道美化", "楼道花箱", "长椅")):
        type(made[n]).objects.filter(pk=made[n].pk).update(title=title)
    client.force_login(officer(round.street))
    where = f"/rounds/{round.pk}/panel/"
    page = client.get(where).content.decode()
    assert "<option" not in page[page.index("合议纪要") :]
    for about, words in (
        ("楼道", "有几件都含这些字，请填编号：2024-01 楼道美化、2024-02 楼道花箱"),
        ("没有的", "没有这件提案"),
    ):
        said = {"proposal": about, "minutes": "花箱要有人浇水"}
        told = client.post(f"{where}confer/", said).content.decode()
        assert words in told
        assert f'value="{about}"' in told
        assert "花箱要有人浇水</textarea>" in told
    said = {"proposal": "花箱", "minutes": "花箱要有人浇水"}
    kept = client.post(f"{where}confer/", said, follow=True).content.decode()
    assert "纪要已保存" in kept
    assert Conferral.objects.get().proposal.title == "楼道花箱"
    offered = client.get(f"{where}named/", {"proposal": "楼道"}).content.decode()
    assert offered.count("<option") == 2
    assert client.get(f"{where}named/", {"proposal": ""}).content.decode().strip() == ""


def test_a_judge_is_asked_to_step_aside_from_a_proposal_by_its_number(client):
    round, (one,), judges = under_review()
    seat = Seat.objects.get(account=judges[0])
    client.force_login(officer(round.street))
    where = f"/seats/{seat.pk}/"
    assert (
        "没有这件提案"
        in client.post(where, {"proposal": "9" * 9, "reason": "邻居"}).content.decode()
    )
    told = client.post(where, {"proposal": str(one.number), "reason": "邻居"}, follow=True)
    assert "已要求回避" in told.content.decode()
    assert Recusal.objects.get().proposal == one


@pytest.mark.parametrize("proposals", [1, 3])
def test_the_panel_a_seat_and_a_list_ask_the_same_number_of_questions(
    client, django_assert_num_queries, proposals
):
    round, made, judges = under_review(proposals=proposals)
    for one in made:
        sealed(one, judges[0])
    seat = Seat.objects.get(account=judges[0])
    for who, where, n in (
        (officer(round.street), f"/rounds/{round.pk}/panel/", 10),
        (officer(round.street), f"/seats/{seat.pk}/", 7),
        (judges[1], f"/rounds/{round.pk}/review/", 11),
    ):
        client.force_login(who)
        client.get(where)
        with django_assert_num_queries(n):
            client.get(where)
