"""Made pages in, batches of one shape out: what the ink network trains on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from inkdigit._picture.look import network_size, scaled
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Batch", "PageBatches", "Sample", "samples_of"]

Floats = NDArray[np.float32]

ZOOMED = 0.3  # of the views of one digit are cut again around it, as the second look does
ZOOM_MARGIN = (0.1, 0.6)  # around the digit, over its longer side
SIDES = (48, 64, 64, 64, 80, 96)  # longer side in pixels of a picture of one digit
VIEWS = 2  # sizes and colours in which a picture of one digit is seen: making it takes longer
# Side in pixels of what is seen of a page of numbers, and how many such parts are seen: making a
# page costs more than seeing it. In use the network sees pages whole, so some parts are large.
WINDOWS = ((96, 4), (128, 4), (128, 4), (192, 2), (256, 1))
WHOLE, WHOLE_DESK = 0.3, 0.6  # of the pages are seen whole, as the first look does, more of those
# with a desk around the sheet, which a part hardly shows; with a longer side
AFAR = (48.0, 256.0)  # of so many pixels
GLYPH_HEIGHT = (12.0, 56.0)  # height in pixels of the digits in them


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture for the network: (3, H, W) uint8, (3, H, W) uint8 truth, whether one is meant."""

    pixels: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    single: bool


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples of one shape.

    Attributes:
        pixels: (N, 3, H, W) uint8.
        truth: (N, 3, H, W) uint8, 255 = ink: of any hand, and of the digit that is meant; rules.
        single: (N,) bool: whether the second truth holds.
    """

    pixels: Tensor
    truth: Tensor
    single: Tensor


def samples_of(page: Page, rng: np.random.Generator) -> list[Sample]:
    """A page as the network sees it, zoomed and coloured by chance; parts of one of numbers."""
    if page.meant is None:
        if rng.random() < (WHOLE_DESK if page.kind == "desk" else WHOLE):
            height, width = page.ink.shape
            size = network_size(height, width, float(np.exp(rng.uniform(*np.log(AFAR)))))
            return [_sample(page, (0, 0, width, height), size, rng)]
        side, count = WINDOWS[int(rng.integers(len(WINDOWS)))]
        return [_sample(page, *_window(page, side, rng), rng) for _ in range(count)]
    height, width = page.ink.shape
    samples = []
    for _ in range(VIEWS):
        area = _around(page.meant, rng) if rng.random() < ZOOMED else (0, 0, width, height)
        size = network_size(area[3] - area[1], area[2] - area[0], float(rng.choice(SIDES)))
        samples.append(_sample(page, area, size, rng))
    return samples


def _sample(
    page: Page,
    area: tuple[int, int, int, int],
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Sample:
    pixels = _coloured(scaled(page.pixels, area, size), rng)
    truth = np.zeros((3, *size), np.uint8)
    truth[0] = scaled(_bytes(page.ink), area, size)
    if page.meant is not None:
        truth[1] = scaled(_bytes(page.meant), area, size)
    if page.ruled is not None:
        truth[2] = scaled(_bytes(page.ruled), area, size)
    return Sample(np.ascontiguousarray(pixels.transpose(2, 0, 1)), truth, page.meant is not None)


def _around(meant: Floats, rng: np.random.Generator) -> tuple[int, int, int, int]:
    height, width = meant.shape
    rows = np.flatnonzero((meant >= INK_LEVEL).any(axis=1))
    columns = np.flatnonzero((meant >= INK_LEVEL).any(axis=0))
    if not len(rows):
        return 0, 0, width, height
    margin = rng.uniform(*ZOOM_MARGIN) * max(len(rows), len(columns), 8)
    low = np.array([columns[0], rows[0]]) - margin
    high = np.array([columns[-1], rows[-1]]) + 1 + margin
    left, top = (max(int(v), 0) for v in low)
    return left, top, min(int(high[0]) + 1, width), min(int(high[1]) + 1, height)


def _window(
    page: Page, longest: int, rng: np.random.Generator
) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
    """A part of a page at a random scale, near ink as a rule; its longer side and its size then."""
    height, width = page.ink.shape
    heights = [g.box[3] - g.box[1] for g in page.glyphs if g.label != "?"]
    usual = float(np.median(heights)) if heights else 0.05 * height
    aim = float(np.exp(rng.uniform(*np.log(GLYPH_HEIGHT))))
    side = max(int(longest * max(usual, 4) / aim), 16)
    wide, tall = min(side, width), min(side, height)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    if page.glyphs and rng.random() < 0.8:
        box = page.glyphs[int(rng.integers(len(page.glyphs)))].box
        x, y = box[0] + rng.normal(0, 0.3) * side, box[1] + rng.normal(0, 0.3) * side
    left = int(np.clip(x - wide / 2, 0, width - wide))
    top = int(np.clip(y - tall / 2, 0, height - tall))
    size = network_size(tall, wide, longest * max(wide, tall) / side)
    return (left, top, left + wide, top + tall), size


def _bytes(plane: Floats) -> NDArray[np.uint8]:
    return np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8)


def _coloured(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Channels exchanged, greyed or inverted by chance: the same ink in other colours."""
    roll = rng.random()
    if roll < 0.3:
        pixels = pixels[..., rng.permutation(3)]
    elif roll < 0.4:
        pixels = np.repeat(pixels[..., 1:2], 3, axis=2)
    return ~pixels if rng.random() < 0.12 else pixels


class PageBatches(IterableDataset[Batch]):
    """Endless batches of made pages.

    Args:
        writing: Where the digits come from.
        mix: Weight of each kind.
        pixels: Pixels in a batch: small pictures come in larger batches.
        seed: Of the pages.
    """

    def __init__(self, writing: Writing, mix: dict[str, float], pixels: int, seed: int) -> None:
        self._writing, self._mix, self._pixels, self._seed = writing, mix, pixels, seed

    def __iter__(self) -> Iterator[Batch]:
        """Make pages, and hand out each shape's samples when there are enough of them."""
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        names = list(self._mix)
        weights = np.array([self._mix[name] for name in names])
        waiting: dict[tuple[int, ...], list[Sample]] = defaultdict(list)
        while True:
            name = names[int(rng.choice(len(names), p=weights / weights.sum()))]
            for sample in samples_of(KINDS[name].make(self._writing, rng), rng):
                waiting[sample.truth.shape].append(sample)
            full = [s for s in waiting if len(waiting[s]) * s[1] * s[2] >= self._pixels]
            for shape in full:
                samples = waiting.pop(shape)
                yield Batch(
                    torch.from_numpy(np.stack([s.pixels for s in samples])),
                    torch.from_numpy(np.stack([s.truth for s in samples])),
                    torch.tensor([s.single for s in samples]),
                )
