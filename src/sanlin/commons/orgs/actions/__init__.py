from .keeping import add_member, change_leader, edit, end_member, found, grow
from .lists import import_teams
from .merging import merge
from .standing import ask_to_lift, bar, lift_bar, refuse_lift, set_rung

__all__ = [
    "add_member",
    "ask_to_lift",
    "bar",
    "change_leader",
    "edit",
    "end_member",
    "found",
    "grow",
    "import_teams",
    "lift_bar",
    "merge",
    "refuse_lift",
    "set_rung",
]
