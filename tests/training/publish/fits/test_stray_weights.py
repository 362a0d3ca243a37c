"""The fit of what tells handwriting from a page's other marks."""

from __future__ import annotations

import json

from inkdigit._picture.strays import STRAY_FEATURES
from inkdigit.session import BUNDLED_INK_MODEL
from inkdigit_train.publish.fits import stray_weights


def test_what_is_written_is_what_was_fitted(writing, tmp_path, monkeypatch):
    monkeypatch.setattr(stray_weights, "PAGES", {"form": 4, "cell number": 4})
    out = tmp_path / "strays.json"
    right = stray_weights.fit_strays(BUNDLED_INK_MODEL, writing, out)
    fitted = json.loads(out.read_text())
    assert 0.7 < right <= 1
    assert list(fitted["features"]) == list(STRAY_FEATURES)
    assert 0 < fitted["written"] < fitted["marks"]
