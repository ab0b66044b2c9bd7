"""The verbs of residents, of the desk and of posts."""

from .lists import import_residents
from .register import (
    SECRETS,
    act_for,
    add,
    appoint,
    confirm,
    decline,
    edit,
    end_post,
    install,
    move_out,
    register,
    unmask,
)

__all__ = [
    "SECRETS",
    "act_for",
    "add",
    "appoint",
    "confirm",
    "decline",
    "edit",
    "end_post",
    "import_residents",
    "install",
    "move_out",
    "register",
    "unmask",
]
