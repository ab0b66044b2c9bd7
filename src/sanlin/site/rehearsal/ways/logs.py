"""The log, its checkpoints and its seal."""

from __future__ import annotations

import json

from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.papers import CHECKPOINTS
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


@way()
def a_line_less(draft: Draft) -> None:
    del draft.lines[3]


@way()
def a_line_less_rebuilt(draft: Draft) -> None:
    del draft.lines[0]


@way()
def two_lines_exchanged(draft: Draft) -> None:
    at = draft.line("vote.open")
    draft.lines[at - 1], draft.lines[at] = draft.lines[at], draft.lines[at - 1]


@way()
def another_time(draft: Draft) -> None:
    told = json.loads(draft.lines[0])
    told["at"] = "2026-04-30T00:00:00Z"
    draft.lines[0] = canonical(told)


@way()
def another_hand(draft: Draft) -> None:
    told = json.loads(draft.lines[0])
    told["by"] = "0123456789ab"
    draft.lines[0] = canonical(told)


@way()
def a_checkpoint_less(draft: Draft) -> None:
    draft.files[CHECKPOINTS] = b"\n\n".join(draft.files[CHECKPOINTS].split(b"\n\n")[1:])


@way()
def another_checkpoint(draft: Draft) -> None:
    first, size, _root, rest = draft.files[CHECKPOINTS].split(b"\n", 3)
    draft.files[CHECKPOINTS] = b"\n".join([first, size, b"A" * 43 + b"=", rest])


@way()
def another_origin(draft: Draft) -> None:
    draft.edit("round.json", lambda it: it.update(origin="elsewhere/round/7"))


@way()
def an_old_record(draft: Draft) -> None:
    assert draft.made.earlier is not None
    draft.files = dict(draft.made.earlier)


@way()
def no_seal(draft: Draft) -> None:
    del draft.lines[-1]
