"""Reads a file of any format the way a caller would, and says what came of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inkdigit import Ink, InkDigitError, Reading, Recognizer

__all__ = ["make_source", "read", "read_content"]

_recognizer: list[Recognizer] = []


def recognizer() -> Recognizer:
    """One for all, its networks loaded."""
    if not _recognizer:
        _recognizer.append(Recognizer())
        stripes = np.full((64, 64), 255, np.uint8)
        stripes[:, ::9] = np.arange(64)[:, None]  # on no plain canvas: loads the ink network
        _recognizer[0].read(stripes)
    return _recognizer[0]


def make_source(content: bytes, suffix: str) -> Ink | bytes:
    """What `Recognizer.read` takes of a file, whose name ends in `suffix`."""
    if suffix == ".json":
        return Ink.from_json(content)
    if suffix == ".inkml":
        return Ink.from_inkml(content)
    if suffix == ".svg":
        return Ink.from_svg(content)
    return content


def read_content(content: bytes, suffix: str, how: str = "read") -> str:
    """What was read, as text; or the name of the error, if it is one of inkdigit's."""
    try:
        source = make_source(content, suffix)
        if how == "table":
            table = recognizer().read_table(source)
            return f"table of {len(table.rows)} rows"
        if how == "digit":
            return f"digit {recognizer().predict_digit(source).digit}"
        reading: Reading = recognizer().read(source)
    except InkDigitError as exc:
        assert len(str(exc)) < 2000, f"a message of {len(str(exc))} characters"
        return type(exc).__name__
    return f"{len(reading.digits)} digits"


def read(path: Path, how: str = "read") -> str:
    """The same of a file."""
    recognizer()
    return read_content(path.read_bytes(), path.suffix, how)
