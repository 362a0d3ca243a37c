"""Made pages in; what tells handwriting from the marks that nobody wrote out.

The pages are by writers held out from training, and are looked at with the ink network. Kinds with
much print are left out: with them, dark and even writing on photos passed for print, which is
told by whole rows, in `written_weights`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.find import find_marks
from inkdigit._picture.strays import STRAY_FEATURES, measure_marks
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.transform import Transform
from inkdigit.session import OnnxInkSession
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.fits.quadratic import fit_regression
from inkdigit_train.publish.fits.remnant_weights import WRITTEN, inked_marks, write_fit

__all__ = ["fit_strays"]

PAGES = {  # how many of each kind
    "numbers": 80,
    "tight number": 60,
    "cell number": 200,
    "columns": 40,
    "spread": 30,
    "comb": 100,
    "codes": 60,
    "turned": 60,
}
# C of the regression. Marks of other pages are told as well with 0.01, but fewer strays have a
# probability below `UNLIKELY` then.
STRENGTH = 0.1


def fit_strays(ink_model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._picture.strays`, and write them with a record of the fit.

    Args:
        ink_model: The ink network's file.
        writing: What the pages are made of, by writers held out from training.
        out: A strays.json, written atomically.
        seed: Of the pages.

    Returns:
        The fraction of marks told right.
    """
    network = OnnxInkSession(ink_model).run
    rng = np.random.default_rng([seed, 3])
    features: list[NDArray[np.float64]] = []
    answers: list[NDArray[np.bool_]] = []
    for kind, count in PAGES.items():
        for _ in range(count):
            page = KINDS[kind].make(writing, rng)
            seen = find_marks(page.pixels, network)
            if seen is None:
                continue
            marks = label(seen.ink >= INK_LEVEL)
            if not len(marks):
                continue
            features.append(measure_marks(marks, seen.ink, seen.rules, seen.pixels))
            down, across = np.array(page.ink.shape) / seen.ink.shape
            to_page = Transform((across, 0.0, 0.0, 0.0, down, 0.0, 0.0, 0.0, 1.0))
            answers.append(inked_marks(marks, page.ink, to_page.points) >= WRITTEN)
    fit = fit_regression(
        np.concatenate(features), np.concatenate(answers), STRAY_FEATURES, STRENGTH
    )
    return write_fit(fit, answers, f"python -m inkdigit_train fit-strays --seed {seed}", out)
