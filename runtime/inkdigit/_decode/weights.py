"""The decoder's fitted weights: a number for each feature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.features import FEATURES, GLYPH, LABEL, PAIR, UNREADABLE

__all__ = ["BUNDLED_WEIGHTS", "Weights"]

BUNDLED_WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, eq=False)
class Weights:
    """One weight for each of `FEATURES`.

    Attributes:
        glyph: (9,) of `GLYPH`, whatever is read.
        unreadable: (9,) of `UNREADABLE`, added where a hypothesis is read as no digit.
        pair: (7,) of `PAIR`.
        label: (3,) of `LABEL`.
    """

    glyph: NDArray[np.float64]
    unreadable: NDArray[np.float64]
    pair: NDArray[np.float64]
    label: NDArray[np.float64]

    @classmethod
    def from_vector(cls, vector: NDArray[np.float64]) -> Weights:
        """Split one vector in the order of `FEATURES`."""
        sizes = [len(group) for group in (GLYPH, UNREADABLE, PAIR, LABEL)]
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
