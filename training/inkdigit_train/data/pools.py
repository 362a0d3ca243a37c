"""MNIST and ink in, pools of labelled rasters out, split into training and validation.

Ink is drawn by the runtime's own rasteriser, so the network trains on what it will see in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import Tensor

from inkdigit import Ink, rasterize
from inkdigit.labels import ALL_DIGITS, NOT_DIGIT
from inkdigit_train.data.augment import slash
from inkdigit_train.data.forms import FORMS, draw_form, slant, with_nib
from inkdigit_train.data.hypotheses import mine
from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.nondigits import LOOKALIKES, ink_pair, ink_piece, is_bar, scribble
from inkdigit_train.data.records import InkRecord, held_out_writers, read_records
from inkdigit_train.data.stretch import stretch_randomly
from inkdigit_train.files import sha256

__all__ = ["INK_DIGITS", "INK_NONDIGITS", "DataSet", "Pool", "draw_pool", "gather"]

PEN_RANGE_PX = (1.3, 4.4)  # what nearly all of MNIST's strokes lie between
INK_DIGITS, INK_NONDIGITS = "ink digits", "ink non-digits"  # the pools' names
SPLIT_SEED = 0  # one split for all runs, so that one run may teach another
# Pen widths drawn of each ink record, and how many of them in other proportions; an epoch uses one.
VARIANTS, STRETCHED = 6, 2
BROAD_NIB = 0.5  # fraction of the slanted ones that a broad nib writes
# Amounts set by judgement, beside 14,000 ink digits, not by a search.
COMPOSED, MINED = 1500, 9000  # numbers composed, and at most as many non-digits taken from them
PIECES, PAIRS, SCRIBBLES = 4000, 2000, 2000  # a piece that would pass for a 1 is dropped


@dataclass(frozen=True)
class Pool:
    """Rasters from one source."""

    name: str  # of the source
    images: Tensor  # (N, V, 28, 28) uint8, 255 = ink; an epoch uses one of the V variants of each
    labels: Tensor  # (N,) int64, 0 to 9, or 10 for "not a digit"

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class DataSet:
    """What a run trains on, and what its choices are made on."""

    train: list[Pool]  # every epoch draws from all of them
    val_mnist: Pool  # MNIST training images held out; the headline validation figure
    val_ink: list[Pool]  # ink digits and non-digits of held-out writers, a pool for each kind given
    sources: dict[str, str]  # sha256 of each ink file, by its name


def gather(
    folder: Path | None,
    ink: Iterable[Path],
    nondigits: Iterable[Path],
    val_size: int,
    seed: int,
    forms: int = 0,
) -> DataSet:
    """Read, draw and split everything a run needs.

    Args:
        folder: Where MNIST is; see `load_mnist`.
        ink: Ink data sets of digits to train on besides MNIST.
        nondigits: Ink data sets of letters and symbols for the eleventh class.
        val_size: MNIST images held out, stratified by digit.
        seed: For pen widths and made ink; the split is always the same.
        forms: Digits drawn in forms that the data hardly has; with any, all ink is slanted once.

    Returns:
        The pools, the same for the same arguments and files.

    Raises:
        DataError, DataNotFoundError: If a file is missing or damaged.
    """
    images, labels = load_mnist(folder, train=True)
    kept, held = train_test_split(
        np.arange(len(labels)), test_size=val_size, stratify=labels.numpy(), random_state=SPLIT_SEED
    )
    train = [Pool("mnist", images[kept].unsqueeze(1), labels[kept])]
    val_mnist = Pool("mnist", images[held].unsqueeze(1), labels[held])

    sources: dict[str, str] = {}
    digits = [r for r in _read(ink, sources) if len(r.label) == 1 and r.label in ALL_DIGITS]
    letters = [r for r in _read(nondigits, sources) if r.label not in LOOKALIKES]
    others = [r for r in letters if not is_bar(r.ink)]
    val_ink: list[Pool] = []
    for name, records in ((INK_DIGITS, digits), (INK_NONDIGITS, others)):
        if not records:
            continue
        validation = held_out_writers(records)
        for held_out, pools in ((False, train), (True, val_ink)):
            chosen = [r for r in records if (r.writer in validation) == held_out]
            numbers = [int(r.label) if name == INK_DIGITS else NOT_DIGIT for r in chosen]
            pools.append(draw_pool(name, [r.ink for r in chosen], numbers, seed, bool(forms)))
    if digits:
        validation = held_out_writers(digits)
        train += _made_pools([r for r in digits if r.writer not in validation], seed, forms)
    return DataSet(train, val_mnist, val_ink, sources)


def _read(paths: Iterable[Path], sources: dict[str, str]) -> list[InkRecord]:
    """The records of all files, whose fingerprints are added to `sources`."""
    records = []
    for path in map(Path, paths):
        sources[path.name] = sha256(path)
        records += read_records(path)
    return records


def _made_pools(digits: Sequence[InkRecord], seed: int, forms: int) -> list[Pool]:
    """Pools made of the training writers' digits, and one of forms, if any are asked for."""
    made = _made_nondigits([r.ink for r in digits], seed)
    rng = np.random.default_rng(seed)
    slashed = [slash(r.ink, rng) for r in digits if r.label == "0"]
    sources = {
        "made": (made, [NOT_DIGIT] * len(made)),
        "mined": mine(digits, COMPOSED, MINED, seed),
        "slashed zeros": (slashed, [0] * len(slashed)),
    }
    if forms:
        drawn = [FORMS[k % len(FORMS)] for k in range(forms)]
        sources["forms"] = ([draw_form(f, rng) for f in drawn], [f.digit for f in drawn])
    return [
        draw_pool(name, inks, labels, seed, bool(forms)) for name, (inks, labels) in sources.items()
    ]


