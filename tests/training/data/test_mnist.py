"""MNIST from a folder, and what an error says."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest
import torch

from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.torchvision_compat import import_torchvision
from inkdigit_train.errors import DataError, DataNotFoundError


@pytest.mark.parametrize("inside", [".", "mnist", "MNIST/raw"])
def test_mnist_is_found_where_people_keep_it(mnist_like, inside):
    folder = mnist_like / inside
    folder.mkdir(parents=True, exist_ok=True)
    if inside != "mnist":
        for path in (mnist_like / "mnist").iterdir():
            path.rename(folder / path.name)
    images, labels = load_mnist(mnist_like, train=True)
    assert images.shape == (400, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.tolist()[:12] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert len(load_mnist(mnist_like, train=False)[0]) == 100


def test_loading_does_not_change_the_data_folder(mnist_like):
    before = sorted(mnist_like.rglob("*"))
    load_mnist(mnist_like, train=True)
    assert sorted(mnist_like.rglob("*")) == before


def test_damaged_file_is_named(mnist_like):
    path = mnist_like / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz"):
        load_mnist(mnist_like, train=True)


def test_missing_mnist_offline_names_files_md5_and_how_to_give_them(tmp_path, monkeypatch):
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


def test_a_damaged_cache_of_the_right_size_is_unpacked_again(mnist_like):
    images, _ = load_mnist(mnist_like, train=True)
    cache = Path(platformdirs.user_cache_dir("inkdigit")) / "MNIST" / "raw"
    path = cache / "train-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[500] ^= 255
    path.write_bytes(content)
    again, _ = load_mnist(mnist_like, train=True)
    assert torch.equal(again, images)


def test_a_damaged_cache_without_a_folder_is_named(mnist_like):
    load_mnist(mnist_like, train=True)  # it is in the cache now, and is not MNIST
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte is damaged.*--data"):
        load_mnist(None, train=True)
