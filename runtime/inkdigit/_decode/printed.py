"""A glyph's raster and the digit network's embedding in, how likely it is print out.

Print is evener than any hand: its lines are as thick everywhere, its curves are arcs. A small
network, fitted on made pages by `python -m inkdigit_train fit-written`, tells them glyph by glyph;
`inkdigit._decode.written` weighs that for a row.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUNDLED_PRINTED", "PrintNet", "coarse"]

BUNDLED_PRINTED = Path(__file__).parent / "printed.json"
BLOCK = 2  # side in pixels of the squares of a raster that are averaged
LIMIT = 8.0  # log-odds beyond which nothing is more certain


@dataclass(frozen=True, eq=False)
class PrintNet:
    """A network of one hidden layer.

    Attributes:
        inner: (k, hidden) weights of the coarse raster and the embedding.
        inner_bias: (hidden,)
        outer: (hidden,)
        outer_bias: Log-odds where nothing speaks for either.
    """

    inner: NDArray[np.float32]
    inner_bias: NDArray[np.float32]
    outer: NDArray[np.float32]
    outer_bias: float

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> PrintNet:
        """The one that the package brings."""
        return cls.parse(json.loads(BUNDLED_PRINTED.read_text()))

    @classmethod
    def parse(cls, fitted: dict[str, Any]) -> PrintNet:
        """What `fit-written` wrote: the inner weights in 8 bits, row by row, a scale a unit."""
        scales = np.array(fitted["inner_scales"], np.float32)
        inner = np.frombuffer(base64.b85decode(fitted["inner"]), np.int8).reshape(-1, len(scales))
        return cls(
            inner.astype(np.float32) * scales,
            np.array(fitted["inner_bias"], np.float32),
            np.array(fitted["outer"], np.float32),
            float(fitted["outer_bias"]),
        )

    def log_odds(
        self, rasters: NDArray[np.float32], embedding: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """(n,) that glyphs are print.

        Args:
            rasters: (n, 28, 28) in [0, 1].
            embedding: (n, 64), the digit network's.
        """
        seen = np.concatenate([coarse(rasters), embedding], axis=1, dtype=np.float32)
        hidden = np.maximum(seen @ self.inner + self.inner_bias, 0)
        odds = hidden @ self.outer + np.float32(self.outer_bias)
        return np.asarray(np.clip(odds, -LIMIT, LIMIT), np.float64)


def coarse(rasters: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 196): means over squares of `BLOCK` pixels."""
    count, high, wide = rasters.shape
    cells = rasters.reshape(count, high // BLOCK, BLOCK, wide // BLOCK, BLOCK).mean(axis=(2, 4))
    return np.asarray(cells.reshape(count, -1), np.float32)
