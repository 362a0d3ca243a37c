"""What a hypothesis is judged by beside its raster: each feature once, and the fitted weights.

Sizes are in row heights, so that features do not depend on how large somebody writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._segment.layout import Row

__all__ = ["BUNDLED_WEIGHTS", "FEATURES", "GLYPH", "Shapes", "Weights"]

Values: TypeAlias = NDArray[np.float64]

BUNDLED_WEIGHTS = Path(__file__).parent / "weights.json"

USUAL_WIDTH = 0.8  # of a digit: a wider one pays for its width squared
MIN_HEIGHT = 0.05  # of a bar, so that its logarithm is finite
# Composed numbers have no wider gaps to learn from; what reaches beyond is clipped.
GAP_LIMITS, APART_LIMIT = (-1.5, 3.0), 0.6
SHIFT_LIMIT, RESIZE_LIMIT = 1.5, 0.7
CROWDED = 0.35  # centres closer than this are crowded


def _within(values: Values, low: float, high: float) -> Values:
    """`np.clip` in a fifth of its time, on the few values that a row has."""
    return np.minimum(np.maximum(values, low), high)


@dataclass(frozen=True, eq=False)
class Shapes:
    """The shapes of a row's n hypotheses, each (n,) and in row heights."""

    left: Values
    top: Values
    right: Values
    bottom: Values
    log_height: Values
    first: Values  # least and greatest position along the usual slant; see `Hypothesis.lean`
    last: Values
    cuts: Values
    spread: Values
    strokes: Values  # or marks, beyond the first
    quality: Values  # log-odds of its cuts that they separate digits
    shared: Values  # pieces that it shares with the digit before it

    @classmethod
    def of(cls, row: Row) -> Shapes:
        """Measure a row's hypotheses."""
        hypotheses = row.hypotheses
        left, top, right, bottom = (np.array([h.box for h in hypotheses]) / row.height).T
        leans = np.array([h.lean or (h.box[0], h.box[2]) for h in hypotheses]) / row.height
        return cls(
            left,
            top,
            right,
            bottom,
            np.log(np.maximum(bottom - top, MIN_HEIGHT)),
            leans[:, 0],
            leans[:, 1],
            np.array([float(h.cuts) for h in hypotheses]),
            np.array([h.spread for h in hypotheses]),
            np.array([max(len(h.parts) - 1.0, 0.0) for h in hypotheses]),
            np.array([h.quality for h in hypotheses]),
            np.array([float(h.shared) for h in hypotheses]),
        )

    def glyph_features(self) -> Values:
        """(n, 11) of each hypothesis, in the order of `GLYPH`."""
        features: Values = np.array([feature(self) for feature in GLYPH.values()]).T
        return features

    def pair_features(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> Values:
        """(m, 7) of m pairs of neighbours, in the order of `PAIR`.

        Args:
            before: (m,) indices of the left hypotheses; -1 for none, which has no features.
            after: (m,) indices of the right ones, likewise.
        """
        i, j = before, after
        # Between upright or slanted edges, whichever keep the two further apart.
        gap = np.maximum(self.left[j] - self.right[i], self.first[j] - self.last[i])
        middle_x, middle_y = self.left + self.right, self.top + self.bottom
        pairs = _Pairs(
            _within(gap, *GAP_LIMITS),
            middle_x[j] / 2 - middle_x[i] / 2,
            _within(middle_y[j] / 2 - middle_y[i] / 2, -SHIFT_LIMIT, SHIFT_LIMIT),
            _within(self.log_height[j] - self.log_height[i], -RESIZE_LIMIT, RESIZE_LIMIT),
        )
        features: Values = np.array([feature(pairs) for feature in PAIR.values()]).T
        features[(i < 0) | (j < 0)] = 0
        return features


@dataclass(frozen=True, eq=False)
class _Pairs:
    """How m pairs of neighbours lie, each (m,) and in row heights."""

    gap: Values  # from one to the next; negative where they overlap
    advance: Values  # from centre to centre, left to right
    shift: Values  # from centre to centre, downwards
    resize: Values  # difference of the logarithms of their heights


GLYPH: Mapping[str, Callable[[Shapes], Values]] = {
    "glyph": lambda s: np.ones_like(s.left),
    "cuts": lambda s: s.cuts,
    "spread": lambda s: s.spread,
    "low": lambda s: np.minimum(s.log_height, 0),
    "low_squared": lambda s: np.minimum(s.log_height, 0) ** 2,
    "high": lambda s: np.maximum(s.log_height, 0),
    "wide": lambda s: s.right - s.left,
    "wide_squared": lambda s: np.maximum(s.right - s.left - USUAL_WIDTH, 0) ** 2,
    "strokes": lambda s: s.strokes,
    "quality": lambda s: s.quality,
    "shared": lambda s: s.shared,
}
PAIR: Mapping[str, Callable[[_Pairs], Values]] = {
    "overlap": lambda p: np.maximum(-p.gap, 0),
    "overlap_squared": lambda p: np.maximum(-p.gap, 0) ** 2,
    "gap": lambda p: _within(p.gap, 0, APART_LIMIT),
    "gap_squared": lambda p: _within(p.gap, 0, APART_LIMIT) ** 2,
    "close": lambda p: np.maximum(CROWDED - p.advance, 0),
    "shift": lambda p: p.shift**2,
    "resize": lambda p: p.resize**2,
}
# A non-digit has another shape: a wide "?" is probably two digits, a cut one part of a digit.
UNREADABLE = tuple(f"unreadable_{name}" for name in GLYPH)
LABEL = ("log_probability", "unreadable_log_probability", "link")
SIGN = (
    "no_sign_log_probability",  # of what is read as a digit, that it is no sign,
    "no_part_sign_log_probability",  # and that none of its strokes or marks is one
    "sign_log_probability",  # of what is taken for a sign, that it is that one
    "sign",  # 1 for each sign that is read
    "left_out",  # 1 for each that is left out
)
FEATURES = (*GLYPH, *UNREADABLE, *PAIR, *LABEL, *SIGN)


@dataclass(frozen=True, eq=False)
class Weights:
    """One weight for each of `FEATURES`.

    Attributes:
        glyph: (11,) of `GLYPH`, whatever is read.
        unreadable: (11,) of `UNREADABLE`, added where a hypothesis is read as no digit.
        pair: (7,) of `PAIR`.
        label: (3,) of `LABEL`.
        sign: (5,) of `SIGN`.
    """

    glyph: NDArray[np.float64]
    unreadable: NDArray[np.float64]
    pair: NDArray[np.float64]
    label: NDArray[np.float64]
    sign: NDArray[np.float64]

    @classmethod
    def from_vector(cls, vector: NDArray[np.float64]) -> Weights:
        """Split one vector in the order of `FEATURES`."""
        sizes = [len(group) for group in (GLYPH, UNREADABLE, PAIR, LABEL, SIGN)]
        return cls(*np.split(vector, np.cumsum(sizes)[:-1]))

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Read a file that training's decoder fit wrote."""
        named = json.loads(path.read_text())["weights"]
        return cls.from_vector(np.array([named[name] for name in FEATURES], np.float64))

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Weights:
        """The weights that come with the package."""
        return cls.load(BUNDLED_WEIGHTS)
