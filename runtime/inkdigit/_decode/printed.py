"""A glyph's raster and the digit network's embedding in, how likely it is print out.

Print is evener than any hand: its lines are as thick everywhere, its curves are arcs. A small
network, fitted on made pages by `python -m inkdigit_train fit-written`, tells them glyph by glyph;
`inkdigit._decode.written` weighs that for a row.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.network import Network

__all__ = ["BUNDLED_PRINTED", "coarse", "print_odds"]

BUNDLED_PRINTED = Path(__file__).parent / "printed.json"
BLOCK = 2  # side in pixels of the squares of a raster that are averaged


@lru_cache(maxsize=1)
def _network() -> Network:
    return Network.parse(json.loads(BUNDLED_PRINTED.read_text()))


def print_odds(
    rasters: NDArray[np.float32], embedding: NDArray[np.float32], network: Network | None = None
) -> NDArray[np.float64]:
    """(n,) log-odds that glyphs are print.

    Args:
        rasters: (n, 28, 28) in [0, 1].
        embedding: (n, 64), the digit network's.
        network: Another than the bundled one.
    """
    seen = np.concatenate([coarse(rasters), embedding], axis=1, dtype=np.float32)
    return (network or _network()).log_odds(seen)


def coarse(rasters: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 196): means over squares of `BLOCK` pixels."""
    count, high, wide = rasters.shape
    cells = rasters.reshape(count, high // BLOCK, BLOCK, wide // BLOCK, BLOCK).mean(axis=(2, 4))
    return np.asarray(cells.reshape(count, -1), np.float32)
