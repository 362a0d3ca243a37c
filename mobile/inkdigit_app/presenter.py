"""The model's state in, the home screen's properties out."""

from __future__ import annotations

from kivy.clock import Clock

from inkdigit_app.core.glyphs import Box, Certainty, PageReading, percentage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.words.language import tr
from inkdigit_app.platforms.environment import is_mobile
from inkdigit_app.screens.home import HomeScreen

__all__ = ["keep_in_sight", "show"]

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
        home.picking_pen = home.sharing = False
    if cell is not None:
        home.cell_panel.show(model.page, cell, canvas.texture)
        home.open_panel(home.cell_panel)
    elif selected is not None:
        home.candidates.signs = model.settings.signs
        home.candidates.show(model.page, model.glyphs[selected], model.can_join, canvas.texture)
        home.open_panel(home.candidates)
    keep_in_sight(model, home)


def keep_in_sight(model: ViewModel, home: HomeScreen) -> None:
    """Let the sheet not hide what is chosen on the page, a digit or a cell of a table."""
    box: Box | None = None
    if model.table is not None and model.cell is not None:
        box = model.table.cells[model.cell].box
    elif model.selected is not None:
        box = model.glyphs[model.selected].box
    sheet_top = home.ink_canvas.y if home.wide else home.candidates_top
    home.ink_canvas.sight = None if box is None else (box, sheet_top)


def _show_reading(model: ViewModel, home: HomeScreen) -> None:
    bar = home.reading_bar
    reading = None if model.page.blank else model.reading
    table = model.table
    has_digits = any(glyph.known for glyph in model.glyphs)
    if table is not None:
        has_digits = bool(table.text)
    bar.is_table = table is not None
    bar.certainty = reading.certainty if reading else None
    bar.text = model.text.replace("\t", "   ") if has_digits else ""
    bar.can_copy = model.reading is not None and has_digits
    bar.can_share = not model.page.blank
    if not bar.can_share:
        home.sharing = False
    bar.caption = _caption(reading) if reading else ""
    if not model.waiting or model.glyphs or table is not None:
        nothing = tr("No digits found") if reading and not has_digits else ""
        bar.message = model.error or nothing
    elif bar.watched is not model.page:
        bar.message = ""
    home.panel_hint = _hint(table is not None) if model.text else ""
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
            bar.message = _waiting(waited) if is_table else tr("Reading…")
        return True

    Clock.schedule_interval(say, SHOW_WAITING_S)


def _waiting(seconds: float) -> str:
    """A table takes a while: that it is still being read, and how to stop that."""
    back = tr("Back stops") if is_mobile() else tr("Esc stops")
    return tr("Reading the table… {seconds} s").format(seconds=f"{seconds:.0f}") + f" · {back}"


def _hint(is_table: bool) -> str:
    if is_table:
        return tr("Tap a cell to correct it.") if is_mobile() else tr("Click a cell to correct it.")
    return tr("Tap a digit to correct it.") if is_mobile() else tr("Click a digit to correct it.")


def _caption(reading: PageReading) -> str:
    if reading.table is not None:
        table = reading.table
        size = tr("{rows} × {columns} cells").format(rows=table.rows, columns=table.columns)
        check = tr("{count} to check").format(count=len(table.doubtful))
        return f"{size} · {check}" if table.doubtful else size
    no_digit = reading.certainty is Certainty.NO_DIGIT
    parts = [] if no_digit else [percentage(reading.confidence)]
    if not no_digit:
        parts.append(tr("sure") if reading.certainty is Certainty.SURE else tr("not sure"))
    if reading.left_out:
        parts.append(tr("{count} left out").format(count=len(reading.left_out)))
    return " · ".join(parts)
