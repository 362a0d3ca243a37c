"""A page's steps as they are stored: steps in, JSON out, and back.

Strokes are named by their numbers, as other instances of the app may add to the page. The points of
those that are only in the steps are stored with them. Stored are differences, so a page's steps
grow with their number and not with its square.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from inkdigit_app.core.corrections import Correction, Corrections
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Step
from inkdigit_app.store.rows import (
    correction_from_list,
    points_to_bytes,
    renumbered,
    sheet_from_list,
    sheet_to_list,
    stroke_of,
    turned_to,
)

__all__ = ["StoredSteps", "steps_from_json", "steps_to_json"]

VERSION = 1  # of the form; a page with another opens without its steps

Numbered: TypeAlias = tuple[Correction, ...]  # corrections with the numbers of their strokes


@dataclass(frozen=True)
class StoredSteps:
    """Steps, and the numbers of the strokes that are in them and not on the page."""

    steps: PageSteps
    gone: Mapping[int, PenStroke]


def steps_to_json(page: Page, steps: PageSteps, numbers: Mapping[PenStroke, int]) -> str | None:
    """Steps as they are stored.

    Args:
        page: As it is now.
        steps: From there on.
        numbers: Of all strokes on the page and in the steps.

    Returns:
        JSON, or None where there are no steps.
    """
    if not steps.past and not steps.future:
        return None
    gone: dict[int, PenStroke] = {}
    ways = []
    for way in (steps.past, steps.future):
        now, marks = _State(page, numbers), []
        for step in reversed(way):
            marks.append(now.take(step, numbers))
            gone.update((numbers[stroke], stroke) for _, stroke in step.added)
        ways.append(marks)
    on_page = {numbers[stroke] for stroke in page.strokes}
    strokes = {
        number: [stroke.width, base64.b64encode(points_to_bytes(stroke)).decode()]
        for number, stroke in gone.items()
        if number not in on_page
    }
    content = {"version": VERSION, "past": ways[0], "future": ways[1], "strokes": strokes}
    return json.dumps(content, separators=(",", ":"))


def steps_from_json(text: str | None, page: Page, numbers: Sequence[int]) -> StoredSteps:
    """Read what `steps_to_json` wrote.

    Args:
        text: As it is stored, or None.
        page: As it is stored; what another instance has added to it stays in every step.
        numbers: Of its strokes, ascending.

    Raises:
        ValueError, TypeError, KeyError or an InkDigitError: If it is damaged.
    """
    if text is None:
        return StoredSteps(PageSteps(), {})
    content = json.loads(text)
    if content["version"] != VERSION:
        raise ValueError(f"steps of version {content['version']!r}; expected {VERSION}")
    gone = {
        int(number): stroke_of(int(number), width, base64.b64decode(points, validate=True))
        for number, (width, points) in dict(content["strokes"]).items()
    }
    known = {**gone, **dict(zip(numbers, page.strokes, strict=True))}
    past, future = (_read(content[name], page, numbers, known) for name in ("past", "future"))
    return StoredSteps(PageSteps(past, future), gone)


class _State:
    """A state of the page, in numbers, while its steps are written."""

    def __init__(self, page: Page, numbers: Mapping[PenStroke, int]) -> None:
        self._strokes = [numbers[stroke] for stroke in page.strokes]
        self._corrections = page.corrections
        self._numbered = self._number(page.corrections)
        self._sheet = (page.picture, page.sheet)

    def take(self, step: Step, numbers: Mapping[PenStroke, int]) -> list[Any]:
        """Take a step; returns what is stored of it."""
        removed = [numbers[stroke] for stroke in step.removed]
        for number in removed:
            if self._strokes[-1] == number:
                self._strokes.pop()
            else:
                self._strokes.remove(number)
        added = [numbers[stroke] for _, stroke in step.added]
        for (index, _), number in zip(step.added, added, strict=True):
            self._strokes.insert(index, number)
        before = self._numbered
        at_end = not step.added or step.added[-1][0] == len(self._strokes) - 1
        if step.corrections is not self._corrections or not at_end or len(removed) > 1:
            self._numbered = self._number(step.corrections)
        self._corrections = step.corrections
        sheet = None
        if (step.picture, step.sheet) != self._sheet:
            self._sheet = (step.picture, step.sheet)
            sheet = sheet_to_list(step.picture, step.sheet)
        return [removed, added, _without(before, self._numbered),
                _without(self._numbered, before), sheet]  # fmt: skip

    def _number(self, corrections: Corrections) -> Numbered:
        return renumbered(corrections, dict(enumerate(self._strokes))) if corrections else ()


def _without(some: Numbered, others: Numbered) -> list[Any]:
    if some == others:
        return []
    left = set(others)
    return [[c.strokes, c.box, c.labels] for c in some if c not in left]


def _read(
    way: Iterable[Any], page: Page, numbers: Sequence[int], known: Mapping[int, PenStroke]
) -> tuple[Step, ...]:
    strokes = list(numbers)
    index = {number: n for n, number in enumerate(strokes)}
    marks = renumbered(page.corrections, dict(enumerate(strokes)))
    corrections, picture, sheet = page.corrections, page.picture, page.sheet
    steps = []
    for removed, added, minus, plus, changed in way:
        gone = [number for number in removed if _index(strokes, number) is not None]
        for number in gone:
            strokes.remove(number)
        # A stroke that another instance has taken away is not to be had any more.
        new = [n for n in added if n in known and _index(strokes, n) is None]
        for number in new:
            insort(strokes, number)
        fewer = set(map(correction_from_list, minus))
        more = tuple(map(correction_from_list, plus))
        if fewer or more or (marks and (gone or new)):
            marks = (*(mark for mark in marks if mark not in fewer), *more)
            index = {number: n for n, number in enumerate(strokes)}
            corrections = renumbered(marks, index)
        if changed is not None:
            turns, sheet = sheet_from_list(changed)
            picture = turned_to(picture, turns)
        steps.append(
            Step(
                tuple(known[number] for number in gone),
                tuple(sorted(((bisect_left(strokes, n), known[n]) for n in new), key=_first)),
                corrections,
                picture,
                sheet,
            )
        )
    return tuple(reversed(steps))


def _first(pair: tuple[int, PenStroke]) -> int:
    return pair[0]


def _index(numbers: Sequence[int], number: int) -> int | None:
    if not isinstance(number, int):
        raise TypeError("numbers expected")
    n = bisect_left(numbers, number)
    return n if n < len(numbers) and numbers[n] == number else None
