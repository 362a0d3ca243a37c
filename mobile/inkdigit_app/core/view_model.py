"""The app's state: the page, its undo stack, what it reads, what is chosen. No Kivy in here.

Strokes go in as the pen lifts, requests to read come out, readings go in, glyphs come out. A
reading belongs to exactly one state of the page; one that comes for an older state is dropped.
Corrections are part of the page, so that undo takes them back and the history keeps them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from inkdigit_app.core.corrections import Correction, join, relabel, split
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.settings import Settings

__all__ = ["Notice", "Request", "ViewModel"]

UNDO_STEPS = 200  # pages share their strokes, so that a step costs little; yet not without end
STILL_WRITING_S = 0.35  # a touch so soon after the pen left goes on with the digit
TAP_REACH_DP = 8.0  # how far beside a box a finger still means it


@dataclass(frozen=True)
class Notice:
    """A short word about what has just happened.

    Attributes:
        text: What happened.
        undo: Takes it back, or None where nothing can be taken back.
    """

    text: str
    undo: Callable[[], None] | None = None


@dataclass(frozen=True, eq=False)
class Request:
    """A page to read.

    Attributes:
        revision: Which state of the page it is; the answer is good for that state only.
        page: What to read.
        length: How many digits each line has, or None.
    """

    revision: int
    page: Page
    length: int | None = None


class ViewModel:
    """The state behind the screen. Used from one thread, the user interface's.

    Args:
        settings: What the user chose.
        page: What was on the canvas when the app was last left.
        clock: Seconds, steadily rising.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        page: Page | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings or Settings()
        self._page = page or Page()
        self._past: list[Page] = []
        self._future: list[Page] = []
        self._writing = False
        self._pen_left = -STILL_WRITING_S
        self._clock = clock
        self._reading: PageReading | None = None
        self._shown = PageReading()
        self._selected: int | None = None
        self._error: str | None = None
        self._notice: Notice | None = None
        self._revision = 0
        self._requested: int | None = None
        self._asked = False  # whether somebody asked for this state to be read
        self._listeners: list[Callable[[], None]] = []

    @property
    def settings(self) -> Settings:
        """What the user chose."""
        return self._settings

    @property
    def page(self) -> Page:
        """What is on the canvas, but for a stroke that is being written."""
        return self._page

    @property
    def blank(self) -> bool:
        """Whether nothing is written, opened, or being written."""
        return self._page.blank and not self._writing

    @property
    def writing(self) -> bool:
        """Whether the pen is down."""
        return self._writing

    @property
    def readable(self) -> bool:
        """Whether there is something to read, and the pen is up."""
        return not self._page.blank and not self._writing

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back that can be taken again."""
        return bool(self._future)

    @property
    def reading(self) -> PageReading | None:
        """What the page reads, or None where that is not known yet."""
        return self._reading

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """What to draw: the reading's glyphs, or while it is not known, what of the last holds."""
        return self._shown.glyphs

    @property
    def text(self) -> str:
        """The text of what is drawn."""
        return self._shown.text

    @property
    def selected(self) -> int | None:
        """The place in `glyphs` of the one that is being corrected, or None."""
        return self._selected

    @property
    def error(self) -> str | None:
        """Why there is no reading, or None."""
        return self._error

    @property
    def notice(self) -> Notice | None:
        """What has just happened, or None."""
        return self._notice

    @property
    def waiting(self) -> bool:
        """Whether the page has been sent to be read and the answer is still to come."""
        return self._requested == self._revision

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    # The pen

    def begin_stroke(self) -> None:
        """The pen touches the canvas."""
        self._writing = True
        self._selected = self._notice = None
        if not self._settings.live:
            self._shown = PageReading()
        self._page_changed()

    def end_stroke(self, stroke: PenStroke) -> None:
        """The pen leaves the canvas, and `stroke` is what it wrote."""
        self._writing = False
        self._pen_left = self._clock()
        self._go_to(self._page.with_stroke(stroke))

    def cancel_stroke(self) -> None:
        """What was being written was no ink after all."""
        if self._writing:
            self._writing = False
            self._page_changed()

    def undo(self) -> None:
        """Take the last step back, be it a stroke, a correction or clearing."""
        self._writing = False
        self._notice = None
        if self._past:
            self._future.append(self._page)
            self._show_page(self._past.pop())

    def redo(self) -> None:
        """Take a step again that was taken back."""
        self._notice = None
        if self._future:
            self._past.append(self._page)
            self._show_page(self._future.pop())

    def clear(self) -> None:
        """Turn to a new page."""
        if not self.blank:
            self._writing = False
            what = "Picture closed" if self._page.picture else "Cleared"
            if self._page.blank:  # nothing but a stroke that was being written
                self._page_changed()
                return
            self._notice = Notice(what, self.undo)
            self._go_to(Page())

    def open(self, page: Page) -> None:
        """Put another page on the canvas, from the history; undo brings this one back."""
        self._writing = False
        self._notice = None
        self._go_to(page)

    def restore(self, page: Page, reading: PageReading) -> None:
        """Put back what was on the canvas when the app was last left, with what it read."""
        self._page = page
        self._shown = reading
        self._page_changed(asked=bool(reading.glyphs))

    def forget(self) -> None:
        """Forget every step and begin with a blank page."""
        self._writing = False
        self._past.clear()
        self._future.clear()
        self._notice = None
        self._show_page(Page())

    def open_picture(self, picture: Picture) -> None:
        """Put a picture on the canvas; undo brings the ink back."""
        self.open(Page(picture=picture))

    # Reading

    def request(self) -> Request | None:
        """Ask for the page to be read.

        Returns:
            What to hand to the recogniser, or None where there is nothing to read, or where it is
            being read already.
        """
        if not self.readable or self.waiting:
            return None
        self._requested = self._revision
        self._asked = True
        self._error = None
        self._changed()
        return Request(self._revision, self._page, self._settings.digits)

    @property
    def due(self) -> bool:
        """Whether the page is to be read without anybody asking."""
        wanted = self._settings.live or self._page.picture is not None or self._asked
        known = self._reading is not None or self._error is not None
        return self.readable and wanted and not known and not self.waiting

    def accept(self, request: Request, reading: PageReading) -> None:
        """Take the answer to a request, unless the page has changed since."""
        if self._is_current(request):
            self._reading = self._shown = reading
            if self._selected is not None and self._selected >= len(reading.glyphs):
                self._selected = None
            self._changed()

    def reject(self, request: Request, reason: str) -> None:
        """Take the news that a request failed, unless the page has changed since."""
        if self._is_current(request):
            self._error = reason
            self._shown = PageReading()
            self._changed()

    # Correcting

    def glyph_at(self, x: float, y: float, reach: float = TAP_REACH_DP) -> int | None:
        """The glyph whose box a tap at this place of the page means, or None.

        None too while somebody is in the middle of writing: there a tap is a dot of ink.
        """
        writing = self._writing or self._clock() - self._pen_left < STILL_WRITING_S
        if self._reading is None or (writing and self._page.picture is None):
            return None
        best, best_distance = None, reach
        for i, glyph in enumerate(self.glyphs):
            left, top, right, bottom = glyph.box
            distance = max(left - x, x - right, top - y, y - bottom)
            if distance <= best_distance:
                best, best_distance = i, distance
        return best

    def select(self, index: int | None) -> None:
        """Choose the glyph to correct, or none."""
        if index != self._selected:
            self._selected = index
            self._changed()

    def select_next(self, step: int) -> None:
        """Choose the glyph so many places on from the chosen one."""
        if self._reading is not None and self.glyphs:
            start = -1 if step > 0 else 0
            place = start if self._selected is None else self._selected
            self.select((place + step) % len(self.glyphs))

    def correct(self, label: str) -> None:
        """Say what the chosen glyph is: "0" to "9", or "?" for no digit."""
        if self._selected is None:
            return
        index, glyphs = self._selected, self.glyphs
        before = glyphs[index].text
        digit = None if label == NO_DIGIT_TEXT else int(label)
        corrected = replace(glyphs[index], digit=digit, confidence=1.0, corrected=True)
        self._settle(
            relabel(self._page.corrections, glyphs, index, label),
            f"{_name(before)} confirmed" if label == before else f"Now {_name(label)}",
        )
        # At once; the reader will say the same.
        self._shown = replace(
            self._shown, glyphs=(*glyphs[:index], corrected, *glyphs[index + 1 :])
        )
        self._changed()

    def split(self) -> None:
        """Say that the chosen glyph is two."""
        if self._selected is not None:
            self._settle(split(self._page.corrections, self.glyphs, self._selected), "Split in two")

    @property
    def can_join(self) -> bool:
        """Whether the chosen glyph has a next one in its line."""
        i = self._selected
        return (
            i is not None
            and i + 1 < len(self.glyphs)
            and self.glyphs[i].line == self.glyphs[i + 1].line
        )

    def join(self) -> None:
        """Say that the chosen glyph and the next one are one."""
        if self.can_join and self._selected is not None:
            self._settle(join(self._page.corrections, self.glyphs, self._selected), "Joined")

    # Choices

    def change(self, **choices: object) -> None:
        """Change settings, by their names."""
        before, self._settings = self._settings, replace(self._settings, **choices)  # type: ignore[arg-type]
        if self._settings.digits != before.digits:
            self._page_changed(asked=self._asked)
        elif self._settings != before:
            self._changed()

    def notify(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Put a short word on the screen."""
        self._notice = Notice(text, undo)
        self._changed()

    def dismiss(self) -> None:
        """Take the word off the screen."""
        if self._notice is not None:
            self._notice = None
            self._changed()

    def _settle(self, settled: tuple[Correction, ...], what: str) -> None:
        self._selected = None
        self._notice = Notice(what, self.undo)
        self._go_to(self._page.with_corrections(settled))

    def _go_to(self, page: Page) -> None:
        self._past.append(self._page)
        del self._past[:-UNDO_STEPS]
        self._future.clear()
        self._show_page(page)

    def _show_page(self, page: Page) -> None:
        before, self._page = self._page, page
        self._selected = None
        same_ink = page.strokes is before.strokes and page.key == before.key
        if page.key != before.key or not (self._settings.live or same_ink):
            self._shown = PageReading()
        else:
            # What used strokes that are gone, or may be another digit now, is not drawn.
            count = len(page.strokes)
            held = tuple(g for g in self._shown.glyphs if all(n < count for n in g.strokes))
            self._shown = PageReading(held)
        # A correction, or one taken back, is read as its ink was.
        self._page_changed(asked=self._asked and same_ink)

    def _page_changed(self, asked: bool = False) -> None:
        self._revision += 1
        self._reading = None
        self._error = None
        self._asked = asked
        if self._page.blank:
            self._shown = PageReading()
        self._changed()

    def _is_current(self, request: Request) -> bool:
        if request.revision != self._revision:
            return False
        self._requested = None
        return True

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()


def _name(label: str) -> str:
    return "no digit" if label == NO_DIGIT_TEXT else label
