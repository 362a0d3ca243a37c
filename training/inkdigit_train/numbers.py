"""Whole numbers read from ink: figures, through `Recognizer.read` as a user meets it.

Real numbers tell how many are read right; numbers composed of single digits by writers whom nobody
trained on tell besides whether each stroke went to its digit.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigit import Reading, Recognizer
from inkdigit_train.compose import Composed, Style, compose_many
from inkdigit_train.lookalikes import LOOKALIKES
from inkdigit_train.records import InkRecord, read_records

__all__ = ["STYLES", "edit_distance", "evaluate_numbers", "letters", "partition", "real_numbers"]

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
        JSON-ready figures: "real_numbers", "composed" by style, "letters"; shares are 0 to 1.

    Raises:
        DataError: If a file is damaged.
    """

    def records(name: str) -> list[InkRecord]:
        path = data_dir / "ink" / f"{name}.jsonl.gz"
        if not path.is_file():
            log.warning("no %s in the data folder: what it measures is left out", path.name)
            return []
        return read_records(path)

    figures: dict[str, Any] = {}
    numbers = records("unipen-numbers-dev")
    if numbers:
        step = max(1, len(numbers) // limit) if limit else 1
        figures["real_numbers"] = real_numbers(recognizer, numbers[::step])
    digits = records("unipen-digits-dev")
    count = min(limit or COMPOSED, COMPOSED)
    composed = {n: compose_many(digits, count, SEED, style) for n, style in STYLES.items()}
    if all(composed.values()):
        figures["composed"] = {n: partition(recognizer, made) for n, made in composed.items()}
    others = [r for r in records("unipen-nondigits-dev") if r.label not in LOOKALIKES]
    mixed = compose_many(digits, count, SEED, WITH_LETTERS, others) if others else []
    if mixed:
        figures["letters"] = letters(recognizer, mixed)
    return figures


def real_numbers(recognizer: Recognizer, numbers: Sequence[InkRecord]) -> dict[str, Any]:
    """Whole strings right, without and with their length given; digit errors by edit distance."""
    misread = []
    exact = with_length = errors = 0
    for place, record in enumerate(numbers):
        text = recognizer.read(record.ink).text
        fitted = recognizer.read(record.ink, length=len(record.label)).text
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
    """Letters marked "?", all their strokes that were read; digits in their company still right."""
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
                whole = all(set(digit.strokes) <= strokes for digit in found)
                right += whole and {digit.digit for digit in found} == {int(label)}
    return {
        "letters": letter_count,
        "letters_marked": marked / max(letter_count, 1),
        "digits": digit_count,
        "digits_right": right / max(digit_count, 1),
    }


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
