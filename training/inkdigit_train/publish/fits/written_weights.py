"""Rows of made pages in; what tells handwriting from print, glyph by glyph and row by row, out."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from inkdigit._decode.printed import BUNDLED_PRINTED, coarse, print_odds
from inkdigit._decode.written import (
    DRAWN_FEATURES,
    GLYPH_FEATURES,
    PART_FEATURES,
    WRITTEN_FEATURES,
    GlyphJudge,
    RowLook,
    measure_glyphs,
    measure_part,
    measure_rows,
)
from inkdigit._fitted.network import Network
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.fits.quadratic import SEEN, STRENGTH, fit_regression
from inkdigit_train.publish.fits.weight_files import write_weights
from inkdigit_train.publish.fits.written_pages import Floats, PageLook, read_pages

__all__ = ["fit_written"]

Result = TypeVar("Result")

JOBS = 2  # processes that read pages
# Of the network that judges glyphs by their shape. On pages that it had not seen its answers have
# an area under the curve of 0.939 with 16 and 24 units, 0.935 with 12 and less decay.
SHAPE_HIDDEN, SHAPE_DECAY, SHAPE_ROUNDS = 16, 1.0, 40
# Of the one that judges them by all that is known: 0.979; of decays from 0.1 to 10, with those from
# 0.1 to 1 it tells best, and longer training does not help.
JUDGE_HIDDEN, JUDGE_DECAY, JUDGE_ROUNDS = 24, 0.3, 30
LEAST_SCALE = 0.05  # what hardly varies is not blown up


def fit_written(
    model: Path,
    ink_model: Path,
    writing: Writing,
    out: Path,
    printed_out: Path = BUNDLED_PRINTED,
    seed: int = 0,
) -> float:
    """Fit what tells print from handwriting, glyph by glyph and then row by row.

    The glyphs of one half of the pages are judged by networks that saw those of the other half, so
    that rows are weighed by answers as good as those in use.

    Args:
        model: The digit network's file.
        ink_model: The ink network's.
        writing: What the pages are made of, by writers held out from training.
        out: A written.json, the weights of `inkdigit._decode.written` with a record of the fit.
        printed_out: A printed.json, the network of `inkdigit._decode.printed`. Both are written
            atomically.
        seed: Of the pages.

    Returns:
        The fraction of rows and parts of rows told right.
    """
    pages = read_pages(model, ink_model, writing, seed, JOBS)
    rows = _with_print_odds(pages, seed)
    features = np.concatenate([measure_rows(page) for page in rows])
    answers = np.concatenate([page.by_hand for page in pages])
    columns = [WRITTEN_FEATURES.index(name) for name in DRAWN_FEATURES]
    drawn = fit_regression(features[:, columns], answers, DRAWN_FEATURES, STRENGTH)
    measured = [measure_glyphs(page) for page in rows]
    written = [page.written for page in pages]
    odds = _judged(measured, written, seed)
    parts, by_hand = _parts(rows, written, odds)
    told = fit_regression(parts, by_hand, PART_FEATURES, STRENGTH)
    record = {
        "command": f"python -m inkdigit_train fit-written --seed {seed}",
        "pages": len(pages),
        "glyphs": sum(map(len, written)),
    }
    about = {**record, "rows": len(answers), "by_hand": int(answers.sum())}
    judge = _fit_judge(measured, written, seed)
    write_weights(printed_out, record | _fit_shapes(pages, seed))
    write_weights(out, {**about, "drawn": drawn, "glyphs": judge, "parts": told})
    return float(told["right"])


def _with_print_odds(pages: Sequence[PageLook], seed: int) -> list[list[RowLook]]:
    """The rows of each page, their glyphs judged by their shape."""

    def judge(seen: list[int], unseen: list[int]) -> list[list[RowLook]]:
        net = Network.parse(_fit_shapes([pages[k] for k in seen], seed))
        chosen = (pages[k] for k in unseen)
        return [page.judged(print_odds(page.rasters, page.embedding, net)) for page in chosen]

    return _by_halves(judge, len(pages))


def _judged(
    measured: Sequence[Floats], written: Sequence[NDArray[np.bool_]], seed: int
) -> list[Floats]:
    """For each page the log-odds that each of its glyphs is handwriting."""

    def judge(seen: list[int], unseen: list[int]) -> list[Floats]:
        fitted = _fit_judge([measured[k] for k in seen], [written[k] for k in seen], seed)
        return [GlyphJudge.parse(fitted).log_odds(measured[k]) for k in unseen]

    return _by_halves(judge, len(measured))


def _by_halves(judge: Callable[[list[int], list[int]], list[Result]], count: int) -> list[Result]:
    """What is judged of each half of some pages by what was fitted to the other half."""
    first, second = list(range(count // 2)), list(range(count // 2, count))
    return [*judge(second, first), *judge(first, second)]


def _parts(
    rows: Sequence[Sequence[RowLook]],
    written: Sequence[NDArray[np.bool_]],
    odds: Sequence[Floats],
) -> tuple[Floats, NDArray[np.bool_]]:
    """What is measured of rows, and apart of what is handwriting in a row and what is not."""
    parts, by_hand = [], []
    for page, true, told in zip(rows, written, odds, strict=True):
        first = 0
        for row in page:
            own = slice(first, first + len(row.glyphs))
            first = own.stop
            for hand in (True, False):
                chosen = told[own][true[own] == hand]
                if len(chosen):
                    parts.append(measure_part(chosen))
                    by_hand.append(hand)
    return np.array(parts), np.array(by_hand)


def _fit_shapes(pages: Sequence[PageLook], seed: int) -> dict[str, Any]:
    """Fit the network of `inkdigit._decode.printed`."""
    rasters, embedding = (
        np.concatenate([getattr(page, name) for page in pages]) for name in ("rasters", "embedding")
    )
    answers = np.concatenate([page.printed for page in pages])
    seen = np.concatenate([coarse(rasters), embedding], axis=1)
    mean, scale = seen.mean(axis=0), np.maximum(seen.std(axis=0), LEAST_SCALE)
    net = MLPClassifier(
        (SHAPE_HIDDEN,), alpha=SHAPE_DECAY, max_iter=SHAPE_ROUNDS, random_state=seed
    )
    _trained(net, (seen - mean) / scale, answers)
    inner = net.coefs_[0] / scale[:, None]
    return _network(inner, net.intercepts_[0] - mean @ inner, net)


def _fit_judge(
    measured: Sequence[Floats], written: Sequence[NDArray[np.bool_]], seed: int
) -> dict[str, Any]:
    """Fit what `GlyphJudge.parse` reads."""
    features, answers = np.concatenate(measured), np.concatenate(written)
    low, high = np.quantile(features, SEEN, axis=0)
    features = np.clip(features, low, high)
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), LEAST_SCALE)
    net = MLPClassifier(
        (JUDGE_HIDDEN,), alpha=JUDGE_DECAY, max_iter=JUDGE_ROUNDS, random_state=seed
    )
    _trained(net, (features - mean) / scale, answers)
    columns = zip(GLYPH_FEATURES, low, high, mean, scale, strict=True)
    return {
        "features": {
            name: {
                "low": round(float(least), 4),
                "high": round(float(most), 4),
                "mean": round(float(middle), 4),
                "scale": round(float(spread), 4),
            }
            for name, least, most, middle, spread in columns
        },
        **_network(net.coefs_[0], net.intercepts_[0], net),
    }


def _trained(net: MLPClassifier, features: Floats, answers: NDArray[np.bool_]) -> None:
    """Train for as many rounds as the network is set to, however far that leads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(features, answers)


def _network(inner: Floats, bias: Floats, net: MLPClassifier) -> dict[str, Any]:
    """What `Network.parse` reads."""
    scales = np.maximum(np.abs(inner).max(axis=0), 1e-9) / 127
    return {
        "inner": base64.b85encode(np.rint(inner / scales).astype(np.int8).tobytes()).decode(),
        "inner_scales": [float(f"{v:.6g}") for v in scales],
        "inner_bias": [round(float(v), 5) for v in bias],
        "outer": [round(float(v), 5) for v in net.coefs_[1][:, 0]],
        "outer_bias": round(float(net.intercepts_[1][0]), 5),
    }
