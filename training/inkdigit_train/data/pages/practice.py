"""Practice sheets as a writer fills them in, photographed, with each box's truth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.transform import Transform
from inkdigit._practice.draw import draw_sheet
from inkdigit._practice.layout import BOXES, SheetBox
from inkdigit_train.data.pages.desks import laid_on_desk
from inkdigit_train.data.pages.geometry import quarter_turns, turned_corners
from inkdigit_train.data.pages.layout import taken
from inkdigit_train.data.pages.page import Canvas
from inkdigit_train.data.pages.papers import Surface
from inkdigit_train.data.pages.pens import Pen, choose_pen
from inkdigit_train.data.pages.sheets import PAGE_PENS
from inkdigit_train.data.pages.writing import Hand, draw_strokes

__all__ = ["MadePractice", "photograph_sheet"]

DPI = 130  # a photo of 1,500 to 2,000 pixels
DIGIT = (0.5, 0.75)  # of a box's height that a hand's digits are high
TURN_DEGREES, TILT, MARGIN = 4.0, 0.04, (0.01, 0.2)  # as sheets with tables are photographed
SCANNED = 0.2  # of the sheets


@dataclass(frozen=True, eq=False)
class MadePractice:
    """A made photo of a filled sheet.

    Attributes:
        pixels: (H, W, 3) uint8.
        middles: (n, 2) of its boxes in pixels, in the order of `BOXES`.
        mm: Pixels that a millimetre takes, on average.
        turns: Right angles by which it is turned counter-clockwise.
        used: For each box the hand's glyphs that are written there, as indices.
    """

    pixels: NDArray[np.uint8]
    middles: NDArray[np.float64]
    mm: float
    turns: int
    used: tuple[tuple[int, ...], ...]


def photograph_sheet(hand: Hand, rng: np.random.Generator) -> MadePractice:
    """Fill in a sheet and take a photo of it.

    Args:
        hand: Has every digit.
        rng: Where chance comes from.
    """
    scale = DPI / 25.4
    paper = Surface(np.full(3, rng.uniform(0.85, 1.0), np.float32))
    printed = np.asarray(draw_sheet(DPI), np.float32) / np.float32(255)
    canvas = Canvas(paper.lay(printed.shape[0], printed.shape[1], rng) * printed[..., None])
    pen = choose_pen(paper, rng, str(rng.choice(PAGE_PENS)))
    glyphs: dict[str, list[int]] = defaultdict(list)
    for index, (label, _) in enumerate(hand.glyphs):
        glyphs[label].append(index)
    tall = rng.uniform(*DIGIT) * (BOXES[0].bottom - BOXES[0].top) * scale
    used = tuple(_write(canvas, hand, glyphs, box, pen, tall, rng) for box in BOXES)
    middles = np.array([[b.left + b.right, b.top + b.bottom] for b in BOXES]) / 2 * scale
    height, width = canvas.size
    before = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    scanned = rng.random() < SCANNED
    degrees = rng.normal(0, TURN_DEGREES / (4 if scanned else 1))
    corners = turned_corners(height, width, degrees)
    margin = (0.0, 0.01) if scanned else MARGIN
    canvas, corners = laid_on_desk(canvas, corners, 0.0 if scanned else TILT, margin, rng)
    middles = Transform.between(before, corners).points(middles)
    mm = float(np.hypot(*(corners[1] - corners[0])) / width * scale)
    turns = int(rng.integers(4))
    wide = canvas.size[1]
    for turn in range(turns):
        side = wide if turn % 2 == 0 else canvas.size[0]
        middles = np.stack([middles[:, 1], side - middles[:, 0]], axis=1)
    page = taken(quarter_turns(canvas, turns), "practice", rng)
    return MadePractice(page.pixels, middles, mm, turns, used)


def _write(
    canvas: Canvas,
    hand: Hand,
    glyphs: dict[str, list[int]],
    box: SheetBox,
    pen: Pen,
    tall: float,
    rng: np.random.Generator,
) -> tuple[int, ...]:
    """Write what a box asks for, about in its middle; which glyphs."""
    scale = DPI / 25.4
    pen_px = max(pen.width * tall, 0.7)
    chosen = tuple(glyphs[digit][int(rng.integers(len(glyphs[digit])))] for digit in box.text)
    height = tall * float(np.exp(rng.normal(0, 0.06)))
    drawn = [draw_strokes(hand.glyphs[index][1], height, pen_px) for index in chosen]
    gap = rng.uniform(0.05, 0.3) * height
    wide = sum(coverage.shape[1] for coverage, _ in drawn) + gap * (len(drawn) - 1)
    room = (box.right - box.left) * scale
    if wide > room:  # whoever sees that there is no room writes smaller
        height *= room / wide * 0.95
        drawn = [draw_strokes(hand.glyphs[index][1], height, pen_px) for index in chosen]
        gap *= room / wide
        wide = sum(coverage.shape[1] for coverage, _ in drawn) + gap * (len(drawn) - 1)
    x = (box.left + box.right) / 2 * scale - wide / 2 + rng.normal(0, 0.06) * (room - wide)
    foot = (box.top + box.bottom) / 2 * scale + height / 2 + rng.normal(0, 0.06) * height
    for (coverage, at), digit in zip(drawn, box.text, strict=True):
        texture = pen.texture(coverage.shape, rng)
        canvas.write(coverage, texture, pen.colour, round(x), round(foot) - at, digit, 0, 0)
        x += coverage.shape[1] + gap
    return chosen
