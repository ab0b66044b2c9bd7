"""What stands in the papers of a round: the notice of its awards."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import segno
from django.conf import settings
from django.utils.module_loading import import_string

from sanlin.govern.awards import stages
from sanlin.govern.awards.models import Notice
from sanlin.ground.clock import local_day
from sanlin.ground.office.word import Image

from .fields import figure, money, written

QR = 30  # millimetres
KINDS = {"working": "{n}个工作日", "calendar": "{n}日"}  # data


def notice(posted: Notice, link: str, *, now: datetime) -> dict[str, Any]:
    """A notice out of its snapshot: what was published, not what may have become of it since.

    `link` is the public page's full address; the QR leads there.
    """
    told, round = posted.snapshot, posted.decision.round
    rows = [row for row in told["awards"] if row["stage"] == stages.STANDING]
    dropped = [row for row in told["awards"] if row["stage"] == stages.CANCELLED]
    days = round.rules.notice
    record = import_string(settings.RECORD)(round)
    return {
        "street": told["street"],
        "round": told["round"],
        "year": str(round.year),
        "today": written(local_day(now)),
        "notice": {
            "number": posted.number,
            "opens": written(posted.opens),
            "closes": written(posted.closes - timedelta(seconds=1)),
            "days": KINDS[days.kind].format(n=days.days),
            "supplement": "是" if posted.award_id else "",  # data
            "proposals": len(told["awards"]),
            "funded": len(rows),
            "granted": money(sum(row["grant"] for row in rows)),
        },
        "groups": _groups(rows, [tier.name for tier in round.rules.tiers]),
        "notes": [f"{row['title']}：取消立项。{row['note']}" for row in dropped],  # data
        "judges": "、".join(told["judges"]),
        "voted": "vote" in round.rules.stages,
        "link": link,
        "qr": Image(qr(link), QR),
        "fingerprints": {
            "record": record[1] if record else "",
            "rules": told["rules"],
            "decision": told["fingerprint"],
        },
    }


def _groups(rows: list[dict[str, Any]], order: list[str]) -> list[dict[str, Any]]:
    """The awards by tier, in the order of the rules."""
    named = {row["tier"] for row in rows}
    tiers = [tier for tier in order if tier in named] + sorted(named - set(order))
    return [
        {
            "name": tier or "立项项目",  # data
            "count": sum(row["tier"] == tier for row in rows),
            "rows": [
                {
                    "n": n,
                    "title": row["title"],
                    "team": row["team"],
                    "place": row["place"],
                    "grant": figure(row["grant"]),
                    "note": row["note"],
                }
                for n, row in enumerate((row for row in rows if row["tier"] == tier), 1)
            ],
        }
        for tier in tiers
    ]


def qr(text: str) -> bytes:
    """A QR code as PNG, printed large enough for an old phone."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=8, border=2)
    return out.getvalue()
