"""Drawn receipts and signed papers: the demonstration shows no real one, and each says so."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from hashlib import shake_128

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from sanlin.govern.projects.actions.receipts import Slip
from sanlin.ground import files
from sanlin.kernel.money import yuan

WIDE, TALL = 480, 640
INK, STAMP, PAPER = "#2b2b2b", "#b3341c", "#fffdf6"
TABLES = ("#8d7b68", "#6f7d80", "#9a8a76", "#77695c")  # what the paper lies on
MANY = 20  # squares of a code, each way
FACES = (
    *("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc"),
    *("DroidSansFallbackFull.ttf", "PingFang.ttc", "msyh.ttc", "simsun.ttc"),
)


def receipt(slip: Slip, seed: int, *, stamped: bool = True, tilt: float = 0) -> files.Picture:
    """A photo of the receipt on which stands what was typed of it."""
    rows = [(line.what, f"{line.quantity} × {yuan(line.unit_price)}") for line in slip.lines]
    whole = slip.amount if slip.face is None else slip.face
    head = (slip.payee, f"收据 {slip.number}", str(slip.day))  # data
    stamp = ("演示", "不作报销凭证") if stamped else ()  # data
    return _photo(head, [*rows, ("合计", yuan(whole))], stamp, seed, tilt)  # data


def signed(head: str, number: str, hands: Sequence[str], seed: int) -> files.Picture:
    """A photo of a paper under which these hands stand."""
    rows = [(hand, "（签章）") for hand in hands]  # data
    return _photo((head, number), rows, ("演示", "不是真实签章"), seed)  # data


def _photo(
    head: Sequence[str],
    rows: Sequence[tuple[str, str]],
    stamp: Sequence[str],
    seed: int,
    tilt: float = 0,
) -> files.Picture:
    """`seed` tells one paper from another where the words are alike, as a code and the hand of who
    took the photo do; `tilt` turns the same one, as a second shot does."""
    odd = shake_128(str(seed).encode()).digest(MANY * MANY + 7)
    left, step, turn, across, under = (36 + n % 30 for n in odd[:5])
    small, side = 17 + odd[5] % 6, 9 + odd[6] % 3
    sheet = Image.new("RGB", (WIDE, TALL), PAPER)
    pen = ImageDraw.Draw(sheet)
    for n, words in enumerate(head):
        pen.text((left, 24 + 38 * n), words, INK, _face(small if n else small + 6))
    y = 44 + 38 * len(head)
    for name, told in rows:
        pen.line((24, y - 6, WIDE - 24, y - 6), "#999999", 1)
        pen.text((left, y), name, INK, _face(small))
        pen.text((WIDE - 30, y), told, INK, _face(small), anchor="ra")
        y += step
    for n, one in enumerate(odd[7:]):
        if one % 2:  # the code tells one paper from another, also to who looks for twins
            x, top = 24 + n % MANY * side, y + 30 + n // MANY * side
            pen.rectangle((x, top, x + side - 1, top + side - 1), "black")
    if stamp:
        seal = _seal(stamp, turn - 50)
        sheet.paste(seal, (225 + across, y + under), seal)
    photo = Image.new("RGB", (WIDE + 40, TALL + 40), TABLES[seed % len(TABLES)])
    photo.paste(sheet, (20, 20))
    if tilt:
        photo = photo.rotate(tilt, Image.Resampling.BICUBIC, fillcolor="#787878")
        photo = photo.filter(ImageFilter.GaussianBlur(0.6))
    written = io.BytesIO()
    photo.save(written, "JPEG", quality=82)
    written.seek(0)
    return files.picture(written, len(written.getvalue()))


def _seal(words: Sequence[str], turn: float) -> Image.Image:
    """A red ring that says what this is."""
    seal = Image.new("RGBA", (170, 170))
    pen = ImageDraw.Draw(seal)
    pen.ellipse((4, 4, 166, 166), outline=STAMP, width=5)
    pen.text((85, 68), words[0], STAMP, _face(38), anchor="mm")
    pen.text((85, 108), words[1], STAMP, _face(18), anchor="mm")
    return seal.rotate(turn, Image.Resampling.BICUBIC)


@cache
def _face(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """One with Chinese letters, where this machine has any."""
    for name in FACES:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
