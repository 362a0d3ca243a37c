"""Convolution, pooling and resizing of feature maps in numpy.

Maps are (N, H, W, C) here, contiguous: a pixel's channels lie side by side, so that a convolution
is a matrix product, and what is done to whole maps runs along long rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

__all__ = [
    "Map",
    "Window",
    "average_pool",
    "dense",
    "depthwise",
    "enlarge",
    "interpolate",
    "max_pool",
    "scale",
]

Map: TypeAlias = NDArray[np.float32]

# Bytes that a step gathers or makes before they are used: they stay in a core's cache. Of 64 kB to
# 4 MB, 256 kB and 1 MB were the fastest for the networks' convolutions, by up to a half.
BLOCK_BYTES = 1 << 18


def has_blas() -> bool:
    """Whether numpy multiplies matrices by a BLAS; builds for Android and browsers do not."""
    try:
        config = np.show_config(mode="dicts")
    except TypeError:  # of numpys too old to tell, the wheels have one
        return True
    return bool((config or {}).get("Build Dependencies", {}).get("blas", {}).get("found", True))


# Without one matmul is a plain loop, and einsum, which uses the processor's vectors, takes between
# a quarter and a half of its time on the networks' matrices.
HAS_BLAS = has_blas()


@dataclass(frozen=True)
class Window:
    """A rectangle that moves over a map.

    Attributes:
        size: Its height and width in pixels.
        stride: How far it moves down, and to the right.
        pads: Pixels added to the map above, left, below and right.
    """

    size: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)

    def moves(self, height: int, width: int) -> tuple[int, int]:
        """How many places it has on a map, down and across.

        Raises:
            ValueError: If it is larger than the map.
        """
        top, left, bottom, right = self.pads
        down = (height + top + bottom - self.size[0]) // self.stride[0] + 1
        across = (width + left + right - self.size[1]) // self.stride[1] + 1
        if down < 1 or across < 1:
            raise ValueError(f"a map of {height}×{width} is smaller than a window of {self.size}")
        return down, across


def padded(x: Map, window: Window, fill: float = 0.0) -> Map:
    """The map with the window's padding around it."""
    if not any(window.pads):
        return x
    top, left, bottom, right = window.pads
    count, height, width, channels = x.shape
    out = np.empty((count, height + top + bottom, width + left + right, channels), np.float32)
    out[:, :top] = fill
    out[:, top + height :] = fill
    out[:, top : top + height, :left] = fill
    out[:, top : top + height, left + width :] = fill
    out[:, top : top + height, left : left + width] = x
    return out


def dense(x: Map, matrix: Map, bias: Map | None, window: Window) -> Map:
    """Convolve every channel into every other.

    Args:
        x: (N, H, W, C).
        matrix: (O, window's height × width × C).
        bias: (O,), or None.
        window: Its padding is of zeros.
    """
    count, height, width, channels = x.shape
    rows, columns = window.size
    down, across = window.moves(height, width)
    outputs, taps = matrix.shape
    out = np.empty((count, down, across, outputs), np.float32)
    if window == Window((1, 1)):
        _product(x.reshape(-1, channels), matrix, out.reshape(-1, outputs))
        return _add_bias(out, bias)
    x = padded(x, window)
    # Not x.strides: numpy leaves those of axes of length 1 to chance.
    number = x.itemsize
    pixel = number * channels
    row = pixel * x.shape[2]
    image = row * x.shape[1]
    # A row of the window is one run of columns × C numbers.
    windows = as_strided(
        x,
        (count, down, across, rows, columns * channels),
        (image, row * window.stride[0], pixel * window.stride[1], row, number),
        writeable=False,
    )
    for block in _blocks(count, down, across * taps * 4):
        part = out[block]
        _product(windows[block].reshape(-1, taps), matrix, part.reshape(-1, outputs))
        _add_bias(part, bias)
    return out


def _product(x: Map, matrix: Map, out: Map) -> None:
    """Write x (n, k) times the transpose of a matrix (m, k) into out (n, m)."""
    if HAS_BLAS:
        np.matmul(x, matrix.T, out=out)
    else:
        np.einsum("nk,mk->nm", x, matrix, out=out)


