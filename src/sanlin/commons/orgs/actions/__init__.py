from .keeping import add_member, change_leader, edit, end_member, found, grow
from .lists import import_teams
from .merging import merge

__all__ = [
    "add_member",
    "change_leader",
    "edit",
    "end_member",
    "found",
    "grow",
    "import_teams",
    "merge",
]
