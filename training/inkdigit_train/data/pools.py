"""Training data: files in, pools of labelled rasters out, split into training and validation.

MNIST comes as rasters; ink is drawn by the runtime's own rasteriser with several pen widths, so
that the network trains on what it will see in use.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import Tensor

from inkdigit import Ink, rasterize
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.lookalikes import LOOKALIKES, is_bar
from inkdigit_train.data.mined import mine
from inkdigit_train.data.nondigits import ink_pair, ink_piece, scribble
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.data.slashed import slash
from inkdigit_train.data.torchvision_compat import import_torchvision
from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.files import sha256, write_atomic

__all__ = [
    "INK_DIGITS",
    "INK_NONDIGITS",
    "DataSet",
    "Pool",
    "data_folder",
    "gather",
    "held_out_writers",
    "ink_files",
    "load_mnist",
]

DATA_ENV = "INKDIGIT_DATA"
NEIGHBOUR = Path(__file__).resolve().parents[3].parent / "shared" / "data"
PEN_RANGE_PX = (1.3, 4.4)  # what nearly all of MNIST's strokes lie between
INK_DIGITS, INK_NONDIGITS = "ink digits", "ink non-digits"  # the pools' names
SPLIT_SEED = 0  # one split for all runs, so that one run may teach another
VARIANTS = 4  # pen widths drawn of each ink record; each epoch takes one
HELD_OUT_WRITERS = 12  # one writer in so many is for validation
COMPOSED, MINED = 1500, 9000  # numbers, and wrong hypotheses taken of theirs
PIECES, PAIRS, SCRIBBLES = 4000, 2000, 2000  # tried of the training ink once a run


@dataclass(frozen=True)
class Pool:
    """Rasters from one source.

    Attributes:
        name: The source.
        images: (N, V, 28, 28) uint8, 255 = ink; an epoch takes one of the V variants of each.
        labels: (N,) int64, 0 to 9, or 10 for "not a digit".
    """

    name: str
    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class DataSet:
    """What a run trains on, and what its choices are made on.

    Attributes:
        train: Pools drawn from in every epoch.
        val_mnist: MNIST training images held out; the headline validation figure.
        val_ink: Ink digits and non-digits of held-out writers; empty pools where no ink is given.
        sources: sha256 of each file read, by its name.
    """

    train: list[Pool]
    val_mnist: Pool
    val_ink: list[Pool]
    sources: dict[str, str]


def data_folder(given: str | os.PathLike[str] | None) -> Path | None:
    """The folder given, else `INKDIGIT_DATA`, else shared/data beside the project, else None.

    Raises:
        DataNotFoundError: If a folder was named and is not there.
    """
    named = given or os.environ.get(DATA_ENV)
    if named:
        folder = Path(named)
        if not folder.is_dir():
            raise DataNotFoundError(f"no data folder at {folder}; expected one with MNIST's files")
        return folder
    return NEIGHBOUR if NEIGHBOUR.is_dir() else None


def ink_files(folder: Path | None) -> tuple[list[Path], list[Path]]:
    """The ink and the non-digit training files of a data folder, for the standard recipe."""
    if folder is None:
        return [], []
    ink = [folder / "ink" / f"{name}-train.jsonl.gz" for name in ("unipen-digits", "pendigits")]
    nondigits = [folder / "ink" / "unipen-nondigits-train.jsonl.gz"]
    return [p for p in ink if p.is_file()], [p for p in nondigits if p.is_file()]


def load_mnist(folder: Path | None, train: bool) -> tuple[Tensor, Tensor]:
    """MNIST's training or test set through torchvision.

    Args:
        folder: A folder that holds the four .gz files, itself or under mnist/ or MNIST/raw/;
            None to use the cache, or download.
        train: The 60,000 training images, or the 10,000 test images.

    Returns:
        images (N, 28, 28) uint8 with 255 = ink, labels (N,) int64.

    Raises:
        DataNotFoundError: If the files are neither there nor to be downloaded.
        DataError: If a file is damaged.
    """
    mnist = import_torchvision().datasets.MNIST
    root = Path(platformdirs.user_cache_dir("inkdigit"))
    raw = root / "MNIST" / "raw"
    found = _mnist_folder(folder, mnist.resources)
    if found is not None:
        for name, md5 in mnist.resources:
            _unpack(found / name, raw / name.removesuffix(".gz"), md5)
    try:
        images = mnist(root, train=train, download=found is None)
    except (RuntimeError, OSError) as exc:
        files = "\n".join(f"  {name}  md5 {md5}" for name, md5 in mnist.resources)
        raise DataNotFoundError(
            f"MNIST is not here and could not be downloaded ({exc}). Expected these four files:\n"
            f"{files}\nPut them into a folder and name it with --data DIR or {DATA_ENV}=DIR"
        ) from exc
    return images.data, images.targets


def _mnist_folder(folder: Path | None, resources: Sequence[tuple[str, str]]) -> Path | None:
    if folder is None:
        return None
    for place in (folder, folder / "mnist", folder / "MNIST" / "raw"):
        if all((place / name).is_file() for name, _ in resources):
            return place
    return None


def _unpack(source: Path, target: Path, md5: str) -> None:
    check = import_torchvision().datasets.utils.check_md5
    if not check(str(source), md5):
        raise DataError(f"{source} is damaged: its md5 is not {md5}; fetch it again")
    with gzip.open(source) as packed:
        if target.is_file() and target.stat().st_size == packed.seek(0, os.SEEK_END):
            return
        packed.seek(0)
        write_atomic(target, lambda stream: shutil.copyfileobj(packed, stream))


def gather(
    folder: Path | None,
    ink: Iterable[Path],
    nondigits: Iterable[Path],
    val_size: int,
    seed: int,
) -> DataSet:
    """Read, draw and split everything a run needs.

    Args:
        folder: Where MNIST is; see `load_mnist`.
        ink: Ink data sets of digits to train on as well.
        nondigits: Ink data sets of letters and symbols for the eleventh class.
        val_size: MNIST images held out, the same number of each digit's share.
        seed: Of what is made; the split is always the same.

    Returns:
        The pools, the same for the same arguments and files.

    Raises:
        DataError, DataNotFoundError: If a file is missing or damaged.
    """
    sources: dict[str, str] = {}
    images, labels = load_mnist(folder, train=True)
    kept, held = train_test_split(
        np.arange(len(labels)), test_size=val_size, stratify=labels.numpy(), random_state=SPLIT_SEED
    )
    train = [Pool("mnist", images[kept].unsqueeze(1), labels[kept])]
    val_mnist = Pool("mnist", images[held].unsqueeze(1), labels[held])

    digits, others = [], []
    for path in map(Path, ink):
        sources[path.name] = sha256(path)
        digits += [r for r in read_records(path) if len(r.label) == 1 and r.label in "0123456789"]
    for path in map(Path, nondigits):
        sources[path.name] = sha256(path)
        others += [r for r in read_records(path) if r.label not in LOOKALIKES and not is_bar(r.ink)]

    val_ink: list[Pool] = []
    for name, records in ((INK_DIGITS, digits), (INK_NONDIGITS, others)):
        if not records:
            continue
        validation = held_out_writers(records)
        for part, pools in ((False, train), (True, val_ink)):
            chosen = [r for r in records if (r.writer in validation) == part]
            numbers = [int(r.label) if name == INK_DIGITS else NOT_DIGIT for r in chosen]
            drawn = draw([r.ink for r in chosen], VARIANTS, seed)
            pools.append(Pool(name, drawn, torch.tensor(numbers)))
    if digits:
        validation = held_out_writers(digits)
        kept_digits = [r for r in digits if r.writer not in validation]
        made = _made([r.ink for r in kept_digits], seed)
        train.append(Pool("made", draw(made, VARIANTS, seed), torch.full((len(made),), NOT_DIGIT)))
        mined, labels_mined = mine(kept_digits, COMPOSED, MINED, seed)
        train.append(Pool("mined", draw(mined, VARIANTS, seed), torch.tensor(labels_mined).long()))
        rng = np.random.default_rng(seed)
        slashed = [slash(r.ink, rng) for r in kept_digits if r.label == "0"]
        train.append(
            Pool("slashed zeros", draw(slashed, VARIANTS, seed), torch.zeros(len(slashed)).long())
        )
    return DataSet(train, val_mnist, val_ink, sources)


def held_out_writers(records: Sequence[InkRecord]) -> set[str | None]:
    """Writers for validation: whole writers, since a hand's digits resemble each other."""
    writers = sorted({r.writer for r in records if r.writer is not None})
    return set(writers[::HELD_OUT_WRITERS])


