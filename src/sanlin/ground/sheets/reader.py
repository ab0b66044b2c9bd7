"""Reading a workbook or a CSV that somebody sent: the archive's directory first, then in a child."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 2_000
MOST_ROWS = 20_000  # below the heading
ROOM_ABOVE = 20  # rows that a title and a heading may take
SECONDS = 20
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old container: .xls, or an encrypted .xlsx

Cell = str | float | bool | dict[str, str]


class BadFile(Exception):
    """The file cannot be taken; its text says to the reader what to do."""


@dataclass(frozen=True)
class Sheet:
    """A visible sheet; row 0 is the sheet's row 1. A day is {"day": "1952-03-04"}, empty is ""."""

    name: str
    rows: list[list[Cell]]


def read(file: IO[bytes], size: int) -> list[Sheet]:
    """The visible sheets of an .xlsx, or the one of a CSV in UTF-8 or GB18030. Raises BadFile."""
    if size > MOST_BYTES:
        raise BadFile(_("文件超过10MB，请分成几个文件导入"))
    raw = file.read(MOST_BYTES + 1)
    if not raw.strip():
        raise BadFile(_("文件是空的，请选择填好的名单"))
    if raw.startswith(COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise BadFile(_("文件设了密码，请在Excel中取消密码后再导入"))
        raise BadFile(_("这是旧式.xls文件，请在Excel中另存为.xlsx后再导入"))
    if raw.startswith(b"PK"):
        _look_at_directory(raw)
        return _read_in_child(raw)
    return [Sheet("CSV", _csv(raw))]


def _look_at_directory(raw: bytes) -> None:
    """Refuse what would unpack into too much, before anything is unpacked. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise BadFile(_("文件已损坏，请在Excel中打开、另存为.xlsx后再导入")) from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise BadFile(_("文件展开后太大，请只保留名单所在的工作表、删去图片后再导入"))
    if packed > len(raw) or unpacked > MOST_RATIO * max(packed, 1):
        raise BadFile(_("文件压缩得异常，请在Excel中打开、另存为.xlsx后再导入"))
    if any(part.flag_bits & 1 for part in parts):
        raise BadFile(_("文件设了密码，请在Excel中取消密码后再导入"))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadFile(_("这不是Excel工作簿，请用.xlsx或.csv文件导入"))


def _read_in_child(raw: bytes) -> list[Sheet]:
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("child.py")),
        str(MOST_ROWS + ROOM_ABOVE),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and nothing of the sender's in it
            command, input=raw, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise BadFile(_("文件太复杂，20秒内没有读完，请把名单复制到新的工作簿再导入")) from late
    if done.returncode:
        raise BadFile(_("文件无法读取，请在Excel中打开、另存为.xlsx后再导入"))
    found: Any = json.loads(done.stdout)
    if isinstance(found, dict):
        raise too_long(found["rows"])
    return [Sheet(name, rows) for name, rows in found]


def too_long(rows: int) -> BadFile:
    return BadFile(
        _("名单有%(rows)s行，一次最多导入%(most)s行，请分成几个文件")
        % {"rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"}
    )


def _csv(raw: bytes) -> list[list[Cell]]:
    """The rows of a CSV as text. Raises BadFile."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = "\x00"
    if "\x00" in text:
        raise BadFile(_("这不是Excel工作簿，请用.xlsx或.csv文件导入"))
    first = text.split("\n", 1)[0]
    comma = max(",\t;", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
        rows: list[list[Cell]] = [list(row[:200]) for row in islice(lines, MOST_ROWS + ROOM_ABOVE)]
        more = sum(1 for _row in lines)
    except csv.Error as error:
        raise BadFile(_("文件不是一张整齐的表，请用模板填写后再导入")) from error
    if more:
        raise too_long(len(rows) + more)
    return rows
