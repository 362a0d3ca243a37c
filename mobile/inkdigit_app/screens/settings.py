"""The settings as a screen: `Settings` in, changes out."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from inkdigit_app.core.settings import MAX_DIGITS, Settings
from inkdigit_app.widgets.overlay import Overlay
from inkdigit_app.widgets.pen_menu import PenMenu
from inkdigit_app.widgets.screen_header import ScreenHeader
from inkdigit_app.widgets.setting_row import SettingRow
from inkdigit_app.widgets.toggle import Toggle
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["PenMenu", "ScreenHeader", "SettingRow", "SettingsScreen", "Toggle", "ToolButton"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class SettingsScreen(Overlay):
    """What one may choose.

    Attributes:
        settings: What holds.
        about: Versions and licences.

    Events:
        on_change: A setting is to change; with its name and its new value.
        on_export: The corrections are to be exported.
        on_delete_all: The history is to be deleted.
    """

    __events__ = ("on_change", "on_export", "on_delete_all")

    settings = ObjectProperty(Settings(), rebind=True)
    about = StringProperty("")

    def step_digits(self, step: int) -> None:
        """Ask for one expected digit more or less; below one is any number."""
        digits = (self.settings.digits or 0) + step
        self.dispatch("on_change", "digits", min(digits, MAX_DIGITS) if digits > 0 else None)

    def on_change(self, name: str, value: object) -> None:
        """For whoever binds to it."""

    def on_export(self) -> None:
        """For whoever binds to it."""

    def on_delete_all(self) -> None:
        """For whoever binds to it."""
