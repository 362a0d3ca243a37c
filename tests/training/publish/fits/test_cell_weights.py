"""The fit of how sure a table's cells are."""

from __future__ import annotations

import json

import numpy as np

from inkdigit._decode import sure
from inkdigit._decode.sure import BLANK_FEATURES, TEXT_FEATURES, CellLooks
from inkdigit.session import BUNDLED_INK_MODEL, BUNDLED_MODEL
from inkdigit_train.publish.fits import cell_weights


def looks(text: float, written: float, glyphs: int, faint: float = 0.0) -> CellLooks:
    return CellLooks(
        np.array([text]),
        np.array([written]),
        np.array([glyphs]),
        np.array([faint]),
        np.array([0.0]),
    )


def test_what_is_written_is_what_was_fitted(writing, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_weights, "TABLES", 4)
    out = tmp_path / "cells.json"
    right = cell_weights.fit_cells(BUNDLED_MODEL, BUNDLED_INK_MODEL, writing, out)
    fitted = json.loads(out.read_text())
    assert 0 < right <= 1
    assert list(fitted["text"]["features"]) == list(TEXT_FEATURES)
    assert list(fitted["blank"]["features"]) == list(BLANK_FEATURES)


def test_a_clear_number_is_surer_than_a_doubtful_one():
    clear, doubtful = looks(0.999, 0.95, 2), looks(0.4, 0.95, 2)
    assert sure.sure(clear)[0] > sure.sure(doubtful)[0]


def test_a_bare_cell_is_surer_blank_than_one_with_faint_ink():
    assert sure.sure(looks(1, 1, 0))[0] > sure.sure(looks(1, 1, 0, faint=0.9))[0]
