"""Of two hands that would move a thing along its table at one moment, one does, and the other is told."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from sanlin.kernel.machine import Machine

from .verdict import Refused


def advance(thing: Model, table: Machine, verb: str, taken: str, /, **values: Any) -> str:
    """Carry a row along one arrow, by compare-and-set, and set `values` with it; the stage it left.

    Raises NotNow where the table has no such arrow, Refused with the sentence `taken` where somebody
    else was first.
    """
    row: Any = thing
    left: str = row.stage
    values["stage"] = table.after(left, verb)
    if not type(row)._default_manager.filter(pk=row.pk, stage=left).update(**values):
        raise Refused(taken)
    for name, value in values.items():
        setattr(row, name, value)
    return left
