"""User corrections, which override the model: labels, splits and joins in, `Correction`s out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Box, Glyph

__all__ = [
    "Correction", "Corrections", "covers", "drop", "join", "relabel", "split", "within",
    "written_over",
]  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """Some strokes, or a region of a picture, and how many glyphs they are."""

    strokes: tuple[int, ...]  # indices of the page's, ascending; empty on a picture
    box: Box  # the region they cover, in the page's unit
    # One per glyph, from left to right: "0" to "9", a sign, "?" for no digit, or None for whatever
    # the model reads there. None at all where there is no glyph.
    labels: tuple[str | None, ...]


Corrections: TypeAlias = tuple[Correction, ...]
Glyphs: TypeAlias = tuple[Glyph, ...]


def covers(correction: Correction, glyph: Glyph) -> bool:
    """Whether a glyph uses strokes, or lies in the region, of the correction."""
    if correction.strokes:
        return not set(correction.strokes).isdisjoint(glyph.strokes)
    left, top, right, bottom = correction.box
    x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
    return left <= x <= right and top <= y <= bottom


def relabel(corrections: Corrections, glyphs: Glyphs, index: int, label: str) -> Corrections:
    """Set what a glyph is: "0" to "9", a sign, or "?" for no digit."""
    return _replaced(corrections, glyphs, {index}, [label])


def split(corrections: Corrections, glyphs: Glyphs, index: int) -> Corrections:
    """Make two glyphs of one."""
    return _replaced(corrections, glyphs, {index}, [None, None])


def join(corrections: Corrections, glyphs: Glyphs, index: int) -> Corrections:
    """Make one glyph of this one and the next."""
    return _replaced(corrections, glyphs, {index, index + 1}, [None])


def drop(corrections: Corrections, glyphs: Glyphs, index: int) -> Corrections:
    """Take a glyph out of the reading; the ink or the picture stays as it is."""
    return _replaced(corrections, glyphs, {index}, [])


def within(corrections: Corrections, region: Box | None) -> Corrections:
    """The corrections in a region of a picture: those whose middle lies in it."""
    if region is None:
        return corrections
    left, top, right, bottom = region
    return tuple(
        c
        for c in corrections
        if left <= (c.box[0] + c.box[2]) / 2 <= right and top <= (c.box[1] + c.box[3]) / 2 <= bottom
    )


def written_over(correction: Correction, stroke: Stroke) -> bool:
    """Whether a new stroke crosses corrected ink, such as the late bar of a 7."""
    (left, top), (right, bottom) = stroke.points.min(axis=0), stroke.points.max(axis=0)
    box = correction.box
    narrower = min(right - left, box[2] - box[0])
    overlap = min(right, box[2]) - max(left, box[0])
    return bool(overlap >= narrower / 2 and top <= box[3] and bottom >= box[1])


def _union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _replaced(
    corrections: Corrections, glyphs: Glyphs, chosen: set[int], labels: Sequence[str | None]
) -> Corrections:
    """The corrections after `labels` have replaced the chosen glyphs, which are neighbours."""
    group = _connected(corrections, glyphs, chosen)
    new_labels: list[str | None] = []
    for i in sorted(group):
        if i == min(chosen):
            new_labels += labels
        elif i not in chosen:
            new_labels.append(glyphs[i].text if glyphs[i].corrected else None)
    members = [glyphs[i] for i in group]
    strokes = tuple(sorted({stroke for glyph in members for stroke in glyph.strokes}))
    kept = tuple(c for c in corrections if not any(covers(c, glyph) for glyph in members))
    return (*kept, Correction(strokes, _union([g.box for g in members]), tuple(new_labels)))


def _connected(corrections: Corrections, glyphs: Glyphs, chosen: set[int]) -> set[int]:
    """Indices of the chosen glyphs and of all that share strokes or a correction with them.

    Digits written without lifting the pen share a stroke. Only their order says which part of it
    belongs to which digit, so they are corrected together.
    """
    group = set(chosen)
    while True:
        members = [glyphs[i] for i in group]
        strokes = {stroke for glyph in members for stroke in glyph.strokes}
        touched = [c for c in corrections if any(covers(c, glyph) for glyph in members)]
        grown = group | {
            i
            for i, glyph in enumerate(glyphs)
            if not strokes.isdisjoint(glyph.strokes) or any(covers(c, glyph) for c in touched)
        }
        if grown == group:
            return group
        group = grown
