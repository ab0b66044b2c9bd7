"""Who may do what with a round, what its rules say, and what its dates must keep to."""

from .may import (
    can_begin,
    can_cancel,
    can_create,
    can_edit_draft,
    can_enter_number,
    can_extend,
    can_follow,
    can_list,
    can_manage,
    can_open_call,
    can_run,
    can_see,
    can_state_source,
    lacking,
    movable,
    next_stage,
)

__all__ = [
    "can_begin",
    "can_cancel",
    "can_create",
    "can_edit_draft",
    "can_enter_number",
    "can_extend",
    "can_follow",
    "can_list",
    "can_manage",
    "can_open_call",
    "can_run",
    "can_see",
    "can_state_source",
    "lacking",
    "movable",
    "next_stage",
]
