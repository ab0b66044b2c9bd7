"""A ZIP whose bytes follow from its files: stored, one date, sorted names, nothing else.

So a record that is exported twice is the same, and no bit of it can be changed unseen, not even in
a header. The layout stands in docs/record-format.md, section 2.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

VERSION = 10  # 1.0: stored, no folders
DAY = 33  # 1980-01-01, the first day that a ZIP can name
CHUNK = 1 << 20
MOST = 2**32 - 1  # bytes


def write(out: IO[bytes], folder: Path, names: Iterable[str]) -> int:
    """Write the files `names` of `folder` as an archive; returns its length.

    Memory does not grow with the files. Raises ValueError from 4 GiB on.
    """
    at, directory, count = 0, io.BytesIO(), 0
    for name in sorted(names, key=str.encode):
        path = folder / name
        facts = _facts(name, _crc(path), path.stat().st_size)
        directory.write(_entry(facts, name, at))
        at += out.write(b"PK\x03\x04" + struct.pack("<5H", VERSION, 0, 0, 0, DAY) + facts)
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                at += out.write(part)
        count += 1
    whole = directory.getvalue()
    if at + len(whole) > MOST:
        raise ValueError("a record must stay below 4 GiB")
    end = struct.pack("<4H2IH", 0, 0, count, count, len(whole), at, 0)
    return at + out.write(whole + b"PK\x05\x06" + end)


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            crc = zlib.crc32(part, crc)
    return crc


def _facts(name: str, crc: int, size: int) -> bytes:
    """What both headers of a file say: checksum, sizes, and its name."""
    plain = name.encode("ascii")
    return struct.pack("<3I2H", crc, size, size, len(plain), 0) + plain


def _entry(facts: bytes, name: str, at: int) -> bytes:
    fixed = len(facts) - len(name)
    start = b"PK\x01\x02" + struct.pack("<6H", VERSION, VERSION, 0, 0, 0, DAY)
    return start + facts[:fixed] + struct.pack("<3H2I", 0, 0, 0, 0, at) + facts[fixed:]


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of a few small files.

    >>> unpack(pack({"b": b"2", "a": b"1"}))
    {'a': b'1', 'b': b'2'}
    """
    at, body, directory = 0, [], []
    for name in sorted(files, key=str.encode):
        facts = _facts(name, zlib.crc32(files[name]), len(files[name]))
        directory.append(_entry(facts, name, at))
        head = b"PK\x03\x04" + struct.pack("<5H", VERSION, 0, 0, 0, DAY) + facts
        body += [head, files[name]]
        at += len(head) + len(files[name])
    whole = b"".join(directory)
    end = struct.pack("<4H2IH", 0, 0, len(files), len(files), len(whole), at, 0)
    return b"".join([*body, whole, b"PK\x05\x06", end])


def unpack(body: bytes) -> dict[str, bytes]:
    """The files of an archive, without asking whether it has the one layout."""
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
