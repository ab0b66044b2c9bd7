"""Word papers out of templates: what a template may say, what it must not carry, and filling it.

A template is an ordinary .docx with fields in double braces (docxtpl, Jinja). The house's own are filled
right here; one that somebody sent is looked at part by part, its fields are held against the ones that
the paper has, and it is filled in a child process with little memory and time. The language of the
fields is small: names, `if`, `for`, comparisons and a few filters; no calls, no arithmetic.
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import TemplateSyntaxError, nodes

from .packing import tidy

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 30 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 400
MOST_TEXT = 4_000_000  # characters with their marks
SECONDS = 20
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Programs and foreign documents inside a document; a template needs neither.
CARRIED = re.compile(
    r"vbaProject|vbaData|activeX|embeddings/|ctrlProps|attachedTemplate|afchunk", re.IGNORECASE
)
# Fields of Word's own that fetch a file or start a program when the paper is opened.
FETCHES = re.compile(r"DDE|INCLUDE(?:PICTURE|TEXT)|DATABASE", re.IGNORECASE)
FILTERS = frozenset({"length", "join", "default"})
# What a template may consist of. Anything else is refused by name.
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
DEEPEST = 2  # loops within loops

# What a paper's fields are: a text or number (""), a picture ("image"), a group of fields, or a list.
Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Image:
    """A picture in a field: JPEG or PNG bytes and how wide it stands, in millimetres."""

    body: bytes
    width: int

    def plain(self) -> dict[str, Any]:
        return {"image": base64.b64encode(self.body).decode(), "width": self.width}


class BadTemplate(Exception):
    """The template cannot be taken; its text says to the reader what to do."""


def filled(template: bytes, values: Mapping[str, Any], *, sent: bool = False) -> bytes:
    """The paper: `template` with `values` in its fields. `sent` says that somebody from outside made
    the template; it is then filled in a child. Raises BadTemplate where it cannot be filled."""
    plain = _plain(values)
    if not sent:
        from .filling import fill  # noqa: PLC0415  # heavy: only who makes papers loads it

        return tidy(fill(template, plain))
    head = json.dumps(plain).encode()
    return tidy(_in_child("fill", len(head).to_bytes(8, "big") + head + template))


def _plain(value: Any) -> Any:
    """Texts, numbers, lists and groups of them: nothing that a template could reach further from."""
    if isinstance(value, Image):
        return value.plain()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, bool | int):
        return value
    return _speakable(str(value))


def _speakable(text: str) -> str:
    """Without what XML cannot carry."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _in_child(what: str, sent: bytes) -> bytes:
    command = [sys.executable, "-I", str(Path(__file__).with_name("child.py")), what]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and nothing of the sender's in it
            command, input=sent, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise BadTemplate(_("模板太复杂，20秒内没有读完，请简化后再上传")) from late
    if done.returncode:
        raise BadTemplate(_("模板读不出来，请在Word中打开、另存为.docx后再上传"))
    return done.stdout


# --- looking at what somebody sent ---------------------------------------------------------------


def look_at(raw: bytes, spec: Spec) -> None:
    """Whether a sent template can be taken for a paper with these fields. Raises BadTemplate."""
    if len(raw) > MOST_BYTES:
        raise BadTemplate(_("模板不能超过2MB，请删去图片后再上传"))
    for words in _texts(raw):
        _check_fields(words, spec)


