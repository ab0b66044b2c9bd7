"""One module a subcommand: its docstring is its help, `arguments` and `run` are its two doors.

`prepare(options)`, where there is one, runs before the settings are read; `run(options)` returns an
exit code. What a command needs of Django it imports inside
`run`, since settings are read only then.
"""

from . import backup, check, demo, export, import_, install, restore, serve, tick

ALL = (serve, demo, import_, export, install, check, backup, restore, tick)
