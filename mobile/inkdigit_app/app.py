"""The app: ties the view-model, the worker, the history and the screens together."""

from __future__ import annotations

import gc
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kivy
from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from inkdigit import InkDigitError, __version__
from inkdigit_app.core.glyphs import PageReading, percentage
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.key_bindings import action_of
from inkdigit_app.core.page import Page, PenStroke, Picture, SavedPage
from inkdigit_app.core.page_reader import NumberRecognizer
from inkdigit_app.core.theme import THEMES, Theme
from inkdigit_app.core.view_model import Request, ViewModel
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.navigation import Screens
from inkdigit_app.platforms import mouse, system_theme
from inkdigit_app.platforms.environment import is_android, is_mobile
from inkdigit_app.platforms.memory import give_back
from inkdigit_app.screens.root import AppRoot
from inkdigit_app.store import pictures, settings_file
from inkdigit_app.store.library import Library
from inkdigit_app.widgets.base import look

__all__ = ["InkDigitApp"]

NAME = "inkdigit"
ICON = Path(__file__).with_name("icon.png")
SHOW_WAITING_S = 0.3  # an answer that comes sooner needs no announcement
ABOUT = f"""{NAME} {__version__} reads handwritten digits.
Nothing leaves this device.

Apache License 2.0. Kivy {kivy.__version__} (MIT), Python {platform.python_version()} (PSF), \
NumPy (BSD), Pillow (MIT-CMU), ONNX Runtime (MIT), SDL (zlib), Roboto (Apache 2.0)."""


