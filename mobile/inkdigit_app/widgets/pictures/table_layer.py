"""Draws a table's cells over its picture: their outlines and what each says."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Line, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp, sp
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.pictures.table_reading import TableCell, TableReading
from inkdigit_app.widgets.viewing.page_layer import PageLayer

__all__ = ["TableLayer"]

# Chosen by eye on a phone and a desktop.
TEXT_SP = (16, 13, 10)  # the largest that leaves the handwriting free is used
TEXT_PART = 0.3  # of a cell's height: people write in its middle
PADDING_DP = 3.0  # beside the text
LINE_DP, CHOSEN_LINE_DP, DOUBTFUL_LINE_DP = 1.0, 3.0, 2.0
DASH_DP = 5


class TableLayer(PageLayer):
    """The cells of a table, each with its text in the corner; those in doubt stand out."""

    def __init__(self, **kwargs: Any) -> None:
        self.table: TableReading | None = None
        self._chosen: int | None = None
        super().__init__(**kwargs)

    def show(self, table: TableReading | None, chosen: int | None = None) -> None:
        """Show the cells of a table, or nothing; `chosen` is the index of the one to correct."""
        if table is not self.table or chosen != self._chosen:
            self.table, self._chosen = table, chosen
            self.lay_out()

    def cell_at(self, x: float, y: float) -> int | None:
        """Index of the cell at a point of the window, or None."""
        if self.table is None:
            return None
        px, py = (x - self.origin_x) / self.unit, (self.origin_y - y) / self.unit
        return self.table.cell_at(px, py)

    def redraw(self) -> None:
        """Draw the cells, those in doubt over the others and the chosen one last."""
        if self.table is None:
            return
        cells = self.table.cells
        for index in sorted(
            range(len(cells)), key=lambda i: (i == self._chosen, cells[i].doubtful)
        ):
            self._draw(cells[index], index == self._chosen)

    def _draw(self, cell: TableCell, chosen: bool) -> None:
        add, theme = self.drawing.add, self.theme
        points = [value for corner in cell.corners for value in self.at(*corner)]
        certainty = Certainty.UNSURE if cell.doubtful else Certainty.SURE
        colour = get_color_from_hex(theme.line_colour(certainty))
        if chosen:
            left, bottom = self.at(cell.box[0], cell.box[3])
            right, top = self.at(cell.box[2], cell.box[1])
            add(Color(*colour[:3], 0.15))
            add(Rectangle(pos=(left, bottom), size=(right - left, top - bottom)))
        add(Color(*colour))
        if chosen or not cell.doubtful:
            width = dp(CHOSEN_LINE_DP if chosen else LINE_DP) / 2
            add(Line(points=points, close=True, width=max(width, 1.01) if chosen else 1))
        else:  # Kivy dashes hairlines only
            dash = round(dp(DASH_DP))
            for grow in range(round(dp(DOUBTFUL_LINE_DP))):
                moved = [value + grow for value in points]
                add(Line(points=moved, close=True, dash_length=dash, dash_offset=dash // 2 + 1))
        self._write(cell)

    def _write(self, cell: TableCell) -> None:
        text = cell.text.replace("\n", " ") or ("?" if cell.doubtful else "")
        (x, top), (right, bottom) = self.at(*cell.box[:2]), self.at(*cell.box[2:])
        if not text:
            return
        for size in TEXT_SP:
            texture = _text(text, sp(size))
            if texture.height <= TEXT_PART * (top - bottom) and texture.width <= right - x:
                break
        else:
            return  # so small that it can be read only once the picture is enlarged
        padding = dp(PADDING_DP)
        self.drawing.add(Color(*get_color_from_hex(self.theme.canvas)))
        self.drawing.add(
            RoundedRectangle(
                pos=(round(x) + 1, round(top - texture.height) - 1),
                size=(texture.width + 2 * padding, texture.height),
                radius=[padding],
            )
        )
        self.drawing.add(Color(*get_color_from_hex(self.theme.text)))
        pos = (round(x + padding) + 1, round(top - texture.height) - 1)
        self.drawing.add(Rectangle(texture=texture, pos=pos, size=texture.size))


@lru_cache(maxsize=512)
def _text(text: str, size: float) -> Texture:
    label = CoreLabel(text=text, font_size=size, bold=True)
    label.refresh()
    return label.texture
