"""What a segmenter finds: rows of writing, and the hypotheses of what their digits may be.

An atom is a stroke, a mark (connected pixels of a picture), or a piece of one that was cut. A
hypothesis is a few atoms that lie close together. Nothing is decided here: the decoder picks the
hypotheses that cover each row best.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit.ink import Box

__all__ = ["SLANT", "Hypothesis", "Layout", "Part", "Row"]

SLANT = 0.35  # run over rise of ordinary writing, which leans to the right; also used for cuts


@dataclass(frozen=True)
class Part:
    """A stroke or a mark, or a stretch of one that was cut.

    Attributes:
        source: Index of the stroke in the ink, or of the mark in the picture.
        start: Where it begins, 0 to 1: a fraction of a stroke's length, of a mark's pieces.
        end: Where it ends, likewise.
    """

    source: int
    start: float = 0.0
    end: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole stroke or mark."""
        return (self.start, self.end) == (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Some atoms of a row that might be one digit.

    Attributes:
        atoms: Their indices in the row, ascending.
        box: Left, top, right, bottom in pixels; see `Layout.to_input`.
        parts: The strokes or marks it is made of.
        cuts: How many cuts bound it.
        spread: The widest gap between its parts, in row heights.
        lean: Least and greatest x + SLANT * y, in pixels: its extent along the usual slant; the
            box's edges where it is None.
        quality: Sum of the log-odds of its cuts, that each separates digits.
        shared: How many pieces it is drawn with that the digit before it covers.
        speck: Whether it is too small to be a digit: a point, a colon, or nothing.
        slant: Run over rise of its ink, positive to the right; see `moments.leaning`.
        breadth: How far its ink lies beside a line of that slant, in row heights; likewise.
    """

    atoms: tuple[int, ...]
    box: Box
    parts: tuple[Part, ...]
    cuts: int = 0
    spread: float = 0.0
    lean: tuple[float, float] | None = None
    quality: float = 0.0
    shared: int = 0
    speck: bool = False
    slant: float = 0.0
    breadth: float = 0.0

    @property
    def sources(self) -> tuple[int, ...]:
        """Indices of the strokes or marks that it uses, ascending."""
        return tuple(sorted(part.source for part in self.parts))

    @property
    def centre(self) -> float:
        """Middle of its box, left to right, in pixels."""
        return (self.box[0] + self.box[2]) / 2


@dataclass(frozen=True, eq=False)
class Row:
    """One row of writing.

    Attributes:
        box: Left, top, right, bottom in pixels; see `Layout.to_input`.
        height: Height of a usual digit in it, in pixels.
        atom_count: How many atoms it has; they are numbered from left to right.
        links: Atoms that may be left out: the stretch of a stroke that joins two digits.
        hypotheses: What its digits may be. Each atom but a link is a hypothesis of its own, or
            part of the whole stroke's.
        line: Index of the line of writing that it is a part of: a wide gap parts numbers.
        parted: Probability, 0 to 1, that its line was parted where it should be, as far as this row
            reaches.
    """

    box: Box
    height: float
    atom_count: int
    links: tuple[int, ...]
    hypotheses: tuple[Hypothesis, ...]
    line: int = 0
    parted: float = 1.0

    def without(self, atoms: Collection[int]) -> tuple[Row, list[int]]:
        """The row without some of its atoms.

        Args:
            atoms: Their indices; some others are left.

        Returns:
            The row, and which of this row's hypotheses it has.
        """
        left = [k for k, h in enumerate(self.hypotheses) if not set(h.atoms) & set(atoms)]
        kept = [atom for atom in range(self.atom_count) if atom not in atoms]
        index = {atom: k for k, atom in enumerate(kept)}
        hypotheses = tuple(
            replace(self.hypotheses[k], atoms=tuple(index[a] for a in self.hypotheses[k].atoms))
            for k in left
        )
        edges = np.array([h.box for h in hypotheses])
        corners = *edges[:, :2].min(axis=0).tolist(), *edges[:, 2:].max(axis=0).tolist()
        links = tuple(index[atom] for atom in self.links if atom in index)
        row = replace(self, box=corners, atom_count=len(kept), links=links, hypotheses=hypotheses)
        return row, left


class Layout(ABC):
    """The rows of one input, and how to draw their hypotheses.

    Attributes:
        rows: In reading order: from top to bottom, what stands side by side from left to right.
        to_input: From the pixels of the boxes to those of the input.
        from_ink: Whether `Part.source` counts the strokes of an ink.
        plain: Whether the input is a canvas of one colour, where even strokes are no sign of print.
        unread: Boxes of what was too much to read, in the same pixels as the rows'.
        unread_cells: Indices of the cells of a table that were too many to be read.
    """

    rows: tuple[Row, ...]
    unread: tuple[Box, ...] = ()
    unread_cells: tuple[int, ...] = ()
    to_input: Transform = IDENTITY
    from_ink: bool

    @property
    def hypotheses(self) -> list[Hypothesis]:
        """Those of all rows, in their order."""
        return [hypothesis for row in self.rows for hypothesis in row.hypotheses]

    @abstractmethod
    def rasters(self, hypotheses: Sequence[Hypothesis]) -> NDArray[np.float32]:
        """Draw hypotheses: (N, 28, 28) float32 in [0, 1], 1 = ink."""

    plain: bool = False

    @property
    def may_be_print(self) -> bool:
        """Whether the ink network was asked, so that some marks may be print."""
        return False

    def looks(self) -> NDArray[np.float64] | None:
        """What the ink network makes of each row's marks, or None where it was not asked.

        Returns:
            (rows, 3): means over their pixels of the probability of ink, and of a rule; and how
            much of the picture's height a usual digit of the row takes.
        """
        return None

    def glyph_looks(self, hypotheses: Sequence[Hypothesis]) -> NDArray[np.float64] | None:
        """What is to see of some hypotheses, or None where the ink network was not asked.

        Returns:
            (n, 6), over the pixels of each: mean probability of ink, and the one that a tenth of
            them exceed; mean probability of a rule; and how far their colour is from the
            background's, red, green and blue, -255 to 255.
        """
        return None

    @abstractmethod
    def key(self, hypothesis: Hypothesis) -> Hashable:
        """Equal for hypotheses with equal rasters, also in later layouts of the same canvas."""
