"""Sheets of mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigit_train.evaluation.drawn import mistakes
from inkdigit_train.evaluation.drawn.mistakes import mistake, save_mistakes


def test_a_kept_picture_is_small() -> None:
    kept = mistake("page", "12", "", np.zeros((2000, 1000, 3), np.uint8))
    assert kept.picture.size == (150, 300)


def test_a_sheet_has_each_mistake_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mistakes, "MOST_ON_A_SHEET", 5)
    red = np.full((9, 9, 3), (255, 0, 0), np.uint8)
    heights = []
    for count in (0, 4, 5, 50):
        wrong = [mistake("7", "1\n2", "É", red)] * count
        save_mistakes(wrong, tmp_path / "sheet.png", "Sheet")
        with Image.open(tmp_path / "sheet.png") as opened:
            sheet = np.asarray(opened)
        heights.append(len(sheet))
        assert (sheet == red[0, 0]).all(axis=2).sum() == min(count, 5) * 300 * 300
    assert heights[0] < heights[1] < heights[2] == heights[3]
