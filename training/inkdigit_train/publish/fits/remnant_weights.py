"""Made tables in, what tells handwriting in their cells from pieces of rules out.

The tables are by writers held out from training, and are looked at with the ink network. Cells with
print are left out: print is told by whole rows, as on any page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inkdigit._pixels.components import Components
from inkdigit._tables.remnants import REMNANT_FEATURES, inside
from inkdigit._tables.sheet import Laid, lay_out
from inkdigit.session import OnnxInkSession
from inkdigit_train.data.pages.tables import MadeTable, Tables
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.fits.quadratic import STRENGTH, fit_regression
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["WRITTEN", "fit_remnants", "in_print", "inked", "inked_marks", "write_fit"]

TABLES = 60  # some 5,000 marks
INKED = 0.3  # of a pixel that is covered
WRITTEN = 0.3  # of a mark's pixels that a hand inked: print and rules have 0.1 at most


def fit_remnants(ink_model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._tables.remnants`, and write them with a record of the fit.

    Args:
        ink_model: The ink network's file.
        writing: What the tables are made of, by writers held out from training.
        out: A remnants.json, written atomically.
        seed: Of the tables.

    Returns:
        The fraction of marks told right.
    """
    session = OnnxInkSession(ink_model)
    # Others than those of `evaluate`, whose seeds are small numbers.
    rng = np.random.default_rng([seed, 2])
    features, answers = [], []
    for _ in range(TABLES):
        made = Tables().make(writing, rng)
        laid = lay_out(made.pixels, session.run)
        chosen = (laid.cells >= 0) & ~in_print(laid, made)
        features.append(laid.features[chosen])
        answers.append(inked(laid, made)[chosen] >= WRITTEN)
    fit = fit_regression(
        np.concatenate(features), np.concatenate(answers), REMNANT_FEATURES, STRENGTH
    )
    return write_fit(fit, answers, f"python -m inkdigit_train fit-remnants --seed {seed}", out)


def write_fit(
    fit: Mapping[str, Any], answers: Sequence[NDArray[np.bool_]], command: str, out: Path
) -> float:
    """Write what `fit_regression` gave, with a record of the fit.

    Args:
        fit: What it gave.
        answers: Whether each mark is written, page by page.
        command: That fits it.
        out: The file, written atomically.

    Returns:
        The fraction of marks told right.
    """
    told = np.concatenate(answers)
    write_weights(out, {"command": command, "marks": len(told), "written": int(told.sum()), **fit})
    return float(fit["right"])


def inked(laid: Laid, made: MadeTable) -> NDArray[np.float64]:
    """(n,) fraction of each mark's pixels that a hand inked; see `inked_marks`."""
    return inked_marks(laid.marks, made.ink, laid.to_picture.points)


def inked_marks(
    marks: Components,
    ink: NDArray[np.float32],
    to_ink: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """(n,) fraction of each mark's pixels that a hand inked, or that are beside such ones.

    The ink network draws a thin line thicker than it is.

    Args:
        marks: That were found.
        ink: (H, W) float32 in [0, 1], the true ink.
        to_ink: Leads points (k, 2) of the marks' map to its pixels.
    """
    y, x = np.nonzero(marks.mask)
    at = to_ink(np.stack([x, y], axis=1).astype(np.float64) + 0.5).astype(int)
    column, row = np.clip(at, 0, np.array(ink.shape)[::-1] - 1).T
    near = ndimage.maximum_filter(ink, 3)[row, column]
    counts = np.bincount(marks.label_map()[marks.mask], near >= INKED, len(marks))
    return counts / np.maximum(marks.areas, 1)


def in_print(laid: Laid, made: MadeTable) -> NDArray[np.bool_]:
    """(n,) whether the middle of each mark is in a printed cell."""
    middles = (laid.marks.boxes[:, :2] + laid.marks.boxes[:, 2:]).astype(np.float64) / 2
    at = laid.to_picture.points(middles)
    found = np.zeros(len(at), bool)
    for cell in made.cells:
        if cell.printed:
            quads = np.broadcast_to(cell.corners, (len(at), 4, 2))
            found |= inside(at, quads) > 0
    return found
