"""The rule packs that come with the software."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.utils.translation import gettext as _

from sanlin.ground.verdict import Refused
from sanlin.kernel.packs import BadPack, NoPack, Pack, choose, read


@cache
def shipped() -> dict[str, dict[date, tuple[Pack, str]]]:
    """Pack and text of every edition, by id and first day. Raises BadPack where one is broken."""
    found: dict[str, dict[date, tuple[Pack, str]]] = defaultdict(dict)
    for path in sorted(Path(str(files("sanlin") / "packs")).glob("*/*.toml")):
        text = path.read_text(encoding="utf-8")
        pack = read(text, name=f"{path.parent.name}/{path.name}")
        found[pack.id][pack.effective_from] = (pack, text)
    return dict(found)


def in_force(on: date, *, small: bool = False) -> list[Pack]:
    """One edition of each shipped pack for a street's rounds, or for the small rounds of projects: the
    one in force on that day, by title. Refused with a sentence that names the pack where two editions
    of it hold on the same day."""
    chosen = []
    for pack_id, editions in shipped().items():
        try:
            chosen.append(choose((pack for pack, _text in editions.values()), on))
        except NoPack:
            continue
        except BadPack as bad:
            words = {"pack": pack_id, "fault": bad}
            raise Refused(
                _("办法“%(pack)s”的几个版本有效期重叠，请管理员先改好办法文件：%(fault)s") % words
            ) from bad
    return sorted((p for p in chosen if p.small_round == small), key=lambda pack: pack.title)


def text_of(pack_id: str, on: date) -> str | None:
    """The text of the edition of a street's shipped pack that is in force on that day, or None."""
    for pack in in_force(on):
        if pack.id == pack_id:
            return shipped()[pack_id][pack.effective_from][1]
    return None


def of_small_rounds(on: date) -> tuple[Pack, str] | None:
    """The pack by which a project holds a small round from that day, and its text."""
    chosen = in_force(on, small=True)
    return shipped()[chosen[0].id][chosen[0].effective_from] if chosen else None


def text_for_next(pack: Pack, text: str, on: date) -> str | None:
    """What a new round after one under `pack` begins with: the shipped edition in force on that
    day, else the same text where it still holds, else None."""
    return text_of(pack.id, on) or (text if is_in_force(pack, on) else None)


def is_in_force(pack: Pack, on: date) -> bool:
    """Whether a pack, shipped or not, holds on that day."""
    return pack.effective_from <= on and (pack.effective_to is None or on <= pack.effective_to)
