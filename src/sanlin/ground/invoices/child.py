"""The child that opens a stranger's invoice: a program of its own, with little memory and time.

It reads the file from its input and writes JSON: code, number, day (ISO), seller, total (fen) and
items [what, price (fen a unit, with tax), quantity]; what is not there is left out. `why` says why a
file told nothing: locked (a password), big (it unpacks to too much), broken. Imports nothing of the
house, so that it starts quickly and holds no key.
"""

import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from decimal import Decimal, DecimalException
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
    except (DecimalException, ValueError, OverflowError):
        return None


def day(text: str | None) -> str:
    found = re.search(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})", text or "")
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else ""


def from_text(text: str) -> Told:
    """The fields of a printed invoice, by the words before them; where the words and what they say lie
    in boxes apart, by the only number of twenty digits and the only day that there are."""
    flat = re.sub(r"[^\S\n]+", "", unicodedata.normalize("NFKC", text))

    def first(*patterns: str) -> str:
        return next((found[1] for one in patterns if (found := re.search(one, flat))), "")

    def only(pattern: str) -> str:
        found = set(re.findall(pattern, flat))
        return found.pop() if len(found) == 1 else ""

    date = r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2}"  # data
    return {
        "code": first(r"发票代码:?\n?(\d{10,12})(?!\d)"),
        "number": first(r"发票号码:?\n?(\d{20}|\d{8})(?!\d)") or only(r"(?<!\d)\d{20}(?!\d)"),
        "day": day(first(rf"开票日期:?\n?({date})") or only(date)),
        "seller": seller(flat),
        "total": fen(
            first(
                r"\(小写\)[:\n]*¥?\n?([\d,]+\.\d{2})(?!\d)",
                r"价税合计[^¥]{0,60}¥\n?([\d,]+\.\d{2})(?!\d)",
            )
        ),
        "items": [],
    }  # data


NAME = re.compile(
    r"名称:\n?(.{2,60}?)(?=[\n购买销售方信息]*名称:|统一社会信用|纳税人识别|\n|$)"
)  # data
REST = re.compile(
    r"\n([\u4e00-\u9fff()]{1,14}(?:公司|商店|商行|经营部|服务部|工作室|中心))(?=\n|$)"
)  # data


def seller(flat: str) -> str:
    """The second name of an invoice; one that was broken at the edge of its box is put together."""
    names = list(NAME.finditer(flat))
    if len(names) < 2:
        return ""
    name = names[1][1]
    rest = REST.match(flat, names[1].end(1))
    return name + rest[1] if rest and not REST.match(f"\n{name}") else name


def local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def parsed(body: bytes) -> Any:
    """A tree without entities, doctype or anything from elsewhere."""
    safe = import_module("defusedxml.ElementTree")  # under the limits already
    chinese = re.match(rb"\s*<\?xml[^>]*encoding=[\"']gb[\w-]*[\"'][^>]*\?>", body, re.IGNORECASE)
    if chinese:  # the parser knows no encoding of several bytes but those of Unicode
        return safe.fromstring(body[chinese.end() :].decode("gb18030"), forbid_dtd=True)
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
            return {"why": "big"}
        if any(part.flag_bits & 1 for part in parts):
            return {"why": "locked"}
        names = [part.filename for part in parts if part.filename.lower().endswith(".xml")]
        best: Told = {}
        attached = sorted(names, key=lambda name: ("attach" not in name.lower(), name))
        written: list[str] = []
        for name in attached[:20]:
            with archive.open(name) as part:
                root = parsed(part.read(MOST_UNPACKED))
            written.append(lines_of(root))
            for key, value in (*from_tree(root).items(), *from_custom(root).items()):
                best[key] = best.get(key) or value
    for key, value in from_text("\n".join(filter(None, written))).items():
        best[key] = best.get(key) or value
    return best


ROW = 2.0  # millimetres within which pieces of text stand on one line


def lines_of(root: Any) -> str:
    """The text of a page of an OFD, line by line: every piece has its place on the page."""
    pieces: list[tuple[float, float, str]] = []
    for node in root.iter():
        if local(node.tag) != "textobject":
            continue
        try:
            left, top = (float(cell) for cell in (node.get("Boundary") or "").split()[:2])
        except ValueError:
            continue
        said = "".join(one.text or "" for one in node.iter() if local(one.tag) == "textcode")
        pieces.append((top, left, said))
    pieces.sort()
    rows: list[list[tuple[float, str]]] = []
    top = float("-inf")
    for at, left, said in pieces:
        if at - top > ROW:
            rows.append([])
            top = at
        rows[-1].append((left, said))
    return "\n".join(" ".join(said for _left, said in sorted(row)) for row in rows)


def from_custom(root: Any) -> Told:
    """发票代码, 发票号码 … as an OFD's own list of words and values."""
    words = {
        "发票代码": "code",
        "发票号码": "number",
        "开票日期": "day",
        "销售方名称": "seller",
        "价税合计": "total",
        "合计金额": "bare",
        "合计税额": "tax",
    }  # data
    found: Told = {}
    for node in root.iter():
        key = words.get(node.get("Name", ""))
        if local(node.tag) == "customdata" and key and node.text:
            text = node.text.strip()
            found[key] = day(text) if key == "day" else fen(text) if key in SUMS else text
    bare, tax = found.pop("bare", None), found.pop("tax", None)
    if bare is not None and tax is not None:
        found["total"] = found.get("total") or bare + tax
    return found


SUMS = ("total", "bare", "tax")


def from_pdf(body: bytes) -> Told:
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(body))
    if reader.is_encrypted and not reader.decrypt(""):
        return {"why": "locked"}
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
    try:
        told = READERS[sys.argv[1]](sys.stdin.buffer.read())
    except Exception:  # whatever a stranger's file does to a reader
        told = {"why": "broken"}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
