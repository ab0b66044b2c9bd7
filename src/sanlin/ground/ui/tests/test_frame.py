"""The frame of every page, the gallery, the switches and the demonstration's clock."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.forms import CharField, Form, ModelChoiceField
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.ground.ui import charts
from sanlin.ground.ui.gallery import SampleForm
from sanlin.ground.verdict import denied

KIT = Path(charts.__file__).parent / "static" / "ui"


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.HOME = True, tmp_path


def draw(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", ["/ui/", "/ui/?frame=desk", "/ui/?sort=-name&app=accounts"])
def test_the_gallery_shows_every_part(address, language):
    page = Client(headers={"accept-language": language}).get(address)
    assert page.status_code == 200
    text = page.content.decode()
    parts = ("stages", "cells", "figures", "bars", "strip", "heat", "will", "progress", "sieve")
    assert [part for part in parts if f'class="{part}' not in text and f" {part}" not in text] == []


def test_the_stylesheet_stays_light():
    assert (KIT / "kit.css").stat().st_size <= 30_000


def test_a_first_visit_stays_light(db):
    page = Client().get("/")
    assert len(page.content) + (KIT / "kit.css").stat().st_size < 60_000
    assert "<script" not in page.content.decode()


def test_the_switches_go_back_to_the_page_and_never_to_another_house(db):
    it = Client()
    answer = it.post("/ui/elder/", {"elder": "1", "next": "/voices/?page=/x/"})
    assert (answer["Location"], answer.cookies["elder"].value) == ("/voices/?page=/x/", "1")
    assert 'class="elder"' in it.get("/voices/").content.decode()
    outside = (
        "https://evil.example/",
        "//evil.example/",
        "/\\\\evil.example/",
        "javascript:alert(1)",
    )
    for strange in (*outside, "\x00", "1e400", "好", "/" * 5000):
        assert it.post("/ui/elder/", {"elder": "0", "next": strange})["Location"] == "/"
    it.post("/ui/language/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in it.get("/").content.decode()
    it.post("/ui/language/", {"language": "xx", "next": "/"})
    assert '<html lang="en"' in it.get("/").content.decode()


def test_the_foot_knows_the_page_and_nothing_that_was_asked_there(db):
    page = Client().get("/voices/find/?receipt=SECRET").content.decode()
    assert 'href="/voices/?page=%2Fvoices%2Ffind%2F"' in page
    assert page.count("SECRET") == 2  # the switches come back to the very same address


# --- the demonstration's clock -------------------------------------------------------------------


def test_outside_a_demonstration_there_is_no_clock(db):
    assert Client().post("/ui/demo-clock/", {"days": "1"}).status_code == 404
    assert "demo-clock" not in Client().get("/").content.decode()


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ({"days": "1"}, "2024-03-06"),
        ({"days": "7"}, "2024-03-12"),
        ({"day": "2024-12-31"}, "2024-12-31"),
    ],
)
def test_the_clock_is_put_ahead(db, demo, asked, day):
    clock.set_demo_time(datetime(2024, 3, 5, 2, tzinfo=UTC))
    Client().post("/ui/demo-clock/", asked)
    assert timezone.localtime(clock.now()).date().isoformat() == day


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"days": "999999999"},
        {"days": "x"},
        {"day": "2024-02-31"},
        {"day": "9999-01-01"},
        {"day": "\x00"},
        {"day": "0001-01-01"},
    ],
)
def test_a_strange_time_changes_nothing_and_is_told(db, demo, asked):
    clock.set_demo_time(datetime(2024, 3, 5, 2, tzinfo=UTC))
    page = Client().post("/ui/demo-clock/", asked, follow=True)
    assert "请填写2000年到2100年之间的一天" in page.content.decode()
    assert timezone.localtime(clock.now()).date().isoformat() == "2024-03-05"


# --- parts ---------------------------------------------------------------------------------------


def test_a_fault_is_named_on_top_and_tied_to_its_field():
    form = SampleForm({"title": "", "asked": "-3", "tier": "model", "agree": "on"})
    top = draw("{% errors form %}", form=form)
    assert [part.split('"')[0] for part in top.split('href="')[1:]] == ["#id_title", "#id_asked"]
    field = draw("{% field form.title %}", form=form)
    assert 'aria-describedby="id_title_help id_title_error"' in field
    assert 'aria-invalid="true"' in field


def test_what_people_type_is_never_markup():
    class Typed(Form):
        name = CharField(label="<i>")

    evil = "<script>1</script>"
    for source in (
        "{% button evil %}{% badge evil evil %}{% cell evil note=evil state=evil %}{% facts pairs %}",
        "{% card title=evil %}{% endcard %}{% alert title=evil %}{% endalert %}{% back evil evil %}",
        "{% bars rows evil %}{% figures pairs %}{% confirm evil evil evil %}{% progress 1 2 evil %}",
        "{% field form.name %}{% errors form %}{% verb evil no %}{% link_button evil evil %}",
    ):
        page = draw(
            source,
            evil=evil,
            pairs=[(evil, evil)],
            rows=[(evil, 1, evil)],
            form=Typed({"name": ""}),
            no=denied(evil),
        )
        assert "<script>" not in page
        assert "<i>" not in page


def test_a_verb_is_greyed_with_the_sentence_of_its_rule():
    assert draw("{% verb '进入投票' no %}", no=denied("还差2份评分")) == (
        '<button class="button primary" disabled>进入投票</button><p class="quiet">还差2份评分</p>'
    )


def test_a_strip_never_draws_more_than_there_is():
    strip = charts.Strip(asked=100, approved=80, paid=30)
    assert (strip.left, strip.paid_length, strip.left_length) == (50, 300, 500)
    nothing = charts.Strip(0, 0, 0)
    assert (nothing.left, nothing.paid_length, nothing.left_length) == (0, 0, 0)


def test_a_heat_sums_both_ways():
    heat = charts.Heat(("甲", "乙"), ("一", "二"), ((1, 2), (3, 0)))
    assert (heat.sums, heat.total) == ([4, 2], 6)
    assert heat.rows == [("一", [(1, 1), (2, 2)], 3), ("二", [(3, 3), (0, 0)], 3)]


@pytest.mark.django_db
def test_a_list_to_choose_from_says_in_words_that_nothing_is_chosen():
    class Asked(Form):
        must = ModelChoiceField(Account.objects.none())
        may = ModelChoiceField(Account.objects.none(), required=False)
        own = ModelChoiceField(Account.objects.none(), empty_label="全街道")

    form = Asked()
    drawn = [draw("{% field f %}", f=form[name]) for name in ("must", "may", "own")]
    assert [re.findall(r'<option value=""[^>]*>([^<]*)<', one) for one in drawn] == [
        ["请选择"],
        ["不选"],
        ["全街道"],
    ]
