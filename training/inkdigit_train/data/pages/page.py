"""A made picture with its truth, and the canvas that pictures are drawn on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inkdigit._pixels.measure import INK_LEVEL

__all__ = ["Box", "Canvas", "Cell", "Glyph", "Page"]

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]

OWN_LEVEL = 0.05  # ink fainter than this belongs to no glyph: the soft edge of its line


@dataclass(frozen=True)
class Glyph:
    """One handwritten character.

    Attributes:
        label: "0" to "9", or "?" for a letter or a sign.
        row: Index of its row, from the top; all cells of a table's line are one row.
        number: Index of the number it is part of, over the whole page.
        box: left, top, right, bottom in pixels, right and bottom exclusive.
    """

    label: str
    row: int
    number: int
    box: Box


@dataclass(frozen=True)
class Cell:
    """A cell of a table or a comb, or a whole picture that is one cell.

    Attributes:
        box: left, top, right, bottom in pixels; where the page is turned, of its turned corners.
        text: Its digits; "" where it is blank.
    """

    box: Box
    text: str


@dataclass(frozen=True, eq=False)
class Page:
    """A made picture with full truth.

    Attributes:
        pixels: (H, W, 3) uint8.
        ink: (H, W) float32 in [0, 1]: how much of each pixel is covered by handwriting.
        meant: (H, W) float32 in [0, 1]: the ink of the one digit that is meant, all zero in a blank
            cell; None where the picture is read as a whole.
        glyphs: Every glyph with ink left in the picture.
        rows: The digits of each row from top to bottom, a space between two numbers, signs and
            letters left out.
        cells: The cells, blank ones too.
        kind: Name of the generator.
        ruled: (H, W) float32 in [0, 1]: how much of each pixel rules and frames cover; None where
            the generator draws none.
    """

    pixels: NDArray[np.uint8]
    ink: Floats
    meant: Floats | None
    glyphs: tuple[Glyph, ...]
    rows: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    kind: str = ""
    ruled: Floats | None = None

    @property
    def text(self) -> str:
        """What an exact reading gives: the rows that have digits, a line each."""
        return "\n".join(row for row in self.rows if row)


@dataclass(eq=False)
class Canvas:
    """A picture in the making: what is drawn also goes into the truth.

    Attributes:
        pixels: (H, W, 3) float32 in [0, 1].
        ink: (H, W) float32, as `Page.ink`.
        meant: (H, W) float32, as `Page.meant`.
        ruled: (H, W) float32, as `Page.ruled`.
        owner: (H, W) int32, index of the glyph that each inked pixel belongs to, else -1.
        labels: Label of each glyph.
        row_of: Row of each glyph.
        number_of: Number of each glyph.
        cells: As `Page.cells`.
        single: Whether one digit is meant.
    """

    pixels: Floats
    ink: Floats = field(init=False)
    meant: Floats = field(init=False)
    ruled: Floats = field(init=False)
    owner: NDArray[np.int32] = field(init=False)
    labels: list[str] = field(default_factory=list)
    row_of: list[int] = field(default_factory=list)
    number_of: list[int] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    single: bool = False

    def __post_init__(self) -> None:
        shape = self.pixels.shape[:2]
        self.ink = np.zeros(shape, np.float32)
        self.meant = np.zeros(shape, np.float32)
        self.ruled = np.zeros(shape, np.float32)
        self.owner = np.full(shape, -1, np.int32)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        height, width = self.pixels.shape[:2]
        return height, width

    def paint(self, coverage: Floats, colour: Floats, x: int = 0, y: int = 0) -> None:
        """Paint with a colour where `coverage` says so; what hangs over the edge is lost."""
        part, rows, columns = self._part(coverage, x, y)
        if part.size:
            area = self.pixels[rows, columns]
            area += part[..., None] * (colour - area)

    def write(
        self,
        coverage: Floats,
        texture: Floats | float,
        colour: Floats,
        x: int,
        y: int,
        label: str,
        row: int = 0,
        number: int = 0,
        meant: bool = False,
    ) -> None:
        """Put one glyph on the canvas.

        Args:
            coverage: (h, w) in [0, 1]: the pixels that the pen went over.
            texture: (h, w) or one number in [0, 1]: how much of its colour the pen left there.
            colour: (3,) of the pen.
            x: Left edge of `coverage` on the canvas.
            y: Top edge of it.
            label: The glyph's label.
            row: The glyph's row.
            number: The number it is part of.
            meant: Whether this is the one digit that is meant.
        """
        self.paint(np.asarray(coverage * texture, np.float32), colour, x, y)
        part, rows, columns = self._part(coverage, x, y)
        index = len(self.labels)
        self.labels.append(label)
        self.row_of.append(row)
        self.number_of.append(number)
        ink = self.ink[rows, columns]
        own = (part > OWN_LEVEL) & (part >= ink)
        self.owner[rows, columns][own] = index
        np.maximum(ink, part, out=ink)
        if meant:
            target = self.meant[rows, columns]
            np.maximum(target, part, out=target)

    def finish(self, kind: str = "") -> Page:
        """The page with what the maps say of each glyph."""
        visible = self.ink >= INK_LEVEL
        inked = np.where(visible, self.owner + 1, 0)
        if (visible & (inked == 0)).any():  # soft edges that a warp moved off their owner's pixels
            near = ndimage.maximum_filter(self.owner, 5) + 1
            inked = np.where(visible & (inked == 0), near, inked)
        found = ndimage.find_objects(inked, len(self.labels))
        glyphs = []
        numbers: list[dict[int, str]] = [{} for _ in range(max(self.row_of, default=-1) + 1)]
        names = zip(self.labels, self.row_of, self.number_of, strict=True)
        for (label, row, number), area in zip(names, found, strict=True):
            if area is None:
                continue
            down, across = area
            box = (across.start, down.start, across.stop, down.stop)
            glyphs.append(Glyph(label, row, number, box))
            if label != "?":
                numbers[row][number] = numbers[row].get(number, "") + label
        rows = (" ".join(row.values()) for row in numbers)
        return Page(
            np.rint(np.clip(self.pixels, 0, 1) * 255).astype(np.uint8),
            self.ink,
            self.meant if self.single else None,
            tuple(glyphs),
            tuple(rows),
            tuple(self.cells),
            kind,
            self.ruled,
        )

    def _part(self, coverage: Floats, x: int, y: int) -> tuple[Floats, slice, slice]:
        height, width = self.size
        top, left = max(y, 0), max(x, 0)
        bottom = max(min(y + coverage.shape[0], height), top)
        right = max(min(x + coverage.shape[1], width), left)
        part = coverage[top - y : bottom - y, left - x : right - x]
        return part, slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
