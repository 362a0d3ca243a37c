"""The data folder, and the training files in it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from inkdigit_train.errors import DataNotFoundError

__all__ = ["DATA_ENV", "data_folder", "ink_files"]

DATA_ENV = "INKDIGIT_DATA"


def data_folder(given: str | os.PathLike[str] | None) -> Path | None:
    """Find the data folder: the one given, else the one that `INKDIGIT_DATA` names.

    Where neither is named it is `datasets` in the user's own folder for inkdigit
    (~/.local/share/inkdigit on Linux), or None if there is none.

    Raises:
        DataNotFoundError: If a folder was named and does not exist.
    """
    named = given or os.environ.get(DATA_ENV)
    if not named:
        folder = platformdirs.user_data_path("inkdigit", False) / "datasets"
        return folder if folder.is_dir() else None
    folder = Path(named)
    if not folder.is_dir():
        raise DataNotFoundError(f"no data folder at {folder}; expected one with MNIST's files")
    return folder


def ink_files(folder: Path | None) -> tuple[list[Path], list[Path]]:
    """A data folder's ink to train on: the files of digits, and those of letters and symbols."""
    if folder is None:
        return [], []
    digits = [folder / "ink" / f"{name}-train.jsonl.gz" for name in ("unipen-digits", "pendigits")]
    nondigits = [folder / "ink" / "unipen-nondigits-train.jsonl.gz"]
    return [p for p in digits if p.is_file()], [p for p in nondigits if p.is_file()]
