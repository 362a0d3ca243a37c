"""The app: makes the parts and connects them."""

from __future__ import annotations

import gc
import platform
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kivy
from kivy.app import App
from kivy.clock import mainthread
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from inkdigit import __version__
from inkdigit_app import presenter
from inkdigit_app.commands import Commands, on_ui_thread
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.key_bindings import action_of
from inkdigit_app.core.page_reader import NumberRecognizer
from inkdigit_app.core.theme import THEMES, Theme
from inkdigit_app.core.view_model import Request, ViewModel
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.learning import Learning
from inkdigit_app.navigation import Screens
from inkdigit_app.picture_tools import PictureTools
from inkdigit_app.platforms import mouse, system_theme
from inkdigit_app.platforms.environment import is_android, is_mobile
from inkdigit_app.platforms.memory import release_memory
from inkdigit_app.screens.root import AppRoot
from inkdigit_app.store import settings_file
from inkdigit_app.store.autosave import Autosave
from inkdigit_app.store.library import Library
from inkdigit_app.widgets.base import look

if TYPE_CHECKING:
    from inkdigit_app.widgets.focus import FocusRing

__all__ = ["InkDigitApp"]

NAME = "inkdigit"
ICON = Path(__file__).with_name("icon.png")
ABOUT = f"""{NAME} {__version__} reads handwritten digits.
Nothing leaves this device.{{engine}}

Apache License 2.0. Kivy {kivy.__version__} (MIT), Python {platform.python_version()} (PSF), \
NumPy (BSD), Pillow (MIT-CMU), ONNX Runtime (MIT), SDL (zlib), Roboto (Apache 2.0)."""


def about(engine: str | None) -> str:
    """The app's version, its engine where that is known, and licences."""
    words = {
        None: "",
        "numpy": "\nReads with NumPy, more slowly: ONNX Runtime cannot be used here.",
    }
    return ABOUT.format(engine=words.get(engine, f"\nReads with {engine}."))


