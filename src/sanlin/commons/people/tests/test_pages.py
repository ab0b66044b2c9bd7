import re
from datetime import timedelta

import pytest
from django.test import Client

from sanlin.commons.people.models import Post, PostKind, Resident
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account, Assistance
from sanlin.ground.accounts.tests import gateway
from sanlin.ground.journal.models import Entry, Unmasking

from . import scene

pytestmark = pytest.mark.django_db
IDENTITY = "11010519491231002X"


@pytest.fixture(autouse=True)
def _surroundings(settings, monkeypatch):
    settings.SMS = gateway.KEEPS
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    gateway.sent.clear()
    monkeypatch.setattr(clock, "now", lambda: scene.NOW)


@pytest.fixture
def place():
    return scene.neighbourhood()


@pytest.fixture
def sun(place):
    return scene.worker(place, name="孙洁")


def signed_in(account):
    client = Client()
    client.force_login(account)
    return client


def text(answer):
    whole = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(whole.split())


def rows(answer):
    """The first cell of each line of the table."""
    body = answer.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    lines = re.findall(r"<tr.*?</tr>", body, re.S)
    return [re.sub(r"<[^>]+>", "", re.findall(r"<td.*?</td>", line, re.S)[0]) for line in lines]


# --- the list ---


def test_staff_see_their_own_place_masked(place, sun):
    li = scene.resident(place, "李秀英", phone="19900000001")
    scene.resident(scene.neighbourhood(place.street), "别处人")
    answer = signed_in(sun).get("/people/")
    assert rows(answer) == ["李秀英"]
    assert "199****0001" in text(answer)
    assert li.phone.reveal() not in answer.content.decode()
    officer = scene.officer(place.street)
    assert sorted(rows(signed_in(officer).get("/people/"))) == ["别处人", "李秀英"]


@pytest.mark.parametrize("make", [scene.resident, scene.judge, scene.auditor, scene.district_admin])
def test_the_list_is_closed_to_everybody_else(make):
    answer = signed_in(make()).get("/people/")
    assert (answer.status_code, "居民名单供居委和街道工作人员使用" in text(answer)) == (403, True)


def test_whoever_is_not_signed_in_is_sent_to_sign_in():
    assert Client().get("/people/").url == "/account/sign-in/?next=/people/"


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize("address", ["/people/", "/people/?state=verified&sort=-name"])
def test_the_list_costs_six_queries(place, sun, many, address, django_assert_num_queries):
    for number in range(many):
        scene.resident(place, f"邻居{number}", home=scene.home(place))
    client = signed_in(sun)
    with django_assert_num_queries(6):
        assert len(rows(client.get(address))) == many


def test_search_finds_part_of_a_name_or_a_whole_number_and_leaves_nothing_in_the_address(
    place, sun
):
    scene.resident(place, "李秀英", phone="19900000001")
    scene.resident(place, "李强", phone="19900000002")
    scene.resident(place, "王建国", identity=IDENTITY)
    Resident.objects.filter(account__name="王建国").update(
        identity_mark=scene.marked(IDENTITY), verified_on=None
    )
    client = signed_in(sun)

    def find(term):
        answer = client.post("/people/search/", {"term": term})
        assert answer.url == "/people/"
        return rows(client.get(answer.url))

    assert find("李") == ["李强", "李秀英"]
    assert find("199 0000 0001") == ["李秀英"]
    assert find("1990000000") == []
    assert find(IDENTITY.lower()) == ["王建国"]
    kept = str(dict(client.session))
    assert (IDENTITY in kept, "110***********002X" in kept) == (False, True)
    assert len(find("")) == 3


def test_a_search_does_not_reach_into_another_place(place, sun):
    scene.resident(scene.neighbourhood(place.street), "李秀英", phone="19900000001")
    client = signed_in(sun)
    client.post("/people/search/", {"term": "19900000001"})
    answer = client.get("/people/")
    assert rows(answer) == []
    assert "没有找到居民。" in text(answer)


@pytest.mark.parametrize("address", ["?state=%00&place=x", "?page=99999999999999999999&sort=x"])
def test_a_nonsense_address_is_a_list(place, sun, address):
    scene.resident(place, "李秀英")
    assert rows(signed_in(sun).get(f"/people/{address}")) == ["李秀英"]


# --- one resident ---


