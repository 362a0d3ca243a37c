"""Cells cut out of tables and forms, with rests of their frame; blank ones too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.camera import light, scan
from inkdigit_train.data.pages.geometry import crop, turned_corners, warp
from inkdigit_train.data.pages.page import Canvas, Cell, Page
from inkdigit_train.data.pages.papers import (
    Surface,
    draw_rules,
    line_colour,
    plain,
    surface,
    wander,
)
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.staging import (
    between,
    blank_canvas,
    holding,
    photographed,
    with_pixels,
)
from inkdigit_train.data.pages.writing import Writing

__all__ = ["CellCrop"]

TORN = 0.12  # of the cells lie at the edge of their sheet

Floats = NDArray[np.float32]
Range = tuple[float, float]


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
        wide = side * (
            between(rng, (0.8, 3.0)) if many or wide_blank or rng.random() < 0.3 else 1.0
        )
        room = 0.35 * side
        canvas = blank_canvas(drawn_on, round(tall + 2 * room), round(wide + 2 * room), rng)
        canvas.single = not many
        colour = line_colour(drawn_on, rng, rng.random() < 0.4)
        thick = max(between(rng, self.thickness) * side, 0.6)
        for down, (low, high) in ((False, (room, room + tall)), (True, (room, room + wide))):
            kept = [p for p in (low, high) if rng.random() < 0.85]
            drift = float(rng.uniform(0, 0.01)) * side
            draw_rules(canvas, np.array(kept), thick, colour, rng, down, drift=drift)
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
        canvas = crop(canvas, holding(edges, canvas, rng))
        if rng.random() < (0.5 if self.blank == 1 else 0.15):
            _rests(canvas, colour, rng)
        if rng.random() < TORN:
            _torn_edge(canvas, rng)
        kind = "cell" if not self.blank else "blank cell"
        canvas.cells[:] = [Cell((0, 0, canvas.size[1], canvas.size[0]), text)]
        if rng.random() < 0.5:
            light(canvas.pixels, rng, 0.7)
        page = canvas.finish("cell number" if many else kind)
        if rng.random() < 0.12 and drawn_on.grain < 0.02:
            return with_pixels(page, scan(page.pixels, rng))
        return photographed(page, canvas, rng, 0.8)

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
            scribe.put(
                canvas, other, room + rng.normal(0, 0.3) * wide, foot + tall * rng.choice([-1, 1])
            )
        return drawn.label


def _rests(canvas: Canvas, colour: Floats, rng: np.random.Generator) -> None:
    """What is left of a frame at the picture's border: ragged, slanting slivers of its lines."""
    for down in (False, True):
        length = canvas.size[1 - down]
        thick = rng.uniform(0.4, 0.03 * max(canvas.size) + 1)
        ends = np.sort(rng.uniform(-0.3, 1.3, 2)).clip(0, 0.99)
        for edge in (0.0, float(canvas.size[down])):
            if rng.random() < 0.5:
                at = np.array([edge + rng.normal(0, 1) * thick])
                part = (float(ends[0]), float(ends[1]))
                draw_rules(canvas, at, thick, colour, rng, down, drift=0.006 * length, ends=part)


def _torn_edge(canvas: Canvas, rng: np.random.Generator) -> None:
    """What lies beyond the sheet's ragged edge, on one side of the picture: desk and shadow."""
    tall, wide = canvas.size
    down = bool(rng.random() < 0.7)
    length, across = (tall, wide) if down else (wide, tall)
    depth = rng.uniform(0.01, 0.12) * across + wander(length, 0.02 * across, rng)
    distance = np.arange(across)[None] - depth[:, None]
    cover = np.clip(0.5 - distance / rng.uniform(1, 3), 0, 1).astype(np.float32)
    cover = cover[:, ::-1] if rng.random() < 0.5 else cover
    cover = np.ascontiguousarray(cover if down else cover.T)
    # Never over the digits: they stay whole, as the truth says.
    cover *= 1 - np.clip(canvas.ink * 3, 0, 1)
    canvas.paint(cover, rng.uniform(0, 0.5) * np.ones(3, np.float32))


def _dust(canvas: Canvas, drawn_on: Surface, rng: np.random.Generator) -> None:
    tall, wide = canvas.size
    for _ in range(int(rng.integers(1, 6))):
        side = int(rng.integers(1, max(2, tall // 20) + 1))
        speck = np.full((side, max(1, side + int(rng.integers(-1, 2)))), rng.uniform(0.2, 1))
        colour = line_colour(drawn_on, rng, False)
        canvas.paint(
            speck.astype(np.float32), colour, int(rng.integers(wide)), int(rng.integers(tall))
        )
