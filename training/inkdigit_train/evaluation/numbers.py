"""Whole numbers read from ink and from pictures: figures, through `Recognizer.read`.

Real numbers tell how many are read right, as ink and drawn as pictures; numbers composed of single
digits by writers whom nobody trained on tell besides whether each stroke went to its digit; photos
of whole pages tell how many of their lines are read right.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inkdigit import Ink, Reading, Recognizer
from inkdigit.recognizer import Source
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.lookalikes import LOOKALIKES, is_bar
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.errors import DataError
from inkdigit_train.evaluation.render import render

__all__ = [
    "STYLES",
    "edit_distance",
    "evaluate_numbers",
    "letters",
    "lines_right",
    "partition",
    "photos",
    "read_numbers",
    "read_truth",
    "real_numbers",
]

log = logging.getLogger(__name__)

SEED = 0  # of the composed numbers
COMPOSED = 400  # of each style
STYLES = {
    "apart": Style(touching=0.0, joined=0.0),
    "touching": Style(touching=1.0, joined=0.0),
    "joined": Style(length=(2, 4), touching=0.25, joined=0.5),
    "late_strokes": Style(touching=0.25, joined=0.0, late=1.0),
}
WITH_LETTERS = Style(length=(3, 6), touching=0.0, joined=0.0, late=0.0, letters=0.25)


def evaluate_numbers(
    recognizer: Recognizer, data_dir: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure the reading of numbers.

    Args:
        recognizer: What reads.
        data_dir: The data folder; what it lacks is left out.
        limit: Only so many of each kind, evenly taken; None for all.

    Returns:
        JSON-ready figures: "real_numbers" as ink, "pictures" of the same numbers, "composed" by
        style, "letters", "photos"; shares are 0 to 1.

    Raises:
        DataError: If a file is damaged.
    """
    figures: dict[str, Any] = {}
    numbers = read_numbers(data_dir, limit)
    if numbers:
        figures["real_numbers"] = real_numbers(recognizer, numbers)
        figures["pictures"] = real_numbers(recognizer, numbers, render)
    digits = _records(data_dir, "unipen-digits-dev")
    count = min(limit or COMPOSED, COMPOSED)
    composed = {n: compose_many(digits, count, SEED, style) for n, style in STYLES.items()}
    if all(composed.values()):
        figures["composed"] = {n: partition(recognizer, made) for n, made in composed.items()}
    others = [
        r
        for r in _records(data_dir, "unipen-nondigits-dev")
        if r.label.isalpha() and r.label not in LOOKALIKES and not is_bar(r.ink)
    ]
    mixed = compose_many(digits, count, SEED, WITH_LETTERS, others) if others else []
    if mixed:
        figures["letters"] = letters(recognizer, mixed)
    truth = read_truth(data_dir / "photos")
    if truth:
        figures["photos"] = photos(recognizer, data_dir / "photos", truth)
    return figures


