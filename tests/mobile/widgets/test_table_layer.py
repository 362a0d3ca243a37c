from __future__ import annotations

from typing import Any

import pytest

from inkdigit_app.core.pictures.table_reading import TableCell, TableReading

pytestmark = pytest.mark.display

CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0))


@pytest.fixture
def layer(window: Any) -> Any:
    from inkdigit_app.widgets.pictures.table_layer import TableLayer

    layer = TableLayer(size_hint=(None, None), size=(400, 300), origin_y=300)
    window.add_widget(layer)
    cell = TableCell(0, 0, "31", 0.99, (0.0, 0.0, 100.0, 50.0), CORNERS)
    layer.show(TableReading((cell,), 1, 1))
    return layer


def backings(layer: Any) -> list[Any]:
    """What is drawn under the texts."""
    return [p for p in layer.drawing.children if type(p).__name__ == "RoundedRectangle"]


@pytest.mark.parametrize("unit", [1.0, 1.5, 3.0])
def test_the_text_of_a_cell_leaves_the_handwriting_free(layer: Any, unit: float) -> None:
    layer.unit = unit
    (backing,) = backings(layer)
    assert backing.pos[1] + backing.size[1] == pytest.approx(300, abs=2)  # at the cell's top
    assert backing.size[1] <= 0.3 * 50 * unit


def test_a_cell_too_small_for_text_and_handwriting_shows_the_handwriting(layer: Any) -> None:
    layer.unit = 0.6
    assert backings(layer) == []
