"""One module a subcommand: its docstring is its help, `arguments` and `run` are its two doors.

`run(options)` returns an exit code (None is 0). What a command needs of Django it imports inside
`run`, since settings are read only then.
"""

from . import check, import_, serve, tick

ALL = (serve, tick, import_, check)