@pytest.mark.parametrize("page", ["", "edit/", "move-out/", "unmask/", "act/"])
def test_one_resident_is_open_to_staff_of_the_place_alone(place, sun, page):
    li = scene.resident(place)
    address = f"/people/{li.resident.pk}/{page}"
    assert signed_in(sun).get(address).status_code == 200
    assert signed_in(scene.officer(place.street)).get(address).status_code == 200
    for other in (scene.worker(), scene.officer(), scene.judge(place.street), li):
        assert signed_in(other).get(address).status_code == 403


def test_a_resident_is_written_down_with_home_and_number(place, sun):
    home = scene.home(place, "101室")
    client = signed_in(sun)
    assert client.get("/people/add/").url == f"/people/add/{place.pk}/"
    typed = {
        "name": " 李 秀英 ",
        "phone": "199-0000-0001",
        "identity": "11010519491231002x",
        "building": "1",
        "room": "101",
        "key": "k",
    }
    answer = client.post(f"/people/add/{place.pk}/", typed)
    made = Resident.objects.get()
    assert answer.url == f"/people/{made.pk}/"
    assert (made.account.name, made.account.phone.reveal()) == ("李 秀英", "19900000001")
    assert (str(made.born), made.identity.reveal(), made.home) == ("1949-12-31", IDENTITY, home)
    assert (made.verified_on, made.neighbourhood) == (scene.NOW.date(), place)
    assert client.post(f"/people/add/{place.pk}/", typed).url == answer.url  # the same key
    assert Resident.objects.count() == 1
    page = client.get(answer.url)
    assert "潍坊二村 1号 1单元 101室" in text(page)
    assert IDENTITY not in page.content.decode()
    line = Entry.objects.get()
    assert (line.deed, line.codes) == ("resident.add", f"place={place.pk}")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "id_name"),
        ({"name": "李\u200b秀英"}, "id_name"),
        ({"name": "李", "phone": "123"}, "id_phone"),
        ({"name": "李", "identity": "110105194912310021"}, "id_identity"),
        ({"name": "李", "identity": "110105194913310020"}, "id_identity"),
        ({"name": "李", "identity": IDENTITY, "born": "1950-01-01"}, "id_born"),
        ({"name": "李", "born": "2024-04-11"}, "id_born"),
        ({"name": "李", "born": "1899-12-31"}, "id_born"),
        ({"name": "李", "born": "gestern"}, "id_born"),
        ({"name": "李", "building": "9", "room": "909"}, "id_room"),
        ({"name": "李", "estate": "x"}, "id_estate"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_stays(place, sun, typed, field):
    scene.home(place)
    page = signed_in(sun).post(f"/people/add/{place.pk}/", typed).content.decode()
    assert re.findall(r'<li><a href="#(\w+)"', page) == [field]
    for value in typed.values():
        assert value in page
    assert Resident.objects.count() == 0


def test_an_edit_leaves_what_is_masked_unless_it_is_written_anew(place, sun):
    li = scene.resident(place, "李秀英", phone="19900000001", identity=IDENTITY)
    client, address = signed_in(sun), f"/people/{li.resident.pk}/edit/"
    page = client.get(address).content.decode()
    assert ("199****0001" in page, "19900000001" in page, IDENTITY in page) == (True, False, False)
    client.post(address, {"name": "李秀兰"})
    row = Resident.objects.select_related("account").get()
    assert (row.account.name, row.account.phone.reveal()) == ("李秀兰", "19900000001")
    assert row.identity.reveal() == IDENTITY
    client.post(address, {"name": "李秀兰", "phone": "19900000009", "drop_identity": "on"})
    row = Resident.objects.select_related("account").get()
    assert (row.account.phone.reveal(), row.identity.reveal()) == ("19900000009", "")
    assert row.identity_mark is None
    assert [line.codes for line in Entry.objects.order_by("pk")] == [
        'fields=["name"]',
        'fields=["identity", "phone"]',
    ]


def test_a_phone_of_another_is_refused_and_nothing_is_half_written(place, sun):
    scene.resident(place, phone="19900000001")
    li = scene.resident(place, "李秀英", phone="19900000002")
    typed = {"name": "李秀兰", "phone": "19900000001", "born": "1952-01-01"}
    answer = signed_in(sun).post(f"/people/{li.resident.pk}/edit/", typed)
    assert "这个手机号或身份证号已登记在另一位名下，请核对" in text(answer)
    row = Resident.objects.select_related("account").get(account=li)
    assert (row.account.name, row.born) == ("李秀英", None)


def test_moving_out_keeps_the_row_and_ends_the_rights(place, sun):
    li = scene.resident(place, "李秀英")
    client, address = signed_in(sun), f"/people/{li.resident.pk}/move-out/"
    assert "迁出日期不能晚于今天" in text(client.post(address, {"day": "2024-04-11"}))
    assert client.post(address, {"day": "2024-04-10"}).status_code == 302
    page = client.get(f"/people/{li.resident.pk}/")
    assert "这位居民已迁出" in text(page)
    assert client.get(address).status_code == 403
    assert Resident.objects.verified().count() == 0


# --- a look at what is masked ---


def test_a_look_shows_the_value_once_and_keeps_it_nowhere(place, sun):
    li = scene.resident(place, "李秀英", phone="19900000001", identity=IDENTITY)
    client, address = signed_in(sun), f"/people/{li.resident.pk}/unmask/"
    answer = client.post(address, {"field": "phone", "reason": "电话通知领票"})
    assert "19900000001" in text(answer)
    assert "no-store" in answer["Cache-Control"].split(", ")
    assert client.post(address, {"field": "identity", "reason": "核对身份证件"}).status_code == 200
    assert "19900000001" not in client.get(address).content.decode()
    assert "19900000001" not in str(dict(client.session))
    assert list(Unmasking.objects.order_by("pk").values_list("by", "subject", "field")) == [
        (sun.pk, f"accounts.Account:{li.pk}", "phone"),
        (sun.pk, f"people.Resident:{li.resident.pk}", "identity"),
    ]
    mine = text(signed_in(li).get("/account/"))
    assert "孙洁 电话通知领票" in mine
    assert "孙洁 核对身份证件" in mine


@pytest.mark.parametrize(
    "typed", [{}, {"field": "password", "reason": "看看密码"}, {"field": "phone", "reason": " 看 "}]
)
def test_a_look_without_reason_or_at_something_else_shows_nothing(place, sun, typed):
    li = scene.resident(place, phone="19900000001")
    answer = signed_in(sun).post(f"/people/{li.resident.pk}/unmask/", typed)
    assert (answer.status_code, "19900000001" in answer.content.decode()) == (200, False)
    assert Unmasking.objects.count() == 0


# --- acting at the desk ---


def begin(client, resident, **typed):
    typed = {"reason": "不会用手机，到场办理", "present": "on", "key": "k"} | typed
    return client.post(f"/people/{resident.pk}/act/", typed)


def test_acting_begins_with_reason_and_presence_and_names_both(place, sun):
    li = scene.resident(place, "李秀英")
    client = signed_in(sun)
    assert begin(client, li.resident).url == "/"
    assert "孙洁正在为李秀英代办" in text(client.get("/"))
    begun = Assistance.objects.get()
    assert (begun.person, begun.hand, begun.started_at) == (li, sun, scene.NOW)
    line = Entry.objects.get()
    assert (line.deed, line.by, line.hand) == ("desk.act_for", li, sun)
    assert "不会用手机" not in bytes(line.body).decode()
    assert "孙洁 不会用手机，到场办理" in text(signed_in(li).get("/account/"))


@pytest.mark.parametrize("typed", [{"present": ""}, {"reason": ""}, {"reason": "代 办 下"}])
def test_acting_does_not_begin_without_them(place, sun, typed):
    li = scene.resident(place)
    client = signed_in(sun)
    assert begin(client, li.resident, **typed).status_code == 200
    assert Assistance.objects.count() == 0
    assert "正在为" not in text(client.get("/"))


def test_nobody_acts_for_herself_or_for_another_place_or_in_a_chain(place, sun):
    own = scene.resident(place, account=sun)
    other = scene.resident(scene.neighbourhood(place.street))
    li, wang = scene.resident(place, "李秀英"), scene.resident(place)
    client = signed_in(sun)
    assert "不能为自己代办" in text(begin(client, own.resident))
    assert begin(client, other.resident).status_code == 403
    assert begin(client, li.resident).status_code == 302
    chain = begin(client, wang.resident)
    assert (chain.status_code, "正在代办，请先结束这一位再办下一位" in text(chain)) == (403, True)
    assert Assistance.objects.count() == 1


def test_acting_for_somebody_with_a_post_lends_nothing(place, sun):
    zhou = scene.resident(place, "周敏")
    scene.post(PostKind.STREET_OFFICER, place.street, account=zhou)
    scene.post(PostKind.DISTRICT_ADMIN, place.street.district, account=zhou)
    client = signed_in(sun)
    begin(client, zhou.resident)
    for page in (
        "/people/",
        "/people/posts/",
        "/people/journal/",
        "/desk/",
        "/account/",
        "/people/posts/appoint/judge/",
        f"/people/{zhou.resident.pk}/unmask/",
    ):
        assert client.get(page).status_code == 403, page
    assert "工作台" not in text(client.get("/"))
    client.post("/account/stop-acting/")
    assert client.get("/people/").status_code == 200


def test_a_form_of_one_s_own_left_open_dies_when_acting_begins(place, sun):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sun)
    address = f"/people/{scene.resident(place).resident.pk}/act/"
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    typed = {"reason": "到场办理", "present": "on", "csrfmiddlewaretoken": found[1]}
    assert client.post(address, typed).status_code == 302
    old = client.post("/account/stop-acting/", {"csrfmiddlewaretoken": found[1]})
    assert (old.status_code, "页面停留太久" in text(old)) == (403, True)


