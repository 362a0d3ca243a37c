"""Rows as a hand writes them, and as print and rules come through."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._decode import reading
from inkdigit._decode.constraints import Constraints
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.written import WRITTEN_FEATURES, RowLook, measure_rows, written
from inkdigit._segment.marks import MarkLayout


def by_hand(digits=(3, 1, 4), height=32.0) -> RowLook:
    return RowLook(0.75, 0.03, height, digits, [0.98] * len(digits), [-4.0] * len(digits), 0.1)


def printed(digits=(None, None, 1), height=26.0) -> RowLook:
    return RowLook(0.47, 0.1, height, digits, [0.6] * len(digits), [3.0] * len(digits), 0.1)


def test_each_row_has_every_feature():
    features = measure_rows([by_hand(), printed(), RowLook(1.0, 0.0, 30.0, [], [], [], 0.1)])
    assert features.shape == (3, len(WRITTEN_FEATURES))
    assert np.isfinite(features).all()
    assert measure_rows([]).shape == (0, len(WRITTEN_FEATURES))


def test_hand_and_print_are_told_apart():
    chances = written([by_hand(), by_hand((2, 0)), printed()])
    assert (chances[:2] > 0.7).all()
    assert chances[2] < 0.3


def test_page_of_handwriting_alone_stays():
    assert (written([by_hand()] * 4) > 0.9).all()


def test_row_that_looks_like_print_is_left_out_and_doubted(monkeypatch, session):
    ink = np.zeros((120, 160), np.float32)
    for left in (20, 50, 80):
        ink[20:50, left : left + 6] = ink[75:105, left : left + 6] = 1
    layout = MarkLayout(ink, ruled=lambda points: np.zeros(len(points)))
    scores = score_hypotheses(layout.hypotheses, layout, session.run)

    def read(*chances):
        monkeypatch.setattr(reading, "written", lambda rows, drawn: np.array(chances))
        return reading.read_layout(layout, scores, Constraints.parse())

    both, upper = read(0.9, 1.0), read(0.9, 0.1)
    assert upper.lines == both.lines[:1]
    assert {digit.line for digit in upper.digits} == {0}
    assert upper.digits[0].confidence == pytest.approx(both.digits[0].confidence)
    sure = read(1.0, 1.0)
    assert both.confidence == pytest.approx(0.9 * sure.confidence)
    assert both.digits[0].confidence == pytest.approx(0.9 * sure.digits[0].confidence)
    nothing = read(0.1, 0.1)
    assert (nothing.text, nothing.digits) == ("", ())
    assert nothing.confidence == pytest.approx(0.81)
