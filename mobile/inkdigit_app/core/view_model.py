"""The app's state: the page, its undo stack, what it reads, which glyph is selected.

Strokes go in as the pen lifts, requests to read come out, readings go in, glyphs come out. A
reading belongs to exactly one state of the page; one for an older state is dropped. Corrections are
part of the page, so undo takes them back and the history keeps them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from inkdigit import Ink
from inkdigit.labels import ALL_DIGITS
from inkdigit_app.core.corrections import Corrections, join, relabel, split, within
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Box, Glyph, PageReading, quoted
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Sheet, moved
from inkdigit_app.core.pictures.table_reading import CellText, TableReading, with_cell
from inkdigit_app.core.removal import remove_glyphs, remove_strokes
from inkdigit_app.core.scratch_out import scratched
from inkdigit_app.core.settings import Settings
from inkdigit_app.core.undo import UndoStack
from inkdigit_app.core.words.language import tr

__all__ = ["Notice", "Request", "ViewModel"]

STILL_WRITING_S = 0.35  # a touch this soon after the pen lifted continues the digit


@dataclass(frozen=True)
class Notice:
    """A short message about what has just happened."""

    text: str
    undo: Callable[[], None] | None = None  # None where it cannot be undone


@dataclass(frozen=True, eq=False)
class Request:
    """A page to read."""

    revision: int  # the state of the page that the answer is valid for
    page: Page
    length: int | None = None  # how many digits each line has, or None for any number
    allowed: str = ALL_DIGITS  # what may be read


class ViewModel:
    """The state behind the screen. Used from the user interface's thread only.

    Others read its attributes; only its methods change them.

    Args:
        settings: What the user chose.
        page: What is on the canvas at first.
        clock: Monotonic time in seconds.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        page: Page | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or Settings()
        self.page = page or Page()  # without a stroke in progress
        self._undo = UndoStack()
        self.writing = False  # whether the pen is down
        self._pen_left = -STILL_WRITING_S
        self._clock = clock
        self.reading: PageReading | None = None  # None while it is unknown
        self._shown = PageReading()
        self.selected: int | None = None  # index in `glyphs` of the one to correct
        self.cell: int | None = None  # index in the table's cells of the one to correct
        self._cursor: int | None = None  # index of the glyph selected last
        self.error: str | None = None  # why there is no reading
        self.notice: Notice | None = None
        self._revision = 0
        self._requested: int | None = None
        self._asked = False  # whether the user asked for this state of the page to be read
        self._listeners: list[Callable[[], None]] = []

    @property
    def blank(self) -> bool:
        """Whether the canvas is empty and no stroke is in progress."""
        return self.page.blank and not self.writing

    @property
    def readable(self) -> bool:
        """Whether there is something to read, and the pen is up."""
        return not self.page.blank and not self.writing

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return self._undo.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return self._undo.can_redo

    @property
    def steps(self) -> PageSteps:
        """What can be undone and redone on the page itself."""
        return self._undo.steps

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """The glyphs to draw: the reading's, or those of the last reading that still hold."""
        return self._shown.glyphs

    @property
    def text(self) -> str:
        """The text of `glyphs`."""
        return self._shown.text

    @property
    def table(self) -> TableReading | None:
        """The table that is shown, where a picture is read as one."""
        return self._shown.table

    @property
    def left_out(self) -> tuple[Box, ...]:
        """Boxes of what the reading left out, in the page's own unit."""
        return self._shown.left_out

    @property
    def waiting(self) -> bool:
        """Whether the page is being read."""
        return self._requested == self._revision

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    # The pen

    def begin_stroke(self) -> None:
        """The pen touches the canvas."""
        self.writing = True
        self.selected = self.notice = self._cursor = None
        if not self.settings.live:
            self._shown = PageReading()
        self._page_changed()

    def end_stroke(self, stroke: PenStroke) -> None:
        """The pen lifts and leaves `stroke`, or takes away what the stroke scratches out."""
        self.writing = False
        self._pen_left = self._clock()
        if not (self.settings.scratch_out and self._scratch_out(stroke)):
            self._go_to(self.page.with_stroke(stroke))

    def cancel_stroke(self) -> None:
        """Drop the stroke in progress."""
        if self.writing:
            self.writing = False
            self._page_changed()

    def erase(self, strokes: Collection[int]) -> None:
        """Take strokes off the page, by index."""
        if strokes:
            self._go_to(remove_strokes(self.page, self.glyphs, strokes))

    # Steps

    def undo(self) -> None:
        """Undo the last step: a stroke, a correction, clearing, or opening another page."""
        self.writing = False
        self._step(self._undo.undo)

    def redo(self) -> None:
        """Redo the step undone last."""
        self._step(self._undo.redo)

    def clear(self) -> None:
        """Begin a new page."""
        if self.page.blank:
            self.cancel_stroke()
        else:
            what = tr("Picture closed") if self.page.picture else tr("Cleared")
            self.open(Page())
            self.notify(what, self.undo)

    def open(self, page: Page, steps: PageSteps | None = None) -> None:
        """Put another page on the canvas; undo takes its own steps back, then brings this one."""
        self.writing = False
        self.notice = None
        self._undo.leave(self.page, steps or PageSteps())
        self._show_page(page)

    def restore(self, page: Page, reading: PageReading, steps: PageSteps | None = None) -> None:
        """Put back the page of the last session, with what it read then."""
        self.page = page
        self._undo.load(steps or PageSteps())
        self._shown = reading
        self._page_changed(asked=bool(reading.glyphs))

    def forget(self) -> None:
        """Begin a new page, with nothing to undo."""
        self.writing = False
        self._undo.clear()
        self.notice = None
        self._show_page(Page())

    # Reading

    def request(self) -> Request | None:
        """Ask for the page to be read.

        Returns:
            The request for the recogniser, or None where there is nothing to read or the page is
            being read already.
        """
        if not self.readable or self.waiting:
            return None
        self._requested = self._revision
        self._asked = True
        self.error = None
        self._changed()
        return Request(self._revision, self.page, self.settings.digits, self.settings.allowed)

    @property
    def due(self) -> bool:
        """Whether the page should be read now, unasked."""
        wanted = self.settings.live or self.page.picture is not None or self._asked
        known = self.reading is not None or self.error is not None
        return self.readable and wanted and not known and not self.waiting

    def accept(self, request: Request, reading: PageReading) -> None:
        """Take the answer to a request, unless the page has changed since."""
        if self._is_current(request):
            self.reading = self._shown = reading
            if reading.table is None:
                self.cell = None
            if self.selected is not None and self.selected >= len(reading.glyphs):
                self.selected = None
            self._changed()

    def reject(self, request: Request, reason: str) -> None:
        """Note why a request failed, unless the page has changed since."""
        if self._is_current(request):
            self.error = reason
            self._shown = PageReading()
            self._changed()

    def read_again(self) -> None:
        """Have the page read again, if it was read: what the reader goes by has changed."""
        self._page_changed(asked=self._asked)

    # Correcting

    @property
    def can_tap(self) -> bool:
        """Whether a tap on a glyph selects it; while the user is writing, it is a dot of ink."""
        writing = self.writing or self._clock() - self._pen_left < STILL_WRITING_S
        return self.reading is not None and (self.page.picture is not None or not writing)

    def select(self, index: int | None) -> None:
        """Select the glyph to correct, or none."""
        if index is not None:
            self._cursor = index
        if index != self.selected:
            self.selected = index
            self._changed()

    def select_next(self, step: int) -> None:
        """Move the selection by `step` glyphs, around the end where needed.

        Without one, go on from the glyph selected last, or begin at the end of the text.
        """
        if self.table is not None:
            self.select_cell(self.table.next_to(self.cell, step))
        elif self.reading is not None and self.glyphs:
            start = -1 if step > 0 else 0
            index = start if self._cursor is None else self._cursor
            self.select((index + step) % len(self.glyphs))

    def correct(self, label: str) -> None:
        """Set what the selected glyph is: "0" to "9", a sign, or "?" for no digit."""
        if self.selected is None:
            return
        index, glyphs = self.selected, self.glyphs
        before = glyphs[index].text
        self._apply(
            relabel(self.page.corrections, glyphs, index, label),
            _corrected_text(before, label),
        )
        # Shown at once; the reader will give the same.
        corrected = glyphs[index].corrected_to(label)
        shown = (*glyphs[:index], corrected, *glyphs[index + 1 :])
        self._shown = replace(self._shown, glyphs=shown)
        self._changed()

    def delete(self, index: int | None = None, step: int | None = None) -> None:
        """Take a glyph and its ink off the page.

        Args:
            index: Of the glyph; None is the selected one.
            step: Selects what stands this far from where the glyph was; None selects nothing.
        """
        chosen = self.selected if index is None else index
        if chosen is None:
            return
        name = _name(self.glyphs[chosen])
        rest = [glyph for i, glyph in enumerate(self.glyphs) if i != chosen]
        text = tr("Deleted {what}").format(what=name) if name else tr("Deleted")
        self.notice = Notice(text, self.undo)
        picture = self.page.picture is not None
        self._go_to(remove_glyphs(self.page, self.glyphs, {chosen}))
        if picture:  # no ink has gone with it
            self._shown = replace(self._shown, glyphs=tuple(rest))
        if step is not None and rest and not self.page.blank:
            self.selected = self._cursor = min(max(chosen + step, 0), len(rest) - 1)
        self._changed()

    def split(self) -> None:
        """Make two glyphs of the selected one."""
        if self.selected is not None:
            self._apply(
                split(self.page.corrections, self.glyphs, self.selected), tr("Split in two")
            )

    @property
    def can_join(self) -> bool:
        """Whether the selected glyph has a next one on its line."""
        i = self.selected
        return (
            i is not None
            and i + 1 < len(self.glyphs)
            and self.glyphs[i].line == self.glyphs[i + 1].line
        )

    def join(self) -> None:
        """Make one glyph of the selected one and the next."""
        if self.can_join and self.selected is not None:
            self._apply(join(self.page.corrections, self.glyphs, self.selected), tr("Joined"))

    # Pictures

    def turn_picture(self) -> None:
        """Turn the picture a quarter to the right; it is read anew."""
        if self.page.picture is not None:
            sheet = Sheet(as_table=self.page.sheet.as_table)
            turned = self.page.picture.turned()
            self._go_to(replace(self.page, picture=turned, corrections=(), sheet=sheet))

    def read_region(self, region: Box | None) -> None:
        """Read only a region of the picture, in its pixels, or all of it."""
        if self.page.picture is None or region == self.page.sheet.region:
            return
        kept = within(self.page.corrections, region)
        sheet = replace(self.page.sheet, region=region, cells=())
        self._go_to(replace(self.page, corrections=kept, sheet=sheet))

    def read_as_table(self, as_table: bool) -> None:
        """Read the picture as a table, or as numbers again."""
        if self.page.picture is not None and as_table != self.page.sheet.as_table:
            self._go_to(replace(self.page, sheet=replace(self.page.sheet, as_table=as_table)))

    def select_cell(self, index: int | None) -> None:
        """Select the cell to correct, or none."""
        if index != self.cell:
            self.cell = index
            self._changed()

    def correct_cell(self, text: str) -> None:
        """Set what the selected cell says; "" for nothing. It stays selected."""
        table, index = self.table, self.cell
        if table is None or index is None:
            return
        cell = table.cells[index]
        changed = CellText(cell.row, cell.column, text)
        sheet = replace(self.page.sheet, cells=with_cell(self.page.sheet.cells, changed))
        what = tr("Now {what}").format(what=quoted(text)) if text else tr("Now blank")
        self.notice = Notice(what, self.undo)
        self._go_to(replace(self.page, sheet=sheet), index)

    # Settings and notices

    def change(self, **choices: object) -> None:
        """Change settings by name."""
        before, self.settings = self.settings, replace(self.settings, **choices)  # type: ignore[arg-type]
        if (self.settings.digits, self.settings.signs) != (before.digits, before.signs):
            self._page_changed(asked=self._asked)
        elif self.settings != before:
            self._changed()

    def notify(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Show a short notice."""
        self.notice = Notice(text, undo)
        self._changed()

    def dismiss(self) -> None:
        """Remove the notice."""
        if self.notice is not None:
            self.notice = None
            self._changed()

    def _scratch_out(self, stroke: PenStroke) -> bool:
        """Take away what a stroke scratches out; False where it scratches out nothing."""
        glyphs, strokes = self.glyphs, self.page.strokes
        read = {n for glyph in glyphs for n in glyph.strokes}
        unread = [n for n in range(len(strokes)) if n not in read]
        bounds = [Ink([strokes[n].stroke]).bounds for n in unread]
        hits = scratched(stroke.stroke, [*(glyph.box for glyph in glyphs), *bounds])
        chosen = {i for i in hits if i < len(glyphs)}
        loose = {unread[i - len(glyphs)] for i in hits if i >= len(glyphs)}
        if not hits:
            return False
        name = _name(glyphs[min(chosen)]) if len(chosen) == 1 else ""
        text = tr("Scratched out {what}").format(what=name) if name else tr("Scratched out")
        self.notice = Notice(text, self.undo)
        self._go_to(remove_glyphs(self.page, glyphs, chosen, loose))
        return True

    def _apply(self, corrections: Corrections, what: str) -> None:
        self.notice = Notice(what, self.undo)
        self._go_to(replace(self.page, corrections=corrections))

    def _step(self, go: Callable[[Page], Page]) -> None:
        self.notice = None
        page = go(self.page)
        if page is not self.page:
            self._show_page(page)

    def _go_to(self, page: Page, cell: int | None = None) -> None:
        self._undo.record(self.page, page)
        self._show_page(page, cell)

    def _show_page(self, page: Page, cell: int | None = None) -> None:
        before, self.page = self.page, page
        self.selected, self.cell = None, cell
        same_ink = (
            page.strokes is before.strokes and page.key == before.key and page.is_read_as(before)
        )
        if page.key != before.key:
            self._cursor = None
        is_other = page.key != before.key or not page.is_read_as(before)
        if is_other or not (self.settings.live or same_ink):
            self._shown = PageReading()
        elif self._shown.table is not None:
            self._shown = replace(self._shown, table=self._shown.table.corrected(page.sheet.cells))
        else:
            held = self._shown.glyphs if same_ink else moved(self._shown.glyphs, before, page)
            # What was left out is still there, unless ink was taken away.
            kept = before.strokes == page.strokes[: len(before.strokes)]
            self._shown = PageReading(held, left_out=self._shown.left_out if kept else ())
        # If the ink was read, read it again with the corrections as they are now.
        self._page_changed(asked=self._asked and same_ink)

    def _page_changed(self, asked: bool = False) -> None:
        self._revision += 1
        self.reading = None
        self.error = None
        self._asked = asked
        if self.page.blank:
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


def _name(glyph: Glyph) -> str:
    return quoted(glyph.text) if glyph.known else ""


def _corrected_text(before: str, label: str) -> str:
    if label == NO_DIGIT_TEXT:
        return tr("Marked as not a digit")
    text = tr("{what} confirmed") if label == before else tr("Now {what}")
    return text.format(what=quoted(label))
