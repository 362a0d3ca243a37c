"""A logistic regression on features and their products, as training's fits write it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Regression"]


@dataclass(frozen=True, eq=False)
class Regression:
    """Log-odds from k features: each is moved and scaled, then weighed, alone and in pairs.

    Attributes:
        means: (k,)
        scales: (k,)
        single: (k,)
        products: (k, k) upper triangle.
        intercept: Log-odds where every feature is at its mean.
        low: (k,) least values that the fit saw; what is less is taken for them.
        high: (k,) greatest values, likewise.
    """

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    single: NDArray[np.float64]
    products: NDArray[np.float64]
    intercept: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path, names: Sequence[str]) -> Regression:
        """Read a file that training wrote; the features come in the order of `names`."""
        return cls.parse(json.loads(path.read_text()), names)

    @classmethod
    def parse(cls, fitted: Mapping[str, Any], names: Sequence[str]) -> Regression:
        """What such a file holds, as a regression."""
        each = [fitted["features"][name] for name in names]
        products = np.zeros((len(each), len(each)))
        for i, row in enumerate(each):
            products[i, i:] = row["products"]
        means, scales, single, low, high = (
            np.array([row[key] for row in each], np.float64)
            for key in ("mean", "scale", "weight", "low", "high")
        )
        return cls(means, scales, single, products, float(fitted["intercept"]), low, high)

    def log_odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) from features (n, k)."""
        scaled = (np.clip(features, self.low, self.high) - self.means) / self.scales
        pairs = np.einsum("ni,ij,nj->n", scaled, self.products, scaled)
        return np.asarray(scaled @ self.single + pairs + self.intercept, np.float64)
