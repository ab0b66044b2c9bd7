"""A booth day by its verbs: planning, sheets, marks on the roll, accounts, signatures."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from sanlin.commons.people.tests.scene import NOW, officer, street, worker
from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.actions.casting import link_name
from sanlin.govern.ballots.models import Ballot, Booth, BoothLine, Duty, Fate, Shift, Voter, What
from sanlin.govern.ballots.tests.vote import (
    booth,
    close,
    counted,
    opened,
    ready,
    settled,
    voter,
)
from sanlin.ground import keys
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
WHERE = actions.Where("第一投票站", "居委会一楼")


def refused(sentence, verb, *things, **how):
    with pytest.raises(Refused) as no:
        verb(*things, **how)
    assert str(no.value) == sentence


def says(vote):
    """The deeds of the round's journal about paper, in order."""
    lines = Entry.objects.filter(log=f"round/{vote.round.pk}").order_by("seq")
    return [line.deed for line in lines if line.deed.startswith(("booth", "vote.p", "vote.un"))]


# --- planning -------------------------------------------------------------------------------------


def test_a_booth_is_planned_with_its_shifts():
    vote = ready()
    pair = [worker(vote.places[0]), officer(vote.round.street)]
    row = actions.add_booth(vote.round, WHERE, by=vote.officer, now=NOW)
    assert (row.number, row.stage, row.received) == (1, "planned", 0)
    shift = actions.add_shift(row, NOW, LATER, pair, by=vote.officer, now=NOW)
    assert {duty.account for duty in shift.duties.all()} == set(pair)
    third = worker(vote.places[0])
    actions.change_shift(shift, NOW, LATER, [pair[0], third], by=vote.officer, now=NOW)
    assert {duty.account for duty in Duty.objects.all()} == {pair[0], third}
    assert (
        actions.add_booth(vote.round, actions.Where("二站", "x"), by=vote.officer, now=NOW).number
        == 2
    )
    renamed = actions.change_booth(row, actions.Where("一站", "活动室"), by=vote.officer, now=NOW)
    assert str(renamed) == "一站"
    actions.drop_booth(row, by=vote.officer, now=NOW)
    assert [one.name for one in Booth.objects.all()] == ["二站"]
    assert Shift.objects.count() == 0


def test_a_pack_without_paper_has_no_booth():
    vote = ready(vote__paper=False)
    refused("本轮办法没有纸质投票", actions.add_booth, vote.round, WHERE, by=vote.officer, now=NOW)
    assert not rules.can_see_where(None, vote.round, now=NOW)


def test_where_each_neighbourhood_has_its_own_ballot_a_booth_belongs_to_one():
    vote = ready(vote__own_community_only=True)
    refused(
        "本轮只投本居民区的提案，各居民区的选票不同，请选这个站属于哪个居民区",
        actions.add_booth,
        vote.round,
        WHERE,
        by=vote.officer,
        now=NOW,
    )
    elsewhere = ready().places[0]
    strange = actions.Where("站", "处", elsewhere)
    refused(
        f"请选{vote.round.street}的居民区",
        actions.add_booth,
        vote.round,
        strange,
        by=vote.officer,
        now=NOW,
    )


def test_who_cannot_be_on_duty():
    vote = opened()
    row = actions.add_booth(vote.fresh(), WHERE, by=vote.officer, now=NOW)
    good, leader = worker(vote.places[0]), worker(vote.places[0], account=vote.proposals[0].author)
    stranger = officer(street())

    def add(*people, starts=NOW, ends=LATER):
        return lambda: actions.add_shift(row, starts, ends, people, by=vote.officer, now=NOW)

    refused("每一班至少2人值班", add(good))
    refused("每一班至少2人值班", add(good, good))
    refused(f"{leader}是参加投票的项目的负责人，不能在本轮值班", add(good, leader))
    refused(f"{stranger}不是{vote.round.street}或其居委的工作人员，不能值班", add(good, stranger))
    refused(
        f"{vote.voters[0]}不是{vote.round.street}或其居委的工作人员，不能值班",
        add(good, vote.voters[0]),
    )
    second = worker(vote.places[0])
    refused("结束时间应当晚于开始时间", add(good, second, ends=NOW))
    late = vote.after + timedelta(days=1)
    with pytest.raises(Refused, match="班次应当在投票期内"):
        add(good, second, ends=late)()
    add(good, second)()
    refused(
        "与这个投票站的另一班时间重叠，请改时间", add(good, second, ends=NOW + timedelta(minutes=5))
    )
    fit = set(rules.fit_for_duty(vote.fresh(), now=NOW))
    assert {good, second, vote.officer} <= fit
    assert not fit & {leader, stranger, vote.voters[0]}


