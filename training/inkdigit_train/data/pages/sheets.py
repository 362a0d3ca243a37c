"""Pages of numbers on plain, ruled, squared and graph paper; codes of printed digits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import INK_LEVEL
from inkdigit_train.data.pages.camera import photograph
from inkdigit_train.data.pages.geometry import crop
from inkdigit_train.data.pages.layout import draw_page_rules, taken
from inkdigit_train.data.pages.page import Canvas, Page
from inkdigit_train.data.pages.papers import plain, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import any_font, draw_text
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.staging import between, grown
from inkdigit_train.data.pages.writing import Writing

__all__ = ["PAGE_PENS", "Codes", "Numbers", "TightNumber"]

Floats = NDArray[np.float32]
Range = tuple[float, float]


PAGE_PENS = ("ballpoint", "ballpoint", "fountain pen", "pencil", "felt tip", "any colour")


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
            draw_page_rules(canvas, drawn_on, first, pitch, height, rng)
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
class Codes:
    """A code of printed digits that fills a small picture: there the print is what is read.

    Each digit has a colour of its own. In one colour it would be a piece of a printed page, on
    which print is not read.

    Attributes:
        height: Of the picture in pixels.
        length: Least and most digits.
    """

    height: Range = (9, 24)
    length: tuple[int, int] = (3, 6)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        drawn_on = plain(rng) if rng.random() < 0.5 else surface(rng, 0.1)
        height = between(rng, self.height)
        count = int(rng.integers(self.length[0], self.length[1] + 1))
        pieces = [
            (str(digit), draw_text(str(digit), height * rng.uniform(0.62, 0.75), rng, font))
            for font in [any_font(rng)]
            for digit in rng.integers(10, size=count)
        ]
        gap = int(rng.integers(0, max(2, round(0.2 * height))))
        wide = sum(piece.shape[1] + gap for _, piece in pieces) + gap
        tall = max(piece.shape[0] for _, piece in pieces) + int(rng.integers(0, 4))
        canvas = Canvas(drawn_on.lay(tall, wide, rng))
        x = gap
        for label, piece in pieces:
            pen = choose_pen(drawn_on, rng, "any colour")
            y = (tall - piece.shape[0]) // 2
            hard = np.asarray(piece > 0.5, np.float32) if height < 14 else piece
            canvas.write(hard, 1.0, pen.colour, x, y, label)
            x += piece.shape[1] + gap
        page = canvas.finish("codes")
        pixels = photograph(canvas.pixels, rng, 0.4) if rng.random() < 0.4 else page.pixels
        return replace(page, pixels=pixels)


@dataclass(frozen=True)
class TightNumber:
    """One number cut out at its bounding box, with little margin, none, or a pixel too little.

    Attributes:
        length: Least and most digits.
        margin: Least and most pixels around it; each side has its own.
    """

    length: tuple[int, int] = (1, 8)
    margin: tuple[int, int] = (-1, 5)

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        ruled = 0.25
        sheet = Numbers(height=(12, 90), rows=(1, 1), length=self.length, ruled=ruled, signs=0.05)
        canvas = sheet.draw(writing, rng)
        while canvas.ink.max() < INK_LEVEL:  # a lone sign in a thin pen
            canvas = sheet.draw(writing, rng)
        rows = np.flatnonzero((canvas.ink >= INK_LEVEL).any(axis=1))
        columns = np.flatnonzero((canvas.ink >= INK_LEVEL).any(axis=0))
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        margins = np.zeros(4, int) if rng.random() < 0.4 else rng.integers(*self.margin, size=4)
        canvas = crop(canvas, grown(box, margins))
        return taken(canvas, "tight number", rng, 0.5)
