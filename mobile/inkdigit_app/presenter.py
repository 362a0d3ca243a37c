"""The model's state in, the home screen's properties out."""

from __future__ import annotations

from kivy.clock import Clock

from inkdigit_app.core.glyphs import Box, Certainty, Glyph, PageReading, percentage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.platforms.environment import is_mobile
from inkdigit_app.screens.home import HomeScreen

__all__ = ["show"]

NOTHING_READ = "No digits found"
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
    canvas.sight = None if selected is None else _sight(home, model.glyphs[selected])
    if selected is not None:
        home.picking_pen = False
        home.candidates.show(model.page, model.glyphs[selected], model.can_join, canvas.texture)


def _sight(home: HomeScreen, glyph: Glyph) -> tuple[Box, float]:
    """The chosen digit's box, and where the sheet ends that must not hide it."""
    return glyph.box, home.ink_canvas.y if home.wide else home.candidates_top


def _show_reading(model: ViewModel, home: HomeScreen) -> None:
    bar = home.reading_bar
    reading = None if model.page.blank else model.reading
    has_digits = any(glyph.digit is not None for glyph in model.glyphs)
    bar.certainty = reading.certainty if reading else None
    bar.text = model.text if has_digits else ""
    bar.can_copy = model.reading is not None and has_digits
    bar.caption = _caption(reading) if reading else ""
    bar.message = model.error or (NOTHING_READ if reading and not has_digits else "")
    verb = "Tap" if is_mobile() else "Click"
    home.panel_hint = f"{verb} a digit to correct it." if model.glyphs else ""

    def show_waiting(_: float) -> None:
        if model.waiting and not model.glyphs:
            bar.message = "Reading…"

    if model.waiting:
        Clock.schedule_once(show_waiting, SHOW_WAITING_S)


def _caption(reading: PageReading) -> str:
    no_digit = reading.certainty is Certainty.NO_DIGIT
    parts = [] if no_digit else [percentage(reading.confidence)]
    if not no_digit:
        parts.append(reading.certainty.value)
    if reading.left_out:
        parts.append(f"{len(reading.left_out)} left out")
    return " · ".join(parts)