class InkDigitApp(App):
    """Write digits, see them read.

    Args:
        make_recognizer: Makes the recogniser; called on the worker's thread after the first frame.
        folder: Where history and settings are stored.
        theme: "light" or "dark": overrides the settings until the theme is changed there.
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
        self._make = make_recognizer
        settings_path = folder / "settings.json"
        self._notices: list[str] = []  # to show on the first frame
        self.model = ViewModel(settings_file.load(settings_path, self._notices.append))
        jobs = Jobs("storage")
        jobs.start()
        self.learning = Learning(self.model, folder / "hands", jobs, on_ui_thread)
        self.worker = RecognitionWorker(
            self._make_recognizer, self._deliver, release_memory, self.learning.hand
        )
        self.library = Library(folder / "history.sqlite3", on_ui_thread, self.model.notify, jobs)
        self.commands = Commands(
            self.model, self.worker, self.library, jobs, self._cancel_stroke, self.learning
        )
        self._autosave = Autosave(self.model, self.library, jobs, settings_path)
        self._forced_theme = theme
        self._picture = picture
        self._shown_settings = self.model.settings
        self.focus: FocusRing | None = None  # made as Tab is pressed for the first time

    def build(self) -> AppRoot:
        """Make the home screen and connect it to the model."""
        if not is_mobile():
            mouse.install()
        look.theme = self._chosen_theme()
        root = AppRoot()
        self.root = root  # Kivy sets it only after this method
        self.home = root.home
        self.pictures = PictureTools(root.home, self.model, self.commands)
        self.screens = Screens(root.over, self.model, self.library, self.commands, self.learning)
        self.screens.update(about=about(None))
        self._bind_home()
        self.model.subscribe(self._show)
        self._apply_settings()
        self._show()
        return root

    def on_start(self) -> None:
        """Load the model and the history as soon as the first frame is on the screen."""
        Window.bind(
            on_key_down=self._on_key_down,
            on_textinput=self._on_text,
            on_drop_file=self._on_drop_file,
        )
        Window.bind(on_flip=self._on_first_frame)

    def on_pause(self) -> bool:
        """Save everything: the system may end the app without warning."""
        self.learning.flush()
        self.library.flush()
        return True

    def on_resume(self) -> None:
        """Redraw what the graphics may have lost, in the current theme."""
        self._apply_settings()
        self.home.ink_canvas.boxes.refresh()

    def on_stop(self) -> None:
        """Stop reading, and close the history."""
        self.worker.stop()
        self.learning.flush()
        self.library.close()

    def open_settings(self, *_: object) -> bool:
        """Keep Kivy's own settings panel, on F1, closed."""
        return False

    def back(self) -> None:
        """Close what is open, the topmost first."""
        home = self.home
        if self.screens.close():
            return
        if home.picking_pen:
            home.picking_pen = False
        elif self.model.selected is not None or self.model.cell is not None:
            self._select_nothing()
        elif self.pictures.back():
            pass
        elif self.model.notice is not None:
            self.model.dismiss()
        elif is_android():
            from inkdigit_app.platforms import android

            android.leave()

    def _bind_home(self) -> None:
        home, model, commands = self.home, self.model, self.commands
        canvas = home.ink_canvas
        canvas.glyph_at = lambda x, y: canvas.boxes.glyph_at(x, y) if model.can_tap else None
        canvas.bind(
            on_stroke_begin=self._on_stroke_begin,
            on_stroke=lambda _, stroke: model.end_stroke(stroke),
            on_erase=lambda _, strokes: model.erase(strokes),
            on_glyph_erase=lambda _, index: model.delete(index),
            on_stroke_cancel=lambda _: model.cancel_stroke(),
            on_glyph_tap=lambda _, index: model.select(index),
            on_empty_tap=lambda _: self._select_nothing(),
            on_two_finger_tap=lambda _: commands.undo(),
        )
        home.toolbar.bind(
            on_undo=lambda _: commands.undo(),
            on_redo=lambda _: model.redo(),
            on_pen=self._toggle_pens,
            on_eraser=self._toggle_eraser,
            on_clear=lambda _: commands.clear(),
            on_read=lambda _: commands.read(),
        )
        home.nav_bar.bind(
            on_history=self.screens.show_history,
            on_picture=self.screens.pick_picture,
            on_settings=self.screens.show_settings,
        )
        home.ids.digits.bind(on_release=self.screens.show_settings)
        home.ids.zoom.bind(on_release=lambda _: canvas.zoom_home())
        home.reading_bar.bind(on_copy=lambda _: commands.copy())
        self.pictures.bind()
        self.root.notice_bar.bind(
            on_undo=lambda _: commands.undo_notice(), on_gone=lambda _: model.dismiss()
        )

    def _bind_panels(self) -> None:
        home, model = self.home, self.model
        home.candidates.bind(
            on_label=lambda _, label: model.correct(label),
            on_delete=lambda _: model.delete(),
            on_split=lambda _: model.split(),
            on_join=lambda _: model.join(),
            on_close=lambda _: model.select(None),
        )
        home.pen_menu.bind(on_choice=self._choose_pen)

    def _on_first_frame(self, *_: object) -> None:
        Window.unbind(on_flip=self._on_first_frame)
        Window.set_icon(str(ICON))
        self.worker.start()
        self.learning.open(self.worker)
        self._autosave.restore()
        for notice in self._notices:
            self.model.notify(notice)
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
                self.commands.open_bytes(shared)
        if self._picture is not None:
            self.commands.open_file(self._picture)
        # What exists now stays, so the garbage collector can skip it. Otherwise its full rounds
        # take long, and start only once there is a quarter as much garbage as all that exists.
        gc.freeze()

    def _set_insets(self, *_: object) -> None:
        from inkdigit_app.platforms import android

        self.root.insets = list(android.insets())
        self.screens.update(insets=self.root.insets)

    def _cancel_stroke(self) -> None:
        self.home.ink_canvas.cancel_stroke()

    def _toggle_pens(self, *_: object) -> None:
        if self.home.erasing:
            self.home.erasing = False
        else:
            self.home.picking_pen = not self.home.picking_pen

    def _toggle_eraser(self, *_: object) -> None:
        has_ink = not self.model.blank and self.model.page.picture is None
        self.home.erasing = not self.home.erasing and has_ink
        self.home.picking_pen = False

    def _select_nothing(self) -> None:
        self.model.select(None)
        self.model.select_cell(None)

    def _choose_pen(self, _: object, width: float) -> None:
        self.home.picking_pen = False
        self.model.change(pen_width=width)

    def _on_stroke_begin(self, _: object) -> None:
        self.home.picking_pen = False
        self.model.begin_stroke()

    def _on_drop_file(self, _: object, name: bytes, *__: object) -> None:
        self.screens.open_file(Path(name.decode(errors="surrogateescape")))

    def _on_key_down(
        self, _: object, key: int, scancode: int, text: str | None, modifiers: list[str]
    ) -> bool:
        action = action_of(key, modifiers)
        if action is not None and action.startswith("focus "):
            self._move_focus(1 if action == "focus next" else -1)
            return True
        if action in ("read", "press") and self.focus is not None and self.focus.press():
            return True
        if action is None or action == "press":
            return False  # a text field of the screen may want it
        if self.screens.top is not None and action not in ("back", "quit"):
            return self.screens.take_action(action)
        if self.pictures.take_action(action):
            return True
        canvas = self.home.ink_canvas
        actions: dict[str, Callable[[], Any]] = {
            "read": self.commands.read,
            "delete": lambda: self.commands.delete_glyph(0),
            "backspace": lambda: self.commands.delete_glyph(-1),
            "eraser": self._toggle_eraser,
            "turn": self.model.turn_picture,
            "table": self.pictures.toggle_table,
            "back": self.back,
            "quit": self.stop,
            "undo": self.commands.undo,
            "redo": self.model.redo,
            "copy": self.commands.copy,
            "paste": self.commands.paste,
            "picture": self.screens.pick_picture,
            "history": self.screens.show_history,
            "settings": self.screens.show_settings,
            "next": lambda: self.model.select_next(1),
            "previous": lambda: self.model.select_next(-1),
            "zoom in": lambda: canvas.zoom_by(1),
            "zoom out": lambda: canvas.zoom_by(-1),
            "zoom home": canvas.zoom_home,
            "page up": lambda: canvas.scroll(-1),
            "page down": lambda: canvas.scroll(1),
        }
        actions.get(action, lambda: self.model.correct(action.removeprefix("label:")))()
        return True

    def _make_recognizer(self) -> NumberRecognizer:
        recognizer = self._make()
        self._name_engine(recognizer.engine)
        return recognizer

    @mainthread
    def _name_engine(self, engine: str) -> None:
        self.screens.update(about=about(engine))

    def _on_text(self, _: object, text: str) -> None:
        # Where "?" is depends on the keyboard's layout, which a key's code does not tell.
        if self.screens.top is not None:
            return
        if text == "?":
            self.model.correct(text)
        else:
            self.pictures.take_text(text)

    def _move_focus(self, step: int) -> None:
        from inkdigit_app.widgets.focus import FocusRing

        if self.focus is None:
            self.focus = FocusRing()
        self.focus.move(self.screens.top or self.root, step)

    @mainthread
    def _deliver(self, request: Request, result: PageReading | Exception) -> None:
        if isinstance(result, Exception):
            self.model.reject(request, str(result))
        else:
            self.model.accept(request, result)

    def _show(self) -> None:
        """Show the model's state, and save it."""
        model = self.model
        self._autosave.update()  # before what takes time: the app may be killed meanwhile
        self.learning.update()  # first: a lesson counts when the page is read again
        if model.due:
            self.commands.read()  # which changes the model, so this runs again
            return
        presenter.show(model, self.home)
        text = self.home.reading_bar.text if model.reading and not model.page.blank else ""
        text = " ".join(text.split()) or ("no digits" if model.reading else "")
        self.title = f"{text} — {NAME}" if text and not model.page.blank else NAME
        self.root.notice_bar.notice = model.notice
        if model.settings != self._shown_settings:
            if model.settings.theme != self._shown_settings.theme:
                self._forced_theme = None
            self._shown_settings = model.settings
            self._apply_settings()

    def _apply_settings(self) -> None:
        settings, home = self.model.settings, self.home
        look.theme = self._chosen_theme()
        Window.clearcolor = get_color_from_hex(look.theme.surface)
        self.screens.update(settings=settings)
        home.mirrored = home.toolbar.mirrored = settings.left_handed
        home.toolbar.live = settings.live
        home.ink_canvas.pen_width = settings.pen_width
        home.ink_canvas.stylus_only = settings.stylus_only
        count = settings.digits
        home.digits_hint = f"{count} digit{'s' * (count > 1)} a line" if count else ""

    def _chosen_theme(self) -> Theme:
        name = self._forced_theme or self.model.settings.theme
        if name == "system":
            name = "dark" if system_theme.is_dark() else "light"
        return THEMES[name]
