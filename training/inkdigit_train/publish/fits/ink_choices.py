"""Made pages and both networks in; the weights of the choices that reading a picture takes out.

Which sight of a page shows its digits best: the one that leads to digits of about `GLYPH_PX`. Which
candidate is the one digit that is meant: the one whose ink overlaps best with the true ink. Both
are conditional logits, fitted to the likelihood of the right ones.

The pages show digits of validation writers: neither network was trained on them, so it is no surer
of them than of a stranger's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode import meant
from inkdigit._decode.meant import Candidates, find_candidates, measures
from inkdigit._picture import sight
from inkdigit._picture.find import GLYPH_PX, NEAR, Found, find_digit, sights
from inkdigit._picture.look import scaled
from inkdigit._pixels.measure import INK_LEVEL, ink_bounds
from inkdigit._segment.marks import MarkLayout
from inkdigit.labels import softmax
from inkdigit.session import InkSession, OnnxInkSession, OnnxSession, Session
from inkdigit_train.data.pages.kinds import make_pages
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["Choice", "fit_choices", "fit_logit", "meant_choices", "sight_choices"]

SINGLES = {  # pages of each kind on which one digit is meant
    "neighbours": 300, "cell": 150, "ruled digit": 100,
    "tight crop": 100, "bitmap": 100, "clean canvas": 50,
}  # fmt: skip
PAGES = {  # of each kind that are read as a whole
    "numbers": 60, "tight number": 60, "cell number": 40, "comb": 40, "table": 40, "form": 40,
    "codes": 40, "desk": 80, "turned": 40, "clean canvas": 40, "cell": 30,
}  # fmt: skip
AS_GOOD = 0.03  # of overlap: candidates this close to the best are right too
GOOD_HEIGHT = (22.0, 46.0)  # of a digit in pixels, at which it is read nearly as well as at 32
RIDGE = 2e-3  # keeps the weight of a feature that never differs at 0


@dataclass(frozen=True, eq=False)
class Choice:
    """What there was to choose from: (n, k) features, and (n,) bool which of them are right."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def fit_choices(
    model: Path, ink_model: Path, writing: Writing, sight_out: Path, meant_out: Path, seed: int = 0
) -> dict[str, float]:
    """Fit both choices to both networks, and write their weights.

    Args:
        model: The digit network's ONNX file.
        ink_model: The ink network's.
        writing: Of validation writers.
        sight_out: File for the weights of a page's sights, written atomically.
        meant_out: File for the weights of the candidates of one digit, likewise.
        seed: Of the pages.

    Returns:
        The mean loss in nats of each choice.
    """
    session, ink_session = OnnxSession(model), OnnxInkSession(ink_model)

    def made(kinds: dict[str, int]) -> Iterable[Page]:
        return (page for kind, n in kinds.items() for page in make_pages(kind, writing, n, seed))

    losses = {}
    for name, choices, features, out in (
        ("sight", sight_choices(made(PAGES), ink_session), sight.FEATURES, sight_out),
        ("meant", meant_choices(made(SINGLES), session, ink_session), meant.FEATURES, meant_out),
    ):
        weights, losses[name] = fit_logit(choices)
        named = zip(features, weights.tolist(), strict=True)
        write_weights(out, {feature: round(weight, 3) for feature, weight in named})
    return losses


def fit_logit(choices: Sequence[Choice]) -> tuple[NDArray[np.float64], float]:
    """The weights (k,) under which the right ones are likeliest, and the mean loss in nats."""
    start = np.zeros(choices[0].features.shape[1])
    fitted = minimize(_loss, start, args=(choices,), method="BFGS")
    return np.asarray(fitted.x, np.float64), float(fitted.fun)


def _loss(weights: NDArray[np.float64], choices: Sequence[Choice]) -> float:
    losses = []
    for choice in choices:
        score = choice.features @ weights
        share = np.exp(score - score.max())
        losses.append(-np.log(share[choice.right].sum() / share.sum() + 1e-12))
    return float(np.mean(losses) + RIDGE * (weights**2).sum())


def sight_choices(pages: Iterable[Page], ink_session: InkSession) -> list[Choice]:
    """The sights of pages with digits, where some of them but not all lead to the right scale."""
    choices = []
    for page in pages:
        heights = [g.box[3] - g.box[1] for g in page.glyphs if g.label != "?"]
        seen = [s for s in sights(page.pixels, ink_session.run) if s.features is not None]
        if not heights or not seen:
            continue
        final = np.array([_scale_after(s) for s in seen]) * float(np.median(heights))
        right = (final >= GOOD_HEIGHT[0]) & (final <= GOOD_HEIGHT[1])
        if right.any() and not right.all():
            choices.append(Choice(np.array([s.features for s in seen]), right))
    return choices


def _scale_after(seen: sight.Sight) -> float:
    """The scale at which the page is read if this sight is chosen."""
    wanted = GLYPH_PX / seen.usual
    return seen.scale * (1.0 if NEAR[0] <= wanted <= NEAR[1] else wanted)


def meant_choices(pages: Iterable[Page], session: Session, ink_session: InkSession) -> list[Choice]:
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
