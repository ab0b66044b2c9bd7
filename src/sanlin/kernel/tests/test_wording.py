"""What changed between two texts."""

from itertools import pairwise
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.wording import changes

TEXT = st.text(alphabet="的了种花浇水。，；\n 10ab", max_size=80)


@given(TEXT, TEXT)
def test_the_pieces_make_both_texts_and_never_touch_their_own_kind(before, after):
    pieces = changes(before, after)
    assert "".join(p.text for p in pieces if p.kind != "in") == before
    assert "".join(p.text for p in pieces if p.kind != "out") == after
    assert all(one.kind != two.kind and one.text for one, two in pairwise(pieces))


@given(TEXT)
def test_the_same_text_has_no_change(text):
    assert [p.kind for p in changes(text, text)] == (["same"] if text else [])


def test_figures_and_words_change_as_wholes():
    assert [tuple(p) for p in changes("共120元。清理楼道。", "共150元。清理楼道。每周一次。")] == [
        ("same", "共"),
        ("out", "120"),
        ("in", "150"),
        ("same", "元。清理楼道。"),
        ("in", "每周一次。"),
    ]


def test_a_hostile_text_is_compared_in_bounded_time():
    begun = process_time()
    changes("的" * 4000, "了的" * 2000)
    changes("。" * 4000, "的。" * 2000)
    assert process_time() - begun < 2
