"""What a page teaches of the hand that wrote it: corrections, and what is left standing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PIL import Image

from inkdigit import Ink
from inkdigit_app.core.corrections import Correction, covers
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Box, Certainty, Glyph, PageReading
from inkdigit_app.core.page import Page
from inkdigit_app.core.pictures.regions import decode, region_of

__all__ = ["Example", "Sources", "example_of", "lesson_key", "standing", "stroke_groups"]


@dataclass(frozen=True)
class Example:
    """Some ink, or a region of a picture, and what it is."""

    strokes: tuple[int, ...]  # indices of the page's, ascending; empty on a picture
    box: Box  # the region, in the page's unit
    text: str  # one character a glyph, left to right: a digit, a sign, or "?" for neither
    # Whether it was misread, or each character; None where only the shape can tell.
    corrected: bool | tuple[bool, ...] | None

    @property
    def meaning(self) -> int | str | None:
        """The text as `inkdigit.Writer.learn` takes it: one digit, a number, None for no digit."""
        if self.text == NO_DIGIT_TEXT:
            return None
        return int(self.text) if len(self.text) == 1 and self.text.isdecimal() else self.text


class Sources:
    """Cuts examples out of a page; a picture is decoded once.

    Args:
        page: The page.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._image: Image.Image | None = None

    def of(self, example: Example) -> Ink | Image.Image:
        """The ink or the region of an example of this page.

        Raises:
            OSError: If the picture is damaged.
        """
        picture = self._page.picture
        if picture is None:
            return self._page.ink.subset(example.strokes)
        if self._image is None:
            self._image = decode(picture)
        return self._image.crop(region_of(example.box, picture.size))


def example_of(correction: Correction, glyphs: Sequence[Glyph]) -> Example | None:
    """What a correction teaches.

    Args:
        correction: As the user made it.
        glyphs: What the page read before it.

    Returns:
        None where the user has not said what the glyphs are, and the reading is not sure either.
    """
    covered = [glyph for glyph in glyphs if covers(correction, glyph)]
    covered.sort(key=lambda glyph: glyph.box[0] + glyph.box[2])
    said = [label for label in correction.labels if label is not None]
    if len(covered) != len(correction.labels):
        if not said or len(said) < len(correction.labels):
            return None
        return Example(correction.strokes, correction.box, "".join(said), True)
    if not said:
        return None  # split or joined, and read by the model: it counts once it is left standing
    pairs = list(zip(covered, correction.labels, strict=True))
    if any(label is None and glyph.certainty is not Certainty.SURE for glyph, label in pairs):
        return None
    text = "".join(glyph.text if label is None else label for glyph, label in pairs)
    # Digits of one stroke are learnt together; those the user said nothing of were read right.
    wrong = tuple(
        label is not None and (glyph.corrected or label != glyph.text) for glyph, label in pairs
    )
    misread = any(wrong) if len(said) == len(pairs) else wrong
    return Example(correction.strokes, correction.box, text, misread)


def lesson_key(page: Page, correction: Correction) -> Hashable:
    """What stays the same of a correction of a page while other strokes come and go.

    Args:
        page: With the correction.
        correction: Its indices of strokes change; the strokes themselves do not.
    """
    strokes = tuple(page.strokes[n] for n in correction.strokes)
    return page.key, strokes or correction.box, correction.labels


def standing(page: Page, reading: PageReading, since: int = 0) -> list[Example]:
    """What a page confirms when it leaves the canvas as it is.

    That is what was read surely and left alone: an unsure digit may have been overlooked. A picture
    confirms nothing unless all of it is sure: it may hold print, or another hand.

    Args:
        page: With its last corrections.
        reading: What it reads, with these corrections.
        since: How many of its strokes have been learnt from before; any number for a picture.
    """
    if page.picture is not None and (since or reading.certainty is not Certainty.SURE):
        return []
    doubtful = {glyph.line for glyph in reading.glyphs if _is_beside(glyph, reading.left_out)}
    examples = []
    for group in stroke_groups(reading.glyphs):
        if all(
            glyph.certainty is Certainty.SURE
            and not glyph.corrected
            and glyph.line not in doubtful
            and (page.picture is not None or min(glyph.strokes, default=-1) >= since)
            for glyph in group
        ):
            strokes = tuple(sorted({stroke for glyph in group for stroke in glyph.strokes}))
            lefts, tops, rights, bottoms = zip(*(glyph.box for glyph in group), strict=True)
            box = min(lefts), min(tops), max(rights), max(bottoms)
            examples.append(Example(strokes, box, "".join(g.text for g in group), False))
    return examples


def stroke_groups(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Group neighbours that share a stroke: they can be learnt together only."""
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        last = groups[-1] if groups else []
        if any(not set(glyph.strokes).isdisjoint(other.strokes) for other in last):
            last.append(glyph)
        else:
            groups.append([glyph])
    return groups


def _is_beside(glyph: Glyph, left_out: Sequence[Box]) -> bool:
    """Whether something was left out at the height of a glyph."""
    return any(box[1] <= glyph.box[3] and box[3] >= glyph.box[1] for box in left_out)
