"""Drawn receipts, and what a second shot, a crop or another shop's till makes of them.

Everything is drawn from a seed, so that the measurement in docs/algorithms/likeness.md can be done
again: `python -m sanlin.kernel.likeness.tests.paper`.
"""

from __future__ import annotations

import io
import random  # noqa: TID251  # drawn from seeds, to be drawn again

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from sanlin.kernel.likeness.photos import LIKE, likeness, spots

SHOPS = ("STATIONERY", "HARDWARE", "GARDEN CO", "FRESH MART", "QUICK PRINT", "FLOWER WOOD")
GOODS = ("POT", "SEED", "SPADE", "PAPER", "POSTER", "HOSE", "CLOTH", "WATER", "BAG", "GLOVE")


def receipt(seed: int, shop: int | None = None) -> Image.Image:
    """A till's slip; receipts of one `shop` share its layout and heading."""
    told = random.Random(seed)
    form = random.Random(10**6 + (seed if shop is None else shop))
    width, height = form.choice([420, 480, 560]), form.choice([640, 760, 880])
    sheet = Image.new("L", (width, height), 250)
    pen = ImageDraw.Draw(sheet)

    def write(x: int, y: int, words: str, size: int) -> None:
        pen.text((x, y), words, font=ImageFont.load_default(size), fill=30)

    write(width // 6, 30, form.choice(SHOPS), form.choice([28, 34, 40]))
    write(30, 100, f"No. {told.randrange(10**8):08d}", 22)
    write(30, 135, f"2024-{told.randrange(1, 13):02d}-{told.randrange(1, 29):02d}", 20)
    y, total = 190, 0
    for _line in range(told.randrange(3, 9)):
        price, many = told.randrange(3, 300), told.randrange(1, 9)
        total += price * many
        write(30, y, told.choice(GOODS), 22)
        write(width - 220, y, f"{many} x {price}.00", 22)
        y += 34
    pen.line((30, y + 6, width - 30, y + 6), fill=60, width=2)
    write(30, y + 20, f"TOTAL {total}.00", 30)
    pen.ellipse((width - 170, height - 170, width - 50, height - 50), outline=110, width=6)
    return sheet


def shot(sheet: Image.Image, seed: int, turn: float = 2.0) -> Image.Image:
    """A photo of it on a table: turned by up to `turn` degrees, seen aslant, in uneven light."""
    luck = random.Random(seed)
    width, height = (side + 60 for side in sheet.size)
    table = Image.new("L", (width, height), luck.randrange(60, 140))
    table.paste(sheet, (30, 30))
    table = table.rotate(
        luck.uniform(-turn, turn), Image.Resampling.BICUBIC, fillcolor=luck.randrange(60, 140)
    )
    corners = ((0, 0), (0, height), (width, height), (width, 0))
    quad = [
        c + luck.uniform(-0.02, 0.02) * s
        for p in corners
        for c, s in zip(p, (width, height), strict=True)
    ]
    table = table.transform((width, height), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    grey = np.asarray(table, dtype=float)
    light = np.linspace(luck.uniform(0.75, 1), luck.uniform(0.75, 1), grey.shape[1])[None, :]
    noise = np.random.default_rng(seed).normal(0, 5, grey.shape)
    seen = Image.fromarray(np.clip(grey * light + noise, 0, 255).astype("uint8"))
    return seen.filter(ImageFilter.GaussianBlur(luck.uniform(0.3, 1.0)))


def cropped(photo: Image.Image, seed: int, most: float = 0.25) -> Image.Image:
    """Up to `most` cut off above and below, half as much at the sides."""
    luck = random.Random(seed)
    width, height = photo.size
    return photo.crop(
        (
            int(width * luck.uniform(0, most / 2)),
            int(height * luck.uniform(0, most)),
            int(width * (1 - luck.uniform(0, most / 2))),
            int(height * (1 - luck.uniform(0, most))),
        )
    )


def jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


def measure(count: int = 60) -> dict[str, list[int]]:
    """Likeness of `count` pairs of each kind, in percent."""
    first = [spots(jpeg(shot(receipt(n), n))) for n in range(count)]
    kinds = {
        "shot again": [jpeg(shot(receipt(n), 1000 + n)) for n in range(count)],
        "cropped": [jpeg(cropped(shot(receipt(n), n), 2000 + n)) for n in range(count)],
        "shot again and cropped": [
            jpeg(cropped(shot(receipt(n), 1000 + n), 2000 + n)) for n in range(count)
        ],
        "another of the shop": [
            jpeg(shot(receipt(5000 + n, shop=n), 3000 + n)) for n in range(count)
        ],
        "a strange one": [jpeg(shot(receipt(7000 + n), 4000 + n)) for n in range(count)],
    }
    return {
        kind: [likeness(mine, spots(other)) for mine, other in zip(first, others, strict=True)]
        for kind, others in kinds.items()
    }


if __name__ == "__main__":
    for kind, told in measure().items():
        parts = np.percentile(told, [0, 10, 50, 90, 100]).round().astype(int)
        shown = sum(one >= LIKE for one in told)
        print(f"{kind}: {parts.tolist()}; shown {shown} of {len(told)}")  # noqa: T201
