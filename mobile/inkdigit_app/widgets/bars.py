"""The bars of the home screen, each a row of buttons."""

from __future__ import annotations

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.base import Panel, lang
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["NavBar", "Toolbar"]


PEN_BUTTONS = ("pen", "eraser", "read")  # a picture is always read at once
PICTURE_BUTTONS = ("turn", "crop", "table")


class MirroredBar(Panel):
    """A row of buttons that runs from left to right, or from right to left for the left hand."""

    mirrored = BooleanProperty(False)

    def on_kv_post(self, base_widget: object) -> None:
        """Remember the buttons' order, and arrange them."""
        self._order = list(self.children)
        self.fbind("mirrored", self._arrange)
        self.fbind("orientation", self._arrange)
        self._arrange()

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        mirrored = self.mirrored and self.orientation == "horizontal"
        for widget in self._order if mirrored else reversed(self._order):
            if self.offers(widget):
                self.add_widget(widget)

    def offers(self, widget: Widget) -> bool:
        """Whether a widget has its place in the bar now."""
        return True


class NavBar(MirroredBar):
    """A title, and buttons that open the other screens; each has its event."""

    __events__ = ("on_history", "on_picture", "on_settings")

    title = StringProperty("")
    tall = BooleanProperty(False)  # there is room for words, each on a row of its own
    roomy = BooleanProperty(False)  # there is room for words in one row
    title_x = NumericProperty(0)  # of the title's space, in pixels
    title_y = NumericProperty(0)
    title_width = NumericProperty(0)


class Toolbar(MirroredBar):
    """The bar under the canvas, for ink or for a picture; each button has its event."""

    __events__ = (
        "on_undo", "on_redo", "on_pen", "on_eraser", "on_turn", "on_crop", "on_table", "on_clear",
        "on_read",
    )  # fmt: skip

    can_undo = BooleanProperty(False)
    can_redo = BooleanProperty(False)
    can_clear = BooleanProperty(False)
    can_read = BooleanProperty(False)
    erasing = BooleanProperty(False)  # the eraser is in use, rather than the pen
    live = BooleanProperty(True)  # ink is read as it is written; Read is hidden then
    wide = BooleanProperty(False)  # there is room for words beside the icons
    clear_word = BooleanProperty(True)  # there is room for the word rather than an icon
    picture = BooleanProperty(False)  # there is one: its buttons are here instead of the pen's
    cropping = BooleanProperty(False)  # the region to read is being drawn
    cropped = BooleanProperty(False)  # only a region of the picture is read
    as_table = BooleanProperty(False)  # the picture is read as a table

    def on_kv_post(self, base_widget: object) -> None:
        """Show the buttons for what is on the canvas; fit the words whenever they change."""
        super().on_kv_post(base_widget)
        self.fbind("picture", self._arrange)
        for name in ("width", "live", "picture"):
            self.fbind(name, self._fit)
        lang.fbind("tr", self._fit)
        self._fit()

    def offers(self, widget: Widget) -> bool:
        """Whether a widget has its place in the bar now."""
        others = PEN_BUTTONS if self.picture else PICTURE_BUTTONS
        # Kivy's ids are weak proxies.
        return all(widget is not self.ids[name].__self__ for name in others)

    def _fit(self, *_: object) -> None:
        if self.picture:
            icons = [tr("Undo"), tr("Redo"), tr("Turn"), tr("Crop"), tr("Table")]
            words = shown = [tr("Close")]
        else:
            icons = [tr("Undo"), tr("Redo"), tr("Pen"), tr("Eraser")]
            words = [tr("Clear"), tr("Read")]
            shown = words[:1] if self.live else words
        between = dp(16) + dp(4) * (len(icons) + len(words))
        whole = sum(_width(word, 18) + dp(64) for word in icons)
        self.wide = whole + sum(_width(word, 18) + dp(32) for word in words) + between <= self.width
        small = sum(_width(word, 14) + dp(32) for word in shown)
        self.clear_word = len(icons) * dp(48) + small + between <= self.width


def _width(text: str, size: int) -> float:
    return float(CoreLabel(font_size=sp(size)).get_extents(text)[0])
