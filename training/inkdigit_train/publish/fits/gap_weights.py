"""Made pages and rows in; what tells a gap between two numbers from one between two digits out.

All are by training writers; the rules of the pages are those that the ink network sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.find import find_ink
from inkdigit._picture.look import Network
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.gaps import GAP_FEATURES, measure_gaps
from inkdigit._segment.rows import group_rows, keep_largest
from inkdigit._segment.strokes import stroke_boxes
from inkdigit._segment.touching import part_touching
from inkdigit.labels import SPACE
from inkdigit.session import OnnxInkSession
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.page import Glyph, Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.data.records import InkRecord
from inkdigit_train.data.signed import Signed, compose_signed
from inkdigit_train.publish.fits.quadratic import fit_regression
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit_gaps", "gaps_in", "gaps_of"]

Floats = NDArray[np.float64]

PAGES = {  # how many of each kind
    "numbers": 300,
    "tight number": 150,
    "cell number": 150,
    "columns": 750,
    "spread": 600,
    "comb": 300,
    "table": 600,
    "form": 200,
    "desk": 400,
    "turned": 200,
}
SAME = 0.5  # of a mark's box within that of a glyph: then it belongs to it
ROWS = 1500  # composed rows of ink: numbers side by side, and dates and others with signs in them
STRENGTH = 0.3  # C of the regression: a pull to 0 that some hundred weights need


def fit_gaps(
    ink_model: Path,
    writing: Writing,
    out: Path,
    seed: int = 0,
    digits: Sequence[InkRecord] = (),
    symbols: Sequence[InkRecord] = (),
) -> float:
    """Fit the weights of `inkdigit._segment.gaps`, and write them with a record of the fit.

    Args:
        ink_model: The ink network's file.
        writing: What the pages are made of.
        out: A gaps.json, written atomically.
        seed: Of the pages.
        digits: Of what rows of ink are composed; there are none without them.
        symbols: The signs in them.

    Returns:
        The fraction of gaps told right.
    """
    network = OnnxInkSession(ink_model).run
    rng = np.random.default_rng(seed)
    made = (KINDS[kind].make(writing, rng) for kind, n in PAGES.items() for _ in range(n))
    rows = compose_signed(digits, symbols, ROWS, seed)
    measured = [gaps_of(page, network) for page in made] + [gaps_in(row) for row in rows]
    features = np.concatenate([features for features, _ in measured])
    parts = np.concatenate([parts for _, parts in measured])
    fitted = fit_regression(features, parts, GAP_FEATURES, STRENGTH)
    command = f"python -m inkdigit_train fit-gaps --seed {seed}"
    about = {"command": command, "gaps": len(parts), "parting": int(parts.sum())}
    write_weights(out, about | fitted)
    return float(fitted["right"])


def gaps_of(page: Page, network: Network) -> tuple[Floats, NDArray[np.bool_]]:
    """The gaps between the marks that are found on a page.

    Returns:
        (n, 16) features, and (n,) whether each parts two numbers; gaps beside a mark that nobody
        wrote, and between two rows that were taken for one, are left out.
    """
    found = find_ink(page.pixels, network)
    _, marks = part_touching(found.ink, label(found.ink >= INK_LEVEL))
    boxes = marks.boxes.astype(np.float64)
    boxes = boxes[keep_largest(boxes)]
    if not len(boxes) or not page.glyphs:
        return np.zeros((0, len(GAP_FEATURES))), np.zeros(0, np.bool_)
    gaps = measure_gaps(boxes, group_rows(boxes), found.ruled_from(found.to_picture))
    glyphs = _glyphs_of(np.array([found.to_picture.box(tuple(box)) for box in boxes]), page)
    kept, parts = [], []
    for k, (before, after) in enumerate(zip(gaps.before, gaps.after, strict=True)):
        last = glyphs[int(before[boxes[before, 2].argmax()])]
        following = glyphs[int(after[boxes[after, 0].argmin()])]
        if last is not None and following is not None and last.row == following.row:
            kept.append(k)
            parts.append(last.number != following.number)
    return gaps.features[kept], np.array(parts, np.bool_)


def _glyphs_of(boxes: Floats, page: Page) -> list[Glyph | None]:
    """The glyph that each mark belongs to, from the marks' boxes (n, 4) in the page's pixels."""
    written = np.array([glyph.box for glyph in page.glyphs], np.float64)
    low = np.maximum(boxes[:, None, :2], written[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], written[None, :, 2:])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shared = np.clip(high - low, 0, None).prod(axis=2) / areas[:, None]
    best = shared.argmax(axis=1)
    return [
        page.glyphs[index] if shared[k, index] > SAME else None
        for k, index in enumerate(best.tolist())
    ]


def gaps_in(row: Signed) -> tuple[Floats, NDArray[np.bool_]]:
    """The same of a composed row of ink; gaps beside a stray tap are left out."""
    boxes = stroke_boxes([stroke.points for stroke in row.number.ink])
    kept = keep_largest(boxes)
    gaps = measure_gaps(boxes[kept], group_rows(boxes[kept]))
    # The number, counted from the left, that each glyph belongs to.
    words = [k for k, word in enumerate(row.text.split(SPACE)) for _ in word]
    told, parts = [], []
    for k, (before, after) in enumerate(zip(gaps.before, gaps.after, strict=True)):
        last, following = (
            [words[glyph] for index in side.tolist() for glyph, *_ in row.number.parts[kept[index]]]
            for side in (before, after)
        )
        if last and following:
            told.append(k)
            parts.append(max(last) < min(following))
    return gaps.features[told], np.array(parts, np.bool_)
