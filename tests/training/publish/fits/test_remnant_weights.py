"""The fit of what tells handwriting in cells from what rules leave behind."""

from __future__ import annotations

import json

import numpy as np

from inkdigit._tables.remnants import REMNANT_FEATURES
from inkdigit._tables.sheet import lay_out
from inkdigit.session import BUNDLED_INK_MODEL, OnnxInkSession
from inkdigit_train.data.pages.tables import Tables
from inkdigit_train.publish.fits import remnant_weights


def test_what_is_written_is_what_was_fitted(writing, tmp_path, monkeypatch):
    monkeypatch.setattr(remnant_weights, "TABLES", 4)
    out = tmp_path / "remnants.json"
    right = remnant_weights.fit_remnants(BUNDLED_INK_MODEL, writing, out)
    fitted = json.loads(out.read_text())
    assert 0.7 < right <= 1
    assert list(fitted["features"]) == list(REMNANT_FEATURES)
    assert 0 < fitted["written"] <= fitted["marks"]


def test_most_marks_are_clearly_inked_or_clearly_not(writing):
    made = Tables(blank=(0.0, 0.0)).make(writing, np.random.default_rng(2))
    laid = lay_out(made.pixels, OnnxInkSession(BUNDLED_INK_MODEL).run)
    inked = remnant_weights.inked(laid, made)
    assert inked.shape == remnant_weights.in_print(laid, made).shape == (len(laid.marks),)
    assert ((inked < 0.2) | (inked > 0.5)).mean() > 0.9
    assert (inked > 0.5).sum() >= 8
