"""A recogniser and a data folder in; what remembering a writer's hand gives, out.

Each writer's digits come in any order. Each is read with what was learnt of those before it, and
then learnt, corrected where it was misread; the mistakes made before anything is known count too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit import Ink, Recognizer, Writer
from inkdigit.drawing import draw_ink
from inkdigit.labels import DIGITS
from inkdigit.results import Prediction
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.folder import ink_files
from inkdigit_train.data.hands import manner, redraw
from inkdigit_train.data.records import InkRecord, of_writers, read_records
from inkdigit_train.evaluation.metrics import edit_distance, reliability
from inkdigit_train.evaluation.test_sets import read_dev_ink, read_numbers

__all__ = ["Answer", "evaluate_writers", "in_sequence", "in_turn", "pages", "redrawn", "undone"]

SEED = 0
ORDERS = 3  # in which each writer's digits come
MANNERS = 4  # made hands of each validation writer; see `data.hands`
MANY = 100  # digits of a hand, for the figure of hands that are well known
FEW_NUMBERS = 3  # of a writer, for the figure of whole numbers
NUMBERS_A_PAGE = 16
REDRAWN = 3  # times that each misread glyph is drawn again
KNOWN = (0, 10, 20, 40, 80, 160, 10**9)  # limits of the plot's groups, by glyphs learnt before
PENS_PX = (3.5, 9.5)  # of 100 px high pictures


@dataclass(frozen=True)
class Answer:
    """One digit as it was read, without and with what was known of its writer."""

    label: int
    known: int  # glyphs that were remembered
    alone: Prediction
    told: Prediction

    @property
    def wrong_alone(self) -> bool:
        """Whether the network misread it."""
        return self.alone.digit != self.label

    @property
    def wrong(self) -> bool:
        """Whether it was misread with the memory."""
        return self.told.digit != self.label


def evaluate_writers(
    recognizer: Recognizer, folder: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure learning on a data folder; what it lacks is left out.

    With a limit, only so many writers of each kind are taken.

    Returns:
        Figures, ready for JSON. As `_figures` returns them: "development" writers, the same with
        "corrected_only", "two_hands" in one memory, and "made" hands of validation writers, of
        which "made_many" have 100 digits and more. Beside these "redrawn", "undone", "numbers" and
        "pages".

    Raises:
        DataError: If a file is damaged.
    """
    figures: dict[str, Any] = {}
    hands = _by_writer(read_dev_ink(folder, "unipen-digits-dev"), limit)
    if hands:
        figures["development"] = _figures(in_sequence(recognizer, hands, ORDERS))
        only = in_sequence(recognizer, hands, ORDERS, confirming=False)
        figures["corrected_only"] = _figures(only)
        figures["two_hands"] = _figures(in_turn(recognizer, hands))
        figures["undone"] = undone(recognizer, hands)
    digits = [record for path in ink_files(folder)[0] for record in read_records(path)]
    made = list(_made(_by_writer(of_writers(digits, held_out=True), limit)))
    if made:
        answers = [in_sequence(recognizer, [hand], 1) for hand in made]
        figures["made"] = _figures([a for own in answers for a in own])
        many = [own for own in answers if len(own) >= MANY]
        if many:
            figures["made_many"] = _figures([a for own in many for a in own])
        figures["redrawn"] = redrawn(recognizer, made)
        figures["pages"] = pages(recognizer, made)
    numbers = [n for n in _by_writer(read_numbers(folder, None), limit) if len(n) >= FEW_NUMBERS]
    if numbers:
        figures["numbers"] = _numbers(recognizer, numbers)
    return figures


def _by_writer(records: Iterable[InkRecord], limit: int | None) -> list[list[InkRecord]]:
    by_writer: dict[str, list[InkRecord]] = defaultdict(list)
    for record in records:
        if record.writer is not None:
            by_writer[record.writer].append(record)
    return list(by_writer.values())[:limit]