def test_who_may_plan_and_until_when():
    vote = opened()
    for who in (worker(vote.places[0]), officer(), vote.voters[0]):
        assert not rules.can_add_booth(who, vote.fresh(), now=NOW)
    stand = booth(vote)
    refused(
        "已经领到选票或开放过的投票站不能删除，请按程序关闭",
        actions.drop_booth,
        stand.fresh(),
        by=vote.officer,
        now=NOW,
    )
    shift = Shift.objects.select_related("booth__round__street").get()
    refused("这一班已经开始，不能删除", actions.drop_shift, shift, by=vote.officer, now=NOW)
    close(vote)
    refused(
        "投票已经截止，投票站不能再改",
        actions.add_booth,
        vote.fresh(),
        WHERE,
        by=vote.officer,
        now=vote.after,
    )


# --- sheets ---------------------------------------------------------------------------------------


def test_no_sheet_is_printed_before_the_slate_is_fixed():
    vote = ready()
    row = actions.add_booth(vote.round, WHERE, by=vote.officer, now=NOW)
    refused(
        "投票开始时选票才定下来，开始以后才能印票",
        actions.receive,
        row,
        10,
        by=vote.officer,
        now=NOW,
    )


def test_sheets_come_in_runs_and_never_too_many():
    stand = booth(opened(), sheets=0, is_open=False)
    by = stand.vote.officer
    refused(
        "还没有领到选票，请先登记领票并打印",
        actions.open_booth,
        stand.fresh(),
        "A1",
        by=stand.first,
        now=NOW,
    )
    actions.receive(stand.fresh(), 4_000, by=by, now=NOW)
    actions.receive(stand.fresh(), 999, by=stand.first, now=NOW)
    refused("一个投票站最多领5000张", actions.receive, stand.fresh(), 2, by=by, now=NOW)
    assert stand.account() == (4_999, 0, 0, 0, 0)
    assert [line.sheets for line in BoothLine.objects.all()] == [4_000, 999]


def test_the_book_of_a_booth_is_only_added_to():
    booth(opened())
    with pytest.raises(IntegrityError):
        BoothLine.objects.update(sheets=3)


# --- voters at the table --------------------------------------------------------------------------


def test_a_voter_gets_a_sheet_and_is_marked_once():
    vote = opened(voters=2)
    stand = booth(vote)
    who = vote.voters[0]
    stand.mark(who)
    line = stand.line(who)
    assert (line.stage, line.marker, line.shift.booth_id) == ("paper", stand.first, stand.row.pk)
    assert stand.account() == (10, 1, 0, 0, 0)
    assert queries.turnout(vote.fresh()) == (1, 2)
    refused("已领过纸质票，每人一票", stand.mark, who)
    other = booth(vote)
    refused("已领过纸质票，每人一票", other.mark, who)
    verdict = rules.can_cast(who, vote.fresh(), now=NOW)
    assert verdict.reason == "您已在投票站领了纸质票，以纸质票为准，不能再在网上投"
    refused(verdict.reason, actions.cast, vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    assert says(vote)[-1] != "ballot.override"
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize("revote", [True, False])
def test_paper_overrides_what_was_cast_online(revote):
    vote = opened(voters=2, vote__revote=revote)
    stand = booth(vote)
    who, other = vote.voters
    code = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW).code
    actions.cast(vote.fresh(), [vote.proposals[1].pk], by=other, now=NOW)
    stand.mark(who)
    ballot = Ballot.objects.get(pk=code)
    assert (ballot.fate, bytes(ballot.box)) == (Fate.OVERRIDDEN, b"")
    assert bytes(stand.line(who).link) == b""
    line = Entry.objects.get(deed="ballot.override").told
    assert (line["by"], line["data"]) == (None, {"code": code})
    marked = Entry.objects.get(deed="vote.paper").told
    assert (marked["subject"], marked["data"]) == (f"ballots.Booth:{stand.row.pk}", {})
    assert marked["at"] == "2024-04-10T02:00:00Z"
    assert queries.turnout(vote.fresh()) == (2, 2)
    close(vote)
    settled(stand)


