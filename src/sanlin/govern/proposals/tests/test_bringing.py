"""Paper proposals out of a workbook: complete, all or none, the same list twice is nothing."""

import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, resident, street, worker
from sanlin.govern.proposals import actions, stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries.bringing import list_of, plan_proposals
from sanlin.govern.proposals.tests.scene import team
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground import clock
from sanlin.ground.journal.models import Entry
from sanlin.ground.sheets import lists, reader
from sanlin.ground.sheets.reader import Sheet
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    here = street()
    team(neighbourhood(here, name="甲居委会"), name="一队")
    return open_round(on=here)


def sheets(round, *changes, lines=None):
    """One proposal for each change; the budget of each is one line."""
    main, budget = list_of(round).parts
    tier, theme = round.rules.tiers[-1].name, [one.name for one in round.rules.themes]
    plain = [head for head in round.rules.heads if not head.forbidden and head.max_share is None]
    whole = {
        "title": "小花园",
        "team": "一队",
        "place": "甲",
        "tier": tier,
        "theme": theme[0] if theme else "",
        "summary": "一起种花",
        "need": "空地\n杂草",
        "goals": "四季有花",
        "beneficiaries": "120户",
        "plan": "五月种花",
        "starts": "2024-05-01",
        "ends": "2024年10月31日",
        "own_funds": 0,
        "partners": "",
    }
    rows = [[{**whole, **change}[c.name] for c in main.columns] for change in changes]
    if lines is None:
        titles = [{**whole, **change}["title"] for change in changes]
        lines = [[title, plain[0].name, "花箱", 80.0, 20.0] for title in dict.fromkeys(titles)]
    return [
        Sheet("提案", [[str(c.words) for c in main.columns], *rows]),
        Sheet("预算", [[str(c.words) for c in budget.columns], *lines]),
    ]


def parts(round, *changes, **more):
    checked = lists.check(list_of(round), sheets(round, *changes, **more))
    assert checked.faults == []
    return checked.parts


def plan(round, *changes, **more):
    return plan_proposals(parts(round, *changes, **more), round, by=None, now=NOW)


def test_a_list_is_handed_in_once(round):
    by, said = officer(round.street), parts(round, {}, {"title": "小菜园"})
    actions.import_proposals(round, said, by=by, now=NOW)
    made = Proposal.objects.order_by("number")
    assert [(p.number, p.title, p.stage, p.asked) for p in made] == [
        (1, "小花园", stages.SUBMITTED, 1_600_00),
        (2, "小菜园", stages.SUBMITTED, 1_600_00),
    ]
    assert (made[0].need, made[0].author.name) == (
        "空地\n杂草",
        made[0].team.memberships.get().account.name,
    )
    assert made[0].revisions.get().by == by
    found = plan_proposals(said, round, by=by, now=NOW)
    assert found.counts() == {"added": 0, "updated": 0, "unchanged": 2}
    actions.import_proposals(round, said, by=by, now=NOW)
    assert (Proposal.objects.count(), Entry.objects.filter(deed="proposals.import").count()) == (
        2,
        1,
    )


def test_every_fault_has_its_cell_and_nothing_is_written(round):
    by = officer(round.street)
    actions.import_proposals(round, parts(round, {}), by=by, now=NOW)
    said = (
        {"need": "别的"},
        {"title": "b", "team": "二队"},
        {"title": "c", "place": "乙"},
        {"title": "d", "ends": "2024-04-01"},
        {"title": "e", "own_funds": 99_999},
    )
    lines = [[t, "", "x", 1.0, 1.0] for t in "小"]
    found = plan(round, *said)
    assert [f.cell for f in found.faults] == ["A2", "B3", "C4", "I5", "L6"]
    with pytest.raises(Refused):
        actions.import_proposals(round, parts(round, *said), by=by, now=NOW)
    assert Proposal.objects.count() == 1
    checked = lists.check(list_of(round), sheets(round, {"title": "f"}, lines=lines))
    assert [f.cell for f in checked.faults] == ["B2"]


def test_a_budget_line_of_no_proposal_and_no_budget_are_faults(round):
    head = next(h.name for h in round.rules.heads if not h.forbidden)
    found = plan(round, {}, lines=[["别的", head, "x", 1.0, 1.0], ["小花园", head, "x", 0.0, 1.0]])
    assert [(f.sheet, f.cell) for f in found.faults] == [
        ("预算", "A2"),
        ("预算", "D3"),
        ("提案", "A2"),
    ]


def test_only_an_officer_brings_in_and_only_during_the_call(round):
    place = round.street.neighbourhoods.get()
    for by in (worker(place), resident(place), officer()):
        with pytest.raises(Refused, match="只有"):
            actions.import_proposals(round, parts(round, {}), by=by, now=NOW)
    here = street()
    late = open_round("screening", on=here)
    with pytest.raises(Refused, match="已经截止"):
        actions.import_proposals(late, parts(late, {}), by=officer(here), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_hand_in_once(round):
    by, said = officer(round.street), parts(round, {}, {"title": "小菜园"})
    start, failed = threading.Barrier(2), []

    def bring():
        try:
            start.wait()
            actions.import_proposals(round, said, by=by, now=NOW)
        except Exception as error:  # shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failed == []
    assert list(Proposal.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_the_page_offers_the_rounds_own_words(client, round, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client.force_login(officer(round.street), "django.contrib.auth.backends.ModelBackend")
    where = reverse("proposals:import", args=[round.pk])
    assert where in client.get(reverse("proposals:watch", args=[round.pk])).content.decode()
    assert client.get(where).status_code == 200
    assert client.get(where, {"blank": 1})["Content-Disposition"].endswith('"proposals.xlsx"')
    client.force_login(resident(), "django.contrib.auth.backends.ModelBackend")
    assert client.get(where).status_code == 403


def test_rows_in_which_nothing_is_wrong_come_in_alone_and_only_once(
    client, round, monkeypatch, settings, tmp_path
):
    settings.HOME = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client.force_login(officer(round.street), "django.contrib.auth.backends.ModelBackend")
    where = reverse("proposals:import", args=[round.pk])
    said = ({"title": "甲"}, {"title": "乙", "team": "二队"}, {"title": "丙"}, {"title": "丁"})
    head = next(h.name for h in round.rules.heads if not h.forbidden)
    lines = [[title, head, "花箱", 80.0, 20.0] for title in "甲乙丙"]
    lines.append(["丁", head, "花箱", "很多", 20.0])
    monkeypatch.setattr(reader, "read", lambda *_file: sheets(round, *said, lines=lines))

    def send(**more):
        file = SimpleUploadedFile("a.xlsx", b"x")
        return client.post(where, more or {"file": file}).content.decode()

    shown = send()
    assert re.findall(r"<td>(\S+ [A-Z]+\d+)</td>", shown) == ["提案 B3", "预算 D5"]
    assert re.findall(r"<td>提案 (\d)</td><td>新增</td>", shown) == ["2", "4"]
    assert Proposal.objects.count() == 0
    (token,) = re.findall(r'name="token" value="(\S+)"', shown)
    send(token=token)  # without saying that some are enough nothing is written
    assert Proposal.objects.count() == 0
    assert "已导入：2 新增, 0 更新, 0 未变" in send(token=token, some="1")
    assert list(Proposal.objects.values_list("title", flat=True)) == ["甲", "丙"]
    assert "只导入没有问题的行" not in send()
    assert Proposal.objects.count() == 2
