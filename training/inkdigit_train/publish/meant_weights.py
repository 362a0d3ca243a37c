"""Made pictures of one digit in; how a candidate's likeness, size and place count out.

The pictures show digits of validation writers: neither network was trained on them, so the digit
network is no surer of them than of a stranger's. Right is the candidate whose ink overlaps best
with the true ink. The fit maximises the likelihood of the right ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.meant import FEATURES, Candidates, find_candidates, measures
from inkdigit._picture.find import Found, find_digit
from inkdigit._picture.look import scaled
from inkdigit._pixels.measure import INK_LEVEL, ink_bounds
from inkdigit._segment.marks import MarkLayout
from inkdigit.files import write_json
from inkdigit.labels import softmax
from inkdigit.session import InkSession, OnnxInkSession, OnnxSession, Session
from inkdigit_train.data.pages.kinds import make_pages
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Choice", "choices_of", "fit_meant"]

PAGES = {  # of each kind that are made for the fit
    "neighbours": 300, "cell": 150, "ruled digit": 100,
    "tight crop": 100, "bitmap": 100, "clean canvas": 50,
}  # fmt: skip
AS_GOOD = 0.03  # of overlap: candidates this close to the best are right too
RIDGE = 1e-3  # keeps the weight of a feature that never differs at 0


@dataclass(frozen=True, eq=False)
class Choice:
    """One picture's candidates: (n, 5) measures, and (n,) bool which of them are right."""

    measures: NDArray[np.float64]
    right: NDArray[np.bool_]


def fit_meant(model: Path, ink_model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights to both networks, and write them.

    Args:
        model: The digit network's ONNX file.
        ink_model: The ink network's.
        writing: Of validation writers.
        out: The weights' file, written atomically.
        seed: Of the pictures.

    Returns:
        The mean loss of a picture in nats.
    """
    session, ink_session = OnnxSession(model), OnnxInkSession(ink_model)
    pages = (page for kind, n in PAGES.items() for page in make_pages(kind, writing, n, seed))
    choices = choices_of(pages, session, ink_session)
    fitted = minimize(_loss, np.zeros(len(FEATURES)), args=(choices,), method="BFGS")
    weights = dict(zip(FEATURES, (round(float(w), 3) for w in fitted.x), strict=True))
    write_json(out, weights)
    return float(fitted.fun)


def choices_of(pages: Iterable[Page], session: Session, ink_session: InkSession) -> list[Choice]:
    """The candidates of pictures in which there is a choice."""
    choices = []
    for page in pages:
        found = find_digit(page.pixels, ink_session.run)
        if found.exact or page.meant is None or ink_bounds(found.ink) is None:
            continue
        layout = MarkLayout(found.ink, found.to_picture)
        candidates = find_candidates(layout, page.pixels.shape[1])
        if len(candidates.rasters) < 2:
            continue
        logits, _ = session.run(np.ascontiguousarray(candidates.rasters)[:, None])
        overlap = _overlaps(candidates, _truth(page, found))
        right = overlap >= overlap.max() - AS_GOOD
        choices.append(Choice(measures(softmax(logits), candidates), right))
    return choices


def _truth(page: Page, found: Found) -> NDArray[np.bool_]:
    """The meant ink on the map: (h, w) bool."""
    assert page.meant is not None
    height, width = found.ink.shape
    area = found.to_picture.box((0.0, 0.0, float(width), float(height)))
    return np.asarray(scaled(page.meant, area, (height, width)) >= INK_LEVEL)


def _overlaps(candidates: Candidates, truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Intersection over union of each candidate's ink and the true ink, (n,)."""
    masks = [ink >= INK_LEVEL for ink in candidates.inks]
    return np.array([(m & truth).sum() / max(int((m | truth).sum()), 1) for m in masks])


def _loss(weights: NDArray[np.float64], choices: list[Choice]) -> float:
    losses = []
    for choice in choices:
        score = choice.measures @ weights
        share = np.exp(score - score.max())
        losses.append(-np.log(share[choice.right].sum() / share.sum() + 1e-12))
    return float(np.mean(losses) + RIDGE * (weights**2).sum())
