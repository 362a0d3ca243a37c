"""The settings: `Settings` in, changes out."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.settings import MAX_DIGITS, Settings
from inkdigit_app.widgets.base import Surface
from inkdigit_app.widgets.buttons import Icon  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.overlay import Overlay
from inkdigit_app.widgets.pen_menu import PenMenu  # noqa: F401  # for the .kv file

__all__ = ["ChoiceRow", "OpeningRow", "SettingRow", "SettingsScreen"]


class SettingRow(Surface, BoxLayout):
    """A setting's name and explanation. The control that changes it is added as a child."""

    title = StringProperty("")
    detail = StringProperty("")


class OpeningRow(ButtonBehavior, SettingRow):
    """Opens another screen, wherever it is pressed."""

    word = StringProperty("")  # what it opens, where the title does not say so


class ChoiceRow(Surface, BoxLayout):
    """A setting's name, with its choices below, in as many rows as they need."""

    title = StringProperty("")


class SettingsScreen(Overlay):
    """Every choice the user has.

    Events:
        on_change: A setting is to change; with its name and new value.
        on_hand: "Your hand" was pressed.
        on_keys: "Keys" was pressed.
        on_export: Export was pressed.
        on_delete_all: Delete was pressed.
    """

    __events__ = ("on_change", "on_hand", "on_keys", "on_export", "on_delete_all")

    settings = ObjectProperty(Settings(), rebind=True)
    about = StringProperty("")  # versions and licences

    def step_digits(self, step: int) -> None:
        """Ask for one digit more or fewer; below one means any number."""
        digits = (self.settings.digits or 0) + step
        self.dispatch("on_change", "digits", min(digits, MAX_DIGITS) if digits > 0 else None)
