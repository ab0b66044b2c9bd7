"""The Word templates that ship with the product."""

from pathlib import Path

import pytest

from sanlin.ground.office.filling import fill, words_of

SHIPPED = sorted((Path(__file__).parents[1] / "data").glob("*.docx"))


@pytest.mark.parametrize("template", SHIPPED, ids=lambda path: path.stem)
def test_every_group_of_fields_may_be_missing(template):
    paper = words_of(fill(template.read_bytes(), {}))
    assert [words for words in ("{{", "{%", "Undefined") if words in paper] == []
