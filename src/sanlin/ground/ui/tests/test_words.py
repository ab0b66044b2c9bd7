"""Dates as people read them, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.translation import override

from sanlin.ground import clock
from sanlin.ground.ui import words


@pytest.fixture
def in_2024(monkeypatch):
    monkeypatch.setattr(words, "page_year", lambda: 2024)


@pytest.mark.parametrize(
    ("language", "value", "full", "written"),
    [
        ("zh-hans", date(2024, 3, 6), False, "3月6日 (周三)"),
        ("zh-hans", date(2023, 3, 5), False, "2023年3月5日 (周日)"),
        ("zh-hans", date(2024, 3, 6), True, "2024年3月6日 (周三)"),
        ("zh-hans", datetime(2024, 3, 5, 16, 30, tzinfo=UTC), False, "3月6日 (周三)"),
        ("en", date(2024, 3, 6), False, "Wed 6 Mar"),
        ("en", date(2023, 3, 5), False, "Sun 5 Mar 2023"),
        ("zh-hans", None, False, "—"),
    ],
)
def test_a_day(in_2024, language, value, full, written):
    with override(language):
        assert words.day(value, full=full) == written


@pytest.mark.parametrize(
    ("language", "opens", "closes", "written"),
    [
        ("zh-hans", date(2024, 3, 5), date(2024, 3, 11), "3月5日–3月11日"),
        ("zh-hans", date(2023, 3, 5), date(2023, 3, 11), "2023年3月5日–3月11日"),
        ("zh-hans", date(2023, 12, 5), date(2024, 1, 4), "2023年12月5日–2024年1月4日"),
        ("zh-hans", date(2024, 3, 6), date(2024, 3, 6), "3月6日 (周三)"),
        ("en", date(2024, 3, 5), date(2024, 3, 11), "5 Mar – 11 Mar"),
        ("en", date(2023, 3, 5), date(2023, 3, 11), "5 Mar – 11 Mar 2023"),
        ("zh-hans", date(2024, 3, 5), None, "3月5日起"),
        ("zh-hans", None, date(2024, 3, 5), "3月5日止"),
        ("zh-hans", None, None, ""),
    ],
)
def test_a_span(in_2024, language, opens, closes, written):
    with override(language):
        assert words.span(opens, closes) == written


@pytest.mark.parametrize(
    ("rest", "written"),
    [
        (timedelta(days=2, hours=5), "还剩2天"),
        (timedelta(days=1), "还剩1天"),
        (timedelta(hours=23, minutes=1), "还剩24小时"),
        (timedelta(seconds=1), "还剩1小时"),
        (timedelta(), "已截止"),
    ],
)
def test_what_is_left(rest, written):
    now = datetime(2024, 3, 5, tzinfo=UTC)
    assert words.left(now, now + rest) == written


def test_the_page_year_is_that_of_the_request(rf):
    seen = []
    clock.tell_time(lambda request: seen.append((clock.page_year(), request.now)))(rf.get("/"))
    assert seen[0][0] == clock.local_day(seen[0][1]).year
    assert clock.page_year() is None


@pytest.mark.parametrize(("language", "line"), [("zh-hans", "人：甲、乙"), ("en", "人: 甲, 乙")])
def test_several_stand_in_one_line_as_the_language_writes_it(language, line):
    words = Template("人{% colon %}{{ several|listed }}")
    with override(language):
        assert words.render(Context({"several": ["甲", "乙"]})) == line
    alone = Template("甲{% comma %}乙")
    with override(language):
        assert alone.render(Context()) == ("甲, 乙" if language == "en" else "甲、乙")