def test_where_the_first_ballot_cannot_be_found_no_sheet_is_given():
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    keys.destroy(link_name(stand.line(who).roll_id))
    refused(
        "这位选民已在网上投票，而那一票取不出来，不能再发纸质票；网上的一票有效", stand.mark, who
    )
    assert (stand.line(who).stage, stand.account()) == ("cast", (10, 0, 0, 0, 0))
    assert Ballot.objects.get().fate == Fate.STANDING


def test_a_home_votes_once_on_paper_too():
    vote = opened(vote__unit="household")
    stand = booth(vote)
    line = Voter.objects.select_related("roll__round").get()
    actions.mark_paper(stand.fresh(), line, by=stand.first, now=NOW)
    line = Voter.objects.select_related("roll__round").get()
    refused("这一户已领过纸质票", actions.mark_paper, stand.fresh(), line, by=stand.second, now=NOW)
    assert rules.can_cast(vote.voters[0], vote.fresh(), now=NOW).reason == (
        "您家已在投票站领了纸质票，以纸质票为准，不能再在网上投"
    )


def test_a_booth_of_a_neighbourhood_serves_nobody_else():
    vote = opened(places=2, voters=2)
    stand = booth(vote)
    Booth.objects.filter(pk=stand.row.pk).update(neighbourhood=vote.places[0])
    refused(
        f"本站只接待{vote.places[0]}的选民；这位选民属于{vote.places[1]}，请到本居民区的投票站",
        stand.mark,
        vote.voters[1],
    )
    stand.mark(vote.voters[0])


def test_who_hands_out_and_when():
    vote = opened(voters=1)
    stand, who = booth(vote), vote.voters[0]
    at = f"您这时不在{stand.row}值班，不能发票"
    refused(at, stand.mark, who, by=vote.officer)
    refused(at, stand.mark, who, by=worker(vote.places[0]))
    refused(at, stand.mark, who, by=officer(street()))
    refused(at, stand.mark, who, now=NOW + timedelta(hours=2))
    refused(at, stand.mark, who, now=NOW - timedelta(minutes=1))
    helped = type(stand.first).objects.get(pk=stand.first.pk)
    helped.hand = stand.second
    refused(
        "代办期间不能办理投票站的事，请先结束代办",
        actions.mark_paper,
        stand.fresh(),
        stand.line(who),
        by=helped,
        now=NOW,
    )
    refused("投票已经截止，不再接受选票", stand.mark, who, now=vote.after)
    shut = booth(vote, is_open=False)
    refused("投票站还没有开放", shut.mark, who)
    strange = opened(on=vote.round.street)
    with pytest.raises(Refused, match="不在本轮的选民名册上"):
        actions.mark_paper(
            stand.fresh(),
            Voter.objects.select_related("roll__round").get(account=strange.voters[0]),
            by=stand.first,
            now=NOW,
        )
    assert stand.account() == (10, 0, 0, 0, 0)


def test_whoever_was_struck_off_gets_no_sheet():
    vote = opened()
    stand = booth(vote)
    actions.strike(stand.line(vote.voters[0]), "已迁出", by=vote.officer, now=NOW)
    refused("已移出名册，理由：已迁出", stand.mark, vote.voters[0])


