"""Two instances' digits and corrections of one page in, one set of them out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from inkdigit_app.core.corrections import Correction, Corrections
from inkdigit_app.core.glyphs import Glyph

__all__ = ["Marks", "merge"]


@dataclass(frozen=True)
class Marks:
    """What is stored beside a page's ink, with the numbers of its strokes."""

    glyphs: tuple[Glyph, ...] = ()
    corrections: Corrections = ()


def merge(
    mine: Marks,
    theirs: Marks,
    before: Corrections,
    strokes: Collection[int],
    unseen: Collection[int],
) -> Marks:
    """Merge what this instance has with what is in the file.

    Args:
        mine: Of this instance.
        theirs: Of the file.
        before: The corrections that this instance read or wrote last.
        strokes: Numbers of all strokes on the page.
        unseen: Numbers of those that this instance has not seen; their digits are taken from
            the file and come last, as nobody has read the two together.
    """
    glyphs = [glyph for glyph in mine.glyphs if _on(strokes, glyph)]
    below = max((glyph.line for glyph in glyphs), default=-1) + 1
    glyphs += [
        replace(glyph, line=glyph.line + below)
        for glyph in theirs.glyphs
        if glyph.strokes and _on(unseen, glyph)
    ]
    stored = set(theirs.corrections)
    kept = [c for c in mine.corrections if _on(strokes, c) and (c not in before or c in stored)]
    kept += [
        c
        for c in theirs.corrections
        if c not in before and _on(strokes, c) and not any(_clash(c, other) for other in kept)
    ]
    return Marks(tuple(glyphs), tuple(kept))


def _on(strokes: Collection[int], item: Glyph | Correction) -> bool:
    return all(number in strokes for number in item.strokes)


def _clash(one: Correction, other: Correction) -> bool:
    """Whether two corrections are about the same ink, or the same region of a picture."""
    if one.strokes or other.strokes:
        return not set(one.strokes).isdisjoint(other.strokes)
    a, b = one.box, other.box
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
