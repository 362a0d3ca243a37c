"""Rules of both directions in, the mesh of a table's cells out.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._tables.rules import Rules

__all__ = ["Mesh", "Span", "find_spans", "pruned", "with_open_borders"]

Floats: TypeAlias = NDArray[np.float64]

SHOWS = 0.3  # a rule shows in a strip if its mean probability there is at least this
COVERED = 0.5  # of the table: a rule shows along at least as much of it as this
LEAST_COVERED = 0.35  # of the table, where no rule shows well
# Of the mean probability of a usual rule of the same direction: what shows less is no rule. Of 531
# rules of 40 made tables none has less than 0.5 of it, and one of another table less than 0.45. Of
# 24 strokes there that were taken for rules two have less than 0.38; in dense columns of numbers
# all had less than 0.27.
WEAK = 0.38
LEAST_STRONG = 3  # rules that are needed to know what is usual
REACH = 1.5  # cells of the map inside a table's outer rule, where crossing ones still show
CROSSED = 0.4  # of the crossing rules, which run on through a table's outermost row or column
OPEN = 0.35  # of the last row's height: where rules run on so far beyond it, another row follows
ENDS = 0.2  # of a cell's side, left out at both ends, where the crossing rules are
SAMPLES = 9  # points of a cell's side that are measured
MISSING = 0.2  # mean probability of a rule along a cell's side, below which there is none
AT_ONCE = 8192  # points that are located at once: bounds the memory for graph paper
# Of the sides of all cells, those on which a rule half shows: with more of them, rules are too
# faint for a gap to mean anything. Most made tables with merged cells have none; faint ones 0.07 to
# 0.5.
HALF = 0.06
USUAL = 0.5  # least median probability along a rule's sides: a fainter rule's gaps mean nothing


@dataclass(frozen=True, eq=False)
class Mesh:
    """A table's rules, numbered from the top and from the left, in cells of the map of rules.

    Attributes:
        across: The rules across; two at least.
        down: Those down.
        nodes: (r + 1, c + 1, 2) x, y where they cross.
    """

    across: Rules
    down: Rules
    nodes: Floats

    @classmethod
    def of(cls, across: Rules, down: Rules) -> Mesh:
        """Cross the rules."""
        k, n = len(across), len(down)
        x = np.repeat(down.positions.mean(axis=1)[None], k, axis=0)
        y = np.repeat(across.positions.mean(axis=1)[:, None], n, axis=1)
        for _ in range(4):  # nearly at right angles: each round is far nearer than the last
            y = np.array([across.at(x[i])[i] for i in range(k)])
            x = np.array([down.at(y[:, j])[j] for j in range(n)]).T
        return cls(across, down, np.stack([x, y], axis=2))

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.across) - 1, len(self.down) - 1

    def rules_on(self, size: tuple[int, int], reach: int) -> NDArray[np.bool_]:
        """(m, n) which cells of a map are no further than `reach` cells from one of its rules."""
        near = np.zeros(size, bool)
        for rules, view in ((self.across, near), (self.down, near.T)):
            along = np.arange(view.shape[1])
            for positions in np.floor(rules.at(along + 0.5)).astype(int):
                for step in range(-reach, reach + 1):
                    at = positions + step
                    inside = (at >= 0) & (at < view.shape[0])
                    view[at[inside], along[inside]] = True
        return near

    def locate(self, points: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of points (n, 2); -1 before the first and the number of them beyond."""
        row, column = np.zeros((2, len(points)), np.int64)
        for first in range(0, len(points), AT_ONCE):
            block = slice(first, first + AT_ONCE)
            x, y = points[block].T
            row[block] = (self.across.at(x) <= y[None]).sum(axis=0) - 1
            column[block] = (self.down.at(y) <= x[None]).sum(axis=0) - 1
        return row, column


