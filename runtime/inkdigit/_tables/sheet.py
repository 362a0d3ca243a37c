"""Picture in, a table's cells with their ink out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.find import find_table
from inkdigit._picture.look import Network
from inkdigit._pixels.morphology import Grey
from inkdigit._pixels.transform import Transform
from inkdigit._segment.marks import MarkLayout
from inkdigit._tables.cells import place_marks
from inkdigit._tables.clusters import with_clusters
from inkdigit._tables.flat import lay_flat
from inkdigit._tables.mesh import Mesh, Span, find_spans, pruned, with_open_borders
from inkdigit._tables.rules import trace_rules

__all__ = ["RULE_PX", "Sheet", "find_sheet"]

Floats: TypeAlias = NDArray[np.float64]

RULE_PX = 4  # the ink network tells rules in cells of so many pixels


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table found on a picture.

    Attributes:
        spans: Its cells, row by row.
        corners: (n, 4, 2) of the cells in pixels of the picture: top left, top right, bottom right,
            bottom left.
        layout: The ink in the cells; `Row.line` is a cell's index.
        size: How many rows and columns it has.
    """

    spans: tuple[Span, ...]
    corners: Floats
    layout: MarkLayout
    size: tuple[int, int]


def find_sheet(pixels: Grey, network: Network, to_input: Transform) -> Sheet:
    """Find the table that a picture shows.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        to_input: From the picture's pixels to those of the input.
    """
    flat = lay_flat(pixels)
    found = find_table(flat.pixels, network)
    assert found.rules is not None
    ruled = np.ascontiguousarray(found.rules[::RULE_PX, ::RULE_PX])
    high, wide = ruled.shape
    scale = wide / found.ink.shape[1], high / found.ink.shape[0]
    across, down = pruned(ruled, trace_rules(ruled), trace_rules(np.ascontiguousarray(ruled.T)))
    across, down = (
        with_open_borders(across, down, high),
        with_open_borders(down, across, wide),
    )
    to_picture = found.to_picture.then(flat.to_picture)
    across, down = with_clusters(found, across, down, scale, (high, wide))
    mesh = Mesh.of(across, down)
    spans = find_spans(ruled, mesh)
    placed = place_marks(found.ink, mesh, spans, scale)
    layout = MarkLayout(
        placed.ink, to_picture.then(to_input), found.ruled_from(found.to_picture), placed.cell_map
    )
    corners = np.array([_corners(mesh, span) for span in spans]) / np.array(scale)
    seen = to_picture.then(to_input).points(corners.reshape(-1, 2)).reshape(-1, 4, 2)
    return Sheet(tuple(spans), seen, layout, mesh.size)


def _corners(mesh: Mesh, span: Span) -> Floats:
    top, left = span.row, span.column
    bottom, right = top + span.rows, left + span.columns
    nodes = mesh.nodes
    return np.array(
        [nodes[top, left], nodes[top, right], nodes[bottom, right], nodes[bottom, left]]
    )
