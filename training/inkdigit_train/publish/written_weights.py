"""Made pages in; what tells a row of handwriting from one of print or rules out.

The pages are by writers held out from training, and are read with both networks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.reading import Constraints, decode_rows, row_looks, score_hypotheses
from inkdigit._decode.steady import steady
from inkdigit._decode.written import WRITTEN_FEATURES, measure_rows
from inkdigit._picture.find import find_ink
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.marks import MarkLayout
from inkdigit.files import write_json
from inkdigit.session import InkSession, OnnxInkSession, OnnxSession, Session
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.quadratic import fit_regression

__all__ = ["fit_written", "rows_of_page"]

PAGES = {  # how many of each kind
    "numbers": 80,
    "tight number": 40,
    "cell number": 40,
    "columns": 40,
    "spread": 30,
    "comb": 80,
    "table": 80,
    "form": 100,
    "desk": 80,
    "print only": 120,
}
BY_HAND = 0.5  # of a row's pixels that are written: then the row is
# C of the regression. Rows of other pages are told best with this: better than with 0.1, and than
# without the products.
STRENGTH = 0.01


def fit_written(model: Path, ink_model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._decode.written`, and write them with a record of the fit.

    Args:
        model: The digit network's file.
        ink_model: The ink network's.
        writing: What the pages are made of, by writers held out from training.
        out: A written.json, written atomically.
        seed: Of the pages.

    Returns:
        The fraction of rows told right.
    """
    session, ink_session = OnnxSession(model), OnnxInkSession(ink_model)
    rng = np.random.default_rng(seed)
    made = (KINDS[kind].make(writing, rng) for kind, n in PAGES.items() for _ in range(n))
    measured = [found for page in made for found in rows_of_page(page, session, ink_session)]
    features = np.concatenate([rows for rows, _ in measured])
    answers = np.concatenate([by_hand for _, by_hand in measured])
    fitted = fit_regression(features, answers, WRITTEN_FEATURES, STRENGTH)
    command = f"python -m inkdigit_train fit-written --seed {seed}"
    about = {"command": command, "rows": len(answers), "by_hand": int(answers.sum())}
    write_json(out, about | fitted)
    return float(fitted["right"])


def rows_of_page(
    page: Page, session: Session, ink_session: InkSession
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """The rows that are read on a page, if it has any: (n, 11) features, (n,) by hand or not."""
    found = find_ink(page.pixels, ink_session.run)
    layout = MarkLayout(found.ink, found.to_picture, found.ruled_from(found.to_picture))
    scores = score_hypotheses(layout.hypotheses, layout, steady(session.run))
    looks = row_looks(layout, decode_rows(layout, scores, Constraints.parse()))
    if not looks:
        return
    yield (
        measure_rows(looks),
        np.array([_written_share(page, layout, points) >= BY_HAND for points in layout.points()]),
    )


def _written_share(page: Page, layout: MarkLayout, points: NDArray[np.float64]) -> float:
    """The fraction of a row's pixels that are true ink."""
    height, width = page.ink.shape
    x, y = np.floor(layout.to_input.points(points)).astype(int).T
    true = page.ink[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return float((true >= INK_LEVEL).mean())
