"""A checkpoint: what one keeps of a log to prove later that nothing before it was changed.

Three lines after C2SP's tlog-checkpoint (https://c2sp.org/tlog-checkpoint), without signatures:
the origin (which log), the size (how many lines), the root of the tree over them in base64.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from .tree import WIDTH


@dataclass(frozen=True)
class Checkpoint:
    """A log as it stood once: `root` is 32 bytes, `size` the number of lines under it."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines.

        >>> Checkpoint("sanlin.example/round/7", 3, bytes(32)).text.splitlines()
        ['sanlin.example/round/7', '3', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']
        """
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read(text: str) -> Checkpoint:
    """The checkpoint in `text`; raises ValueError unless it reads exactly as it is written."""
    lines = text.split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise ValueError("a checkpoint has three lines: origin, size, root") from error
    found = Checkpoint(origin, size, root)
    if found.text != text or len(root) != WIDTH or size < 0 or not origin:
        raise ValueError("a checkpoint has three lines: origin, size, root")
    return found
