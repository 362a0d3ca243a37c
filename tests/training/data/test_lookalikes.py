"""What looks like a digit and is none."""

from __future__ import annotations

import pytest

from inkdigit import Ink

pytest.importorskip("torch", reason="the training dependencies are not installed")

from inkdigit_train.data.lookalikes import LOOKALIKES, is_bar


def test_no_digit_is_among_them() -> None:
    assert not LOOKALIKES & set("0123456789")


@pytest.mark.parametrize(
    ("strokes", "bar"),
    [
        ([[[0, 0], [1, 50], [0, 100]]], True),
        ([[[40, 0], [0, 100]]], True),
        ([[[0, 100], [2, 0]]], True),
        ([[[0, 0], [100, 5]]], False),  # a dash
        ([[[0, 0], [60, 50], [0, 100]]], False),  # bent
        ([[[0, 0], [0, 100]], [[20, 0], [20, 100]]], False),  # two
        ([[[5, 5]]], False),  # a dot
        ([], False),
    ],
)
def test_bars(strokes: list[list[list[float]]], bar: bool) -> None:
    assert is_bar(Ink(strokes)) is bar
