"""What is in a cell besides what is read."""

from __future__ import annotations

import numpy as np

from inkdigit._tables.bare import look_at_cells

CELLS = np.repeat(np.arange(3, dtype=np.int32), 40)[None].repeat(40, axis=0)


def look(ink, grey, read=None, ruled=None):
    nothing = np.zeros(ink.shape, np.float32)
    return look_at_cells(
        ink,
        np.zeros(ink.shape, bool) if read is None else read,
        nothing if ruled is None else ruled,
        grey,
        CELLS,
        count=3,
    )


def drawn():
    ink, grey = np.zeros((40, 120), np.float32), np.full((40, 120), 220, np.uint8)
    ink[10:30, 18:22], grey[10:30, 18:22] = 1, 60  # a digit in the first cell
    grey[15:25, 50:70:4] = 60  # print in the second
    return ink, grey


def test_print_is_what_is_as_dark_as_ink_and_is_none():
    ink, grey = drawn()
    printed = look(ink, grey, ink > 0).printed
    assert printed[1] > 0.02
    assert printed[0] == printed[2] == 0


def test_faint_ink_leaves_a_cell_in_doubt():
    ink, grey = drawn()
    ink[10:30, 99:102] = 0.25
    faint = look(ink, grey, ink > 0.5).faint
    assert faint[2] > 0.5
    assert faint[0] == faint[1] == 0


def test_print_is_seen_where_nothing_is_written():
    _, grey = drawn()
    grey[:, :40] = 220
    printed = look(np.zeros((40, 120), np.float32), grey).printed
    assert printed[1] > 0.02
    assert printed[0] == printed[2] == 0
