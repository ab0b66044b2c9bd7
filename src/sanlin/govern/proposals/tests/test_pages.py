"""The pages by the real addresses: a whole call on a phone, the checks at the desk, what leaks."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from python_calamine import CalamineWorkbook

from sanlin.commons.orgs import actions as orgs
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, resident, worker
from sanlin.govern.proposals import actions, queries, stages
from sanlin.govern.proposals.models import Answer, Photo, Proposal, ProposalWord, Result
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground import clock
from sanlin.ground.files import Picture
from sanlin.kernel.budget import Line

from . import town
from .scene import proposal, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_moment(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    settings.MEDIA_ROOT = tmp_path


def signed_in(who):
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def go(name, *args, **kwargs):
    return reverse(f"proposals:{name}", args=args, kwargs=kwargs)


def text(answer):
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def jpeg(size=(64, 48)):
    body = io.BytesIO()
    Image.new("RGB", size, "green").save(body, "JPEG")
    return body.getvalue()


LINES = {
    "lines-TOTAL_FORMS": "3",
    "lines-INITIAL_FORMS": "0",
    "lines-0-head": "materials",
    "lines-0-what": "花盆",
    "lines-0-unit_price": "120",
    "lines-0-quantity": "50",
    "lines-1-head": "expert",
    "lines-1-what": "园艺讲师",
    "lines-1-unit_price": "３００",
    "lines-1-quantity": "4",
}
ANSWERS = {
    "title": {"title": "空中蔬菜乐园", "summary": "屋顶种菜", "tier": "big", "theme": "garden"},
    "need": {"need": "屋顶闲着\r\n三十户想种菜"},
    "goals": {"goals": "十块菜地", "beneficiaries": "约60户"},
    "plan": {"plan": "五月搭架", "starts": "2024-05-01", "ends": "2024-10-31"},
    "budget": LINES,
    "funds": {"own_funds": "1200", "partners": "物业借工具"},
}


def test_a_resident_founds_a_team_and_hands_in_a_proposal_on_a_phone():
    round = town.open_round()
    place = neighbourhood(round.street)
    li = resident(place)
    client = signed_in(li)
    answer = client.post(
        go("begin", round.pk), {"team": "new", "name": "屋顶菜友", "place": place.pk}
    )
    draft = Proposal.objects.get()
    assert answer.url == go("write", draft.pk, "title")
    assert draft.team == Organisation.objects.get(name="屋顶菜友", neighbourhood=place)
    for step, given in ANSWERS.items():
        page = client.get(go("write", draft.pk, step))
        assert page.status_code == 200
        answer = client.post(go("write", draft.pk, step), {"version": "0", **given})
        assert answer.status_code == 302, text(answer)
    assert answer.url == go("write", draft.pk, "photos")
    assert "已保存 10:00" in text(client.get(answer.url))
    photo = SimpleUploadedFile("a.jpg", jpeg())
    answer = client.post(answer.url, {"camera": photo, "caption": "屋顶"})
    assert (answer.status_code, Photo.objects.get().caption) == (302, "屋顶")
    chosen = SimpleUploadedFile("b.jpg", jpeg())
    answer = client.post(answer.url, {"album": chosen, "on": "1"})
    assert (answer.url, Photo.objects.count()) == (go("preview", draft.pk), 2)
    answer = client.post(go("write", draft.pk, "photos"), {"on": "1"})
    assert (answer.url, Photo.objects.count()) == (go("preview", draft.pk), 2)
    preview = text(client.get(go("preview", draft.pk)))
    assert "尚未提交" in preview
    assert "¥6,000" in preview
    draft.refresh_from_db()
    answer = client.post(go("hand_in", draft.pk), {"version": draft.version})
    assert answer.url == go("page", draft.pk)
    draft.refresh_from_db()
    assert (draft.stage, draft.number, draft.asked, draft.own_funds, draft.need) == (
        stages.SUBMITTED,
        1,
        6_000_00,
        1_200_00,
        "屋顶闲着\n三十户想种菜",
    )
    assert "已提交，编号2024-01" in text(client.get(answer.url))


def test_a_barred_team_stands_there_with_its_sentence_and_cannot_be_picked():
    round = town.open_round()
    place = neighbourhood(round.street)
    one, me = team(place)
    orgs.bar(one, date(2025, 1, 1), "2023年项目违约", by=officer(round.street), now=NOW)
    client = signed_in(me)
    page = client.get(go("begin", round.pk)).content.decode()
    assert f"{one}在2025年1月1日前不得申报：2023年项目违约" in page
    assert re.search(f'<input[^>]*value="{one.pk}"[^>]*disabled', page)
    answer = text(client.post(go("begin", round.pk), {"team": one.pk, "place": place.pk}))
    assert "2025年1月1日前不得申报" in answer
    assert Proposal.objects.count() == 0


def test_the_page_of_an_empty_draft_links_what_is_missing_to_its_step():
    draft = proposal(town.open_round(), stages.DRAFT, title="", lines=())
    client = signed_in(draft.author)
    answer = client.post(go("hand_in", draft.pk), {"version": 0})
    body = answer.content.decode().split("<footer")[0]
    assert answer.status_code == 200
    assert re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', body) == [
        (go("write", draft.pk, "title"), "名称和一句话：还没有写名称"),
        (go("write", draft.pk, "budget"), "预算：还没有填预算"),
    ]


def test_two_windows_show_both_texts():
    draft = proposal(town.open_round(), stages.DRAFT)
    client = signed_in(draft.author)
    client.post(go("write", draft.pk, "need"), {"version": "0", "need": "第一窗写的"})
    page = client.post(go("write", draft.pk, "need"), {"version": "0", "need": "第二窗写的"})
    said = text(page)
    assert "需求：现在保存着的 第一窗写的" in said
    assert "需求：您在这里写的 第二窗写的" in said
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    assert (
        client.post(
            go("write", draft.pk, "need"), {"version": version, "need": "合在一起"}
        ).status_code
        == 302
    )
    draft.refresh_from_db()
    assert draft.draft.need == "合在一起"


def test_the_budget_is_added_up_on_the_server_without_saving():
    draft = proposal(town.open_round(), stages.DRAFT, own_funds=700_00, asked=300_00)
    client = signed_in(draft.author)
    many = {
        **LINES,
        "lines-2-head": "labour",
        "lines-2-what": "志愿者",
        "lines-2-unit_price": "100",
        "lines-2-quantity": "80",
    }
    said = text(client.post(go("sums", draft.pk), many))
    assert "预算合计 ¥15,200" in said
    assert "申请金额 ¥14,500 上限¥20,000，还剩¥5,500" in said
    assert "劳务补贴共¥8,000，最多占预算的50%，即¥7,600" in said
    assert "劳务补贴 ¥8,000 超过上限¥7,600" in said
    draft.refresh_from_db()
    assert draft.version == 0


def test_an_emptied_line_is_taken_away():
    draft = proposal(town.open_round(), stages.DRAFT)
    client = signed_in(draft.author)
    client.post(go("write", draft.pk, "budget"), {"version": "0", **LINES})
    emptied = {
        **LINES,
        **{f"lines-0-{name}": "" for name in ("head", "what", "unit_price", "quantity")},
    }
    emptied |= {"version": "1", "lines-INITIAL_FORMS": "2"}
    client.post(go("write", draft.pk, "budget"), emptied)
    draft.refresh_from_db()
    assert [line.what for line in draft.draft.lines] == ["园艺讲师"]


HUGE = "长" * 20_000
HOSTILE = [
    "",
    "\x00",
    "甲\x00乙",
    HUGE,
    "<script>alert(1)</script>",
    "=1+1",
    "९",
    "-1",
    "1e9",
    "NaN",
    "2024-13-40",
    "9" * 400,
]


@pytest.mark.parametrize("nasty", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_meet_a_sentence_and_never_an_error(nasty):
    round = town.open_round()
    draft = proposal(round, stages.DRAFT)
    client = signed_in(draft.author)
    for step, given in ANSWERS.items():
        answer = client.post(
            go("write", draft.pk, step), {"version": nasty, **dict.fromkeys(given, nasty)}
        )
        assert answer.status_code in {200, 302}, step
        again = client.post(
            go("write", draft.pk, step), {"version": "0", **dict.fromkeys(given, nasty)}
        )
        assert again.status_code in {200, 302}, step
    for address in (
        go("begin", round.pk),
        go("write", draft.pk, "photos"),
        go("hand_in", draft.pk),
    ):
        names = ("team", "name", "place", "caption", "camera", "version", "key")
        assert client.post(address, dict.fromkeys(names, nasty)).status_code == 200, address
    query = {
        "q": nasty,
        "tier": nasty,
        "theme": nasty,
        "neighbourhood": nasty,
        "page": nasty,
        "sort": nasty,
        "stage": nasty,
        "place": nasty,
    }
    zhou = signed_in(officer(round.street))
    for address in (go("list", round.pk), go("watch", round.pk)):
        assert zhou.get(address, query).status_code == 200
    waiting = proposal(round, stages.SUBMITTED)
    names = ("result", "refusals", "note", "check_heard", "note_heard", "check_applicant")
    assert zhou.post(go("screen", waiting.pk), dict.fromkeys(names, nasty)).status_code == 200
    assert Proposal.objects.filter(stage=stages.SUBMITTED).get() == waiting


def test_far_too_much_is_refused_in_a_sentence():
    draft = proposal(town.open_round(), stages.DRAFT)
    answer = signed_in(draft.author).post(go("write", draft.pk, "need"), {"need": "长" * 2_000_000})
    assert answer.status_code == 400
    assert "提交的内容太大或不完整，没有收下" in text(answer)


def test_bad_encodings_and_wrong_content_types_meet_no_error():
    draft = proposal(town.open_round(), stages.DRAFT)
    client = signed_in(draft.author)
    for body in (
        b"need=%ff%fe%00&version=0",
        b"need=\xff\xfe&version=\xff",
        b"\x00" * 50,
        b"%" * 300,
    ):
        for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
            answer = client.post(go("write", draft.pk, "need"), body, content_type=kind)
            assert answer.status_code in {200, 302}
    bad = b'--x\r\nContent-Disposition: form-data; name="need"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    answer = client.post(
        go("write", draft.pk, "need"), bad, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("文字".encode(), "这不是照片：只收JPEG、PNG和WebP格式的照片"),
        (jpeg((6500, 4000)), "照片不能超过2500万像素，这张是6500×4000"),
        (jpeg()[:300], "这张照片打不开，可能已经损坏；请换一张"),
        (b"\xff\xd8\xff" + b"\0" * (10 * 1024**2), "照片不能超过10 MB，这张有10 MB"),
    ],
)
def test_a_wrong_file_meets_a_sentence(body, words):
    draft = proposal(town.open_round(), stages.DRAFT)
    client = signed_in(draft.author)
    answer = client.post(
        go("write", draft.pk, "photos"),
        {"camera": SimpleUploadedFile("a.jpg", body), "caption": "楼道"},
    )
    assert words in text(answer)
    assert 'value="楼道"' in answer.content.decode()
    assert Photo.objects.count() == 0


def test_a_photo_of_a_draft_is_not_for_the_neighbours():
    draft = proposal(town.open_round(), stages.DRAFT, own_funds=2_000_00)
    picture = Picture({"large": b"large", "small": b"small"}, 4, 3)
    draft = actions.add_photo(draft, picture, "", by=draft.author, now=NOW)
    address = go("photo", Photo.objects.get().pk, "small")
    mine, neighbour = signed_in(draft.author), signed_in(resident(draft.neighbourhood))
    assert (mine.get(address).status_code, neighbour.get(address).status_code) == (200, 403)
    actions.submit(draft, version=draft.version, by=draft.author, now=NOW)
    assert neighbour.get(address).status_code == 403
    Proposal.objects.update(stage=stages.ADMITTED)
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "nosniff",
    )
    assert mine.get(go("photo", Photo.objects.get().pk, "huge")).status_code == 404


def test_the_checks_at_the_desk_lead_from_one_to_the_next():
    round = town.open_round(round_stages.SCREENING)
    first, second = proposal(round, stages.SUBMITTED), proposal(round, stages.SUBMITTED)
    zhou = signed_in(officer(round.street))
    fine = {"check_heard": "yes", "check_applicant": "yes", "note": ""}
    page = zhou.post(go("screen", first.pk), {**fine, "check_heard": "no", "result": "admit"})
    assert "有不符合的事项或不予受理理由，不能通过" in text(page)
    answer = zhou.post(go("screen", first.pk), {**fine, "result": "admit"})
    assert answer.url == go("screen", second.pk)
    returned = {**fine, "check_heard": "no", "note_heard": "请补会议记录", "result": "return"}
    assert zhou.post(go("screen", second.pk), returned).url == go("watch", round.pk)
    told = text(signed_in(second.author).get(go("page", second.pk)))
    assert "请补正以后再提交" in told
    assert "附有听取居民意见的记录：请补会议记录" in told
    assert "4月17日" in told


def test_the_screener_sees_what_may_be_funded_twice_and_says_why_not():
    street = town.open_round(round_stages.SCREENING).street
    round = town.open_round(round_stages.SCREENING, on=street, name="今年")
    before = town.open_round(round_stages.CLOSED, on=street, name="去年", year=2023)
    need = "三处边角地常年堆物，楼组会议上二十八户中有二十五户同意改种花草，愿意轮流浇水。"
    words = {
        "goals": "地里种满花，认领牌挂齐，养护有排班。",
        "plan": "五月翻土，六月种植，十月分享。",
    }
    one = proposal(round, stages.SUBMITTED, need=need, **words)
    copied = proposal(before, need=f"去年写过：{need}", **words)
    costs = (Line("materials", "老年餐桌碗筷", 77_00, 20),)
    other = {
        "need": "老人吃饭难，问了十二家。",
        "goals": "每周三次送餐。",
        "plan": "四月起，志愿者送餐上门。",
    }
    same_team = proposal(before, team=one.team, lines=costs, **other)
    proposal(
        before,
        need="楼下路灯坏了很久，晚上老人摔过跤。",
        goals="换灯十二盏。",
        plan="三月换完。",
        lines=costs,
    )
    for row in Proposal.objects.all():
        keep_words(row)
    told = queries.doubles(one)
    assert [(two.other, two.same_team, two.text >= 90) for two in told] == [
        (copied, False, True),
        (same_team, True, False),
    ]
    assert (
        "三处边角地常年堆物楼组会议上二十八户中有二十五户同意改种花草愿意轮流浇水"
        in told[0].passages[0]
    )
    zhou = signed_in(officer(street))
    said = text(zhou.get(go("screen", one.pk)))
    assert "同一团队" in said
    fine = {"check_heard": "yes", "check_applicant": "yes", "note": "", "result": "admit"}
    mute = zhou.post(go("screen", one.pk), fine)
    assert "有疑似重复资助的提案，请先对照，并写明不是重复的理由" in text(mute)
    zhou.post(go("screen", one.pk), {**fine, "double": "去年未立项，今年换了地块"})
    done = one.screenings.get()
    assert (done.result, done.double) == ("admit", "去年未立项，今年换了地块")


def test_a_budget_that_is_nearly_the_same_is_found_by_its_lines():
    street = town.open_round(round_stages.SCREENING).street
    round = town.open_round(round_stages.SCREENING, on=street, name="今年")
    before = town.open_round(round_stages.CLOSED, on=street, name="去年", year=2023)
    costs = [Line("materials", what, fen, 1) for what, fen in (("花架", 312_00), ("土", 88_00))]
    one = proposal(round, stages.SUBMITTED, lines=tuple(costs), need="一", goals="二", plan="三")
    twin = proposal(before, lines=tuple(costs), need="四", goals="五", plan="六")
    for row in (one, twin):
        keep_words(row)
    (found,) = queries.doubles(one)
    assert (found.other, found.budget) == (twin, 100)


@pytest.mark.parametrize("count", [1, 3])
def test_doubles_take_two_queries_however_many_there_are(count, django_assert_num_queries):
    street = town.open_round(round_stages.SCREENING).street
    round = town.open_round(round_stages.SCREENING, on=street, name="今年")
    before = town.open_round(round_stages.CLOSED, on=street, name="去年", year=2023)
    one = proposal(round, stages.SUBMITTED)
    for _n in range(count):
        keep_words(proposal(before))
    keep_words(one)
    one = Proposal.objects.select_related("round", "team").get(pk=one.pk)
    with django_assert_num_queries(2):
        assert len(queries.doubles(one)) == count


def keep_words(row):
    """The words that the verb keeps with a hand-in."""
    lines = [(line.what, line.amount) for line in row.lines.all()]
    ProposalWord.objects.bulk_create(
        ProposalWord(proposal=row, word=word) for word in queries.words_of(row, lines)
    )


def test_an_appeal_by_the_pages():
    round = town.open_round(round_stages.SCREENING)
    one = proposal(round, stages.SUBMITTED)
    zhou, qian, leader = officer(round.street), officer(round.street), signed_in(one.author)
    refusal = {
        "check_heard": "yes",
        "check_applicant": "yes",
        "refusals": ["private_matter"],
        "result": "refuse",
        "note": "属于单户",
    }
    signed_in(zhou).post(go("screen", one.pk), refusal)
    page = text(leader.get(go("page", one.pk)))
    assert "未通过形式审查" in page
    assert "属于个人或单户自己的事务" in page
    assert leader.post(go("appeal", one.pk), {"text": "六户共用"}).url == go("page", one.pk)
    assert "申诉须由另一位工作人员复核" in text(signed_in(zhou).get(go("screen", one.pk)))
    assert "六户共用" in text(signed_in(qian).get(go("screen", one.pk)))
    signed_in(qian).post(go("screen", one.pk), {"result": "admit", "note": "理由成立"})
    one.refresh_from_db()
    assert one.stage == stages.ADMITTED


def test_what_changed_is_shown_to_eyes_and_ears():
    round = town.open_round(round_stages.OPTIMISATION)
    one = proposal(round, need="种花10盆。", asked=9_000_00, own_funds=1_000_00)
    actions.advise(one, "写清数量", by=officer(round.street), now=NOW)
    client = signed_in(one.author)
    assert "尚未回应" in text(client.get(go("page", one.pk)))
    client.post(go("write", one.pk, "need"), {"version": "0", "need": "种花12盆。"})
    one.refresh_from_db()
    client.post(go("hand_in", one.pk), {"version": one.version})
    body = client.get(go("changes", one.pk)).content.decode()
    assert re.search(r"<del>.*删去：.*10.*</del><ins>.*加上：.*12.*</ins>", body)
    assert "第2稿已回应" in text(client.get(go("page", one.pk)))
    assert client.get(go("advise", one.pk)).status_code == 403


def test_neighbours_see_changes_from_the_admission_on():
    round = town.open_round(round_stages.SCREENING)
    one = proposal(round, stages.SUBMITTED, need="某户的隐私", own_funds=2_000_00)
    zhou = officer(round.street)
    findings = {
        "heard": actions.Found(Answer.NOT_FULFILLED),
        "applicant": actions.Found(Answer.FULFILLED),
    }
    actions.screen(one, Result.RETURN, findings, by=zhou, now=NOW)
    one.refresh_from_db()
    one = actions.save(one, "need", {"need": "楼道的需要"}, version=0, by=one.author, now=NOW)
    actions.resubmit(one, version=one.version, by=one.author, now=NOW)
    Proposal.objects.update(stage=stages.ADMITTED)
    assert "某户的隐私" not in text(Client().get(go("changes", one.pk)))
    assert "某户的隐私" in text(signed_in(zhou).get(go("changes", one.pk)))


def test_nothing_of_what_is_not_public_leaks_into_lists_and_pages():
    round = town.open_round()
    for stage in stages.PROPOSAL.stages():
        proposal(round, stage, title=f"秘密{stage}")
    shown = text(Client().get(go("list", round.pk)))
    assert re.findall(r"秘密\w+", shown) == ["秘密admitted"]
    for one in Proposal.objects.exclude(stage=stages.ADMITTED):
        assert Client().get(go("page", one.pk)).status_code == 302
        outsider = signed_in(resident(one.neighbourhood))
        for name in ("page", "changes"):
            answer = outsider.get(go(name, one.pk))
            assert (answer.status_code, "秘密" in text(answer)) == (403, False)


def test_the_public_page_names_the_team_and_nobody_else():
    one = proposal(town.open_round(round_stages.REVIEW))
    body = Client().get(go("page", one.pk)).content.decode()
    assert str(one.team) in body
    assert one.author.name not in body


def test_a_committee_reads_what_was_handed_in_at_home():
    round = town.open_round()
    here, there = neighbourhood(round.street), neighbourhood(round.street)
    proposal(round, stages.SUBMITTED, team=team(here)[0], title="本村的")
    proposal(round, stages.SUBMITTED, team=team(there)[0], title="外村的")
    said = text(signed_in(worker(here)).get(go("watch", round.pk)))
    assert ("本村的" in said, "外村的" in said) == (True, False)
    assert signed_in(resident(here)).get(go("watch", round.pk)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_questions(count, django_assert_num_queries):
    round = town.open_round()
    made, leader = team(neighbourhood(round.street))
    for _n in range(count):
        proposal(round, team=made)
    zhou = signed_in(officer(round.street))
    mine = signed_in(leader)
    with django_assert_num_queries(4):
        assert Client().get(go("list", round.pk)).status_code == 200
    with django_assert_num_queries(11):
        assert zhou.get(go("watch", round.pk)).status_code == 200
    with django_assert_num_queries(6):
        assert mine.get(go("mine")).status_code == 200


def test_the_staff_list_goes_to_excel_without_live_formulas():
    round = town.open_round()
    proposal(round, stages.SUBMITTED, title="=1+1")
    answer = signed_in(officer(round.street)).get(go("watch", round.pk), {"format": "xlsx"})
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    assert (len(rows), rows[1][1]) == (2, "=1+1")
    assert b"<f>" not in answer.content


def test_withdrawing_says_what_will_happen_first():
    one = proposal(town.open_round(), stages.SUBMITTED)
    client = signed_in(one.author)
    assert "不能恢复" in text(client.get(go("withdraw", one.pk)))
    assert client.post(go("withdraw", one.pk)).url == go("mine")
    one.refresh_from_db()
    assert one.stage == stages.WITHDRAWN
