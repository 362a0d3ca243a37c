"""A recogniser and a data folder in; figures of reading rows of digits and signs out.

The rows are composed of digits and signs by development writers, whom nothing was trained on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigit import Recognizer
from inkdigit.drawing import draw_ink
from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE
from inkdigit.results import is_sure
from inkdigit_train.data.signed import KINDS, Signed, compose_signed, plain_text
from inkdigit_train.evaluation.test_sets import read_dev_ink, read_numbers

__all__ = ["EVERYTHING", "evaluate_signs", "signed_rows"]

EVERYTHING = ALL_DIGITS + SIGNS + SPACE
SEED = 1  # for the composed rows
ROWS = 100  # of each kind: one is a point
SINGLE = 1000  # digits that are read by themselves
PLAIN = "plain"  # the kind without a sign


def evaluate_signs(
    recognizer: Recognizer, folder: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure the reading of composed rows with signs, and what signs cost numbers without any.

    Args:
        recognizer: Reads them.
        folder: The data folder; what it lacks is left out.
        limit: Only so many rows of each kind, and numbers; None for all.

    Returns:
        Ready for JSON; see `signed_rows`, and "numbers_with_signs": the fraction of the real
        numbers read right where signs are allowed; "single_with_signs" and "single": of single
        digits, as `Recognizer.read` reads them where signs are allowed, and where they are not.
    """
    figures: dict[str, Any] = {}
    digits = read_dev_ink(folder, "unipen-digits-dev")
    symbols = read_dev_ink(folder, "unipen-nondigits-dev")
    count = min(limit or ROWS, ROWS) * len(KINDS)
    rows = compose_signed(digits, symbols, count, SEED)
    if rows:
        figures = signed_rows(recognizer, rows)
    numbers = read_numbers(folder, limit)
    if numbers:
        right = [recognizer.read(r.ink, allowed=EVERYTHING).text == r.label for r in numbers]
        figures["numbers_with_signs"] = sum(right) / len(right)
    if digits:
        some = digits[:: max(len(digits) // min(limit or SINGLE, SINGLE), 1)]
        for name, allowed in (("single_with_signs", EVERYTHING), ("single", ALL_DIGITS)):
            figures[name] = _mean(
                [recognizer.read(r.ink, allowed=allowed).text == r.label for r in some]
            )
    return figures


def signed_rows(recognizer: Recognizer, rows: Sequence[Signed]) -> dict[str, Any]:
    """Count rows read right with signs allowed; and, digits only, those wrongly called sure.

    Returns:
        Ready for JSON: "count"; fractions: "exact" and "exact_as_pictures", of rows with a sign
        that may be read; "digits_exact" and "sure_but_wrong", with digits alone, of rows with any
        sign or gap; "kinds" with each kind's "exact"; "misread" with each row's text and what was
        read.
    """
    by_kind: dict[str, list[bool]] = defaultdict(list)
    pictured: list[bool] = []
    digits_right: list[bool] = []
    sure: list[bool] = []
    misread = []
    for row in rows:
        read = recognizer.read(row.number.ink, allowed=EVERYTHING)
        by_kind[row.kind].append(read.text == row.text)
        if read.text != row.text:
            misread.append({"kind": row.kind, "text": row.text, "read": read.text})
        if row.kind == PLAIN:
            continue
        if "?" not in row.text:
            picture = draw_ink(row.number.ink)
            seen = recognizer.read(picture, allowed=EVERYTHING, upright=True)
            pictured.append(seen.text == row.text)
        alone = recognizer.read(row.number.ink)
        # A row whose signs are left out is no right answer, however right its digits are; numbers
        # side by side are lines of their own.
        whole = alone.text.replace("\n", SPACE) == row.text
        sure.append(is_sure(alone.confidence) and not whole)
        digits_right.append(plain_text(alone.text) == plain_text(row.text))
    signed = [right for kind, own in by_kind.items() if kind != PLAIN for right in own]
    return {
        "count": len(rows),
        "exact": _mean(signed),
        "exact_as_pictures": _mean(pictured),
        "digits_exact": _mean(digits_right),
        "sure_but_wrong": _mean(sure),
        "kinds": {kind: {"exact": _mean(own)} for kind, own in by_kind.items()},
        "misread": misread,
    }


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / max(len(values), 1)
