"""Row and network's answers in; how likely each hypothesis is a sign out: which, or another one.

The network sees no size and no place: a point fills its raster as a zero does. Here a hypothesis is
measured against the digits beside it, and a small network, fitted on made rows by
`python -m inkdigit_train fit-signs`, weighs that with what the digit network says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._segment.join import POINT
from inkdigit._segment.layout import Row
from inkdigit.labels import CLASSES, DIGITS, SIGN_CLASSES

__all__ = ["BUNDLED_SIGNS", "SIGN_FEATURES", "SignNet", "sign_features"]

BUNDLED_SIGNS = Path(__file__).parent / "signs.json"
RELATIVE = ("top", "bottom", "height", "slant", "breadth")  # less the mean of others of the row
SIGN_FEATURES = (
    "log_height",  # in row heights, as the others are
    "log_width",
    "log_lean",  # its width along the usual slant
    "top",  # below the tops of the digits beside it,
    "bottom",  # and below their feet
    "gap_left",  # to the digits beside it; negative where they overlap
    "gap_right",
    "has_left",  # whether there is one
    "has_right",
    "beside",  # logarithm of their height
    "parts",  # strokes or marks, beyond the first
    # Strokes of a sign cross, or lie one below the other; those of two digits stand side by side.
    "across",  # their widths' sum over its own width
    "down",  # likewise their heights'
    "highest",  # logarithm of the height of the highest of them,
    "lowest",  # and of the lowest
    "spread",
    "cuts",
    "speck",
    "paired",  # whether it may be one of a colon's points
    "slant",
    "breadth",
    # A 1 leans and stands as the writer's other ones and digits do; a slash does not.
    *(f"ones_{name}" for name in RELATIVE),  # less those of the row's other ones,
    "ones",  # of which there are so many,
    *(f"digits_{name}" for name in RELATIVE),  # and those of its other digits
    "digits",
    *(f"log_probability_{label}" for label in range(CLASSES)),
)
BODY = 0.5  # row heights: what is taller stands on the line as digits do
FLAT = 0.03  # row heights, added to sides so that their logarithms are finite
LIMIT = 1.5  # row heights beyond which a distance makes no difference
LEAST_LOG_PROBABILITY = -12.0
LIKELY = -0.7  # log-probability of a digit from which it is one of the row's
MANY = 6  # others of the row, beyond which a number makes no difference
MAX_PAIRS = 400_000  # hypotheses times bodies of a row: beyond it is a page of scribbles


def sign_features(row: Row, log_probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 44) of a row's hypotheses, in the order of `SIGN_FEATURES`.

    Args:
        row: Its hypotheses.
        log_probabilities: (n, 11) of their rasters.
    """
    hypotheses = row.hypotheses
    boxes = np.array([h.box for h in hypotheses]) / row.height
    leans = np.array([h.lean or (h.box[0], h.box[2]) for h in hypotheses]) / row.height
    left, top, right, bottom = boxes.T
    beside = _beside(row, boxes)
    slants = _limited(np.array([h.slant for h in hypotheses]))
    breadths = np.array([h.breadth for h in hypotheses])
    shapes = np.stack([top, bottom, bottom - top, slants, breadths], axis=1)
    ones, digits = _whole_digits(row, boxes, log_probabilities)
    features = [
        np.log(bottom - top + FLAT),
        np.log(right - left + FLAT),
        np.log(leans[:, 1] - leans[:, 0] + FLAT),
        _limited(top - beside.top),
        _limited(bottom - beside.bottom),
        np.where(beside.has_left, _limited(left - beside.left), LIMIT),
        np.where(beside.has_right, _limited(beside.right - right), LIMIT),
        beside.has_left,
        beside.has_right,
        np.log(np.maximum(beside.bottom - beside.top, FLAT)),
        np.array([len(h.parts) - 1.0 for h in hypotheses]),
        *_of_parts(row, boxes),
        np.array([h.spread for h in hypotheses]),
        np.array([float(h.cuts) for h in hypotheses]),
        np.array([float(h.speck) for h in hypotheses]),
        _paired(row, boxes),
        slants,
        breadths,
        *_beyond(shapes, ones),
        *_beyond(shapes, digits),
        *np.maximum(log_probabilities, LEAST_LOG_PROBABILITY).T,
    ]
    measured: NDArray[np.float64] = np.array(features, np.float64).T  # faster than np.stack
    return measured


def _of_parts(row: Row, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, n) how the strokes or marks of each hypothesis lie to each other."""
    heights = np.log(boxes[:, 3] - boxes[:, 1] + FLAT)
    if all(len(h.parts) <= 1 for h in row.hypotheses):
        size = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
        across, down = np.minimum(size / np.maximum(size, FLAT), MANY).T
        return np.array([across, down, heights, heights])
    alone = {h.parts[0]: k for k, h in enumerate(row.hypotheses) if len(h.parts) == 1}
    # What is part of no stroke or mark that is a hypothesis counts as the whole.
    parts = [[alone.get(p, k) for p in h.parts] or [k] for k, h in enumerate(row.hypotheses)]
    counts = np.array([len(own) for own in parts])
    first = np.cumsum(counts) - counts
    sizes = (boxes[:, 2:] - boxes[:, :2])[[k for own in parts for k in own]]
    whole = np.maximum(boxes[:, 2:] - boxes[:, :2], FLAT)
    sums = np.minimum(np.add.reduceat(sizes, first, axis=0) / whole, MANY)
    highest, lowest = (f.reduceat(sizes[:, 1], first) for f in (np.maximum, np.minimum))
    return np.stack([*sums.T, np.log(highest + FLAT), np.log(lowest + FLAT)])


def _paired(row: Row, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) 1 for what is small and is a part of a hypothesis of two small parts."""
    small = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) <= POINT
    alone = {h.atoms: small[k] for k, h in enumerate(row.hypotheses) if len(h.atoms) == 1}
    of_pairs = {
        atom
        for hypothesis in row.hypotheses
        if len(hypothesis.atoms) == 2 and all(alone.get((a,), False) for a in hypothesis.atoms)
        for atom in hypothesis.atoms
    }
    paired = [len(h.atoms) == 1 and h.atoms[0] in of_pairs for h in row.hypotheses]
    return np.array(paired, np.float64)


