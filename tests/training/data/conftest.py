"""A small MNIST that stands in for the real one."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from inkdigit_train.data.torchvision_compat import import_torchvision

COUNT = 400  # training images; a quarter as many for the test


def idx(array: np.ndarray) -> bytes:
    """The array in the IDX format of MNIST's files, gzipped."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


@pytest.fixture
def mnist_like(tmp_path, monkeypatch) -> Path:
    """A data folder with four small files of MNIST's names and format, whose md5 are expected."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    mnist = import_torchvision().datasets.MNIST
    check = import_torchvision().datasets.utils
    resources = []
    for name, _ in mnist.resources:
        count = COUNT if name.startswith("train") else COUNT // 4
        if "images" in name:
            content = idx(rng.integers(0, 255, (count, 28, 28), dtype=np.uint8))
        else:
            content = idx((np.arange(count) % 10).astype(np.uint8))
        (folder / name).write_bytes(content)
        resources.append((name, check.calculate_md5(str(folder / name))))
    monkeypatch.setattr(mnist, "resources", resources)
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_: str(tmp_path / "cache"))
    return tmp_path / "data"
