"""The data folder in; everything that models are measured on out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.errors import DataError
from inkdigit_train.evaluation.degrade import DEGRADATIONS, Images
from inkdigit_train.files import sha256

__all__ = [
    "TestSets",
    "read_cells",
    "read_dev_ink",
    "read_numbers",
    "read_test_sets",
    "read_truth",
]

log = logging.getLogger(__name__)

SEED = 0  # for the shifts, rotations and noise: the same pictures for every model


@dataclass(frozen=True)
class TestSets:
    """What is measured on, read and made once for all models; what is missing is empty.

    The ink is by writers that no model was trained on.
    """

    __test__ = False  # not a test class, though its name starts like one

    images: Images  # (N, 28, 28) MNIST test, 1 = ink
    labels: NDArray[np.int64]  # (N,) 0 to 9
    degraded: Mapping[str, Images]  # the same images, by the name of the degradation
    digits: Sequence[InkRecord]
    nondigits: Sequence[InkRecord]  # letters and symbols, without those that look like digits
    cells: NDArray[np.uint8]  # (N, H, W) grey photos of one digit each
    cell_labels: NDArray[np.int64]  # (N,) their digits
    sources: Mapping[str, str]  # sha256 of each development file read, by its name

    @property
    def digit_labels(self) -> NDArray[np.int64]:
        """(N,) of `digits`."""
        return np.array([int(record.label) for record in self.digits], np.int64)


def read_test_sets(folder: Path | None, limit: int | None = None) -> TestSets:
    """Read and make what models are measured on.

    Args:
        folder: The data folder; what it lacks besides MNIST is left out with a warning.
        limit: Only the first so many of each; None for all.

    Raises:
        DataNotFoundError: If MNIST is missing and cannot be downloaded.
        DataError: If a file is damaged.
    """
    mnist, labels = load_mnist(folder, train=False)
    images: Images = (mnist[:limit].numpy() / np.float32(255)).astype(np.float32)
    bar = tqdm(DEGRADATIONS.items(), "degrading", leave=False, disable=None)  # on a terminal only
    degraded = {name: change(images, np.random.default_rng(SEED)) for name, change in bar}
    sources: dict[str, str] = {}
    digits = read_dev_ink(folder, "unipen-digits-dev", sources)
    nondigits = read_dev_ink(folder, "unipen-nondigits-dev", sources)
    cells, cell_labels = read_cells(folder, sources)
    return TestSets(
        images,
        labels[:limit].numpy(),
        degraded,
        digits[:limit],
        [r for r in nondigits if r.label not in LOOKALIKES][:limit],
        cells[:limit],
        cell_labels[:limit],
        sources,
    )


def read_dev_ink(
    folder: Path | None, name: str, sources: dict[str, str] | None = None
) -> list[InkRecord]:
    """A development ink set of the data folder; empty, with a warning, if it is missing.

    Raises:
        DataError: If the file is damaged.
    """
    path = _find(folder, f"ink/{name}.jsonl.gz", sources)
    return [] if path is None else read_records(path)


def read_numbers(folder: Path, limit: int | None = None) -> list[InkRecord]:
    """The real numbers of the data folder, or about `limit` of them, evenly spaced.

    Without the file there are none, with a warning.

    Raises:
        DataError: If the file is damaged.
    """
    numbers = read_dev_ink(folder, "unipen-numbers-dev")
    return numbers[:: max(1, len(numbers) // limit) if limit else 1]


def read_truth(photos: Path) -> dict[str, list[str]]:
    """The text on each photo of a folder, row by row as read by eye, from its truth.json.

    Missing photos are left out with a warning.

    Raises:
        DataError: If truth.json is damaged.
    """
    path = _find(photos.parent, f"{photos.name}/truth.json")
    if path is None:
        return {}
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise DataError(f"{path} cannot be read ({exc}); expected JSON") from exc
    if not isinstance(truth, dict) or not all(
        isinstance(rows, list) and rows and all(isinstance(s, str) and s for s in rows)
        for rows in truth.values()
    ):
        raise DataError(f"{path} has another form; expected {{file name: rows}}")
    return {n: rows for n, rows in truth.items() if _find(photos.parent, f"{photos.name}/{n}")}


def read_cells(
    folder: Path | None, sources: dict[str, str] | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The photographed sudoku cells, (N, H, W), and their digits; none, with a warning, if missing.

    Raises:
        DataError: If the file is damaged.
    """
    path = _find(folder, "photos/sudoku-cells-dev.npz", sources)
    if path is None:
        return np.empty((0, 1, 1), np.uint8), np.empty(0, np.int64)
    try:
        with np.load(path) as arrays:
            return arrays["X"], arrays["y"].astype(np.int64)
    except (OSError, ValueError, KeyError) as exc:
        raise DataError(f"{path} cannot be read ({exc}); expected arrays X and y") from exc


def _find(folder: Path | None, name: str, sources: dict[str, str] | None = None) -> Path | None:
    """A file of the data folder, its fingerprint added to `sources`; None if it is missing."""
    path = None if folder is None else folder / name
    if path is None or not path.is_file():
        log.warning("no %s in the data folder: its figures are left out", name)
        return None
    if sources is not None:
        sources[path.name] = sha256(path)
    return path
