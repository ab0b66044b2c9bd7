"""The child that opens a stranger's workbook: a program of its own, with little memory and time.

It reads the workbook from its input and writes JSON: [[name, visible, rows], …], each cell text, a
number, true, false, or {"day": "1952-03-04"}; or {"rows": n, "sheet": name} where there are too many.
Imports nothing of the house, so that it starts quickly and holds no key.
"""

import datetime
import io
import json
import resource
import sys

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 20
MOST_COLUMNS = 200
MOST_WRITTEN = 64 * 1024 * 1024  # bytes that whoever asked has to hold


def cell(value: object) -> object:
    if isinstance(value, datetime.datetime | datetime.date):
        return {"day": value.isoformat()[:10]}
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import (  # noqa: PLC0415  # under the limits already
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    most_rows = int(sys.argv[1])
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    found: list[object] = []
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.total_height > most_rows:
            json.dump({"sheet": about.name, "rows": sheet.total_height}, sys.stdout)
            return
        rows = sheet.to_python(skip_empty_area=False)
        found.append([about.name, [[cell(v) for v in row[:MOST_COLUMNS]] for row in rows]])
    written = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    if len(written) > MOST_WRITTEN:  # one text may stand in very many cells
        sys.exit("too much text")
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
