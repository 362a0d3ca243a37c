"""Each mark belongs to one cell."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._tables.cells import place_marks
from inkdigit._tables.mesh import Mesh, Span
from inkdigit._tables.rules import Rules


@pytest.fixture
def mesh() -> Mesh:
    """Two rows and two columns of 40 × 60 pixels."""
    places = np.array([0.5, 119.5])
    across = Rules(places, np.array([[0, 0], [40, 40], [80, 80]], float), np.ones((3, 2)))
    down = Rules(places, np.array([[0, 0], [60, 60], [120, 120]], float), np.ones((3, 2)))
    return Mesh.of(across, down)


SPANS = [Span(0, 0), Span(0, 1), Span(1, 0), Span(1, 1)]


def placed(mesh, *boxes):
    ink = np.zeros((80, 120), np.float32)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = 1
    return place_marks(ink, mesh, SPANS, (1.0, 1.0))


def test_a_mark_lies_in_its_cell(mesh):
    found = placed(mesh, (10, 10, 20, 30), (70, 50, 80, 70))
    assert found.cell_map[15, 15] == 0
    assert found.cell_map[60, 75] == 3
    assert found.cell_map[0, 0] == -1


def test_a_digit_on_a_rule_stays_with_its_number(mesh):
    # Its middle is beyond the rule, but its number is on this side.
    found = placed(mesh, (40, 10, 50, 30), (54, 10, 68, 30))
    assert found.cell_map[15, 57] == found.cell_map[15, 66] == 0


def test_a_digit_that_hangs_over_a_rule_is_not_cut(mesh):
    found = placed(mesh, (10, 22, 18, 44), (70, 10, 78, 32))
    assert found.cell_map[42, 12] == 0
    assert found.ink[42, 12] == 1


def test_digits_of_two_cells_that_touch_are_parted(mesh):
    others = [(x, 10, x + 8, 32) for x in (70, 84, 98)]
    found = placed(mesh, (10, 12, 18, 66), *others)
    assert found.cell_map[20, 14] == 0
    assert found.cell_map[60, 14] == 2
    assert found.ink[38:42, 14].min() == 0


def test_no_ink_is_in_no_cell(mesh):
    assert (placed(mesh).cell_map == -1).all()
