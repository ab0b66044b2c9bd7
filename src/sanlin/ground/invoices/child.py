"""The child that opens a stranger's invoice: a program of its own, with little memory and time.

It reads the file from its input and writes JSON: code, number, day (ISO), seller, total (fen) and
items [what, price (fen a unit, with tax), quantity]; what is not there is left out. Imports nothing of
the house, so that it starts quickly and holds no key.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 10
MOST_PAGES = 5
MOST_PARTS = 500
MOST_UNPACKED = 20 * 1024 * 1024
MOST_RATIO = 100
MOST_ITEMS = 20
MOST_DIGITS = 6

Told = dict[str, Any]


def fen(text: str | None) -> int | None:
    """Yuan as an invoice writes them, in whole fen; None where that is no amount."""
    try:
        amount = Decimal(re.sub(r"[¥￥,\s]", "", text or "")) * 100
        return int(amount) if amount == int(amount) else int(amount.quantize(Decimal(1)))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def day(text: str | None) -> str:
    found = re.search(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})", text or "")
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else ""


def from_text(text: str) -> Told:
    """The fields of a printed invoice, by the words before them."""
    text = text.replace("：", ":").replace("（", "(").replace("）", ")")
    flat = re.sub(r"[ \t\u3000]+", "", text)

    def first(pattern: str) -> str:
        found = re.search(pattern, flat)
        return found[1] if found else ""

    names = re.findall(r"名称:([^\n]{2,60})", flat)  # data
    return {
        "code": first(r"发票代码:?\n?(\d{10,12})(?!\d)"),
        "number": first(r"发票号码:?\n?(\d{20}|\d{8})(?!\d)"),
        "day": day(first(r"开票日期:?\n?(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})")),
        "seller": names[1] if len(names) > 1 else "",
        "total": fen(first(r"\(小写\)\n?[¥￥]?([\d,]+\.\d{2})")),
        "items": [],
    }  # data


def local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def parsed(body: bytes) -> Any:
    """A tree without entities, doctype or anything from elsewhere."""
    safe = import_module("defusedxml.ElementTree")  # under the limits already
    return safe.fromstring(body, forbid_dtd=True)


NAMES = {
    "code": ("invoicecode", "fpdm"),
    "number": ("einvoicenumber", "invoicenumber", "invoiceno", "eiid", "fphm"),
    "day": ("issuetime", "issuedate", "requesttime", "kprq"),
    "seller": ("sellername", "xfmc"),
    "total": ("totaltax-includedamount", "taxinclusivetotalamount", "jshj"),
}
ROWS = ("issuiteminformation", "goodsinfo", "goodsinfos")


def from_tree(root: Any) -> Told:
    """The fields of an invoice as XML, by the names that the known editions give them."""
    texts: dict[str, str] = {}
    for node in root.iter():
        if node.text and node.text.strip():
            texts.setdefault(local(node.tag), node.text.strip())

    def first(key: str) -> str:
        return next((texts[name] for name in NAMES[key] if name in texts), "")

    return {
        "code": first("code"),
        "number": first("number"),
        "day": day(first("day")),
        "seller": first("seller"),
        "total": fen(first("total")),
        "items": items(root),
    }


def items(root: Any) -> list[list[Any]]:
    """The lines of an invoice, each with its tax; a line without a whole price a unit counts as one."""
    rows: list[list[Any]] = []
    for node in root.iter():
        if local(node.tag) not in ROWS:
            continue
        cells = {local(child.tag): (child.text or "").strip() for child in node.iter()}
        what = (cells.get("itemname") or cells.get("item") or "").strip("*").replace("*", " ")
        whole = fen(cells.get("totaltaxincludedamount"))
        if whole is None and (bare := fen(cells.get("amount"))) is not None:
            whole = bare + (fen(cells.get("comtaxam") or cells.get("taxamount")) or 0)
        count = cells.get("quantity", "1").split(".")[0]
        many = int(count) if count.isdecimal() and 0 < len(count) < MOST_DIGITS else 1
        if whole:
            even = many > 0 and whole % many == 0
            rows.append([what, whole // many if even else whole, many if even else 1])
    return rows[:MOST_ITEMS]


def from_ofd(body: bytes) -> Told:
    """The XML that an OFD carries of itself: its own data, or what is attached."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed = max(sum(part.compress_size for part in parts), 1)
        if len(parts) > MOST_PARTS or unpacked > min(MOST_UNPACKED, MOST_RATIO * packed):
            return {}
        names = [part.filename for part in parts if part.filename.lower().endswith(".xml")]
        best: Told = {}
        attached = sorted(names, key=lambda name: ("attach" not in name.lower(), name))
        for name in attached[:20]:
            with archive.open(name) as part:
                text = part.read(MOST_UNPACKED)
            found = from_tree(parsed(text))
            custom = from_custom(parsed(text))
            for key, value in (*found.items(), *custom.items()):
                best[key] = best.get(key) or value
    return best


def from_custom(root: Any) -> Told:
    """发票代码, 发票号码 … as an OFD's own list of words and values."""
    words = {
        "发票代码": "code",
        "发票号码": "number",
        "开票日期": "day",
        "销售方名称": "seller",
        "价税合计": "total",
    }  # data
    found: Told = {}
    for node in root.iter():
        key = words.get(node.get("Name", ""))
        if local(node.tag) == "customdata" and key and node.text:
            text = node.text.strip()
            found[key] = day(text) if key == "day" else fen(text) if key == "total" else text
    return found


def from_pdf(body: bytes) -> Told:
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(body))
    pages = [reader.pages[n].extract_text() for n in range(min(MOST_PAGES, len(reader.pages)))]
    return from_text("\n".join(pages)[:100_000])


READERS: dict[str, Callable[[bytes], Told]] = {
    "pdf": from_pdf,
    "ofd": from_ofd,
    "xml": lambda body: from_tree(parsed(body)),
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(READERS[sys.argv[1]](sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
