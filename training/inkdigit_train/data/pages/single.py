"""Pictures of one digit: canvases, tight crops, rows cut apart, bitmaps, ruled paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.camera import dithered, light, two_tone
from inkdigit_train.data.pages.geometry import crop, invert, resize
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.papers import Surface, plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.staging import (
    between,
    blank_canvas,
    draw_clutter,
    finish_single,
    fitting_digit,
    grown,
    meant_box,
    photographed,
    with_pixels,
    write_middle,
)
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Bitmap", "CleanCanvas", "Neighbours", "RuledDigit", "TightCrop"]

Floats = NDArray[np.float32]
Range = tuple[float, float]


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
        canvas = blank_canvas(ground, height, width, rng)
        pen = choose_pen(ground, rng, "any colour")
        scribe = Scribe(writing, pen, rng.uniform(*self.fill) * min(height, 1.5 * width), rng)
        drawn = fitting_digit(scribe, height, width)
        tall, wide = drawn.coverage.shape
        x = rng.uniform(0, max(width - wide, 0)) if rng.random() < 0.6 else (width - wide) / 2
        y = rng.uniform(0, max(height - tall, 0)) if rng.random() < 0.6 else (height - tall) / 2
        scribe.put(canvas, drawn, x, y + drawn.foot, meant=True)
        page = finish_single(canvas, "clean canvas")
        return page if rng.random() < 0.6 else photographed(page, canvas, rng, 0.4)


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
        canvas = blank_canvas(drawn_on, round(height * 1.7) + 8, round(height * 2.2) + 8, rng)
        write_middle(canvas, writing, drawn_on, height, rng)
        photo = rng.random() < 0.5
        if photo and rng.random() < 0.3:
            light(canvas.pixels, rng, 0.6)
        margins = np.zeros(4, int) if rng.random() < 0.5 else rng.integers(*self.margin, size=4)
        if rng.random() < 0.2:
            margins = np.full(4, int(margins[0]))
        if rng.random() < 0.2:
            margins = np.round(margins * height / 12).astype(int)
        canvas = crop(canvas, grown(meant_box(canvas), margins))
        page = finish_single(canvas, "tight crop")
        return photographed(page, canvas, rng, 0.5) if photo else page


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
        canvas = blank_canvas(drawn_on, tall, wide, rng)
        draw_clutter(canvas, drawn_on, height, rng)
        drawn = write_middle(canvas, writing, drawn_on, height, rng)
        left, top, right, bottom = meant_box(canvas)
        # The writer of the meant digit writes the neighbours too, in most pictures.
        scribe = drawn if rng.random() < 0.8 else Scribe(writing, drawn.pen, height, rng)
        foot = bottom - 1
        for side in (-1, 1):
            if rng.random() < 0.25:
                continue
            other = scribe.digit() if rng.random() < 0.8 else scribe.letter()
            # Digits that lean reach into each other's boxes without touching.
            low = self.gap[0] - 0.5 * max(scribe.slant, 0)
            gap = rng.uniform(low, self.gap[1]) * height
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
        if rng.random() < 0.5:  # a box around the digit, made wider by a part of its size
            both = rng.uniform(0.1, 0.6) * height + rng.normal(0, 0.05, 2) * height
            margins[[0, 2]] = np.maximum(np.round(both), 0).astype(int)
        canvas = crop(canvas, grown((left, top, right, bottom), margins))
        if rng.random() < 0.4:
            light(canvas.pixels, rng, 0.7)
        return photographed(finish_single(canvas, "neighbours"), canvas, rng, 1.0)


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
        canvas = blank_canvas(ground, tall, tall, rng)
        pen = choose_pen(ground, rng, "fountain pen")
        margin = 0.0 if rng.random() < 0.4 else float(rng.uniform(0, 0.2))
        height = tall * (1 - 2 * margin)
        width = max(pen.width, 1.0 / side)
        if hard:
            width = int(rng.choice([1, 1, 1, 2, 3])) / height
        write_middle(canvas, writing, ground, height, rng, width, hard)
        box = meant_box(canvas)
        if rng.random() < 0.5 and box[2] - box[0] >= tall / 4:
            canvas = crop(canvas, box)
        height_px = max(side, 4)
        width_px = max(3, round(side * canvas.size[1] / canvas.size[0]))
        if rng.random() < 0.15:
            width_px = side  # squeezed to a square
        canvas = resize(canvas, height_px, width_px)
        if rng.random() < 0.4:
            invert(canvas)
        page = finish_single(canvas, "bitmap")
        roll = rng.random()
        if roll < 0.4:
            return with_pixels(page, two_tone(page.pixels, rng))
        return with_pixels(page, dithered(page.pixels)) if roll < 0.5 and side >= 20 else page


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
        canvas = blank_canvas(drawn_on, round(height * 2.2), round(height * 2.2), rng)
        draw_clutter(canvas, drawn_on, height, rng, always=True)
        write_middle(canvas, writing, drawn_on, height, rng)
        margins = np.round(rng.gamma(2.0, 0.12, 4) * height).astype(int)
        canvas = crop(canvas, grown(meant_box(canvas), margins))
        if rng.random() < 0.5:
            light(canvas.pixels, rng)
        return photographed(finish_single(canvas, "ruled digit"), canvas, rng, 1.0)
