"""Nobody can falsify a record unnoticed: neither by one bit, nor with the whole system in hand."""

import pytest

from sanlin.kernel.record import archive
from sanlin.site.commands import rehearse
from sanlin.site.rehearsal.drawing import Wish
from sanlin.site.rehearsal.making import make
from sanlin.site.rehearsal.tampering import INSIDER, records
from sanlin.site.rehearsal.ways import WAYS


class Options:
    seed, verifier, keep, english = 0, None, None, False


def test_every_falsification_is_noticed(capsys):
    assert rehearse.run(Options()) == 0
    said = capsys.readouterr().out
    assert f"{len(WAYS)} ways, {len(WAYS)} noticed" in said


def test_there_are_enough_of_them_and_each_changes_something():
    assert len(WAYS) >= 60
    assert sum(way.how == INSIDER for way in WAYS) >= 40
    true = records()
    whole = {name: archive.pack(made.files) for name, made in true.items()}
    found = [way.done(true) for way in WAYS]
    assert [way.code for way, body in zip(WAYS, found, strict=True) if body == whole[way.on]] == []
    assert len(set(found)) == len(WAYS)


@pytest.mark.parametrize(
    "wish", [Wish(), Wish(entered=True), Wish(only_paper=True), Wish(spoil_all=True)]
)
def test_the_same_number_makes_the_same_record(wish):
    for number in (3, 141, 5926):
        first, again = make(number, wish), make(number, wish)
        assert archive.pack(first.files) == archive.pack(again.files)
        assert first.root == again.root
