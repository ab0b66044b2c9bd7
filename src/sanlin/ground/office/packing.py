"""Office files are archives; written anew without the moment of their writing, the same content has
the same bytes."""

from __future__ import annotations

import io
import zipfile

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of the archive format


def tidy(body: bytes) -> bytes:
    """The archive `body` with every date taken out, its parts in the order in which they came."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(entry(part.filename), old.read(part), zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def entry(name: str) -> zipfile.ZipInfo:
    """A part of an archive that says nothing of when and where it was written."""
    about = zipfile.ZipInfo(name, FIRST_DAY)
    about.create_system = 3  # names in UTF-8, as every system reads them
    about.external_attr = 0o644 << 16
    return about
