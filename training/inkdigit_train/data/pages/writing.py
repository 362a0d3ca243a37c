"""Handwriting to compose pages from: MNIST's training images and the training writers' ink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.model_selection import train_test_split

from inkdigit._framing.rasterize import DIGIT_BOX_PX
from inkdigit.drawing import draw_polylines
from inkdigit_train.data.compose import MIN_DIGITS_OF_WRITER, SIZE_RANGE
from inkdigit_train.data.folder import ink_files
from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.pools import SPLIT_SEED
from inkdigit_train.data.records import InkRecord, of_writers, read_records

__all__ = ["Hand", "Writing", "draw_image", "draw_strokes", "ink_writing", "read_writing"]

Floats = NDArray[np.float32]
Lines = list[NDArray[np.float64]]

BARE = 0.02  # less ink than this is bare paper
MNIST_FRAME = 24  # grey levels of 255: what is paler is outside the digit's box
SIGNS: dict[str, Lines] = {  # in heights of a digit, the line at y = 0, up is negative
    "-": [np.array([[0.0, -0.45], [0.45, -0.48]])],
    "+": [np.array([[0.0, -0.45], [0.5, -0.47]]), np.array([[0.25, -0.7], [0.24, -0.2]])],
    ".": [np.array([[0.0, -0.02], [0.02, 0.0]])],
    ",": [np.array([[0.05, -0.05], [0.0, 0.15]])],
    "/": [np.array([[0.4, -1.0], [0.0, 0.05]])],
    "=": [np.array([[0.0, -0.35], [0.45, -0.36]]), np.array([[0.0, -0.6], [0.45, -0.62]])],
}


@dataclass(frozen=True, eq=False)
class Hand:
    """Digits of one writer: labels and lines in usual heights of the hand, the foot at y = 0."""

    glyphs: tuple[tuple[str, Lines], ...]


@dataclass(frozen=True, eq=False)
class Writing:
    """What pages are composed from.

    Attributes:
        images: (N, 28, 28) uint8 MNIST digits, 255 = ink.
        labels: (N,) their labels.
        hands: Writers of ink.
        letters: Letters and symbols that are no digit and resemble none, as lines of height 1.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    hands: tuple[Hand, ...]
    letters: tuple[Lines, ...] = ()


def read_writing(folder: Path | None, validation: bool, val_size: int = 5000) -> Writing:
    """Read the training digits, or those of the held-out writers, as the digit network splits them.

    Args:
        folder: The data folder; see `data.pools.data_folder`.
        validation: Whether to take what is held out instead of what is trained on.
        val_size: MNIST images held out.

    Returns:
        The digits of one side of the split.

    Raises:
        DataError, DataNotFoundError: If a file is missing or damaged.
    """
    images, labels = load_mnist(folder, train=True)
    kept, held = train_test_split(
        np.arange(len(labels)), test_size=val_size, stratify=labels.numpy(), random_state=SPLIT_SEED
    )
    chosen = held if validation else kept
    ink, nondigits = ink_files(folder)
    digits = [r for path in ink for r in read_records(path) if r.label in tuple("0123456789")]
    others = [r for path in nondigits for r in read_records(path) if r.label not in LOOKALIKES]
    return Writing(
        images.numpy()[chosen],
        labels.numpy()[chosen],
        hands_of(of_writers(digits, held_out=validation)),
        tuple(_unit_lines(r) for r in of_writers(others, held_out=validation)),
    )


def ink_writing(records: Iterable[InkRecord]) -> Writing:
    """Writing of ink only, without images and letters."""
    return Writing(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), hands_of(records))


def hands_of(records: Iterable[InkRecord]) -> tuple[Hand, ...]:
    """The writers with digits enough, each digit in usual heights of its writer."""
    of_writer: dict[str, list[InkRecord]] = defaultdict(list)
    for record in records:
        if record.writer is not None:
            of_writer[record.writer].append(record)
    hands = []
    for writer in sorted(of_writer):
        own = of_writer[writer]
        if len(own) < MIN_DIGITS_OF_WRITER:
            continue
        heights = [_height(r) for r in own]
        usual = float(np.median(heights))
        glyphs = [
            (record.label, _lines(record, usual))
            for record, height in zip(own, heights, strict=True)
            if SIZE_RANGE[0] * usual <= height <= SIZE_RANGE[1] * usual
        ]
        hands.append(Hand(tuple(glyphs)))
    return tuple(hands)


def _height(record: InkRecord) -> float:
    _, top, _, bottom = record.ink.bounds
    return max(bottom - top, 1e-6)


def _lines(record: InkRecord, unit: float) -> Lines:
    left, _, _, bottom = record.ink.bounds
    corner = np.array([left, bottom])
    return [(stroke.points.astype(np.float64) - corner) / unit for stroke in record.ink]


def _unit_lines(record: InkRecord) -> Lines:
    left, top, right, bottom = record.ink.bounds
    return _lines(record, max(bottom - top, right - left, 1e-6))


def draw_strokes(lines: Lines, height: float, pen_px: float) -> tuple[Floats, int]:
    """Draw lines with a round pen.

    Args:
        lines: Polylines in heights, the foot of the row at y = 0.
        height: Pixels of one height.
        pen_px: Width of the line in pixels.

    Returns:
        (h, w) coverage in [0, 1] cut to the ink with a little room, and the row of the array that
        lies at the foot.
    """
    room = pen_px / 2 + 1.5
    low = np.min([line.min(axis=0) for line in lines], axis=0) * height - room
    high = np.max([line.max(axis=0) for line in lines], axis=0) * height + room
    corner = np.floor(low)
    width, tall = (int(side) for side in np.ceil(high) - corner)
    polylines = [line * height - corner for line in lines]
    image = draw_polylines(polylines, [pen_px] * len(lines), (width, tall), ink=255, background=0)
    coverage = np.asarray(image, np.float32) / np.float32(255)
    return coverage, int(-corner[1])


def draw_image(raster: NDArray[np.uint8], height: float, weight: float, crisp: float) -> Floats:
    """Draw an MNIST digit at another size.

    Args:
        raster: (28, 28) uint8.
        height: Pixels that MNIST's box of 20 pixels becomes.
        weight: Above 0 the line is thicker than written, below thinner; about -0.3 to 0.3.
        crisp: 0 leaves the edges as soft as enlarging makes them, 1 makes them sharp.

    Returns:
        (h, w) coverage cut to the ink.
    """
    rows = np.flatnonzero((raster > MNIST_FRAME).any(axis=1))
    columns = np.flatnonzero((raster > MNIST_FRAME).any(axis=0))
    if not len(rows):
        return np.zeros((1, 1), np.float32)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    cut = np.pad(raster[top:bottom, left:right], 1)
    scale = height / DIGIT_BOX_PX
    size = [max(2, round(side * scale)) for side in reversed(cut.shape)]
    image = Image.fromarray(cut).resize((size[0], size[1]), Image.Resampling.BICUBIC)
    coverage = np.asarray(image, np.float32) / np.float32(255)
    coverage = coverage * (1 + 2 * weight)  # so that bare paper stays bare
    gain = 1 + crisp * max(scale - 1, 0)
    inked = np.clip((coverage - 0.5) * gain + 0.5, 0, 1) * (coverage > BARE)
    # A thinner line is no paler: without this its truth would be half an inked pixel.
    return np.asarray(inked / max(float(inked.max()), BARE), np.float32)
