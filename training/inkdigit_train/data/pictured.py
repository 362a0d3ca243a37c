"""Composed numbers in, pictures of them out, with the pixels of each digit known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._segment.layout import Layout
from inkdigit.drawing import draw_ink, draw_polylines
from inkdigit_train.data.compose import Composed

__all__ = ["PEN_PX", "Pictured", "draw_composed", "shown_glyphs"]

Floats: TypeAlias = NDArray[np.float32]

HEIGHT_PX, PEN_PX, MARGIN_PX = 100.0, 6.0, 20.0  # of drawn numbers
# A hypothesis shows a glyph if its raster looks like the glyph's own: cosine of the angle between
# the two, each blurred over 3 × 3 pixels. By eye on training writers: below, a stroke is missing.
ALIKE = 0.85
NEAR = 0.25  # and if their centres lie no further apart than this, in heights of the glyph


@dataclass(frozen=True, eq=False)
class Pictured:
    """A number as a picture.

    Attributes:
        label: Its glyphs: digits, signs, and "?" for a letter.
        picture: (H, W) uint8, dark on light.
        glyphs: (n, H, W) float32 in [0, 1]: the ink of each, as if it stood alone.
    """

    label: str
    picture: NDArray[np.uint8]
    glyphs: Floats


def draw_composed(number: Composed) -> Pictured:
    """Draw a composed number with a round pen; lines that join two digits belong to neither."""
    left, top, _, bottom = number.ink.bounds
    scale = (HEIGHT_PX - PEN_PX) / max(bottom - top, 1e-6)
    edge = MARGIN_PX + PEN_PX / 2
    picture = np.asarray(draw_ink(number.ink, HEIGHT_PX, PEN_PX, MARGIN_PX))
    height, width = picture.shape
    glyphs = []
    for glyph in range(len(number.label)):
        polylines = [
            (stroke.points[first : last + 1].astype(np.float64) - (left, top)) * scale + edge
            for stroke, parts in zip(number.ink, number.parts, strict=True)
            for owner, first, last in parts
            if owner == glyph
        ]
        drawn = draw_polylines(polylines, [PEN_PX] * len(polylines), (width, height))
        glyphs.append(1 - np.asarray(drawn, np.float32) / np.float32(255))
    return Pictured(number.label, picture, np.array(glyphs))


def shown_glyphs(layout: Layout, rasters: Floats, number: Pictured) -> NDArray[np.bool_]:
    """Which hypotheses of a picture show just one of its glyphs, and which one.

    Args:
        layout: Of the number's picture.
        rasters: (n, 28, 28) of the hypotheses of all rows, in their order.
        number: What is on the picture.

    Returns:
        (n, glyphs) bool.
    """
    shown = np.zeros((len(rasters), len(number.glyphs)), bool)
    centres = np.array([hypothesis.centre for hypothesis in layout.hypotheses])
    blurred = _blur(rasters)
    for index, glyph in enumerate(number.glyphs):
        rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
        if not len(rows):
            continue
        own = _blur(normalize(glyph)[None])[0]
        alike = blurred @ own >= ALIKE
        offset = np.abs(centres - (columns[0] + columns[-1] + 1) / 2)
        near = offset <= max(NEAR * (rows[-1] + 1 - rows[0]), PEN_PX)
        shown[:, index] = alike & near
    return shown


def _blur(rasters: Floats) -> Floats:
    """(n, 784) of (n, 28, 28): the sums over 3 × 3 pixels, scaled to unit length."""
    padded = np.pad(rasters, ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    sums = (rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]).reshape(len(rasters), -1)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9))
