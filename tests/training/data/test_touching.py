"""Pictures of touching digits."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.components import label
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.touching import KINDS, make_touching


@pytest.fixture(scope="module")
def made(hand):
    return make_touching("four and zero", ink_writing(hand), 12, 1)


def test_the_digits_are_those_of_the_kind(made):
    assert len(made) == 12
    assert all("40" in number.label or "04" in number.label for number in made)


def test_the_same_seed_gives_the_same_pictures(hand, made):
    again = make_touching("four and zero", ink_writing(hand), 12, 1)
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.picture, other.picture)


def test_digits_touch_in_one_mark(made):
    for number in made:
        marks = label(number.picture < 178)
        assert len(marks) < len(number.label)


def test_each_digit_lies_under_ink(made):
    for number in made:
        assert number.glyphs.shape == (len(number.label), *number.picture.shape)
        inked = number.picture < 128
        for glyph in number.glyphs >= 0.9:
            assert (glyph & inked).sum() > 0.4 * glyph.sum()


def test_digits_that_no_hand_has_are_not_made(hand):
    assert make_touching("zero and six", ink_writing(hand), 3, 0) == []
    assert all(make_touching(kind, ink_writing([]), 3, 0) == [] for kind in KINDS)