def test_a_late_voter_is_added_and_then_marked():
    vote = opened()
    stand, late = booth(vote), voter(vote.places[0])
    actions.add(vote.fresh(), late, "漏录", by=vote.officer, now=NOW)
    stand.mark(late)
    assert stand.line(late).stage == stages.PAPER


def test_a_spoiled_sheet_is_replaced_and_the_voter_is_marked_once():
    vote = opened()
    stand = booth(vote, sheets=3)
    refused("还没有发出选票", actions.spoil_sheet, stand.fresh(), by=stand.first, now=NOW)
    stand.mark(vote.voters[0])
    actions.spoil_sheet(stand.fresh(), by=stand.second, now=NOW)
    assert stand.account() == (3, 2, 1, 0, 0)
    assert stand.fresh().marked == 1
    actions.spoil_sheet(stand.fresh(), by=stand.first, now=NOW)
    refused(
        "空白选票已经发完，请再领一批", actions.spoil_sheet, stand.fresh(), by=stand.first, now=NOW
    )
    assert stand.account() == (3, 3, 2, 0, 0)


def test_a_wrong_mark_is_taken_back_by_a_second_officer_of_the_shift():
    vote = opened(voters=2)
    stand = booth(vote)
    who, other = vote.voters
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    stand.mark(who)

    def back(by, now=NOW):
        return lambda: actions.withdraw_paper(stand.line(who), "同名记错", by=by, now=now)

    refused("误记要由同班的另一位工作人员撤回", back(stand.first))
    refused(f"您这时不在{stand.row}值班，不能发票", back(vote.officer))
    later = NOW + timedelta(hours=2)
    actions.add_shift(
        stand.fresh(),
        later,
        later + timedelta(hours=1),
        [stand.second, worker(vote.places[0])],
        by=vote.officer,
        now=NOW,
    )
    refused("只有登记时的那一班可以撤回；现在请写入情况记录", back(stand.second, now=later))
    back(stand.second)()
    line = stand.line(who)
    assert (line.stage, line.shift, line.marker) == ("waiting", None, None)
    assert stand.account() == (10, 0, 0, 0, 0)
    assert BoothLine.objects.get(what=What.WITHDRAWN).note == "同名记错"
    assert Entry.objects.get(deed="vote.unmark").told["data"] == {}
    refused("没有可以撤回的纸质票登记", back(stand.second))
    # What the mark took out of the box stays out, so she votes anew.
    assert Ballot.objects.get().fate == Fate.OVERRIDDEN
    actions.cast(vote.fresh(), [vote.proposals[1].pk], by=who, now=NOW)
    stand.mark(other)
    assert queries.turnout(vote.fresh()) == (2, 2)


def test_pressing_twice_hands_out_once():
    vote = opened()
    stand = booth(vote)
    for _again in range(2):
        actions.mark_paper(
            stand.fresh(), stand.line(vote.voters[0]), by=stand.first, now=NOW, key="k1"
        )
    assert stand.account() == (10, 1, 0, 0, 0)


# --- closing --------------------------------------------------------------------------------------


def day(in_box=2):
    """A closed vote with a booth at which three sheets went to two voters; nobody has counted yet."""
    vote = opened(voters=3)
    stand = booth(vote)
    for who in vote.voters[:2]:
        stand.mark(who)
    actions.spoil_sheet(stand.fresh(), by=stand.first, now=NOW)
    return vote, stand


def end(stand, unused=7, in_box=2, seal="A-0002", note="", by=None):
    return actions.close_booth(
        stand.fresh(),
        actions.Counts(unused, in_box, seal, note),
        by=by or stand.first,
        now=stand.vote.after,
    )


