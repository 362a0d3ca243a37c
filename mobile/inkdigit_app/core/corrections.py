"""Corrections: what the user settled, whatever the model reads. No Kivy in here.

A pin says that some strokes, or a region of a picture, are so many glyphs, and which of them the
user named. Naming a digit, splitting and joining are all pins; the page's reader obeys them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Box, Glyph

__all__ = ["Pin", "covers", "join", "relabel", "split", "union", "written_over"]


@dataclass(frozen=True)
class Pin:
    """Settled glyphs.

    Attributes:
        strokes: The page's strokes they are made of, ascending; empty on a picture.
        box: The region they stand in, in the page's unit.
        labels: One a glyph, from left to right: "0" to "9", "?" for no digit, or None for
            whatever is read there.
    """

    strokes: tuple[int, ...]
    box: Box
    labels: tuple[str | None, ...]


def covers(pin: Pin, glyph: Glyph) -> bool:
    """Whether a glyph uses what the pin has settled."""
    if pin.strokes:
        return not set(pin.strokes).isdisjoint(glyph.strokes)
    left, top, right, bottom = glyph.box
    x, y = (left + right) / 2, (top + bottom) / 2
    return pin.box[0] <= x <= pin.box[2] and pin.box[1] <= y <= pin.box[3]


def relabel(
    pins: Sequence[Pin], glyphs: Sequence[Glyph], index: int, label: str
) -> tuple[Pin, ...]:
    """Settle what a glyph is: "0" to "9", or "?" for no digit."""
    return _settle(pins, glyphs, {index}, [label])


def split(pins: Sequence[Pin], glyphs: Sequence[Glyph], index: int) -> tuple[Pin, ...]:
    """Settle that a glyph is two."""
    return _settle(pins, glyphs, {index}, [None, None])


def join(pins: Sequence[Pin], glyphs: Sequence[Glyph], index: int) -> tuple[Pin, ...]:
    """Settle that a glyph and the next one are one."""
    return _settle(pins, glyphs, {index, index + 1}, [None])


def written_over(pin: Pin, stroke: Stroke) -> bool:
    """Whether a new stroke goes through settled ink, as a late bar through a 7."""
    (left, top), (right, bottom) = stroke.points.min(axis=0), stroke.points.max(axis=0)
    narrower = min(right - left, pin.box[2] - pin.box[0])
    shared = min(right, pin.box[2]) - max(left, pin.box[0])
    return bool(shared >= narrower / 2 and top <= pin.box[3] and bottom >= pin.box[1])


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box round all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _settle(
    pins: Sequence[Pin], glyphs: Sequence[Glyph], chosen: set[int], labels: Sequence[str | None]
) -> tuple[Pin, ...]:
    """Pins in which the chosen glyphs, neighbours all, have become those of `labels`."""
    together = _together(pins, glyphs, chosen)
    settled: list[str | None] = []
    for i in sorted(together):
        if i == min(chosen):
            settled += labels
        elif i not in chosen:
            settled.append(glyphs[i].text if glyphs[i].corrected else None)
    members = [glyphs[i] for i in together]
    strokes = {stroke for glyph in members for stroke in glyph.strokes}
    kept = tuple(pin for pin in pins if not any(covers(pin, glyph) for glyph in members))
    return (*kept, Pin(tuple(sorted(strokes)), union([g.box for g in members]), tuple(settled)))


def _together(pins: Sequence[Pin], glyphs: Sequence[Glyph], chosen: set[int]) -> set[int]:
    """The chosen glyphs and all that share strokes or a pin with them.

    Digits written without lifting the pen share a stroke; which part is whose, only their order
    tells, so they are settled together.
    """
    together = set(chosen)
    while True:
        members = [glyphs[i] for i in together]
        strokes = {stroke for glyph in members for stroke in glyph.strokes}
        touched = [pin for pin in pins if any(covers(pin, glyph) for glyph in members)]
        grown = together | {
            i
            for i, glyph in enumerate(glyphs)
            if not strokes.isdisjoint(glyph.strokes) or any(covers(pin, glyph) for pin in touched)
        }
        if grown == together:
            return together
        together = grown
