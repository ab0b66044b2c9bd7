"""One module a subcommand: its docstring is its help, `arguments` and `run` are its two doors.

`prepare(options)`, where there is one, runs before the settings are read; `run(options)` returns an
exit code. What a command needs of Django it imports inside `run`, since settings are read only
then; a command whose `NEEDS_SETTINGS` is False works without Django, and then nothing loads it. A
module is imported when its command is asked for.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

MODULES = {
    "serve": "serve",
    "demo": "demo",
    "import": "import_",  # a word of Python's own
    "export": "export",
    "count": "count",
    "rehearse": "rehearse",
    "install": "install",
    "check": "check",
    "backup": "backup",
    "restore": "restore",
    "tick": "tick",
    "work": "work",
}
"""Every command and the module that does it, in the order in which help lists them."""


def load(command: str) -> ModuleType:
    """The module of a command; raises KeyError for a word that is none."""
    return import_module(f"{__name__}.{MODULES[command]}")