def _made(digits: Sequence[Ink], seed: int) -> list[Ink]:
    rng = np.random.default_rng(seed)

    def any_digit() -> Ink:
        return digits[int(rng.integers(len(digits)))]

    pieces = [ink_piece(any_digit(), rng) for _ in range(PIECES)]
    pairs = [ink_pair(any_digit(), any_digit(), rng) for _ in range(PAIRS)]
    scribbles = [scribble(rng) for _ in range(SCRIBBLES)]
    return [ink for ink in pieces if ink is not None] + pairs + scribbles


def draw(inks: Sequence[Ink], variants: int, seed: int) -> Tensor:
    """Rasterise each ink with several random pen widths.

    Returns:
        (N, variants, 28, 28) uint8, 255 = ink.
    """
    if not inks:
        return torch.empty(0, variants, 28, 28, dtype=torch.uint8)
    low, high = np.log(PEN_RANGE_PX)
    pens = np.exp(np.random.default_rng(seed).uniform(low, high, (len(inks), variants)))
    with ProcessPoolExecutor() as pool:
        drawn = list(pool.map(_draw_one, inks, pens, chunksize=256))
    return torch.from_numpy(np.stack(drawn))


def _draw_one(ink: Ink, pens: NDArray[np.float64]) -> NDArray[np.uint8]:
    rasters = np.stack([rasterize(ink, pen_px=float(pen)) for pen in pens])
    drawn: NDArray[np.uint8] = np.rint(rasters * 255).astype(np.uint8)
    return drawn
