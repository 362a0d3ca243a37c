"""The fit of what tells a cut between two digits from one through a digit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._segment.cuts import CUT_FEATURES, LEAST_QUALITY, _weights
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.touching import make_touching
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits import cut_weights


@pytest.fixture(scope="module")
def numbers(hand):
    return make_touching("four and zero", ink_writing(hand), 8, 1)


def test_every_cut_is_measured(numbers):
    features, mistakes = cut_weights.measure(numbers)
    assert features.shape == (len(mistakes), len(CUT_FEATURES))
    assert (mistakes >= 0).all()
    assert (mistakes < cut_weights.RIGHT).any()
    assert (mistakes > cut_weights.WRONG).any()


def test_true_cuts_are_above_the_least_quality(numbers):
    features, mistakes = cut_weights.measure(numbers)
    quality = features @ _weights()[:-1] + _weights()[-1]
    assert (quality[mistakes < cut_weights.RIGHT] >= LEAST_QUALITY).mean() > 0.95
    assert (quality[mistakes > cut_weights.WRONG] >= LEAST_QUALITY).mean() < 0.9


def test_numbers_without_a_wide_mark_have_no_cuts():
    features, mistakes = cut_weights.measure([])
    assert features.shape == (0, len(CUT_FEATURES))
    assert mistakes.shape == (0,)


def test_weights_are_fitted_and_written(monkeypatch, tmp_path, hand, numbers):
    monkeypatch.setattr(cut_weights, "read_writing", lambda *_, **__: ink_writing(hand))
    monkeypatch.setattr(cut_weights, "ink_files", lambda _: ([tmp_path / "ink.jsonl"], []))
    monkeypatch.setattr(cut_weights, "read_records", lambda _: hand)
    monkeypatch.setattr(cut_weights, "TOUCHING", 8)
    monkeypatch.setattr(cut_weights, "COMPOSED", 0)
    out = tmp_path / "cuts.json"
    ranked = cut_weights.fit_cuts(tmp_path, out)
    written = json.loads(out.read_text())
    assert 0.6 < ranked <= 1
    assert set(written["weights"]) == {*CUT_FEATURES, "intercept"}
    assert np.isfinite(list(written["weights"].values())).all()


def test_without_ink_there_is_nothing_to_fit(tmp_path):
    with pytest.raises(DataNotFoundError, match="--data"):
        cut_weights.fit_cuts(tmp_path, tmp_path / "cuts.json")