def test_acting_ends_by_itself_after_half_an_hour(place, sun, monkeypatch):
    client = signed_in(sun)
    begin(client, scene.resident(place, "李秀英").resident)
    monkeypatch.setattr(clock, "now", lambda: scene.NOW + timedelta(minutes=30))
    assert "代办已满30分钟，自动结束。" in text(client.get("/"))
    assert client.get("/people/").status_code == 200


# --- newcomers ---


def proved(phone="19900000001"):
    """A newcomer who has just given the code of her phone."""
    client = Client()
    client.post("/account/sign-in/phone/", {"phone": phone})
    code = re.search(r"\d{6}", gateway.sent[-1][1])[0]
    assert client.post("/account/sign-in/code/", {"code": code}).url == "/people/register/"
    return client


def test_a_newcomer_registers_waits_and_is_confirmed(place, sun):
    client = proved()
    scene.home(place, "101室")
    where = f"/people/register/{place.pk}/"
    assert "潍坊二村居民区 潍坊新村街道" in text(client.get("/people/register/"))
    assert "您的手机号 199****0001 已验证。" in text(client.get(where))
    typed = {"name": "赵晨", "building": "1", "room": "101", "key": "k"}
    assert client.post(where, typed).url == "/"
    row = Resident.objects.select_related("account").get()
    assert (row.account.name, row.account.phone.reveal()) == ("赵晨", "19900000001")
    assert (row.verified_on, str(row.home), row.address) == (
        None,
        "101室",
        "潍坊二村 1号 1单元 101室",
    )
    assert "赵晨" in text(client.get("/"))
    assert "等待居委核实" in text(client.get("/account/"))
    closed = client.get("/people/register/")
    assert (closed.status_code, "您已登记为潍坊二村居民区的居民" in text(closed)) == (403, True)

    desk = signed_in(sun)
    scene.resident(place, "李秀英")
    scene.resident(scene.neighbourhood(place.street), "别处人", verified_on=None)
    desk.post("/people/search/", {"term": "李"})
    assert rows(desk.get("/people/waiting/")) == ["赵晨"]
    assert desk.post(f"/people/{row.pk}/confirm/", {"key": "c"}).status_code == 302
    row.refresh_from_db()
    assert row.verified_on == scene.NOW.date()
    assert desk.post(f"/people/{row.pk}/confirm/", {"key": "d"}).status_code == 403
    assert [line.deed for line in Entry.objects.order_by("pk")] == [
        "resident.register",
        "resident.confirm",
    ]


