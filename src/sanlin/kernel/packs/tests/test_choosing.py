from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.packs import BadPack, NoPack, choose, read
from sanlin.kernel.packs.tests.shipped import text

WENHUA = text("wenhua")


def edition(first, last=None, *, id_="wenhua"):
    days = f"effective_from = {first}" + (f"\neffective_to = {last}" if last else "")
    source = WENHUA.replace("effective_from = 2016-01-01", days)
    return read(source.replace('id = "wenhua"', f'id = "{id_}"', 1), name=f"{first}.toml")


OLD = edition("2016-01-01", "2018-12-31")
NEW = edition("2019-01-01")


@pytest.mark.parametrize(
    ("on", "chosen"),
    [
        (date(2016, 1, 1), OLD),
        (date(2018, 12, 31), OLD),
        (date(2019, 1, 1), NEW),
        (date(2100, 1, 1), NEW),
    ],
)
def test_the_edition_of_the_day(on, chosen):
    assert choose([NEW, OLD], on) is chosen


def test_before_the_first_edition_and_in_a_gap_there_is_none():
    for packs in ([OLD, NEW], []):
        with pytest.raises(NoPack):
            choose(packs, date(2015, 12, 31))
    with pytest.raises(NoPack):
        choose([OLD, edition("2020-01-01")], date(2019, 6, 1))


def test_two_editions_on_one_day_are_a_fault():
    for other in (
        edition("2018-12-31"),
        edition("2010-01-01"),
        edition("2017-01-01", "2017-01-01"),
    ):
        with pytest.raises(BadPack) as bad:
            choose([OLD, other], date(2030, 1, 1))
        assert [fault.code for fault in bad.value.faults] == ["overlap"]


def test_a_long_edition_overlaps_more_than_its_neighbour():
    with pytest.raises(BadPack) as bad:
        choose(
            [
                edition("2016-01-01", "2030-12-31"),
                edition("2017-01-01", "2017-12-31"),
                edition("2019-01-01", "2019-12-31"),
            ],
            date(2016, 6, 1),
        )
    assert [(fault.path, fault.code) for fault in bad.value.faults] == [
        ("2017-01-01.toml", "overlap"),
        ("2019-01-01.toml", "overlap"),
    ]


def test_editions_of_one_pack_only():
    with pytest.raises(BadPack) as bad:
        choose([OLD, edition("2019-01-01", id_="other")], date(2017, 1, 1))
    assert [fault.code for fault in bad.value.faults] == ["family"]


def test_a_pack_that_ends_before_it_begins():
    with pytest.raises(BadPack) as bad:
        edition("2020-01-01", "2019-12-31")
    assert [(fault.line, fault.code) for fault in bad.value.faults] == [(7, "period")]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=5), st.integers(-3, 2100))
def test_editions_end_to_end_leave_no_day_out(lengths, offset):
    start, editions = date(2016, 1, 1), []
    for length in lengths:
        end = start + timedelta(days=length - 1)
        editions.append(edition(start, end))
        start = end + timedelta(days=1)
    on = date(2016, 1, 1) + timedelta(days=offset)
    if 0 <= offset < sum(lengths):
        chosen = choose(editions, on)
        assert chosen.effective_from <= on <= chosen.effective_to
    else:
        with pytest.raises(NoPack):
            choose(editions, on)
