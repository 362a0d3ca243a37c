"""Picture in, the view of its table out in which rules and marks stand level and upright.

Where rules show both ways, they say how the table lies. Where they do not, the marks say it.
The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.find import Found, find_table
from inkdigit._picture.look import RULE_PX, Network
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.morphology import Grey
from inkdigit._pixels.transform import Transform
from inkdigit._tables.cells import usual_height
from inkdigit._tables.clusters import digit_boxes
from inkdigit._tables.flat import Flat, lay_flat, turned_view
from inkdigit._tables.mesh import SHOWS, pruned
from inkdigit._tables.rules import Rules, trace_rules
from inkdigit._tables.turned import ink_turn

__all__ = ["View", "find_view"]

Floats: TypeAlias = NDArray[np.float64]

LEAST_RULES = 3  # needed each way to tell how the table lies: two may be the sheet's edges
# Mean fraction of the strips in which rules show. Below the first, they are upright strokes of
# digits. From the second on they tell how the table lies. From the third on no other view is tried:
# 32 of 34 made grids reach it, and the other two were misread as they were first seen.
BELIEVED, SOLID, FIRM = 0.38, 0.42, 0.8
LEVEL_DEGREES = 3.0  # marks turned by less are level
NEARLY_ALL = 0.9  # of the picture's area: a closer look shows the same
# Of the marks of the whole picture: a view of a part of it shows at least so many, where it has
# rules and where it has none.
MOST, ALL = 0.6, 0.8


@dataclass(frozen=True, eq=False)
class View:
    """A view of a picture, with what the ink network finds on it.

    Attributes:
        pixels: (H, W) or (H, W, 3) uint8.
        found: The ink and the rules.
        ruled: (m, n) float32 in [0, 1], the map of rules in cells of `RULE_PX`.
        across: The rules across.
        down: Those down.
        boxes: (n, 4) of the marks that may be digits, in pixels of the ink map.
        usual: Height of a usual mark there.
        to_picture: From pixels of the ink map to those of the picture.
    """

    pixels: Grey
    found: Found
    ruled: NDArray[np.float32]
    across: Rules
    down: Rules
    boxes: Floats
    usual: float
    to_picture: Transform

    @classmethod
    def of(cls, flat: Flat, network: Network) -> View:
        """Look at a flat view."""
        found = find_table(flat.pixels, network)
        assert found.rules is not None
        ruled = np.ascontiguousarray(found.rules[::RULE_PX, ::RULE_PX])
        across, down = pruned(ruled, trace_rules(ruled), trace_rules(np.ascontiguousarray(ruled.T)))
        across, down = _believed(across, down), _believed(down, across)
        usual = usual_height(found.ink)
        boxes = digit_boxes(label(found.ink >= INK_LEVEL).boxes.astype(np.float64), usual)
        to_picture = found.to_picture.then(flat.to_picture)
        return cls(flat.pixels, found, ruled, across, down, boxes, usual, to_picture)

    @property
    def scale(self) -> tuple[float, float]:
        """Cells of the map of rules over pixels of the ink map, across and down."""
        (high, wide), ink = self.ruled.shape, self.found.ink.shape
        return wide / ink[1], high / ink[0]

    @property
    def solid(self) -> float:
        """Mean fraction of the strips in which rules show, in the direction where it is less."""
        return min(_solid(self.across, self.down), _solid(self.down, self.across))

    @property
    def is_grid(self) -> bool:
        """Whether rules in both directions tell how the table lies."""
        return self.solid >= SOLID

    @property
    def turn(self) -> float:
        """By how many degrees the rows of marks are turned."""
        return ink_turn(self.boxes, max(self.usual, 1.0))


def find_view(pixels: Grey, network: Network) -> View:
    """Find the view in which a picture's table is level.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
    """
    view = View.of(lay_flat(pixels), network)
    if view.solid >= FIRM:
        return view
    whole = View.of(turned_view(pixels), network)
    if not len(whole.boxes):
        return view
    close = turned_view(pixels, whole.turn, _corners(whole))
    tried = [view, whole]
    if _fraction(close, pixels) < NEARLY_ALL:
        # Boards of a desk, and other tables, may have stronger lines: look where the marks are.
        flat = lay_flat(close.pixels)
        near = View.of(replace(flat, to_picture=flat.to_picture.then(close.to_picture)), network)
        if len(near.boxes) >= ALL * len(whole.boxes):
            tried.append(near)
    best = max(tried, key=lambda one: one.solid * len(one.boxes))
    if best.is_grid:
        return best
    ruled = max(_solid(view.across, view.down), _solid(view.down, view.across)) >= SOLID
    least = MOST if ruled else ALL
    if abs(view.turn) <= LEVEL_DEGREES and len(view.boxes) >= least * len(whole.boxes):
        return view
    return View.of(close, network)


def _fraction(part: Flat, pixels: Grey) -> float:
    """Area of a `turned_view` over that of the picture."""
    x, y = part.to_picture.matrix[0], part.to_picture.matrix[3]  # where a pixel to the right lies
    high, wide = part.pixels.shape[:2]
    return float(high * wide * (x * x + y * y) / (pixels.shape[0] * pixels.shape[1]))


def _corners(view: View) -> Floats:
    """(4 n, 2) of a view's marks in pixels of the picture."""
    left, top, right, bottom = view.boxes.T
    corners = np.stack([[left, top], [right, top], [right, bottom], [left, bottom]])
    return view.to_picture.points(corners.transpose(0, 2, 1).reshape(-1, 2))


def _shown(rules: Rules, others: Rules) -> float:
    """Mean fraction of the strips in which rules show, between the outer crossing ones."""
    if not len(rules):
        return 0.0
    inside = np.ones(len(rules.knots), bool)
    if len(others) >= LEAST_RULES:
        ends = others.positions[[0, -1]].mean(axis=1)
        inside = (rules.knots >= ends[0]) & (rules.knots <= ends[1])
    return float((rules.support[:, inside] >= SHOWS).mean()) if inside.any() else 0.0


def _believed(rules: Rules, others: Rules) -> Rules:
    """The rules; none where they hardly show, as with upright strokes one below the other."""
    if _shown(rules, others) < BELIEVED:
        return rules.chosen(np.zeros(0, np.int64))
    return rules


def _solid(rules: Rules, others: Rules) -> float:
    """As `_shown`; 0 for few rules."""
    return _shown(rules, others) if len(rules) >= LEAST_RULES else 0.0