def _made_nondigits(digits: Sequence[Ink], seed: int) -> list[Ink]:
    rng = np.random.default_rng(seed)

    def any_digit() -> Ink:
        return digits[int(rng.integers(len(digits)))]

    pieces = [ink_piece(any_digit(), rng) for _ in range(PIECES)]
    pairs = [ink_pair(any_digit(), any_digit(), rng) for _ in range(PAIRS)]
    scribbles = [scribble(rng) for _ in range(SCRIBBLES)]
    return [ink for ink in pieces if ink is not None] + pairs + scribbles


def draw_pool(
    name: str, inks: Sequence[Ink], labels: Sequence[int], seed: int, slanted: bool = False
) -> Pool:
    """A pool of ink to train on, each drawn with several pens and in other proportions, too.

    Args:
        name: Of the pool.
        inks: To draw.
        labels: 0 to 10 of each.
        seed: Decides all.
        slanted: Whether each is drawn once more, leaning to the right.
    """
    images = draw(inks, VARIANTS + slanted, seed, STRETCHED, int(slanted))
    return Pool(name, images, torch.tensor(labels, dtype=torch.int64))


def draw(
    inks: Sequence[Ink], variants: int, seed: int, stretched: int = 0, slanted: int = 0
) -> Tensor:
    """Rasterise each ink with several random pen widths.

    Args:
        inks: To draw.
        variants: Pictures of each.
        seed: Decides all.
        stretched: How many of the variants are in other proportions, the last but those slanted.
        slanted: How many lean to the right, some written with a broad nib, the last.

    Returns:
        (N, variants, 28, 28) uint8, 255 = ink.
    """
    if not inks:
        return torch.empty(0, variants, 28, 28, dtype=torch.uint8)
    low, high = np.log(PEN_RANGE_PX)
    pens = np.exp(np.random.default_rng(seed).uniform(low, high, (len(inks), variants)))
    with ProcessPoolExecutor() as pool:
        counts = [(stretched, slanted)] * len(inks)
        jobs = (inks, pens, counts, [[seed, k] for k in range(len(inks))])
        drawn = list(pool.map(_draw_one, *jobs, chunksize=256))
    return torch.from_numpy(np.stack(drawn))


def _draw_one(
    ink: Ink, pens: NDArray[np.float64], counts: tuple[int, int], seed: Sequence[int]
) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    stretched, slanted = counts
    inks = [ink] * (len(pens) - stretched - slanted)
    inks += [stretch_randomly(ink, rng) for _ in range(stretched)]
    for _ in range(slanted):
        leaning = slant(ink, rng)
        inks.append(with_nib(leaning, rng) if rng.random() < BROAD_NIB else leaning)
    rasters = np.stack([rasterize(i, pen_px=float(p)) for i, p in zip(inks, pens, strict=True)])
    return np.asarray(np.rint(rasters * 255), np.uint8)
