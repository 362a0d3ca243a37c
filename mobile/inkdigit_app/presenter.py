"""The model's state in, the home screen's properties out."""

from __future__ import annotations

from kivy.clock import Clock

from inkdigit_app.core.glyphs import Box, Certainty, PageReading, percentage
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
    picture, sheet = model.page.picture, model.page.sheet
    if model.page.blank or picture is not None:
        home.erasing = False  # there is nothing left to erase: the pen again
    if picture is not None:
        home.picking_pen = False
    toolbar.picture, toolbar.as_table = picture is not None, sheet.as_table
    toolbar.cropped = sheet.region is not None
    if picture is None or sheet.region is not None:
        home.cropping = False
    canvas.table.show(model.table, model.cell)
    cell = None if model.table is None or model.cell is None else model.table.cells[model.cell]
    home.correcting = selected is not None or cell is not None
    if home.correcting:
        home.picking_pen = False
    if cell is not None:
        home.cell_panel.show(model.page, cell, canvas.texture)
        home.open_panel(home.cell_panel)
        canvas.sight = _sight(home, cell.box)
    elif selected is not None:
        glyph = model.glyphs[selected]
        home.candidates.show(model.page, glyph, model.can_join, canvas.texture)
        home.open_panel(home.candidates)
        canvas.sight = _sight(home, glyph.box)
    else:
        canvas.sight = None


def _sight(home: HomeScreen, box: Box) -> tuple[Box, float]:
    """The chosen digit's or cell's box, and where the sheet ends that must not hide it."""
    return box, home.ink_canvas.y if home.wide else home.candidates_top


def _show_reading(model: ViewModel, home: HomeScreen) -> None:
    bar = home.reading_bar
    reading = None if model.page.blank else model.reading
    table = model.table
    has_digits = any(glyph.digit is not None for glyph in model.glyphs)
    if table is not None:
        has_digits = bool(table.text)
    bar.is_table = table is not None
    bar.certainty = reading.certainty if reading else None
    bar.text = model.text.replace("\t", "   ") if has_digits else ""
    bar.can_copy = model.reading is not None and has_digits
    bar.caption = _caption(reading) if reading else ""
    if not model.waiting or model.glyphs or table is not None:
        nothing = NOTHING_READ if reading and not has_digits else ""
        bar.message = model.error or nothing
    elif bar.watched is not model.page:
        bar.message = ""
    verb = "Tap" if is_mobile() else "Click"
    what = "cell" if table is not None else "digit"
    home.panel_hint = f"{verb} a {what} to correct it." if model.text else ""
    if model.waiting:
        _watch(model, home)


def _watch(model: ViewModel, home: HomeScreen) -> None:
    """Say that the page is being read, once that takes longer than people notice."""
    bar, page = home.reading_bar, model.page
    if bar.watched is page:
        return
    bar.watched = page
    is_table, waited = page.sheet.as_table, 0.0

    def say(seconds: float) -> bool:
        nonlocal waited
        waited += seconds
        if not model.waiting or model.page is not page:
            if bar.watched is page:
                bar.watched = None
            return False
        if not model.glyphs and model.table is None:
            bar.message = _waiting(waited) if is_table else "Reading…"
        return True

    Clock.schedule_interval(say, SHOW_WAITING_S)


def _waiting(seconds: float) -> str:
    """A table takes a while: that it is still being read, and how to stop that."""
    return f"Reading the table… {seconds:.0f} s. Esc stops."


def _caption(reading: PageReading) -> str:
    if reading.table is not None:
        table = reading.table
        size = f"{table.rows} × {table.columns} cells"
        return f"{size} · {len(table.doubtful)} to check" if table.doubtful else size
    no_digit = reading.certainty is Certainty.NO_DIGIT
    parts = [] if no_digit else [percentage(reading.confidence)]
    if not no_digit:
        parts.append(reading.certainty.value)
    if reading.left_out:
        parts.append(f"{len(reading.left_out)} left out")
    return " · ".join(parts)