def test_a_booth_closes_with_its_account_and_two_signatures():
    vote, stand = day()
    refused(
        "最后一班还没有结束",
        actions.close_booth,
        stand.fresh(),
        actions.Counts(7, 2, "A-0002"),
        by=stand.first,
        now=NOW,
    )
    close(vote)
    for verdict in (
        rules.can_give_key(vote.officer, vote.fresh(), now=vote.after),
        rules.booths_are_signed(vote.fresh()),
    ):
        assert verdict.reason == f"投票站还没有关闭并由两人签字：{stand.row}"
    assert end(stand).stage == "closed"
    assert stand.account() == (10, 3, 1, 7, 2)
    assert (stand.fresh().left, stand.fresh().missing, stand.fresh().marked) == (0, 0, 2)
    actions.sign_booth(stand.fresh(), by=stand.first, now=vote.after)
    refused(
        "您已经签字，等待另一位签字",
        actions.sign_booth,
        stand.fresh(),
        by=stand.first,
        now=vote.after,
    )
    refused("已有人签字，内容不能再改", end, stand)
    refused(
        "已有人签字，内容不能再改",
        actions.note,
        stand.fresh(),
        What.INCIDENT,
        "停电十分钟",
        by=stand.first,
        now=vote.after,
    )
    assert actions.sign_booth(stand.fresh(), by=vote.officer, now=vote.after).stage == "signed"
    refused(
        "记录已经签字，不能再改", actions.sign_booth, stand.fresh(), by=stand.second, now=vote.after
    )
    assert rules.booths_are_signed(vote.fresh())
    assert queries.turnout(vote.fresh()) == (2, 3)
    assert not Voter.objects.exclude(shift=None, marker=None).exists()
    assert says(vote) == [
        "booth.add",
        "booth.receive",
        "booth.open",
        "vote.paper",
        "vote.paper",
        "booth.spoil",
        "booth.close",
        "booth.sign",
        "booth.sign",
    ]


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((8, 2), "未用8张，而领到10张、发出3张，最多剩7张；请重新清点"),
        (
            (7, 3),
            "箱内3张，比应有的2张多；请重新清点。确实多出的另外封存、不算在内，并写入情况记录",
        ),
        ((6, 2), "少了1张空白票，有0张发出后没有投入票箱；请写明情况"),
        ((7, 1), "少了0张空白票，有1张发出后没有投入票箱；请写明情况"),
    ],
)
def test_what_does_not_add_up_is_refused_or_wants_words(counts, sentence):
    vote, stand = day()
    close(vote)
    refused(sentence, end, stand, *counts)
    assert stand.fresh().stage == "open"


def test_what_is_missing_is_written_down_and_counted_anew_before_a_signature():
    vote, stand = day()
    close(vote)
    end(stand, unused=6, in_box=1, note="一张空白票被风吹走；一人带走选票")
    assert (stand.fresh().left, stand.fresh().missing) == (1, 1)
    end(stand)
    assert stand.account() == (10, 3, 1, 7, 2)
    assert [line.sheets for line in BoothLine.objects.filter(what=What.IN_BOX)] == [1, 2]


@pytest.mark.parametrize("seal", ["", "封条", "A 1", "A" * 21, "A\n"])
def test_a_seal_is_a_number_and_no_words(seal):
    vote, stand = day()
    close(vote)
    refused("封条编号只写字母、数字和短横，最多20个，如A-0012", end, stand, seal=seal)


def test_a_candidate_signs_nothing():
    vote, stand = day()
    close(vote)
    end(stand)
    team = vote.proposals[0].team
    team.memberships.update(account=stand.first)
    refused(
        "参加投票的项目的负责人不能签字",
        actions.sign_booth,
        stand.fresh(),
        by=type(stand.first).objects.get(pk=stand.first.pk),
        now=vote.after,
    )


def test_a_booth_that_never_opened_is_closed_by_the_officer():
    vote = opened()
    stand = booth(vote, is_open=False)
    close(vote)
    end(stand, unused=10, in_box=0, by=vote.officer)
    for one in (vote.officer, stand.first):
        actions.sign_booth(stand.fresh(), by=one, now=vote.after)
    assert stand.fresh().stage == "signed"


def test_a_vote_without_booths_is_counted_as_before():
    vote = opened()
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    close(vote)
    assert counted(vote.fresh(), vote.after).stage == "decision"
