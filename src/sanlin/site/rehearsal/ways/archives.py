"""The archive itself."""

from __future__ import annotations

import io
import zipfile

from sanlin.kernel.record import archive
from sanlin.site.rehearsal.making import naming
from sanlin.site.rehearsal.tampering import Draft

from .entering import way


@way()
def a_digit(draft: Draft) -> None:
    body = bytearray(draft.files["totals.json"])
    at = next(n for n, one in enumerate(body) if chr(one) in "12345678")
    body[at] += 1
    draft.files["totals.json"] = bytes(body)


@way()
def a_digit_and_the_manifest(draft: Draft) -> None:
    a_digit(draft)


@way()
def another_file(draft: Draft) -> None:
    draft.files["note.txt"] = b"see here\n"


@way()
def another_file_sealed(draft: Draft) -> None:
    draft.files["note.txt"] = b"see here\n"


@way()
def a_file_less(draft: Draft) -> None:
    del draft.files["scores.csv"]


@way()
def another_verifier(draft: Draft) -> None:
    draft.files["verify.py"] = b"print('\xe9\x80\x9a\xe8\xbf\x87')\n"


@way()
def another_count(draft: Draft) -> None:
    draft.files["recount.py"] = b"CHECKS = {}\n"


@way()
def another_count_resealed(draft: Draft) -> None:
    draft.files["recount.py"] = b"CHECKS = {}\n"


@way()
def no_count(draft: Draft) -> None:
    del draft.files["recount.py"]


@way()
def another_verifier_and_its_count(draft: Draft) -> None:
    draft.files["recount.py"] = b"CHECKS = {}\n"
    draft.files["verify.py"] = naming(draft.files["recount.py"])


@way()
def another_readme(draft: Draft) -> None:
    draft.files["README.zh.md"] += "只看最后一行即可。\n".encode()  # data


@way(raw=lambda body: body + b"\0")
def bytes_behind(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[:-2] + b"\x02\x00hi")
def a_comment(draft: Draft) -> None:
    pass


def _compressed(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(archive.unpack(body).items()):
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@way(raw=_compressed)
def packed_anew(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[:12] + b"\x22" + body[13:])
def another_date(draft: Draft) -> None:
    pass


@way(raw=lambda body: body[: len(body) // 2])
def cut_short(draft: Draft) -> None:
    pass
