"""What the kernels know of numpy, and the windows they move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inkdigit._onnx.kernels import Window, has_blas


@pytest.mark.parametrize("found", [True, False])
def test_numpys_own_configuration_says_whether_there_is_a_blas(monkeypatch, found):
    config = {"Build Dependencies": {"blas": {"name": "any", "found": found}}}
    monkeypatch.setattr(np, "show_config", lambda mode: config)
    assert has_blas() is found


def test_a_numpy_that_cannot_tell_is_taken_to_have_one(monkeypatch):
    def show_config() -> Any:
        raise AssertionError("called without a mode")

    monkeypatch.setattr(np, "show_config", show_config)
    assert has_blas()


def test_window_counts_its_places():
    assert Window((3, 3), (1, 1), (1, 1, 1, 1)).moves(28, 20) == (28, 20)
    assert Window((2, 3), (2, 3), (0, 1, 1, 0)).moves(7, 7) == (4, 2)


def test_window_larger_than_the_map_is_refused():
    with pytest.raises(ValueError, match="5×5 is smaller"):
        Window((7, 7)).moves(5, 5)
