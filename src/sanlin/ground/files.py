"""Photos and papers that people send: looked at before they are opened, kept under random names.

Nothing of a sent photo survives but its pixels: no place, no camera, no name, no hidden part. A PDF, or
an electronic invoice as XML or OFD, is kept as it came and only ever handed over as a download. Who may see either is asked by the app that
keeps its row; it then answers with `shown` or `handed_over`.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
# The larger one is the photo, the smaller one stands in lists; both in pixels of the longer side.
SIZES = {"large": 1600, "small": 480}
# The first bytes of what is taken, and the only decoder that is then let near it.
_HEADS = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
)
_NAME = re.compile(r"[0-9a-f]{32}")
# A progressive JPEG draws its picture in some ten scans; each costs the decoder the whole picture anew.
MOST_SCANS = 100
_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd7])")
_END, _SCAN = b"\xd9", b"\xda"


@dataclass(frozen=True)
class Picture:
    """A photo drawn anew: JPEG bytes in each size, and the large one's width and height in pixels.

    `digest` is the SHA-256 of what was sent, in hexadecimal; empty where a program drew it.
    """

    sizes: dict[str, bytes]
    width: int
    height: int
    digest: str = ""


def _photo_kind(sent: IO[bytes]) -> str | None:
    """JPEG, PNG or WEBP by the first bytes; None for anything else."""
    head = sent.read(16)
    sent.seek(0)
    return next((kind for mark, kind in _HEADS if mark.match(head)), None)


def picture(sent: IO[bytes], size: int) -> Picture:
    """The photo in `sent`, a file of `size` bytes; raises ValidationError with a sentence."""
    if size > MOST_BYTES:
        raise ValidationError(_("照片不能超过10 MB，这张有%(size)s MB") % {"size": size // 1024**2})
    if (kind := _photo_kind(sent)) is None:
        raise ValidationError(_("这不是照片：只收JPEG、PNG和WebP格式的照片"))
    try:
        if kind == "JPEG" and _scans(sent.read()) > MOST_SCANS:
            raise ValueError("too many scans")
        sent.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            drawn = _drawn(sent, kind)
    except ValidationError:
        raise
    except Exception as error:  # a hostile file can break its decoder in any way
        raise ValidationError(_("这张照片打不开，可能已经损坏；请换一张")) from error
    sent.seek(0)
    return replace(drawn, digest=hashlib.sha256(sent.read()).hexdigest())


def _drawn(sent: IO[bytes], kind: str) -> Picture:
    with Image.open(sent, formats=[kind]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValidationError(
                _("照片不能超过2500万像素，这张是%(width)s×%(height)s")
                % {"width": opened.width, "height": opened.height}
            )
        opened.draft("RGB", (SIZES["large"], SIZES["large"]))
        upright = ImageOps.exif_transpose(opened)
        plain = _opaque(upright)
    plain.thumbnail((SIZES["large"], SIZES["large"]))
    width, height = plain.size
    sizes = {}
    for name, longest in SIZES.items():
        plain.thumbnail((longest, longest))
        sizes[name] = _jpeg(plain)
    return Picture(sizes, width, height)


def _scans(body: bytes) -> int:
    """In how many scans the first picture of a JPEG is drawn."""
    scans, at = 0, 2
    while (found := _MARKER.search(body, at)) and found[1] != _END:
        scans += found[1] == _SCAN
        at = found.end() + int.from_bytes(body[found.end() : found.end() + 2])
    return scans


def _opaque(image: Image.Image) -> Image.Image:
    """In three colours, on white where it was transparent, without anything but pixels."""
    coloured = image.convert("RGBA") if "transparency" in image.info else image
    if coloured.mode in {"RGBA", "LA", "PA"}:
        coloured = coloured.convert("RGBA")
        paper = Image.new("RGB", coloured.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    return coloured.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    image.info = {}
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80, optimize=True, exif=b"", icc_profile=None)
    return written.getvalue()


def keep(drawn: Picture) -> str:
    """Write the photo to the house's folder; returns its name, 32 random hexadecimal digits."""
    name = secrets.token_hex(16)
    for size, body in drawn.sizes.items():
        path = _path(name, size)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return name


def discard(name: str, kind: str = "photo") -> None:
    """Remove a photo, or a document of another kind, for good; one that is not there is no error."""
    if kind != "photo":
        _document_path(name, kind).unlink(missing_ok=True)
        return
    for size in SIZES:
        _path(name, size).unlink(missing_ok=True)


