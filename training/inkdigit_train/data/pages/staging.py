"""Steps that pictures of one digit have in common: a canvas, the digit, clutter, the cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import INK_LEVEL
from inkdigit_train.data.pages.camera import photograph, scan
from inkdigit_train.data.pages.page import Canvas, Page
from inkdigit_train.data.pages.papers import Surface, draw_rules, line_colour
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.scribe import Drawn, Scribe
from inkdigit_train.data.pages.writing import Writing

__all__ = [
    "between",
    "blank_canvas",
    "draw_clutter",
    "finish_single",
    "fitting_digit",
    "grown",
    "holding",
    "meant_box",
    "photographed",
    "with_pixels",
    "write_middle",
]

Floats = NDArray[np.float32]
Range = tuple[float, float]


def between(rng: np.random.Generator, span: Range) -> float:
    """A size between two, small ones as likely as large ones."""
    return float(np.exp(rng.uniform(*np.log(span))))


def blank_canvas(drawn_on: Surface, height: int, width: int, rng: np.random.Generator) -> Canvas:
    """A canvas of at least 4 × 4 pixels."""
    return Canvas(drawn_on.lay(max(height, 4), max(width, 4), rng))


def finish_single(canvas: Canvas, kind: str) -> Page:
    """The page of a canvas on which one digit is meant."""
    canvas.single = True
    return canvas.finish(kind)


def photographed(page: Page, canvas: Canvas, rng: np.random.Generator, strength: float) -> Page:
    """The page as a camera or a copier took it."""
    pixels = photograph(canvas.pixels, rng, strength)
    return with_pixels(page, scan(pixels, rng) if rng.random() < 0.03 else pixels)


def with_pixels(page: Page, pixels: NDArray[np.uint8]) -> Page:
    """The page with other pixels and the same truth."""
    return replace(page, pixels=pixels)


def write_middle(
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


def meant_box(canvas: Canvas) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the digit that is meant; the whole canvas where there is none."""
    rows = np.flatnonzero((canvas.meant >= INK_LEVEL).any(axis=1))
    columns = np.flatnonzero((canvas.meant >= INK_LEVEL).any(axis=0))
    if not len(rows):
        return 0, 0, canvas.size[1], canvas.size[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def fitting_digit(scribe: Scribe, height: float, width: float) -> Drawn:
    """A digit that fits, the narrowest tried where none does."""
    tries = [scribe.digit() for _ in range(4)]
    fitting = (d for d in tries if d.coverage.shape[0] <= height and d.coverage.shape[1] <= width)
    return next(fitting, min(tries, key=lambda d: max(d.coverage.shape)))


def holding(
    edges: NDArray[np.int64], canvas: Canvas, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """The box widened until no more than a pixel of the digits that belong to it is cut off."""
    height, width = canvas.size
    inside = canvas.meant if canvas.single else canvas.ink
    rows = np.flatnonzero((inside >= INK_LEVEL).any(axis=1))
    columns = np.flatnonzero((inside >= INK_LEVEL).any(axis=0))
    if len(rows):
        cut = int(rng.random() < 0.2)
        edges[:2] = np.minimum(edges[:2], [columns[0] + cut, rows[0] + cut])
        edges[2:] = np.maximum(edges[2:], [columns[-1] + 1 - cut, rows[-1] + 1 - cut])
    left, top = max(int(edges[0]), 0), max(int(edges[1]), 0)
    return (
        left,
        top,
        max(min(int(edges[2]), width), left + 2),
        max(min(int(edges[3]), height), top + 2),
    )


def grown(box: tuple[int, int, int, int], margins: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """A box with a margin on each side, at least 2 pixels wide and high."""
    left, top, right, bottom = box
    before_x, before_y, after_x, after_y = (int(m) for m in margins)
    left, top = max(left - before_x, 0), max(top - before_y, 0)
    return left, top, max(right + after_x, left + 2), max(bottom + after_y, top + 2)


def draw_clutter(
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
        draw_rules(canvas, rows, thick, colour, rng, drift=drift)
        if roll < 0.17:
            columns = wide / 2 + step * (np.arange(-8, 8) + rng.uniform())
            draw_rules(canvas, columns, thick, colour, rng, down=True, drift=drift)
    elif roll < 0.42:
        at = np.array([tall / 2 + height / 2 + rng.normal(0, 0.12) * height])
        dotted = rng.random() < 0.5
        draw_rules(canvas, at, thick, colour, rng, dotted=dotted, drift=drift)
    elif roll < 0.5:
        column = np.array([wide / 2 + height * rng.choice([-1, 1]) * rng.uniform(0.3, 0.9)])
        draw_rules(canvas, column, thick, colour, rng, down=True, drift=drift)
    elif roll < 0.56:
        text = draw_text(words(rng), height * rng.uniform(0.15, 0.5), rng)
        y = tall / 2 + height * rng.choice([-1, 1]) * rng.uniform(0.6, 1.0)
        canvas.paint(text, colour, round(wide / 2 - height), round(y - text.shape[0] / 2))