def _texts(raw: bytes) -> list[str]:
    """The marked-up text of the parts that are filled, once each part has been looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            _look_at_directory(raw, parts)
            for part in parts:
                _look_at_part(part.filename, archive.read(part))
    except BadTemplate:
        raise
    except Exception as error:  # a hostile archive can break its reader in any way
        raise BadTemplate(_("这不是Word文件，或已损坏；请在Word中另存为.docx后再上传")) from error
    found: list[str] = json.loads(_in_child("read", raw))
    if sum(map(len, found)) > MOST_TEXT:
        raise BadTemplate(_("模板展开后太大，请删去图片和附件后再上传"))
    return found


def _look_at_directory(raw: bytes, parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise BadTemplate(_("模板展开后太大，请删去图片和附件后再上传"))
    if packed > len(raw) or unpacked > MOST_RATIO * max(packed, 1):
        raise BadTemplate(_("模板压缩得异常，请在Word中打开、另存为.docx后再上传"))
    if any(part.flag_bits & 1 for part in parts):
        raise BadTemplate(_("模板设了密码，请在Word中取消密码后再上传"))
    if len({part.filename for part in parts}) != len(parts):
        raise BadTemplate(_("模板压缩得异常，请在Word中打开、另存为.docx后再上传"))
    if not {"word/document.xml", "[Content_Types].xml"} <= {part.filename for part in parts}:
        raise BadTemplate(_("这不是Word文件，或已损坏；请在Word中另存为.docx后再上传"))


def _look_at_part(name: str, body: bytes) -> None:
    if CARRIED.search(name):
        raise BadTemplate(_("模板里有宏、控件或嵌入的文件，请另存为不含宏的.docx后再上传"))
    if name == "[Content_Types].xml" and MAIN not in body:
        raise BadTemplate(_("模板里有宏、控件或嵌入的文件，请另存为不含宏的.docx后再上传"))
    if name.endswith((".xml", ".rels")) and _reaches_out(_tree(body)):
        raise BadTemplate(_("模板引用了外部的图片或文件，请把它们删去或插入到模板里再上传"))


def _tree(body: bytes) -> Any:
    """A part as it is read, in whatever encoding, without doctype and entities."""
    safe = import_module("defusedxml.ElementTree")
    try:
        return safe.fromstring(body, forbid_dtd=True)
    except (ValueError, SyntaxError) as error:  # the parser's own error is a SyntaxError
        raise BadTemplate(_("这份Word文件的内容读不出来，请在Word中另存为.docx后再上传")) from error


def _reaches_out(part: Any) -> bool:
    """Whether opening the paper would fetch or start something from elsewhere, by a relation or by a
    field of Word's own, whose code may lie in pieces; a plain link does not."""
    code = []
    for node in part.iter():
        name = node.tag.rpartition("}")[2]
        if name == "Relationship" and node.get("TargetMode", "").lower() == "external":
            if not node.get("Type", "").endswith("/hyperlink"):
                return True
        elif name == "instrText":
            code.append(node.text or "")
        elif name == "fldSimple":
            code += [value for key, value in node.items() if key.endswith("}instr")]
    return bool(FETCHES.search("".join(code)))


def _check_fields(words: str, spec: Spec) -> None:
    from .filling import environment  # noqa: PLC0415

    try:
        tree = environment().parse(words)
    except TemplateSyntaxError as error:
        raise BadTemplate(
            _("模板里的字段写得不完整，请检查双花括号和{%% %%}是否成对：%(said)s")
            % {"said": _excerpt(words, error)}
        ) from error
    _walk(tree, dict(spec), 0)


def _excerpt(words: str, error: TemplateSyntaxError) -> str:
    lines = re.sub(r"<[^>]*>", "", words).splitlines()
    at = (error.lineno or 1) - 1
    return (lines[at] if at < len(lines) else error.message or "")[:60]


def _walk(node: nodes.Node, known: dict[str, Any], depth: int) -> None:
    if not isinstance(node, ALLOWED):
        raise BadTemplate(
            _("模板里只能用字段、if和for，不能用“%(what)s”") % {"what": type(node).__name__}
        )
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise BadTemplate(
            _("模板里没有“%(name)s”这个函数，可用的只有：%(all)s")
            % {"name": node.name, "all": "、".join(sorted(FILTERS))}
        )
    if isinstance(node, nodes.Name | nodes.Getattr):
        _kind_of(node, known)
        return
    if isinstance(node, nodes.For):
        _walk_loop(node, known, depth)
        return
    for child in node.iter_child_nodes():
        _walk(child, known, depth)


def _walk_loop(node: nodes.For, known: dict[str, Any], depth: int) -> None:
    if depth >= DEEPEST or node.recursive:
        raise BadTemplate(_("模板里的循环套得太深，最多两层"))
    kind = _kind_of(node.iter, known)
    if not isinstance(kind, list) or not isinstance(node.target, nodes.Name):
        raise BadTemplate(_("for后面要写一个列表字段，如：for one in instalments"))
    inner = {**known, node.target.name: kind[0], "loop": {"index": "", "first": "", "last": ""}}
    if node.test is not None:
        _walk(node.test, inner, depth + 1)
    for child in node.body:
        _walk(child, inner, depth + 1)
    for child in node.else_:
        _walk(child, known, depth)


def _kind_of(node: nodes.Node, known: dict[str, Any]) -> Any:
    """What a name stands for. Raises BadTemplate where the paper has no such field."""
    if isinstance(node, nodes.Name):
        if node.name not in known:
            raise _unknown(node.name, known)
        return known[node.name]
    if isinstance(node, nodes.Getattr):
        group = _kind_of(node.node, known)
        if not isinstance(group, Mapping) or node.attr not in group:
            inside = group if isinstance(group, Mapping) else {}
            raise _unknown(_written(node), {f"{_written(node.node)}.{n}": "" for n in inside})
        return group[node.attr]
    raise BadTemplate(_("for后面要写一个列表字段，如：for one in instalments"))


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"


def _unknown(name: str, known: Mapping[str, Any]) -> BadTemplate:
    there = "、".join(sorted(known)) or "—"
    return BadTemplate(
        _("模板里的字段“%(name)s”不存在，请改正；这里可用的字段：%(there)s")
        % {"name": name, "there": there}
    )
