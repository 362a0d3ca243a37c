"""Picture in, a table's cells with their ink out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._picture.look import Network, scaled
from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.morphology import Grey
from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit._segment.marks import MarkLayout
from inkdigit._tables.bare import Bare, look_at_cells
from inkdigit._tables.cells import Placed, cell_index, place_marks
from inkdigit._tables.clusters import off_rules, with_clusters
from inkdigit._tables.mesh import Mesh, Span, find_spans, with_open_borders
from inkdigit._tables.remnants import REMNANT_FEATURES, measure_marks, written_marks
from inkdigit._tables.rules import Rules
from inkdigit._tables.upright import with_upright
from inkdigit._tables.views import View, find_view

__all__ = ["PRINTED", "Laid", "Sheet", "find_sheet", "lay_out"]

Floats: TypeAlias = NDArray[np.float64]
Number = TypeVar("Number", np.float32, np.int32, np.bool_)

# Least height of a row and width of a column, in heights of a digit. No row of made tables is lower
# than 1.33, and no column of combs narrower than 0.93. A digit on squared paper may fill a square.
LOWEST_ROW, NARROWEST_COLUMN = 0.9, 0.5
PRINTED = 0.012  # of a cell's pixels: with at least so much print, it counts as printed


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table found on a picture.

    Attributes:
        spans: Its cells, row by row.
        corners: (n, 4, 2) of the cells in pixels of the picture: top left, top right, bottom right,
            bottom left.
        layout: The ink in the cells; `Row.line` is a cell's index.
        size: How many rows and columns it has.
        bare: What is in the cells besides the ink that is read.
    """

    spans: tuple[Span, ...]
    corners: Floats
    layout: MarkLayout
    size: tuple[int, int]
    bare: Bare


@dataclass(frozen=True, eq=False)
class Laid:
    """A table laid flat, its marks in cells.

    Attributes:
        ink: (H, W) float32 in [0, 1], the ink map, cut where digits of two cells touch.
        marks: Of the ink map.
        cells: (n,) of the cell in which each mark lies; -1 for none.
        features: (n, 7) of the marks; see `remnants.REMNANT_FEATURES`.
        to_picture: From pixels of the map to pixels of the picture.
    """

    ink: NDArray[np.float32]
    marks: Components
    cells: NDArray[np.int32]
    features: Floats
    to_picture: Transform


def find_sheet(pixels: Grey, network: Network, to_input: Transform) -> Sheet:
    """Find the table that a picture shows.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        to_input: From the picture's pixels to those of the input.
    """
    return _find(pixels, network, to_input)[0]


def lay_out(pixels: Grey, network: Network) -> Laid:
    """The marks of the table that a picture shows, also those nobody wrote: for fitting remnants.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
    """
    return _find(pixels, network, IDENTITY)[1]


def _find(pixels: Grey, network: Network, to_input: Transform) -> tuple[Sheet, Laid]:
    view = find_view(pixels, network)
    ruled, shape = view.ruled, view.found.ink.shape
    mesh = _mesh(view)
    spans = find_spans(ruled, mesh)
    seen = scaled(view.pixels, (0.0, 0.0, *view.pixels.shape[1::-1]), (shape[0], shape[1]))
    near = _enlarged(mesh.rules_on((ruled.shape[0], ruled.shape[1]), 1), shape)
    full = _enlarged(ruled, shape)
    ink = with_upright(view.found.ink, full, near, seen)
    placed = place_marks(ink, mesh, spans, view.scale)
    corners = np.array([_corners(mesh, span) for span in spans]) / np.array(view.scale)
    laid = _laid(placed, full, corners, view.to_picture)
    kept = _kept(laid)
    to_source = view.to_picture.then(to_input)
    layout = MarkLayout(
        np.where(kept, placed.ink, np.float32(0)),
        to_source,
        view.found.ruled_from(view.found.to_picture),
        placed.cell_map,
        shades=view.found.shades_from(view.found.to_picture),
    )
    at_input = to_source.points(corners.reshape(-1, 2)).reshape(-1, 4, 2)
    grey = seen if seen.ndim == 2 else np.asarray(Image.fromarray(seen).convert("L"))
    cell_of = _enlarged(_cells(mesh, spans, (ruled.shape[0], ruled.shape[1])), shape)
    read = (placed.cell_map >= 0) & kept
    bare = look_at_cells(ink, read, full * near, grey, cell_of, count=len(spans))
    return Sheet(tuple(spans), at_input, layout, mesh.size, bare), laid


def _mesh(view: View) -> Mesh:
    """The table's rules, those that are not drawn too, where they cross."""
    (high, wide), usual, scale = view.ruled.shape, view.usual, view.scale
    across, down = view.across, view.down
    across, down = with_open_borders(across, down, high), with_open_borders(down, across, wide)
    across = _coarse(across, LOWEST_ROW * usual * scale[1])
    down = _coarse(down, NARROWEST_COLUMN * usual * scale[0])
    boxes = off_rules(view.boxes, usual, (across, down), scale)
    return Mesh.of(*with_clusters(boxes, usual, (across, down), scale, (high, wide)))


def _laid(
    placed: Placed, ruled: NDArray[np.float32], corners: Floats, to_picture: Transform
) -> Laid:
    marks = label(placed.ink >= INK_LEVEL)
    cells = np.full(len(marks), -1, np.int32)
    features = np.zeros((0, len(REMNANT_FEATURES)))
    if len(marks):
        cells[marks.label_map()[marks.mask]] = placed.cell_map[marks.mask]
        features = measure_marks(marks, placed.ink, ruled, cells, corners)
    return Laid(placed.ink, marks, cells, features, to_picture)


def _kept(laid: Laid) -> NDArray[np.bool_]:
    """(H, W) False where a mark is that nobody wrote."""
    kept = np.ones(laid.ink.shape, bool)
    if len(laid.marks):
        kept[laid.marks.mask] = written_marks(laid.features)[
            laid.marks.label_map()[laid.marks.mask]
        ]
    return kept


def _cells(mesh: Mesh, spans: Sequence[Span], size: tuple[int, int]) -> NDArray[np.int32]:
    """(m, n) index of the cell that each cell of the map of rules lies in; -1 for none."""
    index = cell_index(mesh, spans)
    y, x = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
    row, column = mesh.locate(np.stack([x.ravel(), y.ravel()], axis=1))
    return np.asarray(index[row + 1, column + 1].reshape(size), np.int32)


def _enlarged(values: NDArray[Number], size: tuple[int, ...]) -> NDArray[Number]:
    """A map at another size, by the nearest value."""
    y = np.minimum((np.arange(size[0]) + 0.5) * values.shape[0] / size[0], values.shape[0] - 1)
    x = np.minimum((np.arange(size[1]) + 0.5) * values.shape[1] / size[1], values.shape[1] - 1)
    enlarged: NDArray[Number] = values[y.astype(int)[:, None], x.astype(int)]
    return enlarged


def _coarse(rules: Rules, least: float) -> Rules:
    """The rules, or none where they are closer together: squared paper is not a table."""
    if len(rules) < 3 or float(np.median(np.diff(rules.positions.mean(axis=1)))) >= least:
        return rules
    return rules.chosen(np.zeros(0, np.int64))


def _corners(mesh: Mesh, span: Span) -> Floats:
    top, left = span.row, span.column
    bottom, right = top + span.rows, left + span.columns
    nodes = mesh.nodes
    return np.array(
        [nodes[top, left], nodes[top, right], nodes[bottom, right], nodes[bottom, left]]
    )