def test_nobody_registers_without_a_proved_phone_or_where_nobody_works(place):
    assert Client().get("/people/register/").url == "/account/sign-in/phone/"
    assert Client().post(f"/people/register/{place.pk}/").url == "/account/sign-in/phone/"
    client = proved()
    assert client.get(f"/people/register/{place.pk}/").url == "/people/register/"
    assert "没有找到这样的居民区。" in text(client.get("/people/register/"))


def test_a_proof_is_good_for_half_an_hour(place, sun, monkeypatch):
    client = proved()
    monkeypatch.setattr(clock, "now", lambda: scene.NOW + timedelta(minutes=30))
    assert client.get("/people/register/").url == "/account/sign-in/phone/"


def test_whoever_was_written_down_on_paper_enters_by_her_phone(place, sun):
    typed = {"name": "李秀英", "phone": "19900000001"}
    signed_in(sun).post(f"/people/add/{place.pk}/", typed)
    client = Client()
    client.post("/account/sign-in/phone/", {"phone": "19900000001"})
    code = re.search(r"\d{6}", gateway.sent[-1][1])[0]
    assert client.post("/account/sign-in/code/", {"code": code}).url == "/"
    assert "李秀英" in text(client.get("/account/"))


def test_a_duplicate_is_declined_and_gives_its_phone_back(place, sun):
    paper = scene.resident(place, "赵晨")
    proved().post(f"/people/register/{place.pk}/", {"name": "赵晨"})
    again = Resident.objects.waiting().get()
    desk = signed_in(sun)
    assert "本居民区有同名的居民" in text(desk.get(f"/people/{again.pk}/"))
    assert desk.post(f"/people/{again.pk}/decline/", {"why": "duplicate"}).url == "/people/"
    assert Resident.objects.waiting().count() == 0
    desk.post(f"/people/{paper.resident.pk}/edit/", {"name": "赵晨", "phone": "19900000001"})
    client = Client()
    client.post("/account/sign-in/phone/", {"phone": "19900000001"})
    # A minute has not passed since the first code, so the newcomer's row is asked directly.
    assert Account.objects.get(phone_mark=scene.marked("19900000001")) == paper


