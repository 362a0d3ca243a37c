"""Other people's pictures in, exact readings by source out; a sheet of the mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from inkdigit import Recognizer
from inkdigit_train.errors import DataNotFoundError

__all__ = [
    "Answer",
    "Case",
    "Reader",
    "Source",
    "by_source",
    "digits_only",
    "measure",
    "mistakes",
    "pixels_of",
    "read_cases",
    "rules_reader",
]

CELL_PX = 150  # of a mistake's picture on the sheet
COLUMNS = 8


@dataclass(frozen=True)
class Case:
    """One labelled picture.

    Attributes:
        path: The file.
        source: Name of its folder.
        expected: What is written, a row a line, signs as written; "" where blank.
        mode: "digit" where one is expected, "read" for numbers, "table" for rows of cells.
    """

    path: Path
    source: str
    expected: str
    mode: str


@dataclass(frozen=True)
class Answer:
    """What a reader made of a case."""

    case: Case
    text: str

    @property
    def right(self) -> bool:
        """Whether the digits are exact, row by row."""
        return digits_only(self.text) == digits_only(self.case.expected)


Source = Path | NDArray[np.uint8]
Reader = Callable[[Source, str], str]  # a picture and its mode in, the text out


def read_cases(folder: Path) -> list[Case]:
    """The labelled pictures of a folder of sources, each with a truth.json.

    Raises:
        DataNotFoundError: If there are none.
    """
    cases = []
    for truth in sorted(folder.glob("*/truth.json")):
        for entry in json.loads(truth.read_text())["files"]:
            path = truth.parent / entry["file"]
            cases.append(Case(path, truth.parent.name, entry["expected"], entry["mode"]))
    if not cases:
        raise DataNotFoundError(f"no truth.json in the folders of {folder}")
    return cases


def digits_only(text: str) -> str:
    """The digits of a text, a row a line: signs, "?" and rows without digits left out."""
    rows = ("".join(c for c in row if c in "0123456789") for row in text.split("\n"))
    return "\n".join(row for row in rows if row)


def rules_reader(recognizer: Recognizer) -> Reader:
    """A reader that uses the runtime as it is."""

    def read(source: Source, mode: str) -> str:
        if mode == "digit":
            digit = recognizer.predict_digit(source).digit
            return "" if digit is None else str(digit)
        return recognizer.read(source).text

    return read


def measure(reader: Reader, cases: Iterable[Case]) -> list[Answer]:
    """Read all cases."""
    return [Answer(case, reader(case.path, case.mode)) for case in cases]


def by_source(answers: Sequence[Answer]) -> dict[str, tuple[int, int]]:
    """Right answers and all, by source; "all" leaves tables out, whose rows are read as cells."""
    counts: dict[str, tuple[int, int]] = {}
    for answer in answers:
        names = [answer.case.source] + (["all"] if answer.case.mode != "table" else [])
        for name in names:
            right, total = counts.get(name, (0, 0))
            counts[name] = (right + answer.right, total + 1)
    return counts


def mistakes(answers: Sequence[Answer]) -> Image.Image:
    """A sheet of the pictures that were misread: expected and read above each."""
    wrong = [a for a in answers if not a.right]
    lines = max(-(-len(wrong) // COLUMNS), 1)
    pitch = CELL_PX + 6
    sheet = Image.new("RGB", (COLUMNS * pitch, lines * (pitch + 24)), (70, 90, 110))
    pencil = ImageDraw.Draw(sheet)
    for k, answer in enumerate(wrong):
        x, y = k % COLUMNS * pitch, k // COLUMNS * (pitch + 24)
        with Image.open(answer.case.path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        scale = CELL_PX / max(picture.size)
        size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
        filtering = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
        sheet.paste(picture.resize(size, filtering), (x, y + 24))
        expected, read = (
            digits_only(t).replace("\n", "/") for t in (answer.case.expected, answer.text)
        )
        pencil.text((x, y), f"{answer.case.source[:8]} {answer.case.path.stem[:14]}", fill="white")
        pencil.text((x, y + 11), f"{expected or 'blank'} > {read or 'blank'}"[:25], fill="yellow")
    return sheet


def pixels_of(path: Path) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) uint8, upright, on white where it is transparent."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.has_transparency_data:
            drawn = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
        return np.asarray(image.convert("RGB"))
