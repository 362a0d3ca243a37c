"""One person's hand while the app runs: lessons in, a `Writer` to read with out.

Used from the thread that reads, so that a lesson is over before the next page is read.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from inkdigit import Writer
from inkdigit.writer import RememberedGlyph, Teacher
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.learning.lessons import Example, Sources, lesson_key
from inkdigit_app.core.page import Page

__all__ = ["Hand"]

# Lessons of which it is known what they changed. Others are taken back by their shape, which is
# found again. Each keeps the writer as it was: 100 kB where all its glyphs are others.
REMEMBERED_LESSONS = 50


@dataclass(frozen=True, eq=False)
class _Taught:
    """What a correction changed."""

    before: Writer
    after: tuple[RememberedGlyph, ...]  # all glyphs
    own: tuple[RememberedGlyph, ...]  # those that it taught


class Hand:
    """What is known of the hand of the person who writes now.

    Args:
        changed: Called after each lesson, on the thread that reads, with the person's key and a
            `Writer` that does not change any more.
    """

    def __init__(self, changed: Callable[[str, Writer], None] = lambda key, writer: None) -> None:
        self._changed = changed
        self._key = ""
        self._writer = Writer()
        self._taught: dict[Hashable, _Taught] = {}
        self.teacher: Teacher | None = None  # None until the model is loaded: nothing is learnt

    @property
    def key(self) -> str:
        """Whose hand it is; "" before there is one."""
        return self._key

    @property
    def writer(self) -> Writer:
        """All that is known."""
        return self._writer

    @property
    def reads_with(self) -> Writer | None:
        """What to read with, or None until something had to be corrected.

        So nothing changes for who never corrects, whatever was left standing.
        """
        corrected = any(glyph.corrected for glyph in self._writer.glyphs)
        return self._writer if corrected else None

    def use(self, key: str, writer: Writer) -> None:
        """Read with another hand, or with the same after it was changed elsewhere."""
        self._key, self._writer = key, writer
        self._taught.clear()

    def correct(self, page: Page, correction: Correction, example: Example) -> bool:
        """Learn from a correction.

        Returns:
            Whether there was something to learn.

        Raises:
            InkDigitError: If the picture cannot be read, or the engine fails.
        """
        before = copy.copy(self._writer)
        if not self._learn(Sources(page), example):
            return False
        old = {id(glyph) for glyph in before.glyphs}
        own = tuple(glyph for glyph in self._writer.glyphs if id(glyph) not in old)
        self._taught[lesson_key(page, correction)] = _Taught(before, self._writer.glyphs, own)
        while len(self._taught) > REMEMBERED_LESSONS:
            del self._taught[next(iter(self._taught))]
        return True

    def take_back(self, page: Page, correction: Correction, example: Example | None) -> None:
        """Unlearn what a correction taught, though it was in an earlier session.

        Args:
            page: With that correction; it may have others.
            correction: The one that no longer holds.
            example: What it taught, or None where that is no longer known.

        Raises:
            InkDigitError: If the picture cannot be read, or the engine fails.
        """
        taught = self._taught.pop(lesson_key(page, correction), None)
        if taught is not None and self._writer.glyphs is taught.after:
            # Nothing has been learnt since: what the correction had proved wrong comes back, too.
            self._writer = taught.before
        else:
            own = self._alike(page, example) if taught is None else taught.own
            for glyph in own:
                self._writer.take_back(glyph)
        self._tell()

    def confirm(self, key: str, sources: Sources, example: Example) -> None:
        """Learn from what one person left standing; not for the hand of another.

        Raises:
            InkDigitError: If the picture cannot be read, or the engine fails.
        """
        if key == self._key:
            self._learn(sources, example)

    def forget(self, glyph: RememberedGlyph) -> Writer:
        """Forget one glyph; returns the writer as it was, for `restore`."""
        before = copy.copy(self._writer)
        self._writer.forget(glyph=glyph)
        self._tell()
        return before

    def forget_all(self) -> None:
        """Forget everything."""
        self._writer.forget()
        self._taught.clear()
        self._tell()

    def restore(self, key: str, writer: Writer) -> None:
        """Go back to a writer that `forget` returned, unless somebody else writes now."""
        if key == self._key:
            self._writer = copy.copy(writer)
            self._tell()

    def _learn(self, sources: Sources, example: Example) -> bool:
        if self.teacher is None:
            return False
        lesson = self._writer.learn(
            self.teacher, sources.of(example), example.meaning, corrected=example.corrected
        )
        learnt = lesson.corrected + lesson.confirmed > 0
        if learnt:
            self._tell()
        return learnt

    def _alike(self, page: Page, example: Example | None) -> list[RememberedGlyph]:
        """The glyphs that have an example's meaning and exactly its shape."""
        if self.teacher is None or example is None:
            return []
        alone = Writer()
        source = Sources(page).of(example)
        alone.learn(self.teacher, source, example.meaning, corrected=True)
        return [
            known
            for known in self._writer.glyphs
            for glyph in alone.glyphs
            if known.character == glyph.character and np.array_equal(known.raster, glyph.raster)
        ]

    def _tell(self) -> None:
        self._changed(self._key, copy.copy(self._writer))