def _made(hands: Sequence[Sequence[InkRecord]]) -> Iterator[list[InkRecord]]:
    rng = np.random.default_rng(SEED)
    for hand in hands:
        for _ in range(MANNERS):
            bend = manner(rng)
            yield [InkRecord(r.label, bend(r.ink, int(r.label)), r.writer) for r in hand]


def in_sequence(
    recognizer: Recognizer,
    hands: Sequence[Sequence[InkRecord]],
    orders: int,
    confirming: bool = True,
) -> list[Answer]:
    """Read and learn each hand's digits one after the other.

    Args:
        recognizer: Reads.
        hands: Digits of one writer each.
        orders: How often, each time in another order.
        confirming: Whether what was read right is learnt too.
    """
    rng = np.random.default_rng(SEED)
    answers = []
    for hand in hands:
        for _ in range(orders):
            writer = Writer()
            for index in rng.permutation(len(hand)).tolist():
                answers.append(_read_and_learn(recognizer, hand[index], writer, confirming))
    return answers


def in_turn(recognizer: Recognizer, hands: Sequence[Sequence[InkRecord]]) -> list[Answer]:
    """The same with one memory for two hands each, whose digits come in any order."""
    rng = np.random.default_rng(SEED)
    answers = []
    for one, other in zip(hands[::2], hands[1::2], strict=False):
        both, writer = [*one, *other], Writer()
        for index in rng.permutation(len(both)).tolist():
            answers.append(_read_and_learn(recognizer, both[index], writer, True))
    return answers


def _read_and_learn(
    recognizer: Recognizer, record: InkRecord, writer: Writer, confirming: bool
) -> Answer:
    label = int(record.label)
    alone = recognizer.predict_digit(record.ink)
    told = recognizer.predict_digit(record.ink, writer=writer)
    answer = Answer(label, len(writer), alone, told)
    if answer.wrong or confirming:
        writer.learn(recognizer, record.ink, label, corrected=answer.wrong)
    return answer


def _figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """Of digits in sequence.

    Returns:
        "count"; "alone" and "with_memory", how many are misread, refusals among them; "left", the
        second over the first; "ten_alone", "ten_with_memory" and "ten_left", likewise among the ten
        digits; "spoilt", the fraction read right alone only; "ece"; "by_known", the same counts by
        how many glyphs were known.
    """
    alone, told = _wrong(answers)
    first = np.array([int(a.alone.probabilities.argmax()) != a.label for a in answers])
    then = np.array([int(a.told.probabilities.argmax()) != a.label for a in answers])
    sure = np.array([_likeliest(a.told) for a in answers])
    known = np.array([a.known for a in answers])
    groups = []
    for low, high in pairwise(KNOWN):
        some = (known >= low) & (known < high)
        if some.any():
            counts = {"count": some, "alone": alone & some, "with_memory": told & some}
            groups.append({"known": low, **{n: int(v.sum()) for n, v in counts.items()}})
    return {
        "count": len(answers),
        "alone": int(alone.sum()),
        "with_memory": int(told.sum()),
        "left": float(told.sum() / max(alone.sum(), 1)),
        "ten_alone": int(first.sum()),
        "ten_with_memory": int(then.sum()),
        "ten_left": float(then.sum() / max(first.sum(), 1)),
        "spoilt": float((told & ~alone).mean()),
        "ece": reliability(sure, ~then).ece,
        "by_known": groups,
    }


