"""The app: makes the parts and connects them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import mainthread
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from inkdigit_app import presenter
from inkdigit_app.about import NAME, about
from inkdigit_app.commands import Commands, on_ui_thread
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page_reader import NumberRecognizer
from inkdigit_app.core.theme import THEMES, Theme
from inkdigit_app.core.view_model import Request, ViewModel
from inkdigit_app.core.words import language
from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.keyboard import Keyboard
from inkdigit_app.learning import Learning
from inkdigit_app.navigation import Screens
from inkdigit_app.picture_tools import PictureTools
from inkdigit_app.platforms import mouse, system_theme
from inkdigit_app.platforms.environment import is_android, is_mobile
from inkdigit_app.platforms.memory import release_memory
from inkdigit_app.platforms.system_language import system_language
from inkdigit_app.screens.root import AppRoot
from inkdigit_app.sharing import Sharing
from inkdigit_app.speaking import Speaking
from inkdigit_app.store import settings_file
from inkdigit_app.store.autosave import Autosave
from inkdigit_app.store.library import Library
from inkdigit_app.widgets.base import lang, look
from inkdigit_app.window_size import WindowSize

__all__ = ["InkDigitApp"]

ICON = Path(__file__).with_name("icon.png")


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
        self._engine: str | None = None  # unknown until the model is loaded
        language.use(language.translation(system_language()))  # for what the settings' file says
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
        self._autosave = Autosave(
            self.model,
            self.library,
            jobs,
            settings_path,
            lambda text: on_ui_thread(lambda: self.model.notify(text)),
        )
        self._forced_theme = theme
        self._picture = picture
        self._shown_settings = self.model.settings
        self._speaking = Speaking(self.model, self.commands.speak)
        self._window_size: WindowSize | None = None

    def build(self) -> AppRoot:
        """Make the home screen and connect it to the model."""
        if not is_mobile():
            mouse.install()
        look.theme = self._chosen_theme()
        self._speak(self.model.settings.language)
        root = AppRoot()
        self.root = root  # Kivy sets it only after this method
        self.home = root.home
        self.pictures = PictureTools(root.home, self.model)
        self.sharing = Sharing(root.home, self.model, self.commands)
        self.screens = Screens(root.over, self.model, self.library, self.commands, self.learning)
        self.screens.update(about=about(None))
        self.keyboard = Keyboard(self.model, self.screens, self.pictures, root, self._actions())
        self._bind_home()
        self.model.subscribe(self._show)
        self._apply_settings()
        self._show()
        return root

    def on_start(self) -> None:
        """Load the model and the history as soon as the first frame is on the screen."""
        self.keyboard.open()
        Window.bind(on_drop_file=self._on_drop_file)
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
        if self._window_size is not None:
            self._window_size.close()
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
        if home.picking_pen or home.sharing:
            home.picking_pen = home.sharing = False
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
            on_glyph_tap=lambda _, index: self._tap(index),
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
        home.bind(candidates_top=lambda *_: presenter.keep_in_sight(model, home))
        home.reading_bar.bind(on_copy=lambda _: commands.copy())
        self.sharing.bind()
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
        self.sharing.open()

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
            self._window_size = WindowSize(self.model)
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
        gc.enable()  # `run` has disabled it

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
        self.home.picking_pen = self.home.sharing = False
        self.model.begin_stroke()

    def _tap(self, index: int) -> None:
        self.model.select(index)
        if not self.model.settings.knows_boxes:
            self.model.change(knows_boxes=True)

    def _actions(self) -> dict[str, Callable[[], Any]]:
        """What keys do on the home screen."""
        canvas = self.home.ink_canvas
        return {
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
            "share": self.sharing.toggle,
            "picture": self.screens.pick_picture,
            "history": self.screens.show_history,
            "settings": self.screens.show_settings,
            "keys": self.screens.show_keys,
            "next": lambda: self.model.select_next(1),
            "previous": lambda: self.model.select_next(-1),
            "zoom in": lambda: canvas.zoom_by(1),
            "zoom out": lambda: canvas.zoom_by(-1),
            "zoom home": canvas.zoom_home,
            "page up": lambda: canvas.scroll(-1),
            "page down": lambda: canvas.scroll(1),
        }

    def _on_drop_file(self, _: object, name: bytes, *__: object) -> None:
        self.screens.open_file(Path(name.decode(errors="surrogateescape")))

    def _make_recognizer(self) -> NumberRecognizer:
        recognizer = self._make()
        self._name_engine(recognizer.engine)
        return recognizer

    @mainthread
    def _name_engine(self, engine: str) -> None:
        self._engine = engine
        self.screens.update(about=about(engine))

    @mainthread
    def _deliver(self, request: Request, result: PageReading | Exception) -> None:
        if isinstance(result, Exception):
            text = reason(result)
            self.model.reject(request, text[:1].upper() + text[1:])
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
        if model.settings != self._shown_settings:
            self._follow_settings()
        presenter.show(model, self.home)
        text = self.home.reading_bar.text if model.reading and not model.page.blank else ""
        text = " ".join(text.split()) or (tr("no digits") if model.reading else "")
        self.title = f"{text} — {NAME}" if text and not model.page.blank else NAME
        self.root.notice_bar.notice = model.notice
        self._speaking.update()

    def _follow_settings(self) -> None:
        before, self._shown_settings = self._shown_settings, self.model.settings
        if self._shown_settings.theme != before.theme:
            self._forced_theme = None
        if self._shown_settings.language != before.language:
            self._speak(self._shown_settings.language)
            self.screens.update(about=about(self._engine))
            self.home.ink_canvas.boxes.refresh()
        self._apply_settings()

    def _speak(self, choice: str) -> None:
        """Show all texts in a language, one of `LANGUAGE_CHOICES`."""
        table = language.translation(system_language() if choice == "system" else choice)
        language.use(table)
        # Another object each time, so that Kivy sees that it has changed.
        lang.tr = partial(language.tr)

    def _apply_settings(self) -> None:
        settings, home = self.model.settings, self.home
        look.theme = self._chosen_theme()
        Window.clearcolor = get_color_from_hex(look.theme.surface)
        self.screens.update(settings=settings)
        home.mirrored = home.toolbar.mirrored = settings.left_handed
        home.toolbar.live = settings.live
        hint = (
            tr("Tap a digit to correct it.") if is_mobile() else tr("Click a digit to correct it.")
        )
        home.first_hint = "" if settings.knows_boxes else hint
        home.ink_canvas.pen_width = settings.pen_width
        home.ink_canvas.stylus_only = settings.stylus_only
        count = settings.digits
        text = ntr("{count} digit a line", "{count} digits a line", count or 0)
        home.digits_hint = text.format(count=count) if count else ""

    def _chosen_theme(self) -> Theme:
        name = self._forced_theme or self.model.settings.theme
        if name == "system":
            name = "dark" if system_theme.is_dark() else "light"
        return THEMES[name]