def read_numbers(data_dir: Path, limit: int | None = None) -> list[InkRecord]:
    """The real numbers that are read, which the places in `real_numbers` count.

    Args:
        data_dir: The data folder.
        limit: About so many, evenly taken; None for all.

    Returns:
        The records; none, with a warning, where the data folder lacks them.

    Raises:
        DataError: If the file is damaged.
    """
    numbers = _records(data_dir, "unipen-numbers-dev")
    return numbers[:: max(1, len(numbers) // limit) if limit else 1]


def _records(data_dir: Path, name: str) -> list[InkRecord]:
    path = data_dir / "ink" / f"{name}.jsonl.gz"
    if not path.is_file():
        log.warning("no %s in the data folder: what it measures is left out", path.name)
        return []
    return read_records(path)


def _as_ink(ink: Ink) -> Source:
    return ink


def real_numbers(
    recognizer: Recognizer,
    numbers: Sequence[InkRecord],
    show: Callable[[Ink], Source] = _as_ink,
) -> dict[str, Any]:
    """Whole strings right, without and with their length given; digit errors by edit distance.

    Args:
        recognizer: What reads.
        numbers: At least one, with a label of at least one digit.
        show: What is read of each: the ink itself, or a picture of it.

    Returns:
        JSON-ready: "count", "exact", "exact_with_length" and "digit_error_rate" (edits over digits
        written) as shares, "misread" with the place, label and texts of what either way got wrong.
    """
    misread = []
    exact = with_length = errors = 0
    for place, record in enumerate(numbers):
        source = show(record.ink)
        text = recognizer.read(source).text
        fitted = recognizer.read(source, length=len(record.label)).text
        exact += text == record.label
        with_length += fitted == record.label
        errors += edit_distance(text, record.label)
        if text != record.label or fitted != record.label:
            misread.append(
                {"place": place, "label": record.label, "text": text, "with_length": fitted}
            )
    return {
        "count": len(numbers),
        "exact": exact / len(numbers),
        "exact_with_length": with_length / len(numbers),
        "digit_error_rate": errors / sum(len(record.label) for record in numbers),
        "misread": misread,
    }


def partition(recognizer: Recognizer, numbers: Sequence[Composed]) -> dict[str, Any]:
    """Strings right, and strings whose every stroke went to its own digit or digits."""
    exact = divided = errors = 0
    for number in numbers:
        reading = recognizer.read(number.ink)
        exact += reading.text == number.label
        errors += edit_distance(reading.text, number.label)
        divided += _strokes_read(reading) == _strokes_written(number)
    return {
        "count": len(numbers),
        "exact": exact / len(numbers),
        "strokes_right": divided / len(numbers),
        "digit_error_rate": errors / sum(len(number.label) for number in numbers),
    }


def letters(recognizer: Recognizer, numbers: Sequence[Composed]) -> dict[str, Any]:
    """Letters marked "?", all their strokes that were read; digits in their company still right.

    A digit is right where all its strokes that were read went to one glyph that is that digit; the
    dot of a `j` may have gone there too, but no letter so counts as marked.
    """
    marked = right = letter_count = digit_count = 0
    for number in numbers:
        if "?" not in number.label:
            continue
        reading = recognizer.read(number.ink)
        owner = {stroke: digit for digit in reading.digits for stroke in digit.strokes}
        for label, strokes in zip(number.label, _strokes_written(number), strict=True):
            found = [owner[stroke] for stroke in strokes if stroke in owner]
            if label == "?":
                letter_count += 1
                marked += bool(found) and all(digit.digit is None for digit in found)
            else:
                digit_count += 1
                right += len(set(map(id, found))) == 1 and found[0].digit == int(label)
    return {
        "letters": letter_count,
        "letters_marked": marked / max(letter_count, 1),
        "digits": digit_count,
        "digits_right": right / max(digit_count, 1),
    }


def read_truth(folder: Path) -> dict[str, list[str]]:
    """What is written on the photos of a folder, line by line, as its truth.json says.

    Args:
        folder: Holds truth.json, file name -> lines as read by eye, and the files.

    Returns:
        The lines of the files that are there; what is absent is left out with a warning.

    Raises:
        DataError: If truth.json is damaged.
    """
    path = folder / "truth.json"
    if not path.is_file():
        log.warning("no photos/%s in the data folder: what it measures is left out", path.name)
        return {}
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise DataError(f"{path} cannot be read ({exc}); expected JSON") from exc
    if not isinstance(truth, dict) or not all(
        isinstance(lines, list) and lines and all(isinstance(s, str) and s for s in lines)
        for lines in truth.values()
    ):
        raise DataError(f"{path} is of another form; expected {{file name: lines}}")
    for name in truth:
        if not (folder / name).is_file():
            log.warning("no photos/%s in the data folder: it is left out", name)
    return {name: lines for name, lines in truth.items() if (folder / name).is_file()}


def photos(
    recognizer: Recognizer, folder: Path, truth: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Photos of whole pages: lines right, and digits right by edit distance.

    Lines are counted as `lines_right` does. Digits are compared in a photo's lines run together,
    so that a line divided or two joined cost nothing there; each digit too many counts, so that
    the accuracy may fall below 0.

    Args:
        recognizer: What reads.
        folder: Where the files are.
        truth: Lines of each file, as `read_truth` gives them; at least one file.

    Returns:
        JSON-ready: "count" of photos, "lines", "lines_right", "digits", "digit_accuracy" (1 less
        edits over digits written), "files" with the truth and the text of each.
    """
    right = lines = digits = errors = 0
    files = {}
    for name, written in truth.items():
        found = recognizer.read(folder / name).text.split("\n")
        found = [line for line in found if line]
        hits, count = lines_right(found, written)
        right += hits
        lines += count
        digits += len("".join(written))
        errors += edit_distance("".join(found), "".join(written))
        files[name] = {"truth": list(written), "text": found}
    return {
        "count": len(truth),
        "lines": lines,
        "lines_right": right / lines,
        "digits": digits,
        "digit_accuracy": 1 - errors / digits,
        "files": files,
    }


def lines_right(found: Sequence[str], written: Sequence[str]) -> tuple[int, int]:
    """How many lines are exactly right, and of how many.

    Lines are paired in their order, with as many pairs of equal ones as there can be: a line that
    is missing or too many does not shift those behind it. Every line that was written is one of
    the count, and so is every line read beyond as many as were written: it is a wrong one.
    """
    row = [0] * (len(written) + 1)  # the longest common subsequence
    for line in found:
        before = row.copy()
        for j, other in enumerate(written, start=1):
            row[j] = before[j - 1] + 1 if line == other else max(before[j], row[j - 1])
    return row[-1], max(len(found), len(written))


def edit_distance(one: str, other: str) -> int:
    """Fewest insertions, deletions and changes that turn one string into the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def _strokes_written(number: Composed) -> list[set[int]]:
    strokes: list[set[int]] = [set() for _ in number.label]
    for stroke, parts in enumerate(number.parts):
        for glyph, _, _ in parts:
            strokes[glyph].add(stroke)
    return strokes


def _strokes_read(reading: Reading) -> list[set[int]]:
    return [set(digit.strokes) for digit in reading.digits]
