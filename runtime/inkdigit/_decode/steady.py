"""An engine in, an engine whose answers depend less on chance out.

A trained network's doubts depend on details that mean nothing: a line of half a pixel less, a point
more or less. What may be a digit, but not surely, is shown to it again, turned a little either way,
and the three answers are averaged (test-time augmentation, as in Krizhevsky and others, "ImageNet
classification with deep convolutional neural networks", 2012, section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.scoring import Engine
from inkdigit.labels import DIGITS, log_softmax

__all__ = ["steady"]

# Of 539 development numbers whose strokes kept every second point the text of 11 changed without a
# second look, of 1 with this one, and of 5 with shifts by half a pixel instead.
TURNS_DEGREES = (-4.0, 4.0)
SURE = 0.99  # probability of a class from which one look is enough
# Probability of a digit below which it is too: of most hypotheses that are no digit. Of the same
# numbers the text of 2 changed with this, of 1 with 0, which takes a fifth more time to read them.
MAYBE = 0.3


def steady(run: Engine) -> Engine:
    """Wrap `Session.run`: the logits of what it looks at again are mean log-probabilities.

    Two that wrap the same engine are equal, so that a hand knows that it need not be scored anew.
    """
    return _Steady(run)


@dataclass(frozen=True)
class _Steady:
    """An engine that looks again where it is in doubt."""

    run: Engine

    def __call__(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters; see `Session.run`."""
        logits, embedding = self.run(batch)
        if not len(batch):
            return logits, embedding
        told = log_softmax(logits)
        maybe = told[:, :DIGITS].max(axis=1) >= np.log(MAYBE)
        doubtful = np.flatnonzero(maybe & (told.max(axis=1) < np.log(SURE)))
        if not len(doubtful):
            return logits, embedding
        turned = [_turn(batch[doubtful], degrees) for degrees in TURNS_DEGREES]
        again, _ = self.run(np.concatenate(turned))
        looks = log_softmax(again).reshape(len(turned), len(doubtful), -1)
        averaged = logits.copy()
        averaged[doubtful] = (told[doubtful] + looks.sum(axis=0)) / (1 + len(turned))
        return averaged, embedding


def _turn(batch: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    """Turn rasters (n, 1, h, w) about their middle, with bilinear interpolation."""
    pixels, weights = _corners(batch.shape[2], batch.shape[3], degrees)
    flat = batch.reshape(len(batch), -1)
    turned = np.zeros_like(flat)
    for pixel, weight in zip(pixels, weights, strict=True):
        turned += flat[:, pixel] * weight
    return turned.reshape(batch.shape)


@cache
def _corners(
    height: int, width: int, degrees: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(4, h × w) of each pixel of a turned raster: the four pixels it is made of, their weights."""
    angle = np.deg2rad(degrees)
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    y, x = rows - (height - 1) / 2, columns - (width - 1) / 2
    from_y = np.cos(angle) * y - np.sin(angle) * x + (height - 1) / 2
    from_x = np.sin(angle) * y + np.cos(angle) * x + (width - 1) / 2
    pixels, weights = [], []
    for below in (0, 1):
        for right in (0, 1):
            row, column = np.floor(from_y) + below, np.floor(from_x) + right
            weight = (1 - np.abs(from_y - row)) * (1 - np.abs(from_x - column))
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            weights.append(np.where(inside, weight, 0).ravel())
            pixels.append(np.where(inside, row * width + column, 0).astype(np.int64).ravel())
    return np.stack(pixels), np.stack(weights).astype(np.float32)