@dataclass(frozen=True)
class Span:
    """A cell: its upper left row and column, and how many of each it takes."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


def _extent(rules: Rules) -> tuple[float, float]:
    """From where to where most of a table's rules run."""
    shown = (rules.support >= SHOWS).mean(axis=0)
    inside = np.flatnonzero(shown >= 0.5 * shown.max())
    first, last = int(inside[0]), int(inside[-1])
    size = float(rules.knots[1] - rules.knots[0]) if len(rules.knots) > 1 else 1.0
    # They end somewhere in the outermost strips: the fainter these are, the nearer the end.
    strength = rules.support.mean(axis=0)
    covered = [
        min(strength[end] / max(strength[inner], 1e-9), 1.0)
        for end, inner in ((first, min(first + 1, last)), (last, max(last - 1, first)))
    ]
    low, high = rules.knots[first] + size / 2, rules.knots[last] - size / 2
    return float(low - size * covered[0]), float(high + size * covered[1])


def pruned(ruled: NDArray[np.float32], across: Rules, down: Rules) -> tuple[Rules, Rules]:
    """Leave out what is not a rule of the table: the sheet's edges, strokes of digits in a column.

    Args:
        ruled: (m, n) in [0, 1] the map of rules.
        across: The rules across that were traced in it.
        down: Those down.
    """
    for _ in range(2):
        across, down = _covering(across, down), _covering(down, across)
    while len(across) and len(down):
        count = len(across) + len(down)
        across = _without_outer(ruled, across, down)
        down = _without_outer(ruled.T, down, across)
        if len(across) + len(down) == count:
            break
    return _strong(across), _strong(down)


def _strong(rules: Rules) -> Rules:
    """The rules without those that show far less than most: strokes of digits in a column."""
    strength = rules.support.mean(axis=1)
    if len(rules) < LEAST_STRONG:
        return rules
    return rules.chosen(np.flatnonzero(strength >= WEAK * np.median(strength)))


def _covering(rules: Rules, others: Rules) -> Rules:
    """The rules that show along most of the table, which the crossing ones bound."""
    if not len(rules):
        return rules
    low, high = _extent(rules)
    if len(others) > 1:
        middle = others.positions.mean(axis=1)
        low, high = min(low, float(middle[0])), max(high, float(middle[-1]))
    inside = (rules.knots >= low) & (rules.knots <= high)
    covered = (rules.support[:, inside] >= SHOWS).mean(axis=1)
    return rules.chosen(np.flatnonzero(covered >= max(COVERED * covered.max(), LEAST_COVERED)))


def _without_outer(ruled: NDArray[np.float32], rules: Rules, others: Rules) -> Rules:
    """The rules without a first or a last one that the crossing rules do not reach."""
    if len(others) < 2 or len(rules) < 2:
        return rules
    middle = rules.positions.mean(axis=1)
    first, last = 0, len(rules) - 1
    while first < last and not _crossed(ruled, others, middle[first], middle[first + 1]):
        first += 1
    while last > first and not _crossed(ruled, others, middle[last], middle[last - 1]):
        last -= 1
    return rules.chosen(np.arange(first, last + 1) if first < last else np.zeros(0, np.int64))


def _crossed(ruled: NDArray[np.float32], others: Rules, outer: float, inner: float) -> bool:
    """Whether crossing rules run from the rule next to an outer one right up to it."""
    across = _along(ruled, others, np.linspace(outer, inner, SAMPLES + 4)[2:-2]).mean(axis=1)
    step = np.copysign(REACH, inner - outer)
    end = _along(ruled, others, np.array([outer + step, outer + 1.5 * step])).mean(axis=1)
    return float(((across >= SHOWS) & (end >= SHOWS)).mean()) >= CROSSED


def _along(ruled: NDArray[np.float32], down: Rules, y: Floats) -> Floats:
    """(k, n) how likely each rule down shows at each y."""
    x = down.at(y)
    return _near(ruled, x, np.broadcast_to(y, x.shape))


def _near(ruled: NDArray[np.float32], x: Floats, y: Floats) -> Floats:
    """The most likely of five cells side by side, at points."""
    rows = np.clip(np.floor(y).astype(int), 0, ruled.shape[0] - 1)
    columns = np.floor(x).astype(int)
    found = [ruled[rows, np.clip(columns + step, 0, ruled.shape[1] - 1)] for step in range(-2, 3)]
    return np.asarray(np.maximum.reduce(found), np.float64)


