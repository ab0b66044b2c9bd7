"""The clerks' pages and the page of the sample, as browsers ask for them."""

import io

import openpyxl
import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, stages
from sanlin.govern.ballots.models import Batch, KeyedSheet, Look, Sample, Sheet
from sanlin.govern.ballots.queries import drawn
from sanlin.govern.ballots.tests.paper import (
    batch,
    booth,
    fresh,
    hands,
    key,
    keyed,
    number,
    on_paper,
    papers,
)
from sanlin.govern.ballots.tests.vote import counted
from sanlin.ground import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def bare_frame(settings):
    settings.MENU = settings.SIDE = settings.FOOT = "sanlin.govern.ballots.tests.vote.no_doors"


def scene(time, sheets=2, **wanted):
    vote = on_paper(voters=sheets, sheets=sheets, **wanted)
    time[0] = vote.after
    return vote


def page(name, thing):
    return reverse(f"ballots:{name}", args=[thing.pk])


def text(answer):
    return answer.content.decode()


def sheet_post(vote, n, *places, client="", **more):
    marks = {f"m{vote.proposals[at].pk}": "1" for at in places}
    return {"verb": "save", "client": client or f"c{n}", "serial": number(vote, n), **marks, **more}


def test_a_batch_is_registered_keyed_and_handed_in_page_by_page(client, time):
    vote = scene(time)
    one, two, _three = hands(vote)
    client.force_login(one)
    boxes = page("batches", vote.round)
    assert "箱内还有2张没有登记批次" in text(client.get(boxes))
    client.post(boxes, {"verb": "register", "of": booth(vote).pk, "sheets": "2", "key": "r"})
    made = Batch.objects.get()
    for who in (one, two):
        client.force_login(who)
        assert "已录 0 张" in text(client.get(page("key", made)))
        for n in (1, 2):
            assert client.post(page("key", made), sheet_post(vote, n, 0)).status_code == 302
        assert "已录 2 张" in text(client.get(page("key", made)))
        answer = client.post(page("key", made), {"verb": "hand", "key": f"h{who.pk}"})
        assert answer.status_code == 302
        assert client.get(page("key", made)).status_code == 403
    assert fresh(made).stage == stages.AGREED
    assert "钥匙保管人可以开箱" in text(client.get(boxes))


def test_a_script_is_answered_in_figures_and_sentences(client, time):
    vote = scene(time)
    who = hands(vote)[0]
    made = batch(vote, 2)
    client.force_login(who)

    def post(**data):
        return client.post(page("key", made), data, headers={"Accept": "application/json"})

    for _again in range(2):
        answer = post(**sheet_post(vote, 1, 0, 1))
        assert answer.json() == {
            "stored": "c1",
            "serial": number(vote, 1),
            "words": "第1号、第2号",
        }
    wrong = post(**sheet_post(vote, 1, 0, client="other"))
    assert (wrong.status_code, "您已经录过一张" in wrong.json()["fault"]) == (422, True)
    for posted in (
        {"serial": "0001-00"},
        {"serial": ""},
        {"serial": "9" * 300},
        {"serial": "\x00"},
    ):
        wrong = post(**{**sheet_post(vote, 2, 0), **posted})
        assert wrong.status_code == 422
        assert wrong.json()["fault"]
    assert post(verb="strange").status_code == 422
    assert post(verb="drop", client="c1").json() == {"stored": "c1"}
    assert KeyedSheet.objects.filter(dropped=False).count() == 0


def test_what_was_typed_stays_beside_the_sentence(client, time):
    vote = scene(time)
    who = hands(vote)[0]
    made = batch(vote, 2)
    client.force_login(who)
    answer = client.post(page("key", made), {**sheet_post(vote, 1, 1), "serial": "0001-00"})
    assert answer.status_code == 422
    assert 'value="0001-00"' in text(answer)
    assert f'name="m{vote.proposals[1].pk}" value="1" checked' in text(answer)
    assert "校验码对不上" in text(answer)


def test_nobody_reads_another_hand_on_any_page(client, time):
    vote = scene(time)
    one, two, three = hands(vote)
    made = batch(vote, 2)
    key(made, papers(vote, [0], [1]), by=one, now=vote.after)
    for who in (two, three, vote.officer):
        client.force_login(who)
        for address in (page("batches", vote.round), page("key", made), page("settle", made)):
            answer = text(client.get(address))
            assert number(vote, 1) not in answer
            assert "第1号" not in answer


