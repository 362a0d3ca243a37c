from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.page import Page, PenStroke, Picture


def pen(*points: tuple[float, float]) -> PenStroke:
    return PenStroke(Stroke.from_points(points), 7.0)


def test_a_new_page_is_blank_and_has_a_key_of_its_own() -> None:
    assert Page().blank
    assert Page().key != Page().key


def test_ink_or_a_picture_is_not_blank() -> None:
    assert not Page((pen((0, 0)),)).blank
    assert not Page(picture=Picture(b"", (1, 1), "a")).blank


def test_another_stroke_makes_another_page_with_the_same_key() -> None:
    page = Page()
    first, second = pen((0, 0)), pen((5, 5))
    written = page.with_stroke(first).with_stroke(second)
    assert written.strokes == (first, second)
    assert written.key == page.key
    assert page.blank
    np.testing.assert_array_equal(written.ink.strokes[1].points, [(5, 5)])


@pytest.mark.parametrize(("x", "kept"), [(100, True), (5, False)])
def test_writing_over_a_corrected_digit_removes_the_correction(x: float, kept: bool) -> None:
    correction = Correction((0,), (0, 0, 10, 50), ("1",))
    page = Page((pen((5, 0), (5, 50)),), corrections=(correction,)).with_stroke(
        pen((x, 20), (x + 10, 20))
    )
    assert page.corrections == ((correction,) if kept else ())