def with_open_borders(rules: Rules, others: Rules, length: float) -> Rules:
    """The rules with one more on a side where the crossing ones run on, as on a torn sheet.

    Args:
        rules: To be completed.
        others: Those that cross them.
        length: Of the map across the rules.
    """
    if not len(others) or not len(rules):
        return rules
    low, high = _extent(others)
    positions, support = [rules.positions], [rules.support]
    middle = rules.positions.mean(axis=1)
    steps = np.diff(middle) if len(middle) > 1 else np.array([high - low])
    none = np.zeros((1, rules.positions.shape[1]))
    if middle[0] - low >= OPEN * steps[0]:
        positions.insert(0, rules.positions[:1] - (middle[0] - max(low, 0.0)))
        support.insert(0, none)
    if high - middle[-1] >= OPEN * steps[-1]:
        positions.append(rules.positions[-1:] + (min(high, length) - middle[-1]))
        support.append(none)
    return Rules(rules.knots, np.concatenate(positions), np.concatenate(support))


def find_spans(ruled: NDArray[np.float32], mesh: Mesh) -> list[Span]:
    """The cells row by row, merged where a rule is missing between them."""
    rows, columns = mesh.size
    # Whether there is no rule below a cell, and none to the right of it.
    below = np.zeros((rows, columns), bool)
    right = np.zeros((rows, columns), bool)
    # A merged cell shows by the rules around it. Where rows or columns are not ruled, a gap in a
    # rule between two numbers means nothing.
    if _is_drawn(mesh.across) and _is_drawn(mesh.down):
        below[:-1] = _missing(ruled.T, mesh.nodes.transpose(1, 0, 2)[..., ::-1], mesh.across).T
        right[:, :-1] = _missing(ruled, mesh.nodes, mesh.down)
    free = np.ones((rows, columns), bool)
    spans = []
    for row in range(rows):
        for column in range(columns):
            if not free[row, column]:
                continue
            across = down = 1
            while right[row, column + across - 1] and free[row, column + across]:
                across += 1
            area = slice(column, column + across)
            while (
                below[row + down - 1, area].all()
                and right[row + down, column : column + across - 1].all()
            ):
                down += 1
            block = np.s_[row : row + down, area]
            inner = right[block][:, :-1].all() and below[block][:-1].all()
            if not inner:
                across = down = 1
                block = np.s_[row : row + 1, column : column + 1]
            free[block] = False
            spans.append(Span(row, column, down, across))
    return spans


def _is_drawn(rules: Rules) -> bool:
    """Whether any inner rule of a direction was seen, rather than derived from the marks."""
    return bool((rules.support[1:-1] > 0).any())


def _missing(ruled: NDArray[np.float32], nodes: Floats, down: Rules) -> NDArray[np.bool_]:
    """(r, c - 1) whether the rule on the right of each cell is missing there."""
    if len(down) <= 2:
        return np.zeros((nodes.shape[0] - 1, nodes.shape[1] - 2), bool)
    start, end = nodes[:-1, 1:-1], nodes[1:, 1:-1]
    fractions = np.linspace(ENDS, 1 - ENDS, SAMPLES)[:, None, None]
    y = start[..., 1] + fractions * (end[..., 1] - start[..., 1])
    flat = np.array([down.at(y[:, :, j].ravel())[j + 1] for j in range(y.shape[2])])
    x = flat.reshape(y.shape[2], y.shape[0], y.shape[1])
    shown = _near(ruled, x.transpose(1, 2, 0), y).mean(axis=0)
    drawn = down.support[1:-1].max(axis=1) > 0
    if float(((shown >= MISSING) & (shown < USUAL)).mean()) > HALF:
        return np.zeros(shown.shape, bool)
    usual = np.median(shown, axis=0)
    return np.asarray((shown < MISSING) & (usual >= USUAL)[None] & drawn[None], bool)
