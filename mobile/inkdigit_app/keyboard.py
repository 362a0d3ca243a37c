"""What keys do: in the app itself, in its menus, and in the screens over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.core.window import Window

from inkdigit.labels import ALL_DIGITS, SIGNS
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT
from inkdigit_app.core.key_bindings import action_of
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.navigation import Screens
from inkdigit_app.picture_tools import PictureTools
from inkdigit_app.screens.root import AppRoot

if TYPE_CHECKING:
    from inkdigit_app.widgets.focus import FocusRing

__all__ = ["Keyboard"]

STEPS = {"next": 1, "down": 1, "previous": -1, "up": -1}


class Keyboard:
    """Listens to the window's keys.

    Args:
        model: The app's state.
        screens: The screens over the home screen; the topmost has the keys.
        pictures: Takes what is typed while a cell of a table is chosen.
        root: All widgets.
        actions: What to do for each action of `action_of` that no screen takes.
    """

    def __init__(
        self,
        model: ViewModel,
        screens: Screens,
        pictures: PictureTools,
        root: AppRoot,
        actions: dict[str, Callable[[], Any]],
    ) -> None:
        self._model = model
        self._screens = screens
        self._pictures = pictures
        self._root = root
        self._actions = actions
        self.focus: FocusRing | None = None  # made as Tab is pressed for the first time
        self._pressed: str | None = None  # the digit of the last key, whose text is yet to come

    def open(self) -> None:
        """Listen."""
        Window.bind(on_key_down=self._on_key_down, on_textinput=self._on_text)

    def close(self) -> None:
        """Do not listen any more."""
        Window.unbind(on_key_down=self._on_key_down, on_textinput=self._on_text)

    def _on_key_down(
        self, _: object, key: int, scancode: int, text: str | None, modifiers: list[str]
    ) -> bool:
        action = action_of(key, modifiers)
        self._pressed = None
        if action is not None and action.startswith("focus "):
            self._move_focus(1 if action == "focus next" else -1)
            return True
        focus = self.focus if action in ("read", "press") else None
        if focus is not None and focus.press(self._tree):
            return True
        if self._screens.top is not None and action not in (None, "back", "quit"):
            return self._screen_takes(action)
        if action is None or action == "press":
            return False  # a text field of the screen may want it
        if action in STEPS and self._root.home.open_menu is not None:
            self._move_focus(STEPS[action])
        elif self._pictures.take_action(action):
            self._pressed = action.removeprefix("label:")
        elif action.startswith("label:"):
            self._model.correct(action.removeprefix("label:"))
        elif action in self._actions:
            self._actions[action]()
        return True

    def _screen_takes(self, action: str) -> bool:
        if self._screens.take_action(action):
            return True
        step = STEPS.get(action)
        typing = self.focus is None or not self.focus.presses
        if step is None or typing:
            return False  # a text field may want it
        self._move_focus(step)
        return True

    def _on_text(self, _: object, text: str) -> None:
        # Where a character is depends on the keyboard's layout, which a key's code does not tell.
        if self._screens.top is not None or not text:
            self._screens.take_text(text)
            return
        if self._model.cell is not None:
            if text != self._pressed:  # else the key itself has typed it
                self._pictures.take_text(text)
            return
        known = ALL_DIGITS + NO_DIGIT_TEXT + (SIGNS if self._model.settings.signs else "")
        if text in known:
            self._model.correct(text)

    @property
    def _tree(self) -> Any:
        """Where the outline goes: what lies on top."""
        return self._screens.top or self._root.home.open_menu or self._root

    def _move_focus(self, step: int) -> None:
        from inkdigit_app.widgets.focus import FocusRing

        if self.focus is None:
            self.focus = FocusRing()
        self.focus.move(self._tree, step)
