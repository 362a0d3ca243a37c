"""What the user can do, whether by a button, a key or a screen: requests in, model changes out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kivy.clock import mainthread

from inkdigit import InkDigitError
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import HistoryEntry, Page, Picture, SavedPage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.learning import Learning
from inkdigit_app.platforms import voice
from inkdigit_app.platforms.folders import export_folder, from_home
from inkdigit_app.platforms.system_language import system_language
from inkdigit_app.store import share
from inkdigit_app.store.export import Exported, export_corrections
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

__all__ = ["Commands", "on_ui_thread"]

log = logging.getLogger(__name__)


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
            if table is None:
                text = " ".join(self.model.text.split("\n"))
                self.model.notify(tr("Copied {text}").format(text=text))
            else:
                text = ntr(
                    "Copied a table of {count} row: paste it into a spreadsheet",
                    "Copied a table of {count} rows: paste it into a spreadsheet",
                    table.rows,
                )
                self.model.notify(text.format(count=table.rows))

    def copy_table(self) -> None:
        """Put the numbers on the clipboard as a spreadsheet takes them."""
        from kivy.core.clipboard import Clipboard

        if self.model.table is not None:
            self.copy()  # it has tabs already
        elif self.model.reading is not None and self.model.text:
            Clipboard.copy(share.as_table(self.model.text))
            self.model.notify(tr("Copied as a table"))

    def send(self) -> None:
        """Hand the text to another app, on Android."""
        from inkdigit_app.platforms import android

        if self.model.text:
            android.send_text(self.model.text)

    def save(self, kind: str) -> None:
        """Write the page to a file: "png", "svg" or "csv"."""
        page, text, table = self.model.page, self.model.text, self.model.table
        folder, stamp = export_folder(), time.strftime("%Y%m%d-%H%M%S")

        def job() -> None:
            try:
                path = share.save(kind, page, table or text, folder, stamp)
                notice = tr("Written to {path}").format(path=from_home(path))
            except (InkDigitError, OSError) as exc:
                log.warning("not saved: %s", exc)
                notice = tr("Not saved: {reason}").format(reason=reason(exc))
            on_ui_thread(lambda: self.model.notify(notice))

        self.jobs.submit(job)

    def speak(self) -> None:
        """Read the text aloud; one notice says so where there is no voice."""
        text, language = self.model.text, self.model.settings.language
        if language == "system":
            language = system_language()

        def say() -> None:
            try:
                voice.speak(text, language)
            except voice.VoiceError as exc:
                log.warning("not read aloud: %s", exc)
                on_ui_thread(lambda: self.model.notify(tr("No voice was found to read aloud with")))

        if text and self.model.reading is not None:
            # Not on the jobs' thread: what is written waits for no voice.
            threading.Thread(target=say, name="voice", daemon=True).start()

    def paste(self) -> None:
        """Open the picture on the clipboard."""
        from kivy.core.clipboard import Clipboard

        text = Clipboard.paste() or ""

        def load() -> Picture:
            from inkdigit_app.store import pictures

            picture = pictures.from_clipboard(text)
            if picture is None:
                raise InkDigitError(tr("there is no picture on the clipboard"))
            return picture

        self._open_picture(load)

    def open_file(self, path: Path) -> None:
        """Open a picture; if that fails, say why and leave the page as it is."""
        from inkdigit_app.store import pictures

        self._open_picture(lambda: pictures.from_file(path), path.name)

    def open_bytes(self, content: bytes) -> None:
        """Open a picture from the bytes of its file, as `open_file`."""
        from inkdigit_app.store import pictures

        self._open_picture(lambda: pictures.from_bytes(content, tr("Picture")))

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
                self.model.notify(tr("Deleted"), lambda: restore(saved))

        if on_canvas:  # otherwise the next stroke would save it again
            self.model.clear()
        self.library.ask(lambda history: history.delete(entry.key), deleted)

    def delete_all(self) -> None:
        """Delete the whole history and the page on the canvas."""
        self.learning.skip()
        self.model.forget()
        done = tr("History deleted")
        self.library.ask(History.delete_all, lambda _: self.model.notify(done))

    def export(self) -> None:
        """Write the corrections to files."""
        folder, stamp = export_folder(), time.strftime("%Y%m%d-%H%M%S")
        self.library.ask(
            lambda history: export_corrections(history.corrected(), folder, stamp),
            lambda exported: self.model.notify(_summary(exported)),
        )

    def _open_picture(self, load: Callable[[], Picture], name: str = "") -> None:
        def show(picture: Picture) -> None:
            self.cancel_stroke()
            self.model.open(Page(picture=picture))

        def job() -> None:
            try:
                picture = load()
            except InkDigitError as exc:
                log.info("not opened: %s", exc)
                text = tr("{name} was not opened: {reason}") if name else tr("Not opened: {reason}")
                text = text.format(name=name, reason=reason(exc))
                on_ui_thread(lambda: self.model.notify(text))
            else:
                on_ui_thread(lambda: show(picture))

        self.jobs.submit(job)


def _summary(exported: Exported) -> str:
    count = exported.digits + exported.nondigits
    if not count:
        text = tr("There are no corrected digits to export")
    else:
        text = ntr(
            "{count} correction written to {files}", "{count} corrections written to {files}", count
        ).format(count=count, files=", ".join(map(from_home, exported.files)))
    if exported.left_out:
        left = tr("{count} left out: signs, or without ink of their own")
        text += "; " + left.format(count=exported.left_out)
    return text
