"""What pages of numbers have in common: rules, boxes, print, and the photo in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.camera import light, photograph, scan
from inkdigit_train.data.pages.page import Canvas, Page
from inkdigit_train.data.pages.papers import Surface, draw_rules, line_colour
from inkdigit_train.data.pages.printed import draw_text, words

__all__ = ["draw_box", "draw_page_rules", "draw_print", "taken", "whole"]

Floats = NDArray[np.float32]
Range = tuple[float, float]


def draw_page_rules(
    canvas: Canvas,
    drawn_on: Surface,
    first: float,
    pitch: float,
    height: float,
    rng: np.random.Generator,
) -> None:
    """Rules under the rows or through them; squares; graph paper with bold lines among fine."""
    colour = line_colour(drawn_on, rng, rng.random() < 0.7)
    thick = max(float(np.exp(rng.uniform(*np.log((0.012, 0.06))))) * height, 0.5)
    drift = float(rng.uniform(0, 0.01)) * height
    roll = rng.random()
    step = pitch if roll < 0.55 else height * rng.uniform(0.25, 1.3)
    offset = (
        rng.normal(0.05, 0.1) * height if rng.random() < 0.7 else rng.uniform(-0.8, 0.3) * height
    )
    count = int(canvas.size[0] / step) + 3
    rows = first + offset + step * np.arange(-count, count)
    draw_rules(canvas, rows, thick, colour, rng, drift=drift, dotted=roll < 0.08)
    if roll > 0.6:
        count = int(canvas.size[1] / step) + 2
        columns = step * (np.arange(count) + rng.uniform())
        draw_rules(canvas, columns, thick, colour, rng, True, drift=drift)
        if roll > 0.85:
            draw_rules(canvas, rows[::5], 2 * thick, colour, rng)
            draw_rules(canvas, columns[::5], 2 * thick, colour, rng, True)
    elif roll < 0.2:
        column = np.array([rng.uniform(0.02, 0.15) * canvas.size[1]])
        draw_rules(canvas, column, thick, line_colour(drawn_on, rng, True), rng, True)


def draw_box(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    thick: float,
    colour: Floats,
    rng: np.random.Generator,
    open_top: bool = False,
) -> None:
    """Draw a box, without its upper side where `open_top`."""
    left, top, right, bottom = box
    tall, wide = canvas.size
    ends_x = (max(left, 0) / wide, min(right + thick / 2, wide) / wide)
    ends_y = (max(top, 0) / tall, min(bottom + thick / 2, tall) / tall)
    rows = np.array([bottom] if open_top else [top, bottom])
    draw_rules(canvas, rows, thick, colour, rng, ends=ends_x)
    draw_rules(canvas, np.array([left, right]), thick, colour, rng, True, ends=ends_y)


def draw_print(
    canvas: Canvas,
    colour: Floats,
    x: float,
    middle: float,
    height: float,
    rng: np.random.Generator,
    room: float = 1e6,
) -> float:
    """A line of print around the row `middle`; its width in pixels."""
    text = draw_text(words(rng, 1 if room < 6 * height else 4), height, rng)
    text = text[:, : max(int(room * 0.95), 1)]
    canvas.paint(text, colour, round(x), round(middle - text.shape[0] / 2))
    return float(text.shape[1])


def whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """A box in whole pixels."""
    left, top, right, bottom = (round(edge) for edge in box)
    return left, top, right, bottom


def taken(canvas: Canvas, kind: str, rng: np.random.Generator, strength: float = 0.8) -> Page:
    """The page as it was photographed or scanned, or as it is."""
    roll = rng.random()
    if roll > 0.25:
        light(canvas.pixels, rng, strength)
    page = canvas.finish(kind)
    pixels = page.pixels if roll < 0.1 else photograph(canvas.pixels, rng, strength)
    if 0.1 < roll < 0.17:
        pixels = scan(pixels, rng)
    return replace(page, pixels=pixels)
