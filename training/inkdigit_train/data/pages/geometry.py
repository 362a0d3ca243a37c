"""Turns, crops, sizes and perspective: the same for a canvas's pixels and for its truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit_train.data.pages.page import Box, Canvas, Cell

__all__ = ["crop", "invert", "quarter_turns", "resize", "turned_corners", "warp"]

Floats = NDArray[np.float32]
Corners = NDArray[np.float64]


def crop(canvas: Canvas, box: tuple[int, int, int, int]) -> Canvas:
    """The part of a canvas inside left, top, right, bottom."""
    left, top, right, bottom = box
    area = np.s_[max(top, 0) : bottom, max(left, 0) : right]
    corner = np.array([max(left, 0), max(top, 0)])
    return _with(
        canvas,
        canvas.pixels[area],
        canvas.ink[area],
        canvas.meant[area],
        canvas.ruled[area],
        canvas.owner[area],
        lambda points: points - corner,
    )


def quarter_turns(canvas: Canvas, turns: int) -> Canvas:
    """The canvas turned counter-clockwise by this many right angles."""
    planes = (canvas.pixels, canvas.ink, canvas.meant, canvas.ruled)
    pixels, ink, meant, ruled = (np.rot90(plane, turns) for plane in planes)
    owner = np.rot90(canvas.owner, turns)
    size = np.array(canvas.size[::-1], np.float64)

    def turned(points: Corners) -> Corners:
        for turn in range(turns % 4):
            points = np.stack([points[:, 1], size[turn % 2] - points[:, 0]], axis=1)
        return points

    return _with(canvas, pixels, ink, meant, ruled, owner, turned)


def invert(canvas: Canvas) -> None:
    """Light becomes dark and dark light."""
    np.subtract(np.float32(1), canvas.pixels, out=canvas.pixels)


def resize(canvas: Canvas, height: int, width: int) -> Canvas:
    """The canvas at another size, each pixel the mean of what it covers."""
    size = (max(1, width), max(1, height))
    filtering = Image.Resampling.BILINEAR  # in PIL this averages where it shrinks

    def scaled(plane: Floats) -> Floats:
        return np.asarray(Image.fromarray(plane).resize(size, filtering), np.float32)

    pixels = np.stack([scaled(canvas.pixels[..., k].copy()) for k in range(3)], axis=2)
    owner = Image.fromarray(canvas.owner).resize(size, Image.Resampling.NEAREST)
    ratio = np.array(size) / canvas.size[::-1]
    return _with(
        canvas,
        pixels,
        scaled(canvas.ink),
        scaled(canvas.meant),
        scaled(canvas.ruled),
        np.array(owner, np.int32),
        lambda points: points * ratio,
    )


def turned_corners(height: float, width: float, degrees: float) -> Corners:
    """(4, 2) x, y of a sheet's corners after a turn about its middle, in the order of `warp`."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = np.array([width / 2, height / 2])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    return np.asarray((corners - middle) @ turn + middle, np.float64)


def warp(canvas: Canvas, corners: Corners, background: Floats) -> tuple[Canvas, Floats]:
    """Lay a canvas on a background so that its corners come to the given points.

    Args:
        canvas: The sheet.
        corners: (4, 2) x, y of its top left, top right, bottom right and bottom left corner.
        background: (H, W, 3) what shows beside the sheet.

    Returns:
        A canvas of the background's size, and (H, W) how much of each pixel the sheet covers.
    """
    height, width = canvas.size
    size = (background.shape[1], background.shape[0])
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    coefficients = _perspective(corners, source)

    def moved(plane: NDArray[np.generic], filtering: Image.Resampling) -> NDArray[np.generic]:
        image = Image.fromarray(plane)
        return np.array(image.transform(size, Image.Transform.PERSPECTIVE, coefficients, filtering))

    smooth = Image.Resampling.BILINEAR
    cover = np.asarray(moved(np.ones((height, width), np.float32), smooth), np.float32)
    pixels = background.copy()
    for k in range(3):
        plane = np.asarray(moved(canvas.pixels[..., k].copy(), smooth), np.float32)
        pixels[..., k] += cover * (plane - pixels[..., k])
    owner = moved(canvas.owner + 1, Image.Resampling.NEAREST).astype(np.int32) - 1
    truths = (canvas.ink, canvas.meant, canvas.ruled)
    ink, meant, ruled = (np.asarray(moved(t, smooth), np.float32) for t in truths)
    forward = _perspective(source, corners)
    return _with(canvas, pixels, ink, meant, ruled, owner, lambda p: _seen(p, forward)), cover


def _perspective(here: Corners, there: Corners) -> list[float]:
    """PIL's eight numbers of the perspective that takes each point `here` to that `there`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(here.tolist(), there.tolist(), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved: list[float] = np.linalg.solve(np.array(rows), np.array(values)).tolist()
    return solved


def _seen(points: Corners, perspective: list[float]) -> Corners:
    """(n, 2) points through a perspective of `_perspective`."""
    a, b, c, d, e, f, g, h = perspective
    x, y = points[:, 0], points[:, 1]
    return np.stack([a * x + b * y + c, d * x + e * y + f], axis=1) / (g * x + h * y + 1)[:, None]


def _with(
    canvas: Canvas,
    pixels: Floats,
    ink: Floats,
    meant: Floats,
    ruled: Floats,
    owner: NDArray[np.int32],
    place: Callable[[Corners], Corners],
) -> Canvas:
    """The canvas with other maps; `place` says where its points (n, 2) come to."""
    moved = Canvas(np.array(pixels, np.float32))
    moved.ink, moved.meant = np.array(ink, np.float32), np.array(meant, np.float32)
    moved.ruled = np.array(ruled, np.float32)
    moved.owner = np.array(owner, np.int32)
    moved.labels, moved.row_of, moved.number_of = canvas.labels, canvas.row_of, canvas.number_of
    moved.cells = [Cell(_moved_box(cell.box, place), cell.text) for cell in canvas.cells]
    moved.single = canvas.single
    return moved


def _moved_box(box: Box, place: Callable[[Corners], Corners]) -> Box:
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    points = place(corners)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return round(x0), round(y0), round(x1), round(y1)