def _wrong(answers: Sequence[Answer]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return np.array([a.wrong_alone for a in answers]), np.array([a.wrong for a in answers])


def _likeliest(prediction: Prediction) -> float:
    return float(prediction.probabilities.max()) * (1 - prediction.not_digit)


def redrawn(recognizer: Recognizer, hands: Sequence[Sequence[InkRecord]]) -> dict[str, Any]:
    """Correct each misread digit once, alone in a memory, and draw it again: as ink and as picture.

    Returns:
        "count" of drawings; "right", the fraction read as corrected; "right_alone", without memory.
    """
    rng = np.random.default_rng(SEED)
    right = alone = count = 0
    for record in (record for hand in hands for record in hand):
        label = int(record.label)
        if recognizer.predict_digit(record.ink).digit == label:
            continue
        writer = Writer()
        writer.learn(recognizer, record.ink, label)
        for k in range(REDRAWN):
            again = redraw(record.ink, rng)
            source = again if k % 2 == 0 else _pictured(again, rng)
            alone += recognizer.predict_digit(source).digit == label
            right += recognizer.predict_digit(source, writer=writer).digit == label
            count += 1
    each = max(count, 1)
    return {"count": count, "right": right / each, "right_alone": alone / each}


def _pictured(ink: Ink, rng: np.random.Generator) -> Image.Image:
    return draw_ink(ink, pen_px=float(np.exp(rng.uniform(*np.log(PENS_PX)))))


def pages(recognizer: Recognizer, hands: Sequence[Sequence[InkRecord]]) -> dict[str, Any]:
    """Correct the first misread number of a page by one hand, and read the page's others again.

    Returns:
        "count" of pages with a misread number; edits from the truth in their other numbers "before"
        and "after" the correction.
    """
    counts = {"count": 0, "before": 0, "after": 0}
    for index, hand in enumerate(hands):
        page = compose_many(hand, NUMBERS_A_PAGE, SEED + index, Style(touching=0.0, joined=0.0))
        wrong = [n for n in page if recognizer.read(n.ink).text != n.label]
        if not wrong:
            continue
        writer = Writer()
        writer.learn(recognizer, wrong[0].ink, wrong[0].label)
        others = [n for n in page if n is not wrong[0]]
        counts["count"] += 1
        for name, known in (("before", None), ("after", writer)):
            counts[name] += sum(
                edit_distance(recognizer.read(n.ink, writer=known).text, n.label) for n in others
            )
    return counts


def undone(recognizer: Recognizer, hands: Sequence[Sequence[InkRecord]]) -> dict[str, Any]:
    """Correct some digits wrongly, and then rightly.

    Returns:
        "count" of digits read; how many are misread "before", with the "wrong" corrections, and
        "after" them, all by the same memory of the hand's other digits.
    """
    counts = {"count": 0, "before": 0, "wrong": 0, "after": 0}
    for hand in hands:
        if len(hand) < 2 * DIGITS:
            continue
        half = len(hand) // 2
        writer = Writer()
        for record in hand[:half]:
            writer.learn(recognizer, record.ink, int(record.label))
        counts["count"] += len(hand) - half
        counts["before"] += _misread(recognizer, hand[half:], writer)
        for record in hand[:3]:
            writer.learn(recognizer, record.ink, (int(record.label) + 1) % DIGITS)
        counts["wrong"] += _misread(recognizer, hand[half:], writer)
        for record in hand[:3]:
            writer.learn(recognizer, record.ink, int(record.label))
        counts["after"] += _misread(recognizer, hand[half:], writer)
    return counts


def _misread(recognizer: Recognizer, hand: Sequence[InkRecord], writer: Writer) -> int:
    read = (recognizer.predict_digit(r.ink, writer=writer).digit for r in hand)
    return sum(digit != int(r.label) for digit, r in zip(read, hand, strict=True))


def _numbers(recognizer: Recognizer, hands: Sequence[Sequence[InkRecord]]) -> dict[str, Any]:
    """Of whole numbers in sequence, each learnt once it is read; keys as of `_figures`."""
    rng = np.random.default_rng(SEED)
    count = alone = told = spoilt = missed = 0
    for hand in hands:
        for _ in range(ORDERS):
            writer = Writer()
            for index in rng.permutation(len(hand)).tolist():
                record = hand[index]
                plain = recognizer.read(record.ink).text != record.label
                with_memory = recognizer.read(record.ink, writer=writer).text != record.label
                lesson = writer.learn(recognizer, record.ink, record.label)
                count, alone, told = count + 1, alone + plain, told + with_memory
                spoilt, missed = spoilt + (with_memory and not plain), missed + bool(lesson.missed)
    return {
        "count": count,
        "alone": alone,
        "with_memory": told,
        "left": told / max(alone, 1),
        "spoilt": spoilt / count,
        "not_placed": missed / count,
    }