@pytest.mark.parametrize("typed", [{"name": ""}, {"name": "赵" * 61}, {"name": "赵\x00晨"}])
def test_a_newcomer_s_mistakes_are_told(place, sun, typed):
    page = proved().post(f"/people/register/{place.pk}/", typed).content.decode()
    assert re.findall(r'<li><a href="#(\w+)"', page) == ["id_name"]
    assert Resident.objects.count() == 0


def test_places_are_found_by_a_part_of_their_name(place, sun):
    scene.neighbourhood(place.street, "竹园居民区")
    client = proved()
    assert "竹园居民区" in text(client.get("/people/register/?q=竹"))
    assert "潍坊二村居民区" not in text(client.get("/people/register/?q=竹"))
    assert client.get("/people/register/?q=%00%27%22").status_code == 200


# --- posts ---


def appoint(client, kind, where, **typed):
    typed = {
        "place": where.pk,
        "name": "何雯",
        "phone": "19900000003",
        "since": "2024-04-10",
        "key": "k",
    } | typed
    return client.post(f"/people/posts/appoint/{kind}/", typed)


def test_an_officer_appoints_and_the_post_counts_from_its_day(place):
    zhou = scene.officer(place.street, name="周敏")
    client = signed_in(zhou)
    for kind, where in (
        ("committee_worker", place),
        ("judge", place.street),
        ("social_worker", place.street),
        ("merchant", place.street),
    ):
        answer = appoint(client, kind, where, certificate="沪社工12345", key=kind)
        assert answer.url == "/people/posts/", kind
    he = Account.objects.get(name="何雯")
    held = Post.objects.filter(account=he).order_by("pk")
    assert [(post.kind, post.place, post.certificate) for post in held] == [
        ("committee_worker", place, ""),
        ("judge", place.street, ""),
        ("social_worker", place.street, "沪社工12345"),
        ("merchant", place.street, ""),
    ]
    assert signed_in(he).get("/people/").status_code == 200
    assert "潍坊新村街道 评委" in text(signed_in(he).get("/account/"))
    assert sorted(rows(client.get("/people/posts/?state=now"))) == sorted(
        ["居委工作人员", "评委", "社工", "商家", "街道工作人员"]
    )


def test_the_district_appoints_officers_and_auditors(place):
    district = place.street.district
    client = signed_in(scene.district_admin(district))
    assert appoint(client, "street_officer", place.street).status_code == 302
    assert appoint(client, "auditor", district, key="k2").status_code == 302
    assert appoint(client, "judge", place.street).status_code == 404
    foreign = appoint(client, "street_officer", scene.street(), key="k3")
    assert (foreign.status_code, Post.objects.filter(kind="street_officer").count()) == (200, 1)


@pytest.mark.parametrize("make", [scene.worker, scene.judge, scene.auditor, scene.resident])
def test_nobody_else_appoints(make):
    answer = signed_in(make()).get("/people/posts/appoint/judge/")
    assert (answer.status_code, "任命由街道工作人员和区管理员办理" in text(answer)) == (403, True)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"until": "2024-04-10"}, "卸任日期要晚于任职日期"),
        ({"phone": "19900000004"}, "这个手机号登记的是另一个姓名，请核对"),
        ({"phone": "19900000005", "name": "周敏"}, "不能任命自己"),
    ],
)
def test_an_appointment_that_cannot_be(place, typed, told):
    zhou = scene.officer(place.street, name="周敏", phone="19900000005")
    scene.person("林涛", phone="19900000004")
    answer = appoint(signed_in(zhou), "judge", place.street, **typed)
    assert told in text(answer)
    assert Post.objects.filter(kind="judge").count() == 0