def test_the_third_person_settles_by_the_page(client, time):
    vote = scene(time, sheets=4)
    one, two, three = hands(vote)
    made = batch(vote, 4)
    key(made, papers(vote, [0], [0], [1], [1]), by=one, now=vote.after)
    key(made, papers(vote, [0], [1], [0], [2]), by=two, now=vote.after)
    client.force_login(two)
    assert client.get(page("settle", made)).status_code == 403
    client.force_login(three)
    shown = text(client.get(page("settle", made)))
    assert "第一遍对：第1号" in shown
    assert number(vote, 1) not in shown
    answer = client.post(page("settle", made), {"s0": "first", "reason": "看错", "key": "a"})
    assert (answer.status_code, "还没有裁定" in text(answer)) == (422, True)
    posted = {
        "s0": "first",
        "s1": "second",
        "s2": "other",
        f"s2-m{vote.proposals[0].pk}": "1",
        f"s2-m{vote.proposals[2].pk}": "1",
        "reason": "看错一格",
        "key": "b",
    }
    assert client.post(page("settle", made), posted).status_code == 302
    assert fresh(made).stage == stages.SETTLED
    chosen = {s.serial: s.choices for s in Sheet.objects.all()}
    a, _b, c = (p.pk for p in vote.proposals)
    assert [chosen[number(vote, n)] for n in (2, 3, 4)] == [
        f"[[{a},1]]",
        f"[[{a},1]]",
        f"[[{a},1],[{c},1]]",
    ]


def test_the_officer_explains_what_is_missing(client, time):
    vote = scene(time, sheets=3)
    keyed(vote, [0], [0])
    client.force_login(vote.officer)
    assert "说明差异" in text(client.get(page("batches", vote.round)))
    address = page("explain", booth(vote))
    assert client.post(address, {"reason": "", "key": "a"}).status_code == 200
    assert client.post(address, {"reason": "多数了一张", "key": "b"}).status_code == 302
    assert client.get(address).status_code == 200
    counted(vote.fresh(), vote.after)
    client.logout()
    assert "多数了一张" in text(client.get(page("sample", vote.round)))
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "pack", [{}, {"vote__kind": "rank", "vote__k": 2}, {"vote__kind": "points", "vote__points": 9}]
)
def test_the_sample_by_the_pages(client, time, pack):
    vote = scene(time, sheets=3, **pack)
    one, two, three = hands(vote)
    made = batch(vote, 3)
    for who in (one, two):
        key(made, papers(vote, [0], [0], [1]), by=who, now=vote.after)
    counted(vote.fresh(), vote.after)
    client.force_login(vote.officer)
    assert "还没有抽样" in text(client.get(page("sample", vote.round)))
    actions.draw_sample(vote.fresh(), "351264", 1, 50, by=vote.officer, now=vote.after)
    client.force_login(one)
    assert "请由别人核对" in text(client.get(page("look", vote.round)))
    client.force_login(three)
    for n in (1, 2, 3):
        shown = text(client.get(page("look", vote.round) + f"?serial={number(vote, n)}"))
        assert number(vote, n) in shown
        posted = sheet_post(vote, n, 1 if n == 3 else 0, key=f"l{n}")
        assert client.post(page("look", vote.round), posted).status_code == 302
    again = client.post(page("look", vote.round), {"serial": number(vote, 1), "key": "x"})
    assert (again.status_code, "没有抽中" in text(again)) == (422, True)
    client.force_login(vote.officer)
    client.post(page("look", vote.round), {"verb": "finish", "key": "f"})
    client.logout()
    shown = text(client.get(page("sample", vote.round)))
    assert "录入可信" in shown
    assert "一致" in shown
    assert Sample.objects.get().digits == "351264"
    assert Look.objects.count() == 3 == len(drawn(Sample.objects.get()))


@pytest.mark.parametrize("posted", [{}, {"verb": "x", "of": "1"}, {"verb": "register", "of": "no"}])
def test_a_strange_press_meets_a_sentence(client, time, posted):
    vote = scene(time)
    client.force_login(vote.officer)
    answer = client.post(page("batches", vote.round), posted, follow=True)
    assert "请按页面上的按钮操作" in text(answer)


def test_the_list_of_batches_as_a_workbook(client, time):
    vote = scene(time)
    keyed(vote, [0], [])
    client.force_login(vote.officer)
    answer = client.get(page("batches", vote.round) + "?format=xlsx")
    rows = list(
        openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    )
    assert rows[1][:4] == ("第1票站", 1, 2, "两遍一致")
    assert rows[1][6:9] == (1, 1, 0)


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, time, django_assert_num_queries, bare_frame, n):
    vote = scene(time, sheets=n + 2)
    one, two, three = hands(vote)
    batches = [batch(vote, 1) for _ in range(n)]
    for at, made in enumerate(batches, 1):
        for who, places in ((one, [0]), (two, [1])):
            paper = papers(vote, *[places] * at)[-1:]
            key(made, paper, by=who, now=vote.after)
    client.force_login(three)
    with django_assert_num_queries(10):
        client.get(page("batches", vote.round))
    last = batch(vote, 9)
    for at in range(n):
        paper = papers(vote, *[[0]] * (at + 1))[-1]
        actions.key_sheet(fresh(last), f"k{at}", paper, by=three, now=vote.after)
    with django_assert_num_queries(8):
        client.get(page("key", last))
    with django_assert_num_queries(11):
        client.get(page("settle", batches[0]))