def shown(name: str, size: str) -> FileResponse:
    """The photo as an answer to whoever passed the gate; raises Http404 where there is none."""
    if size not in SIZES or not _NAME.fullmatch(name):
        raise Http404
    try:
        body = _path(name, size).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(body, content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _path(name: str, size: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "photos" / name[:2] / f"{name}.{size}.jpg"


class PhotoField(forms.FileField):
    """A photo in a form; its clean value is a Picture. `camera` opens the camera of a phone first."""

    def __init__(self, *, camera: bool = False, **kwargs: Any) -> None:
        accept = (
            {"accept": "image/*", "capture": "environment"} if camera else {"accept": "image/*"}
        )
        kwargs.setdefault("widget", forms.FileInput(attrs=accept))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        sent = super().to_python(data)
        return None if sent is None else picture(cast(IO[bytes], sent.file), sent.size)


# What each kind of document is called on the wire.
_TYPES = {"pdf": "application/pdf", "ofd": "application/ofd", "xml": "application/xml"}


@dataclass(frozen=True)
class Document:
    """A PDF, OFD or XML as it came."""

    body: bytes
    kind: str = "pdf"

    @property
    def digest(self) -> str:
        """SHA-256, 64 hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def document(sent: IO[bytes], size: int) -> Document:
    """The PDF in `sent`, a file of `size` bytes; raises ValidationError with a sentence."""
    if size > MOST_BYTES:
        raise ValidationError(_("文件不能超过10 MB，这份有%(size)s MB") % {"size": size // 1024**2})
    body = sent.read()
    if not body.startswith(b"%PDF-") or b"%%EOF" not in body[-1024:]:
        raise ValidationError(_("这份PDF打不开，可能已经损坏；请换一份"))
    return Document(body)


def invoice(sent: IO[bytes], size: int) -> Document | None:
    """The electronic invoice in `sent` as OFD or XML, by its first bytes; None for anything else.

    Nothing of it is unpacked or parsed here. Raises ValidationError with a sentence.
    """
    head = sent.read(256)
    sent.seek(0)
    ofd = head.startswith(b"PK\x03\x04")
    xml = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    if not (ofd or xml):
        return None
    if size > MOST_BYTES:
        raise ValidationError(_("文件不能超过10 MB，这份有%(size)s MB") % {"size": size // 1024**2})
    return Document(sent.read(), "ofd" if ofd else "xml")


def keep_document(paper: Document) -> str:
    """Write the document to the house's folder; returns its name, 32 random hexadecimal digits."""
    name = secrets.token_hex(16)
    path = _document_path(name, paper.kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(paper.body)
    return name


def handed_over(name: str, title: str, kind: str = "pdf") -> FileResponse:
    """The document as a download named `title` (ASCII); raises Http404 where there is none."""
    if not _NAME.fullmatch(name) or kind not in _TYPES:
        raise Http404
    try:
        body = _document_path(name, kind).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(body, content_type=_TYPES[kind], as_attachment=True, filename=title)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


def kept_bytes(name: str, kind: str) -> bytes:
    """What is kept under a name: a photo's large JPEG, or a document. Raises FileNotFoundError."""
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return (_path(name, "large") if kind == "photo" else _document_path(name, kind)).read_bytes()


def _document_path(name: str, kind: str = "pdf") -> Path:
    return Path(settings.MEDIA_ROOT) / "documents" / name[:2] / f"{name}.{kind}"


def paper(sent: IO[bytes], size: int, *, invoices: bool = False) -> Picture | Document:
    """A photo or a PDF, with `invoices` an OFD or XML too; raises ValidationError with a sentence."""
    is_pdf = sent.read(5) == b"%PDF-"
    sent.seek(0)
    if is_pdf:
        return document(sent, size)
    if invoices and (found := invoice(sent, size)):
        return found
    if _photo_kind(sent) is None:
        if invoices:
            raise ValidationError(_("打不开这个文件：这里收照片（JPEG、PNG、WebP）、PDF、OFD和XML"))
        raise ValidationError(_("打不开这个文件：这里收照片（JPEG、PNG、WebP）和PDF"))
    return picture(sent, size)


class PaperField(forms.FileField):
    """A photo or a PDF in a form; its clean value is a Picture or a Document."""

    def __init__(self, **kwargs: Any) -> None:
        accept = {"accept": "image/*,application/pdf"}
        kwargs.setdefault("widget", forms.FileInput(attrs=accept))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        sent = super().to_python(data)
        return None if sent is None else paper(cast(IO[bytes], sent.file), sent.size)


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PapersField(forms.FileField):
    """Several photos, PDFs and electronic invoices (OFD, XML); its clean value is a list."""

    def __init__(self, *, most: int = 6, **kwargs: Any) -> None:
        self.most = most
        accept = {"accept": "image/*,application/pdf,.ofd,.xml", "multiple": True}
        kwargs.setdefault("widget", _SeveralFiles(attrs=accept))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = [one for one in data or () if one]
        if not sent:
            super().clean(None, initial)
            return []
        if len(sent) > self.most:
            raise ValidationError(_("一次最多%(n)s个文件") % {"n": self.most})
        whole = [super(PapersField, self).clean(one, initial) for one in sent]
        return [paper(cast(IO[bytes], one.file), one.size, invoices=True) for one in whole]


def lies_at(name: str, kind: str = "photo") -> Path:
    """Where a kept photo (in its large size) or paper of another kind lies; it may be missing."""
    return _path(name, "large") if kind == "photo" else _document_path(name, kind)
