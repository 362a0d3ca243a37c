"""Pages of numbers: plain, ruled, squared, in boxes, combs, tables and forms; print without digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.camera import light, photograph, scan
from inkdigit_train.data.pages.page import Canvas, Cell, Page
from inkdigit_train.data.pages.papers import Surface, draw_rules, line_colour, plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.single import between
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Codes", "Comb", "Form", "Numbers", "Print", "Table", "taken"]

Floats = NDArray[np.float32]
Range = tuple[float, float]

PAGE_PENS = ("ballpoint", "ballpoint", "fountain pen", "pencil", "felt tip", "any colour")


def taken(canvas: Canvas, kind: str, rng: np.random.Generator, strength: float = 0.8) -> Page:
    """The page as it was photographed or scanned, or as it is."""
    roll = rng.random()
    if roll > 0.25:
        light(canvas.pixels, rng, strength)
    page = canvas.finish(kind)
    pixels = page.pixels if roll < 0.1 else photograph(canvas.pixels, rng, strength)
    if 0.1 < roll < 0.17:
        pixels = scan(pixels, rng)
    return Page(pixels, page.ink, None, page.glyphs, page.rows, page.cells, kind)


@dataclass(frozen=True)
class Numbers:
    """Numbers in rows on plain, ruled, squared or graph paper, on boards and on screens.

    Attributes:
        height: Of a digit in pixels.
        rows: Least and most rows.
        length: Least and most glyphs in a row.
        signs: Part of the glyphs that are signs, in the pages that have some.
        ruled: Part of the pages with rules.
        pens: Part of the pages in which each row has a pen of its own.
    """

    height: Range = (18, 60)
    rows: tuple[int, int] = (1, 5)
    length: tuple[int, int] = (1, 8)
    signs: float = 0.15
    ruled: float = 0.5
    pens: float = 0.2

    def draw(self, writing: Writing, rng: np.random.Generator) -> Canvas:
        """The sheet before it is photographed."""
        drawn_on = plain(rng) if rng.random() < 0.2 else surface(rng, 0.12)
        height = between(rng, self.height)
        rows = int(rng.integers(self.rows[0], self.rows[1] + 1))
        most = int(rng.integers(self.length[0], self.length[1] + 1))
        pitch = height * rng.uniform(1.35, 2.4)
        margin = height * rng.uniform(0.15, 1.5)
        tall = round(2 * margin + pitch * (rows - 1) + 1.3 * height)
        wide = round(2 * margin + height * (0.9 * most + 0.6))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        first = margin + 1.15 * height
        if rng.random() < self.ruled:
            _rule(canvas, drawn_on, first, pitch, height, rng)
        pen = choose_pen(drawn_on, rng, str(rng.choice(PAGE_PENS)))
        scribe = Scribe(writing, pen, height, rng)
        own_pens, per_glyph = rng.random() < self.pens, rng.random() < self.pens / 3
        signs = self.signs if rng.random() < 0.4 else 0.0
        low = rng.uniform(-0.1, 0.2)
        gap = (low, low + rng.uniform(0.1, 0.5))
        slope = rng.normal(0, 0.015)
        for row in range(rows):
            if own_pens and row:
                pen = choose_pen(drawn_on, rng, "any colour")
                scribe = Scribe(writing, pen, height, rng)
            x = margin + (rng.uniform(0, 1.5) * height if rng.random() < 0.4 else 0)
            foot = first + row * pitch + rng.normal(0, 0.05) * height
            count = int(rng.integers(1, most + 1)) if rng.random() < 0.4 else most
            if per_glyph:
                for _ in range(count):
                    scribe.pen = choose_pen(drawn_on, rng, "any colour")
                    _, x = scribe.number(canvas, x, foot, row, 1, gap, number=row)
                    x += max(gap[0], 0.03) * height
                    if x > wide - margin - 0.7 * height:
                        break
            else:
                right = wide - 0.3 * margin
                scribe.number(canvas, x, foot, row, count, gap, signs, slope, right)
        return canvas

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        return taken(self.draw(writing, rng), "numbers", rng)


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
                _box(canvas, box, thick, colour, rng, open_top)
                text = ""
                if rng.random() >= self.blank:
                    drawn = scribe.digit()
                    x = left + (wide_box - drawn.coverage.shape[1]) / 2
                    foot = top + (side + scribe.height) / 2 + rng.normal(0, 0.06) * side
                    x += rng.normal(0, 0.08) * side
                    scribe.put(canvas, drawn, x, foot, row, row)
                    text = drawn.label
                canvas.cells.append(Cell(_whole(box), text))
            if rng.random() < 0.4:
                _print(canvas, colour, margin, top - 0.25 * side, 0.15 * side, rng)
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
            draw_rules(canvas.pixels, across, thick, colour, rng, drift=drift, ends=ends_x)
        if rng.random() < 0.85:
            draw_rules(canvas.pixels, down, thick, colour, rng, True, drift=drift, ends=ends_y)
        pen = choose_pen(drawn_on, rng, str(rng.choice(PAGE_PENS)))
        scribe = Scribe(writing, pen, side * rng.uniform(0.4, 0.75), rng)
        for line in range(lines):
            top = margin + line * side
            if label and rng.random() < 0.9:
                _print(canvas, colour, margin + 0.1 * side, top + 0.5 * side, 0.35 * side, rng, label)
            for column in range(columns):
                left = margin + label + column * wide_cell
                box = (left, top, left + wide_cell, top + side)
                if heading and line == 0:
                    _print(canvas, colour, left + 0.1 * side, top + 0.5 * side, 0.35 * side, rng, wide_cell)
                    continue
                text = ""
                if rng.random() >= self.blank:
                    x = left + rng.uniform(0.1, 0.4) * wide_cell
                    foot = top + (side + scribe.height) / 2 + rng.normal(0, 0.06) * side
                    length = int(rng.integers(1, 4))
                    text, _ = scribe.number(canvas, x, foot, line, length, right=left + wide_cell)
                canvas.cells.append(Cell(_whole(box), text))
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
                _print(canvas, ink, 0.3 * height, foot - 1.3 * height, small, rng, 0.9 * wide)
            x = 0.3 * height
            x += _print(canvas, ink, x, foot - print_px / 2, print_px, rng, 0.5 * wide)
            x += height * rng.uniform(0.2, 0.8)
            if rng.random() < 0.5:
                ends = (min(x / wide, 0.9), rng.uniform(0.92, 1.0))
                at = np.array([foot + rng.normal(0.04, 0.06) * height])
                dotted = rng.random() < 0.3
                draw_rules(canvas.pixels, at, max(0.03 * height, 0.7), ink, rng, dotted=dotted, ends=ends)
            elif rng.random() < 0.3:
                box = (x - 0.1 * height, foot - 1.2 * height, 0.97 * wide, foot + 0.2 * height)
                _box(canvas, box, max(0.03 * height, 0.7), ink, rng)
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
            _rule(canvas, drawn_on, size, size * rng.uniform(1, 2), size, rng)
        if rng.random() < 0.7:
            for line in range(int(tall / (1.6 * size))):
                _print(canvas, ink, 0.05 * wide, (1.6 * line + 1) * size, size, rng, 1.2 * wide)
        return taken(canvas, "print only", rng)


@dataclass(frozen=True)
class Codes:
    """A code of printed digits that fills a small picture: there the print is what is read.

    Attributes:
        height: Of the picture in pixels.
        length: Least and most digits.
    """

    height: Range = (9, 40)
    length: tuple[int, int] = (3, 6)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = plain(rng) if rng.random() < 0.5 else surface(rng, 0.1)
        height = between(rng, self.height)
        count = int(rng.integers(self.length[0], self.length[1] + 1))
        pieces = [
            (str(digit), draw_text(str(digit), height * rng.uniform(0.62, 0.75), rng, font))
            for font in [int(rng.integers(16))]
            for digit in rng.integers(10, size=count)
        ]
        gap = int(rng.integers(0, max(2, round(0.2 * height))))
        wide = sum(piece.shape[1] + gap for _, piece in pieces) + gap
        tall = max(piece.shape[0] for _, piece in pieces) + int(rng.integers(0, 4))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        pen, x = choose_pen(drawn_on, rng, "any colour"), gap
        for label, piece in pieces:
            if rng.random() < 0.7:
                pen = choose_pen(drawn_on, rng, "any colour")
            y = (tall - piece.shape[0]) // 2
            hard = np.asarray(piece > 0.5, np.float32) if height < 14 else piece
            canvas.write(hard, 1.0, pen.colour, x, y, label)
            x += piece.shape[1] + gap
        page = canvas.finish("codes")
        pixels = photograph(canvas.pixels, rng, 0.4) if rng.random() < 0.4 else page.pixels
        return Page(pixels, page.ink, None, page.glyphs, page.rows, (), "codes")


def _rule(
    canvas: Canvas,
    drawn_on: Surface,
    first: float,
    pitch: float,
    height: float,
    rng: np.random.Generator,
) -> None:
    """Rules under the rows or through them; squares; graph paper with bold lines among fine."""
    colour = line_colour(drawn_on, rng, rng.random() < 0.7)
    thick = max(between(rng, (0.012, 0.06)) * height, 0.5)
    drift = float(rng.uniform(0, 0.01)) * height
    roll = rng.random()
    step = pitch if roll < 0.55 else height * rng.uniform(0.25, 1.3)
    offset = rng.normal(0.05, 0.1) * height if rng.random() < 0.7 else rng.uniform(-0.8, 0.3) * height
    count = int(canvas.size[0] / step) + 3
    rows = first + offset + step * np.arange(-count, count)
    draw_rules(canvas.pixels, rows, thick, colour, rng, drift=drift, dotted=roll < 0.08)
    if roll > 0.6:
        count = int(canvas.size[1] / step) + 2
        columns = step * (np.arange(count) + rng.uniform())
        draw_rules(canvas.pixels, columns, thick, colour, rng, True, drift=drift)
        if roll > 0.85:
            draw_rules(canvas.pixels, rows[::5], 2 * thick, colour, rng)
            draw_rules(canvas.pixels, columns[::5], 2 * thick, colour, rng, True)
    elif roll < 0.2:
        column = np.array([rng.uniform(0.02, 0.15) * canvas.size[1]])
        draw_rules(canvas.pixels, column, thick, line_colour(drawn_on, rng, True), rng, True)


def _box(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    thick: float,
    colour: Floats,
    rng: np.random.Generator,
    open_top: bool = False,
) -> None:
    left, top, right, bottom = box
    tall, wide = canvas.size
    ends_x = (max(left, 0) / wide, min(right + thick / 2, wide) / wide)
    ends_y = (max(top, 0) / tall, min(bottom + thick / 2, tall) / tall)
    rows = np.array([bottom] if open_top else [top, bottom])
    draw_rules(canvas.pixels, rows, thick, colour, rng, ends=ends_x)
    draw_rules(canvas.pixels, np.array([left, right]), thick, colour, rng, True, ends=ends_y)


def _print(
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


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(edge) for edge in box)
    return left, top, right, bottom
