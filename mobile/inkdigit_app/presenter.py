"""The model's state in, the home screen's properties out."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.metrics import dp

from inkdigit_app.core.glyphs import Certainty, PageReading, percentage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.words.language import tr
from inkdigit_app.platforms.environment import is_mobile
from inkdigit_app.screens.home import HomeScreen

__all__ = ["show"]

SIGHT_DP = 32.0  # between the chosen digit and the sheet: its box and chip
SHOW_WAITING_S = 0.3  # a faster answer needs no "Reading…"


def show(model: ViewModel, home: HomeScreen) -> None:
    """Bring the home screen up to date."""
    canvas, toolbar, selected = home.ink_canvas, home.toolbar, model.selected
    canvas.show(model.page)
    canvas.boxes.show(model.glyphs, selected, model.left_out)
    _show_reading(model, home)
    toolbar.can_undo, toolbar.can_redo = model.can_undo, model.can_redo
    toolbar.can_clear, toolbar.can_read = not model.blank, model.readable
    if model.page.blank:
        home.erasing = False  # there is nothing left to erase: the pen again
    home.correcting = selected is not None
    canvas.lift = 0.0 if selected is None or home.wide else _lift(home, selected)
    if selected is not None:
        home.picking_pen = home.sharing = False
        home.candidates.signs = model.settings.signs
        home.candidates.show(model.page, model.glyphs[selected], model.can_join, canvas.texture)


def _lift(home: HomeScreen, selected: int) -> float:
    """How far the canvas moves up, in pixels, so that the sheet does not hide the chosen digit."""
    canvas = home.ink_canvas
    box = canvas.boxes.screen_box(canvas.boxes.glyphs[selected])
    bottom, top = box[1] - canvas.lifted, box[3] - canvas.lifted
    wanted = home.candidates_top + dp(SIGHT_DP) - bottom
    return max(min(wanted, canvas.top - dp(SIGHT_DP) - top), 0.0)


def _show_reading(model: ViewModel, home: HomeScreen) -> None:
    bar = home.reading_bar
    reading = None if model.page.blank else model.reading
    has_digits = any(glyph.known for glyph in model.glyphs)
    bar.certainty = reading.certainty if reading else None
    bar.text = model.text if has_digits else ""
    bar.can_copy = model.reading is not None and has_digits
    bar.can_share = not model.page.blank
    if not bar.can_share:
        home.sharing = False
    bar.caption = _caption(reading) if reading else ""
    bar.message = model.error or (tr("No digits found") if reading and not has_digits else "")
    hint = tr("Tap a digit to correct it.") if is_mobile() else tr("Click a digit to correct it.")
    home.panel_hint = hint if model.glyphs else ""

    def show_waiting(_: float) -> None:
        if model.waiting and not model.glyphs:
            bar.message = tr("Reading…")

    if model.waiting:
        Clock.schedule_once(show_waiting, SHOW_WAITING_S)


def _caption(reading: PageReading) -> str:
    no_digit = reading.certainty is Certainty.NO_DIGIT
    parts = [] if no_digit else [percentage(reading.confidence)]
    if not no_digit:
        parts.append(tr("sure") if reading.certainty is Certainty.SURE else tr("not sure"))
    if reading.left_out:
        parts.append(tr("{count} left out").format(count=len(reading.left_out)))
    return " · ".join(parts)
