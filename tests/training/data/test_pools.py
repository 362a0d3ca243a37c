"""Data: MNIST from a folder, its errors, the drawn ink, the split."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import torch

from inkdigit import Ink
from inkdigit_train.data import pools as data_module
from inkdigit_train.data.pools import PEN_RANGE_PX, data_folder, draw, gather, ink_files, load_mnist
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.data.torchvision_compat import import_torchvision
from inkdigit_train.errors import DataError, DataNotFoundError

COUNT = 400


def idx(array: np.ndarray) -> bytes:
    """The array in the IDX format of MNIST's files, gzipped."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


@pytest.fixture
def mnist_like(tmp_path, monkeypatch) -> Path:
    """A folder with four small files of MNIST's names and format, and their md5 as the expected."""
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


def line(angle: float) -> Ink:
    return Ink([[[0, 0], [100 * np.cos(angle), 100 * np.sin(angle)], [50, 10]]])


@pytest.fixture
def ink_file(tmp_path) -> Path:
    path = tmp_path / "ink.jsonl.gz"
    records = [InkRecord(str(k % 10), line(k), f"writer{k % 24}") for k in range(96)]
    write_records(path, records)
    return path


@pytest.fixture
def nondigit_file(tmp_path) -> Path:
    path = tmp_path / "letters.jsonl"
    labels = ["a", "O", "k", "e"]
    write_records(path, [InkRecord(labels[k % 4], line(k), f"w{k % 24}") for k in range(96)])
    return path


@pytest.mark.parametrize("inside", [".", "mnist", "MNIST/raw"])
def test_mnist_is_found_in_the_usual_places(mnist_like, inside):
    place = mnist_like / inside
    place.mkdir(parents=True, exist_ok=True)
    if inside != "mnist":
        for path in (mnist_like / "mnist").iterdir():
            path.rename(place / path.name)
    images, labels = load_mnist(mnist_like, train=True)
    assert images.shape == (COUNT, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.tolist()[:12] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert len(load_mnist(mnist_like, train=False)[0]) == COUNT // 4


def test_data_folder_is_left_as_it_was(mnist_like):
    before = sorted(mnist_like.rglob("*"))
    load_mnist(mnist_like, train=True)
    assert sorted(mnist_like.rglob("*")) == before


def test_damaged_mnist_file_is_named(mnist_like):
    path = mnist_like / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz"):
        load_mnist(mnist_like, train=True)


def test_absent_mnist_offline_names_files_md5_and_the_way_to_give_them(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_: str(tmp_path / "cache"))
    utils = import_torchvision().datasets.mnist

    def offline(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(utils, "download_and_extract_archive", offline)
    with pytest.raises(DataNotFoundError) as caught:
        load_mnist(None, train=True)
    message = str(caught.value)
    for name, md5 in import_torchvision().datasets.MNIST.resources:
        assert name in message
        assert md5 in message
    assert "--data" in message
    assert "INKDIGIT_DATA" in message


def test_named_folder_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("INKDIGIT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataNotFoundError, match="nowhere"):
        data_folder(None)


def test_argument_comes_before_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("INKDIGIT_DATA", "/nowhere")
    assert data_folder(tmp_path) == tmp_path


def test_folder_without_ink_gives_no_ink_files(tmp_path):
    assert ink_files(tmp_path) == ([], [])
    assert ink_files(None) == ([], [])


def test_drawing_varies_the_pen_and_nothing_else():
    drawn = draw([line(0.3)] * 3, variants=2, seed=0)
    assert drawn.shape == (3, 2, 28, 28)
    masses = drawn.float().sum((2, 3)).flatten() / 255
    assert len(set(masses.tolist())) == 6
    assert masses.max() / masses.min() <= 1.6 * PEN_RANGE_PX[1] / PEN_RANGE_PX[0]


def test_drawing_nothing_gives_nothing():
    assert draw([], 4, 0).shape == (0, 4, 28, 28)


def test_split_is_stratified_disjoint_and_repeatable(mnist_like):
    first, again = (gather(mnist_like, [], [], 100, seed=3) for _ in range(2))
    assert torch.equal(first.val_mnist.images, again.val_mnist.images)
    assert torch.bincount(first.val_mnist.labels).tolist() == [10] * 10
    train = {x.numpy().tobytes() for x in first.train[0].images}
    held = {x.numpy().tobytes() for x in first.val_mnist.images}
    assert (len(train), len(held)) == (COUNT - 100, 100)
    assert not train & held


def test_ink_is_split_by_writer_and_look_alikes_are_left_out(
    mnist_like, ink_file, nondigit_file, monkeypatch
):
    monkeypatch.setattr(data_module, "PIECES", 5)
    monkeypatch.setattr(data_module, "PAIRS", 5)
    monkeypatch.setattr(data_module, "SCRIBBLES", 5)
    found = gather(mnist_like, [ink_file], [nondigit_file], 100, seed=0)
    pools = {pool.name: pool for pool in found.train}
    validation = {pool.name: pool for pool in found.val_ink}
    assert set(pools) == {"mnist", "ink digits", "ink non-digits", "made", "slashed zeros", "mined"}
    # Two of 24 writers, four records each.
    assert (len(pools["ink digits"]), len(validation["ink digits"])) == (88, 8)
    # A quarter of the letters is O.
    assert len(pools["ink non-digits"]) + len(validation["ink non-digits"]) == 72
    assert set(pools["ink non-digits"].labels.tolist()) == {10}
    assert set(found.sources) == {"ink.jsonl.gz", "letters.jsonl"}
