"""Made pages in; what tells a row of handwriting from one of print or rules out.

The pages are by writers held out from training, and are read with both networks.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from inkdigit._decode.printed import BUNDLED_PRINTED, PrintNet, coarse
from inkdigit._decode.reading import Constraints, decode_rows, row_looks, score_hypotheses
from inkdigit._decode.steady import steady
from inkdigit._decode.written import DRAWN_FEATURES, WRITTEN_FEATURES, RowLook, measure_rows
from inkdigit._picture.find import find_ink
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.marks import MarkLayout
from inkdigit.files import write_json
from inkdigit.session import InkSession, OnnxInkSession, OnnxSession, Session
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.publish.quadratic import STRENGTH, fit_regression

__all__ = ["fit_written"]

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
    "codes": 80,
    "print only": 120,
}
PRINTED = "codes"  # the kind whose print is meant to be read
BY_HAND = 0.5  # of a row's pixels that are written: then the row is
# Of the network that judges glyphs: on writers and fonts that it had not seen its answers have an
# area under the curve of 0.950; with the embedding alone 0.918, and without a hidden layer 0.862.
HIDDEN = 24
DECAY = 0.01
LEAST_SCALE = 0.05  # what hardly varies is not blown up


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of some pages as they were read.

    Attributes:
        looks: Of each page.
        by_hand: (rows,) whether each is handwriting.
        rasters: (glyphs, 28, 28) float32 of all rows' glyphs.
        embedding: (glyphs, 64) float32.
        row_of: (glyphs,) the row of each.
        printed: (glyphs,) whether each is print. A code is read though it is.
    """

    looks: list[list[RowLook]]
    by_hand: NDArray[np.bool_]
    rasters: NDArray[np.float32]
    embedding: NDArray[np.float32]
    row_of: NDArray[np.int64]
    printed: NDArray[np.bool_]


def fit_written(
    model: Path,
    ink_model: Path,
    writing: Writing,
    out: Path,
    printed_out: Path = BUNDLED_PRINTED,
    seed: int = 0,
) -> float:
    """Fit what tells print from handwriting, glyph by glyph and then row by row.

    The glyphs of one half of the pages are judged by a network that saw those of the other half, so
    that the rows are weighed by answers as good as those in use.

    Args:
        model: The digit network's file.
        ink_model: The ink network's.
        writing: What the pages are made of, by writers held out from training.
        out: A written.json, the weights of `inkdigit._decode.written` with a record of the fit.
        printed_out: A printed.json, the network of `inkdigit._decode.printed`. Both are written
            atomically.
        seed: Of the pages.

    Returns:
        The fraction of rows told right.
    """
    session, ink_session = OnnxSession(model), OnnxInkSession(ink_model)
    rng = np.random.default_rng(seed)
    halves = []
    for _ in range(2):
        made = (KINDS[kind].make(writing, rng) for kind, n in PAGES.items() for _ in range(n // 2))
        halves.append(_read(made, session, ink_session))
    features = []
    for own, other in zip(halves, halves[::-1], strict=True):
        net = PrintNet.parse(_fit_glyphs([other], seed))
        features.append(_measured(own, net.log_odds(own.rasters, own.embedding)))
    answers = np.concatenate([half.by_hand for half in halves])
    measured = np.concatenate(features)
    places = [WRITTEN_FEATURES.index(name) for name in DRAWN_FEATURES]
    seen = fit_regression(measured, answers, WRITTEN_FEATURES, STRENGTH)
    drawn = fit_regression(measured[:, places], answers, DRAWN_FEATURES, STRENGTH)
    command = f"python -m inkdigit_train fit-written --seed {seed}"
    about = {"command": command, "rows": len(answers), "by_hand": int(answers.sum())}
    glyphs = {"command": command, "glyphs": sum(len(half.row_of) for half in halves)}
    write_json(printed_out, glyphs | _fit_glyphs(halves, seed))
    write_json(out, {**about, "seen": seen, "drawn": drawn})
    return float(seen["right"])


def _fit_glyphs(parts: Sequence[_Rows], seed: int) -> dict[str, Any]:
    """Fit what `PrintNet.parse` reads."""
    rasters, embedding = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rasters", "embedding")
    )
    answers = np.concatenate([part.printed for part in parts])
    seen = np.concatenate([coarse(rasters), embedding], axis=1)
    mean, scale = seen.mean(axis=0), np.maximum(seen.std(axis=0), LEAST_SCALE)
    net = MLPClassifier(
        (HIDDEN,), alpha=DECAY, early_stopping=True, max_iter=60, random_state=seed
    ).fit((seen - mean) / scale, answers)
    inner = net.coefs_[0] / scale[:, None]
    bias = net.intercepts_[0] - mean @ inner
    scales = np.maximum(np.abs(inner).max(axis=0), 1e-9) / 127
    return {
        "inner": base64.b85encode(np.rint(inner / scales).astype(np.int8).tobytes()).decode(),
        "inner_scales": [float(f"{v:.6g}") for v in scales],
        "inner_bias": [round(float(v), 5) for v in bias],
        "outer": [round(float(v), 5) for v in net.coefs_[1][:, 0]],
        "outer_bias": round(float(net.intercepts_[1][0]), 5),
    }


def _read(pages: Iterable[Page], session: Session, ink_session: InkSession) -> _Rows:
    """Read pages, and keep how each row that was read looks, and what it is."""
    looks, by_hand, rasters, embeddings, row_of, printed = [], [], [], [], [], []
    count = 0
    for page in pages:
        found = find_ink(page.pixels, ink_session.run)
        layout = MarkLayout(found.ink, found.to_picture, found.ruled_from(found.to_picture))
        scored = score_hypotheses(layout.hypotheses, layout, steady(session.run))
        readings = decode_rows(layout, scored, Constraints.parse())
        own = row_looks(layout, scored, readings)
        if not own:
            continue
        looks.append(own)
        by_hand += [_written_share(page, layout, p) >= BY_HAND for p in layout.points()]
        for reading, hand in zip(readings, by_hand[count:], strict=True):
            if reading.glyphs:
                drawn = layout.rasters([glyph.hypothesis for glyph in reading.glyphs])
                rasters.append(drawn)
                embeddings.append(session.run(np.ascontiguousarray(drawn)[:, None])[1])
                row_of += [count] * len(drawn)
                printed += [page.kind == PRINTED or not hand] * len(drawn)
            count += 1
    return _Rows(
        looks,
        np.array(by_hand, np.bool_),
        np.concatenate(rasters),
        np.concatenate(embeddings),
        np.array(row_of, np.int64),
        np.array(printed, np.bool_),
    )


def _measured(rows: _Rows, printed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The features of rows whose glyphs are judged anew."""
    features, first, glyph = [], 0, 0
    ends = np.searchsorted(rows.row_of, np.arange(len(rows.by_hand)), side="right")
    for page in rows.looks:
        judged = []
        for k, look in enumerate(page):
            own = printed[glyph : ends[first + k]].tolist()
            judged.append(replace(look, printed=own))
            glyph = ends[first + k]
        features.append(measure_rows(judged))
        first += len(page)
    return np.concatenate(features)


def _written_share(page: Page, layout: MarkLayout, points: NDArray[np.float64]) -> float:
    """The fraction of a row's pixels that are true ink."""
    height, width = page.ink.shape
    x, y = np.floor(layout.to_input.points(points)).astype(int).T
    true = page.ink[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return float((true >= INK_LEVEL).mean())
