"""Practice sheets filled by validation writers in; how they are read, and what they teach, out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inkdigit import Recognizer, Writer
from inkdigit.errors import InputError
from inkdigit.labels import ALL_DIGITS, DIGITS
from inkdigit.practice import Practice, practise
from inkdigit_train.data.folder import ink_files
from inkdigit_train.data.hands import manner
from inkdigit_train.data.pages.practice import MadePractice, photograph_sheet
from inkdigit_train.data.pages.writing import hands_of
from inkdigit_train.data.records import InkRecord, of_writers, read_records
from inkdigit_train.evaluation.workers import spread

__all__ = ["evaluate_practice", "placed"]

SEED = 0
LEAST = 2  # of each digit that a writer has: half of them fill the sheet, half measure
MANNERS = 2  # made hands of each writer, beside the writer's own
NEAR_MM = 2.0  # of a box's middle, within which it was found


@dataclass(frozen=True)
class _Sheet:
    """A hand to fill a sheet and measure with."""

    model: Path
    folder: Path
    index: int


def evaluate_practice(model: Path, folder: Path, limit: int | None, jobs: int) -> dict[str, Any]:
    """Measure the practice sheet on a data folder.

    Args:
        model: An exported model.
        folder: The data folder.
        limit: Only so many sheets.
        jobs: Processes.

    Returns:
        Ready for JSON. "sheets"; fractions: "found", sheets; "placed", boxes found in their place
        with something in them; "learnt", digits. Of the writers' other digits, as ink: "test", how
        many; how many are misread "alone", "sheet" (with what the sheet taught) and "strokes" (with
        the same digits learnt from their strokes); "left" and "left_from_strokes", parts of those
        misread alone. Nothing where no writer has digits enough.

    Raises:
        DataError: If a file is damaged.
    """
    count = len(_hands(folder))
    sheets = [_Sheet(model, folder, k) for k in range(min(limit or count, count))]
    total: Counter[str] = Counter()
    for counts in spread(_measure, sheets, jobs, "practice sheets"):
        total.update(counts)
    if not sheets:
        return {}
    return {
        "sheets": total["sheets"],
        "found": total["found"] / total["sheets"],
        "placed": total["placed"] / total["boxes"],
        "learnt": total["learnt"] / total["digits"],
        **{name: total[name] for name in ("test", "alone", "sheet", "strokes")},
        "left": total["sheet"] / max(total["alone"], 1),
        "left_from_strokes": total["strokes"] / max(total["alone"], 1),
    }


def placed(practice: Practice, made: MadePractice) -> int:
    """How many boxes were found in their place, and not blank."""
    middles = np.array([np.mean(box.corners, axis=0) for box in practice.boxes])
    near = np.hypot(*(middles - made.middles).T) <= NEAR_MM * made.mm
    return sum(bool(ok and box.read) for ok, box in zip(near, practice.boxes, strict=True))


def _measure(sheet: _Sheet) -> dict[str, int]:
    recognizer = _recognizer(sheet.model)
    filling, test = _hands(sheet.folder)[sheet.index]
    [hand] = hands_of([InkRecord(r.label, r.ink, "") for r in filling])
    made = photograph_sheet(hand, np.random.default_rng((SEED, sheet.index)))
    by_sheet, by_strokes = Writer(), Writer()
    counts = {"sheets": 1, "boxes": len(made.used), "digits": sum(map(len, made.used))}
    try:
        practice = practise(recognizer, made.pixels, by_sheet)
    except InputError:
        pass  # counts as not found
    else:
        counts |= {"found": 1, "placed": placed(practice, made), "learnt": practice.learnt}
    for record in filling:
        by_strokes.learn(recognizer, record.ink, int(record.label))
    counts["test"] = len(test)
    for name, writer in (("alone", None), ("sheet", by_sheet), ("strokes", by_strokes)):
        counts[name] = sum(
            recognizer.predict_digit(r.ink, writer=writer).digit != int(r.label) for r in test
        )
    return counts


@lru_cache(maxsize=1)  # in each process
def _recognizer(model: Path) -> Recognizer:
    return Recognizer(model)


@lru_cache(maxsize=1)
def _hands(folder: Path) -> list[tuple[list[InkRecord], list[InkRecord]]]:
    """For each validation writer with digits enough, and in made manners: to fill, to measure."""
    digits = [record for path in ink_files(folder)[0] for record in read_records(path)]
    by_writer: dict[str, list[InkRecord]] = defaultdict(list)
    for record in of_writers(digits, held_out=True):
        if record.writer is not None and record.label in tuple(ALL_DIGITS):
            by_writer[record.writer].append(record)
    rng = np.random.default_rng(SEED)
    hands = []
    for writer in sorted(by_writer):
        own = by_writer[writer]
        counts = Counter(r.label for r in own)
        if min(counts[digit] for digit in ALL_DIGITS) < LEAST:
            continue
        for k in range(MANNERS + 1):
            bend = manner(rng)
            bent = own if k == 0 else [InkRecord(r.label, bend(r.ink, int(r.label))) for r in own]
            filling, test = _halves(bent)
            if _has_all_digits(filling):
                hands.append((filling, test))
    return hands


def _has_all_digits(records: Sequence[InkRecord]) -> bool:
    """Whether a sheet can be filled: digits far from their usual height are slips, and left out."""
    hands = hands_of([InkRecord(r.label, r.ink, "") for r in records])
    return bool(hands) and len({label for label, _ in hands[0].glyphs}) == DIGITS


def _halves(records: Sequence[InkRecord]) -> tuple[list[InkRecord], list[InkRecord]]:
    seen: Counter[str] = Counter()
    halves: tuple[list[InkRecord], list[InkRecord]] = ([], [])
    for record in records:
        halves[seen[record.label] % 2].append(record)
        seen[record.label] += 1
    return halves
