"""A recogniser and a data folder in; figures of reading whole numbers, ink and pictures, out.

All are by writers that no model was trained on, but for 13 of the real numbers. Composed numbers
also show whether each stroke went to its digit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inkdigit import Ink, Recognizer
from inkdigit.drawing import draw_ink
from inkdigit.recognizer import Source
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.nondigits import LOOKALIKES, is_bar
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.pictured import Pictured
from inkdigit_train.data.records import InkRecord
from inkdigit_train.data.touching import KINDS, make_touching
from inkdigit_train.evaluation.metrics import edit_distance, rows_right
from inkdigit_train.evaluation.test_sets import read_dev_ink, read_numbers, read_truth

__all__ = [
    "STYLES",
    "evaluate_numbers",
    "letters",
    "partition",
    "photos",
    "real_numbers",
    "touching",
]

SEED = 0  # for the composed numbers
COMPOSED = 400  # of each style: one number is a quarter of a point
TOUCHING = 200  # pictures of each kind of touching digits: one is half a point
STYLES = {
    "apart": Style(touching=0.0, joined=0.0),
    "touching": Style(touching=1.0, joined=0.0),
    "joined": Style(length=(2, 4), touching=0.25, joined=0.5),
    "late_strokes": Style(touching=0.25, joined=0.0, late=1.0),
}
WITH_LETTERS = Style(length=(3, 6), touching=0.0, joined=0.0, late=0.0, letters=0.25)


def evaluate_numbers(
    recognizer: Recognizer, folder: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure the reading of numbers in a data folder; what it lacks is left out.

    With a limit, only so many of each kind are read, evenly spaced.

    Returns:
        Figures, ready for JSON: "real_numbers" as ink, "pictures" of the same numbers, "composed"
        by style, "touching" digits as pictures by kind, "letters", "photos"; fractions are 0 to 1.

    Raises:
        DataError: If a file is damaged.
    """
    figures: dict[str, Any] = {}
    numbers = read_numbers(folder, limit)
    if numbers:
        figures["real_numbers"] = real_numbers(recognizer, numbers)
        figures["pictures"] = real_numbers(recognizer, numbers, draw_ink)
    digits = read_dev_ink(folder, "unipen-digits-dev")
    count = min(limit or COMPOSED, COMPOSED)
    composed = {n: compose_many(digits, count, SEED, style) for n, style in STYLES.items()}
    if all(composed.values()):
        figures["composed"] = {n: partition(recognizer, made) for n, made in composed.items()}
    writing = ink_writing(digits)
    few = min(limit or TOUCHING, TOUCHING)
    pictured = {kind: make_touching(kind, writing, few, SEED) for kind in KINDS}
    if all(pictured.values()):
        figures["touching"] = touching(recognizer, pictured)
    others = [r for r in read_dev_ink(folder, "unipen-nondigits-dev") if r.label.isalpha()]
    others = [r for r in others if r.label not in LOOKALIKES and not is_bar(r.ink)]
    mixed = compose_many(digits, count, SEED, WITH_LETTERS, others) if others else []
    if mixed:
        figures["letters"] = letters(recognizer, mixed)
    truth = read_truth(folder / "photos")
    if truth:
        figures["photos"] = photos(recognizer, folder / "photos", truth)
    return figures


def real_numbers(
    recognizer: Recognizer,
    numbers: Sequence[InkRecord],
    show: Callable[[Ink], Source] = lambda ink: ink,
) -> dict[str, Any]:
    """Count whole strings read right, without and with their length given, and digit errors.

    There is at least one number; `show` gives what the reader gets of each: ink or a picture.

    Returns:
        Ready for JSON: "count"; the fractions "exact", "exact_with_length" and "digit_error_rate"
        (edits over digits written); "misread" with the index ("place"), label and texts of each
        number that was misread either way.
    """
    misread = []
    exact = with_length = errors = 0
    for index, record in enumerate(numbers):
        source = show(record.ink)
        text = recognizer.read(source).text
        fitted = recognizer.read(source, length=len(record.label)).text
        exact += text == record.label
        with_length += fitted == record.label
        errors += edit_distance(text, record.label)
        if text != record.label or fitted != record.label:
            misread.append(
                {"place": index, "label": record.label, "text": text, "with_length": fitted}
            )
    return {
        "count": len(numbers),
        "exact": exact / len(numbers),
        "exact_with_length": with_length / len(numbers),
        "digit_error_rate": errors / sum(len(record.label) for record in numbers),
        "misread": misread,
    }


def partition(recognizer: Recognizer, numbers: Sequence[Composed]) -> dict[str, Any]:
    """Count strings read right, and strings whose every stroke went to its own digit or digits."""
    readings = [recognizer.read(number.ink) for number in numbers]
    pairs = list(zip(readings, numbers, strict=True))
    divided = sum([set(d.strokes) for d in r.digits] == _strokes_written(n) for r, n in pairs)
    edits = sum(edit_distance(r.text, n.label) for r, n in pairs)
    return {
        "count": len(numbers),
        "exact": sum(r.text == n.label for r, n in pairs) / len(numbers),
        "strokes_right": divided / len(numbers),
        "digit_error_rate": edits / sum(len(number.label) for number in numbers),
    }


def touching(recognizer: Recognizer, numbers: Mapping[str, Sequence[Pictured]]) -> dict[str, Any]:
    """Count strings read right on pictures of touching digits, by kind and in all."""
    right = {
        kind: [recognizer.read(number.picture).text == number.label for number in made]
        for kind, made in numbers.items()
    }
    every = [each for made in right.values() for each in made]
    return {
        "count": len(every),
        "exact": sum(every) / len(every),
        **{kind: {"exact": sum(made) / len(made)} for kind, made in right.items()},
    }


def letters(recognizer: Recognizer, numbers: Sequence[Composed]) -> dict[str, Any]:
    """Count letters marked "?" in all their strokes that were read, and digits next to them right.

    A digit is right if all its strokes that were read went to one glyph that is that digit. The dot
    of a `j` may have gone there too, but then the letter does not count as marked.
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


def photos(
    recognizer: Recognizer, folder: Path, truth: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Count rows read right on photos of pages, and digits right by edit distance.

    Rows are counted by `rows_right`. Digits are compared over all of a photo's rows run together,
    so a row split in two, or two joined, costs nothing there. Each extra digit is an error, so the
    accuracy may fall below 0. The truth is from `read_truth`, with at least one photo.

    Returns:
        Ready for JSON: "count" of photos, "lines" (rows), "lines_right", "digits",
        "digit_accuracy" (1 minus edits over digits written), "files" with the truth and the text of
        each.
    """
    right = rows = digits = errors = 0
    files = {}
    for name, written in truth.items():
        found = [row for row in recognizer.read(folder / name).text.split("\n") if row]
        hits, count = rows_right(found, written)
        right += hits
        rows += count
        digits += len("".join(written))
        errors += edit_distance("".join(found), "".join(written))
        files[name] = {"truth": list(written), "text": found}
    return {
        "count": len(truth),
        "lines": rows,
        "lines_right": right / rows,
        "digits": digits,
        "digit_accuracy": 1 - errors / digits,
        "files": files,
    }


def _strokes_written(number: Composed) -> list[set[int]]:
    strokes: list[set[int]] = [set() for _ in number.label]
    for stroke, parts in enumerate(number.parts):
        for glyph, _, _ in parts:
            strokes[glyph].add(stroke)
    return strokes
