"""Pictures of one digit: canvases, tight crops, cells, bitmaps; and blank cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.camera import dithered, light, photograph, scan, two_tone
from inkdigit_train.data.pages.geometry import crop, invert, resize, turned_corners, warp
from inkdigit_train.data.pages.page import BOX_LEVEL, Canvas, Cell, Page
from inkdigit_train.data.pages.papers import Surface, draw_rules, line_colour, plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.scribe import Drawn, Scribe
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Bitmap", "CellCrop", "CleanCanvas", "Neighbours", "RuledDigit", "TightCrop"]

Floats = NDArray[np.float32]
Range = tuple[float, float]


def between(rng: np.random.Generator, span: Range) -> float:
    """A size between two, small ones as likely as large ones."""
    return float(np.exp(rng.uniform(*np.log(span))))


@dataclass(frozen=True)
class CleanCanvas:
    """A digit drawn on a canvas of one colour, anywhere, with a pen of any width.

    Attributes:
        side: Of the canvas in pixels.
        fill: Height of the digit over the canvas's.
    """

    side: Range = (28, 220)
    fill: Range = (0.2, 0.9)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        height = round(between(rng, self.side))
        width = height if rng.random() < 0.6 else round(height * between(rng, (0.5, 2.0)))
        ground = plain(rng)
        canvas = _canvas(ground, height, width, rng)
        pen = choose_pen(ground, rng, "any colour")
        scribe = Scribe(writing, pen, rng.uniform(*self.fill) * min(height, 1.5 * width), rng)
        drawn = _fitting(scribe, height, width)
        tall, wide = drawn.coverage.shape
        x = rng.uniform(0, max(width - wide, 0)) if rng.random() < 0.6 else (width - wide) / 2
        y = rng.uniform(0, max(height - tall, 0)) if rng.random() < 0.6 else (height - tall) / 2
        scribe.put(canvas, drawn, x, y + drawn.foot, meant=True)
        page = _single(canvas, "clean canvas")
        return page if rng.random() < 0.6 else _photographed(page, canvas, rng, 0.4)


@dataclass(frozen=True)
class TightCrop:
    """A digit cut out at its bounding box, with little margin, none, or a pixel too little.

    Attributes:
        height: Of the digit in pixels.
        margin: Least and most pixels around it; each side has its own.
    """

    height: Range = (8, 110)
    margin: tuple[int, int] = (-1, 4)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = plain(rng) if rng.random() < 0.5 else surface(rng, 0.25)
        height = between(rng, self.height)
        if rng.random() < 0.25:
            height = 20.0  # MNIST as it is
        canvas = _canvas(drawn_on, round(height * 1.7) + 8, round(height * 2.2) + 8, rng)
        _write_middle(canvas, writing, drawn_on, height, rng)
        photo = rng.random() < 0.5
        if photo and rng.random() < 0.3:
            light(canvas.pixels, rng, 0.6)
        margins = np.zeros(4, int) if rng.random() < 0.5 else rng.integers(*self.margin, size=4)
        if rng.random() < 0.2:
            margins = np.full(4, int(margins[0]))
        if rng.random() < 0.2:
            margins = np.round(margins * height / 12).astype(int)
        canvas = crop(canvas, _grown(_meant_box(canvas), margins))
        page = _single(canvas, "tight crop")
        return _photographed(page, canvas, rng, 0.5) if photo else page


@dataclass(frozen=True)
class Neighbours:
    """A digit cut out of a row with pieces of its neighbours, as form strips are cut.

    Attributes:
        height: Of the digit in pixels.
        gap: Least and most gap to the neighbours, in heights.
    """

    height: Range = (14, 90)
    gap: Range = (-0.12, 0.3)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = surface(rng, 0.08)
        height = between(rng, self.height)
        tall, wide = round(height * 3.6) + 8, round(height * 5) + 8
        canvas = _canvas(drawn_on, tall, wide, rng)
        _clutter(canvas, drawn_on, height, rng)
        drawn = _write_middle(canvas, writing, drawn_on, height, rng)
        left, top, right, bottom = _meant_box(canvas)
        # The writer of the meant digit writes the neighbours too, in most pictures.
        scribe = drawn if rng.random() < 0.8 else Scribe(writing, drawn.pen, height, rng)
        foot = bottom - 1
        for side in (-1, 1):
            if rng.random() < 0.25:
                continue
            other = scribe.digit() if rng.random() < 0.8 else scribe.letter()
            gap = rng.uniform(*self.gap) * height
            x = right + gap if side > 0 else left - gap - other.coverage.shape[1]
            scribe.put(canvas, other, x, foot + rng.normal(0, 0.08) * height)
        if rng.random() < 0.15:
            scribe.put(canvas, scribe.sign(), right + rng.uniform(0.02, 0.15) * height, foot)
        for side in (-1, 1):
            if rng.random() < 0.15:
                other = scribe.digit()
                below = foot + side * height * rng.uniform(1.05, 1.5)
                scribe.put(canvas, other, left + rng.normal(0, 0.5) * height, below)
        margins = np.round(rng.gamma(2.0, 0.07, 4) * height).astype(int)
        margins[[0, 2]] = np.round(rng.gamma(1.5, 0.15, 2) * height).astype(int)
        canvas = crop(canvas, _grown((left, top, right, bottom), margins))
        if rng.random() < 0.4:
            light(canvas.pixels, rng, 0.7)
        return _photographed(_single(canvas, "neighbours"), canvas, rng, 1.0)


@dataclass(frozen=True)
class CellCrop:
    """A cell cut with the rules of its frame, all or some, straight or tilted; blank in some.

    Attributes:
        side: Of the cell in pixels.
        blank: Part of the cells that are blank.
        fill: Height of the digit over the cell's.
        digits: Least and most digits in it; one digit is the one that is meant.
        thickness: Least and most thickness of the rules, over the cell's height.
    """

    side: Range = (24, 130)
    blank: float = 0.0
    fill: Range = (0.35, 0.95)
    digits: tuple[int, int] = (1, 1)
    thickness: Range = (0.008, 0.09)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = surface(rng, 0.06) if rng.random() < 0.75 else plain(rng)
        side = between(rng, self.side)
        tall = side
        many = self.digits[1] > 1
        wide_blank = self.blank == 1 and rng.random() < 0.5
        wide = side * (between(rng, (0.8, 3.0)) if many or wide_blank or rng.random() < 0.3 else 1.0)
        room = 0.35 * side
        canvas = _canvas(drawn_on, round(tall + 2 * room), round(wide + 2 * room), rng)
        canvas.single = not many
        colour = line_colour(drawn_on, rng, rng.random() < 0.4)
        thick = max(between(rng, self.thickness) * side, 0.6)
        for down, (low, high) in ((False, (room, room + tall)), (True, (room, room + wide))):
            kept = [p for p in (low, high) if rng.random() < 0.85]
            drift = float(rng.uniform(0, 0.01)) * side
            draw_rules(canvas.pixels, np.array(kept), thick, colour, rng, down, drift=drift)
        text = ""
        if rng.random() >= self.blank:
            text = self._fill(canvas, writing, drawn_on, (room, tall, wide), rng)
        elif rng.random() < 0.5:
            _dust(canvas, drawn_on, rng)
        if rng.random() < 0.1:
            label = draw_text(words(rng, 1)[:3], 0.15 * side, rng)
            canvas.paint(label, colour, round(room + 2 * thick), round(room + 2 * thick))
        canvas.cells.append(Cell((0, 0, canvas.size[1], canvas.size[0]), text))
        if rng.random() < 0.4:
            height, width = canvas.size
            corners = turned_corners(height, width, rng.normal(0, 3))
            middle = np.array([width, height]) / 2
            corners = middle + 1.12 * (corners - middle)  # no corner of the sheet comes into view
            canvas, _ = warp(canvas, corners, canvas.pixels)
        offset = rng.normal(0, 0.05, 4) * side - (0.02 * side if rng.random() < 0.5 else 0)
        if rng.random() < 0.15:
            offset = np.full(4, rng.uniform(-0.2, 0.3) * side)
        edges = np.round(np.array([room, room, room + wide, room + tall])
                         + offset * np.array([-1, -1, 1, 1])).astype(int)  # fmt: skip
        canvas = crop(canvas, _holding(edges, canvas, rng))
        if rng.random() < (0.5 if self.blank == 1 else 0.15):
            _rests(canvas, colour, rng)
        kind = "cell" if not self.blank else "blank cell"
        canvas.cells[:] = [Cell((0, 0, canvas.size[1], canvas.size[0]), text)]
        if rng.random() < 0.5:
            light(canvas.pixels, rng, 0.7)
        page = canvas.finish("cell number" if many else kind)
        if rng.random() < 0.12 and drawn_on.grain < 0.02:
            return _replaced(page, scan(page.pixels, rng))
        return _photographed(page, canvas, rng, 0.8)

    def _fill(
        self,
        canvas: Canvas,
        writing: Writing,
        drawn_on: Surface,
        cell: tuple[float, float, float],
        rng: np.random.Generator,
    ) -> str:
        room, tall, wide = cell
        pen = choose_pen(drawn_on, rng)
        height = rng.uniform(*self.fill) * tall
        scribe = Scribe(writing, pen, height, rng)
        foot = room + height + rng.uniform(0, max(tall - height, 1))
        if self.digits[1] > 1:
            length = int(rng.integers(self.digits[0], self.digits[1] + 1))
            start = room + rng.uniform(0.03, 0.3) * wide
            return scribe.number(canvas, start, foot, 0, length, right=room + 0.97 * wide)[0]
        drawn = scribe.digit()
        slack = max(wide - drawn.coverage.shape[1], 0)
        x = room + rng.uniform(0, slack)
        if rng.random() < 0.5:
            x, foot = room + slack / 2, room + (tall + height) / 2
        scribe.put(canvas, drawn, x, foot, meant=True)
        if rng.random() < 0.15:  # the digit of the next cell hangs in
            other = scribe.digit()
            scribe.put(canvas, other, room + rng.normal(0, 0.3) * wide, foot + tall * rng.choice([-1, 1]))
        return drawn.label


@dataclass(frozen=True)
class Bitmap:
    """A small bitmap of a digit: grey, black and white, or dithered.

    Attributes:
        side: Of the bitmap in pixels.
    """

    side: tuple[int, int] = (8, 32)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        side = int(rng.integers(self.side[0], self.side[1] + 1))
        if rng.random() < 0.4:
            side = int(rng.choice([8, 16, 28, 32]))
        ground = Surface(np.ones(3, np.float32))
        hard = side >= 16 and rng.random() < 0.35
        scale = 1 if hard else int(rng.integers(1, 5)) if side < 24 else int(rng.integers(1, 3))
        tall = side * scale
        canvas = _canvas(ground, tall, tall, rng)
        pen = choose_pen(ground, rng, "fountain pen")
        margin = 0.0 if rng.random() < 0.4 else float(rng.uniform(0, 0.2))
        height = tall * (1 - 2 * margin)
        width = max(pen.width, 1.0 / side)
        if hard:
            width = int(rng.choice([1, 1, 1, 2, 3])) / height
        _write_middle(canvas, writing, ground, height, rng, width, hard)
        box = _meant_box(canvas)
        if rng.random() < 0.5 and box[2] - box[0] >= tall / 4:
            canvas = crop(canvas, box)
        height_px = max(side, 4)
        width_px = max(3, round(side * canvas.size[1] / canvas.size[0]))
        if rng.random() < 0.15:
            width_px = side  # squeezed to a square
        canvas = resize(canvas, height_px, width_px)
        if rng.random() < 0.4:
            invert(canvas)
        page = _single(canvas, "bitmap")
        roll = rng.random()
        if roll < 0.4:
            return _replaced(page, two_tone(page.pixels, rng))
        return _replaced(page, dithered(page.pixels)) if roll < 0.5 and side >= 20 else page


@dataclass(frozen=True)
class RuledDigit:
    """A digit on ruled, squared or graph paper, standing on its rules or crossed by them.

    Attributes:
        height: Of the digit in pixels.
    """

    height: Range = (16, 120)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = surface(rng, 0.05)
        height = between(rng, self.height)
        canvas = _canvas(drawn_on, round(height * 2.2), round(height * 2.2), rng)
        _clutter(canvas, drawn_on, height, rng, always=True)
        _write_middle(canvas, writing, drawn_on, height, rng)
        margins = np.round(rng.gamma(2.0, 0.12, 4) * height).astype(int)
        canvas = crop(canvas, _grown(_meant_box(canvas), margins))
        if rng.random() < 0.5:
            light(canvas.pixels, rng)
        return _photographed(_single(canvas, "ruled digit"), canvas, rng, 1.0)


def _canvas(drawn_on: Surface, height: int, width: int, rng: np.random.Generator) -> Canvas:
    return Canvas(drawn_on.lay(max(height, 4), max(width, 4), rng))


def _single(canvas: Canvas, kind: str) -> Page:
    canvas.single = True
    return canvas.finish(kind)


def _photographed(page: Page, canvas: Canvas, rng: np.random.Generator, strength: float) -> Page:
    pixels = photograph(canvas.pixels, rng, strength)
    return _replaced(page, scan(pixels, rng) if rng.random() < 0.03 else pixels)


def _replaced(page: Page, pixels: NDArray[np.uint8]) -> Page:
    return Page(pixels, page.ink, page.meant, page.glyphs, page.rows, page.cells, page.kind)


def _write_middle(
    canvas: Canvas,
    writing: Writing,
    drawn_on: Surface,
    height: float,
    rng: np.random.Generator,
    pen_width: float | None = None,
    hard: bool = False,
) -> Scribe:
    """Write the meant digit in the middle of the canvas."""
    pen = choose_pen(drawn_on, rng)
    if pen_width is not None:
        pen = type(pen)(pen_width, pen.colour, 1.0, 0.0)
    scribe = Scribe(writing, pen, height, rng, hard)
    drawn = scribe.digit()
    tall, wide = drawn.coverage.shape
    x, y = (canvas.size[1] - wide) / 2, (canvas.size[0] - tall) / 2
    scribe.put(canvas, drawn, x, y + drawn.foot, meant=True)
    return scribe


def _meant_box(canvas: Canvas) -> tuple[int, int, int, int]:
    rows = np.flatnonzero((canvas.meant >= BOX_LEVEL).any(axis=1))
    columns = np.flatnonzero((canvas.meant >= BOX_LEVEL).any(axis=0))
    if not len(rows):
        return 0, 0, canvas.size[1], canvas.size[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _fitting(scribe: Scribe, height: float, width: float) -> Drawn:
    """A digit that fits, the narrowest tried where none does."""
    tries = [scribe.digit() for _ in range(4)]
    fitting = (d for d in tries if d.coverage.shape[0] <= height and d.coverage.shape[1] <= width)
    return next(fitting, min(tries, key=lambda d: max(d.coverage.shape)))


def _holding(
    edges: NDArray[np.int64], canvas: Canvas, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """The box widened until no more than a pixel of the digits that belong to it is cut off."""
    height, width = canvas.size
    inside = canvas.meant if canvas.single else canvas.ink
    rows = np.flatnonzero((inside >= BOX_LEVEL).any(axis=1))
    columns = np.flatnonzero((inside >= BOX_LEVEL).any(axis=0))
    if len(rows):
        cut = int(rng.random() < 0.2)
        edges[:2] = np.minimum(edges[:2], [columns[0] + cut, rows[0] + cut])
        edges[2:] = np.maximum(edges[2:], [columns[-1] + 1 - cut, rows[-1] + 1 - cut])
    left, top = max(int(edges[0]), 0), max(int(edges[1]), 0)
    return left, top, max(min(int(edges[2]), width), left + 2), max(min(int(edges[3]), height), top + 2)


def _grown(
    box: tuple[int, int, int, int], margins: NDArray[np.int64]
) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    before_x, before_y, after_x, after_y = (int(m) for m in margins)
    left, top = max(left - before_x, 0), max(top - before_y, 0)
    return left, top, max(right + after_x, left + 2), max(bottom + after_y, top + 2)


def _clutter(
    canvas: Canvas,
    drawn_on: Surface,
    height: float,
    rng: np.random.Generator,
    always: bool = False,
) -> None:
    """Rules, squares, dotted lines and print around and under the middle of a canvas."""
    roll = rng.random() if not always else rng.random() * 0.5
    tall, wide = canvas.size
    thick = max(between(rng, (0.01, 0.07)) * height, 0.5)
    colour = line_colour(drawn_on, rng, rng.random() < 0.7)
    drift = float(rng.uniform(0, 0.02)) * height
    if roll < 0.3:
        step = height * rng.uniform(0.35, 1.6)
        foot = tall / 2 + height / 2 + rng.normal(0, 0.15) * height
        rows = foot + step * np.arange(-6, 7)
        draw_rules(canvas.pixels, rows, thick, colour, rng, drift=drift)
        if roll < 0.17:
            columns = wide / 2 + step * (np.arange(-8, 8) + rng.uniform())
            draw_rules(canvas.pixels, columns, thick, colour, rng, down=True, drift=drift)
    elif roll < 0.42:
        foot = np.array([tall / 2 + height / 2 + rng.normal(0, 0.12) * height])
        dotted = rng.random() < 0.5
        draw_rules(canvas.pixels, foot, thick, colour, rng, dotted=dotted, drift=drift)
    elif roll < 0.5:
        column = np.array([wide / 2 + height * rng.choice([-1, 1]) * rng.uniform(0.3, 0.9)])
        draw_rules(canvas.pixels, column, thick, colour, rng, down=True, drift=drift)
    elif roll < 0.56:
        text = draw_text(words(rng), height * rng.uniform(0.15, 0.5), rng)
        y = tall / 2 + height * rng.choice([-1, 1]) * rng.uniform(0.6, 1.0)
        canvas.paint(text, colour, round(wide / 2 - height), round(y - text.shape[0] / 2))


def _rests(canvas: Canvas, colour: Floats, rng: np.random.Generator) -> None:
    """What is left of a frame at the picture's border: slivers of its lines, ragged and slanting."""
    for down in (False, True):
        length = canvas.size[1 - down]
        thick = rng.uniform(0.4, 0.03 * max(canvas.size) + 1)
        ends = np.sort(rng.uniform(-0.3, 1.3, 2)).clip(0, 0.99)
        for edge in (0.0, float(canvas.size[down])):
            if rng.random() < 0.5:
                at = np.array([edge + rng.normal(0, 1) * thick])
                part = (float(ends[0]), float(ends[1]))
                draw_rules(canvas.pixels, at, thick, colour, rng, down, drift=0.006 * length, ends=part)


def _dust(canvas: Canvas, drawn_on: Surface, rng: np.random.Generator) -> None:
    tall, wide = canvas.size
    for _ in range(int(rng.integers(1, 6))):
        side = int(rng.integers(1, max(2, tall // 20) + 1))
        speck = np.full((side, max(1, side + int(rng.integers(-1, 2)))), rng.uniform(0.2, 1))
        colour = line_colour(drawn_on, rng, False)
        canvas.paint(speck.astype(np.float32), colour, int(rng.integers(wide)), int(rng.integers(tall)))
