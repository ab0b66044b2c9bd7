"""Drawn scenes in the place of photos: the demonstration shows no real people and no real place."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from sanlin.ground import files

WIDE, TALL = 960, 640
FINE = 2  # drawn so many times larger, for smooth edges
Box = tuple[float, float, float, float]

SKIES = ("#dfeaf0", "#f3e6d3", "#e4ebe2", "#e9e4ef")
HOUSES = ("#d9c7b0", "#cdb8a6", "#c9cfc9", "#d8cdbf")
ROOFS = ("#8c4a3c", "#6b6f76", "#7a5a44")
LAWNS = ("#a9bd8f", "#b9c39a", "#9fb59b")
GREENS = ("#5f8358", "#71915f", "#4d7561")
CLOTHES = ("#b3341c", "#3f6f8c", "#d29a3a", "#5b7a5a", "#8a5a78", "#4a5568", "#c9714f")
SKINS = ("#f0c9a4", "#e3b58d", "#d9a679")
HAIRS = ("#2f2a28", "#8d8a86", "#d9d6d1", "#4b3a30")


class Scene:
    """A sheet and a pen that count in a grid of 960 × 640, and numbers that differ from scene to scene."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.sheet = Image.new("RGB", (WIDE * FINE, TALL * FINE), self.one_of(SKIES))
        self.pen = ImageDraw.Draw(self.sheet)

    def one_of(self, many: tuple[str, ...], turn: int = 0) -> str:
        return many[(self.number * 31 + turn * 17 + (self.number + turn) ** 2 // 3) % len(many)]

    def block(self, box: Box, fill: str, corner: float = 0) -> None:
        at = tuple(n * FINE for n in box)
        self.pen.rounded_rectangle(at, radius=corner * FINE, fill=fill)

    def ball(self, x: float, y: float, r: float, fill: str) -> None:
        self.pen.ellipse(tuple(n * FINE for n in (x - r, y - r, x + r, y + r)), fill=fill)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)

    def house(self, x: float, wide: float, floors: int, turn: int) -> None:
        """A block of flats that stands on the lawn, windows and drying rails."""
        top, base = 330 - floors * 44, 350
        self.block((x, top, x + wide, base), self.one_of(HOUSES, turn))
        self.block((x - 6, top - 12, x + wide + 6, top + 4), self.one_of(ROOFS, turn))
        for floor in range(floors):
            for n in range(int(wide // 46)):
                left, up = x + 14 + n * 46, top + 16 + floor * 44
                lit = (self.number + floor * 3 + n * turn) % 4 == 0
                self.block((left, up, left + 24, up + 24), "#f7e3a8" if lit else "#7f95a3")
                self.block((left - 3, up + 26, left + 27, up + 29), "#9a8f80")

    def tree(self, x: float, y: float, size: float, turn: int) -> None:
        self.block((x - 5, y - size * 0.8, x + 5, y), "#7a614a")
        green = self.one_of(GREENS, turn)
        for right, up in ((0, 1.35), (-0.4, 1.0), (0.4, 1.0)):
            self.ball(x + right * size, y - up * size, size * 0.52, green)

    def person(self, x: float, y: float, size: float, turn: int) -> None:
        """Somebody who stands at (x, y) and is so high."""
        cloth = self.one_of(CLOTHES, turn)
        self.block((x - size * 0.13, y - size * 0.4, x - 2, y), "#3d4450", 4)
        self.block((x + 2, y - size * 0.4, x + size * 0.13, y), "#3d4450", 4)
        self.block(
            (x - size * 0.19, y - size * 0.74, x + size * 0.19, y - size * 0.3), cloth, size * 0.1
        )
        self.ball(x, y - size * 0.88, size * 0.135, self.one_of(HAIRS, turn))
        self.ball(x, y - size * 0.85, size * 0.115, self.one_of(SKINS, turn))

    def yard(self) -> None:
        """What lies behind every scene: houses, trees, a lawn and a path."""
        for n in range(4):
            self.house(
                -40 + n * 262, 190 + 20 * ((self.number + n) % 3), 4 + (self.number + n) % 3, n
            )
        self.block((0, 340, WIDE, TALL), self.one_of(LAWNS))
        self.shape([(380, 340), (520, 340), (900, TALL), (120, TALL)], "#e2d8c4")
        for n in range(5):
            self.tree(40 + n * 225 + 30 * (self.number % 3), 372, 58 + 9 * (n % 3), n)


def _garden(at: Scene) -> None:
    for n in range(3):
        left = 70 + n * 290
        at.block((left, 470, left + 240, 560), "#8a6a4c", 8)
        at.block((left + 8, 474, left + 232, 500), "#5b4636", 6)
        for k in range(7):
            at.ball(left + 26 + k * 31, 470 - 6 * (k % 2), 15, at.one_of(GREENS, k))
            at.ball(left + 26 + k * 31, 462 - 6 * (k % 2), 6, at.one_of(CLOTHES, k + n))
    for n, x in enumerate((180, 420, 560, 800)):
        at.person(x, 470 - 6 * (n % 2), 130 + 8 * (n % 3), n)


def _table(at: Scene) -> None:
    for n in range(6):
        at.person(190 + n * 116, 470, 140 - 6 * (n % 2), n)
    at.block((130, 430, 830, 462), "#b98d5e", 8)
    at.block((160, 462, 180, 580), "#8a6a4c")
    at.block((780, 462, 800, 580), "#8a6a4c")
    for n in range(6):
        at.block((200 + n * 108, 414, 220 + n * 108, 432), "#f6f2ea", 4)
        at.block((232 + n * 108, 424, 268 + n * 108, 431), "#ffffff")


def _board(at: Scene) -> None:
    at.block((250, 230, 720, 480), "#7a5a44", 8)
    at.block((264, 244, 706, 466), "#efe6d5")
    at.block((290, 480, 310, 580), "#7a5a44")
    at.block((660, 480, 680, 580), "#7a5a44")
    for n in range(8):
        left, up = 284 + n % 4 * 106, 262 + n // 4 * 102
        at.block((left, up, left + 86, up + 82), "#ffffff" if n % 3 else "#f6e7b4")
        for line in range(4):
            at.block(
                (left + 10, up + 14 + line * 15, left + 74 - 12 * (line % 2), up + 19 + line * 15),
                "#b8b2a8",
            )
    for n, x in enumerate((150, 225, 760, 850)):
        at.person(x, 580 - 8 * (n % 2), 165, n)


def _stalls(at: Scene) -> None:
    for n in range(3):
        left = 60 + n * 300
        at.block((left + 8, 340, left + 16, 540), "#8a8f94")
        at.block((left + 224, 340, left + 232, 540), "#8a8f94")
        for k in range(6):
            stripe = at.one_of(CLOTHES, n) if k % 2 else "#f7f1e6"
            at.block((left + k * 40, 300, left + k * 40 + 40, 338), stripe)
            at.ball(left + k * 40 + 20, 338, 20, stripe)
        at.block((left, 470, left + 240, 545), "#c7a57c", 6)
        for k in range(5):
            at.ball(left + 30 + k * 45, 462, 15, at.one_of(CLOTHES, k + n))
        at.person(left + 120, 470, 128, n)
    for n, x in enumerate((330, 620, 180, 900)):
        at.person(x, 620 - 10 * (n % 2), 150, n + 4)


def _game(at: Scene) -> None:
    at.block((290, 470, 670, 484), "#2f6f5e", 3)
    at.block((476, 446, 484, 472), "#f3f1ea")
    at.block((330, 484, 342, 570), "#55606a")
    at.block((618, 484, 630, 570), "#55606a")
    at.ball(540, 425, 7, "#ffffff")
    for n, x in enumerate((235, 730)):
        at.person(x, 580, 160, n)
    for n, x in enumerate((70, 130, 830, 890)):
        at.person(x, 520 + 10 * (n % 2), 110 + 20 * (n % 2), n + 2)


SCENES = (_garden, _table, _board, _stalls, _game)
DIFFERENT = 20  # drawings; more photos than that show one again


def drawn(number: int) -> files.Picture:
    """A scene of neighbours at work, as the form hands it to a verb."""
    body = io.BytesIO(_body(number % DIFFERENT))
    return files.picture(body, len(body.getvalue()))


@lru_cache(maxsize=DIFFERENT)
def _body(number: int) -> bytes:
    scene = Scene(number)
    scene.yard()
    SCENES[number % len(SCENES)](scene)
    written = io.BytesIO()
    scene.sheet.resize((WIDE, TALL), Image.Resampling.LANCZOS).save(written, "JPEG", quality=82)
    return written.getvalue()
