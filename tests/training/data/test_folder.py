"""The data folder: named, from the environment, the user's own, or none."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from inkdigit_train.data.folder import data_folder, ink_files
from inkdigit_train.errors import DataNotFoundError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own data folder, which does not exist yet; no folder is named."""
    monkeypatch.delenv("INKDIGIT_DATA", raising=False)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_: tmp_path / "own")
    return tmp_path / "own" / "datasets"


def test_named_folder_that_does_not_exist_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKDIGIT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataNotFoundError, match="nowhere"):
        data_folder(None)


def test_argument_comes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKDIGIT_DATA", "/nowhere")
    assert data_folder(tmp_path) == tmp_path


def test_without_a_name_the_users_own_folder_is_used(own: Path) -> None:
    own.mkdir(parents=True)
    assert data_folder(None) == own


def test_without_a_name_and_a_folder_there_is_none(own: Path) -> None:
    assert data_folder(None) is None


def test_folder_without_ink_gives_no_ink_files(tmp_path: Path) -> None:
    assert ink_files(tmp_path) == ([], [])
    assert ink_files(None) == ([], [])


def test_ink_files_are_the_training_ones(tmp_path: Path) -> None:
    folder = tmp_path / "ink"
    folder.mkdir()
    names = [
        "pendigits-train",
        "unipen-digits-train",
        "unipen-nondigits-train",
        "unipen-digits-dev",
    ]
    for name in names:
        (folder / f"{name}.jsonl.gz").touch()
    digits, nondigits = ink_files(tmp_path)
    assert {p.name for p in digits} == {
        "pendigits-train.jsonl.gz",
        "unipen-digits-train.jsonl.gz",
    }
    assert [p.name for p in nondigits] == ["unipen-nondigits-train.jsonl.gz"]
