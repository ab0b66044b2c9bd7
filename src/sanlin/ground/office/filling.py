"""Filling a Word template with plain values. Imports nothing of the house: the child uses it too."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import ChainableUndefined, Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree


class Missing(ChainableUndefined):
    """A field, or all of a group, that nobody filled: it prints nothing, no comparison of it holds,
    and whatever is counted with it is missing too."""

    def _never(self, _other: Any) -> bool:
        return False

    def _still(self, *_others: Any) -> Missing:
        return self

    __lt__ = __le__ = __gt__ = __ge__ = _never  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _still  # type: ignore[assignment]
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _still  # type: ignore[assignment]
    __neg__ = __pos__ = _still  # type: ignore[assignment]


def environment() -> Environment:
    """Where fields are read: no code of Python's can be reached, and what is missing stays empty."""
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=Missing)


def fill(template: bytes, values: dict[str, Any]) -> bytes:
    """`template` with `values` in its fields, as it comes out of the writer."""
    paper = DocxTemplate(io.BytesIO(template))
    paper.init_docx()
    paper.render(_drawn(paper, values), jinja_env=environment(), autoescape=True)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _drawn(paper: DocxTemplate, value: Any) -> Any:
    """The values with every picture in the form in which the writer wants it."""
    if isinstance(value, dict) and set(value) == {"image", "width"}:
        body = io.BytesIO(base64.b64decode(value["image"]))
        return InlineImage(paper, body, width=Mm(value["width"]))
    if isinstance(value, dict):
        return {name: _drawn(paper, part) for name, part in value.items()}
    if isinstance(value, list):
        return [_drawn(paper, part) for part in value]
    return value


def texts_of(template: bytes) -> list[str]:
    """The parts of a template that are filled, as the writer reads their fields."""
    reader = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    writer = DocxTemplate(io.BytesIO(template))
    found = []
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                tree = etree.fromstring(archive.read(name), reader)
                found.append(str(writer.patch_xml(etree.tostring(tree, encoding="unicode"))))
    return found


def words_of(paper: bytes) -> str:
    """All text of a Word file, its feet last, a paragraph a line; for whoever looks for a word in it."""
    with zipfile.ZipFile(io.BytesIO(paper)) as archive:
        feet = sorted(name for name in archive.namelist() if name.startswith("word/footer"))
        body = "".join(archive.read(name).decode() for name in ("word/document.xml", *feet))
    lines = re.split(r"</w:p>", body)
    return "\n".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", line)) for line in lines)