class InkDigitApp(App):
    """Write digits, see them read.

    Args:
        make_recognizer: Makes the recogniser, behind the first frame and on the worker's thread.
        folder: Where history and settings are kept.
        theme: "light" or "dark" instead of what the settings say, until they are changed.
        picture: Opened at the start.
    """

    def __init__(
        self,
        make_recognizer: Callable[[], NumberRecognizer],
        folder: Path,
        theme: str | None = None,
        picture: Path | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.title = NAME
        self._settings_file = folder / "settings.json"
        self.model = ViewModel(settings_file.load(self._settings_file))
        self.worker = RecognitionWorker(make_recognizer, self._deliver, give_back)
        self._jobs = Jobs("storage")
        self._jobs.start()
        self.library = Library(
            folder / "history.sqlite3", self._call, self.model.notify, self._jobs
        )
        self._forced_theme = theme
        self._picture = picture
        self._shown_settings = self.model.settings
        self._kept: tuple[Page, PageReading | None] = (self.model.page, None)
        self._panels_bound = False
        self.theme = self._chosen_theme()

    def build(self) -> AppRoot:
        """Make the screen and tie it to the model."""
        if not is_mobile():
            mouse.install()
        Window.clearcolor = get_color_from_hex(self.theme.surface)
        look.theme = self.theme
        root = AppRoot()
        self.root = root  # Kivy sets it only after this has returned
        self.home = root.home
        self.screens = Screens(
            root.over,
            model=self.model,
            library=self.library,
            about=ABOUT,
            open_file=self.open_picture,
        )
        self._bind_home()
        self.model.subscribe(self._show)
        self._apply_settings()
        self._show()
        return root

    def on_start(self) -> None:
        """Load the model and the history as soon as the first frame is on the screen."""
        Window.bind(on_key_down=self._on_key_down, on_drop_file=self._on_drop_file)
        Window.bind(on_flip=self._on_first_frame)

    def on_pause(self) -> bool:
        """Write what is to be written: the system may end the app without a word."""
        self.library.flush()
        return True

    def on_resume(self) -> None:
        """Draw anew what the graphics may have lost, in the colours that hold now."""
        self._apply_settings()
        self.home.ink_canvas.boxes.refresh()

    def on_stop(self) -> None:
        """Read nothing any more, and close the history."""
        self.worker.stop()
        self.library.close()

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings panel stays shut; its key is F1."""
        return False

    def read(self, *_: object) -> None:
        """Read the page."""
        request = self.model.request()
        if request is not None:
            self.worker.submit(request)

    def clear(self, *_: object) -> None:
        """Turn to a new page."""
        self.home.ink_canvas.cancel_stroke()
        self.model.clear()

    def undo(self, *_: object) -> None:
        """Take the last step back."""
        self.home.ink_canvas.cancel_stroke()
        self.model.undo()

    def copy(self, *_: object) -> None:
        """Put the digits on the clipboard."""
        from kivy.core.clipboard import Clipboard  # asks the system at import

        if self.model.reading is not None and self.model.text:
            Clipboard.copy(self.model.text)
            self.model.notify("Copied " + " ".join(self.model.text.split("\n")))

    def paste(self, *_: object) -> None:
        """Open the picture on the clipboard."""
        from kivy.core.clipboard import Clipboard

        text = Clipboard.paste() or ""

        def work() -> Picture:
            picture = pictures.from_clipboard(text)
            if picture is None:
                raise InkDigitError("there is no picture on the clipboard")
            return picture

        self._open(work)

    def open_picture(self, path: Path) -> None:
        """Open a picture; where that cannot be, say why and leave the page as it is."""
        self._open(lambda: pictures.from_file(path))

    def pick_picture(self, *_: object) -> None:
        """Let the user choose a picture."""
        if not is_android():
            self.screens.show_files()
            return
        from inkdigit_app.platforms import android

        android.pick_picture(self._open_bytes)

    def back(self, *_: object) -> None:
        """Close what is open, the topmost first."""
        home = self.home
        if self.screens.close():
            return
        if home.picking_pen:
            home.picking_pen = False
        elif self.model.selected is not None:
            self.model.select(None)
        elif self.model.notice is not None:
            self.model.dismiss()
        elif is_android():
            from inkdigit_app.platforms import android

            android.leave()

    def _bind_home(self) -> None:
        home, model = self.home, self.model
        canvas = home.ink_canvas
        canvas.watch_glyphs(lambda x, y: model.glyph_at(x, y, reach=self._reach_px / canvas.unit))
        canvas.bind(
            on_stroke_begin=self._on_stroke_begin,
            on_stroke=lambda _, stroke: self._on_stroke(stroke),
            on_stroke_cancel=lambda _: model.cancel_stroke(),
            on_glyph_tap=lambda _, index: model.select(index),
            on_empty_tap=lambda _: model.select(None),
            on_two_finger_tap=self.undo,
        )
        home.toolbar.bind(
            on_undo=self.undo,
            on_redo=lambda _: model.redo(),
            on_pen=self._toggle_pens,
            on_clear=self.clear,
            on_read=self.read,
        )
        home.nav_bar.bind(
            on_history=self.screens.show_history,
            on_picture=self.pick_picture,
            on_settings=self.screens.show_settings,
        )
        home.reading_bar.bind(on_copy=self.copy)
        self.root.notice_bar.bind(on_undo=self._undo_notice, on_gone=lambda _: model.dismiss())

    def _bind_panels(self) -> None:
        home, model = self.home, self.model
        home.candidates.bind(
            on_label=lambda _, label: model.correct(label),
            on_split=lambda _: model.split(),
            on_join=lambda _: model.join(),
            on_close=lambda _: model.select(None),
        )
        home.pen_menu.pen_width = model.settings.pen_width
        home.pen_menu.bind(on_choice=self._choose_pen)
        self._panels_bound = True

    @property
    def _reach_px(self) -> float:
        return self.home.ink_canvas.boxes.margin

    def _on_first_frame(self, *_: object) -> None:
        Window.unbind(on_flip=self._on_first_frame)
        Window.set_icon(str(ICON))
        self.worker.start()
        self.library.open(self._restore)
        self._bind_panels()
        if not is_mobile():
            from inkdigit_app.widgets.tooltip import Tooltips

            self.tooltips = Tooltips(self.root)
        if is_android():
            from inkdigit_app.platforms import android

            self._set_insets()
            Window.bind(on_resize=self._set_insets)
            shared = android.shared_picture()
            if shared is not None:
                self._open_bytes(shared)
        if self._picture is not None:
            self.open_picture(self._picture)
        # What is there now stays, so the garbage collector need not look at it again. Else its full
        # rounds take long, and wait for a quarter as much garbage as all that there is.
        gc.freeze()

    def _set_insets(self, *_: object) -> None:
        from inkdigit_app.platforms import android

        self.root.insets = list(android.insets())
        self.screens.set_insets(self.root.insets)

    def _restore(self, kept: SavedPage | None) -> None:
        """Put back what was on the canvas, unless somebody was quicker and wrote on it."""
        if kept is not None and self.model.blank and not self.model.can_undo:
            self._kept = (kept.page, None)
            self.model.restore(kept.page, kept.reading)

    def _toggle_pens(self, *_: object) -> None:
        self.home.picking_pen = not self.home.picking_pen

    def _choose_pen(self, _: object, width: float) -> None:
        self.home.picking_pen = False
        self.model.change(pen_width=width)

    def _undo_notice(self, *_: object) -> None:
        notice = self.model.notice
        self.model.dismiss()
        if notice is not None and notice.undo is not None:
            notice.undo()

    def _on_stroke_begin(self, _: object) -> None:
        self.home.picking_pen = False
        self.model.begin_stroke()

    def _on_stroke(self, stroke: PenStroke) -> None:
        self.model.end_stroke(stroke)

    def _on_drop_file(self, _: object, name: bytes, *__: object) -> None:
        self.screens.close_all()
        self.open_picture(Path(name.decode(errors="surrogateescape")))

    def _on_key_down(
        self, _: object, key: int, scancode: int, text: str | None, modifiers: list[str]
    ) -> bool:
        action = action_of(key, modifiers)
        if action is None or (self.screens.top is not None and action != "back"):
            return False  # what is typed into a field is the field's
        if action.startswith("label:"):
            self.model.correct(action.removeprefix("label:"))
            return True
        actions: dict[str, Callable[[], Any]] = {
            "read": self.read,
            "clear": self.clear,
            "back": self.back,
            "undo": self.undo,
            "redo": self.model.redo,
            "copy": self.copy,
            "paste": self.paste,
            "picture": self.pick_picture,
            "history": self.screens.show_history,
            "settings": self.screens.show_settings,
            "next": lambda: self.model.select_next(1),
            "previous": lambda: self.model.select_next(-1),
        }
        actions[action]()
        return True

    def _open_bytes(self, content: bytes) -> None:
        self._open(lambda: pictures.from_bytes(content, "Picture"))

    def _open(self, work: Callable[[], Picture]) -> None:
        def job() -> None:
            try:
                picture = work()
            except InkDigitError as exc:
                reason = f"Not opened: {exc}"
                self._call(lambda: self.model.notify(reason))
            else:
                self._call(lambda: self._show_picture(picture))

        self._jobs.submit(job)

    def _show_picture(self, picture: Picture) -> None:
        self.home.ink_canvas.cancel_stroke()
        self.model.open_picture(picture)

    @mainthread
    def _call(self, function: Callable[[], None]) -> None:
        function()

    @mainthread
    def _deliver(self, request: Request, result: PageReading | Exception) -> None:
        if isinstance(result, Exception):
            self.model.reject(request, str(result))
        else:
            self.model.accept(request, result)

    def _show(self) -> None:
        """Bring the screen up to what the model says."""
        model, home = self.model, self.home
        if model.due:
            self.read()  # which comes back here
            return
        home.ink_canvas.show(model.page)
        home.ink_canvas.boxes.show(model.glyphs, model.selected)
        self._show_reading()
        bar = home.toolbar
        bar.can_undo, bar.can_redo = model.can_undo, model.can_redo
        bar.can_clear, bar.can_read = not model.blank, model.readable
        selected = model.selected
        home.correcting = selected is not None
        if selected is not None:
            home.picking_pen = False
            home.candidates.show(
                model.page, model.glyphs[selected], model.can_join, home.ink_canvas.texture
            )
        self.root.notice_bar.notice = model.notice
        if model.settings != self._shown_settings:
            self._settings_changed()
        self._keep()

    def _show_reading(self) -> None:
        model, bar = self.model, self.home.reading_bar
        reading = model.reading
        certainty = reading.certainty if reading is not None and not model.page.blank else None
        digits = [glyph for glyph in model.glyphs if glyph.digit is not None]
        bar.certainty = certainty
        bar.text = (model.text if digits else "–") if model.glyphs or certainty else ""
        bar.can_copy = reading is not None and bool(digits)
        bar.caption = _caption(reading) if reading is not None and certainty is not None else ""
        bar.message = model.error or ""
        self.home.panel_hint = "Tap a box to correct its digit." if model.glyphs else ""
        known = reading is not None and not model.page.blank
        self.title = f"{' '.join(bar.text.split())} — {NAME}" if known else NAME
        if model.waiting:
            Clock.schedule_once(self._show_waiting, SHOW_WAITING_S)

    def _show_waiting(self, _: float) -> None:
        if self.model.waiting and not self.model.glyphs:
            self.home.reading_bar.message = "Reading…"

    def _keep(self) -> None:
        model = self.model
        state = (model.page, model.reading)
        if model.writing or (state[0] is self._kept[0] and state[1] is self._kept[1]):
            return
        self._kept = state
        reading = PageReading(model.glyphs) if model.reading is None else model.reading
        self.library.keep(model.page, reading, model.settings.keep_history)

    def _settings_changed(self) -> None:
        chosen, before = self.model.settings, self._shown_settings
        self._shown_settings = chosen
        if chosen.theme != before.theme:
            self._forced_theme = None
        self._jobs.submit_newest(
            "settings", lambda: settings_file.save(chosen, self._settings_file)
        )
        self._apply_settings()
        self.screens.settings_changed()

    def _apply_settings(self) -> None:
        chosen, home = self.model.settings, self.home
        self.theme = look.theme = self._chosen_theme()
        Window.clearcolor = get_color_from_hex(self.theme.surface)
        home.mirrored = home.toolbar.mirrored = chosen.left_handed
        home.toolbar.live = chosen.live
        home.ink_canvas.pen_width = chosen.pen_width
        if self._panels_bound:
            home.pen_menu.pen_width = chosen.pen_width

    def _chosen_theme(self) -> Theme:
        name = self._forced_theme or self.model.settings.theme
        if name == "system":
            name = "dark" if system_theme.is_dark() else "light"
        return THEMES[name]


def _caption(reading: PageReading) -> str:
    share = percentage(reading.confidence)
    return f"{share} · {reading.certainty.value}" if reading.glyphs else reading.certainty.value
