"""The life of a score sheet."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

DRAFT = "draft"
SEALED = "sealed"

LABELS = {DRAFT: "填写中", SEALED: "已封存"}

REVIEW = Machine(
    start=DRAFT, moves=(Move("seal", (DRAFT,), SEALED), Move("unseal", (SEALED,), DRAFT))
)
