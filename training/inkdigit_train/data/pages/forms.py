"""Combs, tables and forms with print around the numbers; pages of print alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.layout import draw_box, draw_page_rules, draw_print, taken, whole
from inkdigit_train.data.pages.page import Canvas, Cell, Page
from inkdigit_train.data.pages.papers import draw_rules, line_colour, plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import any_font, draw_text, words
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.sheets import PAGE_PENS
from inkdigit_train.data.pages.staging import between
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Comb", "Form", "Print", "Table"]

Floats = NDArray[np.float32]
Range = tuple[float, float]


@dataclass(frozen=True)
class Comb:
    """A row of boxes with a digit in each or in some, beside print in many.

    Attributes:
        height: Of a box in pixels.
        boxes: Least and most boxes.
        blank: Part of the boxes without a digit.
    """

    height: Range = (24, 70)
    boxes: tuple[int, int] = (2, 10)
    blank: float = 0.2

    def draw(self, writing: Writing, rng: np.random.Generator) -> Canvas:
        """The sheet before it is photographed."""
        drawn_on = surface(rng, 0.03) if rng.random() < 0.7 else plain(rng)
        side = between(rng, self.height)
        count = int(rng.integers(self.boxes[0], self.boxes[1] + 1))
        rows = 1 if rng.random() < 0.6 else int(rng.integers(2, 4))
        wide_box = side * rng.uniform(0.65, 1.2)
        apart = 0.0 if rng.random() < 0.6 else side * rng.uniform(0.08, 0.4)
        margin = side * rng.uniform(0.1, 0.9)
        pitch = side * rng.uniform(1.25, 1.8)
        tall = round(2 * margin + pitch * (rows - 1) + side)
        wide = round(2 * margin + count * (wide_box + apart))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        colour = line_colour(drawn_on, rng, rng.random() < 0.4)
        thick = max(between(rng, (0.01, 0.08)) * side, 0.6)
        open_top = rng.random() < 0.3
        scribe = Scribe(writing, choose_pen(drawn_on, rng), side * rng.uniform(0.45, 0.9), rng)
        for row in range(rows):
            top = margin + row * pitch
            for k in range(count):
                left = margin + k * (wide_box + apart)
                box = (left, top, left + wide_box, top + side)
                draw_box(canvas, box, thick, colour, rng, open_top)
                text = ""
                if rng.random() >= self.blank:
                    drawn = scribe.digit()
                    x = left + (wide_box - drawn.coverage.shape[1]) / 2
                    foot = top + (side + scribe.height) / 2 + rng.normal(0, 0.06) * side
                    x += rng.normal(0, 0.08) * side
                    scribe.put(canvas, drawn, x, foot, row, row)
                    text = drawn.label
                canvas.cells.append(Cell(whole(box), text))
            if rng.random() < 0.4:
                draw_print(canvas, colour, margin, top - 0.25 * side, 0.15 * side, rng)
        return canvas

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        return taken(self.draw(writing, rng), "comb", rng)


@dataclass(frozen=True)
class Table:
    """A table with printed headings and row labels, numbers in its cells, some cells blank.

    Attributes:
        height: Of a cell in pixels.
        columns: Least and most columns.
        rows: Least and most rows below the heading.
        blank: Part of the cells without a number.
    """

    height: Range = (24, 60)
    columns: tuple[int, int] = (2, 5)
    rows: tuple[int, int] = (2, 6)
    blank: float = 0.3

    def draw(self, writing: Writing, rng: np.random.Generator) -> Canvas:
        """The sheet before it is photographed."""
        drawn_on = surface(rng, 0.03)
        side = between(rng, self.height)
        columns = int(rng.integers(self.columns[0], self.columns[1] + 1))
        rows = int(rng.integers(self.rows[0], self.rows[1] + 1))
        wide_cell = side * rng.uniform(1.0, 2.6)
        label = side * rng.uniform(1.2, 3.0) if rng.random() < 0.6 else 0.0
        margin = side * rng.uniform(0.1, 0.8)
        heading = rng.random() < 0.75
        lines = rows + heading
        size = (round(2 * margin + lines * side), round(2 * margin + label + columns * wide_cell))
        canvas = Canvas(drawn_on.lay(*size, rng))
        colour = line_colour(drawn_on, rng, rng.random() < 0.5)
        thick = max(between(rng, (0.01, 0.06)) * side, 0.6)
        ends_x = (margin / size[1], 1 - margin / size[1])
        ends_y = (margin / size[0], 1 - margin / size[0])
        drift = float(rng.uniform(0, 0.02)) * side
        across = margin + side * np.arange(lines + 1)
        down = margin + label + wide_cell * np.arange(columns + 1)
        down = np.append(down, margin) if label else down
        if rng.random() < 0.92:
            draw_rules(canvas, across, thick, colour, rng, drift=drift, ends=ends_x)
        if rng.random() < 0.85:
            draw_rules(canvas, down, thick, colour, rng, True, drift=drift, ends=ends_y)
        pen = choose_pen(drawn_on, rng, str(rng.choice(PAGE_PENS)))
        scribe = Scribe(writing, pen, side * rng.uniform(0.4, 0.75), rng)
        for line in range(lines):
            top = margin + line * side
            if label and rng.random() < 0.9:
                draw_print(
                    canvas, colour, margin + 0.1 * side, top + 0.5 * side, 0.35 * side, rng, label
                )
            for column in range(columns):
                left = margin + label + column * wide_cell
                box = (left, top, left + wide_cell, top + side)
                if heading and line == 0:
                    draw_print(
                        canvas,
                        colour,
                        left + 0.1 * side,
                        top + 0.5 * side,
                        0.35 * side,
                        rng,
                        wide_cell,
                    )
                    continue
                text = ""
                if rng.random() >= self.blank:
                    x = left + rng.uniform(0.1, 0.4) * wide_cell
                    foot = top + (side + scribe.height) / 2 + rng.normal(0, 0.06) * side
                    length = int(rng.integers(1, 4))
                    text, _ = scribe.number(canvas, x, foot, line, length, right=left + wide_cell)
                canvas.cells.append(Cell(whole(box), text))
        return canvas

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        return taken(self.draw(writing, rng), "table", rng)


@dataclass(frozen=True)
class Form:
    """A form: printed text, labels with numbers written beside them, lines to write on.

    Attributes:
        height: Of a digit in pixels.
        fields: Least and most fields.
        blank: Part of the fields that are not filled in.
    """

    height: Range = (18, 45)
    fields: tuple[int, int] = (1, 5)
    blank: float = 0.2

    def draw(self, writing: Writing, rng: np.random.Generator) -> Canvas:
        """The sheet before it is photographed."""
        drawn_on = surface(rng, 0.02)
        height = between(rng, self.height)
        fields = int(rng.integers(self.fields[0], self.fields[1] + 1))
        pitch = height * rng.uniform(1.5, 2.8)
        tall, wide = round(pitch * (fields + 1.2)), round(height * rng.uniform(8, 14))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        ink = line_colour(drawn_on, rng, faint=False)
        print_px = height * rng.uniform(0.3, 0.8)
        scribe = Scribe(writing, choose_pen(drawn_on, rng), height, rng)
        for row in range(fields):
            foot = pitch * (row + 1.1)
            if rng.random() < 0.3:
                small = print_px * 0.6
                draw_print(canvas, ink, 0.3 * height, foot - 1.3 * height, small, rng, 0.9 * wide)
            x = 0.3 * height
            x += draw_print(canvas, ink, x, foot - print_px / 2, print_px, rng, 0.5 * wide)
            x += height * rng.uniform(0.2, 0.8)
            if rng.random() < 0.5:
                ends = (min(x / wide, 0.9), rng.uniform(0.92, 1.0))
                at = np.array([foot + rng.normal(0.04, 0.06) * height])
                dotted = rng.random() < 0.3
                draw_rules(canvas, at, max(0.03 * height, 0.7), ink, rng, dotted=dotted, ends=ends)
            elif rng.random() < 0.3:
                box = (x - 0.1 * height, foot - 1.2 * height, 0.97 * wide, foot + 0.2 * height)
                draw_box(canvas, box, max(0.03 * height, 0.7), ink, rng)
            if rng.random() >= self.blank:
                length = int(rng.integers(1, 8))
                scribe.number(canvas, x, foot, row, length, (0.03, 0.3), right=wide - 0.3 * height)
        return canvas

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        return taken(self.draw(writing, rng), "form", rng)


@dataclass(frozen=True)
class Print:
    """Print, rules, boxes and frames, and no handwriting at all.

    Attributes:
        side: Of the page in pixels.
    """

    side: Range = (100, 260)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        roll = rng.random()
        if roll < 0.3:
            return taken(Table(blank=1.0).draw(writing, rng), "print only", rng)
        if roll < 0.5:
            return taken(Comb(blank=1.0).draw(writing, rng), "print only", rng)
        if roll < 0.65:
            return taken(Form(blank=1.0).draw(writing, rng), "print only", rng)
        drawn_on = surface(rng, 0.1)
        tall, wide = round(between(rng, self.side)), round(between(rng, self.side))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        ink = line_colour(drawn_on, rng, faint=False)
        size = between(rng, (7, 40))
        if rng.random() < 0.4:
            draw_page_rules(canvas, drawn_on, size, size * rng.uniform(1, 2), size, rng)
        if rng.random() < 0.8:
            # A document is set in one font, a poster in many; invoices are mostly numbers.
            font = None if rng.random() < 0.4 else any_font(rng)
            numbers = 0.8 if rng.random() < 0.3 else 0.25
            pitch = size * rng.uniform(1.3, 2.2)
            for line in range(int(tall / pitch)):
                text = draw_text(words(rng, 8, numbers), size, rng, font)
                canvas.paint(text, ink, round(0.05 * wide), round(line * pitch + 0.4 * size))
        return taken(canvas, "print only", rng)
