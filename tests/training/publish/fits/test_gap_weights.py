"""The fit of what tells a gap between two numbers from one between two digits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._segment import gaps
from inkdigit._segment.gaps import GAP_FEATURES
from inkdigit._segment.rows import group_rows
from inkdigit.engine import bundled_ink_session
from inkdigit.session import BUNDLED_INK_MODEL
from inkdigit_train.data.pages.kinds import make_pages
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.signed import compose_signed
from inkdigit_train.publish.fits import gap_weights


@pytest.fixture
def fitted(hand, tmp_path, monkeypatch):
    """A gaps.json of a few pages."""
    monkeypatch.setattr(gap_weights, "PAGES", {"columns": 6, "spread": 4, "tight number": 4})
    out = tmp_path / "gaps.json"
    right = gap_weights.fit_gaps(BUNDLED_INK_MODEL, ink_writing(hand), out)
    return right, out


def test_gaps_of_a_page_know_what_they_part(hand):
    network = bundled_ink_session().run
    for page in make_pages("columns", ink_writing(hand), 3, 1):
        features, parts = gap_weights.gaps_of(page, network)
        assert features.shape == (len(parts), len(GAP_FEATURES))
        assert np.isfinite(features).all()
    for page in make_pages("spread", ink_writing(hand), 2, 1):
        assert not gap_weights.gaps_of(page, network)[1].any()


def test_what_is_written_is_what_was_fitted(fitted, monkeypatch):
    right, out = fitted
    written = json.loads(out.read_text())
    assert set(written["features"]) == set(GAP_FEATURES)
    assert 0.8 < right <= 1
    # The runtime reads it as it was meant: evenly spread digits stay, a wide gap parts.
    monkeypatch.setattr(gaps, "BUNDLED_GAPS", out)
    gaps._weights.cache_clear()
    boxes = np.array([[x, 0.0, x + 24, 40.0] for x in (0, 30, 60, 200, 230)])
    try:
        numbers = gaps.part_numbers(boxes, group_rows(boxes))
    finally:
        gaps._weights.cache_clear()
    assert [len(number.members) for number in numbers] == [3, 2]


def test_only_wide_gaps_of_composed_rows_part_numbers(hand, symbols):
    rows = compose_signed(hand, symbols, 30, 2, ["gaps", "dates"])
    found = spaces = 0
    for row in rows:
        features, parts = gap_weights.gaps_in(row)
        assert features.shape == (len(parts), len(GAP_FEATURES))
        # Numbers far apart are rows of their own, with no gap between them.
        assert parts.sum() <= row.text.count(" ")
        found, spaces = found + int(parts.sum()), spaces + row.text.count(" ")
    assert found >= 0.8 * spaces > 0
