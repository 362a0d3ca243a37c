"""Where the points of one picture lie on another: scalings, turns, perspectives, chains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["IDENTITY", "Transform", "warp"]

Corners: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True)
class Transform:
    """A perspective from the points of one picture to those of another.

    Points are in pixels, x to the right and y down; pixel k reaches from k to k + 1.

    Attributes:
        matrix: The nine numbers of the homography, row by row, the last one 1.
    """

    matrix: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

    @classmethod
    def scaling(cls, wide: float, high: float) -> Transform:
        """From a picture to one this many times as wide and as high."""
        return cls((wide, 0.0, 0.0, 0.0, high, 0.0, 0.0, 0.0, 1.0))

    @classmethod
    def turn(cls, degrees: float, before: Corners, after: Corners) -> Transform:
        """A clockwise turn, as it is seen, that takes the point `before` to `after`, (2,) each."""
        angle = math.radians(degrees)
        c, s = math.cos(angle), math.sin(angle)
        x, y = (after - np.array([[c, -s], [s, c]]) @ before).tolist()
        return cls((c, -s, x, s, c, y, 0.0, 0.0, 1.0))

    @classmethod
    def between(cls, before: Corners, after: Corners) -> Transform:
        """The perspective that takes four points (4, 2), no three on a line, to four others."""
        rows, values = [], []
        for (x, y), (u, v) in zip(before.tolist(), after.tolist(), strict=True):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            values += [u, v]
        return cls((*np.linalg.solve(np.array(rows), np.array(values)).tolist(), 1.0))

    def then(self, other: Transform) -> Transform:
        """This one followed by another."""
        return _of(other._array @ self._array)

    def inverse(self) -> Transform:
        """The way back."""
        return _of(np.asarray(np.linalg.inv(self._array), np.float64))

    def points(self, points: Corners) -> Corners:
        """Where points (n, 2) come to, (n, 2)."""
        a, b, c, d, e, f, g, h, _ = self.matrix
        x, y = points[:, 0], points[:, 1]
        below = g * x + h * y + 1.0
        return np.stack([(a * x + b * y + c) / below, (d * x + e * y + f) / below], axis=1)

    def box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Bounds of a box's corners: left, top, right, bottom."""
        left, top, right, bottom = box
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        moved = self.points(corners)
        x0, y0 = moved.min(axis=0).tolist()
        x1, y1 = moved.max(axis=0).tolist()
        return x0, y0, x1, y1

    @property
    def _array(self) -> Corners:
        return np.array(self.matrix).reshape(3, 3)


IDENTITY = Transform()


def _of(array: Corners) -> Transform:
    return Transform(tuple((array / array[2, 2]).ravel().tolist()))


def warp(image: Image.Image, to_image: Transform, size: tuple[int, int]) -> Image.Image:
    """A picture seen another way.

    Args:
        image: Mode L, RGB or F.
        to_image: From the points of the result to those of the picture.
        size: (width, height) of the result in pixels.

    Returns:
        The result, interpolated; 0 where the picture does not reach.
    """
    coefficients = to_image.matrix[:8]
    return image.transform(
        size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
    )
