"""修改对照: what changed between two texts, in words and Chinese characters, for people to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "out", "in"]
# A word of letters or digits stays whole; every other character, a Chinese one too, is a unit.
_UNIT = re.compile(r"[A-Za-z]+|[0-9][0-9.,]*|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")
_MOST_PAIRS = 200_000  # beyond so many comparisons a passage is shown as replaced whole
_CRUMB = 2  # fewer equal characters than these between two changes are not worth an island


class Piece(NamedTuple):
    """Some text that stayed, went out or came in."""

    kind: Kind
    text: str


def changes(before: str, after: str) -> list[Piece]:
    """The pieces that make `before` (same and out) and `after` (same and in), in reading order.

    >>> [tuple(piece) for piece in changes("种花10盆，每周浇水", "种花12盆，每周浇水两次")]
    [('same', '种花'), ('out', '10'), ('in', '12'), ('same', '盆，每周浇水'), ('in', '两次')]
    >>> changes("", "")
    []
    """
    pieces: list[Piece] = []
    for kind, old, new in _matched(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        if kind == "same":
            pieces.append(Piece("same", old))
        else:
            pieces += _inside(old, new)
    return _tidy(pieces)


def _inside(old: str, new: str) -> list[Piece]:
    units = _UNIT.findall(old), _UNIT.findall(new)
    if len(units[0]) * len(units[1]) > _MOST_PAIRS:
        return [Piece("out", old), Piece("in", new)]
    pieces: list[Piece] = []
    for kind, out, came in _matched(*units):
        pieces += [Piece("same", out)] if kind == "same" else [Piece("out", out), Piece("in", came)]
    return pieces


def _matched(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str, str]]:
    """Runs of (same or changed, text before, text after)."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [("changed", "".join(old), "".join(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        ("same" if tag == "equal" else "changed", "".join(old[a:b]), "".join(new[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    ]


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """Equal crumbs between changes join them; each change reads: what went out, then what came in."""
    tidy: list[Piece] = []
    out = came = ""
    for place, piece in enumerate(pieces):
        crumb = 0 < place < len(pieces) - 1 and len(piece.text) < _CRUMB and (out or came)
        if piece.kind == "same" and not crumb:
            tidy += _change(out, came)
            out = came = ""
            tidy.append(piece)
            continue
        out += piece.text if piece.kind != "in" else ""
        came += piece.text if piece.kind != "out" else ""
    return _joined([piece for piece in (*tidy, *_change(out, came)) if piece.text])


def _change(out: str, came: str) -> list[Piece]:
    """A change without the units that both texts share at its ends."""
    old, new = _UNIT.findall(out), _UNIT.findall(came)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    last = len(old) - tail
    return [
        Piece("same", "".join(old[:head])),
        Piece("out", "".join(old[head:last])),
        Piece("in", "".join(new[head : len(new) - tail])),
        Piece("same", "".join(old[last:])),
    ]


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
