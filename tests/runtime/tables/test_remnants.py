"""Handwriting in a cell is told from what a rule leaves behind."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import drawn

from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._tables.remnants import REMNANT_FEATURES, measure_marks, written_marks

SIDE = 120
CELL = np.array([[[0, 0], [2 * SIDE, 0], [2 * SIDE, SIDE], [0, SIDE]]], np.float64)


def digit(text: str) -> np.ndarray:
    """(120, 240) an ink map with a digit 40 px high in its left half."""
    ink = np.zeros((SIDE, 2 * SIDE), np.float32)
    small = drawn(text, 3.0)
    step = max(1, small.shape[0] // 60)
    part = small[::step, ::step][:SIDE, :SIDE]
    ink[30 : 30 + part.shape[0], 30 : 30 + part.shape[1]] = part[: SIDE - 30]
    return ink


def judged(ink: np.ndarray, ruled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    marks = label(ink >= INK_LEVEL)
    cells = np.zeros(len(marks), np.int32)
    features = measure_marks(marks, ink, ruled, cells, CELL)
    assert features.shape == (len(marks), len(REMNANT_FEATURES))
    return marks.boxes, written_marks(features)


@pytest.mark.parametrize("text", "235789")
def test_a_digit_is_kept_and_a_piece_of_a_rule_is_not(text):
    ink, ruled = digit(text), np.zeros((SIDE, 2 * SIDE), np.float32)
    ink[0:3, 180:192] = 0.6
    ruled[0:4, :] = 0.9
    boxes, kept = judged(ink, ruled)
    at_rule = boxes[:, 3] <= 3
    assert at_rule.sum() == 1
    assert kept[~at_rule].all()
    assert not kept[at_rule].any()


def test_a_mark_alone_in_its_cell_is_kept():
    ink = np.zeros((SIDE, 2 * SIDE), np.float32)
    ink[50:90, 60:64] = 1
    boxes, kept = judged(ink, ink * 0)
    assert len(boxes) == 1
    assert kept.all()
