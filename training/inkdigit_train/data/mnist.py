"""MNIST's four files in, from a data folder or downloaded; images and labels out."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import platformdirs
from torch import Tensor

from inkdigit.files import write_atomic
from inkdigit_train.data.folder import DATA_ENV
from inkdigit_train.data.torchvision_compat import import_torchvision
from inkdigit_train.errors import DataError, DataNotFoundError

__all__ = ["load_mnist"]

# Of the files once unpacked; torchvision knows those of the packed ones, and checks no others.
UNPACKED_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
CHUNK_BYTES = 1 << 20


def load_mnist(folder: Path | None, train: bool) -> tuple[Tensor, Tensor]:
    """Load MNIST's training or test set through torchvision.

    Args:
        folder: Holds the four .gz files, itself or in mnist/ or MNIST/raw/. If None or without
            them, the files come from the user's cache or are downloaded to it.
        train: True for the 60,000 training images, False for the 10,000 test images.

    Returns:
        images (N, 28, 28) uint8 with 255 = ink, labels (N,) int64.

    Raises:
        DataNotFoundError: If the files are missing and cannot be downloaded.
        DataError: If a file is damaged.
    """
    mnist = import_torchvision().datasets.MNIST
    root = Path(platformdirs.user_cache_dir("inkdigit"))
    folders = [] if folder is None else [folder, folder / "mnist", folder / "MNIST" / "raw"]
    complete = (f for f in folders if all((f / name).is_file() for name, _ in mnist.resources))
    found = next(complete, None)
    if found is not None:
        for name, md5 in mnist.resources:
            target = root / "MNIST" / "raw" / name.removesuffix(".gz")
            _unpack(found / name, target, md5)
    try:
        images = mnist(root, train=train, download=found is None)
    except (RuntimeError, OSError) as exc:
        files = "\n".join(f"  {name}  md5 {md5}" for name, md5 in mnist.resources)
        raise DataNotFoundError(
            f"MNIST is not here and could not be downloaded ({exc}). Expected these four files:\n"
            f"{files}\nPut them into a folder and name it with --data DIR or {DATA_ENV}=DIR"
        ) from exc
    if found is None:
        for name, md5 in UNPACKED_MD5.items():
            _check_cached(root / "MNIST" / "raw" / name, md5)
    return images.data, images.targets


def _unpack(source: Path, target: Path, md5: str) -> None:
    """Unpack a file of MNIST, unless the target already holds the same."""
    check = import_torchvision().datasets.utils.check_md5
    if not check(str(source), md5):
        raise DataError(f"{source} is damaged: its md5 is not {md5}; fetch it again")
    with gzip.open(source) as packed:
        if _holds(target, packed):
            return
        packed.seek(0)
        write_atomic(target, lambda stream: shutil.copyfileobj(packed, stream))


def _holds(path: Path, content: gzip.GzipFile) -> bool:
    """Whether a file holds what a stream gives."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        while chunk := content.read(CHUNK_BYTES):
            if stream.read(len(chunk)) != chunk:
                return False
        return not stream.read(1)


def _check_cached(path: Path, md5: str) -> None:
    check = import_torchvision().datasets.utils.check_md5
    if path.is_file() and not check(str(path), md5):
        raise DataError(
            f"{path} is damaged: its md5 is not {md5}; delete it, and it is fetched again, or name"
            " a folder that has MNIST with --data"
        )
