"""The templates that are shipped, and the page that explains their fields."""

import re
from pathlib import Path

import pytest

from sanlin.front.papers.models import Kind
from sanlin.front.papers.queries.word.fields import SPECS, names
from sanlin.front.papers.queries.word.templates import DATA
from scripts.office_templates.__main__ import FILES

DOCS = Path(__file__).parents[5] / "docs" / "papers.md"


@pytest.mark.parametrize("name", FILES)
def test_a_template_is_what_its_program_writes(name):
    assert (DATA / name).read_bytes() == FILES[name]()


@pytest.mark.parametrize("kind", Kind.values)
def test_every_field_is_explained_and_no_other(kind):
    part = re.search(rf"### [^\n]*\(`{kind}`\)\n([^\n]*)", DOCS.read_text("utf-8"))[1]
    assert re.findall(r"`([^`]+)`", part) == names(SPECS[kind])
