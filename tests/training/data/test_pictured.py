"""Composed numbers as pictures, and which hypotheses show their digits."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._segment.marks import MarkLayout
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.pictured import draw_composed, shown_glyphs


@pytest.fixture(scope="module")
def number(hand):
    style = Style(length=(3, 3), gap=(0.3, 0.5), touching=0.0, joined=0.0)
    return draw_composed(compose_many(hand, 1, 2, style)[0])


def test_the_glyphs_together_are_the_picture(number):
    together = number.glyphs.max(axis=0)
    np.testing.assert_allclose(together, 1 - number.picture / 255, atol=0.02)


def test_each_glyph_is_shown_by_a_hypothesis_of_its_own(number):
    layout = MarkLayout(1 - number.picture.astype(np.float32) / 255)
    right = shown_glyphs(layout, layout.rasters(layout.hypotheses), number)
    shown = [
        {int(number.label[glyph]) for glyph in np.flatnonzero(right[k])}
        for k, hypothesis in enumerate(layout.hypotheses)
        if right[k].any()
    ]
    assert [label for labels in shown for label in labels]
    centres = [h.centre for k, h in enumerate(layout.hypotheses) if right[k].any()]
    for digit, glyph in zip(number.label, number.glyphs, strict=True):
        columns = np.flatnonzero(glyph.any(axis=0))
        middle = (columns[0] + columns[-1] + 1) / 2
        near = [k for k, centre in enumerate(centres) if abs(centre - middle) < 15]
        assert any(shown[k] == {int(digit)} for k in near)
