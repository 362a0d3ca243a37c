"""The fit of what tells which way a page lies."""

from __future__ import annotations

import json

import pytest

from inkdigit._segment.level import BUNDLED_LEVEL, WEIGHTS
from inkdigit.session import BUNDLED_MODEL
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.publish.fits import level_weights


def test_weights_are_fitted_and_written(hand, tmp_path, monkeypatch):
    monkeypatch.setattr(level_weights, "PAGES", {"numbers": 6})
    out = tmp_path / "level.json"
    loss = level_weights.fit_level(BUNDLED_MODEL, ink_writing(hand), out)
    written = json.loads(out.read_text())
    assert written["mean_loss"] == pytest.approx(loss, abs=1e-3)
    assert tuple(written["weights"]) == WEIGHTS
    assert written["weights"]["pair"] > 0


def test_bundled_weights_come_from_the_command():
    assert "fit-level" in json.loads(BUNDLED_LEVEL.read_text())["command"]
