"""The fields of every kind of paper, as docs/papers.md explains them, and how values are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from sanlin.front.papers.models import Kind
from sanlin.ground.office.word import Image

IMAGE = "image"
_PROJECT = dict.fromkeys(
    (
        "number",
        "title",
        "team",
        "committee",
        "tier",
        "summary",
        "grant",
        "grant_words",
        "starts",
        "ends",
    ),
    "",
)
_PLACE = dict.fromkeys(("street", "round", "year", "today"), "")
_MONEY = dict.fromkeys(("paid", "spent", "left", "owed", "returned", "receipts"), "")
_TOTAL = dict.fromkeys(("planned", "spent", "left"), "")
_HEAD = dict.fromkeys(("name", "planned", "spent", "left"), "")
_REPORT = dict.fromkeys(
    ("kind", "number", "activities", "people", "at", "mark", "grade", "consequence"), ""
) | {"text": [""], "note": [""]}

# "" is a text, 0 a number, a list holds what its rows are, "image" is a picture.
SPECS: dict[str, dict[str, Any]] = {
    Kind.APPLICATION: {
        **_PLACE,
        "proposal": dict.fromkeys(
            (
                "number",
                "title",
                "summary",
                "team",
                "committee",
                "tier",
                "theme",
                "beneficiaries",
                "starts",
                "ends",
                "asked",
                "own_funds",
                "partners",
            ),
            "",
        )
        | {"need": [""], "goals": [""], "plan": [""]},
        "lines": [dict.fromkeys(("head", "what", "price", "quantity", "amount"), "")],
        "lines_total": "",
        "photos": [{"image": IMAGE, "caption": ""}],
    },
    Kind.AGREEMENT: {
        **_PLACE,
        "project": _PROJECT,
        "committee": "",
        "own_funds": "",
        "goals": [""],
        "midterm": "",
        "copies": "",
        "parties": [dict.fromkeys(("role", "name"), "")],
        "instalments": [dict.fromkeys(("name", "condition", "share", "amount", "words"), "")],
        "heads": [dict.fromkeys(("name", "amount"), "")],
        "heads_total": "",
        "changes": [""],
        "agreement": {"version": 0, "digest": "", "drawn": ""},
        "fingerprints": dict.fromkeys(("rules", "decision"), ""),
    },
    Kind.NOTICE: {
        **_PLACE,
        "notice": dict.fromkeys(
            (
                "number",
                "opens",
                "closes",
                "days",
                "supplement",
                "proposals",
                "funded",
                "granted",
            ),
            "",
        ),
        "groups": [
            {
                "name": "",
                "count": "",
                "rows": [dict.fromkeys(("n", "title", "team", "place", "grant", "note"), "")],
            }
        ],
        "notes": [""],
        "judges": "",
        "voted": "",
        "link": "",
        "qr": IMAGE,
        "fingerprints": dict.fromkeys(("record", "rules", "decision"), ""),
    },
    Kind.REPORT: {
        **_PLACE,
        "project": _PROJECT,
        "report": _REPORT,
        "money": _MONEY,
        "total": _TOTAL,
        "heads": [_HEAD],
        "photos": [{"image": IMAGE, "caption": ""}],
    },
    Kind.ACCEPTANCE: {
        **_PLACE,
        "project": _PROJECT,
        "report": _REPORT,
        "money": _MONEY,
        "total": _TOTAL,
        "heads": [_HEAD],
        "checks": [""],
        "confirmed": "",
    },
    Kind.CHANGE: {
        **_PLACE,
        "project": _PROJECT,
        "money": _MONEY,
        "total": _TOTAL,
        "heads": [{**_HEAD, "becomes": ""}],
        "reason": "",
        "asked": [""],
    },
    Kind.CONFIRMATION: {
        **_PLACE,
        "project": _PROJECT,
        "report": _REPORT,
        "goals": [""],
        "beneficiaries": "",
        "rows": [{"n": 0}],
    },
}


def written(value: date | datetime | None) -> str:
    """2024年3月5日, as papers write it; nothing where there is no day."""
    if value is None:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"  # data


def named(somebody: Any) -> str:
    """Whom or what a row names; nothing where it names none."""
    return str(somebody.name) if somebody else ""


def figure(fen: int) -> str:
    """An amount in a column of yuan: 12,000.00."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def money(fen: int) -> str:
    """An amount in a sentence: 12,000元, 12,000.50元."""
    return f"{figure(fen).removesuffix('.00')}元"  # data


def lines(text: str) -> list[str]:
    """The paragraphs of what somebody wrote, empty ones left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sample(spec: Any) -> Any:
    """Made-up values for a paper's fields, with which a new template is tried."""
    if isinstance(spec, dict):
        return {name: sample(part) for name, part in spec.items()}
    if isinstance(spec, list):
        return [sample(spec[0])] * 2
    if spec == IMAGE:
        return Image(TINY, 20)
    return 2 if spec == 0 else "示例"  # data


# One white pixel.
TINY = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)


def names(spec: dict[str, Any], before: str = "") -> list[str]:
    """The fields of a paper as they are written in a template: `project.number`, `heads[].name`."""
    found = []
    for name, part in spec.items():
        inside = part[0] if isinstance(part, list) else part
        where = f"{before}{name}{'[]' if isinstance(part, list) else ''}"
        found += names(inside, f"{where}.") if isinstance(inside, dict) else [where]
    return found
