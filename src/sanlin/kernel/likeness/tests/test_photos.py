"""Planted pairs: the same paper again, cropped, and papers that only look like it."""

import io

import pytest
from PIL import Image

from sanlin.kernel.likeness import photos
from sanlin.kernel.likeness.photos import LIKE, likeness, spots, words

from .paper import cropped, jpeg, measure, receipt, shot


def test_planted_duplicates_are_found_and_strangers_are_not():
    told = measure(10)
    shown = {kind: sum(one >= LIKE for one in found) for kind, found in told.items()}
    assert shown["shot again"] >= 8
    assert shown["cropped"] >= 8
    assert shown["a strange one"] <= 1


def test_a_photo_is_wholly_like_itself():
    found = spots(jpeg(shot(receipt(1), 1)))
    assert likeness(found, found) == 100
    assert len(found) % 36 == 0


def test_a_crop_shares_words_with_its_photo():
    whole = shot(receipt(3), 3)
    one, part = spots(jpeg(whole)), spots(jpeg(cropped(whole, 5)))
    assert len(set(words(one)) & set(words(part))) >= 3
    assert set(words(one)) <= set(range(photos.TABLES << photos.BITS))


@pytest.mark.parametrize("body", [b"", b"no photo", b"\xff\xd8\xff\xe0 broken"])
def test_what_is_no_photo_has_no_spots(body):
    assert spots(body) == b""


def test_a_blank_paper_has_no_spots_and_is_like_nothing():
    written = io.BytesIO()
    Image.new("L", (400, 600), 250).save(written, "JPEG")
    blank = spots(written.getvalue())
    assert blank == b""
    assert likeness(blank, spots(jpeg(shot(receipt(1), 1)))) == 0
