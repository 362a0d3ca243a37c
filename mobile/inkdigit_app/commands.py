"""What the user can do, whether by a button, a key or a screen: requests in, model changes out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kivy.clock import mainthread

from inkdigit import InkDigitError
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import HistoryEntry, Page, Picture, SavedPage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.learning import Learning
from inkdigit_app.platforms.folders import export_folder
from inkdigit_app.store import pictures
from inkdigit_app.store.export import Exported, export_corrections, write_table
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

__all__ = ["Commands", "on_ui_thread"]


@mainthread
def on_ui_thread(function: Callable[[], None]) -> None:
    """Call a function on the user interface's thread."""
    function()


@dataclass(frozen=True)
class Commands:
    """The user's commands."""

    model: ViewModel
    worker: RecognitionWorker
    library: Library
    jobs: Jobs  # the thread that opens pictures
    cancel_stroke: Callable[[], None]  # drops the stroke in progress from the canvas
    learning: Learning

    def read(self) -> None:
        """Read the page."""
        request = self.model.request()
        if request is not None:
            self.worker.read(request)

    def clear(self) -> None:
        """Begin a new page."""
        self.cancel_stroke()
        self.model.clear()

    def delete_glyph(self, step: int) -> None:
        """Delete the chosen digit and choose the one `step` beside it, or clear the page."""
        if self.model.selected is not None:
            self.model.delete(step=step)
        elif step == 0:
            self.clear()

    def undo(self) -> None:
        """Undo the last step."""
        self.cancel_stroke()
        self.model.undo()

    def undo_notice(self) -> None:
        """Undo what the notice is about."""
        notice = self.model.notice
        self.model.dismiss()
        if notice is not None and notice.undo is not None:
            notice.undo()

    def copy(self) -> None:
        """Put the digits on the clipboard."""
        from kivy.core.clipboard import Clipboard  # asks the system at import

        if self.model.reading is not None and self.model.text:
            Clipboard.copy(self.model.text)
            table = self.model.table
            what = " ".join(self.model.text.split("\n"))
            if table is not None:
                what = f"the table of {table.rows} rows: paste it into a spreadsheet"
            self.model.notify(f"Copied {what}")

    def paste(self) -> None:
        """Open the picture on the clipboard."""
        from kivy.core.clipboard import Clipboard

        text = Clipboard.paste() or ""

        def load() -> Picture:
            picture = pictures.from_clipboard(text)
            if picture is None:
                raise InkDigitError("there is no picture on the clipboard")
            return picture

        self._open_picture(load)

    def open_file(self, path: Path) -> None:
        """Open a picture; if that fails, say why and leave the page as it is."""
        self._open_picture(lambda: pictures.from_file(path))

    def open_bytes(self, content: bytes) -> None:
        """Open a picture from the bytes of its file, as `open_file`."""
        self._open_picture(lambda: pictures.from_bytes(content, "Picture"))

    def reopen(self, entry: HistoryEntry, done: Callable[[], None]) -> None:
        """Put a page of the history on the canvas; `done` is called just before."""

        def show(saved: SavedPage | None) -> None:
            if saved is not None:
                done()
                self.learning.know(saved.page)
                self.model.open(saved.page, saved.steps)

        if entry.key == self.model.page.key:
            done()
        else:
            self.library.ask(lambda history: history.load(entry.key), show)

    def delete(self, entry: HistoryEntry, changed: Callable[[], None]) -> None:
        """Delete a page of the history; `changed` is called after that, and after an undo."""
        on_canvas = entry.key == self.model.page.key

        def restore(saved: SavedPage) -> None:
            if on_canvas:
                self.model.undo()
            self.library.ask(lambda history: history.restore(saved), lambda _: changed())

        def deleted(saved: SavedPage | None) -> None:
            changed()
            if saved is not None:
                self.model.notify("Deleted", lambda: restore(saved))

        if on_canvas:  # otherwise the next stroke would save it again
            self.model.clear()
        self.library.ask(lambda history: history.delete(entry.key), deleted)

    def delete_all(self) -> None:
        """Delete the whole history and the page on the canvas."""
        self.learning.skip()
        self.model.forget()
        self.library.ask(History.delete_all, lambda _: self.model.notify("History deleted"))

    def export(self) -> None:
        """Write the corrections to files."""
        folder, stamp = export_folder(), time.strftime("%Y%m%d-%H%M%S")
        self.library.ask(
            lambda history: export_corrections(history.corrected(), folder, stamp),
            lambda exported: self.model.notify(_summary(exported)),
        )

    def correct_cell(self, text: str) -> None:
        """Set what the chosen cell of the table says; it stays chosen."""
        cell = self.model.cell
        self.model.correct_cell(text)
        self.model.select_cell(cell)

    def export_table(self) -> None:
        """Write the table to a file for spreadsheets."""
        table = self.model.table
        if table is None:
            return
        folder, stamp = export_folder(), time.strftime("%Y%m%d-%H%M%S")

        def job() -> None:
            try:
                path = write_table(table, folder, stamp)
            except OSError as exc:
                said = f"The table could not be written: {exc}"
            else:
                said = f"Written to {path}"
            on_ui_thread(lambda: self.model.notify(said))

        self.jobs.submit(job)

    def _open_picture(self, load: Callable[[], Picture]) -> None:
        def show(picture: Picture) -> None:
            self.cancel_stroke()
            self.model.open(Page(picture=picture))

        def job() -> None:
            try:
                picture = load()
            except InkDigitError as exc:
                reason = f"Not opened: {exc}"
                on_ui_thread(lambda: self.model.notify(reason))
            else:
                on_ui_thread(lambda: show(picture))

        self.jobs.submit(job)


def _summary(exported: Exported) -> str:
    count = exported.digits + exported.nondigits
    if not count:
        text = "There are no corrected digits to export"
    else:
        records = "1 correction" if count == 1 else f"{count} corrections"
        text = f"{records} written to " + " and ".join(map(str, exported.files))
    if exported.left_out:
        text += f"; {exported.left_out} without ink of their own left out"
    return text
