"""Rows as a hand writes them, and as print and rules come through."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._decode.reading import Constraints, read_layout, score_hypotheses
from inkdigit._decode.written import WRITTEN_FEATURES, RowLook, measure_rows, written
from inkdigit._segment.marks import MarkLayout


def by_hand(digits=(3, 1, 4), height=32.0) -> RowLook:
    return RowLook(0.95, 0.02, height, digits, [0.99] * len(digits))


def printed(digits=(None, None, 1), height=24.0) -> RowLook:
    return RowLook(0.45, 0.3, height, digits, [0.5] * len(digits))


def test_each_row_has_every_feature():
    features = measure_rows([by_hand(), printed(), RowLook(1.0, 0.0, 30.0, [], [])])
    assert features.shape == (3, len(WRITTEN_FEATURES))
    assert np.isfinite(features).all()
    assert measure_rows([]).shape == (0, len(WRITTEN_FEATURES))


def test_hand_and_print_are_told_apart():
    chances = written([by_hand(), by_hand((2, 0)), printed()])
    assert (chances[:2] > 0.9).all()
    assert chances[2] < 0.5


def test_page_of_handwriting_alone_stays():
    assert (written([by_hand()] * 4) > 0.9).all()


@pytest.fixture
def pale_and_dark():
    """A map of two rows of bars: the upper ones sure, the lower ones pale; and their layout."""
    ink = np.zeros((120, 160), np.float32)
    for left in (20, 50, 80):
        ink[20:50, left : left + 6] = 0.98
        ink[75:105, left : left + 6] = 0.56
    return ink


def _read(layout, session):
    scores = score_hypotheses(layout.hypotheses, layout, session.run)
    return read_layout(layout, scores, Constraints.parse())


def test_row_that_looks_like_print_is_left_out_and_doubted(pale_and_dark, session):
    whole = _read(MarkLayout(pale_and_dark), session)
    assert len(whole.lines) == 2

    def ruled(points):
        return np.where(points[:, 1] > 60, 0.9, 0.0)

    reading = _read(MarkLayout(pale_and_dark, ruled=ruled), session)
    assert reading.lines == whole.lines[:1]
    assert {digit.line for digit in reading.digits} == {0}
    assert reading.confidence < whole.confidence
    assert sum(p for _, p in reading.alternatives) <= 1
