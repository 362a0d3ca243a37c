"""A network of one hidden layer, as training's fits write it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Network"]


@dataclass(frozen=True, eq=False)
class Network:
    """Log-odds from k features.

    Attributes:
        inner: (k, hidden) weights.
        inner_bias: (hidden,)
        outer: (hidden,)
        outer_bias: Log-odds where nothing speaks for either.
    """

    inner: NDArray[np.float32]
    inner_bias: NDArray[np.float32]
    outer: NDArray[np.float32]
    outer_bias: float

    @classmethod
    def parse(cls, fitted: Mapping[str, Any]) -> Network:
        """What a fit wrote: the inner weights in 8 bits, row by row, with a scale for each unit."""
        scales = np.array(fitted["inner_scales"], np.float32)
        inner = np.frombuffer(base64.b85decode(fitted["inner"]), np.int8).reshape(-1, len(scales))
        return cls(
            inner.astype(np.float32) * scales,
            np.array(fitted["inner_bias"], np.float32),
            np.array(fitted["outer"], np.float32),
            float(fitted["outer_bias"]),
        )

    def log_odds(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n,) from features (n, k)."""
        hidden = np.maximum(features @ self.inner + self.inner_bias, 0)
        odds = hidden @ self.outer + np.float32(self.outer_bias)
        return np.asarray(odds, np.float64)
