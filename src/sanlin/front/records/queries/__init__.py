"""What a record says, file by file, and where the records of a round lie."""

from .content import papers
from .sealed import Sealing, archive_path, door, sealings, unsealed

__all__ = ["Sealing", "archive_path", "door", "papers", "sealings", "unsealed"]
