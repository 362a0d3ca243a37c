"""Other people's labelled pictures in, exact readings by source out; sheets of the mistakes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from inkdigit import Ink, Recognizer
from inkdigit.recognizer import Source
from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.evaluation.drawn.mistakes import Mistake, mistake, save_mistakes
from inkdigit_train.evaluation.metrics import compare_rows
from inkdigit_train.evaluation.workers import spread

__all__ = [
    "TILE_PX",
    "Answer",
    "Case",
    "Reader",
    "by_source",
    "digits_only",
    "evaluate_pictures",
    "measure",
    "mistakes",
    "pixels_of",
    "read_cases",
    "rules_reader",
]

log = logging.getLogger(__name__)

TILE_PX = 150  # of a mistake's picture on the sheet
LOT = 25  # pictures that a process reads in one go


@dataclass(frozen=True)
class Case:
    """One labelled picture.

    Attributes:
        path: The file.
        source: Name of its folder.
        expected: What is written, a row a line, signs as written; "" where blank.
        mode: "digit" where one is expected, "read" for numbers, "table" for rows of cells, which
            `Recognizer.read_table` reads.
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
        """Whether the digits are exact, row by row; of a table, cell by cell."""
        if self.case.mode == "table":
            rows = [row for row in self.case.expected.split("\n") if digits_only(row)]
            return compare_rows(self.text, rows) == (len(rows), 0)
        return digits_only(self.text) == digits_only(self.case.expected)


Reader = Callable[[Source, str], str]  # a picture or ink and its mode in, the text out


def read_cases(folder: Path) -> list[Case]:
    """The labelled pictures of a folder of sources, each with a truth.json.

    Raises:
        DataError: If a truth.json is damaged.
        DataNotFoundError: If there are none.
    """
    cases = []
    for truth in sorted(folder.glob("*/truth.json")):
        try:
            for entry in json.loads(truth.read_text(encoding="utf-8"))["files"]:
                path = truth.parent / entry["file"]
                cases.append(Case(path, truth.parent.name, entry["expected"], entry["mode"]))
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise DataError(
                f"{truth} cannot be read ({exc!r}); expected {{'files': [{{'file': name,"
                " 'expected': text, 'mode': digit, read or table}]}"
            ) from exc
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
        if mode == "table" and not isinstance(source, Ink):
            rows = recognizer.read_table(source).texts()
            return "\n".join(" ".join(text for text in row if text) for row in rows)
        return recognizer.read(source).text

    return read


def measure(reader: Reader, cases: Iterable[Case]) -> list[Answer]:
    """Read all cases."""
    return [Answer(case, reader(case.path, case.mode)) for case in cases]


def by_source(answers: Sequence[Answer]) -> dict[str, tuple[int, int]]:
    """Right answers and all, by source; "all" leaves tables out, which have a row figure."""
    counts: dict[str, tuple[int, int]] = {}
    for answer in answers:
        names = [answer.case.source] + (["all"] if answer.case.mode != "table" else [])
        for name in names:
            right, total = counts.get(name, (0, 0))
            counts[name] = (right + answer.right, total + 1)
    return counts


def mistakes(answers: Iterable[Answer]) -> list[Mistake]:
    """The pictures that were misread."""
    return [
        mistake(
            f"{answer.case.source[:8]} {answer.case.path.stem[-16:]}",
            answer.case.expected,
            answer.text,
            pixels_of(answer.case.path),
        )
        for answer in answers
        if not answer.right
    ]


def evaluate_pictures(
    model: Path, folder: Path | None, limit: int | None, jobs: int, sheets: Path | None
) -> dict[str, Any]:
    """Measure the reading of the data folder's `pictures`; nothing, with a warning, without them.

    Args:
        model: An exported model.
        folder: The data folder.
        limit: Only the first so many of each source.
        jobs: Processes.
        sheets: Folder for a sheet of mistakes of each source; None for none.

    Returns:
        Ready for JSON: "count" and "exact" over all pictures but tables; "sources" with the same of
        each; "tables" with "rows" and "rows_exact", as `compare_rows` counts; "blank" with "count"
        and "exact" of the pictures that show nothing. Fractions are 0 to 1.

    Raises:
        DataError: If a truth.json is damaged.
    """
    if folder is None or not (folder / "pictures").is_dir():
        log.warning("no pictures in the data folder: their figures are left out")
        return {}
    cases = [
        case
        for _, group in groupby(read_cases(folder / "pictures"), attrgetter("source"))
        for case in islice(group, limit)
    ]
    lots = [_Lot(model, tuple(cases[k : k + LOT])) for k in range(0, len(cases), LOT)]
    answers = [answer for lot in spread(_read_lot, lots, jobs, "pictures") for answer in lot]
    counts = by_source(answers)
    for source, group in groupby(answers, lambda answer: answer.case.source):
        if sheets is not None:
            path = sheets / "pictures" / f"{source}.png"
            save_mistakes(mistakes(group), path, source, TILE_PX)
    right, total = counts.pop("all", (0, 0))
    figures: dict[str, Any] = {
        "sources": {s: {"count": n, "exact": exact / n} for s, (exact, n) in counts.items()}
    }
    if total:
        figures |= {"count": total, "exact": right / total}
    tables = [answer for answer in answers if answer.case.mode == "table"]
    if tables:
        rows = sum(len(digits_only(a.case.expected).split()) for a in tables)
        exact = sum(compare_rows(a.text, a.case.expected.split("\n"))[0] for a in tables)
        figures["tables"] = {"rows": rows, "rows_exact": exact / rows}
    blank = [answer for answer in answers if not answer.case.expected]
    if blank:
        figures["blank"] = {"count": len(blank), "exact": sum(a.right for a in blank) / len(blank)}
    return figures


@dataclass(frozen=True)
class _Lot:
    """Cases to read in one go."""

    model: Path
    cases: tuple[Case, ...]


def _read_lot(lot: _Lot) -> list[Answer]:
    return measure(rules_reader(Recognizer(lot.model)), lot.cases)


def pixels_of(path: Path) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) uint8, upright, on white where it is transparent."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.has_transparency_data:
            drawn = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
        return np.asarray(image.convert("RGB"))
