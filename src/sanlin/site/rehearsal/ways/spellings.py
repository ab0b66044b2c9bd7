"""Another spelling of the same."""

from __future__ import annotations

import unicodedata

from sanlin.site.rehearsal.tampering import Draft

from .entering import way


def _swap(draft: Draft, name: str, old: bytes, new: bytes) -> None:
    assert old in draft.files[name], name
    draft.files[name] = draft.files[name].replace(old, new, 1)


@way()
def a_space(draft: Draft) -> None:
    _swap(draft, "awards.json", b'":', b'": ')


@way()
def other_line_ends(draft: Draft) -> None:
    draft.files["receipts.txt"] = draft.files["receipts.txt"].replace(b"\n", b"\r\n")


@way()
def a_float(draft: Draft) -> None:
    _swap(draft, "round.json", b'"year":2026', b'"year":2026.0')


@way()
def a_key_twice(draft: Draft) -> None:
    _swap(draft, "round.json", b'"year":2026', b'"year":2025,"year":2026')


@way()
def another_spelling(draft: Draft) -> None:
    text = draft.files["proposals.json"].decode()
    draft.files["proposals.json"] = unicodedata.normalize("NFD", text).encode()


@way()
def another_key(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it.update(note="1"))
