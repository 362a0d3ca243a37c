"""The screens over the canvas: opens them when they are asked for, and connects them to commands.

They are built, and their widgets imported, on first use: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.uix.behaviors import FocusBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from inkdigit_app.commands import Commands
from inkdigit_app.core.file_list import HAND_SUFFIXES
from inkdigit_app.core.learning.people import Person
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.learning import Learning
from inkdigit_app.platforms.environment import is_android
from inkdigit_app.platforms.folders import export_folder
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

__all__ = ["Screens"]


class Screens:
    """The screens over the home screen, the newest on top.

    Args:
        root: Their parent.
        model: The app's state.
        library: The history.
        commands: What they do.
        learning: What is known of the hand.
    """

    def __init__(
        self,
        root: FloatLayout,
        model: ViewModel,
        library: Library,
        commands: Commands,
        learning: Learning,
    ) -> None:
        self._root = root
        self._model = model
        self._library = library
        self._commands = commands
        self._learning = learning
        learning.subscribe(lambda: self.update(hand=learning.state))
        self._open: list[Any] = []
        self._properties: dict[str, object] = {}

    @property
    def top(self) -> Any:
        """The topmost screen, or None."""
        return self._open[-1] if self._open else None

    def close(self, *_: object) -> bool:
        """Close the topmost screen; False where none is open."""
        if not self._open:
            return False
        screen = self._open.pop()
        for widget in screen.walk(restrict=True):
            if isinstance(widget, FocusBehavior):
                widget.focus = False  # otherwise a removed field keeps the keyboard
        self._root.remove_widget(screen)
        return True

    def close_all(self) -> None:
        """Go back to the canvas."""
        while self.close():
            pass

    def take_action(self, action: str) -> bool:
        """Let the topmost screen do what a key asks for; False where a text field may want it."""
        take = getattr(self.top, "take_action", None)
        return take is not None and bool(take(action))

    def take_text(self, text: str) -> None:
        """Let the topmost screen have a character that no text field has taken."""
        take = getattr(self.top, "take_text", None)
        if take is not None:
            take(text)

    def update(self, **properties: object) -> None:
        """Set properties, such as `settings` and `insets`, of the screens that have them.

        Screens that open later get them too.
        """
        self._properties |= properties
        for screen in self._open:
            for name in properties.keys() & screen.properties().keys():
                setattr(screen, name, properties[name])

    def show_history(self, *_: object) -> None:
        """Open the history."""
        from inkdigit_app.screens.history import HistoryScreen

        commands = self._commands
        if self._show(HistoryScreen):
            self.top.bind(
                search=lambda *_: self._list_history(),
                on_open=lambda _, entry: commands.reopen(entry, self.close_all),
                on_delete=lambda _, entry: commands.delete(entry, self._list_history),
                on_export=lambda _: commands.export(),
            )
            self._list_history()

    def show_settings(self, *_: object) -> None:
        """Open the settings."""
        from inkdigit_app.screens.settings import SettingsScreen

        if self._show(SettingsScreen):
            self.top.bind(
                on_change=lambda _, name, value: self._model.change(**{name: value}),
                on_hand=self.show_hand,
                on_keys=self.show_keys,
                on_export=lambda _: self._commands.export(),
                on_delete_all=self._ask_delete_all,
            )

    def show_keys(self, *_: object) -> None:
        """Open the list of keys."""
        from inkdigit_app.screens.keys import KeysScreen

        self._show(KeysScreen)

    def show_hand(self, *_: object) -> None:
        """Open what is known of the hand."""
        from inkdigit_app.screens.hand import HandScreen

        learning = self._learning
        if self._show(HandScreen):
            self.top.bind(
                on_forget=lambda _, glyph: learning.forget(glyph),
                on_teach=self._show_teach,
                on_people=self._show_people,
                on_export=lambda _: learning.export(),
                on_import=self._pick_hand,
                on_forget_all=self._ask_forget_all,
            )

    def pick_picture(self, *_: object) -> None:
        """Let the user choose a picture: in a screen, or on Android in the system's own."""
        if is_android():
            from inkdigit_app.platforms import android

            android.pick_picture(self._commands.open_bytes)
            return
        from inkdigit_app.screens.files import FileScreen

        if self._show(FileScreen, title=tr("Open a picture"), empty_text=tr("No pictures here")):
            self.top.bind(on_choice=lambda _, path: self.open_file(path))

    def _pick_hand(self, *_: object) -> None:
        if is_android():
            from inkdigit_app.platforms import android

            android.pick_json(self._learning.import_bytes)
            return
        from inkdigit_app.screens.files import FileScreen

        def chosen(_: object, path: Path) -> None:
            self.close()
            self._learning.import_file(path)

        if self._show(
            FileScreen,
            folder=export_folder() if export_folder().is_dir() else None,
            title=tr("Import a hand"),
            suffixes=HAND_SUFFIXES,
            icon="pen",
            empty_text=tr("No .json files here"),
        ):
            self.top.bind(on_choice=chosen)

    def _show_teach(self, *_: object) -> None:
        from inkdigit_app.screens.teach import TeachScreen

        def done(_: object, written: int) -> None:
            self.close()
            text = ntr("Learnt {count} digit", "Learnt {count} digits", written)
            self._model.notify(text.format(count=written))

        if self._show(TeachScreen):
            self.top.bind(
                on_example=lambda _, page, digit: self._learning.teach(page, digit), on_done=done
            )

    def _show_people(self, *_: object) -> None:
        from inkdigit_app.screens.people import PeopleScreen

        if self._show(PeopleScreen):
            self.top.bind(
                on_choose=lambda _, person: self._learning.choose(person.key),
                on_add=self._ask_new_name,
                on_rename=self._ask_other_name,
                on_delete=self._ask_delete_person,
            )

    def _ask_new_name(self, *_: object) -> None:
        self._ask_name(tr("Who else writes here?"), "", tr("Add"), self._learning.add)

    def _ask_other_name(self, _: object, person: Person) -> None:
        def rename(name: str) -> None:
            self._learning.rename(person.key, name)

        title = tr("Another name for {name}").format(name=person.title)
        self._ask_name(title, person.title, tr("Rename"), rename)

    def _ask_name(self, title: str, text: str, yes: str, done: Callable[[str], None]) -> None:
        from inkdigit_app.screens.people import NameQuestion

        def named(_: object, name: str) -> None:
            self.close()
            done(name)

        if self._show(NameQuestion, title=title, text=text, yes=yes):
            self.top.bind(on_name=named)

    def _ask_delete_person(self, _: object, person: Person) -> None:
        text = tr(
            "Delete {name} and all that was learnt of this hand? This cannot be undone."
        ).format(name=person.title)
        self._ask(text, tr("Delete"), lambda: self._learning.delete(person.key))

    def _ask_forget_all(self, *_: object) -> None:
        name = self._learning.state.person.title
        text = tr("Forget all shapes of {name}? This cannot be undone.").format(name=name)
        self._ask(text, tr("Forget all"), self._learning.forget_all)

    def open_file(self, path: Path) -> None:
        """Go back to the canvas and open a picture there."""
        self.close_all()
        self._commands.open_file(path)

    def _show(self, kind: type[Widget], **properties: object) -> bool:
        """Put a new screen on top; False where one of its kind is there already."""
        if isinstance(self.top, kind):
            return False
        shared = {name: value for name, value in self._properties.items() if hasattr(kind, name)}
        screen = kind(**shared, **properties)
        screen.bind(on_close=self.close)
        self._model.select(None)
        self._open.append(screen)
        self._root.add_widget(screen)
        return True

    def _list_history(self) -> None:
        for screen in self._open:
            if hasattr(screen, "search"):
                self._library.ask(partial(History.entries, search=screen.search), screen.show)

    def _ask_delete_all(self, *_: object) -> None:
        text = tr("Delete the whole history? This cannot be undone.")
        self._ask(text, tr("Delete all"), self._commands.delete_all)

    def _ask(self, text: str, yes: str, go_ahead: Callable[[], None]) -> None:
        from inkdigit_app.screens.question import Question

        def confirmed(_: object) -> None:
            self.close()
            go_ahead()

        if self._show(Question, text=text, yes=yes):
            self.top.bind(on_confirm=confirmed)