def test_the_same_post_twice_at_once_is_refused_but_not_one_after_the_other(place):
    client = signed_in(scene.officer(place.street))
    until = {"since": "2023-01-01", "until": "2024-01-01"}
    assert appoint(client, "judge", place.street, **until, key="1").status_code == 302
    again = appoint(client, "judge", place.street, since="2023-12-31", key="2")
    assert "这个人在这段时间已有这一任职" in text(again)
    assert appoint(client, "judge", place.street, since="2024-01-01", key="3").status_code == 302
    assert Post.objects.filter(kind="judge").count() == 2


def test_a_post_ends_and_stays_in_the_history(place):
    zhou = scene.officer(place.street, name="周敏")
    sun = scene.worker(place, name="孙洁")
    post = Post.objects.get(account=sun)
    client = signed_in(zhou)
    assert client.post(f"/people/posts/{post.pk}/end/", {"day": "2024-04-10"}).status_code == 302
    assert signed_in(sun).get("/people/").status_code == 403
    assert rows(client.get("/people/posts/?state=over")) == ["居委工作人员"]
    assert client.get(f"/people/posts/{post.pk}/end/").status_code == 403
    own = Post.objects.get(account=zhou)
    assert "自己的任职由他人办理" in text(client.get(f"/people/posts/{own.pk}/end/"))


def test_a_worker_cannot_take_over_an_officer_who_lives_in_her_place(place, sun):
    zhou = scene.resident(place, "周敏", phone="19900000001")
    scene.post(PostKind.STREET_OFFICER, place.street, account=zhou)
    typed = {"name": "周敏", "phone": "19900000007"}
    answer = signed_in(sun).post(f"/people/{zhou.resident.pk}/edit/", typed)
    assert "这位居民有任职，姓名和手机号不能在这里修改" in text(answer)
    zhou.refresh_from_db()
    assert zhou.phone.reveal() == "19900000001"


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_posts_costs_five_queries(place, many, django_assert_num_queries):
    client = signed_in(scene.officer(place.street))
    for _number in range(many):
        scene.judge(place.street)
    with django_assert_num_queries(5):
        assert len(rows(client.get("/people/posts/?kind=judge"))) == many


# --- the journal ---


@pytest.mark.parametrize("many", [1, 3])
def test_the_auditor_reads_the_lines_of_her_district(place, sun, many, django_assert_num_queries):
    for number in range(many):
        signed_in(sun).post(f"/people/add/{place.pk}/", {"name": f"邻居{number}"})
    elsewhere = scene.neighbourhood()
    signed_in(scene.worker(elsewhere)).post(f"/people/add/{elsewhere.pk}/", {"name": "外街人"})
    client = signed_in(scene.auditor(place.street.district))
    with django_assert_num_queries(5):
        answer = client.get("/people/journal/?deed=resident.add")
    assert len(rows(answer)) == many
    assert "孙洁" in text(answer)


def test_what_a_worker_of_the_district_did_for_another_stays_with_the_district(place, sun):
    li = scene.resident(place, "李秀英")
    begin(signed_in(sun), li.resident)
    Resident.objects.update(neighbourhood=scene.neighbourhood())
    page = signed_in(scene.auditor(place.street.district)).get("/people/journal/")
    assert rows(page) == [Entry.objects.get().number]
    assert "desk.act_for 李秀英 孙洁" in text(page)


def test_the_journal_by_day_and_by_deed(place, sun):
    signed_in(sun).post(f"/people/add/{place.pk}/", {"name": "邻居"})
    client = signed_in(scene.district_admin(place.street.district))
    assert client.get("/people/journal/?day=2024-04-10").url == "/people/journal/2024-04-10/"
    assert client.get("/people/journal/?day=x").url == "/people/journal/"
    assert len(rows(client.get("/people/journal/2024-04-10/"))) == 1
    assert rows(client.get("/people/journal/2024-04-09/")) == []
    assert rows(client.get("/people/journal/?deed=post.end")) == []
    for day in ("2024-13-01", "x", "9999-12-31"):
        assert client.get(f"/people/journal/{day}/").status_code == 404
    answer = signed_in(sun).get("/people/journal/")
    assert (answer.status_code, "台账供审计员和区管理员查看" in text(answer)) == (403, True)