def _limited(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Within `LIMIT`: a fifth of the time of `np.clip`, on the few that a row has."""
    return np.minimum(np.maximum(distances, -LIMIT), LIMIT)


def _whole_digits(
    row: Row, boxes: NDArray[np.float64], log_probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) and (n,) which hypotheses are likely a whole 1, and which another whole digit."""
    uncut = np.array([not h.cuts for h in row.hypotheses])
    likely = uncut & (boxes[:, 3] - boxes[:, 1] >= BODY)
    alone = np.array([len(h.parts) == 1 for h in row.hypotheses])
    others = np.delete(log_probabilities[:, :DIGITS], 1, axis=1).max(axis=1)
    return likely & alone & (log_probabilities[:, 1] > LIKELY), likely & (others > LIKELY)


def _beyond(shapes: NDArray[np.float64], chosen: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Each of k columns (n, k) less its mean over the chosen rows but its own, and their number.

    All are (n,), and 0 where there are no others.
    """
    count = chosen.sum() - chosen
    sums = shapes[chosen].sum(axis=0) - shapes * chosen[:, None]
    beyond = np.where(count[:, None] > 0, shapes - sums / np.maximum(count, 1)[:, None], 0.0)
    return [*_limited(beyond).T, np.minimum(count, MANY).astype(np.float64)]


@dataclass(frozen=True, eq=False)
class _Beside:
    """What stands beside each of n hypotheses, each (n,) and in row heights."""

    top: NDArray[np.float64]  # mean of the neighbours', or the row's own without any
    bottom: NDArray[np.float64]
    left: NDArray[np.float64]  # right edge of the one on the left,
    right: NDArray[np.float64]  # and left edge of the one on the right
    has_left: NDArray[np.bool_]
    has_right: NDArray[np.bool_]


def _beside(row: Row, boxes: NDArray[np.float64]) -> _Beside:
    hypotheses = row.hypotheses
    heights = boxes[:, 3] - boxes[:, 1]
    bodies = [k for k, h in enumerate(hypotheses) if len(h.atoms) == 1 and heights[k] >= BODY]
    bodies.sort(key=lambda k: boxes[k, 0] + boxes[k, 2])
    if len(bodies) * len(hypotheses) > MAX_PAIRS:
        bodies = []
    box, count = boxes[bodies], len(bodies)
    middles = (box[:, 0] + box[:, 2])[None]
    own = np.zeros((len(hypotheses), count), bool)
    place = {hypotheses[k].atoms[0]: rank for rank, k in enumerate(bodies)}
    for index, hypothesis in enumerate(hypotheses):
        for atom in hypothesis.atoms:
            if atom in place:
                own[index, place[atom]] = True
    before = (middles < (boxes[:, 0] + boxes[:, 2])[:, None]) & ~own
    after = ~before & ~own
    rank = np.arange(count)
    lefts = np.where(before, rank, -1).max(axis=1, initial=-1)
    rights = np.where(after, rank, count).min(axis=1, initial=count)
    has_left, has_right = lefts >= 0, rights < count
    # One row more, for those without a neighbour.
    hull = np.array(row.box) / row.height
    box = np.concatenate([box, hull[None]])
    a, b = box[np.where(has_left, lefts, count)], box[np.where(has_right, rights, count)]
    shares = np.stack([has_left, has_right], axis=1).astype(np.float64)
    none = ~has_left & ~has_right
    shares[none] = 0.5
    shares /= shares.sum(axis=1, keepdims=True)
    top = a[:, 1] * shares[:, 0] + b[:, 1] * shares[:, 1]
    bottom = a[:, 3] * shares[:, 0] + b[:, 3] * shares[:, 1]
    return _Beside(top, bottom, a[:, 2], b[:, 0], has_left, has_right)


@dataclass(frozen=True, eq=False)
class SignNet:
    """Two layers on `SIGN_FEATURES`, moved and scaled.

    Attributes:
        means: (44,)
        scales: (44,)
        hidden: (44, m)
        hidden_bias: (m,)
        out: (m, 7): for each of `SIGN_CLASSES`.
        out_bias: (7,)
    """

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    hidden: NDArray[np.float64]
    hidden_bias: NDArray[np.float64]
    out: NDArray[np.float64]
    out_bias: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path) -> SignNet:
        """Read a file that training wrote."""
        fitted = json.loads(path.read_text())
        each = [fitted["features"][name] for name in SIGN_FEATURES]
        last = [fitted["signs"][name] for name in SIGN_CLASSES]
        return cls(
            np.array([row["mean"] for row in each]),
            np.array([row["scale"] for row in each]),
            np.array([row["weights"] for row in each]),
            np.array(fitted["bias"]),
            np.array([row["weights"] for row in last]).T,
            np.array([row["bias"] for row in last]),
        )

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> SignNet:
        """The one that comes with the package."""
        return cls.load(BUNDLED_SIGNS)

    def log_probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 7) of features (n, 44): of each of `SIGN_CLASSES`."""
        scaled = (features - self.means) / self.scales
        inner = np.tanh(scaled @ self.hidden + self.hidden_bias)
        logits = inner @ self.out + self.out_bias
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
