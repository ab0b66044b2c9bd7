"""办法 (rule pack): a place's rules as data: read, checked by line, completed, frozen, hashed.

`read` a pack from TOML text, see what an officer must still set (`Pack.unset`), `complete` it into `Rules`, `freeze`
these into canonical bytes, publish their `fingerprint`, and `thaw` them wherever the round is run. Which rules there
are stands in one table, `SCHEMA`.
"""

from .choosing import NoPack, choose
from .completing import complete
from .faults import BadPack, Fault
from .fields import UNITS, Choice, Field, ListOf
from .frozen import fingerprint, freeze, thaw
from .pack import OWN, Pack, Value
from .reading import read
from .rules import Rules
from .schema import LISTS, OPTIONAL_STAGES, SCHEMA
from .values import shown

__all__ = [
    "LISTS",
    "OPTIONAL_STAGES",
    "OWN",
    "SCHEMA",
    "UNITS",
    "BadPack",
    "Choice",
    "Fault",
    "Field",
    "ListOf",
    "NoPack",
    "Pack",
    "Rules",
    "Value",
    "choose",
    "complete",
    "fingerprint",
    "freeze",
    "read",
    "shown",
    "thaw",
]
