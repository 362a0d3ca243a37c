"""Copies what goes into the Android package: `python mobile/stage.py build/android/app`.

buildozer packs one folder. Into it go main.py, the app, the runtime with its model, and the
pictures that buildozer.spec names; but no training code, no tests and no bytecode.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main", "stage"]

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "main.py": ROOT / "mobile" / "main.py",
    "inkdigit_app": ROOT / "mobile" / "inkdigit_app",
    "inkdigit": ROOT / "runtime" / "inkdigit",
    "icon.png": ROOT / "mobile" / "inkdigit_app" / "icon.png",
    "presplash.png": ROOT / "mobile" / "inkdigit_app" / "presplash.png",
}
# The packages' kinds of files; source.include_exts in buildozer.spec has to agree.
SUFFIXES = frozenset((".py", ".kv", ".json", ".onnx", ".png", ".ttf", ".txt", ".po", ".mo"))
MARKER = ".inkdigit-stage"  # only a folder with it may be emptied


def stage(folder: Path) -> list[Path]:
    """Copy the source into a folder.

    Args:
        folder: Made if it is missing, emptied if it is an earlier stage.

    Returns:
        The files, relative to the folder, sorted.

    Raises:
        FileExistsError: If the folder holds something else.
        FileNotFoundError: If a part is missing, such as the model.
    """
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).is_file():
            raise FileExistsError(
                f"{folder} holds other files; expected an empty or a new folder, or an earlier"
                " stage: name another, or empty it"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    for name, source in PARTS.items():
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_leave_out)
        else:
            shutil.copy2(source, folder / name)
    if not (folder / "inkdigit" / "_model" / "model.onnx").is_file():
        raise FileNotFoundError("the runtime has no model in _model: train one with `make train`")
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return sorted(path.relative_to(folder) for path in files)


def _leave_out(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if name == "__pycache__"
        or (Path(folder, name).is_file() and Path(name).suffix not in SUFFIXES)
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Copy the source; prints the number and the size of the files."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] + ".")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(argv).folder
    files = stage(folder)
    size = sum((folder / file).stat().st_size for file in files)
    sys.stdout.write(f"{len(files)} files, {size / 1000:.0f} kB in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