def depthwise(x: Map, kernel: Map, bias: Map | None, window: Window) -> Map:
    """Convolve each channel by itself.

    Args:
        x: (N, H, W, C).
        kernel: (window's height, width, C).
        bias: (C,), or None.
        window: Its padding is of zeros.
    """
    count, height, width, channels = x.shape
    down, across = window.moves(height, width)
    out = np.empty((count, down, across, channels), np.float32)
    x = padded(x, window)
    if down * across < window.size[0] * window.size[1]:
        for i, j in np.ndindex(down, across):
            top, left = i * window.stride[0], j * window.stride[1]
            seen = x[:, top : top + window.size[0], left : left + window.size[1]]
            np.einsum("nhwc,hwc->nc", seen, kernel, out=out[:, i, j])
    else:
        rows = _row(kernel, across)
        for block in _blocks(count, down, across * channels * 4):
            part = out[block]
            product = np.empty_like(part)
            for (i, j), seen in _shifted(x, window, block, part.shape):
                if i == j == 0:
                    np.multiply(seen, rows[i, j], out=part)
                else:
                    np.multiply(seen, rows[i, j], out=product)
                    np.add(part, product, out=part)
    return _add_bias(out, bias)


def _row(values: Map, across: int) -> Map:
    """Values of the channels (…, C), repeated for each pixel of a row: (…, across, C).

    numpy then runs along whole rows instead of the channels of each pixel: a depthwise convolution
    takes half the time.
    """
    return np.repeat(values[..., None, :], across, axis=-2)


def _add_bias(x: Map, bias: Map | None) -> Map:
    return x if bias is None else np.add(x, _row(bias, x.shape[2]), out=x)


def scale(x: Map, factor: Map, shift: Map) -> Map:
    """Multiply each channel by a number and add another to it; both are (C,)."""
    return _add_bias(x * _row(factor, x.shape[2]), shift)


def _blocks(count: int, down: int, row_bytes: int) -> Iterator[tuple[slice, slice]]:
    """Images, or rows of one image, of which the bytes are few enough."""
    rows = max(1, BLOCK_BYTES // row_bytes)
    images = max(1, rows // down)
    for image in range(0, count, images):
        for row in range(0, down, rows):
            yield slice(image, image + images), slice(row, min(row + rows, down))


def _shifted(
    x: Map, window: Window, block: tuple[slice, slice], shape: tuple[int, ...]
) -> Iterator[tuple[tuple[int, int], Map]]:
    """What each of the window's places sees of a padded map, for the outputs of one block."""
    images, rows = block
    down, across = window.stride
    for i, j in np.ndindex(*window.size):
        top = rows.start * down + i
        yield (
            (i, j),
            x[
                images,
                top : top + (shape[1] - 1) * down + 1 : down,
                j : j + (shape[2] - 1) * across + 1 : across,
            ],
        )


def max_pool(x: Map, window: Window) -> Map:
    """The largest number under the window, channel by channel."""
    return _pool(padded(x, window, -np.inf), window, np.maximum)


def average_pool(x: Map, window: Window, count_padding: bool) -> Map:
    """The mean of the numbers under the window, channel by channel.

    Args:
        x: (N, H, W, C).
        window: Its padding is of zeros.
        count_padding: Whether they count.
    """
    sums = _pool(padded(x, window), window, np.add)
    if count_padding or not any(window.pads):
        sums *= np.float32(1 / (window.size[0] * window.size[1]))
        return sums
    counted = _pool(padded(np.ones((1, *x.shape[1:3], 1), np.float32), window), window, np.add)
    sums /= counted
    return sums


def _pool(x: Map, window: Window, combine: Callable[..., Map]) -> Map:
    """Combine the numbers under the window, down and then across; x is padded already."""
    down, across = Window(window.size, window.stride).moves(*x.shape[1:3])
    for axis, moves in ((1, down), (2, across)):
        size, stride = window.size[axis - 1], window.stride[axis - 1]
        parts = []
        for start in range(size):
            index = [slice(None)] * 4
            index[axis] = slice(start, start + (moves - 1) * stride + 1, stride)
            parts.append(x[tuple(index)])
        x = combine(parts[0], parts[1]) if size > 1 else parts[0].copy()
        for part in parts[2:]:
            combine(x, part, out=x)
    return x


def enlarge(x: Map, down: int, across: int) -> Map:
    """Repeat each pixel a whole number of times."""
    count, height, width, channels = x.shape
    out = np.empty((count, height, down, width, across, channels), np.float32)
    out[...] = x[:, :, None, :, None, :]
    return out.reshape(count, height * down, width * across, channels)


def interpolate(x: Map, height: int, width: int) -> Map:
    """Resize bilinearly; pixels are squares, and the edges are repeated."""
    for axis, size in ((1, height), (2, width)):
        length = x.shape[axis]
        # Positions of the new pixels' centres among the old ones'.
        at = np.clip((np.arange(size) + 0.5) * (length / size) - 0.5, 0, length - 1)
        low = at.astype(np.intp)
        shape = [1, 1, 1, 1]
        shape[axis] = size
        part = (at - low).astype(np.float32).reshape(shape)
        before, after = x.take(low, axis), x.take(np.minimum(low + 1, length - 1), axis)
        x = before * (1 - part) + after * part
    return x
