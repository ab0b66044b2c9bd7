"""docs/rule-packs.md is run, and its table is the table of rules."""

import doctest
import re
from pathlib import Path

from sanlin.kernel.packs import SCHEMA, Field, shown
from sanlin.kernel.packs.fields import REQUIRED
from sanlin.kernel.packs.schema import LISTS

PAGE = Path(__file__).parents[5] / "docs" / "rule-packs.md"


def answers(field: Field) -> str:
    """What may be said: the keys to choose from, or the range."""
    if field.choices:
        return " · ".join(f"`{choice.key}` {choice.label}" for choice in field.choices)
    limits = {
        "money": "yuan",
        "share": f"{shown(field, field.low)}–{shown(field, field.high)}",
        "numbers": f"falling whole numbers of {field.low}–{shown(field, (field.high,), english=True)}"
        if field.kind == "numbers"
        else "",
        "int": f"{field.low}–{shown(field, field.high, english=True)}",
        "bool": "`true` · `false`",
        "text": "text",
    }
    return limits[field.kind] + (" or `none`" if field.optional else "")


def silent(field: Field) -> str:
    """What holds where a pack says nothing."""
    if field.default is REQUIRED:
        return "must be said" if field.may_unset else "must be said, not unset"
    if field.default is None:
        return "`none`"
    words = field.default if isinstance(field.default, tuple) else (field.default,)
    return ", ".join(f"`{str(word).lower()}`" for word in words)


def only(field: Field) -> str:
    return "; ".join(
        f"`{when.path}` " + "/".join(str(answer).lower() for answer in when.answers)
        for when in field.when
    )


def table() -> str:
    """The table as the page shows it."""
    lines = [
        "| rule | 中文 | English | answers | where a pack is silent | only where |",
        "|---|---|---|---|---|---|",
    ]
    for field in SCHEMA:
        kind = "several of " if field.kind == "keys" else ""
        cells = (
            f"`{field.path}`",
            field.label,
            field.english + (f" ({field.help_english})" if field.help else ""),
            kind + answers(field),
            silent(field),
            only(field),
        )
        lines.append("| " + " | ".join(cells) + " |")
    lists = [
        f"`[[{one.name}]]` {one.label} ({one.english.lower()}): {one.least} to {one.most} items, "
        f"named by `{one.key}`"
        for one in LISTS
    ]
    return "\n".join(lines) + "\n\n" + "".join(f"- {line}\n" for line in lists)


def test_the_page_is_run():
    text = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    ran = doctest.testfile(str(PAGE), module_relative=False, globs={"text": text}, encoding="utf-8")
    assert (ran.failed, ran.attempted) == (0, 16)


def test_the_pages_table_is_the_table_of_rules():
    shown_table = PAGE.read_text("utf-8").split("<!-- table -->\n")[1].split("<!-- end -->")[0]
    assert shown_table == table()
