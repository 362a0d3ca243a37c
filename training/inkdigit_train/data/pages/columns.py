"""Columns of numbers without rules between them, and rows of digits that stand far apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigit_train.data.pages.layout import draw_page_rules, taken
from inkdigit_train.data.pages.page import Canvas, Page
from inkdigit_train.data.pages.papers import draw_rules, line_colour, plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.sheets import PAGE_PENS
from inkdigit_train.data.pages.staging import between
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Columns", "Spread"]

Range = tuple[float, float]


@dataclass(frozen=True)
class Columns:
    """Numbers side by side, in one row or in columns: lists, sums, scores, dates and amounts.

    Attributes:
        height: Of a digit in pixels.
        columns: Least and most columns.
        rows: Least and most rows.
        apart: Least gap between two columns, in heights; their widest numbers are so far apart.
        blank: Part of the places without a number.
    """

    height: Range = (18, 50)
    columns: tuple[int, int] = (2, 4)
    rows: tuple[int, int] = (1, 6)
    apart: Range = (0.8, 4.0)
    blank: float = 0.1

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        drawn_on = plain(rng) if rng.random() < 0.3 else surface(rng, 0.1)
        height = between(rng, self.height)
        columns = int(rng.integers(self.columns[0], self.columns[1] + 1))
        rows = int(rng.integers(self.rows[0], self.rows[1] + 1))
        longest = rng.integers(1 if rng.random() < 0.3 else 2, 6, columns)
        low = rng.uniform(-0.1, 0.15)
        gap = (low, low + rng.uniform(0.1, 0.35))
        apart = between(rng, self.apart) * height
        widths = (0.6 + 0.5 * (gap[0] + gap[1])) * height * longest + apart
        margin = height * rng.uniform(0.2, 1.0)
        pitch = height * rng.uniform(1.35, 2.2)
        tall = round(2 * margin + pitch * (rows - 1) + 1.3 * height)
        canvas = Canvas(drawn_on.lay(tall, round(2 * margin + widths.sum()), rng))
        first = margin + 1.15 * height
        if rng.random() < 0.4:
            draw_page_rules(canvas, drawn_on, first, pitch, height, rng)
        starts = margin + np.concatenate([[0], np.cumsum(widths)])
        if rng.random() < 0.2:
            colour = line_colour(drawn_on, rng, rng.random() < 0.5)
            between_columns = starts[1:-1] - apart / 2
            draw_rules(canvas, between_columns, max(0.03 * height, 0.7), colour, rng, True)
        scribe = Scribe(writing, choose_pen(drawn_on, rng, str(rng.choice(PAGE_PENS))), height, rng)
        for row in range(rows):
            foot = first + row * pitch + rng.normal(0, 0.04) * height
            end = 0.0
            for column in range(columns):
                if rng.random() < self.blank:
                    continue
                length = int(longest[column])
                if rng.random() < 0.4:
                    length = int(rng.integers(1, length + 1))
                # A number that came out longer than usual pushes the next one on.
                x = max(float(starts[column]) + rng.normal(0, 0.15) * height, end + 0.7 * apart)
                _, end = scribe.number(canvas, x, foot, row, length, gap, right=canvas.size[1])
        return taken(canvas, "columns", rng)


@dataclass(frozen=True)
class Spread:
    """Rows of one number each, its digits far apart and often one under the other.

    Attributes:
        height: Of a digit in pixels.
        digits: Least and most digits of a row.
        rows: Least and most rows.
        pitch: From one digit to the next, in heights.
    """

    height: Range = (18, 50)
    digits: tuple[int, int] = (3, 10)
    rows: tuple[int, int] = (1, 8)
    pitch: Range = (0.9, 2.4)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        drawn_on = plain(rng) if rng.random() < 0.3 else surface(rng, 0.1)
        height = between(rng, self.height)
        most = int(rng.integers(self.digits[0], self.digits[1] + 1))
        rows = int(rng.integers(self.rows[0], self.rows[1] + 1))
        across = between(rng, self.pitch) * height
        down = height * rng.uniform(1.3, 2.5)
        margin = height * rng.uniform(0.3, 1.0)
        tall = round(2 * margin + down * (rows - 1) + 1.3 * height)
        canvas = Canvas(drawn_on.lay(tall, round(2 * margin + across * most), rng))
        first = margin + 1.15 * height
        roll = rng.random()
        if roll < 0.3:
            draw_page_rules(canvas, drawn_on, first, down, height, rng)
        elif roll < 0.6:  # squares, a digit in each or in every other one
            colour = line_colour(drawn_on, rng, rng.random() < 0.7)
            thick = max(rng.uniform(0.01, 0.05) * height, 0.6)
            step = across / rng.integers(1, 3)
            columns = margin + step * np.arange(-3, 2 * most + 4)
            lines = first + 0.15 * height + down * np.arange(-2, rows + 2)
            draw_rules(canvas, columns, thick, colour, rng, True)
            draw_rules(canvas, lines, thick, colour, rng)
        scribe = Scribe(writing, choose_pen(drawn_on, rng, str(rng.choice(PAGE_PENS))), height, rng)
        loose = rng.uniform(0.02, 0.15)
        for row in range(rows):
            count = most if rng.random() < 0.8 else int(rng.integers(2, most + 1))
            foot = first + row * down
            for k in range(count):
                drawn = scribe.digit()
                x = margin + across * (k + 0.5) - drawn.coverage.shape[1] / 2
                x += rng.normal(0, loose) * height
                scribe.put(canvas, drawn, x, foot + rng.normal(0, 0.04) * height, row, row)
        return taken(canvas, "spread", rng)
